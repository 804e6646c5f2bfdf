"""Colors that are read on one another, by the relative luminance of WCAG 2.2. Colors are RRGGBB."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DARK_INK, LIGHT_INK = "111318", "FFFFFF"


def luminance(rgb: NDArray[np.floating] | tuple[int, ...]) -> float:
    """Relative luminance (0..1) of 8-bit sRGB (WCAG 2.2)."""
    c = np.asarray(rgb, np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def rgb_of(color: str) -> tuple[int, int, int]:
    """The three bytes of a color."""
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:6], 16)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colors, 1 to 21."""
    high, low = sorted((luminance(rgb_of(one)), luminance(rgb_of(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better on a color."""
    return max((LIGHT_INK, DARK_INK), key=lambda ink: contrast(ink, ground))
