"""City scenes: skyline over water or from a height, rooftops, the view through a window."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.buildings import add_glow, tower
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import mix, rgb
from pipeline.media.painting.ground import crest, paint_mist, paint_ridge
from pipeline.media.painting.noise import profile
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.things import WARM
from pipeline.media.painting.water import paint_water


def paint_city(
    canvas: Canvas, brief: Brief, foot: float, tall: float, *, layers: int = 4, name: str = "city", scale: float = 1.0
) -> None:
    """Rows of towers standing on row `foot`, the highest about `tall` pixels, hazy far and dark near."""
    rng = canvas.rng(name)
    glow = np.zeros_like(canvas.image)
    lit = {"night": 0.46, "dusk": 0.34, "sunset": 0.16, "dawn": 0.10, "day": 0.0}[brief.time]
    if canvas.colors.dark:
        lit = max(lit, 0.30)
    center = float(rng.uniform(0.25, 0.75))
    second = float(rng.uniform(0.0, 1.0))
    for layer in range(layers):
        near = (0.06, 0.36, 0.64, 0.92)[layer + 4 - layers] if layers <= 4 else layer / layers
        unit = canvas.unit * scale * (0.034, 0.052, 0.074, 0.105)[layer + 4 - layers]
        x = -unit * float(rng.random())
        while x < canvas.width + unit:
            wide = unit * float(rng.uniform(0.7, 1.6))
            u = (x + wide / 2) / canvas.width
            heap = 0.30 + 0.75 * np.exp(-(((u - center) / 0.22) ** 2)) + 0.35 * np.exp(-(((u - second) / 0.12) ** 2))
            size = (
                tall
                * float(heap)
                * (0.30 + 0.72 * float(rng.random()) ** 1.7)
                * (1.05, 1.0, 0.82, 0.58)[layer + 4 - layers]
            )
            tower(canvas, glow, rng, x + wide / 2, foot, wide, max(size, wide * 0.6), near, lit)
            gap = (0.0, 0.05, 0.20, 0.60)[layer + 4 - layers]
            x += wide * (0.92 + gap * float(rng.random()) * 2)
        paint_mist(canvas, foot, tall * 0.18, 0.5 * (1 - near), f"{name}-{layer}")
    if lit > 0:
        add_glow(canvas, glow)
        canvas.glow(canvas.width * center, foot, canvas.width * 0.3, mix(WARM, canvas.colors.accents[0], 0.5), 0.26)


def skyline(canvas: Canvas, brief: Brief) -> Place:
    """A city's towers over a river, behind a park, or seen from a hill."""
    rng = canvas.rng("skyline")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    river = brief.has("river", "water", "reflection", "bridge", "boat", "harbor") or rng.random() < 0.5
    near = not river and rng.random() < 0.6
    foot = height * float(
        rng.uniform(0.50, 0.76) if river else rng.uniform(1.0, 1.1) if near else rng.uniform(0.80, 0.94)
    )
    paint_sky(canvas, brief, foot, clouds=0.85)
    if rng.random() < 0.3:
        top = crest(canvas, "city-hills", foot * 0.99, unit * 0.2, 2.0)
        paint_ridge(canvas, top, 0.06, name="city-hills", fog=0.7)
    tall = min(foot * 0.72, unit * float(rng.uniform(0.40, 0.72)) * (1.25 if canvas.tall else 1.0))
    if near:
        # Among the towers, from a height: they are large and their feet are out of the frame.
        paint_city(canvas, brief, foot, height * float(rng.uniform(0.72, 0.9)), scale=float(rng.uniform(1.5, 2.3)))
        return Place(height * 0.6, height * 0.7, height * 0.96, unit * 0.27, (width * 0.1, width * 0.9))
    paint_city(canvas, brief, foot, tall, scale=float(rng.uniform(0.8, 1.25)))
    if river:
        quay = Pen(canvas)
        quay.polygon(
            [
                (0, foot - unit * 0.006),
                (width, foot - unit * 0.006),
                (width, foot + unit * 0.008),
                (0, foot + unit * 0.008),
            ]
        )
        quay.stamp(canvas.colors.near)
        _quay_lights(canvas, rng, foot, brief)
        paint_water(canvas, foot + unit * 0.008, calm=float(rng.uniform(0.40, 0.7)), path=0.45, dark=0.26)
        return Place(foot, foot, height * 0.95, unit * 0.27, (width * 0.1, width * 0.9), "land", (foot, float(height)))
    _park(canvas, rng, foot)
    return Place(foot, foot, height * 0.96, unit * 0.27, (width * 0.1, width * 0.9))


def _quay_lights(canvas: Canvas, rng: np.random.Generator, row: float, brief: Brief) -> None:
    if not canvas.colors.dark and brief.time in ("day", "dawn"):
        return
    step = canvas.unit * 0.045
    for x in np.arange(step * float(rng.random()), canvas.width, step):
        canvas.glow(float(x), row - canvas.unit * 0.012, canvas.unit * 0.005, WARM, 0.95)
        canvas.glow(float(x), row - canvas.unit * 0.012, canvas.unit * 0.018, WARM, 0.35)


def _park(canvas: Canvas, rng: np.random.Generator, foot: float) -> None:
    """Round tree tops in front of the towers' feet."""
    for layer in range(2):
        pen = Pen(canvas)
        line = foot + canvas.unit * (0.0 + 0.05 * layer) - canvas.unit * 0.03 * profile(rng, canvas.width, 3, 4)
        for _ in range(int(120 * canvas.width / canvas.unit)):
            x = canvas.width * float(rng.random())
            size = canvas.unit * float(rng.uniform(0.010, 0.030)) * (1 + 0.6 * layer)
            pen.oval(x, float(line[min(canvas.width - 1, int(x))]), size, size * 0.8)
        pen.polygon(
            [
                (0, canvas.height + 4),
                *[(float(k), float(line[k])) for k in range(0, canvas.width, 6)],
                (canvas.width, float(line[-1])),
                (canvas.width, canvas.height + 4),
            ]
        )
        pen.stamp(canvas.colors.land(0.72 + 0.2 * layer), depth=150 + 30 * layer, rim=0.2)


def rooftops(canvas: Canvas, brief: Brief) -> Place:
    """Roofs upon roofs under the sky; the viewer stands on one of them."""
    rng = canvas.rng("rooftops")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.48, 0.64))
    paint_sky(canvas, brief, horizon)
    if rng.random() < 0.55:
        paint_city(canvas, brief, horizon + unit * 0.03, unit * float(rng.uniform(0.2, 0.4)), layers=2, name="far-city")
    else:
        top = crest(canvas, "roof-hills", horizon * 1.01, unit * float(rng.uniform(0.05, 0.16)), 2.2, ridged=False)
        paint_ridge(canvas, top, 0.1, name="roof-hills", fog=0.6)
    old = rng.random() < 0.6 or brief.has("paris", "old", "village")
    for layer in range(4):
        near = 0.25 + 0.22 * layer
        row = horizon + (height - horizon) * (0.10 + 0.20 * layer)
        _roof_row(canvas, brief, rng, row, unit * (0.055 + 0.042 * layer), near, old=bool(old))
        paint_mist(canvas, row, unit * 0.03, 0.35 * (1 - near), f"roofs-{layer}")
    line = _parapet(canvas, rng)
    return Place(horizon, horizon, line, unit * 0.25, (width * 0.15, width * 0.85), "roof", ledge=False)


def _roof_row(
    canvas: Canvas, brief: Brief, rng: np.random.Generator, row: float, size: float, near: float, *, old: bool
) -> None:
    """One row of houses, about `size` pixels each, from wall to chimney."""
    colors = canvas.colors
    glowing = colors.dark or brief.time in ("dusk", "sunset", "dawn")
    x = -size * float(rng.random())
    while x < canvas.width + size:
        wide, top = size * float(rng.uniform(0.9, 2.0)), row - size * float(rng.uniform(0.5, 1.2))
        brick = rgb(str(rng.choice(["#a06a4f", "#8c7a6b", "#6b7a8c", "#a58a6a"])))
        body = Pen(canvas)
        body.polygon([(x, canvas.height + 3), (x, top), (x + wide, top), (x + wide, canvas.height + 3)])
        body.stamp(mix(mix(colors.land(near), brick, 0.22), colors.near, 0.10), depth=int(60 + 150 * near))
        roof = mix(colors.land(min(1.0, near + 0.2)), rgb("#8a4a3a") if old else colors.accents[0], 0.22)
        if brief.snowy:
            roof = mix(np.ones(3, np.float32), colors.sky[2], 0.35)
        cover = Pen(canvas)
        pitch = (
            _pitched(cover, rng, x, top, wide, size)
            if old and rng.random() < 0.75
            else _flat(cover, rng, x, top, wide, size)
        )
        _stacks(cover, rng, x, top, wide, size, pitch)
        cover.stamp(roof, depth=int(60 + 150 * near), rim=0.45)
        _row_windows(canvas, rng, x, top, wide, size, glowing, near)
        x += wide * float(rng.uniform(0.92, 1.1))


def _pitched(pen: Pen, rng: np.random.Generator, x: float, top: float, wide: float, size: float) -> float:
    """A gable or a hipped roof; returns its height."""
    pitch = size * float(rng.uniform(0.28, 0.6))
    left, right, eaves = x - size * 0.04, x + wide + size * 0.04, top + size * 0.03
    if rng.random() < 0.5:
        pen.polygon([(left, eaves), (x + wide * 0.18, top - pitch), (x + wide * 0.82, top - pitch), (right, eaves)])
    else:
        pen.polygon([(left, eaves), (x + wide / 2, top - pitch * 1.3), (right, eaves)])
    return pitch


def _flat(pen: Pen, rng: np.random.Generator, x: float, top: float, wide: float, size: float) -> float:
    """A flat roof with its edge, now and then a water tank; returns its height."""
    left, right = x - size * 0.02, x + wide + size * 0.02
    pen.polygon(
        [(left, top + size * 0.04), (left, top - size * 0.05), (right, top - size * 0.05), (right, top + size * 0.04)]
    )
    if rng.random() < 0.35:
        _tank(pen, x + wide * float(rng.uniform(0.25, 0.75)), top - size * 0.05, size * 0.32)
    return size * 0.05


def _stacks(pen: Pen, rng: np.random.Generator, x: float, top: float, wide: float, size: float, pitch: float) -> None:
    """Chimneys and aerials."""
    for _ in range(int(rng.integers(1, 3))):
        at, half = x + wide * float(rng.uniform(0.15, 0.85)), size * 0.05
        high = top - pitch * float(rng.uniform(0.9, 1.3)) - size * 0.12
        pen.polygon([(at - half, top), (at - half, high), (at + half, high), (at + half, top)])
    if rng.random() < 0.4:
        at, high = x + wide * float(rng.uniform(0.2, 0.8)), top - pitch
        pen.path([(at, top), (at, high - size * 0.55)], max(1.0, size * 0.014))
        for k in range(3):
            bar = high - size * (0.5 - 0.09 * k)
            pen.path([(at - size * 0.12, bar), (at + size * 0.12, bar - size * 0.03)], 1.0)


def _tank(pen: Pen, x: float, row: float, size: float) -> None:
    """A water tank on legs."""
    for u in (-0.4, 0.4):
        pen.limb((x + u * size, row), (x + u * size * 0.9, row - size * 0.6), max(1.0, size * 0.09))
    pen.polygon(
        [
            (x - size * 0.5, row - size * 0.5),
            (x - size * 0.5, row - size * 1.3),
            (x, row - size * 1.65),
            (x + size * 0.5, row - size * 1.3),
            (x + size * 0.5, row - size * 0.5),
        ]
    )


def _row_windows(
    canvas: Canvas, rng: np.random.Generator, x: float, top: float, wide: float, size: float, glowing: bool, near: float
) -> None:
    dark, bright = Pen(canvas), Pen(canvas)
    step = size * 0.34
    for row in np.arange(top + size * 0.22, min(canvas.height, top + size * 2.2), step * 1.35):
        for left in np.arange(x + step * 0.45, x + wide - step * 0.6, step):
            pen = bright if glowing and rng.random() < 0.30 else dark
            w, h = step * 0.42, step * 0.68
            pen.polygon([(left, row), (left + w, row), (left + w, row + h), (left, row + h)])
    dark.stamp(mix(canvas.colors.near, canvas.colors.sky[2], 0.25), opacity=0.55)
    tone = mix(WARM, canvas.colors.haze, 0.35 * (1 - near))
    bright.stamp(tone)
    if bright.box[2] > bright.box[0]:
        canvas.glow((bright.box[0] + bright.box[2]) / 2, (bright.box[1] + bright.box[3]) / 2, size * 0.8, WARM, 0.12)


def _parapet(canvas: Canvas, rng: np.random.Generator) -> float:
    """The roof on which the viewer stands: a dark edge with ducts, perhaps a string of lamps; returns its row."""
    unit, width, height = canvas.unit, canvas.width, canvas.height
    row = height * float(rng.uniform(0.88, 0.94))
    pen = Pen(canvas)
    style = str(rng.choice(["flat", "ridge", "slope"]))
    if style == "flat":
        pen.polygon([(-3, height + 4), (-3, row), (width + 3, row), (width + 3, height + 4)])
        pen.polygon(
            [
                (-3, row + unit * 0.01),
                (-3, row - unit * 0.012),
                (width + 3, row - unit * 0.012),
                (width + 3, row + unit * 0.01),
            ]
        )
    else:
        lean = unit * float(rng.uniform(-0.05, 0.05)) if style == "slope" else 0.0
        pen.polygon([(-3, height + 4), (-3, row + lean), (width + 3, row - lean), (width + 3, height + 4)])
        for x in np.arange(0, width, unit * 0.03):
            pen.dot(float(x), row + lean - 2 * lean * float(x) / width, unit * 0.011)
    for _ in range(int(rng.integers(1, 4))):
        x = width * float(rng.choice([rng.uniform(0.02, 0.2), rng.uniform(0.8, 0.98)]))
        w, h = unit * float(rng.uniform(0.02, 0.05)), unit * float(rng.uniform(0.05, 0.13))
        pen.polygon([(x - w, row + 9), (x - w, row - h), (x + w, row - h), (x + w, row + 9)])
        pen.polygon(
            [
                (x - w * 1.25, row - h),
                (x - w * 1.25, row - h - unit * 0.012),
                (x + w * 1.25, row - h - unit * 0.012),
                (x + w * 1.25, row - h),
            ]
        )
    pen.stamp(canvas.colors.near, depth=226, rim=0.4)
    if canvas.colors.dark and rng.random() < 0.5:
        _string(canvas, rng, row)
    return row - unit * 0.005


def _string(canvas: Canvas, rng: np.random.Generator, row: float) -> None:
    """A sagging string of lamps between two poles."""
    unit, width = canvas.unit, canvas.width
    tall = unit * float(rng.uniform(0.26, 0.36))
    ends = [width * 0.06, width * 0.5, width * 0.94]
    pen = Pen(canvas)
    spots = []
    for x in ends:
        pen.limb((x, row), (x, row - tall), unit * 0.006)
    for a, b in zip(ends, ends[1:], strict=False):
        at = np.linspace(0, 1, 22)
        line = np.stack([a + (b - a) * at, row - tall + 0.30 * tall * 4 * at * (1 - at)], 1)
        pen.path(line, 1.2)
        spots += [(float(p[0]), float(p[1])) for p in line[1::2]]
    pen.stamp(canvas.colors.near, depth=220)
    for x, y in spots:
        canvas.glow(x, y + unit * 0.006, unit * 0.005, np.ones(3, np.float32), 1.0)
        canvas.glow(x, y + unit * 0.006, unit * 0.020, WARM, 0.7)
