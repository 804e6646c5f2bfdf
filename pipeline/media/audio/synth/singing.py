"""A synthetic singer: harmonics shaped by moving formants, and noise for consonants and breath.

The classic source and filter of speech (Klatt, "Software for a cascade/parallel formant synthesizer", 1980), but the
filter is evaluated at each harmonic instead of being run, which keeps vowels clean at any pitch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats, smoothed
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.phonemes import SOUNDS, Sound, Syllable

_TICK = 220
"""Samples per control frame: 5 ms."""
_BANDWIDTHS = (75.0, 95.0, 140.0, 220.0, 280.0)
_UPPER = (3900.0, 4700.0)
_LEAD_S = 0.25
_TRAIL_S = 0.35


@dataclass(frozen=True, slots=True)
class Note:
    """One sung syllable. The vowel begins at `start_s`; its consonants come just before, as singers do."""

    start_s: float
    end_s: float
    midi: float
    syllable: Syllable
    legato: bool = False
    """The next note follows without a gap."""


class _Tracks:
    """Control curves of one phrase, one value per _TICK samples."""

    def __init__(self, ticks: int) -> None:
        self.pitch = np.full(ticks, np.nan)
        self.formants = np.full((ticks, 3), np.nan)
        self.voice = np.zeros(ticks)
        self.breath = np.zeros(ticks)
        self.hiss = np.zeros(ticks)
        self.hiss_hz = np.full(ticks, 5000.0)
        self.hiss_width = np.full(ticks, 1500.0)

    def lay(self, sound: Sound, start: int, end: int, level: float) -> None:
        start, end = max(0, start), min(len(self.voice), end)
        if end <= start:
            return
        share = np.linspace(0, 1, end - start)[:, None]
        if sound.glide is not None:
            late = np.clip((share - 0.55) / 0.45, 0, 1)  # diphthongs stay on their first half and glide at the end
            self.formants[start:end] = (1 - late) * np.array(sound.formants) + late * np.array(sound.glide)
        else:
            self.formants[start:end] = sound.formants
        closed = start + (end - start) // 2 if sound.stop else start
        self.voice[start:end] = sound.voice * level
        self.breath[start:end] = sound.breath * level
        self.hiss[closed:end] = sound.hiss * level
        self.hiss_hz[start:end], self.hiss_width[start:end] = sound.hiss_hz, sound.hiss_width_hz


def sung_phrase(notes: Sequence[Note], *, seed: int, cents: float = 0.0) -> tuple[Floats, float]:
    """Sing notes that follow each other. Returns mono samples and the second at which they begin."""
    rng = np.random.default_rng([seed, 31])
    origin = notes[0].start_s - _LEAD_S
    ticks = int((notes[-1].end_s + _TRAIL_S - origin) * SAMPLE_RATE / _TICK) + 1
    tracks = _Tracks(ticks)
    for note in notes:
        _lay_note(tracks, note, origin)
    pitch = _pitch_curve(tracks, notes, origin, rng) + cents / 100
    formants = _filled(tracks.formants)
    formants = np.stack([smoothed(formants[:, i], 7) for i in range(3)], axis=1).astype(np.float64)
    voice = np.asarray(smoothed(tracks.voice, 5), np.float64) * (1 + 0.03 * smoothed(rng.standard_normal(ticks), 9))
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    singing = _harmonics(frequency, formants, voice)
    singing += _noises(tracks, formants, voice, rng)[: len(singing)]
    return np.asarray(singing, np.float32), origin


def _lay_note(tracks: _Tracks, note: Note, origin: float) -> None:
    def tick(seconds: float) -> int:
        return round((seconds - origin) * SAMPLE_RATE / _TICK)

    sounds = [SOUNDS[symbol] for symbol in note.syllable]
    nucleus = next(i for i, sound in enumerate(sounds) if sound.vowel)
    at = note.start_s
    for sound in reversed(sounds[:nucleus]):
        tracks.lay(sound, tick(at - sound.seconds), tick(at), 1.0)
        at -= sound.seconds
    tracks.pitch[max(0, tick(at)) : tick(note.end_s) + 2] = note.midi
    coda = sounds[nucleus + 1 :]
    scale = min(1.0, 0.45 * (note.end_s - note.start_s) / max(1e-6, sum(sound.seconds for sound in coda)))
    at = note.end_s
    for sound in reversed(coda):
        tracks.lay(sound, tick(at - sound.seconds * scale), tick(at), 0.9)
        at -= sound.seconds * scale
    tracks.lay(sounds[nucleus], tick(note.start_s), tick(at), 1.0)
    if not note.legato and not coda:  # an open vowel dies away instead of stopping dead
        fade = tick(at) - np.arange(max(0, tick(at) - 24), tick(at))
        tracks.voice[max(0, tick(at) - 24) : tick(at)] *= (fade / 24.0) ** 0.7


def _pitch_curve(
    tracks: _Tracks, notes: Sequence[Note], origin: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    ticks = len(tracks.pitch)
    pitch = np.asarray(smoothed(_filled(tracks.pitch[:, None])[:, 0], 15), np.float64)  # portamento
    seconds = np.arange(ticks) * _TICK / SAMPLE_RATE + origin
    rate = 5.5 + 0.3 * float(rng.standard_normal())
    depth = np.zeros(ticks)
    for note in notes:
        if note.end_s - note.start_s > 0.35:  # only held notes are given vibrato, and not at once
            inside = (seconds >= note.start_s) & (seconds <= note.end_s + 0.1)
            depth[inside] = np.clip((seconds[inside] - note.start_s - 0.18) / 0.25, 0, 1) * 0.38
    vibrato = smoothed(depth, 11) * np.sin(2 * np.pi * rate * seconds + float(rng.uniform(0, 6)))
    scoop = -0.7 * np.exp(-np.clip(seconds - notes[0].start_s + 0.05, 0, None) / 0.06)  # slides up into a phrase
    drift = 0.09 * smoothed(rng.standard_normal(ticks), 60) * np.sqrt(60)
    return np.asarray(pitch + vibrato + scoop + 0.5 * drift)


def _filled(track: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaps take the value of what comes next (the mouth prepares), the end keeps the last one."""
    known = np.flatnonzero(~np.isnan(track[:, 0]))
    following = np.searchsorted(known, np.arange(len(track)))
    return track[known[np.minimum(following, len(known) - 1)]]


def _response(hz: NDArray[np.float64], formants: NDArray[np.float64]) -> NDArray[np.float64]:
    """Magnitude of the vocal tract at `hz` (frames, n) for formants (frames, 3): a cascade of resonances."""
    response = np.ones_like(hz)
    for number in range(5):
        center = formants[:, number][:, None] if number < 3 else np.float64(_UPPER[number - 3])
        width = _BANDWIDTHS[number]
        response *= center**2 / np.sqrt((center**2 - hz**2) ** 2 + (hz * width) ** 2)
    return response


def _harmonics(frequency: NDArray[np.float64], formants: NDArray[np.float64], voice: NDArray[np.float64]) -> Floats:
    count = len(frequency) * _TICK
    at = np.arange(count, dtype=np.float64) / _TICK
    frames = np.arange(len(frequency))
    phase = 2 * np.pi * np.cumsum(np.interp(at, frames, frequency)) / SAMPLE_RATE
    partials = np.arange(1, int(9500 / frequency.min()) + 1)
    hz = frequency[:, None] * partials
    opened = formants.copy()
    opened[:, 0] = np.maximum(opened[:, 0], 1.03 * frequency)  # sopranos open the mouth so that F1 follows the pitch
    amplitudes = _response(hz, opened) / partials**0.85
    amplitudes[hz > 9500] = 0
    # loud and soft vowels are brought together, not made equal
    strength = np.sqrt((amplitudes**2).sum(axis=1, keepdims=True))
    amplitudes *= voice[:, None] / (strength**0.8 * 2.2)
    singing = np.zeros(count, np.float32)
    turn = (phase % (2 * np.pi)).astype(np.float32)
    for number, partial in enumerate(partials):
        amplitude = amplitudes[:, number]
        if amplitude.max() > 1e-4:
            singing += np.sin(turn * np.float32(partial)) * np.interp(at, frames, amplitude).astype(np.float32)
    return singing


def _noises(
    tracks: _Tracks, formants: NDArray[np.float64], voice: NDArray[np.float64], rng: np.random.Generator
) -> Floats:
    """Hiss, bursts and breath by overlap-add of shaped noise frames."""
    size = 4 * _TICK
    hz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    frames = len(voice)
    hiss = np.exp(-0.5 * ((hz - tracks.hiss_hz[:, None]) / tracks.hiss_width[:, None]) ** 2) * tracks.hiss[:, None]
    air = _response(np.broadcast_to(hz, (frames, len(hz))), formants)
    air = air / (np.sqrt((air**2).mean(axis=1, keepdims=True)) + 1e-9) * (hz > 350)
    shape = 0.16 * hiss + 0.05 * (tracks.breath + 0.07 * voice)[:, None] * air
    noise = np.fft.rfft(rng.standard_normal((frames, size)), axis=1)
    pieces = np.fft.irfft(noise * shape, size, axis=1) * np.hanning(size)
    out = np.zeros((frames + 4) * _TICK)
    for part in range(4):
        out[part * _TICK : (part + frames) * _TICK] += pieces[:, part * _TICK : (part + 1) * _TICK].reshape(-1)
    centered = out[3 * _TICK // 2 : 3 * _TICK // 2 + frames * _TICK]
    return np.asarray(centered, np.float32)
