"""Color in OKLab (Bjorn Ottosson, 2020), so that ramps and mixes keep their lightness and never turn muddy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LMS = np.linalg.inv(_TO_LMS).astype(np.float32)
_FROM_LAB = np.linalg.inv(_TO_LAB).astype(np.float32)


def rgb(code: str) -> Floats:
    """The color of a "#rrggbb" code as three floats 0..1 (sRGB)."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / np.float32(255)


def oklab(color: Floats) -> Floats:
    """OKLab of sRGB colors, shape (..., 3)."""
    linear = np.where(color <= 0.04045, color / 12.92, ((np.clip(color, 0, None) + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear.astype(np.float32) @ _TO_LMS.T) @ _TO_LAB.T, np.float32)


def srgb(lab: Floats) -> Floats:
    """sRGB 0..1 of OKLab colors, shape (..., 3); colors outside the screen's range are clipped."""
    linear = np.clip(((lab @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T, 0, 1)
    color = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.clip(color, 0, 1), np.float32)


def mix(first: Floats, second: Floats, share: float) -> Floats:
    """The color that lies `share` (0..1) of the way from the first to the second."""
    return srgb(oklab(first) * np.float32(1 - share) + oklab(second) * np.float32(share))


def ramp(stops: Sequence[Floats], size: int = 512, places: Sequence[float] | None = None) -> Floats:
    """A table of `size` x 3 sRGB colors that runs through the stops."""
    labs = oklab(np.stack(list(stops)).astype(np.float32))
    at = np.linspace(0, 1, len(stops)) if places is None else np.asarray(places)
    share = np.linspace(0, 1, size)
    return srgb(np.stack([np.interp(share, at, labs[:, k]) for k in range(3)], 1).astype(np.float32))


def lookup(table: Floats, share: Floats) -> Floats:
    """Colors of a ramp for shares 0..1 of any shape."""
    last = len(table) - 1
    return np.asarray(np.take(table, np.clip(share * last, 0, last).astype(np.int32), axis=0), np.float32)


def shifted(color: Floats, *, hue: float = 0.0, chroma: float = 1.0, light: float = 0.0) -> Floats:
    """The color with its hue turned by `hue` radians, its chroma multiplied and its OKLab lightness raised."""
    lab = oklab(color)
    cos, sin = np.float32(np.cos(hue) * chroma), np.float32(np.sin(hue) * chroma)
    a, b = lab[..., 1].copy(), lab[..., 2].copy()
    lab[..., 0] = np.clip(lab[..., 0] + np.float32(light), 0, 1)
    lab[..., 1], lab[..., 2] = a * cos - b * sin, a * sin + b * cos
    return srgb(lab)


def lit(color: Floats, level: float, share: float = 1.0) -> Floats:
    """The color with its OKLab lightness moved `share` of the way to `level`."""
    lab = oklab(color)
    before = np.maximum(lab[..., :1], 1e-3)
    after = before * (1 - share) + np.float32(level) * share
    lab[..., 1:] *= np.clip(after / before, 0.35, 1.6) ** 0.5
    lab[..., :1] = after
    return srgb(lab)
