"""The neon plain of synthwave."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, lookup, mix, ramp, rgb
from pipeline.media.painting.ground import crest, paint_ridge
from pipeline.media.painting.noise import blurred, smooth
from pipeline.media.painting.plants import draw_palm
from pipeline.media.painting.scenes_city import paint_city
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.vehicles import paint_car
from pipeline.media.painting.wonders import paint_stars

_WHITE = np.ones(3, np.float32)


def synthwave(canvas: Canvas, brief: Brief) -> Place:
    """A striped sun over a glowing grid, with ridges, a skyline or palms."""
    rng = canvas.rng("synthwave")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.50, 0.64))
    hot, cold = _neon(canvas)
    paint_sky(canvas, brief, horizon, body=False, clouds=0.5)
    paint_stars(canvas, horizon, 0.9)
    x = width * float(rng.choice([0.5, rng.uniform(0.25, 0.75)]))
    canvas.light = (x, horizon * float(rng.uniform(0.5, 0.85)))
    _striped_sun(canvas, rng, hot)
    style = str(rng.choice(["ridges", "city", "both", "palms"]))
    if style in ("ridges", "both", "palms"):
        for index in range(2):
            top = crest(
                canvas,
                f"neon-{index}",
                horizon + 3,
                unit * float(rng.uniform(0.10, 0.26)) * (1 - 0.4 * index),
                3 + 2 * index,
            )
            if style == "both" or rng.random() < 0.6:
                gap = np.exp(-(((np.arange(width) - x) / (width * 0.2)) ** 2))
                top = np.asarray(top + (horizon + 3 - top) * gap * 0.85, np.float32)
            paint_ridge(canvas, top, 0.55 + 0.25 * index, name=f"neon-{index}", bottom=horizon + 4, fog=0.25)
    if style in ("city", "both"):
        paint_city(canvas, brief, horizon + 2, unit * float(rng.uniform(0.22, 0.42)), layers=3, name="neon-city")
    _grid(canvas, rng, horizon, hot, cold)
    if style == "palms" or "palm" in brief.foregrounds or rng.random() < 0.25:
        _palm_rows(canvas, rng, horizon, x)
    if "car" in brief.foregrounds:
        row = height * float(rng.uniform(0.74, 0.88))
        paint_car(canvas, width / 2 + (width / 2 - x) * 0.3, row, unit * 0.34 * (row - horizon) / (height - horizon))
    return Place(horizon, horizon, height * 0.94, unit * 0.27, (width * 0.1, width * 0.9), "grid", None, ledge=False)


def _neon(canvas: Canvas) -> tuple[Floats, Floats]:
    hot = max(canvas.colors.accents, key=lambda c: float(c[0] - c[1]))
    cold = max(canvas.colors.accents, key=lambda c: float(c[2] + c[1] * 0.6 - c[0]))
    return mix(hot, rgb("#ff2e88"), 0.35), mix(cold, rgb("#00e5ff"), 0.35)


def _striped_sun(canvas: Canvas, rng: np.random.Generator, hot: Floats) -> None:
    radius = canvas.unit * float(rng.uniform(0.17, 0.30))
    x, y = canvas.light
    canvas.glow(x, y, radius * 1.6, hot, 0.55)
    left, right = int(max(0, x - radius - 2)), int(min(canvas.width, x + radius + 3))
    top, bottom = int(max(0, y - radius - 2)), int(min(canvas.height, y + radius + 3))
    if right - left < 3 or bottom - top < 3:
        return
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    far = np.hypot(np.arange(left, right, dtype=np.float32)[None] - x, rows - y)
    disc = smooth(radius + 1, radius - 1, far)
    share = np.clip((rows - (y - radius)) / (2 * radius), 0, 1)
    bars = np.ones_like(rows)
    count = int(rng.integers(5, 9))
    for k in range(count):
        row, thick = y + radius * (-0.05 + 1.0 * k / count), radius * (0.010 + 0.075 * k / count / 1.2)
        bars *= 1 - smooth(1, -1, np.abs(rows - row) - thick)
    warm = mix(max(canvas.colors.accents, key=lambda c: float(c[0] + c[1] - c[2])), rgb("#ffe14d"), 0.5)
    table = ramp([mix(warm, _WHITE, 0.5), warm, hot, mix(hot, canvas.colors.accents[3], 0.5)], 256)
    canvas.lay(
        np.asarray(np.broadcast_to(lookup(table, share[:, 0])[:, None], (*far.shape, 3)), np.float32),
        disc * bars,
        top,
        left,
        depth=15,
    )


def _grid(canvas: Canvas, rng: np.random.Generator, horizon: float, hot: Floats, cold: Floats) -> None:
    """A floor of glowing lines; lines thin out before they would flicker."""
    top = int(horizon)
    height, width = canvas.height - top, canvas.width
    if height < 4:
        return
    down = (np.arange(height, dtype=np.float32) + 1) / height
    far = 1 / down
    dark = mix(canvas.colors.near, rgb("#05010f"), 0.4)
    table = ramp([mix(canvas.colors.sky[3], hot, 0.3), mix(canvas.colors.sky[1], dark, 0.4), dark], 256, (0, 0.22, 1))
    floor = np.repeat(lookup(table, down)[:, None], width, 1)
    scale = float(rng.uniform(6.5, 10))
    x = (canvas.columns() - canvas.light[0]) / canvas.unit * far[:, None] * scale * 0.6
    step_x = (scale * 0.6 / canvas.unit * far)[:, None]
    lines = smooth(2.1, 0.4, np.abs(x - np.round(x)) / step_x) * np.clip(1.1 - step_x * 3.4, 0, 1)
    z = far * float(rng.uniform(1.7, 2.8)) + float(rng.random())
    step_z = np.abs(np.gradient(z))
    rows = (smooth(1.7, 0.4, np.abs(z - np.round(z)) / step_z) * np.clip(1.0 - step_z * 3.2, 0, 1))[:, None]
    net = np.clip(np.maximum(lines, rows), 0, 1).astype(np.float32)
    shine = blurred(net, canvas.unit * 0.0065) * 0.9 + blurred(net, canvas.unit * 0.02)
    color = cold if rng.random() < 0.65 else hot
    sheen = (
        np.exp(-(((canvas.columns() - canvas.light[0]) / (canvas.unit * 0.3)) ** 2))
        * np.exp(-down[:, None] * 2.4)
        * 0.6
    )
    canvas.image[top:] = floor
    canvas.shine(net[..., None] * color * np.float32(0.95), top)
    canvas.shine(np.asarray(np.minimum(shine, 1)[..., None] * mix(color, hot, 0.3), np.float32), top)
    canvas.shine(np.asarray(sheen[..., None] * hot, np.float32), top)
    canvas.glow(width / 2, horizon, width * 0.5, hot, 0.12)
    canvas.depth[top:] = (50 + 190 * down).astype(np.uint8)[:, None]


def _palm_rows(canvas: Canvas, rng: np.random.Generator, horizon: float, x: float) -> None:
    for k in range(6, -1, -1):
        share = 1 / (1 + k * 0.75)
        row = horizon + (canvas.height - horizon) * share * 0.95
        for out in (-1, 1):
            pen = Pen(canvas)
            draw_palm(pen, rng, x + out * canvas.unit * 0.78 * share, row, canvas.unit * 0.72 * share)
            pen.stamp(
                mix(canvas.colors.near, canvas.colors.sky[3], 0.45 * (1 - share)), depth=int(60 + 170 * share), rim=0.3
            )
