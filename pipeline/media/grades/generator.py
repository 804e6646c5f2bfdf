"""The looks that ship: made by a few numbers each, written by `python -m pipeline.media.grades.generator`.

The files are committed, so that what a name looks like never changes unseen; a test compares them with this generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.grades.cube import Table, cube_text, identity

SIZE = 17
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
FOLDER = Path(__file__).parent / "looks"
Color = tuple[float, float, float]


@dataclass(frozen=True)
class Look:
    """`contrast` is the share of an S-curve, `lift` raises black, `fall` lowers white, `shadows` and `highlights` are
    added where it is dark or bright, `gray` is the share of a black-and-white picture tinted by `tint`.
    """

    label: str
    contrast: float = 0.0
    saturation: float = 1.0
    gamma: float = 1.0
    lift: float = 0.0
    fall: float = 0.0
    shadows: Color = (0.0, 0.0, 0.0)
    middle: Color = (0.0, 0.0, 0.0)
    highlights: Color = (0.0, 0.0, 0.0)
    gray: float = 0.0
    tint: Color = (1.0, 1.0, 1.0)


LOOKS: dict[str, Look] = {
    "teal_orange": Look(
        "Teal and orange", contrast=0.3, saturation=1.1, shadows=(-0.03, 0.03, 0.06), highlights=(0.05, 0.0, -0.035)
    ),
    "golden_hour": Look(
        "Golden hour", contrast=0.15, saturation=1.08, gamma=0.95, middle=(0.055, 0.008, -0.03),
        highlights=(0.04, 0.005, -0.03),
    ),
    "blue_hour": Look(
        "Blue hour", contrast=0.2, saturation=0.9, gamma=1.1, shadows=(-0.02, 0.0, 0.06), middle=(-0.04, -0.005, 0.05)
    ),
    "moonlight": Look(
        "Moonlight", contrast=0.15, saturation=0.55, gamma=1.3, shadows=(-0.01, 0.01, 0.05),
        highlights=(-0.05, 0.0, 0.03),
    ),
    "faded_film": Look(
        "Faded film", contrast=-0.1, saturation=0.8, lift=0.075, fall=0.05, shadows=(0.01, 0.015, 0.03),
        highlights=(0.03, 0.015, -0.02),
    ),
    "vintage": Look(
        "Vintage", contrast=0.1, saturation=0.75, lift=0.04, fall=0.03, shadows=(0.03, 0.0, 0.02),
        middle=(0.035, 0.015, -0.035), highlights=(0.03, 0.02, -0.06),
    ),
    "bleach": Look("Bleach bypass", contrast=0.55, saturation=0.45),
    "noir": Look("Noir", contrast=0.6, gamma=1.08, gray=1.0),
    "silver": Look("Silver", contrast=0.2, lift=0.02, gray=1.0, tint=(0.985, 1.0, 1.03)),
    "sepia": Look("Sepia", contrast=0.15, lift=0.02, gray=0.85, tint=(1.09, 0.99, 0.8)),
    "vivid": Look("Vivid", contrast=0.3, saturation=1.35),
    "pastel": Look("Pastel", contrast=-0.2, saturation=0.8, gamma=0.85, lift=0.05, highlights=(0.02, 0.0, 0.02)),
    "neon": Look(
        "Neon", contrast=0.35, saturation=1.3, shadows=(0.03, -0.03, 0.08), highlights=(0.02, -0.01, 0.05)
    ),
}  # fmt: skip


def table_of(look: Look, size: int = SIZE) -> Table:
    """The look as a table."""
    color = identity(size) ** look.gamma
    curve = color * color * (3 - 2 * color)
    color = color + look.contrast * (curve - color)
    luma = (color @ LUMA)[..., None]
    dark, bright = (1 - luma) ** 2, luma**1.5
    for weight, added in ((dark, look.shadows), (4 * luma * (1 - luma), look.middle), (bright, look.highlights)):
        color = color + weight * np.asarray(added, np.float32) * np.minimum(1, 8 * luma + 0.25)
    luma = (color @ LUMA)[..., None]
    color = luma + (color - luma) * look.saturation
    color = color * (1 - look.gray) + luma * np.asarray(look.tint, np.float32) * look.gray
    color = look.lift + color * (1 - look.lift - look.fall)
    return np.asarray(np.clip(color, 0, 1), np.float32)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, look in LOOKS.items():
        (FOLDER / f"{name}.cube").write_text(cube_text(table_of(look), look.label), encoding="utf-8")


if __name__ == "__main__":
    main()
