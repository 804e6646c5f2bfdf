"""Lights out of focus: a ballroom, a street by night, strings of lamps, candles."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, lit, mix, oklab, rgb, srgb
from pipeline.media.painting.noise import blurred, enlarged, fbm, smooth
from pipeline.media.painting.things import WARM

_WHITE = np.ones(3, np.float32)


def lights(canvas: Canvas, brief: Brief) -> Place:
    """Lights out of focus with a place behind them: a ballroom, a street by night, strings of lamps, candles."""
    rng = canvas.rng("lights")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    asked = (
        "candles"
        if brief.has("candle")
        else "ball"
        if brief.has("disco", "ballroom", "glitter", "chandelier")
        else "strings"
        if brief.has("wedding", "lantern")
        else ""
    )
    style = asked or str(rng.choice(["ball", "night", "strings", "candles"]))
    floor = height * float(rng.uniform(0.66, 0.78))
    canvas.light = (width * float(rng.uniform(0.3, 0.7)), floor * float(rng.uniform(0.3, 0.6)))
    _mood(canvas, rng, floor)
    _bokeh(canvas, rng, floor, style)
    _gloss(canvas, floor)
    if style == "ball":
        _mirror_ball(canvas, rng)
    elif style == "strings":
        _strings(canvas, rng)
    elif style == "candles":
        _candles(canvas, rng)
    _floaters(canvas, rng)
    return Place(
        floor,
        floor,
        height * float(rng.uniform(0.86, 0.93)),
        unit * float(rng.uniform(0.38, 0.56)),
        (width * 0.2, width * 0.8),
        "floor",
        None,
        ledge=False,
    )


def _mood(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    """Soft fields of color: nearest points of a few hues, weighted by distance."""
    colors = canvas.colors
    width, height = max(8, canvas.width // 10), max(8, canvas.height // 10)
    x, y = (
        np.linspace(0, canvas.width / canvas.unit, width, dtype=np.float32)[None],
        np.linspace(0, canvas.height / canvas.unit, height, dtype=np.float32)[:, None],
    )
    wave = fbm(rng, width, height, 1.5, 3) - 0.5
    tints = [
        colors.sky[1],
        colors.sky[2],
        colors.sky[3],
        mix(colors.accents[0], colors.near, 0.35),
        mix(colors.accents[1], colors.near, 0.5),
        colors.sky[0],
    ]
    total, weights = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    for tint in tints:
        px, py = float(rng.random()) * canvas.width / canvas.unit, float(rng.random()) * canvas.height / canvas.unit
        weight = 1 / ((x - px + wave * 0.5) ** 2 + (y - py + wave * 0.5) ** 2 + 0.05) ** 1.5
        total += weight[..., None] * oklab(lit(tint, 0.27, 0.8))
        weights += weight
    canvas.image[:] = enlarged(srgb(np.asarray(total / weights[..., None], np.float32)), canvas.width, canvas.height)
    rows = np.arange(canvas.height, dtype=np.float32) / canvas.height
    canvas.depth[:] = (20 + 110 * smooth(floor / canvas.height, 1.0, rows)).astype(np.uint8)[:, None]


def _bokeh(canvas: Canvas, rng: np.random.Generator, floor: float, style: str) -> None:
    """Discs of light in rows that recede: small and many far off, large and faint near."""
    layer = np.zeros_like(canvas.image)
    vanish = canvas.width * float(rng.uniform(0.35, 0.65))
    sides = 6 if rng.random() < 0.5 else 0
    spots: list[tuple[float, float, float, float]] = []
    if style == "night":
        for _ in range(70):
            along = float(rng.uniform(1, 9))
            out, up = float(rng.choice([-1, 1])) * float(rng.uniform(0.5, 0.9)), float(rng.uniform(-0.15, 1.1))
            spots.append(
                (
                    vanish + out * canvas.unit * 1.6 / along,
                    floor - up * canvas.unit * 0.9 / along,
                    canvas.unit * 0.070 / along**0.6,
                    0.30 + 0.5 / along,
                )
            )
    else:
        for row in range(4):
            y0, bend = floor * (0.18 + 0.22 * row), float(rng.uniform(-0.12, 0.12))
            count = 9 + 3 * row
            for k in range(count):
                u = (k + float(rng.uniform(0.2, 0.8))) / count
                y = y0 + canvas.height * (bend * (2 * u - 1) ** 2 + float(rng.normal(0, 0.035)))
                spots.append(
                    (
                        canvas.width * u,
                        y,
                        canvas.unit * float(rng.lognormal(-3.55, 0.42)) * (1.3 - 0.18 * row),
                        float(rng.uniform(0.3, 1.0)),
                    )
                )
    for _ in range(int(rng.integers(9, 18))):
        x, y, size = canvas.width * float(rng.random()), floor * float(rng.random()), float(rng.uniform(0.05, 0.15))
        spots.append((x, y, canvas.unit * size, float(rng.uniform(0.10, 0.30))))
    for x, y, radius, power in spots:
        color = (
            canvas.colors.accents[int(rng.integers(4))] if rng.random() < 0.6 else mix(WARM, canvas.colors.glow, 0.5)
        )
        _disc(layer, x, y, radius, np.asarray(color * power, np.float32), sides)
    canvas.shine(np.minimum(cv2.GaussianBlur(layer, (0, 0), max(0.6, canvas.unit * 0.0012)), 1))


def _disc(layer: Floats, x: float, y: float, radius: float, color: Floats, sides: int) -> None:
    """Add one disc (or hexagon, like a lens with six blades) with a brighter rim."""
    height, width = layer.shape[:2]
    left, right = int(max(0, x - radius - 2)), int(min(width, x + radius + 3))
    top, bottom = int(max(0, y - radius - 2)), int(min(height, y + radius + 3))
    if right - left < 2 or bottom - top < 2:
        return
    u = (np.arange(left, right, dtype=np.float32)[None] - x) / radius
    v = (np.arange(top, bottom, dtype=np.float32)[:, None] - y) / radius
    far = np.hypot(u, v)
    if sides:
        angle = np.arctan2(v, u)
        step = 2 * np.pi / sides
        far = far * (0.25 + 0.75 * np.cos((angle % step) - step / 2) / np.cos(step / 2) / 1.08)
    alpha = smooth(1.0, 0.94, far.astype(np.float32)) * (0.55 + 0.45 * smooth(0.5, 0.97, far.astype(np.float32)))
    layer[top:bottom, left:right] += alpha[..., None] * color


def _gloss(canvas: Canvas, floor: float) -> None:
    """A polished floor that mirrors the lights, smeared downward."""
    top = int(floor)
    height = canvas.height - top
    depth = min(height, top)
    if depth < 8:
        return
    mirrored = canvas.image[top - depth : top][::-1]
    small = cv2.resize(mirrored, (max(2, canvas.width // 4), max(2, depth // 4)), interpolation=cv2.INTER_AREA)
    soft = blurred(np.asarray(cv2.blur(small, (3, max(3, small.shape[0] // 5))), np.float32), 2.0)
    fade = np.linspace(0.78, 0.30, depth, dtype=np.float32)[:, None, None]
    dark = mix(canvas.colors.near, canvas.colors.sky[1], 0.25)
    canvas.image[top : top + depth] = enlarged(soft, canvas.width, depth) * fade + dark * (1 - fade) * np.float32(0.9)
    seam = np.exp(-(((np.arange(canvas.height, dtype=np.float32) - floor) / (canvas.unit * 0.03)) ** 2))[:, None]
    canvas.lay(canvas.colors.sky[2], np.repeat(seam * np.float32(0.35), canvas.width, 1))


def _mirror_ball(canvas: Canvas, rng: np.random.Generator) -> None:
    unit = canvas.unit
    x, y, radius = (
        canvas.width * float(rng.uniform(0.3, 0.7)),
        canvas.height * float(rng.uniform(0.16, 0.26)),
        unit * float(rng.uniform(0.08, 0.13)),
    )
    for _ in range(60):
        turn, far = float(rng.uniform(0, 6.28)), radius * float(rng.uniform(1.6, 7))
        color = canvas.colors.accents[int(rng.integers(4))]
        canvas.glow(
            x + far * float(np.cos(turn)),
            y + far * 0.8 * float(np.sin(turn)),
            unit * float(rng.uniform(0.006, 0.014)),
            color,
            0.6,
        )
    cord = Pen(canvas)
    cord.path([(x, 0), (x, y)], max(1.0, unit * 0.003))
    cord.dot(x, y, radius)
    cord.stamp(mix(canvas.colors.near, canvas.colors.sky[2], 0.4), depth=190)
    rings = 13
    for ring in range(rings):
        lat = -np.pi / 2 + np.pi * (ring + 0.5) / rings
        count = max(3, int(2 * rings * np.cos(lat)))
        for k in range(count):
            lon = -np.pi / 2 + np.pi * (k + 0.5) / count
            u, v = float(np.sin(lon) * np.cos(lat)), float(np.sin(lat))
            face = float(np.clip(0.55 - 0.5 * u - 0.55 * v, 0, 1)) * float(rng.uniform(0.4, 1.0))
            tile = Pen(canvas)
            size = radius * np.pi / rings * 0.42
            tile.polygon(
                [
                    (x + u * radius - size * np.cos(lon), y + v * radius - size),
                    (x + u * radius + size * np.cos(lon), y + v * radius - size),
                    (x + u * radius + size * np.cos(lon), y + v * radius + size),
                    (x + u * radius - size * np.cos(lon), y + v * radius + size),
                ]
            )
            color = (
                mix(canvas.colors.sky[2], canvas.colors.glow, face)
                if rng.random() < 0.75
                else canvas.colors.accents[int(rng.integers(4))]
            )
            tile.stamp(color, opacity=0.95)
    canvas.glow(x - radius * 0.35, y - radius * 0.4, radius * 0.35, _WHITE, 0.9)
    canvas.glow(x, y, radius * 2.6, canvas.colors.glow, 0.18)


def _strings(canvas: Canvas, rng: np.random.Generator) -> None:
    """Strings of bulbs in focus across the upper part."""
    for _ in range(int(rng.integers(3, 6))):
        y0, y1 = canvas.height * float(rng.uniform(-0.05, 0.3)), canvas.height * float(rng.uniform(-0.05, 0.3))
        sag = canvas.height * float(rng.uniform(0.08, 0.2))
        at = np.linspace(0, 1, 26)
        line = np.stack([-10 + (canvas.width + 20) * at, y0 + (y1 - y0) * at + 4 * sag * at * (1 - at)], 1)
        pen = Pen(canvas)
        pen.path(line, max(1.0, canvas.unit * 0.002))
        for px, py in line[1::2]:
            pen.limb((px, py), (px, py + canvas.unit * 0.012), max(1.2, canvas.unit * 0.006))
        pen.stamp(canvas.colors.near, depth=170)
        for px, py in line[1::2]:
            canvas.glow(float(px), float(py) + canvas.unit * 0.021, canvas.unit * 0.0085, rgb("#fff4d2"), 1.0)
            canvas.glow(float(px), float(py) + canvas.unit * 0.021, canvas.unit * 0.036, WARM, 0.62)


def _candles(canvas: Canvas, rng: np.random.Generator) -> None:
    """Candles along the foot of the frame."""
    count = int(5 * canvas.width / canvas.unit) + 3
    for k in range(count):
        unit = canvas.unit * float(rng.uniform(0.7, 1.4))
        x = canvas.width * (k + float(rng.uniform(0.15, 0.85))) / count
        if 0.3 < x / canvas.width < 0.7 and rng.random() < 0.5:
            continue
        foot, tall, half = (
            canvas.height * float(rng.uniform(0.93, 1.0)),
            unit * float(rng.uniform(0.07, 0.2)),
            unit * 0.021,
        )
        body = Pen(canvas)
        body.polygon([(x - half, foot), (x - half, foot - tall), (x + half, foot - tall), (x + half, foot)])
        body.oval(x, foot - tall, half, half * 0.3)
        left, top, right, bottom = body.box
        rows = np.linspace(0, 1, max(1, bottom - top), dtype=np.float32)[:, None, None] ** 0.5
        color = mix(rgb("#ffe9c4"), WARM, 0.4) * (1 - rows) + mix(rgb("#c9986a"), canvas.colors.near, 0.55) * rows
        body.stamp(np.asarray(np.broadcast_to(color, (bottom - top, right - left, 3)), np.float32), depth=220)
        flame = Pen(canvas)
        y = foot - tall
        flame.blob(
            [
                (x, y - half * 3.4),
                (x + half * 0.55, y - half * 1.3),
                (x, y - half * 0.2),
                (x - half * 0.55, y - half * 1.3),
            ]
        )
        flame.stamp(rgb("#fff3c0"), depth=220)
        canvas.glow(x, y - half * 1.5, half * 2.4, rgb("#ffb347"), 0.8)
        canvas.glow(x, y - half * 1.5, half * 8, WARM, 0.35)


def _floaters(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(110):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        canvas.glow(
            x, y, canvas.unit * float(rng.uniform(0.0010, 0.0034)), mix(WARM, _WHITE, 0.4), float(rng.uniform(0.3, 1.0))
        )
