"""The picture that stands for a film before it plays: the liveliest of a few key frames."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image

from pipeline.media.containers import VIDEO_FORMATS, full_disk, open_media, publish
from pipeline.media.run import MediaError, Stop, Stopped, never

SAMPLES = 9
MAX_SIDE = 1280
Pixels = NDArray[np.uint8]


def write_poster(film: Path, *, out: Path, folder: Path, stop: Stop = never) -> tuple[int, int]:
    """Write a JPEG of at most 1280 pixels across to `out` and return its (width, height).

    Key frames at even distances are scored by contrast and color, so that a fade or a dark intro is not chosen.
    """
    best, best_score = None, -1.0
    with open_media(film, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        for n in range(SAMPLES):
            if stop():
                raise Stopped
            moment = int((stream.duration or 0) * (2 * n + 1) / (2 * SAMPLES))
            container.seek(moment, stream=stream)
            frame = next(container.decode(stream), None)
            if frame is None:
                continue
            pixels = rgb_pixels(frame)
            # The middle is where things have settled; all else being equal it is taken.
            score = _liveliness(pixels) * (1 - 0.1 * abs(2 * n + 1 - SAMPLES) / SAMPLES)
            if score > best_score:
                best, best_score = pixels, score
    if best is None:
        raise MediaError("There is no picture in this film.", detail=str(film))
    image = Image.fromarray(best)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    made = folder / "poster.jpg"
    try:
        image.save(made, "JPEG", quality=86, progressive=True, optimize=True)
        publish(made, out)
    except OSError as error:
        raise MediaError(full_disk(error) or "The poster could not be written.", detail=repr(error)) from error
    return image.size


def rgb_pixels(frame: Any) -> Pixels:
    """RGB pixels by the BT.709 matrix, which swscale does not take from the frame by itself."""
    converted = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.BICUBIC,
    )
    return np.asarray(converted.to_ndarray(), np.uint8)


def _liveliness(pixels: Pixels) -> float:
    """Contrast plus colorfulness (Hasler and Suesstrunk, "Measuring colourfulness in natural images", 2003)."""
    red, green, blue = (pixels[::8, ::8, n].astype(np.float32) for n in range(3))
    first, second = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(first.std(), second.std()))
    mean = float(np.hypot(first.mean(), second.mean()))
    return float((red + green + blue).std() / 3) + spread + 0.3 * mean
