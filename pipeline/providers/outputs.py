"""A vendor's finished file, fetched, decoded and stored: only what was decoded counts as an answer."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.probe import probe_song
from pipeline.media.run import MAX_PIXELS, MediaError, Stop, Stopped
from pipeline.media.saliency import eye_point
from pipeline.providers.base import Bill, Work
from pipeline.providers.capabilities import ImageReply
from pipeline.providers.http import DownloadFailed, Hosts, download
from pipeline.providers.local.painter import JPEG, write_picture, write_thumb

MAX_PICTURE_BYTES = 64 << 20
MAX_CLIP_BYTES = 512 << 20
MAX_MUSIC_BYTES = 256 << 20
MAX_MUSIC_SECONDS = 1200
DOWNLOADS = 3
PAUSES_S = (0.5, 2.0)
FETCH_S = 240
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
}


@dataclass(frozen=True)
class ClipFacts:
    """What a clip turned out to be when its first frame was decoded."""

    width: int
    height: int
    duration_ms: int


def fetch_output(address: str, stem: Path, *, hosts: Hosts, max_bytes: int, stop: Stop) -> tuple[Path, int]:
    """The file at an output's address (https: or data:), and how often it was asked for.

    A download that breaks is asked for again, up to DOWNLOADS times: the file is paid for, and asking costs nothing.
    Raises DownloadFailed or Stopped.
    """
    if address.startswith("data:"):
        return _unpacked(address, stem, max_bytes), 1
    for attempt in range(1, DOWNLOADS + 1):
        try:
            kind = download(address, stem, hosts=hosts, max_bytes=max_bytes, total_s=FETCH_S, stop=stop)
        except DownloadFailed as error:
            if error.gone or attempt == DOWNLOADS:
                raise
            _pause(PAUSES_S[attempt - 1], stop)
        else:
            return stem.rename(stem.with_suffix(SUFFIXES.get(kind, ".bin"))), attempt
    raise AssertionError("unreachable")


def _pause(seconds: float, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if stop():
            raise Stopped
        time.sleep(min(0.1, left))


def _unpacked(address: str, stem: Path, max_bytes: int) -> Path:
    """A data: address as a file. Small models answer in this way."""
    head, _, body = address.partition(",")
    if not head.endswith(";base64") or len(body) * 3 // 4 > max_bytes:
        raise DownloadFailed("an output in the answer itself that cannot be used", gone=True)
    path = stem.with_suffix(SUFFIXES.get(head.removeprefix("data:").removesuffix(";base64").lower(), ".bin"))
    try:
        path.write_bytes(base64.b64decode(body, validate=True))
    except binascii.Error as error:
        raise DownloadFailed(f"an output in the answer itself that is damaged: {error}", gone=True) from error
    return path


def picture_pixels(path: Path) -> NDArray[np.uint8]:
    """A vendor's picture as H x W x 3 BGR, upright. Raises MediaError for what is none."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise MediaError("This picture is too large to be used.", detail=f"{opened.size}")
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise MediaError("This is not a picture that can be read.", detail=repr(error)) from error
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def stored_picture(path: Path, work: Work, bill: Bill) -> ImageReply:
    """The picture in storage with its preview; nothing of the vendor's file is kept but its pixels."""
    pixels = picture_pixels(path)
    height, width = pixels.shape[:2]
    x, y = eye_point(np.ascontiguousarray(pixels[:, :, ::-1]))
    return ImageReply(
        image=work.store(write_picture(work.folder / "image.jpg", pixels, JPEG), "images"),
        thumb=work.store(write_thumb(work.folder / "thumb.jpg", pixels), "thumbs"),
        width=width,
        height=height,
        focus_x=x,
        focus_y=y,
        bill=bill,
    )


def clip_facts(path: Path) -> ClipFacts:
    """Decode a clip's first frame. Raises MediaError for what is no video."""
    with open_media(path, formats=VIDEO_FORMATS, sentence="This is not a video that can be read.") as container:
        if not container.streams.video:
            raise MediaError("This is not a video that can be read.", detail=path.name)
        stream = container.streams.video[0]
        if stream.width * stream.height > MAX_PIXELS:
            raise MediaError("This video is too large to be used.", detail=f"{stream.width}x{stream.height}")
        frame = next(container.decode(stream), None)
        if frame is None:
            raise MediaError("This video holds no picture.", detail=path.name)
        length_ms = container.duration // 1000 if container.duration else 0
        return ClipFacts(width=frame.width, height=frame.height, duration_ms=max(0, length_ms))


def music_ms(path: Path) -> int:
    """The length of a piece of music by decoding it. Raises MediaError."""
    return probe_song(path, max_seconds=MAX_MUSIC_SECONDS).duration_ms


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of one of our own pictures."""
    with Image.open(path) as opened:
        return opened.width, opened.height


def shrunk_jpeg(path: Path, out: Path, *, max_side: int, max_bytes: int) -> Path:
    """A picture as a JPEG of at most `max_side` across and, where the quality allows, `max_bytes`."""
    pixels = picture_pixels(path)
    scale = max_side / max(pixels.shape[:2])
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    for quality in (95, 90, 84):
        write_picture(out, pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if out.stat().st_size <= max_bytes:
            break
    return out
