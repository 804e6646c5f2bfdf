"""Scenes under an open sky: desert, above the clouds."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.clouds import Puffs, heap, paint_heaps
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.ground import crest, paint_ridge, peak_crest
from pipeline.media.painting.noise import fbm, remapped, smooth
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.terrain import Terrain, dunes, paint_terrain, raised, slopes
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
    return Place(
        horizon,
        horizon + (height - horizon) * 0.2,
        height * 0.94,
        unit * 0.24,
        (width * 0.1, width * 0.9),
        ledge=bool(rng.random() < 0.4),
    )


def _ripples(canvas: Canvas, ground: Terrain) -> Floats:
    tile = fbm(canvas.rng("wind-ripples"), 512, 512, 6, 3, 0.5)
    bend = remapped(tile, ground.across * 24 + 256, ground.along * 24)
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
        paint_ridge(
            canvas,
            np.asarray(top + rough, np.float32),
            near,
            name=f"mesa-{layer}",
            bottom=horizon + unit * 0.05,
            fog=0.6,
            rise=unit * 0.16,
            tint=mix(canvas.colors.land(near + 0.1), rgb("#b4532f"), 0.35),
        )


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
        top = peak_crest(
            canvas,
            "island-peak",
            horizon + unit * 0.08,
            unit * float(rng.uniform(0.2, 0.34)),
            width * float(rng.choice([0.25, 0.72])),
            0.24,
        )
        paint_ridge(canvas, top, 0.35, name="island-peak", snow=0.8, fog=0.9, rise=unit * 0.22)
    layers = 4
    for index in range(layers):
        near = index / (layers - 1)
        row = horizon + (height - horizon) * (0.08 + 0.72 * near**1.3)
        last = row + (height - horizon) * 0.4 if index < layers - 1 else float(height)
        _cloud_bank(canvas, brief, rng, row, unit * (0.055 + 0.15 * near), near, min(float(height), last))
    return Place(
        horizon,
        horizon,
        height * 0.9,
        unit * 0.25,
        (width * 0.15, width * 0.85),
        "sky",
        None,
        ledge=bool(rng.random() < 0.5),
    )


def _cloud_bank(
    canvas: Canvas, brief: Brief, rng: np.random.Generator, row: float, tall: float, near: float, foot: float
) -> None:
    """A bank of cloud across the frame that fills everything from its heads down to row `foot`."""
    top = max(0, int(row - tall * 1.9))
    bottom = int(foot)
    if bottom - top < 12:
        return
    sheet = Puffs(canvas, brief, top, bottom, f"bank-{near:.2f}", 0.35 + 0.65 * near)
    for _ in range(int(2.2 * canvas.width / canvas.unit) + 2):
        size = tall * float(rng.uniform(0.6, 1.5))
        heap(
            sheet,
            rng,
            canvas.width * float(rng.uniform(-0.05, 1.05)),
            row + tall * 0.35,
            size,
            size * float(rng.uniform(1.6, 3.2)),
        )
    spots = []
    for down in np.arange(row + tall * 0.1, bottom + tall * 0.5, tall * 0.36):
        for x in np.arange(-0.05, 1.05, tall * 0.7 / canvas.width):
            place = (float((x + rng.normal(0, 0.03)) * canvas.width), float(down + rng.normal(0, tall * 0.1)))
            spots.append((float(-down), *place, tall * float(rng.uniform(0.4, 1.15))))
    for _, x, y, radius in sorted(spots, reverse=True):
        sheet.add(x, y, radius, squash=0.62)
    sheet.lay(0.97, depth=int(60 + 160 * near))
