"""Where somebody sings.

A voice is the one instrument of popular music whose pitch never rests and whose timbre changes with every syllable.
Two cues say so: partials that glide by less than a semitone between frames (the fluctogram of Lehner, Sonnleitner and
Widmer, "Towards light-weight, real-time-capable singing voice detection", 2013), and the variance of the smoothed
spectral shape (their "vocal variance"), measured after a median over time has taken out the drums. A logistic model
joins them with the level of the voice band.

The weights were fitted on our synthetic singer in six moods, synthetic speech mixed into four songs, and instrumental
music both synthetic and real; recorded singing has not been measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.decoding import Samples
from pipeline.media.audio.spectrum import Floats, mel_filters, smoothed, spectra
from pipeline.media.audio.values import GRID_MS
from pipeline.media.run import Stop, Stopped, never

_SIZE, _HOP = 2048, 512
_LOW_HZ, _HIGH_HZ, _PER_OCTAVE = 450.0, 4500.0, 48
_BANDS = 26
_REACH = 5
"""Glides of up to this many quarter-tones-and-a-half (25 cents each) in two frames."""
_MARGIN = 0.002
_GLIDE_SMOOTHING, _SHAPE_SMOOTHING = 60, 40

# logistic weights for glide, shape and level
_WEIGHTS = np.array([12.54, 94.8, 2.15])
_BIAS = -6.06


def vocal_activity(samples: Samples, *, stop: Stop = never) -> NDArray[np.int64]:
    """How likely somebody sings, 0..1000 per GRID_MS."""
    partials, bands = _pictures(samples, stop)
    glide = np.sqrt(np.maximum(0, smoothed(np.sqrt(_glides(partials)), _GLIDE_SMOOTHING)))
    steady = _without_drums(bands)
    shape = smoothed(_shape_changes(steady), _SHAPE_SMOOTHING)
    level = smoothed(steady.mean(axis=1), _SHAPE_SMOOTHING)
    level = np.clip(level - np.percentile(level, 90), -1.5, 0.5)
    evidence = np.stack([glide, shape, level], axis=1) @ _WEIGHTS + _BIAS
    likely = 1000 / (1 + np.exp(-evidence))
    steps = -(-samples.duration_ms // GRID_MS)
    centers = (np.arange(steps) + 0.5) * GRID_MS / 1000 * samples.sample_rate / _HOP
    return np.asarray(np.round(np.interp(centers, np.arange(len(likely)), likely)), np.int64)


def _pictures(samples: Samples, stop: Stop) -> tuple[Floats, Floats]:
    """Log-frequency partials (frames, 159), peaks standing out, and log-mel voice bands (frames, 26)."""
    octaves = np.log2(_HIGH_HZ / _LOW_HZ)
    hz = _LOW_HZ * 2 ** (np.arange(int(octaves * _PER_OCTAVE)) / _PER_OCTAVE)
    place = hz * _SIZE / samples.sample_rate
    left, share = place.astype(int), (place % 1).astype(np.float32)
    filters = mel_filters(samples.sample_rate, _SIZE, _BANDS, 200.0, 5500.0)
    partials, bands = [], []
    for block in spectra(samples.signal, _SIZE, _HOP):
        if stop():
            raise Stopped
        level = np.log1p(3000 * block[:, left[0] : left[-1] + 2])
        row = level[:, left - left[0]] * (1 - share) + level[:, left - left[0] + 1] * share
        partials.append(np.maximum(0, row - _running_mean(row, 15, axis=1)))
        bands.append(np.log1p(3000 * (block @ filters)))
    return np.concatenate(partials), np.concatenate(bands)


def _running_mean(values: NDArray[np.floating], width: int, *, axis: int) -> Floats:
    pads = [(0, 0), (0, 0)]
    pads[axis] = (width // 2 + 1, width // 2)
    sums = np.moveaxis(np.cumsum(np.pad(values, pads, mode="edge"), axis=axis, dtype=np.float64), axis, 0)
    return np.asarray(np.moveaxis((sums[width:] - sums[:-width]) / width, 0, axis), np.float32)


def _glides(partials: Floats) -> Floats:
    """How much better two frames 46 ms apart match when one is shifted by a fraction of a semitone, per frame."""
    if len(partials) < 3:
        return np.zeros(len(partials), np.float32)
    before, after = partials[:-2, _REACH:-_REACH], partials[2:]
    width = before.shape[1]
    before_norm = (before * before).sum(axis=1)
    powers = np.concatenate([np.zeros((len(after), 1), np.float32), np.cumsum(after * after, axis=1)], axis=1)
    fits = []
    for shift in range(2 * _REACH + 1):
        match = np.einsum("ij,ij->i", before, after[:, shift : shift + width])
        fits.append(match / np.sqrt(before_norm * (powers[:, shift + width] - powers[:, shift]) + 1e-6))
    fit = np.array(fits)
    best, top = fit.argmax(axis=0), fit.max(axis=0)
    inner = (best != 0) & (best != 2 * _REACH)  # at the rim it is another note, not a glide
    gain = np.maximum(0, top - fit[_REACH] - _MARGIN) * np.clip((top - 0.3) / 0.4, 0, 1)
    return np.pad(np.where(inner, gain, 0), 1).astype(np.float32)


def _without_drums(bands: Floats) -> Floats:
    """Median over seven frames (0.16 s): strokes vanish, tones stay."""
    padded = np.pad(bands, ((3, 3), (0, 0)), mode="edge")
    return np.asarray(np.median(np.stack([padded[i : i + len(bands)] for i in range(7)]), axis=0), np.float32)


def _shape_changes(bands: Floats) -> Floats:
    """Deviation within half a second of the first six cepstral coefficients, averaged."""
    turns = np.pi / _BANDS * np.outer(np.arange(_BANDS) + 0.5, np.arange(1, 7))
    shape = bands @ np.cos(turns).astype(np.float32) / _BANDS
    mean = _running_mean(shape, 21, axis=0)
    variance = _running_mean(shape.astype(np.float64) ** 2, 21, axis=0) - mean.astype(np.float64) ** 2
    return np.asarray(np.sqrt(np.maximum(0, variance)).mean(axis=1), np.float32)
