"""Scenes of music and celebration: the concert stage, and lights out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting import people
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, oklab, ramp, rgb, srgb
from pipeline.media.painting.noise import enlarged, fbm, smooth
from pipeline.media.painting.things import WARM

_WHITE = np.ones(3, np.float32)


def stage(canvas: Canvas, brief: Brief) -> Place:
    """A stage with beams in haze, performers against the light and the crowd before them."""
    rng = canvas.rng("stage")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    dark = mix(canvas.colors.near, rgb("#050308"), 0.5)
    floor = height * float(rng.uniform(0.60, 0.74))
    canvas.light = (width * float(rng.uniform(0.35, 0.65)), floor - unit * 0.25)
    table = ramp([dark, mix(dark, canvas.colors.sky[2], 0.4), mix(canvas.colors.sky[3], dark, 0.35), dark], 256, (0, 0.45, 0.68, 1))
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
            people.draw_crowd(pen, rng, row, head, (0, width), cheering=0.45)
            pen.polygon([(0, row + head * 2), (width, row + head * 2), (width, height + 4), (0, height + 4)])
            pen.stamp(mix(dark, mix(canvas.colors.sky[3], canvas.colors.accents[0], 0.4), 0.30 * (1 - layer / 2.6)), depth=150 + 38 * layer, rim=0.75 - 0.1 * layer, rim_color=mix(canvas.colors.glow, canvas.colors.accents[layer], 0.4))
    if brief.has("confetti", "celebrate", "party") or rng.random() < 0.3:
        _confetti(canvas, rng)
    return Place(floor * 0.7, floor, floor, unit * 0.24, (width * 0.22, width * 0.78), "stage", None, ledge=False)


def _backdrop(canvas: Canvas, rng: np.random.Generator, floor: float, style: str) -> None:
    unit, x, y = canvas.unit, *canvas.light
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
            pen.polygon([(px - unit * 0.012, floor), (px - unit * 0.012, floor - tall), (px + unit * 0.012, floor - tall), (px + unit * 0.012, floor)])
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
        beam = np.exp(-((across / wide) ** 2)) * (along > 0) * np.exp(-along / (canvas.unit * 0.75)) * (canvas.unit * 0.05 / (wide + canvas.unit * 0.02)) ** 0.4
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
            pen.polygon([(x - tall * 0.24, floor - level * h * 1.04), (x - tall * 0.24, floor - level * h * 1.04 - h), (x + tall * 0.24, floor - level * h * 1.04 - h), (x + tall * 0.24, floor - level * h * 1.04)])
    band = int(rng.choice([1, 3, 4])) if not brief.asked & {"dancer", "person"} else 0
    if band >= 3:
        _drums(pen, middle + float(rng.normal(0, unit * 0.03)), floor - tall * 0.06, tall * 0.8)
        for out in (-1, 1):
            people.draw_musician(pen, rng, middle + out * tall * float(rng.uniform(1.3, 1.9)), floor + tall * 0.03, tall, "guitar")
    pen.stamp(canvas.colors.near, depth=126, rim=0.7)
    if band and not (brief.asked & {"musician", "couple"}):
        front = Pen(canvas)
        people.draw_musician(front, rng, middle + float(rng.choice([-0.35, 0.35, 0.0])) * tall, floor + tall * 0.10, tall * 1.1, "microphone" if band > 1 else "")
        front.stamp(canvas.colors.near, depth=135, rim=0.8)
    canvas.focus = (middle, floor - tall * 0.6)


def _drums(pen: Pen, x: float, foot: float, size: float) -> None:
    pen.dot(x, foot - size * 0.26, size * 0.27)
    for dx, dy, r in ((-0.36, -0.40, 0.15), (0.36, -0.40, 0.15), (-0.17, -0.60, 0.12), (0.17, -0.60, 0.12)):
        pen.oval(x + dx * size, foot + dy * size, r * size, r * size * 0.75)
    for out in (-1, 1):
        pen.limb((x + out * size * 0.62, foot + size * 0.05), (x + out * size * 0.60, foot - size * 0.82), max(1.0, size * 0.02))
        pen.oval(x + out * size * 0.60, foot - size * 0.83, size * 0.22, size * 0.025, out * 0.2)
    pen.oval(x, foot - size * 0.98, size * 0.085, size * 0.10)
    pen.blob([(x - size * 0.20, foot - size * 0.5), (x - size * 0.18, foot - size * 0.80), (x, foot - size * 0.87), (x + size * 0.18, foot - size * 0.80), (x + size * 0.20, foot - size * 0.5)])


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


def lights(canvas: Canvas, brief: Brief) -> Place:
    """Lights out of focus with a place behind them: a ballroom, a street by night, strings of lamps, candles."""
    rng = canvas.rng("lights")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    asked = "candles" if brief.has("candle") else "ball" if brief.has("disco", "ballroom", "glitter", "chandelier") else "strings" if brief.has("wedding", "lantern") else ""
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
    return Place(floor, floor, height * float(rng.uniform(0.86, 0.93)), unit * float(rng.uniform(0.38, 0.56)), (width * 0.2, width * 0.8), "floor", None, ledge=False)


def _mood(canvas: Canvas, rng: np.random.Generator, floor: float) -> None:
    """Soft fields of color: nearest points of a few hues, weighted by distance."""
    colors = canvas.colors
    width, height = max(8, canvas.width // 10), max(8, canvas.height // 10)
    x, y = np.linspace(0, canvas.width / canvas.unit, width, dtype=np.float32)[None], np.linspace(0, canvas.height / canvas.unit, height, dtype=np.float32)[:, None]
    wave = fbm(rng, width, height, 1.5, 3) - 0.5
    tints = [colors.sky[1], colors.sky[2], colors.sky[3], mix(colors.accents[0], colors.near, 0.35), mix(colors.accents[1], colors.near, 0.5), colors.sky[0]]
    total, weights = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    for tint in tints:
        px, py = float(rng.random()) * canvas.width / canvas.unit, float(rng.random()) * canvas.height / canvas.unit
        weight = 1 / ((x - px + wave * 0.5) ** 2 + (y - py + wave * 0.5) ** 2 + 0.05) ** 1.5
        total += weight[..., None] * oklab(mix(tint, colors.near, 0.58))
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
        for k in range(70):
            along = float(rng.uniform(1, 9))
            out, up = float(rng.choice([-1, 1])) * float(rng.uniform(0.5, 0.9)), float(rng.uniform(-0.15, 1.1))
            spots.append((vanish + out * canvas.unit * 1.6 / along, floor - up * canvas.unit * 0.9 / along, canvas.unit * 0.070 / along**0.6, 0.30 + 0.5 / along))
    else:
        for row in range(4):
            y0, bend = floor * (0.18 + 0.22 * row), float(rng.uniform(-0.12, 0.12))
            count = 9 + 3 * row
            for k in range(count):
                u = (k + float(rng.uniform(0.2, 0.8))) / count
                y = y0 + canvas.height * (bend * (2 * u - 1) ** 2 + float(rng.normal(0, 0.035)))
                spots.append((canvas.width * u, y, canvas.unit * float(rng.lognormal(-3.55, 0.42)) * (1.3 - 0.18 * row), float(rng.uniform(0.3, 1.0))))
    for _ in range(int(rng.integers(9, 18))):
        spots.append((canvas.width * float(rng.random()), floor * float(rng.random()), canvas.unit * float(rng.uniform(0.05, 0.15)), float(rng.uniform(0.10, 0.30))))
    for x, y, radius, power in spots:
        color = canvas.colors.accents[int(rng.integers(4))] if rng.random() < 0.6 else mix(WARM, canvas.colors.glow, 0.5)
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
    soft = cv2.GaussianBlur(cv2.blur(small, (3, max(3, small.shape[0] // 5))), (0, 0), 2.0)
    fade = np.linspace(0.78, 0.30, depth, dtype=np.float32)[:, None, None]
    dark = mix(canvas.colors.near, canvas.colors.sky[1], 0.25)
    canvas.image[top : top + depth] = enlarged(soft, canvas.width, depth) * fade + dark * (1 - fade) * np.float32(0.9)
    seam = np.exp(-(((np.arange(canvas.height, dtype=np.float32) - floor) / (canvas.unit * 0.03)) ** 2))[:, None]
    canvas.lay(canvas.colors.sky[2], np.repeat(seam * np.float32(0.35), canvas.width, 1))


def _mirror_ball(canvas: Canvas, rng: np.random.Generator) -> None:
    unit = canvas.unit
    x, y, radius = canvas.width * float(rng.uniform(0.3, 0.7)), canvas.height * float(rng.uniform(0.16, 0.26)), unit * float(rng.uniform(0.08, 0.13))
    for _ in range(60):
        turn, far = float(rng.uniform(0, 6.28)), radius * float(rng.uniform(1.6, 7))
        color = canvas.colors.accents[int(rng.integers(4))]
        canvas.glow(x + far * float(np.cos(turn)), y + far * 0.8 * float(np.sin(turn)), unit * float(rng.uniform(0.006, 0.014)), color, 0.6)
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
            tile.polygon([(x + u * radius - size * np.cos(lon), y + v * radius - size), (x + u * radius + size * np.cos(lon), y + v * radius - size), (x + u * radius + size * np.cos(lon), y + v * radius + size), (x + u * radius - size * np.cos(lon), y + v * radius + size)])
            color = mix(canvas.colors.sky[2], canvas.colors.glow, face) if rng.random() < 0.75 else canvas.colors.accents[int(rng.integers(4))]
            tile.stamp(color, opacity=0.95)
    canvas.glow(x - radius * 0.35, y - radius * 0.4, radius * 0.35, _WHITE, 0.9)
    canvas.glow(x, y, radius * 2.6, canvas.colors.glow, 0.18)


def _strings(canvas: Canvas, rng: np.random.Generator) -> None:
    """Strings of bulbs in focus across the upper part."""
    for k in range(int(rng.integers(3, 6))):
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
        foot, tall, half = canvas.height * float(rng.uniform(0.93, 1.0)), unit * float(rng.uniform(0.07, 0.2)), unit * 0.021
        body = Pen(canvas)
        body.polygon([(x - half, foot), (x - half, foot - tall), (x + half, foot - tall), (x + half, foot)])
        body.oval(x, foot - tall, half, half * 0.3)
        left, top, right, bottom = body.box
        rows = np.linspace(0, 1, max(1, bottom - top), dtype=np.float32)[:, None, None] ** 0.5
        color = mix(rgb("#ffe9c4"), WARM, 0.4) * (1 - rows) + mix(rgb("#c9986a"), canvas.colors.near, 0.55) * rows
        body.stamp(np.asarray(np.broadcast_to(color, (bottom - top, right - left, 3)), np.float32), depth=220)
        flame = Pen(canvas)
        y = foot - tall
        flame.blob([(x, y - half * 3.4), (x + half * 0.55, y - half * 1.3), (x, y - half * 0.2), (x - half * 0.55, y - half * 1.3)])
        flame.stamp(rgb("#fff3c0"), depth=220)
        canvas.glow(x, y - half * 1.5, half * 2.4, rgb("#ffb347"), 0.8)
        canvas.glow(x, y - half * 1.5, half * 8, WARM, 0.35)


def _floaters(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(110):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        canvas.glow(x, y, canvas.unit * float(rng.uniform(0.0010, 0.0034)), mix(WARM, _WHITE, 0.4), float(rng.uniform(0.3, 1.0)))
