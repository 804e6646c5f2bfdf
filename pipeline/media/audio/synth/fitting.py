"""Music that fits a picture: the tempo near a mood's own at which the cuts lie on beats, and bars that begin at them.

As composers for film do it: one steady tempo for the whole piece, found by trying which one meets the most hits, and a
shorter bar here and there so that a hit is a first beat, with its new chord (R. Davis, Complete Guide to Film Scoring,
ch. 9, "clicks and timings").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.synth.moods import Form

MOST_STRETCH = 1.2
"""A mood's tempo is changed by this factor at most, or it would be another mood."""
_ODD_BAR = {0: 0.0, 1: 1.0, 2: 0.5, 3: 0.75}
_WEIGHTS = {"missed": 1.0, "odd": 0.3, "tempo": 0.25, "late": 0.1, "apart": 0.05}


@dataclass(frozen=True, slots=True)
class Pulse:
    """A steady beat: its tempo and when its first beat falls."""

    bpm: float
    first_s: float

    @property
    def beat_s(self) -> float:
        return 60 / self.bpm


def fitted_pulse(cuts_s: Sequence[float], usual: Pulse, *, beats_per_bar: int, within_s: float) -> Pulse:
    """The pulse near the usual one at which the most cuts lie on beats, `within_s` of them.

    Among those that do equally well the one with the fewest odd bars between cuts and the nearest tempo. The usual
    one where it meets all cuts anyway.
    """
    cuts = np.array(sorted(cuts_s))
    count = (cuts - usual.first_s) / usual.beat_s
    if bool(np.all(np.abs(count - np.round(count)) * usual.beat_s <= within_s)):
        return usual
    beats, firsts = _candidates(cuts, usual)
    count = (cuts - firsts[:, None]) / beats[:, None]
    nearest = np.round(count)
    apart = np.abs(count - nearest) * beats[:, None]
    met = apart <= within_s
    left = np.diff(nearest, axis=1) % beats_per_bar  # a short bar before the first cut is but an upbeat
    odd = np.vectorize(lambda beats: _ODD_BAR.get(int(beats), 1.0), otypes=[float])(left).sum(axis=1) / len(cuts)
    cost = (
        _WEIGHTS["missed"] * (~met).mean(axis=1)
        + _WEIGHTS["odd"] * odd
        + _WEIGHTS["tempo"] * np.abs(np.log(beats * usual.bpm / 60)) / np.log(MOST_STRETCH)
        + _WEIGHTS["late"] * firsts / beats
        + _WEIGHTS["apart"] * np.where(met, apart / within_s, 0).mean(axis=1)
    )
    best = int(np.argmin(np.round(cost, 9)))
    return Pulse(bpm=round(60 / float(beats[best]), 6), first_s=round(float(firsts[best]), 6))


def _candidates(cuts: NDArray[np.float64], usual: Pulse) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(lengths of a beat, first beats) worth trying: all that meet two of the cuts exactly, and the usual tempo."""
    found = {(usual.beat_s, usual.first_s)}
    found |= {(usual.beat_s, float(cut % usual.beat_s)) for cut in cuts}
    for first, last in combinations(cuts.tolist(), 2):
        low = int(np.ceil((last - first) / (usual.beat_s * MOST_STRETCH) - 1e-9))
        high = int(np.floor((last - first) * MOST_STRETCH / usual.beat_s + 1e-9))
        for count in range(max(1, low), high + 1):
            beat = round((last - first) / count, 9)
            found.add((beat, round(first - beat * int(first / beat + 1e-6), 9)))
    pairs = np.array(sorted(found))
    return pairs[:, 0], np.maximum(0.0, pairs[:, 1])


def fitted_bars(beats: int, marks: Collection[int], beats_per_bar: int) -> tuple[int, ...]:
    """The beats of each bar of a piece of so many beats, with a bar beginning at each mark (beats from the first).

    Between marks there are whole bars, and at the end of a stretch that does not divide a shorter one (none of a single
    beat where that can be helped). What comes before the first mark begins with an upbeat instead.
    """
    edges = [0, *sorted({mark for mark in marks if 0 < mark < beats}), beats]
    bars: list[int] = []
    for number, (first, last) in enumerate(pairwise(edges)):
        whole, left = divmod(last - first, beats_per_bar)
        lengths = [beats_per_bar] * whole + ([left] if left else [])
        if number == 0 and len(edges) > 2:
            lengths.reverse()
        elif left == 1 and whole and beats_per_bar > 2:
            lengths[-2:] = [beats_per_bar - 1, 2]
        bars += lengths
    return tuple(bars)


def fitted_form(form: Form, starts: Sequence[int]) -> Form:
    """The same parts, each beginning at the nearest of the bars that a cut begins, where one is near."""
    bars = sum(length for _, length in form)
    reach, edges, at = max(1, bars // 8), [0], 0
    for number, (_, length) in enumerate(form[:-1], 1):
        at += length
        free = [bar for bar in starts if edges[-1] < bar <= bars - (len(form) - number) and abs(bar - at) <= reach]
        edges.append(max(edges[-1] + 1, min(free, key=lambda bar: (abs(bar - at), bar), default=at)))
    edges.append(bars)
    return tuple((label, last - first) for (label, _), (first, last) in zip(form, pairwise(edges), strict=True))
