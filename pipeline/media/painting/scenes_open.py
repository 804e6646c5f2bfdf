"""Scenes under an open sky: desert, meadow, garden, above the clouds."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.clouds import Puffs, heap, paint_heaps
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.foreground import flower_colors, flower_style
from pipeline.media.painting.ground import crest, paint_mist, paint_ridge, peak_crest
from pipeline.media.painting.noise import fbm, smooth
from pipeline.media.painting.plants import draw_grass, draw_pine, leaf_color, paint_flower
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.terrain import Terrain, dunes, hills, paint_terrain, raised, slopes
from pipeline.media.painting.weather import paint_rays


def desert(canvas: Canvas, brief: Brief) -> Place:
    """Dunes with sharp crests between light and shadow, or a plain with mesas."""
    rng = canvas.rng("desert")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.36, 0.58))
    paint_sky(canvas, brief, horizon, clouds=0.7)
    mesa = brief.has("mesa", "canyon", "cactus") or (rng.random() < 0.4 and not brief.has("dune"))
    if mesa:
        _mesas(canvas, rng, horizon)
    elif rng.random() < 0.6:
        top = crest(canvas, "far-rock", horizon * 1.01, unit * float(rng.uniform(0.04, 0.12)), 3)
        paint_ridge(canvas, top, 0.1, name="far-rock", fog=0.6)
    tall = float(rng.uniform(0.14, 0.26)) if mesa else float(rng.uniform(0.7, 1.5))
    ground = raised(canvas, horizon, dunes(canvas, "dunes", float(rng.uniform(3.2, 6.5)), tall), far=46)
    right, away = slopes(ground)
    side = 1.0 if canvas.light[0] < width / 2 else -1.0
    facing = smooth(0.05, 0.95, np.clip(0.60 - side * right * 1.5 - away * 0.34, 0, 1))
    ripple = _ripples(canvas, ground)
    sand = mix(mix(rgb("#e9b070"), canvas.colors.accents[0], 0.22), canvas.colors.sky[3], 0.35)
    if canvas.colors.dark:
        sand = mix(sand, canvas.colors.sky[2], 0.62)
    bright = mix(sand, canvas.colors.glow, 0.42)
    shade = mix(mix(sand, canvas.colors.near, 0.70), canvas.colors.sky[0], 0.26)
    light = np.clip(facing * 0.92 + ripple * 0.055, 0, 1)[..., None]
    colors = shade + (bright - shade) * light
    haze = smooth(6, 46, ground.along)[..., None] * np.float32(0.72)
    colors += (canvas.colors.haze - colors) * haze
    paint_terrain(canvas, ground, colors.astype(np.float32))
    return Place(horizon, horizon + (height - horizon) * 0.2, height * 0.94, unit * 0.24, (width * 0.1, width * 0.9), ledge=bool(rng.random() < 0.4))


def _ripples(canvas: Canvas, ground: Terrain) -> Floats:
    tile = fbm(canvas.rng("wind-ripples"), 512, 512, 6, 3, 0.5)
    bend = cv2.remap(tile, ground.across * 24 + 256, ground.along * 24, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    wave = np.sin(ground.along * 34 + ground.across * 9 + bend * 22)
    return np.asarray(wave * smooth(5.5, 1.0, ground.along) + (bend - 0.5) * 1.6, np.float32)


def _mesas(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    unit = canvas.unit
    for layer in range(3):
        near = 0.08 + 0.2 * layer
        at = np.arange(canvas.width, dtype=np.float32)
        top = np.full(canvas.width, horizon + 6, np.float32)
        for _ in range(int(rng.integers(2, 5)) - layer // 2):
            center, half = canvas.width * float(rng.random()), unit * float(rng.uniform(0.04, 0.17))
            tall = unit * float(rng.uniform(0.06, 0.17)) * (1 + 0.35 * layer)
            edge = np.clip(1.25 - np.abs(at - center) / half, 0, 1)
            rise = tall * (0.30 * smooth(0, 0.35, edge) + 0.70 * smooth(0.24, 0.33, edge))
            top = np.minimum(top, horizon + 6 - rise)
        rough = crest(canvas, f"mesa-{layer}", 0, unit * 0.02, 9)
        paint_ridge(canvas, np.asarray(top + rough, np.float32), near, name=f"mesa-{layer}", bottom=horizon + unit * 0.05, fog=0.6, rise=unit * 0.16,
                    tint=mix(canvas.colors.land(near + 0.1), rgb("#b4532f"), 0.35))


def _green(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> Floats:
    code = {"spring": "#8dbb55", "summer": str(rng.choice(["#7fae4f", "#d9b458", "#94b85a"])), "autumn": "#c99a4a", "winter": "#dfe8f2"}[brief.season]
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
    patch = cv2.remap(tile, ground.across * 11 + 256, ground.along * 8 + 20, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    fine = cv2.remap(tile, ground.across * 90 + 256, ground.along * 60, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
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
                pen.oval(x + float(rng.normal(0, tall * 0.17)), row - tall * float(rng.uniform(0.42, 0.9)), tall * 0.24, tall * 0.19)
        color = mix(mix(mix(leaves, canvas.colors.near, 0.55), canvas.colors.glow, 0.06), canvas.colors.haze, smooth_share(far))
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
        top = crest(canvas, "blue-hills", horizon * 1.0, unit * float(rng.uniform(0.05, 0.16)), 2.2, ridged=bool(rng.random() < 0.5), gain=0.42)
        paint_ridge(canvas, top, 0.08, name="blue-hills", fog=0.5, snow=0.7 if brief.snowy else 0)
    ground = rolling(canvas, brief, horizon, tall=float(rng.uniform(1.6, 4.2)))
    _plant_trees(canvas, brief, ground, rng, int(rng.integers(10, 60)))
    paint_mist(canvas, horizon + unit * 0.03, unit * 0.04, float(rng.uniform(0.0, 0.5)), "meadow")
    if rng.random() < 0.55 and not brief.snowy:
        _field_flowers(canvas, brief, ground, rng)
    pen = Pen(canvas)
    line = np.full(width, height * 1.01, np.float32)
    draw_grass(pen, rng, line, unit * float(rng.uniform(0.06, 0.15)), int(300 * width / unit), ears=0.25 if brief.has("wheat") else 0.06)
    pen.stamp(mix(canvas.colors.near, _green(canvas, brief, rng), 0.22), depth=240, rim=0.25)
    return Place(horizon, horizon + (height - horizon) * 0.12, height * 0.93, unit * 0.25, (width * 0.08, width * 0.92), ledge=False)


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
            column = float(np.clip(rng.choice(patch) + rng.normal(0, 0.12), 0.0, 1.0)) if rng.random() < 0.6 else float(rng.random())
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
    return Place(horizon, horizon + (height - horizon) * 0.1, height * 0.80, unit * 0.24, (width * 0.12, width * 0.88), ledge=False)


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


def clouds(canvas: Canvas, brief: Brief) -> Place:
    """Above a sea of clouds, with peaks that break through now and then."""
    rng = canvas.rng("cloudsea")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.34, 0.80))
    paint_sky(canvas, brief, horizon, clouds=float(rng.uniform(0.2, 1.0)))
    if "rays" in brief.skies or rng.random() < 0.4:
        paint_rays(canvas, 0.8, 0.4)
    paint_heaps(canvas, brief, horizon, float(rng.uniform(0.10, 0.42)), layers=int(rng.integers(1, 3)), foot=1.04)
    if rng.random() < 0.4 or brief.has("mountain", "peak"):
        top = peak_crest(canvas, "island-peak", horizon + unit * 0.08, unit * float(rng.uniform(0.2, 0.34)), width * float(rng.choice([0.25, 0.72])), 0.24)
        paint_ridge(canvas, top, 0.35, name="island-peak", snow=0.8, fog=0.9, rise=unit * 0.22)
    layers = 4
    for index in range(layers):
        near = index / (layers - 1)
        row = horizon + (height - horizon) * (0.08 + 0.72 * near**1.3)
        last = row + (height - horizon) * 0.4 if index < layers - 1 else float(height)
        _cloud_bank(canvas, brief, rng, row, unit * (0.055 + 0.15 * near), near, min(float(height), last))
    return Place(horizon, horizon, height * 0.9, unit * 0.25, (width * 0.15, width * 0.85), "sky", None, ledge=bool(rng.random() < 0.5))


def _cloud_bank(canvas: Canvas, brief: Brief, rng: np.random.Generator, row: float, tall: float, near: float, foot: float) -> None:
    """A bank of cloud across the frame that fills everything from its heads down to row `foot`."""
    top = max(0, int(row - tall * 1.9))
    bottom = int(foot)
    if bottom - top < 12:
        return
    sheet = Puffs(canvas, brief, top, bottom, f"bank-{near:.2f}", 0.35 + 0.65 * near)
    for _ in range(int(2.2 * canvas.width / canvas.unit) + 2):
        size = tall * float(rng.uniform(0.6, 1.5))
        heap(sheet, rng, canvas.width * float(rng.uniform(-0.05, 1.05)), row + tall * 0.35, size, size * float(rng.uniform(1.6, 3.2)))
    spots = []
    for down in np.arange(row + tall * 0.1, bottom + tall * 0.5, tall * 0.36):
        for x in np.arange(-0.05, 1.05, tall * 0.7 / canvas.width):
            spots.append((float(-down), float((x + rng.normal(0, 0.03)) * canvas.width), float(down + rng.normal(0, tall * 0.1)), tall * float(rng.uniform(0.35, 0.85))))
    for _, x, y, radius in sorted(spots, reverse=True):
        sheet.add(x, y, radius, squash=0.62)
    sheet.lay(0.97, depth=int(60 + 160 * near))
