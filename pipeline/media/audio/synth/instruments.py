"""The band: every sound is one short array at SAMPLE_RATE, rendered once and laid down at each of its notes.

Mono sounds have shape (samples,), stereo ones (samples, 2); all are float32 at a comfortable level near 0.5.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.media.audio.spectrum import Floats

SAMPLE_RATE = 44_100


def hertz(midi: float) -> float:
    return float(440.0 * 2.0 ** ((midi - 69) / 12))


def _time(seconds: float) -> Floats:
    return np.arange(int(seconds * SAMPLE_RATE), dtype=np.float32) / np.float32(SAMPLE_RATE)


def _noise(rng: np.random.Generator, count: int) -> Floats:
    return rng.standard_normal(count, dtype=np.float32)


def _colored(noise: Floats, low_hz: float, high_hz: float) -> Floats:
    """Noise between two soft corners, at the deviation it had."""
    spectrum = np.fft.rfft(noise)
    hz = np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE) + 1e-3
    spectrum /= np.sqrt((1 + (low_hz / hz) ** 6) * (1 + (hz / high_hz) ** 6))
    colored = np.fft.irfft(spectrum, len(noise))
    return np.asarray(colored / (colored.std() + 1e-9), np.float32)


def kick() -> Floats:
    t = _time(0.38)
    pitch = 46 + 120 * np.exp(-t * 42)
    body = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * np.exp(-t * 8.5)
    click = np.exp(-t * 900) * 0.35
    return np.asarray((body + click) * 0.8, np.float32)


def snare(rng: np.random.Generator) -> Floats:
    t = _time(0.26)
    rattle = _colored(_noise(rng, len(t)), 900, 7500) * np.exp(-t * 19) * 0.4
    shell = (np.sin(2 * np.pi * 188 * t) + 0.5 * np.sin(2 * np.pi * 331 * t)) * np.exp(-t * 28) * 0.4
    return np.asarray(rattle + shell, np.float32)


def rim(rng: np.random.Generator) -> Floats:
    t = _time(0.12)
    wood = np.sin(2 * np.pi * 1720 * t) * np.exp(-t * 110) + np.sin(2 * np.pi * 820 * t) * np.exp(-t * 70) * 0.6
    return np.asarray(wood * 0.4 + _colored(_noise(rng, len(t)), 2000, 8000) * np.exp(-t * 150) * 0.2, np.float32)


def hat(rng: np.random.Generator, *, decay: float = 46.0) -> Floats:
    t = _time(min(0.4, 6.0 / decay))
    return np.asarray(
        _colored(_noise(rng, len(t)), 6500, 11_000) * np.exp(-t * decay) * 0.26 * np.minimum(1, t * 2000), np.float32
    )


def swell(rng: np.random.Generator, seconds: float) -> Floats:
    """A cymbal played backwards: leads into a section."""
    t = _time(seconds)
    return np.asarray(_colored(_noise(rng, len(t)), 3500, 10_000) * (t / seconds) ** 3 * 0.3, np.float32)


def crash(rng: np.random.Generator) -> Floats:
    t = _time(2.2)
    left, right = (
        _colored(_noise(rng, len(t)), 3500, 11_000) * np.exp(-t * 2.4) * np.minimum(1, t * 400) for _ in range(2)
    )
    return np.asarray(np.stack([left, right], axis=1) * 0.2, np.float32)


def bass(midi: float, seconds: float) -> Floats:
    t = _time(seconds)
    f = hertz(midi)
    tone = (
        np.sin(2 * np.pi * f * t)
        + 0.45 * np.sin(4 * np.pi * f * t) * np.exp(-t * 5)
        + 0.2 * np.sin(6 * np.pi * f * t) * np.exp(-t * 9)
    )
    shape = np.minimum(1, t / 0.005) * np.exp(-t * 1.6) * np.minimum(1, (seconds - t) / 0.03)
    return np.asarray(np.tanh(1.5 * tone) * shape * 0.42, np.float32)


def pad(chord: Sequence[float], seconds: float, *, brightness: float = 0.5, attack_s: float = 0.12) -> Floats:
    """Two detuned, slowly drifting voices per note, one to each side."""
    t = _time(seconds)
    sides = np.zeros((len(t), 2), np.float32)
    falloff = 0.5 + 0.35 * brightness
    for number, midi in enumerate(chord):
        for side, detune in ((0, -0.0022), (1, 0.0025)):
            f = hertz(midi) * (1 + detune)
            wave = np.zeros(len(t), np.float32)
            for partial in range(1, 4 + int(8 * brightness)):
                if f * partial > 8000:
                    break
                phase = np.float32(number * 1.7 + partial * 2.3 + side)
                wave += np.sin(np.float32(2 * np.pi * f * partial) * t + phase) * np.float32(
                    falloff**partial / partial**0.3
                )
            sides[:, side] += wave
    shape = np.minimum(1, t / attack_s) * np.minimum(1, (seconds - t) / 0.25)
    return np.asarray(sides * np.clip(shape, 0, 1)[:, None] * (0.19 / np.sqrt(len(chord))), np.float32)


def pluck(midi: float, seconds: float = 0.9) -> Floats:
    t = _time(seconds)
    f = hertz(midi)
    tone = np.zeros(len(t), np.float32)
    for partial in range(1, 7):
        if f * partial < 10_000:
            stretch = partial * np.sqrt(1 + 0.0004 * partial**2)  # a stiff string
            tone += (
                np.sin(np.float32(2 * np.pi * f * stretch) * t)
                * np.exp(-t * (3.5 + 2.6 * partial))
                / np.float32(partial)
            )
    return np.asarray(tone * np.minimum(1, t / 0.002) * np.minimum(1, (seconds - t) / 0.05) * 0.32, np.float32)


def keys(chord: Sequence[float], seconds: float) -> Floats:
    """An electric piano by frequency modulation, slightly spread."""
    t = _time(seconds)
    sides = np.zeros((len(t), 2), np.float32)
    for midi in chord:
        f = hertz(midi)
        tine = np.sin(2 * np.pi * 14 * f * t) * np.exp(-t * 22) * 0.25 if 14 * f < 15_000 else 0.0
        body = np.sin(2 * np.pi * f * t + 1.1 * np.exp(-t * 3) * np.sin(2 * np.pi * f * t))
        note = np.asarray((body + tine * 0.5) * np.exp(-t * 1.5), np.float32)
        lean = np.float32(0.5 + 0.25 * np.sin(midi * 2.1))
        sides[:, 0] += note * lean
        sides[:, 1] += note * (1 - lean)
    shape = np.minimum(1, t / 0.004) * np.clip((seconds - t) / 0.12, 0, 1)
    return np.asarray(sides * shape[:, None] * (0.5 / np.sqrt(len(chord))), np.float32)
