"""Whole songs: composed, mixed, with the truth about them, and written to files."""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth.arrangement import Band, Score
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.mixdown import rough_mix
from pipeline.media.audio.synth.moods import MOODS, form_for
from pipeline.media.audio.values import SongTruth
from pipeline.media.run import MediaError, Stop, never, run_ffmpeg


@dataclass(frozen=True)
class Song:
    """A composed song. `audio` has shape (samples, 2) at `sample_rate`."""

    audio: Floats
    truth: SongTruth
    sample_rate: int = SAMPLE_RATE


def test_song(
    bpm: float,
    seconds: float = 60.0,
    seed: int = 0,
    *,
    mood: str = "sunny",
    form: str = "pop",
    drift: float = 0.0,
    humanize_ms: int = 0,
    lead_in_ms: int = 370,
) -> Song:
    """A plain, quickly made song (over 100 times real time) whose beats and sections are known exactly."""
    chosen = MOODS[mood]
    bars = max(1.0, (seconds - 1.5 - lead_in_ms / 1000) * bpm / 60 / chosen.beats_per_bar)
    score = Score(
        mood=chosen, form=form_for(form, bars), bpm=bpm, seed=seed, lead_in_s=lead_in_ms / 1000, drift=drift,
        humanize_s=humanize_ms / 1000, ring_s=1.5,
    )  # fmt: skip
    return Song(rough_mix(Band(score).play()), truth_of(score))


test_song.__test__ = False  # type: ignore[attr-defined]  # pytest must not take it for a test


def truth_of(score: Score) -> SongTruth:
    beats = tuple(round(1000 * float(beat)) for beat in score.beats_s[:-1])
    return SongTruth(
        duration_ms=round(1000 * score.duration_s),
        tempo_mbpm=round(1000 * score.bpm),
        beats_ms=beats,
        downbeats_ms=beats[:: score.mood.beats_per_bar],
        sections=score.sections(),
        key=score.mood.key,
    )


def write_wav(song: Song, path: Path) -> None:
    """16-bit stereo WAV."""
    pcm = (np.clip(song.audio, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(song.audio.shape[1])
        file.setsampwidth(2)
        file.setframerate(song.sample_rate)
        file.writeframes(pcm.tobytes())
