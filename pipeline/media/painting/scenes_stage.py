"""The concert stage."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting import company
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import mix, ramp, rgb
from pipeline.media.painting.noise import enlarged, fbm, smooth

_WHITE = np.ones(3, np.float32)


def stage(canvas: Canvas, brief: Brief) -> Place:
    """A stage with beams in haze, performers against the light and the crowd before them."""
    rng = canvas.rng("stage")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    dark = mix(canvas.colors.near, rgb("#050308"), 0.5)
    floor = height * float(rng.uniform(0.60, 0.74))
    canvas.light = (width * float(rng.uniform(0.35, 0.65)), floor - unit * 0.25)
    table = ramp(
        [dark, mix(dark, canvas.colors.sky[2], 0.4), mix(canvas.colors.sky[3], dark, 0.35), dark],
        256,
        (0, 0.45, 0.68, 1),
    )
    rows = np.clip(np.arange(height) / height, 0, 1)
    canvas.image[:] = table[(rows * 255).astype(int)][:, None]
    canvas.depth[:] = 30
    back = str(rng.choice(["screen", "disc", "columns", "burst"]))
    _backdrop(canvas, rng, floor, back)
    _beams(canvas, rng, floor)
    _haze(canvas, rng, floor)
    riser = Pen(canvas)
    riser.polygon([(-3, height + 3), (-3, floor), (width + 3, floor), (width + 3, height + 3)])
    riser.stamp(mix(dark, canvas.colors.sky[2], 0.12), depth=120)
    _floor_light(canvas, floor)
    _players(canvas, brief, rng, floor)
    _lamps(canvas, rng)
    crowd = bool(rng.random() < 0.8) or "crowd" in brief.asked
    if crowd:
        for layer in range(3):
            head = unit * (0.016 + 0.016 * layer)
            pen = Pen(canvas)
            row = floor + (height - floor) * (0.36 + 0.30 * layer)
            company.draw_crowd(pen, rng, row, head, (0, width), cheering=0.45)
            pen.polygon([(0, row + head * 2), (width, row + head * 2), (width, height + 4), (0, height + 4)])
            pen.stamp(
                mix(dark, mix(canvas.colors.sky[3], canvas.colors.accents[0], 0.4), 0.30 * (1 - layer / 2.6)),
                depth=150 + 38 * layer,
                rim=0.75 - 0.1 * layer,
                rim_color=mix(canvas.colors.glow, canvas.colors.accents[layer], 0.4),
            )
    if brief.has("confetti", "celebrate", "party") or rng.random() < 0.3:
        _confetti(canvas, rng)
    return Place(floor * 0.7, floor, floor, unit * 0.24, (width * 0.22, width * 0.78), "stage", None, ledge=False)


def _backdrop(canvas: Canvas, rng: np.random.Generator, floor: float, style: str) -> None:
    unit, x = canvas.unit, canvas.light[0]
    color = canvas.colors.accents[int(rng.integers(4))]
    if style == "disc":
        radius = unit * float(rng.uniform(0.2, 0.34))
        canvas.light = (x, floor - radius * 0.75)
        canvas.glow(*canvas.light, radius * 1.6, color, 0.6)
        pen = Pen(canvas)
        pen.dot(*canvas.light, radius)
        pen.stamp(mix(color, canvas.colors.glow, 0.55), depth=40)
        ring = Pen(canvas)
        ring.dot(*canvas.light, radius * 1.12)
        ring.dot(*canvas.light, radius * 1.09, 0)
        ring.stamp(mix(color, _WHITE, 0.4), opacity=0.8)
    elif style == "screen":
        pen = Pen(canvas)
        half, tall = min(canvas.width * 0.44, unit * 0.6), unit * float(rng.uniform(0.34, 0.46))
        low = floor - unit * 0.05
        pen.polygon([(x - half, low - tall), (x + half, low - tall), (x + half, low), (x - half, low)])
        left, top, right, bottom = pen.box
        pattern = fbm(rng, max(4, (right - left) // 6), max(4, (bottom - top) // 6), 2.2, 4)
        table = ramp([mix(canvas.colors.near, color, 0.3), color, canvas.colors.accents[1], canvas.colors.glow], 256)
        picture = table[(np.clip((pattern - 0.28) * 2.2, 0, 1) * 255).astype(int)]
        pen.stamp(enlarged(picture.astype(np.float32), right - left, bottom - top) * np.float32(0.82), depth=40)
        canvas.glow(x, low - tall / 2, half * 1.2, color, 0.3)
    elif style == "columns":
        for k in range(9):
            px = canvas.width * (k + 0.5) / 9
            tall = unit * float(rng.uniform(0.2, 0.55))
            pen = Pen(canvas)
            pen.polygon(
                [
                    (px - unit * 0.012, floor),
                    (px - unit * 0.012, floor - tall),
                    (px + unit * 0.012, floor - tall),
                    (px + unit * 0.012, floor),
                ]
            )
            tint = canvas.colors.accents[k % 4]
            pen.stamp(mix(tint, _WHITE, 0.5), depth=45)
            canvas.glow(px, floor - tall / 2, tall * 0.45, tint, 0.35)
    else:
        canvas.glow(x, floor - unit * 0.1, unit * 0.5, mix(color, canvas.colors.glow, 0.5), 0.85)
        canvas.glow(x, floor - unit * 0.08, unit * 0.2, canvas.colors.glow, 0.8)


def _beams(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    """Beams from lamps above and behind, in one picture at a quarter of the size."""
    width, height = max(8, canvas.width // 4), max(8, canvas.height // 4)
    x, y = np.arange(width, dtype=np.float32)[None] * 4, np.arange(height, dtype=np.float32)[:, None] * 4
    light = np.zeros((height, width, 3), np.float32)
    sets = str(rng.choice(["fan", "cross", "down", "up"]))
    count = int(rng.integers(7, 13))
    for k in range(count):
        u = (k + 0.5) / count
        if sets == "fan":
            sx, sy, turn = canvas.width * 0.5, floor - canvas.unit * 0.02, -np.pi / 2 + (u - 0.5) * 2.3
        elif sets == "up":
            sx, sy, turn = canvas.width * u, floor, -np.pi / 2 + (0.5 - u) * float(rng.uniform(0.2, 0.9))
        else:
            sx, sy = canvas.width * u, -canvas.unit * 0.02
            turn = np.pi / 2 + ((0.5 - u) * 1.5 if sets == "down" else float(rng.uniform(-0.7, 0.7)))
        dx, dy = float(np.cos(turn)), float(np.sin(turn))
        along = (x - sx) * dx + (y - sy) * dy
        across = (x - sx) * -dy + (y - sy) * dx
        wide = canvas.unit * 0.008 + np.clip(along, 0, None) * float(rng.uniform(0.045, 0.085))
        beam = (
            np.exp(-((across / wide) ** 2))
            * (along > 0)
            * np.exp(-along / (canvas.unit * 0.75))
            * (canvas.unit * 0.05 / (wide + canvas.unit * 0.02)) ** 0.4
        )
        color = mix(canvas.colors.accents[k % (2 if rng.random() < 0.7 else 4)], canvas.colors.glow, 0.25)
        light += beam[..., None] * color * np.float32(0.78)
    canvas.shine_soft(np.minimum(light, 1))


def _haze(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    width, height = max(8, canvas.width // 6), max(8, canvas.height // 6)
    smoke = smooth(0.3, 0.8, fbm(rng, width, height, 2.5, 5, 0.55, 2.0))
    rows = np.linspace(0, canvas.height, height, dtype=np.float32)[:, None]
    light = smoke * np.exp(-(((rows - floor * 0.95) / (canvas.height * 0.22)) ** 2)) * 0.34
    canvas.shine_soft(light[..., None] * mix(canvas.colors.accents[0], canvas.colors.glow, 0.4))


def _floor_light(canvas: Canvas, floor: float) -> None:
    top, bottom = int(floor), min(canvas.height, int(floor + canvas.unit * 0.12))
    depth = min(bottom - top, top)
    if depth < 4:
        return
    mirrored = cv2.GaussianBlur(canvas.image[top - depth : top][::-1], (0, 0), max(0.5, canvas.unit * 0.006))
    fade = np.linspace(0.5, 0, depth, dtype=np.float32)[:, None]
    canvas.lay(np.asarray(mirrored, np.float32), np.repeat(fade, canvas.width, 1), top)


def _players(canvas: Canvas, brief: Brief, rng: np.random.Generator, floor: float) -> None:
    """The band in silhouette: a singer, guitars, a drum kit, speakers."""
    unit, middle = canvas.unit, canvas.width / 2
    tall = unit * float(rng.uniform(0.15, 0.24))
    pen = Pen(canvas)
    for out in (-1, 1):
        x = middle + out * min(canvas.width * 0.46, unit * 0.75)
        for level in range(3):
            h = tall * 0.52
            pen.polygon(
                [
                    (x - tall * 0.24, floor - level * h * 1.04),
                    (x - tall * 0.24, floor - level * h * 1.04 - h),
                    (x + tall * 0.24, floor - level * h * 1.04 - h),
                    (x + tall * 0.24, floor - level * h * 1.04),
                ]
            )
    band = int(rng.choice([1, 3, 4])) if not brief.asked & {"dancer", "person"} else 0
    if band >= 3:
        _drums(pen, middle + float(rng.normal(0, unit * 0.03)), floor - tall * 0.06, tall * 0.8)
        for out in (-1, 1):
            company.draw_musician(
                pen, rng, middle + out * tall * float(rng.uniform(1.3, 1.9)), floor + tall * 0.03, tall, "guitar"
            )
    pen.stamp(canvas.colors.near, depth=126, rim=0.7)
    if band and not (brief.asked & {"musician", "couple"}):
        front = Pen(canvas)
        company.draw_musician(
            front,
            rng,
            middle + float(rng.choice([-0.35, 0.35, 0.0])) * tall,
            floor + tall * 0.10,
            tall * 1.1,
            "microphone" if band > 1 else "",
        )
        front.stamp(canvas.colors.near, depth=135, rim=0.8)
    canvas.focus = (middle, floor - tall * 0.6)


def _drums(pen: Pen, x: float, foot: float, size: float) -> None:
    pen.dot(x, foot - size * 0.26, size * 0.27)
    for dx, dy, r in ((-0.36, -0.40, 0.15), (0.36, -0.40, 0.15), (-0.17, -0.60, 0.12), (0.17, -0.60, 0.12)):
        pen.oval(x + dx * size, foot + dy * size, r * size, r * size * 0.75)
    for out in (-1, 1):
        pen.limb(
            (x + out * size * 0.62, foot + size * 0.05),
            (x + out * size * 0.60, foot - size * 0.82),
            max(1.0, size * 0.02),
        )
        pen.oval(x + out * size * 0.60, foot - size * 0.83, size * 0.22, size * 0.025, out * 0.2)
    pen.oval(x, foot - size * 0.98, size * 0.085, size * 0.10)
    pen.blob(
        [
            (x - size * 0.20, foot - size * 0.5),
            (x - size * 0.18, foot - size * 0.80),
            (x, foot - size * 0.87),
            (x + size * 0.18, foot - size * 0.80),
            (x + size * 0.20, foot - size * 0.5),
        ]
    )


def _lamps(canvas: Canvas, rng: np.random.Generator) -> None:
    truss = Pen(canvas)
    row = canvas.height * 0.045
    for y in (row, row + canvas.unit * 0.022):
        truss.path([(0, y), (canvas.width, y)], max(1.0, canvas.unit * 0.004))
    for k in range(int(canvas.width / canvas.unit * 36)):
        x = k * canvas.unit / 36
        truss.path([(x, row), (x + canvas.unit / 72, row + canvas.unit * 0.022), (x + canvas.unit / 36, row)], 1.0)
    truss.stamp(canvas.colors.near, depth=160)
    for k in range(8):
        x = canvas.width * (k + 0.5) / 8
        canvas.glow(x, row + canvas.unit * 0.03, canvas.unit * 0.011, _WHITE, 1.0)
        canvas.glow(x, row + canvas.unit * 0.03, canvas.unit * 0.045, canvas.colors.accents[k % 4], 0.6)


def _confetti(canvas: Canvas, rng: np.random.Generator) -> None:
    for color in canvas.colors.accents:
        pen = Pen(canvas)
        for _ in range(55):
            x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random()) ** 1.2
            size = canvas.unit * float(rng.uniform(0.0022, 0.006))
            pen.oval(x, y, size, size * float(rng.uniform(0.25, 0.7)), float(rng.uniform(0, 3)))
        pen.stamp(mix(color, _WHITE, 0.2), opacity=0.9, depth=200)
