"""Trees, palms, pines, grass and flowers."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb, shifted
from pipeline.media.painting.noise import profile

Rng = np.random.Generator


def draw_pine(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """A conifer with ragged tiers."""
    wide = tall * float(rng.uniform(0.13, 0.22))
    tiers = int(np.clip(tall / 16, 6, 22))
    left, right = [], []
    for tier in range(tiers):
        share = (tier + 1) / tiers
        row = foot - tall * 0.99 + share * tall * 0.95
        out = wide * share**0.9
        drop = tall / tiers * 0.30
        left += [(x - out * float(rng.uniform(0.75, 1.12)), row + drop), (x - out * 0.40, row - tall / tiers * 0.15)]
        right += [(x + out * float(rng.uniform(0.75, 1.12)), row + drop), (x + out * 0.40, row - tall / tiers * 0.15)]
    trunk = max(0.8, tall * 0.016)
    pen.polygon(
        [(x, foot - tall), *right, (x + trunk, foot + tall * 0.04), (x - trunk, foot + tall * 0.04), *left[::-1]]
    )


def paint_pines(
    canvas: Canvas,
    name: str,
    row: float,
    tall: float,
    count: int,
    color: Floats,
    depth: int,
    *,
    fog: float = 0.0,
    rough: float = 0.25,
) -> None:
    """A stand of conifers along an uneven row, its foot lost in haze by `fog`."""
    rng = canvas.rng("pines-" + name)
    pen = Pen(canvas)
    ground = row - tall * rough * (profile(rng, canvas.width, 2.6, 4) - 0.4)
    dense = profile(rng, canvas.width, 4, 3)
    for place in np.sort(rng.uniform(-0.03, 1.03, max(1, count))):
        x = float(place) * canvas.width
        at = int(np.clip(x, 0, canvas.width - 1))
        size = tall * (0.35 + 0.65 * float(rng.random()) ** 1.3) * (0.45 + 0.85 * float(dense[at]))
        draw_pine(pen, rng, x, float(ground[at]) + tall * 0.05, size)
    columns = np.arange(0, canvas.width, 4)
    edge = np.stack([columns, ground[columns]], 1)
    pen.polygon(
        [*edge.tolist(), (canvas.width, float(ground[-1])), (canvas.width, canvas.height + 5), (0, canvas.height + 5)]
    )
    if fog > 0 and pen.box[3] > pen.box[1]:
        top, bottom = pen.box[1], pen.box[3]
        rows = np.arange(top, bottom, dtype=np.float32)
        veil = np.clip((rows - (row - tall * 0.75)) / (tall * 0.9), 0, 1)[:, None, None] * np.float32(fog)
        width = pen.box[2] - pen.box[0]
        haze = mix(canvas.colors.sky[4], canvas.colors.far, 0.4)
        gradient = np.broadcast_to(color * (1 - veil) + haze * veil, (bottom - top, width, 3))
        pen.stamp(np.asarray(gradient, np.float32), depth=depth)
    else:
        pen.stamp(color, depth=depth)


def draw_tree(
    pen: Pen, rng: Rng, x: float, foot: float, tall: float, *, lean: float = 0.0
) -> list[tuple[float, float, float]]:
    """A broad-leaved tree's trunk and branches; returns the twigs' ends as (x, y, size) for leaves."""
    ends: list[tuple[float, float, float]] = []

    def grow(x0: float, y0: float, angle: float, length: float, width: float, level: int) -> None:
        steps = 4
        points = [(x0, y0)]
        bend = float(rng.normal(0, 0.16))
        for _ in range(steps):
            angle += bend / steps + float(rng.normal(0, 0.05))
            x0 += np.sin(angle) * length / steps
            y0 -= np.cos(angle) * length / steps
            points.append((x0, y0))
        pen.path(points, width, width * 0.62)
        if level >= 5 or width < pen.canvas.unit * 0.0011:
            ends.append((x0, y0, length))
            return
        if level >= 3:
            ends.append((x0, y0, length * 0.7))
        for side in (-1, 1):
            grow(
                x0,
                y0,
                angle + side * float(rng.uniform(0.25, 0.68)),
                length * float(rng.uniform(0.66, 0.86)),
                width * 0.62,
                level + 1,
            )
        if rng.random() < 0.3:
            grow(x0, y0, angle + float(rng.uniform(-0.2, 0.2)), length * 0.75, width * 0.55, level + 1)

    grow(x, foot - tall * 0.03, lean, tall * 0.25, tall * 0.058, 0)
    pen.polygon(
        [
            (x - tall * 0.062, foot + tall * 0.012),
            (x - tall * 0.034, foot - tall * 0.018),
            (x - tall * 0.026, foot - tall * 0.085),
            (x + tall * 0.026, foot - tall * 0.085),
            (x + tall * 0.034, foot - tall * 0.018),
            (x + tall * 0.062, foot + tall * 0.012),
        ]
    )
    return ends


def paint_tree(canvas: Canvas, brief: Brief, x: float, foot: float, tall: float, name: str, depth: int = 235) -> None:
    """A great tree near the viewer, leafed by the season: bare in winter, blossoms in spring, amber in autumn."""
    rng = canvas.rng("tree-" + name)
    pen = Pen(canvas)
    ends = draw_tree(pen, rng, x, foot, tall, lean=float(rng.uniform(-0.14, 0.14)))
    dark = canvas.colors.near
    pen.stamp(dark, depth=depth, rim=0.35)
    if brief.season == "winter" or brief.has("bare", "dead") or rng.random() < 0.08:
        return
    tint = leaf_color(canvas, brief, rng)
    for layer, share in enumerate((0.0, 0.45, 0.85)):
        leaves = Pen(canvas)
        for ex, ey, size in ends:
            for _ in range(7):
                reach = size * 0.9
                lx, ly = (
                    ex + float(rng.normal(0, reach * 0.55)),
                    ey + float(rng.normal(-reach * 0.1 * layer, reach * 0.45)),
                )
                radius = tall * float(rng.uniform(0.006, 0.017)) * (1.25 if layer == 0 else 0.85)
                leaves.oval(lx, ly, radius, radius * 0.7, float(rng.uniform(0, 3)))
        toward = mix(tint, canvas.colors.glow, 0.12 + 0.3 * canvas.far_light(x))
        leaves.stamp(mix(mix(dark, tint, 0.30), toward, share), depth=depth, opacity=0.96)


def leaf_color(canvas: Canvas, brief: Brief, rng: Rng) -> Floats:
    """The color of leaves by season, bent toward the palette."""
    choices = {
        "spring": ("#f4b6cf", "#f7cfe0", "#a9cf6b"),
        "summer": ("#4f8a4a", "#6da34d", "#3d7a52"),
        "autumn": ("#d9691e", "#e8a12c", "#b53a20"),
        "winter": ("#dfe8f2",),
    }[brief.season]
    base = rgb(str(rng.choice(choices)))
    return mix(base, canvas.colors.land(0.55), 0.62 if canvas.colors.dark else 0.30)


def draw_palm(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """A palm with a bent trunk and a crown of fringed fronds."""
    lean = float(rng.uniform(-0.22, 0.22))
    at = np.linspace(0, 1, 10)
    trunk = np.stack([x + lean * tall * at**2, foot - tall * 0.84 * at], 1)
    pen.path(trunk, tall * 0.034, tall * 0.018)
    top = trunk[-1]
    pen.dot(float(top[0]), float(top[1]), tall * 0.02)
    count = int(rng.integers(9, 14))
    for index in range(count):
        turn = -np.pi * (-0.10 + 1.20 * index / (count - 1)) + float(rng.normal(0, 0.09))
        length = tall * float(rng.uniform(0.27, 0.38))
        share = np.linspace(0, 1, 12)
        droop = 0.40 * length * share**2.4
        spine = np.stack([top[0] + np.cos(turn) * length * share, top[1] + np.sin(turn) * length * share + droop], 1)
        pen.path(spine, tall * 0.010, tall * 0.004)
        for k in range(1, len(spine)):
            leaf = length * 0.22 * float(np.sin(np.pi * min(1.0, 0.12 + share[k] * 0.84)))
            dx, dy = spine[k] - spine[k - 1]
            angle = np.arctan2(dy, dx)
            for out in (-1, 1):
                tip = angle + out * 0.85
                end = (spine[k][0] + np.cos(tip) * leaf, spine[k][1] + np.sin(tip) * leaf + leaf * 0.35)
                pen.limb((float(spine[k][0]), float(spine[k][1])), (float(end[0]), float(end[1])), tall * 0.013, 0.6)


def draw_grass(
    pen: Pen, rng: Rng, line: Floats, tall: float, count: int, *, ears: float = 0.0, wind: float = 0.2
) -> None:
    """Blades along a ground line, `tall` pixels at most; `ears` is the share that carries a head of seed."""
    width = len(line)
    for x in rng.uniform(-10, width + 10, count):
        foot = float(line[int(np.clip(x, 0, width - 1))]) + tall * 0.08
        size = tall * (0.35 + 0.65 * float(rng.random()) ** 1.6)
        lean = wind * size + float(rng.normal(0, 0.22)) * size
        wide = max(1.0, tall * 0.028)
        pen.polygon(
            [
                (x - wide / 2, foot),
                (x + lean * 0.25 - wide * 0.35, foot - size * 0.55),
                (x + lean, foot - size),
                (x + lean * 0.25 + wide * 0.35, foot - size * 0.55),
                (x + wide / 2, foot),
            ]
        )
        if rng.random() < ears:
            pen.oval(x + lean, foot - size, wide * 0.9, size * 0.10, float(np.arctan2(lean, size)))


def paint_flower(
    canvas: Canvas,
    rng: Rng,
    x: float,
    y: float,
    radius: float,
    color: Floats,
    heart: Floats,
    style: str,
    stems: Pen,
    foot: float,
) -> None:
    """One flower head in color with its stem drawn into `stems`."""
    bend = float(rng.normal(0, 0.12)) * (foot - y)
    at = np.linspace(0, 1, 7)
    stems.path(np.stack([x + bend * at**2, y + (foot - y) * at], 1), max(1.0, radius * 0.12))
    leaf = at[3]
    stems.oval(x + bend * leaf**2 + radius * 0.5, y + (foot - y) * leaf, radius * 0.55, radius * 0.16, -0.6)
    if style in ("tulip", "lavender"):
        _closed_flower(canvas, rng, x, y, radius, color, style)
        return
    count = {"daisy": 13, "poppy": 5, "rose": 6, "sunflower": 18}.get(style, 7)
    squash = float(rng.uniform(0.62, 1.0))
    turn = float(rng.uniform(0, 6.28))
    long, wide = {"daisy": (0.62, 0.15), "sunflower": (0.62, 0.14), "poppy": (0.5, 0.46), "rose": (0.46, 0.40)}.get(
        style, (0.5, 0.3)
    )
    for ring, share in ((0, 1.0), (1, 0.62)) if style == "rose" else ((0, 1.0),):
        petals = Pen(canvas)
        for index in range(count - ring):
            angle = turn + ring * 0.5 + 2 * np.pi * index / (count - ring)
            px, py = x + np.cos(angle) * radius * 0.52 * share, y + np.sin(angle) * radius * 0.52 * share * squash
            petals.oval(
                px,
                py,
                radius * long * share,
                radius * wide * share,
                float(np.arctan2(np.sin(angle) * squash, np.cos(angle))),
            )
        petals.stamp(shifted(color, light=-0.05 + 0.09 * ring), depth=225, rim=0.35)
    core = Pen(canvas)
    core.oval(
        x,
        y,
        radius * (0.34 if style == "sunflower" else 0.20),
        radius * (0.34 if style == "sunflower" else 0.20) * squash,
    )
    core.stamp(heart, depth=225)


def _closed_flower(canvas: Canvas, rng: Rng, x: float, y: float, radius: float, color: Floats, style: str) -> None:
    """A tulip's cup or a spike of lavender."""
    pen = Pen(canvas)
    if style == "tulip":
        for out in (-0.38, 0.38, 0.0):
            pen.oval(x + out * radius, y - radius * 0.15, radius * 0.42, radius * 0.85, out * 0.5)
    else:
        for step in range(9):
            share, off = step / 9, float(rng.normal(0, radius * 0.12))
            pen.dot(x + off, y + radius * (2.2 * share - 1.2), radius * (0.16 + 0.20 * share))
    pen.stamp(color, depth=225, rim=0.4)


def draw_cactus(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """A saguaro with one to three arms."""
    wide = tall * 0.14
    pen.limb((x, foot), (x, foot - tall * 0.93), wide, wide * 0.92)
    for out in rng.permutation([-1, 1, -1])[: int(rng.integers(1, 4))]:
        row = foot - tall * float(rng.uniform(0.30, 0.55))
        reach = tall * float(rng.uniform(0.17, 0.24)) * out
        pen.limb((x, row), (x + reach, row - tall * 0.03), wide * 0.62)
        pen.limb(
            (x + reach, row - tall * 0.03),
            (x + reach, row - tall * float(rng.uniform(0.2, 0.36))),
            wide * 0.62,
            wide * 0.55,
        )
