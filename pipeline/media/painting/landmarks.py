"""What stands far off and marks a place: lighthouses, bridges, houses, windmills."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen, Point
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.things import WARM

Rng = np.random.Generator


def paint_lighthouse(canvas: Canvas, x: float, foot: float, tall: float, *, lit: bool, depth: int = 120) -> None:
    """A striped lighthouse on its rock, with its beams by dark."""
    colors = canvas.colors
    rng = canvas.rng("lighthouse")
    rock = Pen(canvas)
    edge = [
        (x + tall * u, foot - tall * 0.16 * (1 - abs(u) / 0.62) ** 0.7 * float(rng.uniform(0.7, 1.15)))
        for u in np.linspace(-0.62, 0.62, 15)
    ]
    rock.polygon([(x - tall * 0.66, foot + 3), *edge, (x + tall * 0.66, foot + 3)])
    base, top = foot - tall * 0.10, foot - tall * 0.84
    if lit:
        _beams(canvas, x, top - tall * 0.045, tall)
    body = Pen(canvas)
    body.polygon([(x - tall * 0.088, base), (x - tall * 0.052, top), (x + tall * 0.052, top), (x + tall * 0.088, base)])
    light = mix(colors.land(0.25), colors.glow, 0.55 if not colors.dark else 0.22)
    body.stamp(light, depth=depth, rim=0.3)
    bands = Pen(canvas)
    for band in range(0, 5, 2):
        a, b = band / 5, (band + 1) / 5
        wa, wb = 0.088 - 0.036 * a, 0.088 - 0.036 * b
        ya, yb = base + (top - base) * a, base + (top - base) * b
        bands.polygon([(x - tall * wa, ya), (x - tall * wb, yb), (x + tall * wb, yb), (x + tall * wa, ya)])
    red = mix(rgb("#c8392f"), colors.near, 0.5 if colors.dark else 0.15)
    bands.stamp(red, depth=depth)
    shade = Pen(canvas)
    out = 1 if canvas.light[0] < x else -1
    shade.polygon([(x, base), (x, top), (x + out * tall * 0.052, top), (x + out * tall * 0.088, base)])
    shade.stamp(colors.near, opacity=0.42)
    head = Pen(canvas)
    head.polygon(
        [
            (x - tall * 0.072, top),
            (x + tall * 0.072, top),
            (x + tall * 0.072, top - tall * 0.014),
            (x - tall * 0.072, top - tall * 0.014),
        ]
    )
    head.polygon(
        [(x - tall * 0.045, top - tall * 0.085), (x, top - tall * 0.145), (x + tall * 0.045, top - tall * 0.085)]
    )
    for u in (-0.036, 0.0, 0.036):
        head.limb((x + u * tall, top), (x + u * tall, top - tall * 0.09), max(1.0, tall * 0.009))
    head.stamp(colors.near, depth=depth)
    rock.stamp(mix(colors.near, colors.far, 0.18), depth=depth, rim=0.3)
    if lit:
        canvas.glow(x, top - tall * 0.045, tall * 0.06, WARM, 1.0)
        canvas.glow(x, top - tall * 0.045, tall * 0.22, WARM, 0.5)


def _beams(canvas: Canvas, x: float, y: float, tall: float) -> None:
    rows = np.linspace(0, canvas.height, max(8, canvas.height // 4), dtype=np.float32)[:, None] - y
    columns = np.linspace(0, canvas.width, max(8, canvas.width // 4), dtype=np.float32)[None] - x
    lean = float(canvas.rng("beam").uniform(-0.22, 0.12))
    along = columns
    across = rows - lean * columns
    wide = tall * 0.015 + np.abs(along) * 0.075
    light = np.exp(-((across / wide) ** 2)) * np.exp(-np.abs(along) / (canvas.unit * 0.7)) * 0.55
    canvas.shine_soft(np.asarray(light, np.float32)[..., None] * WARM)


def paint_bridge(
    canvas: Canvas, row: float, tall: float, color: Floats, *, depth: int = 95, lamps: bool = False
) -> None:
    """A suspension bridge across the frame, its deck at `row`, towers `tall` pixels over it."""
    rng = canvas.rng("bridge")
    pen = Pen(canvas)
    gap = max(canvas.width * float(rng.uniform(0.42, 0.6)), tall * 1.9)
    middle = canvas.width * float(rng.uniform(0.3, 0.7))
    towers = [middle - gap / 2, middle + gap / 2]
    deck = tall * 0.035
    pen.polygon([(-5, row), (canvas.width + 5, row), (canvas.width + 5, row + deck), (-5, row + deck)])
    for x in towers:
        for out in (-1, 1):
            leg = x + out * tall * 0.055
            pen.limb((leg + out * tall * 0.02, row + tall * 0.36), (leg, row - tall), tall * 0.040, tall * 0.028)
        for level in (0.12, 0.42, 0.70, 0.97):
            pen.limb((x - tall * 0.06, row - tall * level), (x + tall * 0.06, row - tall * level), tall * 0.028)
    spans = [(towers[0] - gap, towers[0], 0.5), (towers[0], towers[1], 1.0), (towers[1], towers[1] + gap, 0.5)]
    places: list[Point] = []
    for a, b, part in spans:
        at = np.linspace(0, 1, 40)
        if part == 1.0:
            line = row - tall * (0.06 + 0.92 * (2 * at - 1) ** 2)
        else:
            rise = at if a < towers[0] - 1 else 1 - at
            line = row - tall * (0.02 + 0.96 * rise**1.7)
        pen.path(np.stack([a + (b - a) * at, line], 1), max(1.2, tall * 0.013))
        for k in range(1, 39, 2):
            x = a + (b - a) * at[k]
            pen.path([(x, float(line[k])), (x, row)], 1.0)
            places.append((float(x), row))
    pen.stamp(color, depth=depth, rim=0.15)
    if lamps:
        for x, y in places[::2]:
            canvas.glow(x, y - tall * 0.03, tall * 0.022, WARM, 0.95)


def paint_house(
    canvas: Canvas,
    x: float,
    foot: float,
    wide: float,
    *,
    name: str,
    snow: bool = False,
    lit: bool = True,
    depth: int = 150,
) -> None:
    """A house with a gable seen at an angle: two lit walls, a roof, a chimney with smoke, warm windows."""
    colors = canvas.colors
    rng = canvas.rng("house-" + name)
    side = 1.0 if canvas.light[0] < x else -1.0
    tall, roof = wide * float(rng.uniform(0.36, 0.5)), wide * float(rng.uniform(0.34, 0.48))
    ridge, eaves = -tall - roof, -tall + wide * 0.02

    def at(px: float, py: float) -> Point:
        return x + px * wide * side, foot + py

    wall = mix(colors.land(0.72), rgb("#6b4630"), 0.35)
    cover = mix(np.ones(3, np.float32), colors.sky[2], 0.35) if snow else mix(colors.near, colors.far, 0.25)
    stack = -tall - roof * 1.28
    parts: list[tuple[list[Point], Floats]] = [
        (
            [at(0.18, -tall - roof * 0.6), at(0.18, stack), at(0.27, stack), at(0.27, -tall - roof * 0.6)],
            mix(wall, colors.near, 0.6),
        ),
        (
            [at(-0.5, 0), at(-0.5, -tall), at(-0.28, ridge), at(-0.06, -tall), at(-0.06, 0)],
            mix(wall, colors.glow, 0.16),
        ),
        ([at(-0.06, 0), at(-0.06, -tall), at(0.5, -tall), at(0.5, 0)], mix(wall, colors.near, 0.45)),
        ([at(-0.28, ridge), at(0.30, ridge), at(0.56, eaves), at(-0.01, eaves)], cover),
    ]
    for points, color in parts:
        pen = Pen(canvas)
        pen.polygon(points)
        pen.stamp(color, depth=depth)
    edge = Pen(canvas)
    edge.limb(at(-0.28, ridge), at(-0.55, -tall + wide * 0.03), wide * 0.035)
    edge.limb(at(-0.28, ridge), at(-0.01, eaves), wide * 0.035)
    edge.stamp(cover if snow else colors.near, depth=depth)
    _house_windows(canvas, at, tall, roof, wide, lit)
    smoke = mix(colors.sky[4], colors.far, 0.3)
    for puff in range(7):
        rise = puff / 7
        place = at(0.225 + 0.10 * rise**1.5, -tall - roof * 1.32 - wide * 0.75 * rise)
        canvas.glow(*place, wide * (0.035 + 0.07 * rise), smoke, 0.22 * (1 - rise))


def _house_windows(
    canvas: Canvas, place: Callable[[float, float], Point], tall: float, roof: float, wide: float, lit: bool
) -> None:
    spots = [(-0.40, -0.55), (-0.21, -0.55), (0.10, -0.52), (0.30, -0.52)]
    frames = Pen(canvas)
    for px, py in spots:
        a, b = 0.042, tall * 0.19
        frames.polygon(
            [
                place(px - a, py * tall - b),
                place(px + a, py * tall - b),
                place(px + a, py * tall + b),
                place(px - a, py * tall + b),
            ]
        )
    frames.polygon(
        [
            place(-0.32, -tall - roof * 0.40),
            place(-0.24, -tall - roof * 0.40),
            place(-0.24, -tall - roof * 0.08),
            place(-0.32, -tall - roof * 0.08),
        ]
    )
    color = WARM if lit else mix(canvas.colors.sky[3], canvas.colors.near, 0.4)
    frames.stamp(color)
    if lit:
        for px, py in spots:
            x, y = place(px, py * tall)
            canvas.glow(x, y, wide * 0.11, WARM, 0.5)
        x, y = place(0.0, 0.0)
        canvas.glow(x, y, wide * 0.45, WARM, 0.20)


def draw_windmill(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """A windmill with four sails."""
    pen.polygon(
        [
            (x - tall * 0.15, foot),
            (x - tall * 0.085, foot - tall * 0.66),
            (x + tall * 0.085, foot - tall * 0.66),
            (x + tall * 0.15, foot),
        ]
    )
    pen.blob(
        [
            (x - tall * 0.10, foot - tall * 0.65),
            (x - tall * 0.06, foot - tall * 0.75),
            (x, foot - tall * 0.79),
            (x + tall * 0.06, foot - tall * 0.75),
            (x + tall * 0.10, foot - tall * 0.65),
        ]
    )
    hub = (x, foot - tall * 0.70)
    turn = float(rng.uniform(0, np.pi / 2))
    for k in range(4):
        angle = turn + k * np.pi / 2
        dx, dy = float(np.cos(angle)), float(np.sin(angle))
        end = (hub[0] + dx * tall * 0.46, hub[1] + dy * tall * 0.46)
        pen.limb(hub, end, tall * 0.018, tall * 0.012)
        for s in np.linspace(0.12, 0.46, 7):
            a = (hub[0] + dx * tall * s, hub[1] + dy * tall * s)
            pen.limb(a, (a[0] - dy * tall * 0.085, a[1] + dx * tall * 0.085), max(1.0, tall * 0.009))
        a, b = (hub[0] + dx * tall * 0.12, hub[1] + dy * tall * 0.12), end
        pen.limb(
            (a[0] - dy * tall * 0.085, a[1] + dx * tall * 0.085),
            (b[0] - dy * tall * 0.085, b[1] + dx * tall * 0.085),
            max(1.0, tall * 0.010),
        )
