"""Small made things: wires, lamps, lanterns, fires, fences, benches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen, Point
from pipeline.media.painting.color import Floats, mix, rgb

Rng = np.random.Generator
WARM = rgb("#ffcf87")  # the light of lamps and windows


def draw_wires(canvas: Canvas, pen: Pen, rng: Rng, ground: float, tall: float) -> None:
    """Poles with cross-arms and sagging wires over the whole width, all as near as each other."""
    count = 2 if canvas.tall else int(rng.integers(2, 4))
    start = float(rng.uniform(-0.1, 0.35))
    feet = ground + rng.normal(0, tall * 0.02, count + 3)
    poles = [(canvas.width * (start + (k - 1) * 0.95 / count), float(foot), tall) for k, foot in enumerate(feet)]
    draw_poles(pen, rng, poles, birds=tall)


def draw_poles(pen: Pen, rng: Rng, poles: Sequence[tuple[float, float, float]], *, birds: float = 0.0) -> None:
    """Poles (column, foot, height) with their wires; with `birds` (a pole's height) some sit on them."""
    arms = []
    for x, foot, size in poles:
        pen.limb(
            (x, foot + size * 0.05), (x + size * 0.006, foot - size), max(1.2, size * 0.026), max(1.0, size * 0.018)
        )
        ends = []
        for row, reach in ((0.94, 0.20), (0.84, 0.16)):
            pen.limb(
                (x - reach * size, foot - row * size), (x + reach * size, foot - row * size), max(1.0, size * 0.015)
            )
            for u in (-0.95, -0.5, 0.5, 0.95):
                px = x + u * reach * size
                pen.limb((px, foot - row * size), (px, foot - (row + 0.028) * size), max(1.0, size * 0.011))
                ends.append((px, foot - (row + 0.028) * size))
        arms.append(ends)
    for left, right in zip(arms, arms[1:], strict=False):
        for a, b in zip(left, right, strict=True):
            sag = abs(b[0] - a[0]) * float(rng.uniform(0.045, 0.065))
            at = np.linspace(0, 1, 18)
            pen.path(np.stack([a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at + 4 * sag * at * (1 - at)], 1), 1.2)
            if birds and rng.random() < 0.25:
                for spot in rng.uniform(0.2, 0.8, 4):
                    bx, by = a[0] + (b[0] - a[0]) * spot, a[1] + (b[1] - a[1]) * spot + 4 * sag * spot * (1 - spot)
                    pen.oval(float(bx), float(by) - birds * 0.018, birds * 0.011, birds * 0.021, 0.35)
                    pen.dot(float(bx) + birds * 0.006, float(by) - birds * 0.040, birds * 0.009)


def paint_lamp(canvas: Canvas, x: float, foot: float, tall: float, *, depth: int = 205) -> None:
    """A street lamp with its light."""
    rng = canvas.rng(f"lamp-{x:.0f}")
    pen = Pen(canvas)
    side = 1 if x < canvas.width / 2 else -1
    top = (x, foot - tall)
    pen.limb((x, foot), top, tall * 0.020, tall * 0.011)
    pen.limb((x, foot), (x, foot - tall * 0.10), tall * 0.034, tall * 0.026)
    if rng.random() < 0.5:
        head = (x, foot - tall * 1.03)
        pen.polygon(
            [
                (x - tall * 0.03, head[1]),
                (x + tall * 0.03, head[1]),
                (x + tall * 0.042, head[1] - tall * 0.075),
                (x, head[1] - tall * 0.11),
                (x - tall * 0.042, head[1] - tall * 0.075),
            ]
        )
        light = (x, head[1] - tall * 0.04)
    else:
        arc = [
            (x + side * tall * 0.16 * (1 - np.cos(t)), foot - tall - tall * 0.06 * np.sin(t))
            for t in np.linspace(0, np.pi * 0.62, 9)
        ]
        pen.path(arc, tall * 0.013)
        end = arc[-1]
        pen.limb(
            (end[0] - side * tall * 0.02, end[1]), (end[0] + side * tall * 0.07, end[1] + tall * 0.012), tall * 0.024
        )
        light = (end[0] + side * tall * 0.04, end[1] + tall * 0.02)
    pen.stamp(canvas.colors.near, depth=depth, rim=0.2)
    canvas.glow(*light, tall * 0.030, np.ones(3, np.float32), 1.0)
    canvas.glow(*light, tall * 0.11, WARM, 0.75)
    canvas.glow(*light, tall * 0.38, WARM, 0.26)


def paint_lanterns(canvas: Canvas, horizon: float, count: int = 0) -> None:
    """Paper lanterns that rise into the sky."""
    rng = canvas.rng("lanterns")
    for _ in range(count or int(rng.integers(12, 26))):
        near = float(rng.random()) ** 2.2
        size = canvas.unit * (0.008 + 0.032 * near)
        x, y = canvas.width * float(rng.random()), horizon * float(rng.uniform(0.08, 0.95))
        canvas.glow(x, y, size * 2.6, WARM, 0.42)
        pen = Pen(canvas)
        pen.blob(
            [
                (x - size * 0.42, y + size * 0.6),
                (x - size * 0.55, y - size * 0.2),
                (x - size * 0.3, y - size * 0.7),
                (x + size * 0.3, y - size * 0.7),
                (x + size * 0.55, y - size * 0.2),
                (x + size * 0.42, y + size * 0.6),
            ]
        )
        pen.stamp(mix(rgb("#ff9d4a"), WARM, float(rng.random())), depth=int(90 + 110 * near))
        canvas.glow(x, y + size * 0.45, size * 0.7, np.ones(3, np.float32), 0.75)


def paint_fire(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """A campfire: logs, three skins of flame, sparks and its light on the ground."""
    rng = canvas.rng("fire")
    canvas.glow(x, foot - size * 0.3, size * 2.6, rgb("#ff7a2a"), 0.42)
    canvas.glow(x, foot - size * 0.35, size * 1.0, rgb("#ffa94a"), 0.5)
    for skin, (share, code) in enumerate(((1.0, "#ff5a1f"), (0.72, "#ff9a2e"), (0.42, "#ffe28a"))):
        pen = Pen(canvas)
        for tongue in range(5):
            px = x + size * 0.16 * (tongue - 2) * share
            tall = size * share * float(rng.uniform(0.55, 1.05)) * (1 - 0.16 * abs(tongue - 2))
            sway = size * float(rng.normal(0, 0.07))
            pen.blob(
                [
                    (px - size * 0.11 * share, foot),
                    (px - size * 0.13 * share, foot - tall * 0.35),
                    (px + sway * 0.4, foot - tall * 0.7),
                    (px + sway, foot - tall),
                    (px + sway * 0.6 + size * 0.05, foot - tall * 0.62),
                    (px + size * 0.13 * share, foot - tall * 0.3),
                    (px + size * 0.11 * share, foot),
                ]
            )
        pen.soften(size * 0.012)
        pen.stamp(rgb(code), depth=232 if skin == 0 else None, opacity=0.92)
    logs = Pen(canvas)
    for out in (-1, 1):
        logs.limb(
            (x - out * size * 0.42, foot + size * 0.06),
            (x + out * size * 0.22, foot - size * 0.07),
            size * 0.10,
            size * 0.08,
        )
    logs.stamp(canvas.colors.near, depth=232, rim=0.4, rim_color=rgb("#ff9a2e"))
    for _ in range(34):
        sx, sy = x + float(rng.normal(0, size * 0.4)), foot - size * float(rng.uniform(0.5, 2.6))
        canvas.glow(sx, sy, max(1.2, size * 0.014), rgb("#ffc06a"), 0.9)


def draw_fence(pen: Pen, rng: Rng, line: Floats, tall: float) -> None:
    """A rail fence along a ground line."""
    width = len(line)
    step = tall * 1.5
    x = float(rng.uniform(-step, 0))
    posts: list[Point] = []
    while x < width + step:
        foot = float(line[int(np.clip(x, 0, width - 1))])
        top = (x + float(rng.normal(0, tall * 0.03)), foot - tall * float(rng.uniform(0.92, 1.06)))
        pen.limb((x, foot + tall * 0.1), top, tall * 0.10, tall * 0.085)
        posts.append((x, foot))
        x += step
    for a, b in zip(posts, posts[1:], strict=False):
        for row in (0.40, 0.76):
            pen.limb((a[0], a[1] - tall * row), (b[0], b[1] - tall * (row + float(rng.normal(0, 0.03)))), tall * 0.055)


def draw_bench(pen: Pen, x: float, foot: float, size: float) -> None:
    """A park bench from behind, `size` pixels wide."""
    for row, thick in ((-0.46, 0.045), (-0.37, 0.045), (-0.28, 0.045), (-0.17, 0.05)):
        pen.limb((x - size * 0.5, foot + row * size), (x + size * 0.5, foot + row * size), size * thick)
    for u in (-0.42, 0.42):
        pen.limb((x + u * size, foot - size * 0.48), (x + u * size, foot), size * 0.045)
        pen.limb((x + u * size, foot - size * 0.17), (x + u * size * 1.1, foot), size * 0.04)
