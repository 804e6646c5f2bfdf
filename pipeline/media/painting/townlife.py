"""What makes a street a town's: a tram that comes toward the viewer, and market stalls under their awnings."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.things import WARM

Rng = np.random.Generator
Point = tuple[float, float]
_STRIPES = 7


def paint_tram(canvas: Canvas, x: float, foot: float, size: float, horizon: float, *, depth: int = 222) -> None:
    """A tram from the front, `size` pixels wide, on rails that run from the horizon to the viewer."""
    colors = canvas.colors

    def at(px: float, py: float) -> Point:
        return x + px * size, foot + py * size

    _tram_rails(canvas, x, foot, size, horizon)
    shade = Pen(canvas)
    shade.oval(*at(0, 0), size * 0.55, size * 0.05)
    shade.stamp(colors.near * np.float32(0.4), opacity=0.6)
    pole = Pen(canvas)
    pole.path([at(-0.12, -1.42), at(0.10, -1.56), at(-0.10, -1.70)], size * 0.018)
    pole.limb(at(-0.24, -1.70), at(0.24, -1.70), size * 0.02)
    pole.stamp(colors.near, depth=depth)
    body = Pen(canvas)
    body.polygon(
        [at(-0.47, -0.07), at(-0.50, -0.55), at(-0.47, -1.34), at(0.47, -1.34), at(0.50, -0.55), at(0.47, -0.07)]
    )
    body.soften(size * 0.035)
    paint = mix(mix(colors.near, colors.accents[0], 0.62), rgb("#b5382e"), 0.25)
    body.stamp(paint, depth=depth, rim=0.4)
    _panel(
        canvas,
        [at(-0.48, -0.62), at(-0.44, -1.27), at(0.44, -1.27), at(0.48, -0.62)],
        mix(paint, WARM, 0.45),
        size,
        depth,
    )
    _panel(canvas, [at(-0.46, -0.06), at(-0.48, -0.18), at(0.48, -0.18), at(0.46, -0.06)], colors.near, size, depth)
    lit = colors.dark
    pane = mix(WARM, np.ones(3, np.float32), 0.15) if lit else mix(colors.sky[2], colors.near, 0.30)
    for left, right in ((-0.40, -0.14), (-0.115, 0.115), (0.14, 0.40)):
        _panel(canvas, [at(left, -0.66), at(left, -1.10), at(right, -1.10), at(right, -0.66)], pane, size, depth)
    driver = Pen(canvas)
    driver.dot(*at(-0.02, -0.86), size * 0.045)
    driver.oval(*at(-0.02, -0.70), size * 0.085, size * 0.10)
    driver.stamp(mix(colors.near, pane, 0.25), depth=depth)
    _panel(canvas, [at(-0.22, -1.16), at(-0.22, -1.25), at(0.22, -1.25), at(0.22, -1.16)], colors.near, size, depth)
    for k in range(7):  # a destination in lamps, in no language
        canvas.glow(*at(-0.17 + k * 0.055, -1.205), size * 0.022, WARM, 0.75)
    for out in (-1, 1):
        lamp = at(out * 0.34, -0.36)
        ring = Pen(canvas)
        ring.dot(*lamp, size * 0.05)
        ring.stamp(mix(WARM, np.ones(3, np.float32), 0.5), depth=depth)
        canvas.glow(*lamp, size * 0.09, np.ones(3, np.float32), 0.9 if lit else 0.5)
        if lit:
            canvas.glow(*lamp, size * 0.42, WARM, 0.38)
            canvas.glow(*at(out * 0.36, 0.10), size * 0.30, WARM, 0.22)
    if lit:
        canvas.glow(*at(0, -0.88), size * 0.62, WARM, 0.22)


def _tram_rails(canvas: Canvas, x: float, foot: float, size: float, horizon: float) -> None:
    """Two bright lines in their grooves, through the wheels, meeting where the street ends."""
    end = (canvas.light[0], horizon)
    rails, near = Pen(canvas), float(canvas.height + 4)
    for out in (-0.30, 0.30):
        wheel = x + out * size
        share = (near - end[1]) / max(1.0, foot - end[1])
        rails.limb(end, (end[0] + (wheel - end[0]) * share, near), 0.6, max(1.5, size * 0.028 * share))
    rails.stamp(mix(canvas.colors.near, canvas.colors.glow, 0.45), opacity=0.75)


def _panel(canvas: Canvas, corners: list[Point], color: Floats, size: float, depth: int) -> None:
    pen = Pen(canvas)
    pen.polygon(corners)
    pen.soften(max(0.6, size * 0.012))
    pen.stamp(color, depth=depth)


def paint_stalls(canvas: Canvas, foot: float, horizon: float, tall: float, span: Point, rng: Rng) -> None:
    """A row of market stalls along each side, smaller toward the horizon. `tall` is a person's height at row `foot`."""
    middle = canvas.light[0]
    for along in (2.7, 1.75, 1.15):
        size = 1.0 / along
        row = horizon + (foot - horizon) * size
        for side in (-1, 1):
            edge = span[0] if side < 0 else span[1]
            x = middle + side * max(abs(edge - middle) * 1.12, tall * 1.5) * size
            _stall(canvas, x, row, tall * size, side, rng, depth=int(110 + 115 * size))


def _stall(canvas: Canvas, x: float, foot: float, tall: float, side: int, rng: Rng, *, depth: int) -> None:
    """One stall: a table of crates under a striped awning, somebody behind it. `side` -1 stands left of the street."""
    colors = canvas.colors
    wide, roof, drop = tall * 0.85, tall * 1.28, tall * 0.30
    posts = Pen(canvas)
    for out in (-1, 1):
        posts.limb((x + out * wide * 0.92, foot), (x + out * wide * 0.92, foot - roof), tall * 0.035)
    posts.stamp(colors.near, depth=depth)
    back = Pen(canvas)
    back.polygon(
        [(x - wide * 0.9, foot - roof), (x + wide * 0.9, foot - roof), (x + wide * 0.9, foot), (x - wide * 0.9, foot)]
    )
    back.stamp(mix(colors.near, WARM, 0.30 if colors.dark else 0.08), depth=depth, opacity=0.88)
    if colors.dark:
        canvas.glow(x, foot - tall * 0.95, tall * 0.75, WARM, 0.55)
    keeper = Pen(canvas)
    at = x + wide * float(rng.uniform(-0.35, 0.35))
    keeper.dot(at, foot - tall * 0.92, tall * 0.075)
    keeper.oval(at, foot - tall * 0.66, tall * 0.14, tall * 0.22)
    keeper.stamp(colors.near, depth=depth, rim=0.3)
    _table(canvas, x, foot, tall, wide, rng, depth)
    _awning(canvas, (x, foot - roof, wide * 1.08, drop), side, rng, depth)
    if colors.dark:
        canvas.glow(x - side * wide * 0.62, foot - roof + drop * 1.25, tall * 0.05, np.ones(3, np.float32), 0.9)


def _table(canvas: Canvas, x: float, foot: float, tall: float, wide: float, rng: Rng, depth: int) -> None:
    """A cloth to the ground, and heaps of fruit in the palette's own colors."""
    colors = canvas.colors
    top = foot - tall * 0.46
    cloth = Pen(canvas)
    cloth.polygon([(x - wide * 0.95, top), (x + wide * 0.95, top), (x + wide * 0.88, foot), (x - wide * 0.88, foot)])
    cloth.stamp(mix(colors.near, colors.accents[int(rng.integers(4))], 0.35), depth=depth, rim=0.2)
    for k in range(6):
        left = x + wide * (-0.86 + k * 0.30)
        heap = Pen(canvas)
        for _ in range(9):
            heap.dot(
                left + wide * float(rng.uniform(0, 0.22)), top - tall * float(rng.uniform(0.0, 0.085)), tall * 0.032
            )
        tone = mix(colors.accents[int(rng.integers(4))], rgb("#e8883a"), float(rng.uniform(0.1, 0.6)))
        heap.stamp(mix(tone, colors.near, 0.25 if colors.dark else 0.05), depth=depth, rim=0.5)


def _awning(canvas: Canvas, box: tuple[float, float, float, float], side: int, rng: Rng, depth: int) -> None:
    """A sloping roof in stripes with a scalloped edge. `box`: middle, top, half width, drop."""
    x, top, wide, drop = box
    colors = canvas.colors
    lean = -side * wide * 0.08
    bright = mix(colors.near, np.ones(3, np.float32), 0.55 if colors.dark else 0.88)
    color = mix(colors.accents[int(rng.integers(4))], colors.near, 0.30 if colors.dark else 0.08)
    for k in range(_STRIPES):
        a, b = -1 + 2 * k / _STRIPES, -1 + 2 * (k + 1) / _STRIPES
        stripe = Pen(canvas)
        high, low = 0.86, 1.04
        stripe.polygon(
            [
                (x + lean + a * wide * high, top - drop * 0.5),
                (x + lean + b * wide * high, top - drop * 0.5),
                (x + b * wide * low, top + drop * 0.5),
                (x + a * wide * low, top + drop * 0.5),
            ]
        )
        middle, reach = x + (a + b) / 2 * wide * low, wide * low / _STRIPES
        stripe.oval(middle, top + drop * 0.5, reach, drop * 0.30)
        stripe.stamp(color if k % 2 == 0 else bright, depth=min(255, depth + 6), rim=0.15)
