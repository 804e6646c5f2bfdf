"""A film that somebody else made larger: whether it is still the same film, and its frames one for one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.run import MediaError, Progress, Stop, Stopped, never

SMALL = (64, 36)
MOST_APART = 20.0
"""Mean levels of 255 that small pictures of the two films may be apart: an enlargement keeps light and color."""
VISIBLE = 6.0
"""A cut that changes less than this is no landmark: in the middle of a blend the pictures on both sides are alike."""
MOST_MISSING, MOST_MORE = 2, 15
"""Frames by which the film that came back may be too short or too long and is brought to its length."""


def exact_frames(picture: Path, frames: int, fps: int, stop: Stop = never) -> Iterator[av.VideoFrame]:
    """Exactly so many frames of a video at so many a second, each the one that is nearest in time; a last one or two
    that are missing are held. Raises MediaError for a video of another length, Stopped.
    """
    given, before = 0, None
    at, origin = Fraction(0), None
    with open_media(picture, formats=VIDEO_FORMATS, sentence="The enlarged film cannot be read.") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number % 16 == 0 and stop():
                raise Stopped
            if frame.pts is None or frame.time_base is None:
                raise MediaError("The enlarged film does not say when its pictures are shown.")
            origin = frame.pts if origin is None else origin
            now = (frame.pts - origin) * frame.time_base * fps
            while before is not None and given < frames and given - at <= now - given:
                yield before
                given += 1
            before, at = frame, now
    if before is None or at < frames - 1 - MOST_MISSING or at > frames - 1 + MOST_MORE:
        seconds = f"{float(at + 1) / fps if before is not None else 0:.2f}"
        raise MediaError(
            "The film that came back has another length than the one that was sent.",
            detail=f"{seconds} s instead of {frames / fps:.2f} s",
        )
    for _ in range(frames - given):
        yield before


def check_enlarged(
    film: Path,
    picture: Path,
    *,
    frames: int,
    fps: int,
    cuts: Collection[int] = (),
    stop: Stop = never,
    progress: Progress | None = None,
) -> None:
    """Look whether `picture` shows what `film` shows, frame for frame, with every cut at its own frame.

    Both are compared as small gray pictures. Raises MediaError in the user's words, Stopped.
    """
    apart, mine_before, theirs_before = 0.0, None, None
    pairs = zip(exact_frames(film, frames, fps, stop), exact_frames(picture, frames, fps, stop), strict=True)
    for number, (ours, given) in enumerate(pairs):
        mine, theirs = _small(ours), _small(given)
        apart += _apart(mine, theirs)
        if number in cuts and mine_before is not None and theirs_before is not None:
            seen = _apart(mine, mine_before) >= VISIBLE
            early = _apart(theirs_before, mine_before) >= _apart(theirs_before, mine)
            late = _apart(theirs, mine) >= _apart(theirs, mine_before)
            if seen and (early or late):
                raise MediaError(
                    "The film that came back does not cut where this one does, so it is not used.",
                    detail=f"the cut at frame {number} is {'early' if early else 'late'}",
                )
        mine_before, theirs_before = mine, theirs
        if progress is not None:
            progress(number + 1, frames)
    if apart / frames > MOST_APART:
        raise MediaError(
            "The film that came back does not show what this one shows, so it is not used.",
            detail=f"{apart / frames:.1f} levels apart",
        )


def _small(frame: av.VideoFrame) -> NDArray[np.int16]:
    return frame.reformat(width=SMALL[0], height=SMALL[1], format="gray").to_ndarray().astype(np.int16)


def _apart(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    return float(np.abs(one - other).mean())
