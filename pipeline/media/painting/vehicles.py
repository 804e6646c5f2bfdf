"""Boats, cars, trains, planes and balloons."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen, Point
from pipeline.media.painting.color import mix, rgb
from pipeline.media.painting.people import draw_head, draw_trunk
from pipeline.media.painting.things import WARM

Rng = np.random.Generator


def draw_sailboat(pen: Pen, rng: Rng, x: float, water: float, size: float) -> None:
    """A sailing boat `size` pixels high."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> Point:
        return x + px * size * side, water + py * size

    pen.blob(
        [
            at(-0.34, -0.085),
            at(-0.15, -0.075),
            at(0.2, -0.08),
            at(0.40, -0.115),
            at(0.28, 0.0),
            at(0.0, 0.018),
            at(-0.28, 0.0),
        ]
    )
    pen.limb(at(0.02, -0.07), at(0.02, -1.0), max(1.0, size * 0.016))
    main = [
        at(0.0, -0.97),
        *[at(-0.04 - 0.30 * t - 0.04 * np.sin(np.pi * t), -0.97 + 0.82 * t) for t in np.linspace(0.1, 1, 8)],
        at(0.0, -0.14),
    ]
    jib = [
        at(0.045, -0.90),
        *[at(0.06 + 0.28 * t + 0.03 * np.sin(np.pi * t), -0.90 + 0.76 * t) for t in np.linspace(0.1, 1, 8)],
        at(0.06, -0.16),
    ]
    pen.polygon(main)
    pen.polygon(jib)


def draw_rowboat(pen: Pen, rng: Rng, x: float, water: float, size: float) -> None:
    """A rowing boat, `size` pixels long, with one or two people."""
    pen.blob(
        [
            (x - size * 0.5, water - size * 0.13),
            (x - size * 0.2, water - size * 0.08),
            (x + size * 0.2, water - size * 0.08),
            (x + size * 0.5, water - size * 0.13),
            (x + size * 0.36, water + size * 0.01),
            (x, water + size * 0.03),
            (x - size * 0.36, water + size * 0.01),
        ]
    )
    for place in [-0.12, 0.14] if rng.random() < 0.5 else [0.0]:
        px = x + place * size
        pen.blob(
            [
                (px - size * 0.065, water - size * 0.06),
                (px - size * 0.06, water - size * 0.22),
                (px, water - size * 0.27),
                (px + size * 0.06, water - size * 0.22),
                (px + size * 0.065, water - size * 0.06),
            ]
        )
        pen.oval(px, water - size * 0.325, size * 0.036, size * 0.046)
    pen.limb((x - size * 0.06, water - size * 0.16), (x - size * 0.42, water + size * 0.03), max(1.0, size * 0.012))


def draw_ship(pen: Pen, rng: Rng, x: float, water: float, size: float) -> list[Point]:
    """A tall ship under sail, `size` pixels high; returns places of its lamps."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> Point:
        return x + px * size * side, water + py * size

    pen.blob(
        [
            at(-0.55, -0.20),
            at(-0.40, -0.12),
            at(0.0, -0.10),
            at(0.42, -0.13),
            at(0.62, -0.22),
            at(0.46, 0.0),
            at(0.0, 0.03),
            at(-0.46, 0.01),
        ]
    )
    pen.limb(at(0.52, -0.17), at(0.85, -0.36), size * 0.02, size * 0.008)
    for mast, tall in ((-0.30, 0.80), (0.02, 1.0), (0.32, 0.84)):
        pen.limb(at(mast, -0.1), at(mast, -tall), max(1.0, size * 0.014))
        for low, high, wide in ((0.16, 0.44, 0.17), (0.47, 0.70, 0.14), (0.73, 0.92, 0.10)):
            a, b = tall * low + 0.06, tall * high + 0.06
            pen.blob(
                [
                    at(mast - wide, -b),
                    at(mast, -b - 0.01),
                    at(mast + wide, -b),
                    at(mast + wide * 1.05 + 0.03, -(a + b) / 2),
                    at(mast + wide * 1.05, -a),
                    at(mast + 0.03, -a - 0.03),
                    at(mast - wide * 1.05, -a),
                    at(mast - wide + 0.03, -(a + b) / 2),
                ]
            )
    return [at(-0.5, -0.22), at(0.55, -0.22)]


def paint_car(canvas: Canvas, x: float, ground: float, size: float, *, depth: int = 225) -> None:
    """A car from behind, `size` pixels wide, with its lights on the road."""
    colors = canvas.colors
    pen = Pen(canvas)

    def at(px: float, py: float) -> Point:
        return x + px * size, ground + py * size

    pen.blob(
        [
            at(-0.48, -0.10),
            at(-0.49, -0.34),
            at(-0.40, -0.45),
            at(0.0, -0.47),
            at(0.40, -0.45),
            at(0.49, -0.34),
            at(0.48, -0.10),
            at(0.0, -0.08),
        ]
    )
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
                half = size * (
                    0.5 * float(np.sqrt(max(0.0, 1 - (1 - t / 0.44) ** 2)))
                    if t < 0.44
                    else 0.5 - 0.43 * ((t - 0.44) / 0.56) ** 1.35
                )
                edge.append((x + bend * half, y - size * 0.62 + size * 1.22 * t))
        pen.polygon(edge)
        shade = 0.42 * abs((a + b) / 2 - (0.45 if canvas.light[0] > x else -0.45))
        pen.stamp(
            mix(colors[index % 2], canvas.colors.near, min(0.75, shade + (0.35 if canvas.colors.dark else 0))),
            depth=130,
        )
    pen = Pen(canvas)
    for out in (-1, 1):
        pen.path([(x + out * size * 0.06, y + size * 0.60), (x + out * size * 0.045, y + size * 0.74)], 1.2)
    pen.polygon(
        [
            (x - size * 0.055, y + size * 0.73),
            (x + size * 0.055, y + size * 0.73),
            (x + size * 0.045, y + size * 0.82),
            (x - size * 0.045, y + size * 0.82),
        ]
    )
    pen.stamp(canvas.colors.near, depth=130)
    canvas.glow(x, y + size * 0.56, size * 0.14, WARM, 0.55)


def paint_plane(canvas: Canvas, horizon: float) -> None:
    """An airliner high up with its trail."""
    rng = canvas.rng("plane")
    side = 1 if rng.random() < 0.5 else -1
    x, y = canvas.width * float(rng.uniform(0.3, 0.7)), horizon * float(rng.uniform(0.15, 0.4))
    size = canvas.unit * float(rng.uniform(0.07, 0.13))
    tilt = -0.20

    def at(px: float, py: float) -> Point:
        return x + (px * np.cos(tilt) - py * np.sin(tilt)) * size * side, y + (
            px * np.sin(tilt) + py * np.cos(tilt)
        ) * size

    for trail in (-0.05, 0.05):
        for step in range(16):
            pen = Pen(canvas)
            pen.limb(at(-0.5 - step * 0.4, trail), at(-0.9 - step * 0.4, trail), size * 0.035 * (1 + step * 0.10))
            pen.stamp(mix(canvas.colors.glow, canvas.colors.sky[4], 0.3), opacity=0.55 * (1 - step / 16))
    pen = Pen(canvas)
    pen.blob(
        [
            at(0.55, 0.0),
            at(0.48, -0.045),
            at(0.0, -0.05),
            at(-0.45, -0.04),
            at(-0.52, 0.0),
            at(-0.40, 0.035),
            at(0.0, 0.05),
            at(0.48, 0.04),
        ]
    )
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
        bed.polygon(
            [(-5, row - 2), (canvas.width + 5, row - 2), (canvas.width + 5, row + tall * 0.55), (-5, row + tall * 0.55)]
        )
        bed.stamp(canvas.colors.land(0.8), depth=150)
    train, windows = Pen(canvas), Pen(canvas)
    for car in range(10):
        a = front - side * car * long * 1.05
        low, high = min(a, a - side * long), max(a, a - side * long)
        nose = tall * 0.5 if car == 0 else 0.0
        train.polygon(
            [
                (low + (nose if side < 0 else 0), row - tall),
                (high - (nose if side > 0 else 0), row - tall),
                (high, row - tall * 0.45),
                (high, row - 2),
                (low, row - 2),
                (low, row - tall * 0.45),
            ]
        )
        for k in range(7):
            x, y, w, h = low + (high - low) * (0.08 + k * 0.125), row - tall * 0.78, (high - low) * 0.08, tall * 0.30
            windows.polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    train.stamp(mix(canvas.colors.near, canvas.colors.accents[0], 0.14), depth=165, rim=0.4)
    windows.stamp(
        WARM if canvas.colors.time != "day" else mix(canvas.colors.sky[3], np.ones(3, np.float32), 0.3), depth=165
    )
    canvas.glow(front, row - tall * 0.3, tall * 1.6, WARM, 0.6)
    for puff in range(10 if rng.random() < 0.4 else 0):
        canvas.glow(
            front - side * (0.3 + puff * 0.9) * tall * 1.6,
            row - tall * (1.3 + puff * 0.28),
            tall * (0.35 + 0.16 * puff),
            canvas.colors.sky[4],
            0.5 * (1 - puff / 10),
        )
    canvas.focus = (front, row - tall)


def draw_cyclist(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """Someone on a bicycle, seen from the side; `tall` is the height of a person who stands there."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> Point:
        return x + px * tall * side, foot + py * tall

    thin = max(1.0, tall * 0.016)
    turn = np.linspace(0, 2 * np.pi, 33)
    for hub in (-0.31, 0.31):
        pen.path([at(hub + 0.19 * np.cos(t), -0.20 + 0.19 * np.sin(t)) for t in turn], thin * 1.3)
        for t in turn[:-1:4]:
            pen.limb(at(hub, -0.20), at(hub + 0.19 * np.cos(t), -0.20 + 0.19 * np.sin(t)), max(0.6, thin * 0.3))
    pedals, seat, head = at(-0.04, -0.18), at(-0.12, -0.52), at(0.21, -0.54)
    for a, b in ((at(-0.31, -0.20), pedals), (at(-0.31, -0.20), seat), (pedals, seat), (pedals, head), (seat, head)):
        pen.limb(a, b, thin)
    pen.limb(at(0.31, -0.20), at(0.20, -0.60), thin)
    pen.limb(at(0.20, -0.60), at(0.28, -0.61), thin)
    pen.limb(at(-0.18, -0.55), at(-0.05, -0.55), thin * 2)
    hip, chest = at(-0.10, -0.60), at(0.04, -0.88)
    for knee, sole in ((at(0.10, -0.47), at(0.01, -0.09)), (at(0.07, -0.36), at(-0.09, -0.25))):
        pen.limb(hip, knee, tall * 0.095, tall * 0.064)
        pen.limb(knee, sole, tall * 0.064, tall * 0.042)
        pen.limb(sole, (sole[0] + 0.07 * tall * side, sole[1]), tall * 0.032)
    draw_trunk(pen, hip, chest, tall, wide=0.125)
    pen.limb(chest, at(0.16, -0.72), tall * 0.055, tall * 0.042)
    pen.limb(at(0.16, -0.72), at(0.25, -0.63), tall * 0.042, tall * 0.030)
    draw_head(pen, rng, at(0.10, -1.01), tall, side, long_hair=bool(rng.random() < 0.5), moving=True)
