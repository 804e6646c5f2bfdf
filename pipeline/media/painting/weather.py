"""What falls and drifts through the air in front of everything: rain, snow, mist and sparks.

Leaves and petals would hang in the air of a picture: they are particles alone (`pipeline.media.particles`).
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import mix, rgb
from pipeline.media.painting.ground import paint_mist
from pipeline.media.painting.noise import blurred, enlarged, fbm, remapped, smooth

_LEAFY = ("lake", "street", "rooftops", "forest", "meadow", "garden", "village", "road", "rails", "mountains")
"""Where the wind finds leaves and petals to carry."""
_WHITE = np.ones(3, np.float32)


def paint_weather(canvas: Canvas, brief: Brief, horizon: float) -> None:
    """Lay the brief's weather over the finished scene."""
    if brief.weather in ("rain", "storm"):
        paint_rain(canvas)
    elif brief.weather == "snow":
        paint_snow(canvas)
    elif brief.weather == "fog":
        _fog(canvas, horizon)
    elif brief.weather == "embers":
        _sparks(canvas)


def particles_of(brief: Brief) -> str:
    """The moving particles that suit a picture; nothing falls in a room."""
    if brief.kind == "window":
        return ""
    if brief.weather in ("rain", "storm"):
        return "rain"
    if brief.weather in ("snow", "embers"):
        return brief.weather
    if "fire" in brief.foregrounds or (brief.palette == "fire" and brief.kind in ("mountains", "desert", "forest")):
        return "embers"
    if brief.weather == "wind" and brief.kind in _LEAFY:
        return {"autumn": "leaves", "spring": "petals", "summer": "seeds"}.get(brief.season, "")
    if brief.kind in ("space", "stage", "lights") or "stars" in brief.skies:
        return "stars"
    return ""


def paint_rain(canvas: Canvas, amount: float = 1.0) -> None:
    """A veil of fine far streaks that lean with one wind.

    Near drops would hang in the air when the picture moves: those are the particles' (`pipeline.media.particles`).
    """
    rng = canvas.rng("rain")
    wind = float(rng.uniform(-0.22, 0.22))
    mask = np.zeros((canvas.height, canvas.width), np.uint8)
    for count, length, level in ((1300, 0.020, 46), (420, 0.040, 58)):
        size = canvas.unit * length
        xs, ys = rng.uniform(-0.05, 1.05, count) * canvas.width, rng.uniform(-0.05, 1.0, count) * canvas.height
        long = size * rng.uniform(0.6, 1.3, count)
        ends = np.stack([np.stack([xs, ys], 1), np.stack([xs + wind * long, ys + long], 1)], 1)
        width = max(1, round(canvas.unit / 1080))
        cv2.polylines(
            mask, list(np.round(ends * 16).astype(np.int32)), False, int(level * amount), width, cv2.LINE_AA, 4
        )
    if canvas.water is not None:  # water that moves would bend the streaks before it
        top = canvas.water[0]
        mask[top:] = (mask[top:] * np.linspace(1.0, 0.25, len(mask) - top)[:, None] ** 0.5 * 0.45).astype(np.uint8)
    color = mix(_WHITE, canvas.colors.sky[3], 0.4)
    canvas.shine((cv2.GaussianBlur(mask, (0, 0), 0.7).astype(np.float32) / np.float32(255))[..., None] * color)


def paint_snow(canvas: Canvas, amount: float = 1.0) -> None:
    """Far flakes, small and faint; those near the viewer fall as particles (`pipeline.media.particles`)."""
    rng = canvas.rng("snow")
    color = mix(_WHITE, canvas.colors.sky[4], 0.2)
    for count, low, high, blur, level in (
        (520, 0.0008, 0.0016, 0.0005, 130),
        (110, 0.0016, 0.0028, 0.0009, 110),
    ):
        mask = np.zeros((canvas.height, canvas.width), np.uint8)
        for _ in range(int(count * amount)):
            x, y = rng.random() * canvas.width, rng.random() * canvas.height
            radius = max(0.7, canvas.unit * float(rng.uniform(low, high)))
            cv2.circle(mask, (round(x * 16), round(y * 16)), round(radius * 16), level, -1, cv2.LINE_AA, 4)
        flakes = mask.astype(np.float32) * np.float32(1 / 255)
        canvas.lay(color, blurred(flakes, canvas.unit * blur) if canvas.unit * blur > 0.5 else flakes)


def _fog(canvas: Canvas, horizon: float) -> None:
    for index in range(2):
        row = horizon + canvas.height * (0.02 + 0.16 * index)
        paint_mist(canvas, row, canvas.height * 0.11, 0.62 - 0.15 * index, f"fog-{index}")
    veil = np.linspace(0.10, 0.24, 16, dtype=np.float32)[:, None]
    canvas.lay(canvas.colors.haze, enlarged(np.repeat(veil, 4, 1), canvas.width, canvas.height))


def _sparks(canvas: Canvas) -> None:
    rng = canvas.rng("sparks")
    for _ in range(36):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random()) ** 0.7
        size = canvas.unit * float(rng.choice([0.0016, 0.0026, 0.005], p=[0.6, 0.3, 0.1]))
        color = mix(rgb("#ff8a30"), rgb("#ffe08a"), float(rng.random()))
        canvas.glow(x, y, size, color, 1.0)
        canvas.glow(x, y, size * 4, color, 0.28)


def paint_rays(canvas: Canvas, reach: float = 0.55, strength: float = 0.4, name: str = "rays") -> None:
    """Beams that fan out from the light."""
    rng = canvas.rng(name)
    width, height = max(8, canvas.width // 5), max(8, canvas.height // 5)
    x = np.linspace(0, canvas.width, width, dtype=np.float32)[None] - canvas.light[0]
    y = np.linspace(0, canvas.height, height, dtype=np.float32)[:, None] - canvas.light[1]
    angle = np.arctan2(y, x)
    spokes = fbm(rng, 720, 3, 2.0, 1) * 0.3 + fbm(rng, 720, 8, 0.4, 5, 0.7, 3.0)[:3] * 0.7
    turn = ((angle + np.pi) / (2 * np.pi) * 719).astype(np.float32)
    read = remapped(spokes, turn, np.ones_like(turn))
    far = np.hypot(x, y)
    light = smooth(0.42, 0.66, read) * np.exp(-far / (canvas.unit * reach)) * smooth(0, canvas.unit * 0.05, far)
    canvas.shine_soft(cv2.GaussianBlur(light, (0, 0), 1.5)[..., None] * canvas.colors.glow * np.float32(strength))
