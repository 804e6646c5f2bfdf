"""Finding cuts: decoded frames against what the shots themselves look like around each cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.media.assembly import FilmSpec
from pipeline.media.certificate.values import CutFact
from pipeline.media.shots import Edge
from pipeline.media.timeline import CUT, Transition, blend_window, ms_at
from pipeline.media.transitions import blended

REACH = 4  # frames to both sides in which a cut that is not at its place is looked for
OFFSETS = range(-REACH, REACH + 1)
SAME = 0.25  # mean gray levels that a better match elsewhere must gain before it counts
MATCHES, MATCHES_BLEND = 5.0, 14.0  # mean gray levels; small prints only approximate wipes and slides

Print = NDArray[np.uint8]
Prints = Mapping[int, Print]


def frames_near_cuts(spec: FilmSpec) -> frozenset[int]:
    """The film's frames whose fingerprints the search needs."""
    near: set[int] = set()
    for cut, transition in zip(spec.cuts, spec.transitions, strict=True):
        first, last = blend_window(cut, transition)
        for middle in (first - 1, cut, last):
            near |= set(range(middle - REACH - 2, middle + REACH + 3))
    return frozenset(n for n in near if 0 <= n < spec.frames)


def cut_facts(
    spec: FilmSpec, edges: Sequence[Sequence[Edge]], film: Prints, beats_ms: Sequence[int]
) -> tuple[CutFact, ...]:
    """Where every planned cut really is.

    `edges` are the shots' own fingerprints, `film` those of the decoded film by frame.
    """
    shots = [{edge.frame: edge.pixels() for edge in shot} for shot in edges]
    return tuple(
        _cut_fact(cut, transition, shots[n], shots[n + 1], film, beats_ms, spec.profile.fps)
        for n, (cut, transition) in enumerate(zip(spec.cuts, spec.transitions, strict=True))
    )


def _cut_fact(
    cut: int,
    transition: Transition,
    left: Prints,
    right: Prints,
    film: Prints,
    beats_ms: Sequence[int],
    fps: int,
) -> CutFact:
    window = blend_window(cut, transition)
    both = {n: (left[n], right[n]) for n in range(*window) if n in left and n in right}
    planned = _planned(window, left, right, both, transition)
    # A misplaced stretch shows everything earlier or later, a misplaced blend each frame in time but too far on.
    moved = {offset: _error(planned, film, offset) for offset in OFFSETS}
    blend = {offset: _error(_mixed(both, window, transition, offset), film) for offset in OFFSETS} if both else moved
    gain, offset = max((errors[0] - errors[_best(errors)], _best(errors)) for errors in (moved, blend))
    if gain <= SAME:
        offset = 0
    error = min(moved[offset], blend[offset]) if offset else moved[0]
    limit = MATCHES if transition == CUT else MATCHES_BLEND
    belongs = error <= limit and all(_shown(planned[n], film, (n, n + offset)) for n in (min(planned), max(planned)))
    return CutFact(
        planned_frame=cut,
        kind=transition.kind,
        offset_frames=offset if belongs else None,
        error_centilevels=round(min(error, 255.0) * 100),
        beat_offset_ms=_beat_offset(ms_at(cut, fps), beats_ms),
    )


def _best(errors: Mapping[int, float]) -> int:
    return min(errors, key=lambda offset: (errors[offset], abs(offset)))


def _planned(
    window: tuple[int, int],
    left: Prints,
    right: Prints,
    both: Mapping[int, tuple[Print, Print]],
    transition: Transition,
) -> dict[int, Print]:
    """What the film should show near the cut, as far as the shots' fingerprints reach."""
    first, last = window
    before = {n: left[n] for n in range(first - 3, first) if n in left}
    after = {n: right[n] for n in range(last, last + 3) if n in right}
    return {**before, **_mixed(both, window, transition, 0), **after}


def _mixed(
    both: Mapping[int, tuple[Print, Print]], window: tuple[int, int], transition: Transition, late: int
) -> dict[int, Print]:
    """The frames of a blend that began `late` frames later than planned."""
    return {n: _blended_print(transition, *pair, n - window[0] - late) for n, pair in both.items()}


def _blended_print(transition: Transition, left: Print, right: Print, step: int) -> Print:
    """The product's own blend, on fingerprints: luma above, flat chroma below, as it expects a frame."""
    if step < 0:
        return left
    if step >= transition.frames:
        return right
    height, width = left.shape
    gray = np.full((height // 2, width), 128, np.uint8)
    frame = blended(transition.kind, np.vstack([left, gray]), np.vstack([right, gray]), step, transition.frames)
    return frame[:height]


def _shown(pixels: Print, film: Prints, frames: Sequence[int]) -> bool:
    """Whether one of the film's `frames` is this picture."""
    return any(frame in film and np.abs(pixels.astype(np.int16) - film[frame]).mean() <= MATCHES for frame in frames)


def _error(planned: Prints, film: Prints, offset: int = 0) -> float:
    """Mean difference in gray levels when the cut lay `offset` frames later than planned; infinite without frames."""
    pairs = [(pixels, film[frame + offset]) for frame, pixels in planned.items() if frame + offset in film]
    if len(pairs) < max(1, len(planned) - 2):
        return float("inf")
    return float(np.mean([np.abs(a.astype(np.int16) - b).mean() for a, b in pairs]))


def _beat_offset(ms: int, beats_ms: Sequence[int]) -> int | None:
    if not beats_ms:
        return None
    at = bisect_left(beats_ms, ms)
    return min((ms - beat for beat in beats_ms[max(0, at - 1) : at + 1]), key=abs)
