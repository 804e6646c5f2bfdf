"""Pictures without a place: ink that follows a current, and silk."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, lookup, mix, ramp, rgb
from pipeline.media.painting.noise import enlarged, fbm, smooth, stretched

_WHITE = np.ones(3, np.float32)


def nowhere(canvas: Canvas) -> Place:
    """Room for silhouettes at the foot of an abstract picture."""
    return Place(
        canvas.height * 0.62,
        canvas.height,
        canvas.height * 0.95,
        canvas.unit * 0.36,
        (canvas.width * 0.2, canvas.width * 0.8),
        "none",
        None,
        ledge=True,
    )


def _orb(canvas: Canvas, brief: Brief, rng: np.random.Generator, chance: float) -> None:
    """A sun or moon as a plain disc, when asked for or by chance."""
    if not brief.skies & {"sun", "moon", "crescent"} and rng.random() > chance:
        return
    x, y, radius = (
        canvas.width * float(rng.uniform(0.25, 0.75)),
        canvas.height * float(rng.uniform(0.22, 0.55)),
        canvas.unit * float(rng.uniform(0.12, 0.24)),
    )
    canvas.light = (x, y)
    canvas.glow(x, y, radius * 1.5, canvas.colors.glow, 0.35)
    pen = Pen(canvas)
    pen.dot(x, y, radius)
    if "crescent" in brief.skies:
        pen.dot(x + radius * 0.45, y - radius * 0.15, radius * 0.92, 0)
    pen.stamp(mix(canvas.colors.glow, canvas.colors.accents[0], float(rng.choice([0.05, 0.6]))), depth=60)


def ink(canvas: Canvas, brief: Brief) -> Place:
    """Thousands of strokes that follow one current, over paper or night."""
    rng = canvas.rng("ink")
    width, height = canvas.width, canvas.height
    dark = canvas.colors.dark or rng.random() < 0.3
    paper = mix(rgb("#f6efe2"), canvas.colors.sky[4], 0.45)
    first, last = (
        (canvas.colors.near, mix(canvas.colors.near, canvas.colors.sky[1], 0.6))
        if dark
        else (paper, mix(paper, canvas.colors.sky[3], 0.35))
    )
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    canvas.image[:] = first * (1 - rows) + last * rows
    canvas.depth[:] = 30
    canvas.light = (width * 0.5, height * 0.3)
    _orb(canvas, brief, rng, 0.45)
    turn = _current(canvas, rng)
    _strokes(canvas, rng, turn, dark)
    return nowhere(canvas)


def _current(canvas: Canvas, rng: np.random.Generator) -> Floats:
    """Directions (radians) on a grid of a quarter of the size: a gentle flow, whirls, or waves."""
    width, height = max(8, canvas.width // 4), max(8, canvas.height // 4)
    style = str(rng.choice(["noise", "whirl", "waves", "fall"]))
    noise = cv2.GaussianBlur(fbm(rng, width, height, 1.5, 3, 0.45), (0, 0), max(1.0, width / 80))
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    if style == "whirl":
        turn = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(1, 4))):
            cx, cy, way = (
                width * float(rng.uniform(0.15, 0.85)),
                height * float(rng.uniform(0.15, 0.85)),
                float(rng.choice([-1, 1])),
            )
            pull = np.exp(-np.hypot(x - cx, y - cy) / (min(width, height) * 0.5))
            turn += pull * (np.arctan2(y - cy, x - cx) + way * np.pi / 2.3)
        return np.asarray(turn * 1.5 + (noise - 0.5) * 3.5, np.float32)
    if style == "waves":
        return np.asarray(
            0.9 * np.sin(x / width * float(rng.uniform(5, 10)) + y / height * 3) + (noise - 0.5) * 3.0, np.float32
        )
    if style == "fall":
        return np.asarray(np.pi / 2 + (noise - 0.5) * 5.0, np.float32)
    return np.asarray(noise * np.pi * float(rng.uniform(3.0, 5.5)), np.float32)


def _strokes(canvas: Canvas, rng: np.random.Generator, turn: Floats, dark: bool) -> None:
    width, height, unit = canvas.width, canvas.height, canvas.unit
    count, steps = int(1500 * width * height / unit**2 / 1.78) + 400, 46
    at = np.stack(
        [rng.random(count) * width * 1.1 - width * 0.05, rng.random(count) * height * 1.1 - height * 0.05], 1
    ).astype(np.float32)
    place = np.empty((count, steps, 2), np.float32)
    step = unit * 0.0075
    for k in range(steps):
        place[:, k] = at
        column = np.clip(at[:, 0] / 4, 0, turn.shape[1] - 1).astype(int)
        row = np.clip(at[:, 1] / 4, 0, turn.shape[0] - 1).astype(int)
        angle = turn[row, column]
        at = np.asarray(at + np.stack([np.cos(angle), np.sin(angle)], 1) * step, np.float32)
    colors = canvas.colors
    table = ramp(
        [
            colors.accents[0],
            colors.accents[1],
            colors.accents[3],
            colors.accents[2],
            colors.sky[3] if dark else colors.far,
        ],
        64,
    )
    zone = fbm(rng, 64, 64, 2, 3)
    tint = zone[
        (place[:, 0, 1] / height * 63).clip(0, 63).astype(int), (place[:, 0, 0] / width * 63).clip(0, 63).astype(int)
    ]
    index = np.clip((stretched(tint) * 63 + rng.normal(0, 6, count)), 0, 63).astype(int)
    thick = rng.choice([1, 1, 2, 3, 5, 9], count, p=[0.3, 0.22, 0.2, 0.14, 0.1, 0.04])
    length = rng.integers(steps // 4, steps, count)
    points = np.round(place * 16).astype(np.int32)
    picture = np.clip(canvas.image * 255, 0, 255).astype(np.uint8)
    order = np.argsort(-thick + rng.normal(0, 1.5, count))
    for group in range(3):
        layer = picture.copy()
        for k in order[group::3]:
            color = table[index[k]] * 255 * float(rng.uniform(0.78, 1.12))
            cv2.polylines(
                layer,
                [points[k, : length[k]]],
                False,
                tuple(int(min(255, v)) for v in color),
                max(1, round(int(thick[k]) * unit / 1080)),
                cv2.LINE_AA,
                4,
            )
        cv2.addWeighted(picture, 0.25, layer, 0.75, 0, picture)
    canvas.image[:] = picture.astype(np.float32) / np.float32(255)


def silk(canvas: Canvas, brief: Brief) -> Place:
    """Cloth in slow folds: few wide waves laid over one another, each lit along its crest."""
    rng = canvas.rng("silk")
    width, height, unit, colors = canvas.width, canvas.height, canvas.unit, canvas.colors
    stops = [
        mix(colors.near, colors.sky[0], 0.4),
        colors.sky[1],
        mix(colors.sky[2], colors.accents[0], 0.35),
        mix(colors.sky[3], colors.accents[1], 0.3),
        mix(colors.sky[4], colors.glow, 0.4),
    ]
    canvas.light = (width * float(rng.uniform(0.2, 0.8)), height * float(rng.uniform(0.1, 0.4)))
    x = np.linspace(0, width / unit, max(8, width // 2), dtype=np.float32)[None]
    y = np.linspace(0, height / unit, max(8, height // 2), dtype=np.float32)[:, None]
    lean = float(rng.uniform(-0.9, 0.9)) + (np.pi / 2 if canvas.tall and rng.random() < 0.5 else 0.0)
    along = (x * np.cos(lean) + y * np.sin(lean)).astype(np.float32)
    across = (y * np.cos(lean) - x * np.sin(lean)).astype(np.float32)
    table = ramp(stops, 512)
    image = lookup(table, np.clip(0.25 + 0.35 * across, 0, 1))
    layers, ribbons = int(rng.integers(5, 9)), bool(rng.random() < 0.5)
    low, high = float(across.min()), float(across.max())
    for k in range(layers):
        below = across - (low + (high - low) * (k + 0.4) / layers)
        for _ in range(2):
            rate, shift, tall = (
                float(rng.uniform(1.2, 3.4)),
                float(rng.uniform(0, 6.28)),
                float(rng.uniform(0.05, 0.16)),
            )
            below -= np.float32(tall) * np.sin(along * np.float32(rate) + np.float32(shift))
        _fold(image, rng, table, colors.glow, along, below, k / layers, ribbons)
    canvas.image[:] = enlarged(np.clip(image, 0, 1), width, height)
    canvas.depth[:] = (40 + 150 * enlarged(stretched(across), width, height)).astype(np.uint8)
    _orb(canvas, brief, rng, 0.12)
    _dust(canvas, rng)
    return nowhere(canvas)


def _fold(
    image: Floats,
    rng: np.random.Generator,
    table: Floats,
    glow: Floats,
    along: Floats,
    below: Floats,
    near: float,
    ribbons: bool,
) -> None:
    """Lay one fold over the image; `below`: distance under its crest in shorter sides, `near`: 0 back to 1 front."""
    depth = float(rng.uniform(0.22, 0.42))
    share = np.clip(below / np.float32(depth), 0, 1)
    phase = np.sqrt(np.clip(below, 0, None)) * np.float32(rng.uniform(7, 13)) + along * np.float32(
        rng.uniform(0.4, 1.4)
    )
    wave = 0.5 + 0.5 * np.cos(phase)
    tone = (
        0.78 * np.exp(-share * 2.6)
        + 0.34 * wave * (1 - 0.5 * share)
        + 0.12
        + 0.10 * np.sin(along * 1.7 + np.float32(near * 7))
    )
    alpha = smooth(-0.003, 0.003, below)
    if ribbons:
        alpha = alpha * smooth(depth * 1.25, depth * 0.9, below)
    shadow = np.exp(-np.clip(-below, 0, 1) / 0.055) * (below < 0) * np.float32(0.42)
    image *= (1 - shadow)[..., None]
    paint = lookup(table, np.clip(tone * np.float32(0.75 + 0.25 * near), 0, 1))
    edge = np.exp(-np.abs(below) / 0.006) * (below >= -0.004) * np.float32(0.55)
    paint += edge[..., None] * (glow - paint)
    image += (paint - image) * alpha[..., None]


def _dust(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(70):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        canvas.glow(
            x, y, canvas.unit * float(rng.uniform(0.001, 0.004)), canvas.colors.glow, float(rng.uniform(0.3, 0.9))
        )
