"""Where somebody sings, as the aligner sees it: a curve of 0..1 with its rises and falls.

A song without a voice gets a curve from its sections and energy, marked as not heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.values import GRID_MS, SongAnalysis

Curve = NDArray[np.float64]

_SUNG_SECTIONS = {"verse": 0.8, "chorus": 1.0, "bridge": 0.8, "instrumental": 0.25, "intro": 0.1, "outro": 0.15}
_EDGE = 3
_SOFTNESS = 0.18
_LEANING = 0.35


@dataclass(frozen=True)
class Singing:
    """`curve` holds one value per step of `step_ms`.

    `heard` is false when it is only guessed from sections and energy.
    """

    curve: Curve
    step_ms: int
    heard: bool

    @property
    def steps(self) -> int:
        return len(self.curve)

    @property
    def total(self) -> float:
        """Steps that are sung, in sum."""
        return float(self.curve.sum())

    def sums(self) -> Curve:
        """Running sums: `sums[b] - sums[a]` is what is sung in [a, b)."""
        return np.concatenate([[0.0], np.cumsum(self.curve)])

    def rises(self) -> Curve:
        """For each border between steps (one more than steps), how much the curve rises there, -1..1."""
        sums = self.sums()
        at = np.arange(self.steps + 1)
        low, high = np.maximum(at - _EDGE, 0), np.minimum(at + _EDGE, self.steps)
        after = (sums[high] - sums[at]) / np.maximum(1, high - at)
        before = (sums[at] - sums[low]) / np.maximum(1, at - low)
        return np.asarray(after - before)


def singing_of(analysis: SongAnalysis, *, coarser: int = 1) -> Singing:
    """The song's singing in steps of `coarser` times 100 ms."""
    steps = max(1, -(-analysis.duration_ms // (GRID_MS * coarser)))
    activity = _curve(analysis.vocal_activity, steps, coarser) / 1000
    threshold, apart = _threshold(activity)
    if activity.max(initial=0.0) < 0.2 or (apart < 0.15 and activity.mean() < 0.5):
        return Singing(_guessed(analysis, steps, coarser), GRID_MS * coarser, heard=False)
    if apart < 0.15:
        return Singing(np.full(steps, 0.9), GRID_MS * coarser, heard=True)
    curve = 1 / (1 + np.exp((threshold - _narrowed(activity)) / _SOFTNESS))
    return Singing(curve, GRID_MS * coarser, heard=True)


def _narrowed(activity: Curve) -> Curve:
    """The least of each step and its neighbors.

    A detector looks at a second of sound and hears voices begin too early.
    """
    padded = np.pad(activity, 1, mode="edge")
    return np.asarray(np.minimum(np.minimum(padded[:-2], padded[2:]), activity))


def _curve(values: tuple[int, ...], steps: int, coarser: int) -> Curve:
    padded = np.zeros(steps * coarser)
    padded[: min(len(values), len(padded))] = values[: len(padded)]
    return np.asarray(padded.reshape(steps, coarser).mean(axis=1))


def _threshold(activity: Curve) -> tuple[float, float]:
    """Where singing begins to be likelier than not, and how far apart the means of sung and not sung are.

    Otsu's two classes, but a third of the way up from the quiet one: a voice under a loud band is heard faintly.
    """
    best, threshold, apart = -1.0, 0.5, 0.0
    for level in np.linspace(0.05, 0.95, 46):
        above = activity > level
        share = float(above.mean())
        if not 0.02 < share < 0.98:
            continue
        distance = float(activity[above].mean() - activity[~above].mean())
        spread = share * (1 - share) * distance**2
        if spread > best:
            best, threshold, apart = spread, float(activity[~above].mean()) + _LEANING * distance, distance
    return threshold, apart


def _guessed(analysis: SongAnalysis, steps: int, coarser: int) -> Curve:
    """Verses and choruses are likely sung, most of all where the song is strong."""
    step_ms = GRID_MS * coarser
    curve = np.full(steps, 0.6)
    for section in analysis.sections:
        curve[section.start_ms // step_ms : -(-section.end_ms // step_ms)] = _SUNG_SECTIONS.get(section.label, 0.6)
    if analysis.energy:
        energy = _curve(analysis.energy, steps, coarser)
        window = max(1, 3000 // step_ms)
        smooth = np.convolve(energy, np.ones(window) / window, mode="same")
        curve *= np.clip(smooth / max(1.0, float(np.median(smooth))), 0.1, 1.0)
    return curve
