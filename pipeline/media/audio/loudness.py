"""Loudness as people hear it (ITU-R BS.1770-4, EBU R 128), on spectra, on signals and on files."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats, fast_length
from pipeline.media.run import Stop, guarded_input, never, run_ffmpeg

SILENCE_LUFS = -70.0


def k_weights(frequencies_hz: NDArray[np.floating]) -> Floats:
    """Power gain of the K filter at each frequency: the two biquads that BS.1770 tabulates for 48 kHz."""
    z = np.exp(-2j * np.pi * np.asarray(frequencies_hz, np.float64) / 48_000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(np.abs(shelf * high_pass) ** 2, np.float32)


@lru_cache(maxsize=1)  # a mix is measured again and again on its way to its loudness
def _k_gains(length: int, sample_rate: int) -> Floats:
    """Gain of the K filter at each frequency of a spectrum of `length` samples."""
    return np.asarray(np.sqrt(k_weights(np.fft.rfftfreq(length, 1 / sample_rate))), np.float32)


def integrated_lufs(powers: NDArray[np.floating]) -> float:
    """Gated loudness from K-weighted mean powers (summed over channels) of consecutive 100 ms."""
    if len(powers) < 4:
        blocks = np.asarray([np.mean(powers)]) if len(powers) else np.zeros(1)
    else:
        blocks = np.convolve(powers, np.full(4, 0.25), "valid")
    levels = -0.691 + 10 * np.log10(np.maximum(blocks, 1e-12))
    audible = levels > SILENCE_LUFS
    if not audible.any():
        return SILENCE_LUFS
    relative = -0.691 + 10 * np.log10(blocks[audible].mean()) - 10
    kept = blocks[audible & (levels > relative)]
    return float(-0.691 + 10 * np.log10(kept.mean()))


def signal_lufs(signal: Floats, sample_rate: int) -> float:
    """Integrated loudness of a float signal of shape (samples, channels)."""
    step = sample_rate // 10
    count = len(signal) // step
    if count == 0:
        return SILENCE_LUFS
    powers = np.zeros(count)
    length = fast_length(len(signal))
    gains = _k_gains(length, sample_rate)
    for channel in range(signal.shape[1]):
        weighted = np.fft.irfft(np.fft.rfft(signal[:, channel], length) * gains, length)
        powers += (weighted[: count * step].reshape(count, step) ** 2).mean(axis=1)
    return integrated_lufs(powers)


def measured_loudness(file: Path, folder: Path, stop: Stop = never) -> tuple[int | None, int | None]:
    """(integrated loudness in tenths of LUFS, true peak in tenths of dBTP) by ffmpeg's EBU R 128 meter."""
    graph = ["-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    words = run_ffmpeg([*guarded_input(file.resolve()), *graph], folder=folder, stop=stop, loglevel="info")
    summary = words[words.rfind("Summary:") :]
    loudness = re.search(r"\bI:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"\bPeak:\s+(-?[\d.]+) dBFS", summary)
    return tuple(round(float(found[1]) * 10) if found else None for found in (loudness, peak))  # type: ignore[return-value]
