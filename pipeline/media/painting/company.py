"""People together or with something in hand: couples, musicians, crowds, umbrellas, balloons."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Pen, Point
from pipeline.media.painting.people import SOFT, Rng, draw_body, draw_head, draw_skirt, draw_trunk


def draw_couple(pen: Pen, rng: Rng, x: float, foot: float, tall: float, pose: str = "") -> None:
    """Two people: hand in hand, in each other's arms, or side by side on the ground."""
    way = pose or str(rng.choice(["hands", "embrace", "sit", "waltz"]))
    if way == "sit":
        for out, size, dress in ((-1, 1.0, False), (1, 0.94, True)):
            draw_body(pen, rng, x + out * tall * 0.115, foot, tall * size, "sit", dress=dress, flip=out > 0)
        pen.limb((x - tall * 0.08, foot - tall * 0.38), (x + tall * 0.10, foot - tall * 0.30), tall * 0.05, tall * 0.04)
    elif way == "embrace":
        for out, size, dress in ((-1, 1.0, False), (1, 0.92, True)):
            _leaning(pen, rng, x + out * tall * 0.085, foot, tall * size, -out, dress=dress)
    elif way == "waltz":
        for out, size, dress in ((-1, 1.0, False), (1, 0.94, True)):
            _leaning(pen, rng, x + out * tall * 0.105, foot, tall * size, -out, dress=dress, apart=True)
        pen.limb(
            (x - tall * 0.10, foot - tall * 0.80), (x - tall * 0.29, foot - tall * 0.86), tall * 0.05, tall * 0.034
        )
        pen.limb(
            (x + tall * 0.08, foot - tall * 0.75), (x - tall * 0.29, foot - tall * 0.86), tall * 0.045, tall * 0.032
        )
    else:
        for out, size, dress in ((-1, 1.0, False), (1, 0.93, True)):
            draw_body(
                pen,
                rng,
                x + out * tall * 0.17,
                foot,
                tall * size,
                str(rng.choice(["stand", "walk"])),
                dress=dress,
                flip=out > 0,
            )
        pen.limb((x - tall * 0.10, foot - tall * 0.70), (x, foot - tall * 0.45), tall * 0.046, tall * 0.034)
        pen.limb((x + tall * 0.10, foot - tall * 0.66), (x, foot - tall * 0.45), tall * 0.042, tall * 0.032)
    pen.soften(tall * SOFT)


def _leaning(
    pen: Pen, rng: Rng, x: float, foot: float, tall: float, toward: int, *, dress: bool, apart: bool = False
) -> None:
    """One of two who hold each other: leans `toward` (-1 left, 1 right)."""
    lean = toward * tall * (0.02 if apart else 0.045)
    hip, chest = (x, foot - tall * 0.50), (x + lean, foot - tall * 0.79)
    head = (x + lean * (1.6 if apart else 1.5), foot - tall * 0.92)
    for out in (-1, 1):
        knee, end = (x + out * tall * 0.045, foot - tall * 0.26), (x + out * tall * 0.06 - lean * 0.4, foot)
        pen.limb((hip[0] + out * tall * 0.03, hip[1]), knee, tall * 0.095, tall * 0.064)
        pen.limb(knee, end, tall * 0.064, tall * 0.042)
        pen.oval(end[0] + toward * tall * 0.02, end[1] - tall * 0.012, tall * 0.036, tall * 0.016)
    draw_trunk(pen, hip, chest, tall, wide=0.12 if dress else 0.14)
    hold = (chest[0] + toward * tall * 0.20, chest[1] + tall * (0.12 if dress else 0.20))
    elbow = (chest[0] + toward * tall * 0.09, chest[1] + tall * 0.17)
    pen.limb((chest[0] + toward * tall * 0.05, chest[1] + tall * 0.02), elbow, tall * 0.055, tall * 0.045)
    pen.limb(elbow, hold, tall * 0.045, tall * 0.032)
    pen.limb(chest, head, tall * 0.05, tall * 0.045)
    draw_head(pen, rng, head, tall, float(toward), long_hair=dress, moving=False)
    if dress:
        legs = [(x - tall * 0.05, foot - tall * 0.26), (x, foot), (x + tall * 0.05, foot - tall * 0.26), (x, foot)]
        draw_skirt(pen, rng, hip, chest, legs, tall, float(toward), wide=apart)


def draw_musician(pen: Pen, rng: Rng, x: float, foot: float, tall: float, instrument: str = "") -> None:
    """A guitar player, or a singer at a microphone."""
    if (instrument or str(rng.choice(["guitar", "guitar", "microphone"]))) == "microphone":
        draw_body(pen, rng, x, foot, tall, "stand", flip=False)
        pen.limb(
            (x + tall * 0.08, foot - tall * 0.78), (x + tall * 0.15, foot - tall * 0.66), tall * 0.05, tall * 0.042
        )
        pen.limb(
            (x + tall * 0.15, foot - tall * 0.66), (x + tall * 0.09, foot - tall * 0.80), tall * 0.042, tall * 0.03
        )
        pen.soften(tall * SOFT)
        pen.limb((x + tall * 0.20, foot), (x + tall * 0.13, foot - tall * 0.84), max(1.2, tall * 0.014))
        pen.oval(x + tall * 0.20, foot - tall * 0.004, tall * 0.08, tall * 0.012)
        pen.oval(x + tall * 0.118, foot - tall * 0.865, tall * 0.022, tall * 0.030, 0.5)
        return
    legs = ((-0.085, -0.26), (-0.11, 0.0), (0.085, -0.26), (0.12, 0.0))
    for knee, end, out in ((legs[0], legs[1], -1), (legs[2], legs[3], 1)):
        pen.limb(
            (x + out * tall * 0.04, foot - tall * 0.5),
            (x + knee[0] * tall, foot + knee[1] * tall),
            tall * 0.1,
            tall * 0.068,
        )
        pen.limb((x + knee[0] * tall, foot + knee[1] * tall), (x + end[0] * tall, foot), tall * 0.068, tall * 0.044)
        pen.oval(x + (end[0] + out * 0.02) * tall, foot - tall * 0.012, tall * 0.042, tall * 0.017)
    chest = (x + tall * 0.0, foot - tall * 0.80)
    draw_trunk(pen, (x, foot - tall * 0.5), chest, tall, 0.14)
    pen.limb(chest, (x + tall * 0.015, foot - tall * 0.92), tall * 0.05)
    draw_head(
        pen, rng, (x + tall * 0.02, foot - tall * 0.925), tall, 1.0, long_hair=bool(rng.random() < 0.5), moving=False
    )
    body = (x - tall * 0.035, foot - tall * 0.55)
    pen.oval(body[0] - tall * 0.055, body[1] + tall * 0.03, tall * 0.105, tall * 0.088, -0.4)
    pen.oval(body[0] + tall * 0.06, body[1] - tall * 0.02, tall * 0.078, tall * 0.066, -0.4)
    pen.soften(tall * SOFT)
    neck = (body[0] + tall * 0.40, body[1] - tall * 0.17)
    pen.limb(body, neck, tall * 0.026, tall * 0.020)
    pen.limb(neck, (neck[0] + tall * 0.06, neck[1] - tall * 0.025), tall * 0.034, tall * 0.028)
    pen.limb(
        (x - tall * 0.10, chest[1] + tall * 0.02), (x - tall * 0.20, foot - tall * 0.62), tall * 0.055, tall * 0.044
    )
    pen.limb((x - tall * 0.20, foot - tall * 0.62), (x - tall * 0.04, foot - tall * 0.56), tall * 0.044, tall * 0.03)
    pen.limb(
        (x + tall * 0.10, chest[1] + tall * 0.02), (x + tall * 0.20, foot - tall * 0.63), tall * 0.055, tall * 0.044
    )
    pen.limb((x + tall * 0.20, foot - tall * 0.63), (x + tall * 0.27, foot - tall * 0.68), tall * 0.044, tall * 0.03)


def draw_crowd(
    pen: Pen, rng: Rng, foot: float, head: float, span: tuple[float, float], *, cheering: float = 0.55
) -> None:
    """Heads and shoulders along row `foot`, `head` pixels per head; `cheering` is the share with arms up."""
    x = span[0] - head
    while x < span[1] + head:
        size = head * float(rng.uniform(0.85, 1.15))
        top = foot - size * float(rng.uniform(1.6, 2.5))
        pen.oval(x, top, size * 0.44, size * 0.56)
        if rng.random() < 0.4:
            pen.oval(x, top + size * 0.25, size * 0.52, size * 0.62)
        pen.limb((x, top), (x, top + size), size * 0.42)
        pen.blob(
            [
                (x - size * 0.22, top + size * 0.62),
                (x - size * 0.88, top + size * 0.86),
                (x - size * 1.08, top + size * 1.5),
                (x - size * 1.1, foot + size * 4),
                (x + size * 1.1, foot + size * 4),
                (x + size * 1.08, top + size * 1.5),
                (x + size * 0.88, top + size * 0.86),
                (x + size * 0.22, top + size * 0.62),
            ]
        )
        if rng.random() < cheering:
            for out in (-1, 1) if rng.random() < 0.55 else (int(rng.choice([-1, 1])),):
                elbow = (x + out * size * float(rng.uniform(1.1, 1.5)), top + size * float(rng.uniform(-0.3, 0.5)))
                hand = (x + out * size * float(rng.uniform(0.7, 1.7)), top - size * float(rng.uniform(1.0, 2.0)))
                pen.limb((x + out * size * 0.85, top + size * 1.1), elbow, size * 0.42, size * 0.34)
                pen.limb(elbow, hand, size * 0.34, size * 0.22)
                pen.oval(hand[0], hand[1] - size * 0.12, size * 0.15, size * 0.24, float(rng.uniform(-0.4, 0.4)))
        x += size * float(rng.uniform(1.35, 2.1))
    pen.soften(head * 0.06)


def draw_umbrella(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> None:
    """Someone under an umbrella."""
    draw_body(pen, rng, x, foot, tall, str(rng.choice(["stand", "walk"])), flip=False)
    top = (x + tall * 0.06, foot - tall * 1.10)
    pen.limb((x + tall * 0.09, foot - tall * 0.78), (x + tall * 0.14, foot - tall * 0.66), tall * 0.046, tall * 0.04)
    pen.limb((x + tall * 0.14, foot - tall * 0.66), (x + tall * 0.095, foot - tall * 0.70), tall * 0.04, tall * 0.03)
    pen.soften(tall * SOFT)
    pen.limb((x + tall * 0.10, foot - tall * 0.62), top, max(1.0, tall * 0.014))
    reach, drop = tall * 0.34, tall * 0.21
    arc = [(top[0] - reach * np.cos(t), top[1] + drop - drop * 1.15 * np.sin(t)) for t in np.linspace(0, np.pi, 24)]
    scallops: list[Point] = []
    for part in range(5, 0, -1):
        start, end = top[0] - reach + 2 * reach * part / 5, top[0] - reach + 2 * reach * (part - 1) / 5
        scallops += [
            (start + (end - start) * t, top[1] + drop - tall * 0.035 * float(np.sin(np.pi * t)))
            for t in np.linspace(0, 1, 6)
        ]
    pen.polygon([*arc, *scallops])
    pen.limb(top, (top[0], top[1] - tall * 0.05), tall * 0.012)


def draw_child(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> list[tuple[float, float, float]]:
    """A child with balloons on strings; returns the balloons as (x, y, radius) for painting in color."""
    draw_body(pen, rng, x, foot, tall, "reach", flip=False)
    pen.oval(x - tall * 0.01, foot - tall * 0.92, tall * 0.075, tall * 0.078)
    pen.soften(tall * SOFT)
    hand = (x + tall * 0.13, foot - tall * 1.13)
    found = []
    for _ in range(int(rng.integers(1, 5))):
        bx, by = hand[0] + tall * float(rng.uniform(-0.22, 0.30)), hand[1] - tall * float(rng.uniform(0.55, 0.95))
        bend = [
            (hand[0] + (bx - hand[0]) * t + tall * 0.02 * np.sin(t * 5), hand[1] + (by - hand[1]) * t)
            for t in np.linspace(0, 1, 9)
        ]
        pen.path(bend, max(1.0, tall * 0.006))
        found.append((bx, by - tall * 0.13, tall * 0.12))
    return found
