"""Birds, fish, whales, jellyfish, deer and the like."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import mix

Rng = np.random.Generator


def draw_bird(pen: Pen, rng: Rng, x: float, y: float, span: float) -> None:
    """A flying bird, wings at some point of their beat."""
    lift = float(rng.uniform(-0.12, 0.42))
    tilt = float(rng.uniform(-0.25, 0.25))
    half = span / 2
    for out in (-1, 1):
        mid = (x + out * half * 0.45, y - half * (0.28 + lift * 0.7) + out * tilt * half * 0.4)
        tip = (x + out * half, y - half * lift * 0.9 + out * tilt * half)
        share = np.linspace(0, 1, 8)[:, None]
        a, b, c = np.array([[x, y]]), np.array([mid]), np.array([tip])
        front = (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
        back = front + np.stack([np.zeros(8), half * 0.20 * (1 - share[:, 0]) ** 0.7], 1)
        pen.polygon([*front.tolist(), *back[::-1].tolist()])
    pen.oval(x, y + half * 0.10, half * 0.10, half * 0.24, 0.5 + tilt)


def paint_birds(canvas: Canvas, horizon: float, *, count: int = 0) -> None:
    """A flock that crosses the sky, near ones larger."""
    rng = canvas.rng("birds")
    cx, cy = canvas.width * float(rng.uniform(0.2, 0.8)), horizon * float(rng.uniform(0.22, 0.62))
    spread = canvas.unit * float(rng.uniform(0.14, 0.34))
    size = canvas.unit * float(rng.uniform(0.022, 0.05))
    pen = Pen(canvas)
    total = count or int(rng.integers(5, 19))
    wedge = rng.random() < 0.35
    for index in range(total):
        if wedge:
            arm = (index + 1) // 2 * (1 if index % 2 else -1)
            x, y = cx + arm * spread * 0.16, cy + abs(arm) * spread * 0.10 + float(rng.normal(0, spread * 0.015))
        else:
            x, y = cx + float(rng.normal(0, spread)), cy + float(rng.normal(0, spread * 0.36))
        draw_bird(pen, rng, x, y, size * float(rng.uniform(0.55, 1.25)))
    pen.stamp(mix(canvas.colors.near, canvas.colors.sky[1], 0.12), depth=120)


def draw_deer(pen: Pen, rng: Rng, x: float, foot: float, tall: float, *, horse: bool = False) -> None:
    """A stag that stands and looks; or a horse, which has a mane and a long tail instead of antlers."""
    side = 1.0 if rng.random() < 0.5 else -1.0

    def at(px: float, py: float) -> tuple[float, float]:
        return x + px * tall * side, foot + py * tall

    pen.blob(
        [
            at(-0.34, -0.55),
            at(-0.2, -0.60),
            at(0.0, -0.58),
            at(0.18, -0.62),
            at(0.27, -0.52),
            at(0.20, -0.38),
            at(-0.02, -0.36),
            at(-0.28, -0.38),
        ]
    )
    for hip, knee, hoof in ((-0.29, -0.33, -0.29), (-0.22, -0.19, -0.24), (0.14, 0.17, 0.15), (0.21, 0.22, 0.23)):
        pen.limb(at(hip, -0.44), at(knee, -0.22), tall * 0.075, tall * 0.036)
        pen.limb(at(knee, -0.22), at(hoof, 0), tall * 0.036, tall * 0.024)
    pen.limb(at(0.20, -0.55), at(0.32, -0.80), tall * 0.15, tall * 0.08)
    pen.blob([at(0.27, -0.86), at(0.34, -0.88), at(0.47, -0.78), at(0.45, -0.74), at(0.32, -0.75)])
    pen.oval(*at(0.26, -0.87), tall * 0.055, tall * 0.02, -0.5 * side)
    if horse:
        pen.blob([at(0.30, -0.90), at(0.22, -0.84), at(0.12, -0.70), at(0.08, -0.58), at(0.20, -0.62), at(0.30, -0.78)])
        pen.path([at(-0.34, -0.54), at(-0.42, -0.48), at(-0.43, -0.30), at(-0.40, -0.16)], tall * 0.03, tall * 0.055)
    pen.soften(tall * 0.008)
    if horse:
        return
    for out in (-1, 1):
        base = at(0.30 + out * 0.01, -0.86)
        beam = [base, at(0.27 + out * 0.07, -0.98), at(0.25 + out * 0.15, -1.08), at(0.28 + out * 0.17, -1.20)]
        pen.path(beam, tall * 0.022, tall * 0.012)
        for k, (dx, dy) in ((1, (0.09, -0.07)), (2, (0.08, -0.09)), (2, (-0.06, -0.09))):
            tip = (beam[k][0] + dx * tall * side, beam[k][1] + dy * tall)
            pen.limb(beam[k], tip, tall * 0.018, tall * 0.008)
    pen.oval(*at(-0.35, -0.50), tall * 0.022, tall * 0.055, 0.3)


def draw_fish(pen: Pen, x: float, y: float, size: float, side: float) -> None:
    """A small fish that swims to `side` (-1 left, 1 right)."""
    pen.oval(x, y, size * 0.5, size * 0.20)
    pen.polygon(
        [
            (x - side * size * 0.38, y),
            (x - side * size * 0.72, y - size * 0.22),
            (x - side * size * 0.62, y),
            (x - side * size * 0.72, y + size * 0.22),
        ]
    )
    pen.polygon(
        [
            (x - size * 0.1, y - size * 0.15),
            (x + size * 0.12, y - size * 0.16),
            (x - side * size * 0.12, y - size * 0.33),
        ]
    )


def draw_whale(pen: Pen, x: float, y: float, size: float, side: float) -> None:
    """A whale seen from the side, `size` pixels long."""

    def at(px: float, py: float) -> tuple[float, float]:
        return x + px * size * side, y + py * size

    pen.blob(
        [
            at(0.50, 0.0),
            at(0.46, -0.08),
            at(0.30, -0.135),
            at(0.08, -0.14),
            at(-0.15, -0.10),
            at(-0.36, -0.045),
            at(-0.47, -0.05),
            at(-0.46, -0.015),
            at(-0.30, 0.03),
            at(-0.10, 0.085),
            at(0.15, 0.115),
            at(0.36, 0.09),
        ]
    )
    pen.blob([at(-0.44, -0.03), at(-0.52, -0.13), at(-0.62, -0.16), at(-0.56, -0.06), at(-0.60, 0.04), at(-0.50, 0.0)])
    pen.blob([at(0.20, 0.08), at(0.10, 0.20), at(0.02, 0.27), at(0.06, 0.16), at(0.10, 0.07)])
    pen.polygon([at(-0.14, -0.09), at(-0.21, -0.145), at(-0.22, -0.075)])
    pen.soften(size * 0.004)
