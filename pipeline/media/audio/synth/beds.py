"""Music beds: music without words, exact to the sample, with an intro and an ending of its own.

The tempo follows from the mood, and from the cuts that the music is to fit, but not from its length: a film that is
made a little longer keeps its beats. Whole bars are played, and the last chord rings for as long as is left. Nothing is
looped.
"""

from __future__ import annotations

import functools
from itertools import accumulate

import numpy as np

from pipeline.media.audio.analysis import energy_levels, waveform_peaks
from pipeline.media.audio.loudness import signal_lufs
from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth.arrangement import Band, Score
from pipeline.media.audio.synth.fitting import Pulse, fitted_bars, fitted_form, fitted_pulse
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.mixdown import mastered_mix
from pipeline.media.audio.synth.moods import MOODS, Form
from pipeline.media.audio.values import GRID_MS, Section, SectionLabel, SongAnalysis

BED_MOODS = ("dream", "sunny", "dance", "night", "rush", "ballad")
LEAD_IN_S = 0.1
SHORTEST_RING_S = 1.1
"""The last chord is heard at least so long."""
LONGEST_RING_S = 3.6
"""And so long at most where it waits for a cut."""
SILENT_BEAT_MS = 500


@functools.lru_cache(maxsize=64)
def bed_score(mood: str, seed: int, frames: int, fps: int, cuts: tuple[int, ...] = ()) -> Score:
    """The music for a film of `frames` frames, on paper. `mood` is one of BED_MOODS. A film has at least a second.

    `cuts` are frames that the music should meet: as many as its tempo allows become first beats of bars.
    """
    chosen = MOODS[mood]
    seconds = frames / fps
    pulse = bed_pulse(mood, fps, cuts)
    room_s = seconds - pulse.first_s - SHORTEST_RING_S
    marks = _met(pulse, cuts, fps)
    if not marks:
        bar_s = chosen.beats_per_bar * pulse.beat_s
        bars = max(1, int(room_s / bar_s + 1e-6))
        ring_s = max(0.0, room_s + SHORTEST_RING_S - bars * bar_s)
        return Score(chosen, bed_form(bars), pulse.bpm, seed, lead_in_s=pulse.first_s, ring_s=ring_s)
    beats = _last_beat(room_s, pulse, marks)
    meter = fitted_bars(beats, marks, chosen.beats_per_bar)
    starts = tuple(bar for bar, beat in enumerate(accumulate(meter), 1) if beat in marks)
    return Score(
        chosen, fitted_form(bed_form(len(meter)), starts), pulse.bpm, seed, lead_in_s=pulse.first_s,
        ring_s=max(0.0, seconds - pulse.first_s - beats * pulse.beat_s), meter=meter,
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def bed_pulse(mood: str, fps: int, cuts: tuple[int, ...] = ()) -> Pulse:
    """The tempo of a bed and when it begins: the mood's own, or the one near it that meets the most cuts."""
    chosen = MOODS[mood]
    return fitted_pulse(
        [cut / fps for cut in cuts], Pulse(chosen.bpm, LEAD_IN_S), beats_per_bar=chosen.beats_per_bar, within_s=1 / fps
    )


def bed_meets(mood: str, fps: int, fitted_to: tuple[int, ...], cuts: tuple[int, ...]) -> bool:
    """Whether a bed that was fitted to some cuts has its beats at all of these."""
    pulse = bed_pulse(mood, fps, fitted_to)
    return all(_beat_of(pulse, cut / fps, 1 / fps) is not None for cut in cuts)


def _met(pulse: Pulse, cuts: tuple[int, ...], fps: int) -> frozenset[int]:
    """The beats, counted from the first, on which cuts lie."""
    found = (_beat_of(pulse, cut / fps, 1 / fps) for cut in cuts)
    return frozenset(beat for beat in found if beat is not None)


def _beat_of(pulse: Pulse, at_s: float, within_s: float) -> int | None:
    """The beat, counted from the first, at a time; None between two."""
    count = (at_s - pulse.first_s) / pulse.beat_s
    return round(count) if abs(count - round(count)) * pulse.beat_s <= within_s else None


def _last_beat(room_s: float, pulse: Pulse, marks: frozenset[int]) -> int:
    """The beat of the last chord: a cut where one lies in the last bars, so that what appears there has the chord."""
    most = max(1, int(room_s / pulse.beat_s + 1e-6))
    waits = int((LONGEST_RING_S - SHORTEST_RING_S) / pulse.beat_s)
    ending = [mark for mark in marks if most - waits <= mark <= most]
    return max(ending, default=most)


def bed_form(bars: int) -> Form:
    """An intro, parts that rise, an ending: exactly so many bars."""
    if bars < 3:
        return (("chorus", bars),)
    edge = 1 if bars < 14 else 2 if bars < 40 else 4
    middle = bars - 2 * edge
    labels: tuple[SectionLabel, ...] = ("verse", "chorus", "verse", "chorus", "bridge", "chorus")
    if middle < 2:
        labels = ("chorus",)
    elif middle < 14:
        labels = ("verse", "chorus")
    elif middle < 30:
        labels = ("verse", "chorus", "bridge", "chorus")
    even = middle // len(labels)
    lengths = [even] * len(labels)
    for extra in range(middle - even * len(labels)):  # what is left over makes the later parts longer
        lengths[-1 - extra % len(labels)] += 1
    return (("intro", edge), *zip(labels, lengths, strict=True), ("outro", edge))


def bed_beats(
    mood: str, seed: int, frames: int, fps: int, cuts: tuple[int, ...] = ()
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[Section, ...]]:
    """(beats, downbeats, sections) of a bed in milliseconds, known before a note of it is played."""
    score = bed_score(mood, seed, frames, fps, cuts)
    length = _ms(frames, fps)
    beats = tuple(ms for beat in score.beats_s if 0 <= (ms := round(1000 * float(beat))) < length)
    sections = tuple(
        section.model_copy(update={"end_ms": min(length, section.end_ms) if at + 1 < len(score.form) else length})
        for at, section in enumerate(score.sections())
    )
    return beats, tuple(beats[at] for at in score.bar_starts if at < len(beats)), sections


def composed_bed(mood: str, seed: int, frames: int, fps: int, cuts: tuple[int, ...] = ()) -> Floats:
    """The bed as float32 of shape (samples, 2) at SAMPLE_RATE; its length is the film's to the sample."""
    score = bed_score(mood, seed, frames, fps, cuts)
    count = bed_samples(frames, fps)
    mix = mastered_mix(Band(score).play(), seed=seed, beat_s=60 / score.bpm)
    exact = np.zeros((count, 2), np.float32)
    exact[: min(count, len(mix))] = mix[:count]
    return exact


def silent_bed(frames: int, fps: int) -> Floats:
    """Silence of the film's length."""
    return np.zeros((bed_samples(frames, fps), 2), np.float32)


def bed_samples(frames: int, fps: int) -> int:
    """Samples per channel of a film's sound."""
    return (2 * frames * SAMPLE_RATE + fps) // (2 * fps)


def bed_analysis(
    audio: Floats, mood: str, seed: int, frames: int, fps: int, cuts: tuple[int, ...] = ()
) -> SongAnalysis:
    """What listening would find, from what is known: beats and parts by the score, loudness and waveform by the audio.

    `mood` "" is for silence, whose beats are a plain grid of 120 bpm.
    """
    length = _ms(frames, fps)
    peaks = waveform_peaks((np.clip(audio.mean(axis=1), -1, 1) * 32767).astype(np.int16))
    if not mood:
        grid = tuple(range(0, length, SILENT_BEAT_MS))
        part = Section(start_ms=0, end_ms=length, label="instrumental")
        return SongAnalysis(
            duration_ms=length, tempo_mbpm=120_000, beats_ms=grid, downbeats_ms=grid[::4], sections=(part,),
            energy=(0,) * -(-length // GRID_MS), peaks=peaks, silent=True,
        )  # fmt: skip
    beats, downbeats, sections = bed_beats(mood, seed, frames, fps, cuts)
    score = bed_score(mood, seed, frames, fps, cuts)
    energy = _energy(audio)
    return SongAnalysis(
        duration_ms=length,
        tempo_mbpm=round(1000 * score.bpm),
        beats_ms=beats,
        downbeats_ms=downbeats,
        sections=tuple(_with_energy(section, energy) for section in sections),
        key=score.mood.key,
        energy=energy,
        vocal_activity=(0,) * len(energy),
        peaks=peaks,
        loudness_clufs=round(100 * signal_lufs(audio, SAMPLE_RATE)),
    )


def _energy(audio: Floats) -> tuple[int, ...]:
    step = SAMPLE_RATE * GRID_MS // 1000
    steps = -(-len(audio) // step)
    padded = np.zeros((steps * step, audio.shape[1]), np.float32)
    padded[: len(audio)] = audio
    powers = (padded.reshape(steps, step, -1) ** 2).mean(axis=(1, 2))
    return tuple(energy_levels(powers).tolist())


def _with_energy(section: Section, energy: tuple[int, ...]) -> Section:
    part = energy[section.start_ms // GRID_MS : max(section.start_ms // GRID_MS + 1, section.end_ms // GRID_MS)]
    return section.model_copy(update={"energy": sum(part) // max(1, len(part))})


def _ms(frames: int, fps: int) -> int:
    return (2 * frames * 1000 + fps) // (2 * fps)
