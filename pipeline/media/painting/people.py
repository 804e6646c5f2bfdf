"""Silhouettes of people: poses as joints, drawn with tapered limbs, hair and clothes.

A pose gives joints in units of the body's height, feet at (0, 0) and up negative, so that one body fits every frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.media.painting.canvas import Pen, Point

Rng = np.random.Generator


@dataclass(frozen=True)
class Pose:
    """Joints: hip, chest (between the shoulders), head, then elbow and hand, knee and foot, left and right."""

    hip: Point
    chest: Point
    head: Point
    arms: tuple[Point, Point, Point, Point]
    legs: tuple[Point, Point, Point, Point]


_STAND = Pose((0, -0.50), (0, -0.80), (0, -0.925), ((-0.13, -0.65), (-0.125, -0.48), (0.13, -0.65), (0.125, -0.48)),
              ((-0.055, -0.26), (-0.065, 0), (0.055, -0.26), (0.065, 0)))
_RELAXED = Pose((0.015, -0.50), (0, -0.80), (0.005, -0.925), ((-0.12, -0.65), (-0.06, -0.52), (0.13, -0.65), (0.11, -0.48)),
                ((-0.05, -0.26), (-0.055, 0), (0.06, -0.27), (0.085, 0)))
_WALK = Pose((0, -0.50), (0.015, -0.80), (0.03, -0.925), ((-0.11, -0.66), (-0.15, -0.51), (0.11, -0.67), (0.17, -0.55)),
             ((-0.05, -0.27), (-0.17, -0.04), (0.085, -0.28), (0.13, 0)))
_RUN = Pose((0, -0.50), (0.07, -0.78), (0.11, -0.90), ((-0.08, -0.70), (-0.17, -0.60), (0.19, -0.65), (0.26, -0.76)),
            ((-0.08, -0.29), (-0.30, -0.24), (0.15, -0.34), (0.13, -0.07)))
_OPEN = Pose((0, -0.50), (0, -0.80), (0, -0.93), ((-0.17, -0.86), (-0.31, -0.97), (0.17, -0.86), (0.31, -0.97)),
             ((-0.06, -0.26), (-0.08, 0), (0.06, -0.26), (0.08, 0)))
_REACH = Pose((0, -0.50), (0.005, -0.80), (-0.01, -0.93), ((-0.13, -0.66), (-0.14, -0.49), (0.10, -0.96), (0.13, -1.13)),
              ((-0.05, -0.26), (-0.06, 0), (0.06, -0.26), (0.07, 0)))
_DANCES = (
    Pose((0.02, -0.50), (-0.02, -0.79), (-0.06, -0.91), ((-0.16, -0.88), (-0.24, -1.04), (0.15, -0.86), (0.32, -0.92)),
         ((0.0, -0.25), (0.0, 0), (0.18, -0.42), (0.09, -0.22))),
    Pose((0, -0.52), (0.03, -0.81), (0.06, -0.94), ((-0.12, -0.90), (-0.28, -0.99), (0.18, -0.76), (0.34, -0.70)),
         ((0.02, -0.26), (0.03, 0), (-0.18, -0.46), (-0.36, -0.42))),
    Pose((0, -0.50), (0, -0.80), (0.02, -0.925), ((-0.11, -0.98), (-0.03, -1.12), (0.12, -0.97), (0.05, -1.12)),
         ((-0.03, -0.26), (-0.01, 0), (0.09, -0.33), (0.0, -0.16))),
    Pose((-0.02, -0.47), (-0.09, -0.75), (-0.15, -0.86), ((-0.22, -0.72), (-0.36, -0.80), (0.05, -0.87), (0.19, -1.00)),
         ((-0.10, -0.24), (-0.06, 0), (0.15, -0.27), (0.32, -0.02))),
    Pose((0, -0.62), (0.02, -0.91), (0.05, -1.03), ((-0.14, -0.98), (-0.29, -1.07), (0.17, -0.99), (0.32, -1.06)),
         ((-0.18, -0.52), (-0.40, -0.44), (0.19, -0.50), (0.40, -0.40))),
)
_SOFT = 0.0095  # how far joints melt, in body heights
_SIT = Pose((0, -0.10), (-0.01, -0.40), (0.0, -0.53), ((-0.13, -0.25), (-0.15, -0.09), (0.11, -0.26), (0.13, -0.12)),
            ((0.13, -0.20), (0.17, 0.02), (0.16, -0.17), (0.24, 0.02)))
POSES: dict[str, tuple[Pose, ...]] = {
    "stand": (_STAND, _RELAXED), "walk": (_WALK,), "run": (_RUN,), "open": (_OPEN,), "reach": (_REACH,), "dance": _DANCES, "sit": (_SIT,),
}


def _draw_body(
    pen: Pen, rng: Rng, x: float, foot: float, tall: float, pose: str = "", *, dress: bool | None = None, flip: bool | None = None
) -> None:
    """A person of `tall` pixels whose feet stand at (x, foot): body, clothes and hair by the generator."""
    name = pose or str(rng.choice(["stand", "stand", "walk", "stand", "open", "reach"]))
    poses = POSES.get(name, POSES["stand"])
    joints = poses[int(rng.integers(len(poses)))]
    side = -1.0 if (rng.random() < 0.5 if flip is None else flip) else 1.0
    skirt = bool(rng.random() < 0.45) if dress is None else dress

    def at(point: Point) -> Point:
        return x + point[0] * tall * side, foot + point[1] * tall

    hip, chest, head = at(joints.hip), at(joints.chest), at(joints.head)
    slim = tall * float(rng.uniform(0.92, 1.06))
    legs = [at(p) for p in joints.legs]
    arms = [at(p) for p in joints.arms]
    for knee, end, out in ((legs[0], legs[1], -1), (legs[2], legs[3], 1)):
        start = (hip[0] + out * 0.035 * tall * side, hip[1])
        pen.limb(start, knee, slim * 0.098, slim * 0.066)
        pen.limb(knee, end, slim * 0.066, slim * 0.042)
        pen.oval(end[0] + 0.022 * tall * side, end[1] - 0.012 * tall, tall * 0.038, tall * 0.016)
    _trunk(pen, hip, chest, slim, wide=0.118 if skirt else 0.142)
    for elbow, hand, out in ((arms[0], arms[1], -1), (arms[2], arms[3], 1)):
        shoulder = (chest[0] + out * (0.075 if skirt else 0.092) * tall * side, chest[1] + 0.012 * tall)
        pen.limb(shoulder, elbow, slim * 0.056, slim * 0.044)
        pen.limb(elbow, hand, slim * 0.044, slim * 0.030)
        pen.dot(hand[0], hand[1], slim * 0.021)
    pen.limb(chest, head, slim * 0.052, slim * 0.046)
    _head(pen, rng, head, slim, side, long_hair=skirt or rng.random() < 0.15, moving=name in ("dance", "run"))
    if skirt and name != "sit":
        _skirt(pen, rng, hip, chest, legs, tall, side, wide=name == "dance")
    elif name in ("stand", "walk", "open") and rng.random() < 0.4:
        _coat(pen, rng, hip, chest, tall, side)


def draw_person(
    pen: Pen, rng: Rng, x: float, foot: float, tall: float, pose: str = "", *, dress: bool | None = None, flip: bool | None = None
) -> None:
    """A person of `tall` pixels whose feet stand at (x, foot); pose, clothes and hair by the generator where not given."""
    _draw_body(pen, rng, x, foot, tall, pose, dress=dress, flip=flip)
    pen.soften(tall * _SOFT)


def _trunk(pen: Pen, hip: Point, chest: Point, tall: float, wide: float) -> None:
    dx, dy = hip[0] - chest[0], hip[1] - chest[1]
    length = max(1e-6, float(np.hypot(dx, dy)))
    nx, ny = -dy / length * tall, dx / length * tall
    outline = ((-0.06, 0.34), (-0.035, 0.60), (0.05, 0.76), (0.30, 0.66), (0.62, 0.50), (0.92, 0.60), (1.12, 0.60))
    right = [(chest[0] + dx * t + nx * wide * w, chest[1] + dy * t + ny * wide * w) for t, w in outline]
    left = [(chest[0] + dx * t - nx * wide * w, chest[1] + dy * t - ny * wide * w) for t, w in reversed(outline)]
    pen.blob([*right, *left])


def _head(pen: Pen, rng: Rng, head: Point, tall: float, side: float, *, long_hair: bool, moving: bool) -> None:
    pen.oval(head[0], head[1], tall * 0.048, tall * 0.063)
    if long_hair:
        blow = side * tall * (float(rng.uniform(0.06, 0.15)) if moving else float(rng.uniform(-0.01, 0.04)))
        low = tall * float(rng.uniform(0.08, 0.17))
        pen.oval(head[0], head[1] - tall * 0.012, tall * 0.057, tall * 0.060)
        if rng.random() < 0.25:
            pen.dot(head[0] - side * tall * 0.03, head[1] - tall * 0.075, tall * 0.030)
            return
        pen.blob(
            [
                (head[0] - tall * 0.056, head[1] - tall * 0.020),
                (head[0], head[1] - tall * 0.055),
                (head[0] + tall * 0.056, head[1] - tall * 0.020),
                (head[0] + tall * 0.060 - blow * 0.4, head[1] + low * 0.6),
                (head[0] + tall * 0.032 - blow, head[1] + low),
                (head[0] - tall * 0.036 - blow, head[1] + low * 1.05),
                (head[0] - tall * 0.064 - blow * 0.4, head[1] + low * 0.55),
            ]
        )
    elif rng.random() < 0.22:
        pen.oval(head[0], head[1] - tall * 0.040, tall * 0.085, tall * 0.013)
        pen.polygon(
            [
                (head[0] - tall * 0.045, head[1] - tall * 0.04),
                (head[0] - tall * 0.038, head[1] - tall * 0.095),
                (head[0] + tall * 0.038, head[1] - tall * 0.095),
                (head[0] + tall * 0.045, head[1] - tall * 0.04),
            ]
        )
    else:
        pen.oval(head[0] - side * tall * 0.006, head[1] - tall * 0.018, tall * 0.053, tall * 0.050)


def _skirt(pen: Pen, rng: Rng, hip: Point, chest: Point, legs: list[Point], tall: float, side: float, *, wide: bool) -> None:
    knees = (legs[0][0] + legs[2][0]) / 2
    hem = hip[1] + tall * float(rng.uniform(0.20, 0.36))
    flare = tall * (float(rng.uniform(0.17, 0.26)) if wide else float(rng.uniform(0.10, 0.15)))
    sway = side * tall * (float(rng.uniform(0.02, 0.10)) if wide else float(rng.uniform(0.0, 0.03)))
    middle = (hip[0] + knees) / 2
    waist = (chest[0] + (hip[0] - chest[0]) * 0.62, chest[1] + (hip[1] - chest[1]) * 0.62)
    left = [(middle - sway - flare * (0.40 + 0.60 * t**1.5), waist[1] + (hem - waist[1]) * t) for t in np.linspace(0, 1, 7)]
    right = [(middle - sway + flare * (0.40 + 0.60 * t**1.5), waist[1] + (hem - waist[1]) * t) for t in np.linspace(1, 0, 7)]
    folds = [
        (middle - sway + flare * u, hem + tall * 0.022 * (1 + np.sin(u * 7 + sway)) * (1 - 0.4 * abs(u))) for u in np.linspace(-1, 1, 13)
    ]
    pen.polygon([(waist[0] - tall * 0.055, waist[1]), *left[1:], *folds, *right[:-1], (waist[0] + tall * 0.055, waist[1])])


def _coat(pen: Pen, rng: Rng, hip: Point, chest: Point, tall: float, side: float) -> None:
    hem = hip[1] + tall * float(rng.uniform(0.08, 0.26))
    blow = -side * tall * float(rng.uniform(0.0, 0.07))
    pen.blob(
        [
            (chest[0] - tall * 0.088, chest[1]),
            (hip[0] - tall * 0.082, hip[1]),
            (hip[0] - tall * 0.108 + blow, hem),
            (hip[0] + tall * 0.10 + blow * 0.6, hem + tall * 0.01),
            (hip[0] + tall * 0.080, hip[1]),
            (chest[0] + tall * 0.088, chest[1]),
        ]
    )


def draw_couple(pen: Pen, rng: Rng, x: float, foot: float, tall: float, pose: str = "") -> None:
    """Two people: hand in hand, in each other's arms, or side by side on the ground."""
    way = pose or str(rng.choice(["hands", "embrace", "sit", "waltz"]))
    if way == "sit":
        for out, size, dress in ((-1, 1.0, False), (1, 0.94, True)):
            _draw_body(pen, rng, x + out * tall * 0.115, foot, tall * size, "sit", dress=dress, flip=out > 0)
        pen.limb((x - tall * 0.08, foot - tall * 0.38), (x + tall * 0.10, foot - tall * 0.30), tall * 0.05, tall * 0.04)
    elif way == "embrace":
        for out, size, dress in ((-1, 1.0, False), (1, 0.92, True)):
            _leaning(pen, rng, x + out * tall * 0.085, foot, tall * size, -out, dress=dress)
    elif way == "waltz":
        for out, size, dress in ((-1, 1.0, False), (1, 0.94, True)):
            _leaning(pen, rng, x + out * tall * 0.105, foot, tall * size, -out, dress=dress, apart=True)
        pen.limb((x - tall * 0.10, foot - tall * 0.80), (x - tall * 0.29, foot - tall * 0.86), tall * 0.05, tall * 0.034)
        pen.limb((x + tall * 0.08, foot - tall * 0.75), (x - tall * 0.29, foot - tall * 0.86), tall * 0.045, tall * 0.032)
    else:
        for out, size, dress in ((-1, 1.0, False), (1, 0.93, True)):
            _draw_body(pen, rng, x + out * tall * 0.17, foot, tall * size, str(rng.choice(["stand", "walk"])), dress=dress, flip=out > 0)
        pen.limb((x - tall * 0.10, foot - tall * 0.70), (x, foot - tall * 0.45), tall * 0.046, tall * 0.034)
        pen.limb((x + tall * 0.10, foot - tall * 0.66), (x, foot - tall * 0.45), tall * 0.042, tall * 0.032)
    pen.soften(tall * _SOFT)


def _leaning(pen: Pen, rng: Rng, x: float, foot: float, tall: float, toward: int, *, dress: bool, apart: bool = False) -> None:
    """One of two who hold each other: leans `toward` (-1 left, 1 right)."""
    lean = toward * tall * (0.02 if apart else 0.045)
    hip, chest = (x, foot - tall * 0.50), (x + lean, foot - tall * 0.79)
    head = (x + lean * (1.6 if apart else 1.5), foot - tall * 0.92)
    for out in (-1, 1):
        knee, end = (x + out * tall * 0.045, foot - tall * 0.26), (x + out * tall * 0.06 - lean * 0.4, foot)
        pen.limb((hip[0] + out * tall * 0.03, hip[1]), knee, tall * 0.095, tall * 0.064)
        pen.limb(knee, end, tall * 0.064, tall * 0.042)
        pen.oval(end[0] + toward * tall * 0.02, end[1] - tall * 0.012, tall * 0.036, tall * 0.016)
    _trunk(pen, hip, chest, tall, wide=0.12 if dress else 0.14)
    hold = (chest[0] + toward * tall * 0.20, chest[1] + tall * (0.12 if dress else 0.20))
    elbow = (chest[0] + toward * tall * 0.09, chest[1] + tall * 0.17)
    pen.limb((chest[0] + toward * tall * 0.05, chest[1] + tall * 0.02), elbow, tall * 0.055, tall * 0.045)
    pen.limb(elbow, hold, tall * 0.045, tall * 0.032)
    pen.limb(chest, head, tall * 0.05, tall * 0.045)
    _head(pen, rng, head, tall, float(toward), long_hair=dress, moving=False)
    if dress:
        legs = [(x - tall * 0.05, foot - tall * 0.26), (x, foot), (x + tall * 0.05, foot - tall * 0.26), (x, foot)]
        _skirt(pen, rng, hip, chest, legs, tall, float(toward), wide=apart)


def draw_musician(pen: Pen, rng: Rng, x: float, foot: float, tall: float, instrument: str = "") -> None:
    """A guitar player, or a singer at a microphone."""
    if (instrument or str(rng.choice(["guitar", "guitar", "microphone"]))) == "microphone":
        _draw_body(pen, rng, x, foot, tall, "stand", flip=False)
        pen.limb((x + tall * 0.08, foot - tall * 0.78), (x + tall * 0.15, foot - tall * 0.66), tall * 0.05, tall * 0.042)
        pen.limb((x + tall * 0.15, foot - tall * 0.66), (x + tall * 0.09, foot - tall * 0.80), tall * 0.042, tall * 0.03)
        pen.soften(tall * _SOFT)
        pen.limb((x + tall * 0.20, foot), (x + tall * 0.13, foot - tall * 0.84), max(1.2, tall * 0.014))
        pen.oval(x + tall * 0.20, foot - tall * 0.004, tall * 0.08, tall * 0.012)
        pen.oval(x + tall * 0.118, foot - tall * 0.865, tall * 0.022, tall * 0.030, 0.5)
        return
    legs = ((-0.085, -0.26), (-0.11, 0.0), (0.085, -0.26), (0.12, 0.0))
    for knee, end, out in ((legs[0], legs[1], -1), (legs[2], legs[3], 1)):
        pen.limb((x + out * tall * 0.04, foot - tall * 0.5), (x + knee[0] * tall, foot + knee[1] * tall), tall * 0.1, tall * 0.068)
        pen.limb((x + knee[0] * tall, foot + knee[1] * tall), (x + end[0] * tall, foot), tall * 0.068, tall * 0.044)
        pen.oval(x + (end[0] + out * 0.02) * tall, foot - tall * 0.012, tall * 0.042, tall * 0.017)
    chest = (x + tall * 0.0, foot - tall * 0.80)
    _trunk(pen, (x, foot - tall * 0.5), chest, tall, 0.14)
    pen.limb(chest, (x + tall * 0.015, foot - tall * 0.92), tall * 0.05)
    _head(pen, rng, (x + tall * 0.02, foot - tall * 0.925), tall, 1.0, long_hair=bool(rng.random() < 0.5), moving=False)
    body = (x - tall * 0.035, foot - tall * 0.55)
    pen.oval(body[0] - tall * 0.055, body[1] + tall * 0.03, tall * 0.105, tall * 0.088, -0.4)
    pen.oval(body[0] + tall * 0.06, body[1] - tall * 0.02, tall * 0.078, tall * 0.066, -0.4)
    pen.soften(tall * _SOFT)
    neck = (body[0] + tall * 0.40, body[1] - tall * 0.17)
    pen.limb(body, neck, tall * 0.026, tall * 0.020)
    pen.limb(neck, (neck[0] + tall * 0.06, neck[1] - tall * 0.025), tall * 0.034, tall * 0.028)
    pen.limb((x - tall * 0.10, chest[1] + tall * 0.02), (x - tall * 0.20, foot - tall * 0.62), tall * 0.055, tall * 0.044)
    pen.limb((x - tall * 0.20, foot - tall * 0.62), (x - tall * 0.04, foot - tall * 0.56), tall * 0.044, tall * 0.03)
    pen.limb((x + tall * 0.10, chest[1] + tall * 0.02), (x + tall * 0.20, foot - tall * 0.63), tall * 0.055, tall * 0.044)
    pen.limb((x + tall * 0.20, foot - tall * 0.63), (x + tall * 0.27, foot - tall * 0.68), tall * 0.044, tall * 0.03)


def draw_crowd(pen: Pen, rng: Rng, foot: float, head: float, span: tuple[float, float], *, cheering: float = 0.55) -> None:
    """Heads and shoulders side by side along row `foot`, `head` pixels per head; some arms are up, some hold a phone."""
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
    _draw_body(pen, rng, x, foot, tall, str(rng.choice(["stand", "walk"])), flip=False)
    top = (x + tall * 0.06, foot - tall * 1.10)
    pen.limb((x + tall * 0.09, foot - tall * 0.78), (x + tall * 0.14, foot - tall * 0.66), tall * 0.046, tall * 0.04)
    pen.limb((x + tall * 0.14, foot - tall * 0.66), (x + tall * 0.095, foot - tall * 0.70), tall * 0.04, tall * 0.03)
    pen.soften(tall * _SOFT)
    pen.limb((x + tall * 0.10, foot - tall * 0.62), top, max(1.0, tall * 0.014))
    reach, drop = tall * 0.34, tall * 0.21
    arc = [(top[0] - reach * np.cos(t), top[1] + drop - drop * 1.15 * np.sin(t)) for t in np.linspace(0, np.pi, 24)]
    scallops: list[Point] = []
    for part in range(5, 0, -1):
        start, end = top[0] - reach + 2 * reach * part / 5, top[0] - reach + 2 * reach * (part - 1) / 5
        scallops += [(start + (end - start) * t, top[1] + drop - tall * 0.035 * float(np.sin(np.pi * t))) for t in np.linspace(0, 1, 6)]
    pen.polygon([*arc, *scallops])
    pen.limb(top, (top[0], top[1] - tall * 0.05), tall * 0.012)


def draw_child(pen: Pen, rng: Rng, x: float, foot: float, tall: float) -> list[tuple[float, float, float]]:
    """A child with balloons on strings; returns the balloons as (x, y, radius) for painting in color."""
    _draw_body(pen, rng, x, foot, tall, "reach", flip=False)
    pen.oval(x - tall * 0.01, foot - tall * 0.92, tall * 0.075, tall * 0.078)
    pen.soften(tall * _SOFT)
    hand = (x + tall * 0.13, foot - tall * 1.13)
    found = []
    for _ in range(int(rng.integers(1, 5))):
        bx, by = hand[0] + tall * float(rng.uniform(-0.22, 0.30)), hand[1] - tall * float(rng.uniform(0.55, 0.95))
        bend = [(hand[0] + (bx - hand[0]) * t + tall * 0.02 * np.sin(t * 5), hand[1] + (by - hand[1]) * t) for t in np.linspace(0, 1, 9)]
        pen.path(bend, max(1.0, tall * 0.006))
        found.append((bx, by - tall * 0.13, tall * 0.12))
    return found
