"""Pictures made on this machine. They are stylised drawings and say so; nothing pretends to be a model's work."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.media.painting import Painting, paint
from pipeline.media.run import MediaError
from pipeline.providers.base import Provider, Work
from pipeline.providers.capabilities import ImageReply, ImageRequest

THUMB_WIDTH = 640
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
THUMB_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 84]


class LocalImage(Provider[ImageRequest, ImageReply]):
    """The embedded painter: words choose the scene, the seed composes it."""

    name = "local"
    label = "Drawn on this server"
    capability = "image"
    reply = ImageReply
    repeatable = True

    def send(self, request: ImageRequest, work: Work) -> ImageReply:
        picture = paint(
            request.prompt,
            seed=request.seed,
            width=request.width,
            height=request.height,
            palette=request.palette,
            bare=request.bare,
        )
        pixels = cv2.cvtColor(picture.image, cv2.COLOR_RGB2BGR)
        return ImageReply(
            image=work.store(write_picture(work.folder / "image.jpg", pixels, JPEG), "images"),
            thumb=work.store(write_thumb(work.folder / "thumb.jpg", pixels), "thumbs"),
            depth=work.store(write_picture(work.folder / "depth.png", _relief(picture)), "depths"),
            particles=picture.particles,
            focus_x=picture.focus_permille[0],
            focus_y=picture.focus_permille[1],
            width=request.width,
            height=request.height,
        )


def write_thumb(path: Path, pixels: np.ndarray) -> Path:
    """A preview at most THUMB_WIDTH wide (H x W x 3, BGR)."""
    height, width = pixels.shape[:2]
    if width > THUMB_WIDTH:
        size = (THUMB_WIDTH, max(1, round(height * THUMB_WIDTH / width)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return write_picture(path, pixels, THUMB_JPEG)


def write_picture(path: Path, pixels: np.ndarray, options: list[int] | None = None) -> Path:
    if not cv2.imwrite(str(path), pixels, options or []):
        raise MediaError("The picture could not be written. The disk may be full.", detail=str(path))
    return path


def _relief(picture: Painting) -> np.ndarray:
    """Depth, open water and open sky as the three channels of one picture (`planes.load_depth`, `planes.load_life`).

    At half the size: it is smooth, and a quarter of the bytes travels.
    """
    height, width = picture.depth.shape
    size = (max(1, width // 2), max(1, height // 2))
    depth = cv2.resize(picture.depth, size, interpolation=cv2.INTER_AREA)
    return np.dstack([depth, cv2.resize(picture.life, size, interpolation=cv2.INTER_LINEAR)])
