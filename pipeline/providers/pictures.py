"""Pictures that a model is given beside the words: which of them it takes, and in what shape they leave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pipeline.media.run import MAX_PIXELS, MediaError
from pipeline.providers.base import ModelRow, Work
from pipeline.providers.capabilities import ImageRequest, PictureInput, Role
from pipeline.providers.local.painter import JPEG, write_picture

MOST_PIXELS = 1_000_000
"""Vendors count what is handed in by the megapixel begun; more than one adds nothing that a picture would show."""
STEP = 16
_SAID: dict[Role, str] = {
    "composition": "a rough drawing of the composition: keep where things are, not how they are drawn",
    "style": "the look of the film: take its colors and light",
    "product": "the product: show it exactly as it is, once, as a part of the scene",
    "reference": "a picture to go by: take its colors, light and subject",
}


def taken_pictures(row: ModelRow, offered: Sequence[PictureInput]) -> tuple[PictureInput, ...]:
    """Those of the pictures on offer that this model takes, in their order."""
    takes = row.pictures
    room = {name: takes.most for name in (takes.composition, takes.reference) if name}
    found = []
    for picture in offered:
        name = takes.composition if picture.role == "composition" else takes.reference
        if room.get(name, 0) > 0:
            room[name] -= 1
            found.append(picture)
    return tuple(found)


def roles_of(pictures: Sequence[PictureInput]) -> tuple[Role, ...]:
    """What these pictures are handed in for."""
    return tuple(picture.role for picture in pictures)


def told_pictures(pictures: Sequence[PictureInput]) -> str:
    """Which picture is what, for a model that reads words and several pictures together."""
    return " ".join(f"Picture {number} is {_SAID[item.role]}." for number, item in enumerate(pictures, 1))


def shaped_picture(picture: PictureInput, request: ImageRequest, number: int, work: Work) -> Path:
    """A picture as a JPEG of at most a megapixel. The product is shown whole, on white; all others are cut to the shape
    of the picture that is wanted, since some models answer in the shape that they are handed. Raises MediaError.
    """
    pixels = _flattened(work.fetch(picture.file))
    if picture.role == "product":
        scale = min(1.0, math.sqrt(MOST_PIXELS / (pixels.shape[0] * pixels.shape[1])))
        size = (max(1, int(pixels.shape[1] * scale)), max(1, int(pixels.shape[0] * scale)))
    else:
        size = _shape(request.width, request.height)
        pixels = _cropped(pixels, *size)
    method = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC
    shaped = np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)
    return write_picture(work.folder / f"given-{number}.jpg", shaped, JPEG)


def _shape(width: int, height: int) -> tuple[int, int]:
    """About a megapixel in this shape, never more; both sides in steps that all models take."""
    scale = math.sqrt(MOST_PIXELS / (width * height))
    return max(STEP, int(width * scale) // STEP * STEP), max(STEP, int(height * scale) // STEP * STEP)


def _cropped(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The middle of the picture in another shape."""
    high, wide = pixels.shape[:2]
    across, down = min(wide, max(1, high * width // height)), min(high, max(1, wide * height // width))
    left, top = (wide - across) // 2, (high - down) // 2
    return pixels[top : top + down, left : left + across]


def _flattened(path: Path) -> NDArray[np.uint8]:
    """H x W x 3 BGR; what can be seen through becomes white."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise MediaError("This picture is too large to be used.", detail=f"{opened.size}")
            whole = opened.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise MediaError("This is not a picture that can be read.", detail=repr(error)) from error
    ground = Image.new("RGBA", whole.size, "white")
    ground.alpha_composite(whole)
    return np.ascontiguousarray(np.asarray(ground.convert("RGB"))[:, :, ::-1])
