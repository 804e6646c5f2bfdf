"""Short-time spectra of a song, in blocks, so that a 20-minute song needs no more working memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_BLOCK = 1024


def frame_count(samples: int, hop: int) -> int:
    """Number of frames that `spectra` yields: frame i is centered on sample i * hop."""
    return 1 + samples // hop


def spectra(signal: NDArray[np.int16], size: int, hop: int) -> Iterator[Floats]:
    """Magnitude spectra of a 16-bit signal, up to _BLOCK frames at a time, each of shape (frames, size // 2 + 1).

    Frame i is centered on sample i * hop (the signal is padded with silence); a full-scale sine has a magnitude
    of about 1.
    """
    window = np.hanning(size).astype(np.float32)
    window *= np.float32(2.0 / (window.sum() * 32768.0))
    total = frame_count(len(signal), hop)
    for first in range(0, total, _BLOCK):
        count = min(_BLOCK, total - first)
        start = first * hop - size // 2
        piece = _padded(signal, start, (count - 1) * hop + size)
        frames = np.lib.stride_tricks.sliding_window_view(piece, size)[::hop]
        yield np.abs(np.fft.rfft(frames * window, axis=1))


def _padded(signal: NDArray[np.int16], start: int, length: int) -> Floats:
    piece = np.zeros(length, np.float32)
    left, right = max(0, start), min(len(signal), start + length)
    if right > left:
        piece[left - start : right - start] = signal[left:right]
    return piece


def mel_filters(sample_rate: int, size: int, bands: int, low_hz: float, high_hz: float) -> Floats:
    """Triangular filters on the mel scale (O'Shaughnessy 1987), each summing to 1. Shape (size // 2 + 1, bands)."""
    low, high = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (low_hz, high_hz))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, bands + 2) / 2595.0) - 1.0)
    hz = np.fft.rfftfreq(size, 1.0 / sample_rate)[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling))
    # a low band may fall between two bins: it then takes the nearest one
    empty = np.flatnonzero(filters.sum(axis=0) == 0)
    filters[np.abs(hz - edges[1:-1][empty]).argmin(axis=0), empty] = 1.0
    return np.asarray(filters / filters.sum(axis=0), np.float32)


def smoothed(values: NDArray[Any], width: int) -> Floats:
    """Convolved with a bell (Hann) of about `width` frames, edges kept level."""
    if width < 2 or len(values) == 0:
        return np.asarray(values, np.float32)
    bell = np.hanning(width + 2)[1:-1]
    padded = np.pad(np.asarray(values, np.float64), (width // 2, width - 1 - width // 2), mode="edge")
    if width > 64:
        length = len(padded) + width
        product = np.fft.rfft(padded, length) * np.fft.rfft(bell / bell.sum(), length)
        return np.asarray(np.fft.irfft(product, length)[width - 1 : len(padded)], np.float32)
    return np.asarray(np.convolve(padded, bell / bell.sum(), "valid"), np.float32)


def fast_length(samples: int) -> int:
    """The shortest length of at least `samples` whose Fourier transform is quick: 5/8, 3/4 or all of a power of 2."""
    power = 1 << max(2, (samples - 1).bit_length())
    return next(length for length in (power * 5 // 8, power * 3 // 4, power) if length >= samples)
