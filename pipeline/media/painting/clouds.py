"""Clouds: wisps high up, bands along the horizon, heaped banks and closed decks, lit from where the light stands."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import Floats, mix
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth

_STYLES = ("wisps", "bands", "heaps", "scattered", "none")


def paint_clouds(canvas: Canvas, brief: Brief, horizon: float, amount: float = 1.0) -> None:
    """Clouds above row `horizon`, by weather and seed."""
    rng = canvas.rng("clouds")
    if amount <= 0:
        return
    if brief.weather in ("storm", "rain"):
        styles = ["deck", "bands"]
    elif brief.weather in ("cloudy", "snow", "fog"):
        styles = [str(rng.choice(["deck", "scattered", "heaps"]))]
    elif brief.weather == "clear" or "aurora" in brief.skies:
        styles = [str(rng.choice(["none", "wisps", "none"]))]
    else:
        weights = [0.27, 0.25, 0.24, 0.18, 0.06] if not brief.night else [0.3, 0.3, 0.12, 0.16, 0.12]
        styles = [str(rng.choice(_STYLES, p=weights))]
        if rng.random() < 0.3:
            styles.append("bands")
    for style in styles:
        if style == "heaps":
            paint_heaps(canvas, brief, horizon, float(rng.uniform(0.10, 0.30)) * amount)
        elif style != "none":
            _sheet(canvas, brief, horizon, style, amount)


def _sheet(canvas: Canvas, brief: Brief, horizon: float, style: str, amount: float) -> None:
    """A layer of clouds seen in perspective, from noise read along rays that meet at the horizon."""
    rng = canvas.rng("clouds-" + style)
    width, height = max(8, canvas.width // 3), max(8, int(min(horizon, canvas.height)) // 3)
    stretch = {"wisps": 3.4, "bands": 7.0, "deck": 1.5, "scattered": 1.35}[style]
    tile = fbm(rng, 768, 512, 3.2, 7, 0.56, stretch)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    far = 1 / (1.14 - y) if style != "bands" else np.ones_like(y)
    across = x * far * (0.42 if style != "wisps" else 0.30) * min(1.0, canvas.width / canvas.height / 1.3)
    slant = float(rng.uniform(-0.35, 0.35)) if style == "wisps" else float(rng.uniform(-0.05, 0.05))
    down = (far - 0.877) * 0.16 + across * slant if style != "bands" else y * 0.55 + across * slant
    u = ((across + 0.5) * 767).astype(np.float32)
    v = ((down + 0.04) * 511 + 0 * u).astype(np.float32)
    read = {"interpolation": cv2.INTER_CUBIC, "borderMode": cv2.BORDER_REFLECT}
    density = cv2.remap(tile, u, v, **read)
    dx, dy = canvas.light[0] / canvas.width - 0.5, -1.0 if not brief.time == "sunset" else 0.7
    shaded = cv2.remap(tile, u + np.float32(14 * dx), v + np.float32(7 * dy), **read)
    cover = {"wisps": 0.53, "bands": 0.535, "deck": 0.40, "scattered": 0.52}[style] + float(rng.uniform(-0.03, 0.03))
    alpha = smooth(cover, cover + (0.24 if style == "wisps" else 0.13), density)
    envelope = smooth(1.0, 0.84, y) if style != "bands" else smooth(0.25, 0.6, y) * smooth(1.0, 0.93, y)
    weight = {"wisps": 0.62, "bands": 0.8, "deck": 0.92, "scattered": 0.94}[style] * amount
    alpha = alpha * envelope * np.float32(weight)
    color = _lit(canvas, brief, density - shaded, 1 - smooth(cover, cover + 0.3, density), y, x)
    canvas_rows = int(min(horizon, canvas.height))
    canvas.lay(enlarged(color, canvas.width, canvas_rows), enlarged(alpha.astype(np.float32), canvas.width, canvas_rows))


def _lit(canvas: Canvas, brief: Brief, slope: Floats, thin: Floats, y: Floats, x: Floats) -> Floats:
    """Cloud colors from the slope toward the light, the thinness and the distance from the light."""
    colors = canvas.colors
    gloomy = brief.weather in ("storm", "rain")
    shadow = mix(mix(colors.sky[1], colors.far, 0.45), colors.near, 0.30 if gloomy else 0.06)
    light = mix(colors.sky[4], colors.glow, 0.25 if gloomy else 0.6)
    if brief.night:
        light = mix(colors.sky[3], colors.glow, 0.30)
    lx, ly = canvas.light[0] / canvas.width - 0.5, canvas.light[1] / canvas.height
    ratio = canvas.width / canvas.height
    near = np.exp(-np.hypot((x - lx) * ratio, y * 0.7 - ly) / 0.42)
    share = 0.30 + 4.2 * slope + 0.34 * thin + 0.55 * near * (0.35 + thin)
    share = np.clip(share * (0.72 if gloomy else 1.0), 0, 1)[..., None]
    return np.asarray(shadow * (1 - share) + light * share, np.float32)


def paint_heaps(canvas: Canvas, brief: Brief, horizon: float, rise: float, *, layers: int = 3, foot: float = 1.0) -> None:
    """Heaped clouds: banks with round, lit heads, `rise` of the height tall, standing on row `horizon` * `foot`."""
    colors = canvas.colors
    rng = canvas.rng("heaps")
    width = max(8, canvas.width // 2)
    pale = mix(colors.sky[4], colors.glow, 0.75) if not brief.night else mix(colors.sky[3], colors.glow, 0.4)
    for layer in range(layers):
        near = (layer + 1) / layers
        base = horizon * foot - canvas.height * rise * 0.10 * (layers - 1 - layer)
        tall = canvas.height * rise * float(rng.uniform(0.75, 1.25)) * (1.0 - 0.22 * layer)
        top, bottom = max(0, int(base - tall * 1.35)), min(canvas.height, int(base + tall * 0.3))
        if bottom - top < 8:
            continue
        height = (bottom - top) // 2
        lumps = 1 - fbm(rng, width, height, max(2.0, 2.6 * (bottom - top) / tall), 5, 0.55, 1.15, fold="billow")
        line = profile(rng, width, 2.2 + layer * 1.3 if not canvas.tall else 1.4 + layer, 5, 0.5)
        line = np.clip((line - 0.30) * 2.1, 0, 1)
        crest = (base - tall * (0.12 + 0.88 * line) - top) / 2
        rows = np.arange(height, dtype=np.float32)[:, None]
        body = (rows - crest[None]) / (tall / 2) + (lumps - 0.55) * 0.62
        alpha = smooth(0.0, 0.045, body) * smooth(1.0, 0.55, (rows * 2 + top - base) / np.float32(tall * 0.3) + 0.55)
        toward = 1.0 if canvas.light[0] > canvas.width / 2 else -1.0
        slope = cv2.GaussianBlur(body, (0, 0), max(0.8, canvas.unit * 0.0016))
        gx = cv2.Sobel(slope, cv2.CV_32F, 1, 0, ksize=3) * np.float32(-toward)
        gy = cv2.Sobel(slope, cv2.CV_32F, 0, 1, ksize=3)
        scale = np.float32(tall / 26)
        share = np.clip(0.62 + (gx * 0.5 + gy * 0.6) * scale - 0.62 * np.clip(body, 0, 1.2), 0, 1)[..., None]
        dusk = mix(mix(colors.sky[2], colors.far, 0.55), colors.sky[3], 0.5 * (1 - near))
        color = dusk * (1 - share) + pale * share
        fade = np.float32(0.35 + 0.6 * near)
        canvas.lay(
            enlarged(np.asarray(color, np.float32), canvas.width, bottom - top),
            enlarged(np.asarray(alpha * fade, np.float32), canvas.width, bottom - top),
            top,
        )
