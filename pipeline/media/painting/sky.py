"""The sky: gradient, light, sun and moon, and the choice of what else is in it."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.clouds import paint_clouds
from pipeline.media.painting.color import Floats, lookup, mix, ramp
from pipeline.media.painting.noise import enlarged, fbm, smooth
from pipeline.media.painting.wonders import (
    paint_aurora,
    paint_comet,
    paint_fireworks,
    paint_lightning,
    paint_rainbow,
    paint_stars,
)


def paint_sky(canvas: Canvas, brief: Brief, horizon: float, *, body: bool = True, clouds: float = 1.0) -> None:
    """Fill the whole canvas with sky that ends at row `horizon`, and set `canvas.light`."""
    rng = canvas.rng("sky")
    sun = not brief.night or "sun" in brief.skies
    canvas.light = light_place(canvas, brief, horizon, rng)
    _gradient(canvas, horizon, 0.5 if sun else 0.24)
    if brief.night or "stars" in brief.skies or "comet" in brief.skies or (brief.time == "dusk" and rng.random() < 0.5):
        strength = 1.0 if brief.night or "stars" in brief.skies else 0.5
        paint_stars(
            canvas, horizon, strength, milky=brief.night and (rng.random() < 0.45 or brief.has("milky", "galaxy"))
        )
    if "aurora" in brief.skies:
        paint_aurora(canvas, horizon)
    moon = bool(brief.skies & {"moon", "crescent"}) or (
        brief.night and "aurora" not in brief.skies and "sun" not in brief.skies
    )
    hidden = brief.weather in ("storm", "rain", "fog") and not brief.skies & {"moon", "sun", "crescent"}
    if body and moon:
        _moon(canvas, brief, rng)
    elif body and not hidden and "aurora" not in brief.skies:
        _sun(canvas, brief, rng)
    paint_clouds(canvas, brief, horizon, clouds)
    if "rainbow" in brief.skies:
        paint_rainbow(canvas, horizon)
    if "comet" in brief.skies:
        paint_comet(canvas, horizon)
    if "fireworks" in brief.skies:
        paint_fireworks(canvas, horizon)
    if brief.weather == "storm" or "lightning" in brief.skies:
        paint_lightning(canvas, horizon)


def light_place(canvas: Canvas, brief: Brief, horizon: float, rng: np.random.Generator) -> tuple[float, float]:
    """Where sun or moon stands: low at dawn and sunset, high by day and night, anywhere across the frame."""
    x = canvas.width * float(rng.choice([rng.uniform(0.14, 0.42), rng.uniform(0.42, 0.58), rng.uniform(0.58, 0.86)]))
    low, high = {
        "dawn": (0.70, 1.0),
        "sunset": (0.66, 0.99),
        "dusk": (0.55, 0.95),
        "day": (0.16, 0.45),
        "night": (0.16, 0.56),
    }[brief.time]
    if "moon" in brief.skies and brief.time in ("dusk", "dawn", "sunset"):
        low, high = 0.2, 0.6
    y = max(canvas.unit * 0.09, horizon * float(rng.uniform(low, high)))
    return x, y


def _gradient(canvas: Canvas, horizon: float, warmth: float) -> None:
    colors = canvas.colors
    table = ramp(colors.sky, 512, (0, 0.28, 0.56, 0.82, 1))
    height, width = max(2, canvas.height // 2), max(2, canvas.width // 8)
    share = np.clip(np.arange(height, dtype=np.float32) * 2 / max(horizon, 1), 0, 1)
    # The sky is paler on the side of the light: each column reads the ramp a little farther down.
    x = np.linspace(0, canvas.width, width, dtype=np.float32)
    side = np.exp(-(((x - canvas.light[0]) / (canvas.width * 0.55)) ** 2))
    shares = share[:, None] * (0.9 + 0.1 * side[None]) + 0.06 * side[None] * share[:, None]
    small = lookup(table, shares.astype(np.float32))
    y = np.linspace(0, canvas.height, height, dtype=np.float32)
    near = np.exp(-np.hypot(x[None] - canvas.light[0], (y[:, None] - canvas.light[1]) * 1.25) / (canvas.unit * 0.42))
    small += (colors.glow - small) * (near * np.float32(warmth * 0.62))[..., None]
    canvas.image[:] = enlarged(small, canvas.width, canvas.height)


def _disc(canvas: Canvas, radius: float) -> tuple[Floats, int, int]:
    """Distances from the light in units of the radius, around the disc only, with the corner's row and column."""
    x, y = canvas.light
    reach = radius * 1.06 + 3
    top, bottom = max(0, int(y - reach)), min(canvas.height, int(y + reach) + 1)
    left, right = max(0, int(x - reach)), min(canvas.width, int(x + reach) + 1)
    rows = (np.arange(top, max(bottom, top), dtype=np.float32)[:, None] - y) / radius
    columns = (np.arange(left, max(right, left), dtype=np.float32)[None] - x) / radius
    return np.asarray(np.hypot(rows, columns), np.float32), top, left


def _halo(canvas: Canvas, radius: float, strength: float) -> None:
    for reach, share in ((1.7, 0.42), (4.2, 0.34), (10.0, 0.20)):
        canvas.glow(*canvas.light, radius * reach, canvas.colors.glow, share * strength)


def _sun(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> None:
    big = brief.time in ("sunset", "dusk", "dawn") and rng.random() < 0.34
    size = float(rng.uniform(0.10, 0.17) if big else rng.uniform(0.028, 0.068))
    radius = canvas.unit * size
    _halo(canvas, min(radius, canvas.unit * 0.075), 0.9 if brief.weather != "cloudy" else 0.6)
    distance, top, left = _disc(canvas, radius)
    if distance.size == 0:
        return
    soft = 1.6 / radius
    alpha = smooth(1 + soft, 1 - soft, distance)
    if big:
        rows = np.linspace(0, 1, distance.shape[0], dtype=np.float32)[:, None, None]
        low = mix(canvas.colors.accents[0], canvas.colors.sky[3], 0.45)
        color = canvas.colors.glow * (1 - rows * 0.75) + low * (rows * 0.75)
        canvas.lay(np.asarray(np.broadcast_to(color, (*distance.shape, 3)), np.float32), alpha, top, left)
    else:
        canvas.lay(np.minimum(canvas.colors.glow * 1.08, 1).astype(np.float32), alpha, top, left)


def _moon(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> None:
    big = rng.random() < 0.22 or brief.has("big", "huge", "giant", "full", "super")
    radius = canvas.unit * float(rng.uniform(0.115, 0.19) if big else rng.uniform(0.036, 0.078))
    canvas.light = (canvas.light[0], max(canvas.light[1], radius * 1.25))
    _halo(canvas, min(radius, canvas.unit * 0.07), 0.50)
    distance, top, left = _disc(canvas, radius)
    if distance.size == 0:
        return
    height, width = distance.shape
    seas = fbm(rng, width, height, 2.4, 4, 0.55)
    craters = fbm(rng, width, height, 8, 3, 0.6)
    shade = 1 - 0.24 * smooth(0.45, 0.62, seas) - 0.18 * (craters - 0.4)
    limb = np.sqrt(np.clip(1 - distance * distance, 0, 1))
    color = canvas.colors.glow * (shade * (0.74 + 0.26 * limb))[..., None]
    soft = 1.5 / radius
    alpha = smooth(1 + soft, 1 - soft, distance)
    if "crescent" in brief.skies or (not big and "moon" not in brief.skies and rng.random() < 0.35):
        offset = float(rng.uniform(0.35, 0.7)) * (1 if rng.random() < 0.5 else -1)
        columns = (np.arange(left, left + width, dtype=np.float32)[None] - canvas.light[0]) / radius
        rows = (np.arange(top, top + height, dtype=np.float32)[:, None] - canvas.light[1]) / radius
        alpha = alpha * smooth(1.0 - soft, 1.0 + soft * 3, np.hypot(columns - offset, rows + 0.22).astype(np.float32))
    canvas.lay(np.clip(color * 1.08, 0, 1).astype(np.float32), alpha, top, left)
