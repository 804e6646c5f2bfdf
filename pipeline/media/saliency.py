"""Where the eye goes in a picture that nobody has told us about: an upload, or what a hosted model drew.

What stands out by its color (frequency-tuned saliency: R. Achanta et al., CVPR 2009) and by its detail (spectral
residual: X. Hou and L. Zhang, CVPR 2007), looked at from afar. The painter knows its own pictures better, and says so.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MIDDLE = (500, 500)
SIDE = 96
"""Pixels of the longer side that is looked at."""
SPREAD = 0.09
"""How far around a point counts with it, as a share of the longer side."""
LEAST_CONTRAST = 6.0
"""Distance in CIE Lab below which nothing stands out."""
TOWARD_MIDDLE = 0.45
"""Standard deviation of the preference for the middle, as a share of each side."""

Map = NDArray[np.float32]


def eye_point(picture: NDArray[np.uint8]) -> tuple[int, int]:
    """(x, y) in permille of width and height, for a picture of (height, width, 3) RGB; the middle of one in which
    nothing stands out.
    """
    small = _from_afar(picture)
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)
    color = _color_contrast(lab)
    if float(color.max()) < LEAST_CONTRAST:
        return MIDDLE
    found = _unit(color) * (0.25 + _unit(_detail(lab[..., 0])))
    found = _blurred(found, SPREAD * SIDE) * _preference(found.shape)
    y, x = np.unravel_index(int(found.argmax()), found.shape)
    return _permille(int(x), found.shape[1]), _permille(int(y), found.shape[0])


def _from_afar(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _color_contrast(lab: Map) -> Map:
    """How far each place is from the color of the whole."""
    smooth = _blurred(lab, 1.0)
    return np.asarray(np.linalg.norm(smooth - lab.reshape(-1, 3).mean(axis=0), axis=2), np.float32)


def _detail(light: Map) -> Map:
    """What of the light is not as in any picture: the spectrum without its own average."""
    spectrum = np.fft.fft2(light)
    loud = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    rare = loud - cv2.blur(loud, (3, 3), borderType=cv2.BORDER_REPLICATE)
    back = np.fft.ifft2(np.exp(rare + 1j * np.angle(spectrum)))
    return _blurred(np.asarray(np.abs(back) ** 2, np.float32), SIDE / 32)


def _preference(shape: tuple[int, ...]) -> Map:
    """1 in the middle, less toward the edges, where pictures seldom have what they are about."""
    down, across = (np.linspace(-0.5, 0.5, count, dtype=np.float32) / TOWARD_MIDDLE for count in shape[:2])
    return np.asarray(np.exp(-(down[:, None] ** 2 + across[None] ** 2) / 2), np.float32)


def _blurred(values: Any, sigma: float) -> Map:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _unit(values: Map) -> Map:
    return np.asarray(values / max(float(values.max()), 1e-6), np.float32)


def _permille(at: int, count: int) -> int:
    return round(1000 * (at + 0.5) / count)
