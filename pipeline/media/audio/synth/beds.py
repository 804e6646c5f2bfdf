"""Music beds: music without words, exact to the sample, with an intro and an ending of its own.

The tempo follows from the mood alone, so a film that is made a little longer keeps its beats: whole bars are played,
and the last chord rings for as long as is left. Nothing is looped.
"""

from __future__ import annotations

import functools

import numpy as np

from pipeline.media.audio.analysis import energy_levels, waveform_peaks
from pipeline.media.audio.loudness import signal_lufs
from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth.arrangement import Band, Score
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.mixdown import mastered_mix
from pipeline.media.audio.synth.moods import MOODS, Form
from pipeline.media.audio.values import GRID_MS, Section, SectionLabel, SongAnalysis

BED_MOODS = ("dream", "sunny", "dance", "night", "rush", "ballad")
LEAD_IN_S = 0.1
SHORTEST_RING_S = 1.1
"""The last chord is heard at least so long."""
SILENT_BEAT_MS = 500


@functools.lru_cache(maxsize=64)
def bed_score(mood: str, seed: int, frames: int, fps: int) -> Score:
    """The music for a film of `frames` frames, on paper. `mood` is one of BED_MOODS. A film has at least a second."""
    chosen = MOODS[mood]
    seconds = frames / fps
    bar_s = chosen.beats_per_bar * 60 / chosen.bpm
    bars = max(1, int((seconds - LEAD_IN_S - SHORTEST_RING_S) / bar_s + 1e-6))
    ring_s = max(0.0, seconds - LEAD_IN_S - bars * bar_s)
    return Score(mood=chosen, form=bed_form(bars), bpm=chosen.bpm, seed=seed, lead_in_s=LEAD_IN_S, ring_s=ring_s)


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
    mood: str, seed: int, frames: int, fps: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[Section, ...]]:
    """(beats, downbeats, sections) of a bed in milliseconds, known before a note of it is played."""
    score = bed_score(mood, seed, frames, fps)
    length = _ms(frames, fps)
    beats = tuple(ms for beat in score.beats_s if 0 <= (ms := round(1000 * float(beat))) < length)
    sections = tuple(
        section.model_copy(update={"end_ms": min(length, section.end_ms) if at + 1 < len(score.form) else length})
        for at, section in enumerate(score.sections())
    )
    return beats, beats[:: score.mood.beats_per_bar], sections


def composed_bed(mood: str, seed: int, frames: int, fps: int) -> Floats:
    """The bed as float32 of shape (samples, 2) at SAMPLE_RATE; its length is the film's to the sample."""
    score = bed_score(mood, seed, frames, fps)
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


def bed_analysis(audio: Floats, mood: str, seed: int, frames: int, fps: int) -> SongAnalysis:
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
    beats, downbeats, sections = bed_beats(mood, seed, frames, fps)
    score = bed_score(mood, seed, frames, fps)
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
