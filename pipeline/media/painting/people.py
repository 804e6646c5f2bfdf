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


_STAND = Pose(
    (0, -0.50),
    (0, -0.80),
    (0, -0.925),
    ((-0.13, -0.65), (-0.125, -0.48), (0.13, -0.65), (0.125, -0.48)),
    ((-0.055, -0.26), (-0.065, 0), (0.055, -0.26), (0.065, 0)),
)
_RELAXED = Pose(
    (0.015, -0.50),
    (0, -0.80),
    (0.005, -0.925),
    ((-0.12, -0.65), (-0.06, -0.52), (0.13, -0.65), (0.11, -0.48)),
    ((-0.05, -0.26), (-0.055, 0), (0.06, -0.27), (0.085, 0)),
)
_WALK = Pose(
    (0, -0.50),
    (0.015, -0.80),
    (0.03, -0.925),
    ((-0.11, -0.66), (-0.15, -0.51), (0.11, -0.67), (0.17, -0.55)),
    ((-0.05, -0.27), (-0.17, -0.04), (0.085, -0.28), (0.13, 0)),
)
_RUN = Pose(
    (0, -0.50),
    (0.07, -0.78),
    (0.11, -0.90),
    ((-0.08, -0.70), (-0.17, -0.60), (0.19, -0.65), (0.26, -0.76)),
    ((-0.08, -0.29), (-0.30, -0.24), (0.15, -0.34), (0.13, -0.07)),
)
_OPEN = Pose(
    (0, -0.50),
    (0, -0.80),
    (0, -0.93),
    ((-0.17, -0.86), (-0.31, -0.97), (0.17, -0.86), (0.31, -0.97)),
    ((-0.06, -0.26), (-0.08, 0), (0.06, -0.26), (0.08, 0)),
)
_REACH = Pose(
    (0, -0.50),
    (0.005, -0.80),
    (-0.01, -0.93),
    ((-0.13, -0.66), (-0.14, -0.49), (0.10, -0.96), (0.13, -1.13)),
    ((-0.05, -0.26), (-0.06, 0), (0.06, -0.26), (0.07, 0)),
)
_DANCES = (
    Pose(
        (0.02, -0.50),
        (-0.02, -0.79),
        (-0.06, -0.91),
        ((-0.16, -0.88), (-0.24, -1.04), (0.15, -0.86), (0.32, -0.92)),
        ((0.0, -0.25), (0.0, 0), (0.18, -0.42), (0.09, -0.22)),
    ),
    Pose(
        (0, -0.52),
        (0.03, -0.81),
        (0.06, -0.94),
        ((-0.12, -0.90), (-0.28, -0.99), (0.18, -0.76), (0.34, -0.70)),
        ((0.02, -0.26), (0.03, 0), (-0.18, -0.46), (-0.36, -0.42)),
    ),
    Pose(
        (0, -0.50),
        (0, -0.80),
        (0.02, -0.925),
        ((-0.11, -0.98), (-0.03, -1.12), (0.12, -0.97), (0.05, -1.12)),
        ((-0.03, -0.26), (-0.01, 0), (0.09, -0.33), (0.0, -0.16)),
    ),
    Pose(
        (-0.02, -0.47),
        (-0.09, -0.75),
        (-0.15, -0.86),
        ((-0.22, -0.72), (-0.36, -0.80), (0.05, -0.87), (0.19, -1.00)),
        ((-0.10, -0.24), (-0.06, 0), (0.15, -0.27), (0.32, -0.02)),
    ),
    Pose(
        (0, -0.62),
        (0.02, -0.91),
        (0.05, -1.03),
        ((-0.14, -0.98), (-0.29, -1.07), (0.17, -0.99), (0.32, -1.06)),
        ((-0.18, -0.52), (-0.40, -0.44), (0.19, -0.50), (0.40, -0.40)),
    ),
)
SOFT = 0.0095  # how far joints melt, in body heights
_SIT = Pose(
    (0, -0.10),
    (-0.01, -0.40),
    (0.0, -0.53),
    ((-0.13, -0.25), (-0.15, -0.09), (0.11, -0.26), (0.13, -0.12)),
    ((0.13, -0.20), (0.17, 0.02), (0.16, -0.17), (0.24, 0.02)),
)
POSES: dict[str, tuple[Pose, ...]] = {
    "stand": (_STAND, _RELAXED),
    "walk": (_WALK,),
    "run": (_RUN,),
    "open": (_OPEN,),
    "reach": (_REACH,),
    "dance": _DANCES,
    "sit": (_SIT,),
}


def draw_body(
    pen: Pen,
    rng: Rng,
    x: float,
    foot: float,
    tall: float,
    pose: str = "",
    *,
    dress: bool | None = None,
    flip: bool | None = None,
) -> None:
    """A person of `tall` pixels whose feet stand at (x, foot): body, clothes and hair by the generator."""
    name = pose or str(rng.choice(["stand", "stand", "walk", "stand", "walk", "stand", "walk", "open"]))
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
    draw_trunk(pen, hip, chest, slim, wide=0.118 if skirt else 0.142)
    for elbow, hand, out in ((arms[0], arms[1], -1), (arms[2], arms[3], 1)):
        shoulder = (chest[0] + out * (0.075 if skirt else 0.092) * tall * side, chest[1] + 0.012 * tall)
        pen.limb(shoulder, elbow, slim * 0.056, slim * 0.044)
        pen.limb(elbow, hand, slim * 0.044, slim * 0.030)
        pen.dot(hand[0], hand[1], slim * 0.021)
    pen.limb(chest, head, slim * 0.052, slim * 0.046)
    draw_head(pen, rng, head, slim, side, long_hair=skirt or rng.random() < 0.15, moving=name in ("dance", "run"))
    if skirt and name != "sit":
        draw_skirt(pen, rng, hip, chest, legs, tall, side, wide=name == "dance")
    elif name in ("stand", "walk", "open") and rng.random() < 0.4:
        _coat(pen, rng, hip, chest, tall, side)


def draw_person(
    pen: Pen,
    rng: Rng,
    x: float,
    foot: float,
    tall: float,
    pose: str = "",
    *,
    dress: bool | None = None,
    flip: bool | None = None,
) -> None:
    """A person of `tall` pixels whose feet stand at (x, foot); what is not given the generator chooses."""
    draw_body(pen, rng, x, foot, tall, pose, dress=dress, flip=flip)
    pen.soften(tall * SOFT)


def draw_trunk(pen: Pen, hip: Point, chest: Point, tall: float, wide: float) -> None:
    dx, dy = hip[0] - chest[0], hip[1] - chest[1]
    length = max(1e-6, float(np.hypot(dx, dy)))
    nx, ny = -dy / length * tall, dx / length * tall
    outline = ((-0.06, 0.34), (-0.035, 0.60), (0.05, 0.76), (0.30, 0.66), (0.62, 0.50), (0.92, 0.60), (1.12, 0.60))
    right = [(chest[0] + dx * t + nx * wide * w, chest[1] + dy * t + ny * wide * w) for t, w in outline]
    left = [(chest[0] + dx * t - nx * wide * w, chest[1] + dy * t - ny * wide * w) for t, w in reversed(outline)]
    pen.blob([*right, *left])


def draw_head(pen: Pen, rng: Rng, head: Point, tall: float, side: float, *, long_hair: bool, moving: bool) -> None:
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


def draw_skirt(
    pen: Pen, rng: Rng, hip: Point, chest: Point, legs: list[Point], tall: float, side: float, *, wide: bool
) -> None:
    knees = (legs[0][0] + legs[2][0]) / 2
    hem = hip[1] + tall * float(rng.uniform(0.20, 0.36))
    flare = tall * (float(rng.uniform(0.17, 0.26)) if wide else float(rng.uniform(0.10, 0.15)))
    sway = side * tall * (float(rng.uniform(0.02, 0.10)) if wide else float(rng.uniform(0.0, 0.03)))
    middle = (hip[0] + knees) / 2
    waist = (chest[0] + (hip[0] - chest[0]) * 0.62, chest[1] + (hip[1] - chest[1]) * 0.62)
    left = [
        (middle - sway - flare * (0.40 + 0.60 * t**1.5), waist[1] + (hem - waist[1]) * t) for t in np.linspace(0, 1, 7)
    ]
    right = [
        (middle - sway + flare * (0.40 + 0.60 * t**1.5), waist[1] + (hem - waist[1]) * t) for t in np.linspace(1, 0, 7)
    ]
    folds = [
        (middle - sway + flare * u, hem + tall * 0.022 * (1 + np.sin(u * 7 + sway)) * (1 - 0.4 * abs(u)))
        for u in np.linspace(-1, 1, 13)
    ]
    pen.polygon(
        [(waist[0] - tall * 0.055, waist[1]), *left[1:], *folds, *right[:-1], (waist[0] + tall * 0.055, waist[1])]
    )


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
