"""Which notes sound, and the key that they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats, spectra

CHROMA_HOP = 1024
_SIZE = 4096
_NAMES = {
    "major": ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"),
    "minor": ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"),
}

# How much each degree of the scale is heard in a key: Krumhansl and Kessler's idea with the weights that Albrecht and
# Shanahan counted in 982 pieces ("The use of large corpora to train a new type of key-finding algorithm", 2013).
_MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
_MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])


def chroma(signal: NDArray[np.int16], sample_rate: int) -> Floats:
    """Strength of the twelve pitch classes (C first) per CHROMA_HOP samples, shape (frames, 12).

    Only spectral peaks count, so that drums say little, and the song's own tuning is the grid.
    """
    hz = np.fft.rfftfreq(_SIZE, 1 / sample_rate)
    inside = (hz > 60) & (hz < 2000)
    pitches = 12 * np.log2(hz[inside] / 440.0) + 69
    peaks = np.concatenate([_peaks(block[:, inside]) for block in spectra(signal, _SIZE, CHROMA_HOP)])
    tuning = _tuning(peaks, pitches)
    offset = pitches - tuning - np.round(pitches - tuning)
    # one bin is wider than a semitone in the low octaves: they count less
    weights = np.exp(-0.5 * (offset / 0.25) ** 2) * np.clip(hz[inside] / 160.0, 0.2, 1.0)
    folding = np.zeros((len(pitches), 12), np.float32)
    folding[np.arange(len(pitches)), np.round(pitches - tuning).astype(int) % 12] = weights
    return np.asarray(peaks @ folding, np.float32)


def _peaks(block: Floats) -> Floats:
    peaks = np.zeros_like(block)
    middle = block[:, 1:-1]
    kept = (middle > block[:, :-2]) & (middle >= block[:, 2:])
    peaks[:, 1:-1][kept] = np.sqrt(middle[kept])
    return peaks


def _tuning(peaks: Floats, pitches: NDArray[np.float64]) -> float:
    """Deviation from 440 Hz in semitones, -0.5..0.5: the circular mean over all peaks above middle C."""
    strength = peaks.sum(axis=0)[pitches > 60]
    total = np.sum(strength * np.exp(2j * np.pi * pitches[pitches > 60]))
    if np.abs(total) < 1e-9:
        return 0.0
    return float(np.angle(total) / (2 * np.pi))


def key_label(tonic: int, mode: str) -> str:
    """A key as musicians spell it; `tonic` counts semitones from C (any octave)."""
    return f"{_NAMES[mode][tonic % 12]} {mode}"


def key_name(chroma_frames: Floats) -> str:
    """For example "A minor"; empty when no key stands out.

    A minor key and its relative major share their notes; how the song begins and ends tells them apart.
    """
    ends = max(1, min(len(chroma_frames) // 4, 90))
    parts = ((chroma_frames, 1.0), (chroma_frames[:ends], 0.2), (chroma_frames[-ends:], 0.4))
    fits = np.zeros((2, 12))
    for part, weight in parts:
        heard = np.asarray(part.sum(axis=0), np.float64)
        if heard.std() > 0.02 * heard.mean() + 1e-9:
            fits += weight * _fits(heard)
    mode, tonic = np.unravel_index(int(fits.argmax()), fits.shape)
    return key_label(int(tonic), ("major", "minor")[mode]) if fits.max() > 0.3 else ""


def _fits(heard: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation with every key, shape (2 modes, 12 tonics)."""
    return np.array(
        [[np.corrcoef(heard, np.roll(profile, tonic))[0, 1] for tonic in range(12)] for profile in (_MAJOR, _MINOR)]
    )
