"""Scenes by the sea: open ocean, beach, harbor."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import lookup, mix, ramp, rgb
from pipeline.media.painting.ground import crest, paint_ridge
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth, stretched
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.things import WARM
from pipeline.media.painting.vehicles import draw_sailboat
from pipeline.media.painting.water import paint_foam, paint_water


def ocean(canvas: Canvas, brief: Brief) -> Place:
    """Open sea with far islands, cliffs at one side, or a beach with surf."""
    rng = canvas.rng("ocean")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.38, 0.66))
    paint_sky(canvas, brief, horizon)
    style = str(rng.choice(["open", "islands", "cliffs", "beach"], p=[0.24, 0.26, 0.22, 0.28]))
    if brief.has("beach", "sand", "surf", "shore"):
        style = "beach"
    if style == "islands" or brief.has("island"):
        for index in range(2):
            top = crest(
                canvas,
                f"island-{index}",
                horizon * 1.01,
                unit * float(rng.uniform(0.05, 0.13)),
                2 + 2 * index,
                ridged=index == 1,
            )
            gate = smooth(0.42, 0.62, profile(canvas.rng(f"gate-{index}"), width, 2.5, 2))
            paint_ridge(
                canvas,
                np.asarray(horizon + 3 - (horizon + 3 - top) * gate, np.float32),
                0.15 + 0.25 * index,
                name=f"island-{index}",
                bottom=horizon + 6,
                fog=0.5,
                rise=unit * 0.08,
            )
    if style == "cliffs":
        _cliffs(canvas, rng, horizon)
    calm = float(rng.uniform(0.05, 0.5)) if brief.weather not in ("storm", "wind") else 0.0
    path = 1.25 if canvas.light[1] < horizon else 0.6
    tint = mix(mix(canvas.colors.near, canvas.colors.sky[1], 0.5), rgb("#0c6f86"), 0.0 if canvas.colors.dark else 0.28)
    paint_water(canvas, horizon, calm=calm, path=path, dark=0.24, tint=tint)
    near = height * 0.95
    if style == "beach":
        near = _beach(canvas, brief, rng, horizon)
    elif brief.weather in ("storm", "wind") or rng.random() < 0.3 or brief.has("wave"):
        paint_foam(canvas, (horizon + (height - horizon) * 0.12, height), "open", 4)
    span = (width * 0.1, width * 0.9)
    return Place(
        horizon,
        horizon,
        near,
        unit * 0.28,
        span,
        "land",
        (horizon, height * (0.8 if style == "beach" else 1.0)),
        ledge=style != "beach",
    )


def _cliffs(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    side = 1 if canvas.light[0] < canvas.width / 2 else -1
    for index in range(3):
        near = 0.25 + 0.28 * index
        reach = canvas.width * (0.62 - 0.17 * index) * float(rng.uniform(0.8, 1.1))
        tall = canvas.unit * (0.10 + 0.10 * index) * float(rng.uniform(0.85, 1.2))
        at = np.arange(canvas.width, dtype=np.float32)
        inward = (canvas.width - at if side > 0 else at) / max(reach, 1)
        shape = np.clip(1 - inward, 0, 1) ** 0.42
        rough = stretched(profile(canvas.rng(f"cliff-{index}"), canvas.width, 6, 6, 0.5, ridged=True))
        foot = horizon + canvas.unit * 0.012 * index
        top = np.where(inward < 1, foot + 4 - tall * shape * (0.7 + 0.4 * rough), foot + 40)
        paint_ridge(
            canvas, np.asarray(top, np.float32), near, name=f"cliff-{index}", bottom=foot + 8, fog=0.45, rise=tall
        )


def _beach(canvas: Canvas, brief: Brief, rng: np.random.Generator, horizon: float) -> float:
    height, width, unit = canvas.height, canvas.width, canvas.unit
    row = height * float(rng.uniform(0.76, 0.86))
    lean = float(rng.uniform(-0.12, 0.12)) * unit
    at = np.linspace(-1, 1, width, dtype=np.float32)
    edge = row + lean * at + unit * 0.03 * (profile(rng, width, 2.2, 3) - 0.5)
    paint_foam(canvas, (horizon + (height - horizon) * 0.35, row - unit * 0.01), "surf", 3)
    start = max(0, int(edge.min()) - int(unit * 0.03))
    rows = np.arange(start, height, dtype=np.float32)[:, None]
    below = (rows - edge[None]) / max(1.0, height - row)
    sand = mix(rgb("#e3c08c"), canvas.colors.sky[4], 0.3)
    sand = mix(sand, canvas.colors.land(0.75), 0.62 if canvas.colors.dark or brief.time in ("dusk", "sunset") else 0.22)
    wet = mix(mix(sand, canvas.colors.near, 0.45), canvas.colors.sky[3], 0.35)
    table = ramp(
        [wet, mix(wet, sand, 0.45), sand, mix(sand, canvas.colors.near, 0.35)], 256, (0, 0.22, 0.55, 1.4 / 1.4)
    )
    grains = (
        enlarged(
            fbm(canvas.rng("sand"), width // 2, max(2, (height - start) // 2), 30, 4, 0.75, 3.0), width, height - start
        )
        - 0.5
    )
    color = lookup(table, np.clip(below, 0, 1)) * (1 + grains * 0.16)[..., None]
    canvas.lay(np.clip(color, 0, 1).astype(np.float32), smooth(-0.004, 0.012, below), start, depth=225)
    lace = fbm(canvas.rng("lace"), width // 2, max(2, (height - start) // 2), 16, 4, 0.6, 2.0)
    swash = np.exp(-((below / 0.035) ** 2)) * (0.35 + 0.65 * smooth(0.42, 0.58, enlarged(lace, width, height - start)))
    foam = mix(np.ones(3, np.float32), canvas.colors.sky[4], 0.35)
    canvas.lay(
        mix(foam, canvas.colors.sky[2], 0.45 if canvas.colors.dark else 0.0),
        np.clip(swash, 0, 0.9).astype(np.float32),
        start,
    )
    return min(height * 0.965, row + (height - row) * 0.6)


def harbor(canvas: Canvas, brief: Brief) -> Place:
    """Water with a far lit shore, moored boats and a pier in the foreground."""
    rng = canvas.rng("harbor")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    shore = height * float(rng.uniform(0.46, 0.6))
    paint_sky(canvas, brief, shore)
    top = crest(canvas, "coast", shore, unit * float(rng.uniform(0.07, 0.2)), 2.0, ridged=bool(rng.random() < 0.5))
    paint_ridge(canvas, top, 0.35, name="coast", bottom=shore + 4, fog=0.5)
    _quay_houses(canvas, rng, shore)
    masts = Pen(canvas)
    for _ in range(int(rng.integers(5, 12))):
        draw_sailboat_bare(
            masts, rng, width * float(rng.random()), shore + unit * 0.012, unit * float(rng.uniform(0.08, 0.17))
        )
    masts.stamp(canvas.colors.land(0.8), depth=100)
    paint_water(canvas, shore + unit * 0.012, calm=float(rng.uniform(0.45, 0.75)), path=0.7)
    if rng.random() < 0.65 or brief.has("pier", "dock"):
        near = _pier(canvas, rng, shore)
        return Place(
            shore, shore, near, unit * 0.26, (width * 0.3, width * 0.7), "pier", (shore, float(height)), ledge=False
        )
    return Place(shore, shore, height * 0.95, unit * 0.27, (width * 0.1, width * 0.9), "land", (shore, float(height)))


def draw_sailboat_bare(pen: Pen, rng: np.random.Generator, x: float, row: float, size: float) -> None:
    """A moored boat with its sails down."""
    if rng.random() < 0.2:
        draw_sailboat(pen, rng, x, row, size)
        return
    pen.blob(
        [
            (x - size * 0.42, row - size * 0.12),
            (x, row - size * 0.09),
            (x + size * 0.45, row - size * 0.15),
            (x + size * 0.3, row),
            (x - size * 0.34, row),
        ]
    )
    pen.path([(x, row), (x + size * 0.01, row - size)], max(1.0, size * 0.018))
    pen.path([(x, row - size * 0.25), (x - size * 0.34, row - size * 0.22)], max(1.0, size * 0.03))
    pen.path([(x, row - size), (x + size * 0.43, row - size * 0.14)], 1.0)
    pen.path([(x, row - size), (x - size * 0.40, row - size * 0.12)], 1.0)


def _quay_houses(canvas: Canvas, rng: np.random.Generator, shore: float) -> None:
    unit = canvas.unit
    x = -unit * 0.03
    glowing = canvas.colors.dark or canvas.colors.time != "day"
    while x < canvas.width:
        wide, tall = unit * float(rng.uniform(0.025, 0.055)), unit * float(rng.uniform(0.03, 0.085))
        if rng.random() < 0.80:
            pen = Pen(canvas)
            roof = wide * float(rng.uniform(0.25, 0.6))
            pen.polygon(
                [
                    (x, shore + 3),
                    (x, shore - tall),
                    (x + wide / 2, shore - tall - roof),
                    (x + wide, shore - tall),
                    (x + wide, shore + 3),
                ]
            )
            wall = mix(
                canvas.colors.land(0.55), canvas.colors.accents[int(rng.integers(4))], float(rng.uniform(0.05, 0.3))
            )
            pen.stamp(wall, depth=80, rim=0.25)
            for _ in range(int(rng.integers(1, 5))):
                wx, wy = x + wide * float(rng.uniform(0.2, 0.8)), shore - tall * float(rng.uniform(0.2, 0.85))
                if glowing:
                    canvas.glow(wx, wy, unit * 0.0032, WARM, 1.0)
                    canvas.glow(wx, wy, unit * 0.011, WARM, 0.4)
        x += wide * float(rng.uniform(0.9, 1.5))


def _pier(canvas: Canvas, rng: np.random.Generator, shore: float) -> float:
    """A wooden pier that runs out from the viewer; returns the row on which someone at its end stands."""
    width, height = canvas.width, canvas.height
    end = shore + (height - shore) * float(rng.uniform(0.34, 0.5))
    middle = width * float(rng.uniform(0.4, 0.6))
    bottom = width * float(rng.uniform(0.3, 0.7))
    half_far, half_near = canvas.unit * 0.10, canvas.unit * float(rng.uniform(0.42, 0.6))
    posts = Pen(canvas)
    planks = 26
    for k in range(planks, -1, -4):
        share = (k / planks) ** 1.7
        row, half, center = (
            end + (height * 1.06 - end) * share,
            half_far + (half_near - half_far) * share,
            middle + (bottom - middle) * share,
        )
        for out in (-1, 1):
            x = center + out * half * 1.02
            size = canvas.unit * (0.016 + 0.05 * share)
            posts.limb((x, row - size * 1.5), (x, row + size * 3.2), size * 0.62)
    posts.stamp(canvas.colors.near, depth=175, rim=0.3)
    wood = mix(rgb("#7a5a44"), canvas.colors.land(0.7), 0.55 if canvas.colors.dark else 0.35)
    for k in range(planks):
        a, b = (k / planks) ** 1.7, ((k + 0.90) / planks) ** 1.7
        pen = Pen(canvas)
        corners = []
        for share, outs in ((a, (-1, 1)), (b, (1, -1))):
            row, half, center = (
                end + (height * 1.06 - end) * share,
                half_far + (half_near - half_far) * share,
                middle + (bottom - middle) * share,
            )
            corners += [(center + out * half, row) for out in outs]
        pen.polygon(corners)
        lit = 0.30 * (1 - a) + float(rng.uniform(-0.06, 0.06))
        pen.stamp(
            mix(mix(wood, canvas.colors.near, 0.45 + 0.2 * a), canvas.colors.glow, max(0.0, lit)),
            depth=int(150 + 80 * a),
        )
    return end + (height - end) * 0.16
