"""The last touch: bloom, vignette, contrast, fine grain and dither, then eight bits."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.canvas import Bytes, Canvas
from pipeline.media.painting.noise import enlarged, smooth


def finished(
    canvas: Canvas, *, bloom: float = 0.35, vignette: float = 0.30, contrast: float = 1.06, grain: float = 0.007
) -> Bytes:
    """The picture as uint8 H x W x 3.

    Bloom spreads what is brighter than 0.62 in three widths. The dither is half a step of noise per pixel, which
    keeps the slow gradients of a sky from falling into bands.
    """
    image, width, height = canvas.image, canvas.width, canvas.height
    np.clip(image, 0, 1, out=image)
    if bloom > 0:
        _bloom(canvas, bloom)
    _grade(canvas, vignette, contrast)
    rng = canvas.rng("grain")
    specks = rng.standard_normal((max(2, height // 2), max(2, width // 2)), dtype=np.float32) * np.float32(grain)
    noise = enlarged(specks, width, height)
    noise += (rng.random((height, width), dtype=np.float32) - np.float32(0.5)) * np.float32(1.6 / 255)
    image += noise[..., None]
    return np.asarray(cv2.convertScaleAbs(np.maximum(image, 0), alpha=255), np.uint8)


def _bloom(canvas: Canvas, amount: float) -> None:
    width, height, unit = canvas.width, canvas.height, canvas.unit
    small = cv2.resize(canvas.image, (max(2, width // 4), max(2, height // 4)), interpolation=cv2.INTER_AREA)
    bright = np.maximum(small - np.float32(0.62), 0)
    tight = cv2.GaussianBlur(bright, (0, 0), max(0.6, unit * 0.0011))
    wide = cv2.resize(bright, (max(2, width // 16), max(2, height // 16)), interpolation=cv2.INTER_AREA)
    middle = cv2.GaussianBlur(wide, (0, 0), max(0.6, unit * 0.0032))
    broad = cv2.GaussianBlur(wide, (0, 0), max(0.6, unit * 0.010))
    rest = enlarged(np.asarray(middle * 0.7 + broad * 0.8, np.float32), tight.shape[1], tight.shape[0])
    canvas.shine_soft((tight * np.float32(0.5) + rest) * np.float32(amount * 2))


def _grade(canvas: Canvas, vignette: float, contrast: float) -> None:
    x = np.linspace(-1, 1, max(2, canvas.width // 8), dtype=np.float32)[None]
    y = np.linspace(-1, 1, max(2, canvas.height // 8), dtype=np.float32)[:, None]
    shade = 1 - np.float32(vignette) * smooth(0.42, 1.85, x * x * 0.9 + y * y)
    full = enlarged(shade * np.float32(contrast), canvas.width, canvas.height)
    canvas.image *= full[..., None]
    canvas.image -= np.float32((contrast - 1) * 0.42)


def finished_depth(canvas: Canvas) -> Bytes:
    """The depth, softened so that a parallax remap bends at edges instead of tearing them."""
    width, height = canvas.width, canvas.height
    small = cv2.resize(canvas.depth, (max(2, width // 4), max(2, height // 4)), interpolation=cv2.INTER_AREA)
    # Near things first grow a little: the soft edge then lies on the background, where a stretch is not seen.
    reach = max(1, round(canvas.unit * 0.0022))
    grown = cv2.dilate(small, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    soft = cv2.GaussianBlur(grown, (0, 0), max(1.0, canvas.unit * 0.0045))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
