"""When the beats fall, and which of them begin a bar.

Beats by dynamic programming (Ellis 2007) with a local period, in blocks: a predecessor lies at least half a period
back, so that all frames of half a period can be scored at once. Bars by a Viterbi path over positions in the bar.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats, smoothed
from pipeline.media.audio.tempo import Onsets, Tempo


def beat_frames(heard: Onsets, tempo: Tempo) -> NDArray[np.float64]:
    """Beats in (fractional) frames, increasing; may be empty."""
    local = smoothed(heard.pulse, max(3, int(tempo.periods.mean() / 16) | 1))
    scores, previous = _scores(local, tempo.periods, _tightness(tempo))
    if not len(local) or local.max() <= 0:
        return np.zeros(0)
    tail = int(1.5 * tempo.periods[-1])
    frame = max(0, len(local) - tail) + int(scores[-tail:].argmax())
    chain = []
    while frame >= 0:
        chain.append(frame)
        frame = int(previous[frame])
    return _peaks(local, np.array(chain[::-1]))


def _tightness(tempo: Tempo) -> float:
    """How dear it is to leave the tempo: a clear pulse is kept through off-beat passages, rubato is followed."""
    return 100.0 + 400.0 * tempo.clarity


def _scores(local: Floats, periods: Floats, tightness: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    scores = local.astype(np.float64)
    previous = np.full(len(local), -1)
    start = 0
    while start < len(local):
        period = float(periods[start])
        nearest, farthest = max(1, round(period / 2)), max(2, round(period * 2))
        count = min(nearest, len(local) - start)
        back = np.arange(farthest, nearest - 1, -1)
        cost = -tightness * np.log(back / period) ** 2
        sources = start + np.arange(count)[:, None] - back
        reached = np.where(sources >= 0, scores[np.maximum(sources, 0)], 0.0) + cost
        best = reached.argmax(axis=1)
        rows = np.arange(count)
        gain = reached[rows, best]
        scores[start : start + count] += gain
        previous[start : start + count] = np.maximum(sources[rows, best], -1)
        start += count
    return scores, previous


def _peaks(local: Floats, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sub-frame position of each beat by a parabola through three frames."""
    inner = np.clip(frames, 1, max(1, len(local) - 2))
    if len(local) < 3:
        return frames.astype(np.float64)
    before, here, after = (local[inner + shift].astype(np.float64) for shift in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(bend < -1e-9, 0.5 * (before - after) / np.where(bend < -1e-9, bend, -1.0), 0.0)
    return np.asarray(inner + np.clip(shift, -0.5, 0.5))


def extended(beats: NDArray[np.float64], first: float, last: float) -> NDArray[np.float64]:
    """The beats carried on at their own pace back to `first` and on to `last` (a soft intro has beats too)."""
    if len(beats) < 4:
        return beats
    head, tail = np.median(np.diff(beats[:9])), np.median(np.diff(beats[-9:]))
    before = beats[0] - head * np.arange(1, max(0, int((beats[0] - first) / head + 0.25)) + 1)
    after = beats[-1] + tail * np.arange(1, max(0, int((last - beats[-1]) / tail)) + 1)
    return np.concatenate([before[::-1], beats, after])


def bar_positions(accents: Floats, beats_per_bar: int) -> NDArray[np.int64]:
    """Position in the bar (0 = downbeat) of every beat, given how much each beat sounds like a downbeat.

    A Viterbi path: positions follow each other, except that a slip (a missed or an extra beat) may happen at a price.
    """
    slip = 6.0
    gains = np.tile(-accents[:, None] / (beats_per_bar - 1), (1, beats_per_bar))
    gains[:, 0] = accents
    score = gains[0].astype(np.float64)
    back = []
    for row in gains[1:]:
        onward = np.roll(score, 1)
        jump = int(score.argmax())
        slipped = onward < score[jump] - slip
        back.append(np.where(slipped, jump, (np.arange(beats_per_bar) - 1) % beats_per_bar))
        score = np.where(slipped, score[jump] - slip, onward) + row
    path = [int(score.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return np.array(path[::-1])


def beats_per_bar(accents: Floats) -> int:
    """4, or 3 where the accents clearly return every third beat."""
    if len(accents) < 24:
        return 4
    centered = accents - accents.mean()
    spectrum = np.fft.rfft(centered, 2 * len(centered))
    returns = np.fft.irfft(spectrum * spectrum.conj())[:13]
    returns = returns / (returns[0] + 1e-9)
    three, four = returns[[3, 6, 9, 12]].mean(), returns[[4, 8, 12]].mean()
    return 3 if three > 1.3 * max(four, 0.0) + 0.08 else 4
