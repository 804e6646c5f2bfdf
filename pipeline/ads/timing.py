"""The cuts of an ad on the beats of its music."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise

from pipeline.ads.values import FilledBeat
from pipeline.ads.writing import LETTERS_PER_S
from pipeline.media.timeline import frame_at

BRIEFEST_S = 1.6
"""No scene is made shorter than this, whatever its words."""


def frames_on_beats(
    beats: Sequence[FilledBeat], music_ms: Sequence[int], *, within_ms: int, last_s: float, fps: int
) -> tuple[int, ...]:
    """The frames of each beat of the template, every cut moved to the nearest of the music's (`music_ms`, ascending).

    A cut stays where there is none within `within_ms`, or where a caption could no longer be read; the last beat lasts
    at least `last_s` (its end card). The whole is exactly as long as before.
    """
    lengths = [beat.seconds * fps for beat in beats]
    least = [min(length, _least(beat, fps)) for beat, length in zip(beats, lengths, strict=True)]
    least[-1] = min(lengths[-1], max(least[-1], round(last_s * fps)))
    edges = [0, *accumulate(lengths)]
    for at in range(1, len(beats)):
        low, high = edges[at - 1] + least[at - 1], edges[at + 1] - least[at]
        near = [frame for frame in _near(edges[at], music_ms, within_ms, fps) if low <= frame <= high]
        edges[at] = min(near, key=lambda frame: (abs(frame - edges[at]), frame), default=edges[at])
    return tuple(last - first for first, last in pairwise(edges))


def _least(beat: FilledBeat, fps: int) -> int:
    """The frames that its caption is read in."""
    return round(fps * max(BRIEFEST_S, len(beat.caption) / LETTERS_PER_S))


def _near(frame: int, music_ms: Sequence[int], within_ms: int, fps: int) -> list[int]:
    """The frames of the beats around a cut that are within reach."""
    ms = frame * 1000 / fps
    at = bisect_left(music_ms, ms)
    return [frame_at(beat, fps) for beat in music_ms[max(0, at - 1) : at + 1] if abs(beat - ms) <= within_ms]
