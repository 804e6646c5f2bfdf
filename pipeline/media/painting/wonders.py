"""What is rare in a sky: stars, the milky way, aurora, rainbow, comets, fireworks and lightning."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.noise import blurred, fbm, profile, smooth

_WHITE = np.ones(3, np.float32)


def paint_stars(
    canvas: Canvas, horizon: float, strength: float = 1.0, *, milky: bool = False, count: int = 760
) -> None:
    """Stars that thin out toward row `horizon`, the brightest with small crosses."""
    rng = canvas.rng("stars")
    width, height = canvas.width, canvas.height
    rows = int(max(2, min(horizon, height)))
    layer = np.zeros((rows, width), np.float32)
    places = rng.random((count, 2))
    bright = (rng.random(count) ** 5 + 0.10).astype(np.float32)
    ys = np.minimum((places[:, 1] ** 1.1 * rows).astype(int), rows - 1)
    xs = np.minimum((places[:, 0] * width).astype(int), width - 1)
    np.maximum.at(layer, (ys, xs), bright)
    sigma = max(0.45, canvas.unit * 0.00078)
    points = cv2.GaussianBlur(layer, (0, 0), sigma) * np.float32(2 * np.pi * sigma * sigma * 0.95)
    fade = smooth(float(rows), rows * 0.35, np.arange(rows, dtype=np.float32))[:, None]
    tint = mix(_WHITE, canvas.colors.accents[0], 0.22)
    if milky:
        _milky_way(canvas, rows, strength)
    canvas.shine((points * fade * np.float32(strength))[..., None] * tint)
    for index in np.argsort(bright)[-7:]:
        if fade[ys[index], 0] > 0.3:
            twinkle(
                canvas,
                float(xs[index]),
                float(ys[index]),
                canvas.unit * float(rng.uniform(0.006, 0.016)),
                tint,
                strength,
            )


def twinkle(canvas: Canvas, x: float, y: float, reach: float, color: Floats, strength: float = 1.0) -> None:
    """A star with a cross of light."""
    radius = max(2, int(reach))
    size = 2 * radius + 1
    at = np.abs(np.arange(-radius, radius + 1, dtype=np.float32)) / reach
    arm = np.exp(-at * 4.5)
    thin = np.exp(-((at * reach / max(0.7, reach * 0.09)) ** 2))
    cross = np.clip(np.maximum(np.outer(arm, thin), np.outer(thin, arm)), 0, 1) * np.float32(0.9 * strength)
    top, left = int(y) - radius, int(x) - radius
    ya, yb, xa, xb = max(0, top), min(canvas.height, top + size), max(0, left), min(canvas.width, left + size)
    if yb > ya and xb > xa:
        canvas.shine(cross[ya - top : yb - top, xa - left : xb - left, None] * color, ya, xa)
        canvas.glow(x, y, reach * 0.5, color, 0.5 * strength)


def _milky_way(canvas: Canvas, rows: int, strength: float) -> None:
    rng = canvas.rng("milky")
    width, height = max(8, canvas.width // 4), max(8, rows // 4)
    lean = float(rng.uniform(0.5, 1.2)) * (1 if rng.random() < 0.5 else -1)
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None] * np.float32(width / height)
    across = (y + x * lean + float(rng.uniform(-0.15, 0.15))) / np.float32(np.hypot(1, lean))
    cloud = fbm(rng, width, height, 3, 5, 0.55)
    dust = fbm(rng, width, height, 5, 5, 0.55)
    band = np.exp(-((across / 0.15) ** 2)) * (0.3 + 1.0 * smooth(0.40, 0.66, cloud))
    band *= 1 - 0.8 * smooth(0.49, 0.60, dust) * np.exp(-((across / 0.08) ** 2))
    band *= smooth(0.5, 0.1, y)
    color = mix(canvas.colors.glow, canvas.colors.accents[3], 0.4)
    canvas.shine_soft(np.asarray((band * np.float32(0.30 * strength))[..., None] * color, np.float32), 0, rows)
    count = 2400
    ys, xs = rng.integers(0, height, count), rng.integers(0, width, count)
    kept = band[ys, xs] > rng.random(count) * 0.9
    specks = np.zeros((rows, canvas.width), np.float32)
    specks[np.minimum(ys[kept] * 4 + 1, rows - 1), np.minimum(xs[kept] * 4 + 2, canvas.width - 1)] = 0.7
    canvas.shine((cv2.GaussianBlur(specks, (0, 0), 0.7) * np.float32(2.2 * strength))[..., None] * _WHITE)


def paint_aurora(canvas: Canvas, horizon: float) -> None:
    """Curtains of light: each a wavering foot line with rays that rise and fade."""
    rng = canvas.rng("aurora")
    width, height = max(8, canvas.width // 3), max(8, int(min(horizon, canvas.height)) // 3)
    rows = np.arange(height, dtype=np.float32)[:, None]
    total = np.zeros((height, width, 3), np.float32)
    greens = [mix(canvas.colors.accents[k], rgb("#6dffc4"), 0.6) for k in range(2)]
    high = mix(canvas.colors.accents[3], rgb("#a060ff"), 0.5)
    for curtain in range(3):
        foot = (0.40 + 0.17 * curtain + 0.45 * (profile(rng, width, 1.6, 3) - 0.5)) * height
        tall = (0.25 + 0.35 * profile(rng, width, 2.4, 4)) * height
        rays = 0.30 + 0.70 * profile(rng, width, 42, 4, 0.7)
        gate = smooth(0.25, 0.6, profile(rng, width, 2.5, 3))
        rise = (foot[None] - rows) / tall[None]
        light = np.where(rise > 0, np.exp(-np.clip(rise, 0, 9) * 2.1) * smooth(0, 0.06, rise), 0)
        light = (light * rays[None] * (0.25 + 0.75 * gate[None])).astype(np.float32)
        share = np.clip(rise * 0.8, 0, 1)[..., None]
        total += (
            light[..., None] * (greens[curtain % 2] * (1 - share) + high * share) * np.float32(0.9 - 0.15 * curtain)
        )
    canvas.shine_soft(blurred(np.minimum(total, 1), 1.6), 0, int(min(horizon, canvas.height)))


def paint_rainbow(canvas: Canvas, horizon: float) -> None:
    """A bow opposite the light."""
    rng = canvas.rng("rainbow")
    width, height = max(8, canvas.width // 4), max(8, int(min(horizon, canvas.height)) // 4)
    center = canvas.width * (0.5 + 0.28 * (1 if canvas.light[0] < canvas.width / 2 else -1))
    radius = canvas.unit * float(rng.uniform(0.55, 0.8))
    x = np.linspace(0, canvas.width, width, dtype=np.float32)[None]
    y = np.linspace(0, horizon, height, dtype=np.float32)[:, None]
    at = (np.hypot(x - center, y - horizon * 1.06) - radius) / (canvas.unit * 0.07)
    stops = [rgb(c) for c in ("#7a3ff2", "#3a7bff", "#30d5a0", "#ffe45c", "#ff9a3c", "#ff4a4a")]
    light = np.zeros((height, width, 3), np.float32)
    for index, color in enumerate(stops):
        light += np.exp(-(((at - (index / 5 - 0.5)) / 0.16) ** 2))[..., None] * color
    canvas.shine_soft(
        light * smooth(1.15, 0.4, y / horizon)[..., None] * np.float32(0.40), 0, int(min(horizon, canvas.height))
    )


def paint_comet(canvas: Canvas, horizon: float, count: int = 0) -> None:
    """Shooting stars with tapering trails."""
    rng = canvas.rng("comet")
    for index in range(count or int(rng.integers(1, 4))):
        x = canvas.width * float(rng.uniform(0.2, 0.85))
        y = horizon * float(rng.uniform(0.10, 0.45))
        length = canvas.unit * float(rng.uniform(0.16, 0.42)) * (1.0 if index == 0 else 0.6)
        lean = float(rng.uniform(0.3, 0.6))
        side = 1 if canvas.light[0] > canvas.width / 2 else -1
        steps = 14
        for step in range(steps):
            pen = Pen(canvas)
            near, last = step / steps, (step + 1) / steps
            wide = max(1.0, canvas.unit * 0.0035 * (1 - near))
            pen.limb(
                (x + side * length * near, y - length * lean * near),
                (x + side * length * last, y - length * lean * last),
                wide,
                wide * 0.9,
            )
            pen.stamp(canvas.colors.glow, opacity=0.95 * (1 - near) ** 1.4)
        canvas.glow(x, y, canvas.unit * 0.012, _WHITE, 0.9)


def paint_fireworks(canvas: Canvas, horizon: float) -> None:
    """Bursts of curved sparks."""
    rng = canvas.rng("fireworks")
    light = np.zeros_like(canvas.image)
    for _ in range(int(rng.integers(4, 7))):
        x, y = canvas.width * float(rng.uniform(0.1, 0.9)), horizon * float(rng.uniform(0.12, 0.52))
        reach = canvas.unit * float(rng.uniform(0.08, 0.20))
        base = canvas.colors.accents[int(rng.integers(4))]
        color = mix(base, _WHITE, 0.25)
        turns = np.linspace(0, 2 * np.pi, int(rng.integers(26, 46)), endpoint=False)
        for turn in turns + rng.normal(0, 0.05, len(turns)):
            far = reach * float(rng.uniform(0.72, 1.05))
            at = np.linspace(0.22, 1, 9)
            points = np.stack([x + np.cos(turn) * far * at, y + np.sin(turn) * far * at + 0.16 * reach * at**2], 1)
            cv2.polylines(
                light,
                [np.round(points * 16).astype(np.int32)],
                False,
                tuple(float(v) for v in color * 0.85),
                max(1, round(canvas.unit / 700)),
                8,
                4,
            )
            cv2.circle(
                light, (int(points[-1, 0]), int(points[-1, 1])), max(1, round(canvas.unit / 500)), (1.0, 1.0, 1.0), -1
            )
        canvas.glow(x, y, reach * 0.9, base, 0.30)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), max(0.5, canvas.unit * 0.0007)), np.float32)
    canvas.shine(np.minimum(light + blurred(light, canvas.unit * 0.006) * 1.2, 1).astype(np.float32))


def paint_lightning(canvas: Canvas, horizon: float) -> None:
    """One or two forked bolts and the light they throw on the clouds."""
    rng = canvas.rng("lightning")
    for index in range(int(rng.integers(1, 3))):
        x = canvas.width * float(rng.uniform(0.15, 0.85))
        pen = Pen(canvas)
        _bolt(pen, rng, x, -2.0, horizon * float(rng.uniform(0.92, 1.0)), canvas.unit * 0.0042 / (1 + index), 0)
        canvas.glow(x, horizon * 0.25, canvas.unit * 0.38, mix(canvas.colors.glow, canvas.colors.accents[0], 0.3), 0.55)
        glow = blurred(pen.mask.astype(np.float32) / 255, canvas.unit * 0.008)
        canvas.shine((glow * np.float32(1.4))[..., None] * mix(canvas.colors.glow, canvas.colors.accents[0], 0.25))
        pen.stamp(_WHITE)


def _bolt(pen: Pen, rng: np.random.Generator, x: float, y: float, end: float, width: float, level: int) -> None:
    unit = pen.canvas.unit
    points = [(x, y)]
    lean = float(rng.uniform(-0.5, 0.5))
    while y < end:
        step = unit * float(rng.uniform(0.012, 0.045))
        y += step
        x += step * (lean + float(rng.normal(0, 0.75)))
        points.append((x, y))
        if level < 2 and rng.random() < 0.13:
            _bolt(pen, rng, x, y, min(end, y + (end - y) * float(rng.uniform(0.25, 0.6))), width * 0.55, level + 1)
    pen.path(points, width, max(1.0, width * 0.5))
