"""Scenes of fields: meadow and garden."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.flowers import flower_colors, flower_style
from pipeline.media.painting.ground import crest, paint_mist, paint_ridge
from pipeline.media.painting.noise import fbm, remapped, smooth
from pipeline.media.painting.plants import draw_grass, draw_pine, leaf_color, paint_flower
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.terrain import Terrain, hills, paint_terrain, raised, slopes
from pipeline.media.painting.weather import paint_rays


def _green(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> Floats:
    code = {
        "spring": "#8dbb55",
        "summer": str(rng.choice(["#7fae4f", "#d9b458", "#94b85a"])),
        "autumn": "#c99a4a",
        "winter": "#dfe8f2",
    }[brief.season]
    if brief.has("wheat", "barley", "harvest", "golden", "corn"):
        code = "#dcb256"
    if brief.has("lavender"):
        code = "#8b72c9"
    base = mix(rgb(code), canvas.colors.accents[0], 0.12)
    if canvas.colors.dark:
        return mix(base, canvas.colors.land(0.55), 0.55)
    return mix(base, canvas.colors.sky[3], 0.12 if brief.time == "day" else 0.26)


def rolling(canvas: Canvas, brief: Brief, horizon: float, *, tall: float, name: str = "country") -> Terrain:
    """Rolling fields with furrows and mowing marks in the season's color."""
    rng = canvas.rng(name)
    ground = raised(canvas, horizon, hills(canvas, name, float(rng.uniform(0.8, 1.6)), tall), far=60, slices=300)
    right, away = slopes(ground)
    side = 1.0 if canvas.light[0] < canvas.width / 2 else -1.0
    facing = smooth(0.1, 0.95, np.clip(0.55 - side * right * 0.9 - away * 0.7, 0, 1))
    tile = fbm(rng, 512, 512, 5, 5, 0.6)
    patch = remapped(tile, ground.across * 11 + 256, ground.along * 8 + 20)
    fine = remapped(tile, ground.across * 90 + 256, ground.along * 60)
    base = _green(canvas, brief, rng)
    dark = mix(base, canvas.colors.near, 0.66)
    bright = mix(base, canvas.colors.glow, 0.34)
    light = facing * 0.72 + (patch - 0.5) * 0.85 + (fine - 0.5) * 0.5 * smooth(14, 1, ground.along) + 0.12
    if rng.random() < 0.4 or brief.has("farm", "lavender", "wheat", "vineyard"):
        turn = float(rng.uniform(-0.9, 0.9))
        rows = np.sin((ground.across * np.cos(turn) + ground.along * np.sin(turn)) * float(rng.uniform(4, 8)))
        light = light + rows * 0.15 * smooth(30, 4, ground.along)
    colors = dark + (bright - dark) * np.clip(light, 0, 1)[..., None]
    haze = smooth(5, 60, ground.along)[..., None] * np.float32(0.78)
    colors += (canvas.colors.haze - colors) * haze
    paint_terrain(canvas, ground, colors.astype(np.float32))
    return ground


def _plant_trees(canvas: Canvas, brief: Brief, ground: Terrain, rng: np.random.Generator, count: int) -> None:
    """Small round trees and firs over the country, in clumps, hazier with distance."""
    leaves = leaf_color(canvas, brief, rng)
    centers = rng.uniform(0.02, 0.98, 7)
    spots = []
    for _ in range(count):
        column = float(np.clip(rng.choice(centers) + rng.normal(0, 0.05), 0.01, 0.99))
        spots.append((int(rng.uniform(0.38, 0.95) * 299), column))
    for index, column in sorted(spots, reverse=True):
        if not ground.seen(column, index):
            continue
        row, scale = ground.spot(column, index)
        tall = scale * float(rng.uniform(0.35, 0.75))
        if tall < 3:
            continue
        x, far = column * canvas.width, index / 299
        pen = Pen(canvas)
        if brief.season == "winter" or rng.random() < 0.3:
            draw_pine(pen, rng, x, row + 1, tall * 1.3)
        else:
            pen.limb((x, row + 1), (x, row - tall * 0.5), max(1.0, tall * 0.09))
            for _ in range(9):
                pen.oval(
                    x + float(rng.normal(0, tall * 0.17)),
                    row - tall * float(rng.uniform(0.42, 0.9)),
                    tall * 0.24,
                    tall * 0.19,
                )
        color = mix(
            mix(mix(leaves, canvas.colors.near, 0.55), canvas.colors.glow, 0.06), canvas.colors.haze, smooth_share(far)
        )
        pen.stamp(color, depth=int(210 - 150 * far), rim=0.4 * (1 - far) + 0.1)


def smooth_share(far: float) -> float:
    """Haze over far things, 0..0.75."""
    return float(0.75 * max(0.0, far - 0.3) ** 1.2 / 0.7)


def meadow(canvas: Canvas, brief: Brief) -> Place:
    """Fields and hills under a wide sky."""
    rng = canvas.rng("meadow")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.40, 0.64))
    paint_sky(canvas, brief, horizon * 1.02)
    if "rays" in brief.skies:
        paint_rays(canvas)
    if rng.random() < 0.5:
        top = crest(
            canvas,
            "blue-hills",
            horizon * 1.0,
            unit * float(rng.uniform(0.05, 0.16)),
            2.2,
            ridged=bool(rng.random() < 0.5),
            gain=0.42,
        )
        paint_ridge(canvas, top, 0.08, name="blue-hills", fog=0.5, snow=0.7 if brief.snowy else 0)
    ground = rolling(canvas, brief, horizon, tall=float(rng.uniform(1.6, 4.2)))
    _plant_trees(canvas, brief, ground, rng, int(rng.integers(10, 60)))
    paint_mist(canvas, horizon + unit * 0.03, unit * 0.04, float(rng.uniform(0.0, 0.5)), "meadow")
    if rng.random() < 0.55 and not brief.snowy:
        _field_flowers(canvas, brief, ground, rng)
    pen = Pen(canvas)
    line = np.full(width, height * 1.01, np.float32)
    draw_grass(
        pen,
        rng,
        line,
        unit * float(rng.uniform(0.06, 0.15)),
        int(300 * width / unit),
        ears=0.25 if brief.has("wheat") else 0.06,
    )
    pen.stamp(mix(canvas.colors.near, _green(canvas, brief, rng), 0.22), depth=240, rim=0.25)
    return Place(
        horizon,
        horizon + (height - horizon) * 0.12,
        height * 0.93,
        unit * 0.25,
        (width * 0.08, width * 0.92),
        ledge=False,
    )


def _field_flowers(canvas: Canvas, brief: Brief, ground: Terrain, rng: np.random.Generator, amount: int = 900) -> None:
    """Flowers strewn over the ground as dots that grow toward the viewer."""
    style = flower_style(brief, rng)
    tints, _ = flower_colors(canvas, brief, style, rng)
    patch = canvas.rng("patches").uniform(0, 1, 5)
    last = ground.rows.shape[0] - 1
    for tint in tints:
        pen = Pen(canvas)
        for _ in range(amount // len(tints)):
            index = int(last * 0.62 * float(rng.random()) ** 0.8)
            column = (
                float(np.clip(rng.choice(patch) + rng.normal(0, 0.12), 0.0, 1.0))
                if rng.random() < 0.6
                else float(rng.random())
            )
            row, scale = ground.spot(column, index)
            if row >= canvas.height or not ground.seen(column, index):
                continue
            size = min(scale * float(rng.uniform(0.012, 0.022)), canvas.unit * 0.011)
            pen.oval(column * canvas.width, row - size, max(0.8, size), max(0.7, size * 0.7))
        pen.stamp(mix(tint, canvas.colors.glow, 0.12), opacity=0.95)


def garden(canvas: Canvas, brief: Brief) -> Place:
    """A sea of flowers: far ones as specks of color, near ones large, with trees in bloom behind."""
    rng = canvas.rng("garden")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.34, 0.54))
    paint_sky(canvas, brief, horizon * 1.02)
    top = crest(canvas, "behind", horizon * 1.01, unit * float(rng.uniform(0.05, 0.2)), 2.0, ridged=False, gain=0.42)
    paint_ridge(canvas, top, 0.15, name="behind", fog=0.5, snow=0.4 if brief.snowy else 0)
    ground = rolling(canvas, brief, horizon, tall=float(rng.uniform(0.6, 1.8)), name="lawn")
    _plant_trees(canvas, brief, ground, rng, int(rng.integers(20, 55)))
    _field_flowers(canvas, brief, ground, rng, 2400)
    style = flower_style(brief, canvas.rng("field-style"))
    tints, heart = flower_colors(canvas, brief, style, rng)
    for layer in range(2):
        stems = Pen(canvas)
        heads = []
        count = int((15, 6)[layer] * width / unit) + 2
        for k in range(count):
            size = unit * (0.020, 0.048)[layer] * float(rng.uniform(0.7, 1.25))
            x = width * (k + float(rng.uniform(0.1, 0.9))) / count
            side = 0.10 * abs(x / width - 0.5)
            y = height * ((0.80, 0.92)[layer] - side - float(rng.uniform(-0.03, 0.07)))
            heads.append((x, y, size))
        for x, y, size in heads:
            stems.path([(x, y), (x + size * 0.1, (y + height) / 2), (x, height + 5.0)], max(1.2, size * 0.10))
            stems.oval(x + size * 0.6, y + size * 2.4, size * 0.7, size * 0.17, -0.7)
        stems.stamp(mix(canvas.colors.near, rgb("#3f8048"), 0.42), depth=215)
        unused = Pen(canvas)
        for x, y, size in heads:
            paint_flower(canvas, rng, x, y, size, tints[int(rng.integers(len(tints)))], heart, style, unused, y + size)
    _butterflies(canvas, rng)
    return Place(
        horizon,
        horizon + (height - horizon) * 0.1,
        height * 0.80,
        unit * 0.24,
        (width * 0.12, width * 0.88),
        ledge=False,
    )


def _butterflies(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(int(rng.integers(0, 5))):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.uniform(0.4, 0.75))
        size, tilt = canvas.unit * float(rng.uniform(0.012, 0.024)), float(rng.uniform(-0.6, 0.6))
        pen = Pen(canvas)
        for out in (-1, 1):
            pen.oval(x + out * size * 0.55, y - size * 0.35, size * 0.62, size * 0.42, tilt + out * -0.7)
            pen.oval(x + out * size * 0.42, y + size * 0.35, size * 0.42, size * 0.32, tilt + out * 0.7)
        pen.stamp(canvas.colors.accents[int(rng.integers(4))], depth=200, rim=0.5)
        body = Pen(canvas)
        body.limb((x, y - size * 0.5), (x, y + size * 0.6), max(1.0, size * 0.12))
        body.stamp(canvas.colors.near, depth=200)
