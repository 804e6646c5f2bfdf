"""From stems to a finished stereo song: space, glue, loudness, and a limiter that keeps the true peak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.loudness import signal_lufs
from pipeline.media.audio.spectrum import Floats, fast_length
from pipeline.media.audio.synth.arrangement import Stems
from pipeline.media.audio.synth.instruments import SAMPLE_RATE

TARGET_LUFS = -14.0
CEILING_DB = -2.0
"""Encoders add up to a decibel to the peaks: so a composition seldom meets the limiter of the film."""
_BLOCK = 32


def rough_mix(stems: Stems) -> Floats:
    """Fast: summed, softly clipped, peak at CEILING_DB. For tests and benchmarks."""
    mix = stems.drums + stems.music
    mix += stems.voice
    np.tanh(mix, out=mix)
    return np.asarray(mix * np.float32(10 ** (CEILING_DB / 20) / max(1e-6, float(np.abs(mix).max()))), np.float32)


def mastered_mix(stems: Stems, *, seed: int, beat_s: float) -> Floats:
    """With room, echo, pumping of the pads under the kick, and TARGET_LUFS; fades out at the very end."""
    music = stems.music * _ducking(stems.drums)[:, None]
    music -= _low_passed(music, 38.0)
    voice = stems.voice
    wet = convolved(0.5 * music + 0.12 * stems.drums, _room(seed, 1.6))
    if voice.any():
        echo = _delayed(voice, 0.75 * beat_s, 0.28) + _delayed(voice[:, ::-1], 1.5 * beat_s, 0.12)
        wet += convolved(0.9 * voice + echo, _room(seed + 1, 1.9)) * np.float32(0.9)
        music *= (1 - 0.22 * _presence(voice))[:, None]
        voice = voice + np.float32(0.5) * echo
    mix = 0.85 * stems.drums + 0.9 * music + voice + np.float32(0.55) * wet
    return _limited_at_loudness(_faded(mix))


def _limited_at_loudness(mix: Floats) -> Floats:
    loud = mix
    gain_db = TARGET_LUFS - signal_lufs(mix, SAMPLE_RATE)
    peaks = true_peaks(mix)  # once: they grow with the gain
    for _ in range(4):  # the limiter takes a little loudness away: aim again
        gain = np.float32(10 ** (gain_db / 20))
        loud = limited(mix * gain, peaks=peaks * gain)
        missing = TARGET_LUFS - signal_lufs(loud, SAMPLE_RATE)
        if abs(missing) < 0.1:
            break
        gain_db += missing
    return loud


def limited(mix: Floats, ceiling_db: float = CEILING_DB, *, peaks: Floats | None = None) -> Floats:
    """Look-ahead limiter on four times oversampled peaks; attack about 4 ms, release about 90 ms.

    `peaks` are `true_peaks` of the mix, where they are known.
    """
    ceiling = 10 ** (ceiling_db / 20)
    count = -(-len(mix) // _BLOCK)
    padded = np.zeros(count * _BLOCK, np.float32)
    padded[: len(mix)] = true_peaks(mix) if peaks is None else peaks
    blocks = padded.reshape(count, _BLOCK).max(axis=1)
    reach = 6
    window = np.lib.stride_tricks.sliding_window_view(np.pad(blocks, reach), 2 * reach + 1).max(axis=1)
    need = np.minimum(1.0, ceiling / np.maximum(window, 1e-9))
    release = np.exp(-_BLOCK / (0.09 * SAMPLE_RATE))
    held = need.copy()
    for i in range(1, count):  # falls at once, rises slowly
        held[i] = min(need[i], 1 - (1 - held[i - 1]) * release)
    bell = np.hanning(reach + 2)[1:-1]
    smooth = np.convolve(np.pad(held, (reach // 2, reach - 1 - reach // 2), mode="edge"), bell / bell.sum(), "valid")
    gain = np.interp(np.arange(len(mix)), np.arange(count) * _BLOCK + _BLOCK / 2, smooth)
    return np.asarray(mix * gain[:, None], np.float32)


def true_peaks(mix: Floats) -> Floats:
    """Per sample, the largest magnitude of any channel, between samples too (four times oversampling by spectrum)."""
    peaks = np.zeros(len(mix), np.float32)
    size = 1 << 15
    margin = 256
    for channel in range(mix.shape[1]):
        padded = np.pad(mix[:, channel], (margin, size))
        for start in range(0, len(mix), size - 2 * margin):
            piece = padded[start : start + size]
            spectrum = np.zeros(2 * size + 1, np.complex64)
            spectrum[: size // 2 + 1] = np.fft.rfft(piece)
            fine = np.abs(np.fft.irfft(spectrum, 4 * size)) * 4
            inner = fine.reshape(size, 4).max(axis=1)[margin : size - margin]
            stop = min(len(mix), start + len(inner))
            np.maximum(peaks[start:stop], inner[: stop - start], out=peaks[start:stop])
    return peaks


def convolved(signal: Floats, impulse: Floats) -> Floats:
    """Each channel with its own impulse response; the result is as long as the signal."""
    length = fast_length(len(signal) + len(impulse) - 1)
    spectrum = np.fft.rfft(signal, length, axis=0) * np.fft.rfft(impulse, length, axis=0)
    return np.asarray(np.fft.irfft(spectrum, length, axis=0)[: len(signal)], np.float32)


def _room(seed: int, seconds: float) -> Floats:
    """A soft hall: decaying noise, the treble dying first, different on both sides."""
    rng = np.random.default_rng([seed, 99])
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    hall = np.zeros((len(t), 2), np.float32)
    for side in range(2):
        noise = rng.standard_normal(len(t))
        dark = np.convolve(noise, np.hanning(18), "same") / 3
        share = np.minimum(1, t / 0.5)
        hall[:, side] = ((1 - share) * noise + share * dark) * np.exp(-t * 6.9 / seconds) * np.minimum(1, t / 0.015)
    hall -= _low_passed(hall, 160.0)
    hall[: int(0.012 * SAMPLE_RATE)] = 0
    return np.asarray(hall / np.sqrt((hall**2).sum(axis=0)) * 0.55, np.float32)


def _low_passed(signal: Floats, corner_hz: float) -> Floats:
    length = fast_length(len(signal) + SAMPLE_RATE // 10)
    hz = np.fft.rfftfreq(length, 1 / SAMPLE_RATE)
    spectrum = np.fft.rfft(signal, length, axis=0) / (1 + (hz / corner_hz)[:, None] ** 4)
    return np.asarray(np.fft.irfft(spectrum, length, axis=0)[: len(signal)], np.float32)


def _envelope(signal: Floats, decay_s: float) -> NDArray[np.float64]:
    """Peak per _BLOCK samples with an exponential fall, at full rate."""
    count = -(-len(signal) // _BLOCK)
    padded = np.zeros(count * _BLOCK, np.float32)
    padded[: len(signal)] = np.abs(signal).max(axis=1)
    blocks = padded.reshape(count, _BLOCK).max(axis=1).astype(np.float64)
    fall = np.exp(-_BLOCK / (decay_s * SAMPLE_RATE))
    for i in range(1, count):
        blocks[i] = max(blocks[i], blocks[i - 1] * fall)
    return np.asarray(np.interp(np.arange(len(signal)), np.arange(count) * _BLOCK + _BLOCK / 2, blocks))


def _ducking(drum_stem: Floats) -> Floats:
    low = _low_passed(drum_stem, 110.0)
    return np.asarray(1 - 0.3 * np.minimum(1, _envelope(low, 0.11) * 1.6), np.float32)


def _presence(voice: Floats) -> Floats:
    return np.asarray(np.minimum(1, _envelope(voice, 0.25) * 4), np.float32)


def _delayed(signal: Floats, seconds: float, gain: float) -> Floats:
    shift = int(seconds * SAMPLE_RATE)
    late = np.zeros_like(signal)
    if shift < len(signal):
        late[shift:] = signal[: len(signal) - shift] * np.float32(gain)
    return late


def _faded(mix: Floats) -> Floats:
    """The last chord dies away: no tail is cut."""
    fade = min(len(mix), int(1.2 * SAMPLE_RATE))
    mix = mix.copy()
    mix[len(mix) - fade :] *= (np.cos(np.linspace(0, np.pi, fade, dtype=np.float32))[:, None] + 1) / 2
    return mix
