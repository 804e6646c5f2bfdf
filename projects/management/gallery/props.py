"""What the gallery's ad is about: a photo of a bottle that we draw ourselves, and the mark of its maker."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1200, 1600
GROUND = (236, 236, 233)
STEEL, BODY, BAND = (205, 209, 212), (22, 104, 112), (255, 179, 71)


def bottle_photo() -> Bytes:
    """(1600, 1200, 3) RGB: an insulated bottle before a plain ground, lit from the left, as a shop's photo shows it."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    picture = np.empty((HEIGHT, WIDTH, 3))
    picture[:] = np.array(GROUND) * (1 - 0.05 * (y / HEIGHT))[..., None]
    middle = WIDTH / 2
    for top, bottom, half, color, round_top, round_bottom in (
        (340, 400, 74, (150, 156, 160), 6, 6),  # the neck
        (225, 350, 88, STEEL, 30, 10),  # the lid
        (390, 1390, 205, BODY, 150, 46),
    ):
        inside = _rounded(x - middle, y, top, bottom, half, round_top, round_bottom)
        shade = _cylinder((x - middle) / half)
        picture = _laid(picture, np.array(color) * shade[..., None] + _gloss((x - middle) / half)[..., None], inside)
    band = _rounded(x - middle, y, 1120, 1150, 205, 0, 0)
    picture = _laid(picture, np.array(BAND) * _cylinder((x - middle) / 205)[..., None], band)
    mark = cv2.resize(_drop(220), (190, 190), interpolation=cv2.INTER_AREA).astype(np.float64) / 255
    stamped = np.zeros((HEIGHT, WIDTH))
    stamped[720:910, int(middle) - 95 : int(middle) + 95] = mark
    picture = _laid(picture, np.full_like(picture, 238.0) * _cylinder((x - middle) / 205)[..., None], stamped)
    ring = _rounded(x - middle, y, 262, 270, 88, 0, 0)
    picture = _laid(picture, np.full_like(picture, 120.0), ring * 0.5)
    return np.clip(picture, 0, 255).astype(np.uint8)


def maker_mark() -> Bytes:
    """(420, 420, 4) RGBA: a drop over two waves, on nothing."""
    alpha = _drop(420)
    color = np.zeros((420, 420, 4), np.uint8)
    color[..., :3] = BAND
    color[..., 3] = alpha
    return color


def _drop(size: int) -> Bytes:
    """A drop with two waves cut out of it, as coverage."""
    big = size * 4
    y, x = np.mgrid[0:big, 0:big].astype(np.float64) / big - 0.5
    round_part = np.hypot(x, y - 0.12) < 0.3
    # The tip: what lies between the two tangents from (0, -0.46) to the circle, down to where they touch it.
    tip = (y > -0.46) & (y < -0.035) & (np.abs(x) < (y + 0.46) * 0.6043)
    waves = np.zeros_like(x, bool)
    for middle in (0.08, 0.22):
        waves |= np.abs(y - middle - 0.03 * np.sin(x * 16)) < 0.024
    shape = ((round_part | tip) & ~waves).astype(np.uint8) * 255
    return np.asarray(cv2.resize(shape, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _rounded(x: Floats, y: Floats, top: float, bottom: float, half: float, r_top: float, r_bottom: float) -> Floats:
    """Coverage of an upright rectangle with rounded corners, edges softened over two pixels."""
    radius = np.where(y < (top + bottom) / 2, r_top, r_bottom)
    dx = np.abs(x) - half + radius
    dy = np.maximum(top - y, y - bottom) + radius
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0) - radius
    return np.asarray(np.clip(0.5 - outside / 2, 0, 1))


def _cylinder(across: Floats) -> Floats:
    """Light over a round body, -1 at its left edge and 1 at its right one."""
    a = np.clip(across, -1, 1)
    return np.asarray(0.42 + 0.62 * np.exp(-(((a + 0.34) / 0.42) ** 2)) + 0.2 * np.exp(-(((a - 0.72) / 0.16) ** 2)))


def _gloss(across: Floats) -> Floats:
    """A narrow reflection of the window."""
    return np.asarray(95 * np.exp(-(((across + 0.46) / 0.075) ** 2)))


def _laid(ground: Floats, color: Floats, coverage: Floats) -> Floats:
    return np.asarray(ground * (1 - coverage[..., None]) + color * coverage[..., None])
