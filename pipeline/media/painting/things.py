"""Made things: boats, lighthouses, bridges, wires, cars, trains, houses, lamps, balloons and the like."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen, Point
from pipeline.media.painting.color import Floats, mix, rgb

Rng = np.random.Generator
WARM = rgb("#ffcf87")


def draw_sailboat(pen: Pen, rng: Rng, x: float, water: float, size: float) -> None:
    """A sailing boat `size` pixels high."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> Point:
        return x + px * size * side, water + py * size

    pen.blob([at(-0.34, -0.085), at(-0.15, -0.075), at(0.2, -0.08), at(0.40, -0.115), at(0.28, 0.0), at(0.0, 0.018), at(-0.28, 0.0)])
    pen.limb(at(0.02, -0.07), at(0.02, -1.0), max(1.0, size * 0.016))
    main = [at(0.0, -0.97), *[at(-0.04 - 0.30 * t - 0.04 * np.sin(np.pi * t), -0.97 + 0.82 * t) for t in np.linspace(0.1, 1, 8)], at(0.0, -0.14)]
    jib = [at(0.045, -0.90), *[at(0.06 + 0.28 * t + 0.03 * np.sin(np.pi * t), -0.90 + 0.76 * t) for t in np.linspace(0.1, 1, 8)], at(0.06, -0.16)]
    pen.polygon(main)
    pen.polygon(jib)


def draw_rowboat(pen: Pen, rng: Rng, x: float, water: float, size: float) -> None:
    """A rowing boat, `size` pixels long, with one or two people."""
    pen.blob([(x - size * 0.5, water - size * 0.13), (x - size * 0.2, water - size * 0.08), (x + size * 0.2, water - size * 0.08),
              (x + size * 0.5, water - size * 0.13), (x + size * 0.36, water + size * 0.01), (x, water + size * 0.03), (x - size * 0.36, water + size * 0.01)])
    for place in ([-0.12, 0.14] if rng.random() < 0.5 else [0.0]):
        px = x + place * size
        pen.blob([(px - size * 0.065, water - size * 0.06), (px - size * 0.06, water - size * 0.22), (px, water - size * 0.27),
                  (px + size * 0.06, water - size * 0.22), (px + size * 0.065, water - size * 0.06)])
        pen.oval(px, water - size * 0.325, size * 0.036, size * 0.046)
    pen.limb((x - size * 0.06, water - size * 0.16), (x - size * 0.42, water + size * 0.03), max(1.0, size * 0.012))


def draw_ship(pen: Pen, rng: Rng, x: float, water: float, size: float) -> list[Point]:
    """A tall ship under sail, `size` pixels high; returns places of its lamps."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> Point:
        return x + px * size * side, water + py * size

    pen.blob([at(-0.55, -0.20), at(-0.40, -0.12), at(0.0, -0.10), at(0.42, -0.13), at(0.62, -0.22), at(0.46, 0.0), at(0.0, 0.03), at(-0.46, 0.01)])
    pen.limb(at(0.52, -0.17), at(0.85, -0.36), size * 0.02, size * 0.008)
    for mast, tall in ((-0.30, 0.80), (0.02, 1.0), (0.32, 0.84)):
        pen.limb(at(mast, -0.1), at(mast, -tall), max(1.0, size * 0.014))
        for low, high, wide in ((0.16, 0.44, 0.17), (0.47, 0.70, 0.14), (0.73, 0.92, 0.10)):
            a, b = tall * low + 0.06, tall * high + 0.06
            pen.blob([at(mast - wide, -b), at(mast, -b - 0.01), at(mast + wide, -b), at(mast + wide * 1.05 + 0.03, -(a + b) / 2), at(mast + wide * 1.05, -a),
                      at(mast + 0.03, -a - 0.03), at(mast - wide * 1.05, -a), at(mast - wide + 0.03, -(a + b) / 2)])
    return [at(-0.5, -0.22), at(0.55, -0.22)]


def paint_lighthouse(canvas: Canvas, x: float, foot: float, tall: float, *, lit: bool, depth: int = 120) -> None:
    """A striped lighthouse on its rock, with its beams by dark."""
    colors = canvas.colors
    rng = canvas.rng("lighthouse")
    rock = Pen(canvas)
    edge = [(x + tall * u, foot - tall * 0.16 * (1 - abs(u) / 0.62) ** 0.7 * float(rng.uniform(0.7, 1.15))) for u in np.linspace(-0.62, 0.62, 15)]
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
    head.polygon([(x - tall * 0.072, top), (x + tall * 0.072, top), (x + tall * 0.072, top - tall * 0.014), (x - tall * 0.072, top - tall * 0.014)])
    head.polygon([(x - tall * 0.045, top - tall * 0.085), (x, top - tall * 0.145), (x + tall * 0.045, top - tall * 0.085)])
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


def draw_wires(canvas: Canvas, pen: Pen, rng: Rng, ground: float, tall: float, *, recede: bool = False) -> None:
    """Poles with cross-arms and sagging wires over the whole width, or running away toward the horizon."""
    poles: list[tuple[float, float, float]] = []
    if recede:
        side = 1 if rng.random() < 0.5 else -1
        edge = canvas.width * (1.02 if side > 0 else -0.02)
        vanish = canvas.width * (0.5 - side * float(rng.uniform(0.05, 0.25)))
        for k in range(6):
            share = 0.60**k
            poles.append((vanish + (edge - vanish) * share, ground - tall * 0.22 * (1 - share), tall * share))
    else:
        count = 2 if canvas.tall else int(rng.integers(2, 4))
        start = float(rng.uniform(-0.1, 0.35))
        for k in range(-1, count + 2):
            poles.append((canvas.width * (start + k * 0.95 / count), ground + float(rng.normal(0, tall * 0.02)), tall))
    arms = []
    for x, foot, size in poles:
        pen.limb((x, foot + size * 0.05), (x + size * 0.006, foot - size), max(1.2, size * 0.026), max(1.0, size * 0.018))
        ends = []
        for row, reach in ((0.94, 0.20), (0.84, 0.16)):
            pen.limb((x - reach * size, foot - row * size), (x + reach * size, foot - row * size), max(1.0, size * 0.015))
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
            if not recede and rng.random() < 0.25:
                for spot in rng.uniform(0.2, 0.8, 4):
                    bx, by = a[0] + (b[0] - a[0]) * spot, a[1] + (b[1] - a[1]) * spot + 4 * sag * spot * (1 - spot)
                    pen.oval(float(bx), float(by) - tall * 0.018, tall * 0.011, tall * 0.021, 0.35)
                    pen.dot(float(bx) + tall * 0.006, float(by) - tall * 0.040, tall * 0.009)


def paint_bridge(canvas: Canvas, row: float, tall: float, color: Floats, *, depth: int = 95, lamps: bool = False) -> None:
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


def paint_car(canvas: Canvas, x: float, ground: float, size: float, *, depth: int = 225) -> None:
    """A car from behind, `size` pixels wide, with its lights on the road."""
    colors = canvas.colors
    pen = Pen(canvas)

    def at(px: float, py: float) -> Point:
        return x + px * size, ground + py * size

    pen.blob([at(-0.48, -0.10), at(-0.49, -0.34), at(-0.40, -0.45), at(0.0, -0.47), at(0.40, -0.45), at(0.49, -0.34), at(0.48, -0.10), at(0.0, -0.08)])
    pen.blob([at(-0.40, -0.42), at(-0.30, -0.66), at(0.0, -0.70), at(0.30, -0.66), at(0.40, -0.42), at(0.0, -0.40)])
    for out in (-1, 1):
        pen.polygon([at(out * 0.29, -0.16), at(out * 0.46, -0.16), at(out * 0.45, 0.0), at(out * 0.31, 0.0)])
    pen.stamp(mix(colors.near, colors.accents[1], 0.10), depth=depth, rim=0.5)
    glass = Pen(canvas)
    glass.blob([at(-0.32, -0.45), at(-0.26, -0.62), at(0.0, -0.645), at(0.26, -0.62), at(0.32, -0.45), at(0.0, -0.44)])
    glass.stamp(mix(colors.sky[3], colors.near, 0.45), depth=depth)
    red = rgb("#ff3a2c")
    lamps = Pen(canvas)
    for out in (-1, 1):
        lamps.limb(at(out * 0.29, -0.33), at(out * 0.44, -0.34), size * 0.055)
    lamps.stamp(red, depth=depth)
    for out in (-1, 1):
        canvas.glow(*at(out * 0.37, -0.33), size * 0.13, red, 0.8)
        canvas.glow(*at(out * 0.37, -0.30), size * 0.40, red, 0.30)
        canvas.glow(*at(out * 0.34, 0.03), size * 0.16, red, 0.28)


def paint_house(canvas: Canvas, x: float, foot: float, wide: float, *, name: str, snow: bool = False, lit: bool = True, depth: int = 150) -> None:
    """A house with a gable seen at an angle: two lit walls, a roof, a chimney with smoke, warm windows."""
    colors = canvas.colors
    rng = canvas.rng("house-" + name)
    side = 1.0 if canvas.light[0] < x else -1.0
    tall = wide * float(rng.uniform(0.36, 0.5))
    roof = wide * float(rng.uniform(0.34, 0.48))

    def at(px: float, py: float) -> Point:
        return x + px * wide * side, foot + py

    wall = mix(colors.land(0.72), rgb("#6b4630"), 0.35)
    parts: list[tuple[list[Point], Floats]] = [
        ([at(-0.5, 0), at(-0.5, -tall), at(-0.28, -tall - roof), at(-0.06, -tall), at(-0.06, 0)], mix(wall, colors.glow, 0.16)),
        ([at(-0.06, 0), at(-0.06, -tall), at(0.5, -tall), at(0.5, 0)], mix(wall, colors.near, 0.45)),
    ]
    cover = mix(colors.near, colors.far, 0.25)
    if snow:
        cover = mix(np.ones(3, np.float32), colors.sky[2], 0.35)
    parts.append(([at(-0.28, -tall - roof), at(0.30, -tall - roof), at(0.56, -tall + wide * 0.02), at(-0.01, -tall + wide * 0.02)], cover))
    chimney = Pen(canvas)
    chimney.polygon([at(0.18, -tall - roof * 0.6), at(0.18, -tall - roof * 1.28), at(0.27, -tall - roof * 1.28), at(0.27, -tall - roof * 0.6)])
    chimney.stamp(mix(wall, colors.near, 0.6), depth=depth)
    for points, color in parts:
        pen = Pen(canvas)
        pen.polygon(points)
        pen.stamp(color, depth=depth)
    eave = Pen(canvas)
    eave.limb(at(-0.28, -tall - roof), at(-0.55, -tall + wide * 0.03), wide * 0.035)
    eave.limb(at(-0.28, -tall - roof), at(-0.01, -tall + wide * 0.02), wide * 0.035)
    eave.stamp(cover if snow else colors.near, depth=depth)
    _house_windows(canvas, rng, at, tall, roof, wide, lit)
    for puff in range(7):
        rise = puff / 7
        canvas.glow(
            *at(0.225 + 0.10 * rise**1.5, -tall - roof * 1.32 - wide * 0.75 * rise), wide * (0.035 + 0.07 * rise), mix(colors.sky[4], colors.far, 0.3), 0.22 * (1 - rise)
        )


def _house_windows(canvas: Canvas, rng: Rng, at: object, tall: float, roof: float, wide: float, lit: bool) -> None:
    place = at if callable(at) else None
    if place is None:
        return
    spots = [(-0.40, -0.55), (-0.21, -0.55), (0.10, -0.52), (0.30, -0.52)]
    frames = Pen(canvas)
    for px, py in spots:
        a, b = 0.042, tall * 0.19
        frames.polygon([place(px - a, py * tall - b), place(px + a, py * tall - b), place(px + a, py * tall + b), place(px - a, py * tall + b)])
    frames.polygon([place(-0.32, -tall - roof * 0.40), place(-0.24, -tall - roof * 0.40), place(-0.24, -tall - roof * 0.08), place(-0.32, -tall - roof * 0.08)])
    color = WARM if lit else mix(canvas.colors.sky[3], canvas.colors.near, 0.4)
    frames.stamp(color)
    if lit:
        for px, py in spots:
            x, y = place(px, py * tall)
            canvas.glow(x, y, wide * 0.11, WARM, 0.5)
        x, y = place(0.0, 0.0)
        canvas.glow(x, y, wide * 0.45, WARM, 0.20)


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
        pen.polygon([(x - tall * 0.03, head[1]), (x + tall * 0.03, head[1]), (x + tall * 0.042, head[1] - tall * 0.075), (x, head[1] - tall * 0.11), (x - tall * 0.042, head[1] - tall * 0.075)])
        light = (x, head[1] - tall * 0.04)
    else:
        arc = [(x + side * tall * 0.16 * (1 - np.cos(t)), foot - tall - tall * 0.06 * np.sin(t)) for t in np.linspace(0, np.pi * 0.62, 9)]
        pen.path(arc, tall * 0.013)
        end = arc[-1]
        pen.limb((end[0] - side * tall * 0.02, end[1]), (end[0] + side * tall * 0.07, end[1] + tall * 0.012), tall * 0.024)
        light = (end[0] + side * tall * 0.04, end[1] + tall * 0.02)
    pen.stamp(canvas.colors.near, depth=depth, rim=0.2)
    canvas.glow(*light, tall * 0.030, np.ones(3, np.float32), 1.0)
    canvas.glow(*light, tall * 0.11, WARM, 0.75)
    canvas.glow(*light, tall * 0.38, WARM, 0.26)


def paint_air_balloon(canvas: Canvas, x: float, y: float, size: float, name: str) -> None:
    """A hot-air balloon with colored gores."""
    rng = canvas.rng("balloon-" + name)
    colors = [canvas.colors.accents[int(k)] for k in rng.permutation(4)[:2]]
    gores = 7
    for index in range(gores):
        a, b = -1 + 2 * index / gores, -1 + 2 * (index + 1) / gores
        pen = Pen(canvas)
        edge = []
        for side, steps in ((a, np.linspace(0, 1, 18) ** 2), (b, np.linspace(1, 0, 18) ** 2)):
            bend = np.sin(side * np.pi / 2)
            for t in steps:
                # A half circle above, then straight gores that narrow to the mouth.
                half = size * (0.5 * float(np.sqrt(max(0.0, 1 - (1 - t / 0.44) ** 2))) if t < 0.44 else 0.5 - 0.43 * ((t - 0.44) / 0.56) ** 1.35)
                edge.append((x + bend * half, y - size * 0.62 + size * 1.22 * t))
        pen.polygon(edge)
        shade = 0.42 * abs((a + b) / 2 - (0.45 if canvas.light[0] > x else -0.45))
        pen.stamp(mix(colors[index % 2], canvas.colors.near, min(0.75, shade + (0.35 if canvas.colors.dark else 0))), depth=130)
    pen = Pen(canvas)
    for out in (-1, 1):
        pen.path([(x + out * size * 0.06, y + size * 0.60), (x + out * size * 0.045, y + size * 0.74)], 1.2)
    pen.polygon([(x - size * 0.055, y + size * 0.73), (x + size * 0.055, y + size * 0.73), (x + size * 0.045, y + size * 0.82), (x - size * 0.045, y + size * 0.82)])
    pen.stamp(canvas.colors.near, depth=130)
    canvas.glow(x, y + size * 0.56, size * 0.14, WARM, 0.55)


def paint_lanterns(canvas: Canvas, horizon: float, count: int = 0) -> None:
    """Paper lanterns that rise into the sky."""
    rng = canvas.rng("lanterns")
    for _ in range(count or int(rng.integers(12, 26))):
        near = float(rng.random()) ** 2.2
        size = canvas.unit * (0.008 + 0.032 * near)
        x, y = canvas.width * float(rng.random()), horizon * float(rng.uniform(0.08, 0.95))
        canvas.glow(x, y, size * 2.6, WARM, 0.42)
        pen = Pen(canvas)
        pen.blob([(x - size * 0.42, y + size * 0.6), (x - size * 0.55, y - size * 0.2), (x - size * 0.3, y - size * 0.7), (x + size * 0.3, y - size * 0.7), (x + size * 0.55, y - size * 0.2), (x + size * 0.42, y + size * 0.6)])
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
            pen.blob([(px - size * 0.11 * share, foot), (px - size * 0.13 * share, foot - tall * 0.35), (px + sway * 0.4, foot - tall * 0.7), (px + sway, foot - tall),
                      (px + sway * 0.6 + size * 0.05, foot - tall * 0.62), (px + size * 0.13 * share, foot - tall * 0.3), (px + size * 0.11 * share, foot)])
        pen.soften(size * 0.012)
        pen.stamp(rgb(code), depth=232 if skin == 0 else None, opacity=0.92)
    logs = Pen(canvas)
    for out in (-1, 1):
        logs.limb((x - out * size * 0.42, foot + size * 0.06), (x + out * size * 0.22, foot - size * 0.07), size * 0.10, size * 0.08)
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


def draw_windmill(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """A windmill with four sails."""
    pen.polygon([(x - tall * 0.15, foot), (x - tall * 0.085, foot - tall * 0.66), (x + tall * 0.085, foot - tall * 0.66), (x + tall * 0.15, foot)])
    pen.blob([(x - tall * 0.10, foot - tall * 0.65), (x - tall * 0.06, foot - tall * 0.75), (x, foot - tall * 0.79), (x + tall * 0.06, foot - tall * 0.75), (x + tall * 0.10, foot - tall * 0.65)])
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
        pen.limb((a[0] - dy * tall * 0.085, a[1] + dx * tall * 0.085), (b[0] - dy * tall * 0.085, b[1] + dx * tall * 0.085), max(1.0, tall * 0.010))


def paint_plane(canvas: Canvas, horizon: float) -> None:
    """An airliner high up with its trail."""
    rng = canvas.rng("plane")
    side = 1 if rng.random() < 0.5 else -1
    x, y = canvas.width * float(rng.uniform(0.3, 0.7)), horizon * float(rng.uniform(0.15, 0.4))
    size = canvas.unit * float(rng.uniform(0.07, 0.13))
    tilt = -0.20

    def at(px: float, py: float) -> Point:
        return x + (px * np.cos(tilt) - py * np.sin(tilt)) * size * side, y + (px * np.sin(tilt) + py * np.cos(tilt)) * size

    for trail in (-0.05, 0.05):
        for step in range(16):
            pen = Pen(canvas)
            pen.limb(at(-0.5 - step * 0.4, trail), at(-0.9 - step * 0.4, trail), size * 0.035 * (1 + step * 0.10))
            pen.stamp(mix(canvas.colors.glow, canvas.colors.sky[4], 0.3), opacity=0.55 * (1 - step / 16))
    pen = Pen(canvas)
    pen.blob([at(0.55, 0.0), at(0.48, -0.045), at(0.0, -0.05), at(-0.45, -0.04), at(-0.52, 0.0), at(-0.40, 0.035), at(0.0, 0.05), at(0.48, 0.04)])
    pen.polygon([at(0.12, 0.02), at(-0.12, 0.02), at(-0.34, 0.40), at(-0.24, 0.40)])
    pen.polygon([at(0.10, -0.03), at(-0.06, -0.03), at(-0.22, -0.30), at(-0.14, -0.30)])
    pen.polygon([at(-0.36, -0.03), at(-0.50, -0.03), at(-0.60, -0.24), at(-0.50, -0.24)])
    pen.stamp(mix(canvas.colors.near, canvas.colors.far, 0.25), depth=140, rim=0.6)


def paint_train(canvas: Canvas, row: float, tall: float, rng: Rng, *, embankment: bool = True) -> None:
    """A passenger train from the side on row `row`, its windows lit when the day is over."""
    side = 1 if rng.random() < 0.5 else -1
    long = tall * 3.7
    front = canvas.width * (0.5 + side * float(rng.uniform(0.15, 0.36)))
    if embankment:
        bed = Pen(canvas)
        bed.polygon([(-5, row - 2), (canvas.width + 5, row - 2), (canvas.width + 5, row + tall * 0.55), (-5, row + tall * 0.55)])
        bed.stamp(canvas.colors.land(0.8), depth=150)
    train, windows = Pen(canvas), Pen(canvas)
    for car in range(10):
        a = front - side * car * long * 1.05
        low, high = min(a, a - side * long), max(a, a - side * long)
        nose = tall * 0.5 if car == 0 else 0.0
        train.polygon(
            [(low + (nose if side < 0 else 0), row - tall), (high - (nose if side > 0 else 0), row - tall), (high, row - tall * 0.45), (high, row - 2), (low, row - 2), (low, row - tall * 0.45)]
        )
        for k in range(7):
            x, y, w, h = low + (high - low) * (0.08 + k * 0.125), row - tall * 0.78, (high - low) * 0.08, tall * 0.30
            windows.polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    train.stamp(mix(canvas.colors.near, canvas.colors.accents[0], 0.14), depth=165, rim=0.4)
    windows.stamp(WARM if canvas.colors.time != "day" else mix(canvas.colors.sky[3], np.ones(3, np.float32), 0.3), depth=165)
    canvas.glow(front, row - tall * 0.3, tall * 1.6, WARM, 0.6)
    for puff in range(10 if rng.random() < 0.4 else 0):
        canvas.glow(front - side * (0.3 + puff * 0.9) * tall * 1.6, row - tall * (1.3 + puff * 0.28), tall * (0.35 + 0.16 * puff), canvas.colors.sky[4], 0.5 * (1 - puff / 10))
    canvas.focus = (front, row - tall)
