"""Whole songs: composed, sung, mixed, with the truth about them, and written to files."""

from __future__ import annotations

import functools
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth import sample
from pipeline.media.audio.synth.arrangement import Band, Score, Stems
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.melody import Phrase, phrases
from pipeline.media.audio.synth.mixdown import mastered_mix, rough_mix
from pipeline.media.audio.synth.moods import MOODS, form_for
from pipeline.media.audio.synth.singing import Note, sung_phrase
from pipeline.media.audio.values import SongTruth
from pipeline.media.run import Stop, guarded_input, never, run_ffmpeg

_CODECS = {
    ".m4a": ["-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart"],
    ".mp3": ["-c:a", "libmp3lame", "-q:a", "2"],
    ".ogg": ["-c:a", "libvorbis", "-q:a", "5"],
    ".opus": ["-c:a", "libopus", "-b:a", "128k"],
    ".flac": ["-c:a", "flac"],
    ".wav": ["-c:a", "pcm_s16le"],
}
_LEAD_GAIN = 0.33
"""Puts the voice one or two dB above the band."""


@dataclass(frozen=True)
class Song:
    """A composed song. `audio` has shape (samples, 2) at `sample_rate`."""

    audio: Floats
    truth: SongTruth
    sample_rate: int = SAMPLE_RATE


def compose_song(
    *,
    mood: str = "dream",
    form: str = "pop",
    seconds: float = 120.0,
    bpm: float | None = None,
    seed: int = 0,
    lyrics: str = "",
    title: str = "",
    artist: str = "",
    drift: float = 0.0,
    polish: bool = True,
) -> Song:
    """Compose, sing and mix a song of about `seconds`.

    `mood` is a key of MOODS, `form` of FORMS. `lyrics` are stanzas separated by blank lines, the second being the
    chorus; without them nobody sings. `polish=False` skips room and loudness (several times faster).
    """
    chosen = MOODS[mood]
    pace = bpm if bpm is not None else chosen.bpm
    bars = max(1.0, (seconds - 2.5) * pace / 60 / chosen.beats_per_bar)
    score = Score(mood=chosen, form=form_for(form, bars), bpm=pace, seed=seed, drift=drift)
    return _performed(score, phrases(score, lyrics), title=title, artist=artist, polish=polish)


@functools.cache
def sample_song() -> Song:
    """ "Salt and Neon" by Paper Harbor: about 29 s, sung, always the same."""
    return _performed(
        sample.sample_score(), sample.sample_phrases(), title=sample.TITLE, artist=sample.ARTIST, polish=True
    )


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
    return Song(rough_mix(Band(score).play()), _truth(score, []))


test_song.__test__ = False  # type: ignore[attr-defined]  # pytest must not take it for a test


def write_wav(song: Song, path: Path) -> None:
    """Write 16-bit stereo WAV."""
    write_samples(song.audio, path, sample_rate=song.sample_rate)


def write_samples(audio: Floats, path: Path, *, sample_rate: int = SAMPLE_RATE) -> None:
    """Write float samples of shape (samples, channels) as 16-bit WAV."""
    pcm = (np.clip(audio, -1, 1) * 32767).round().astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(audio.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm.tobytes())


def write_encoded(song: Song, path: Path, *, tags: Sequence[tuple[str, str]] = (), stop: Stop = never) -> None:
    """Write M4A, MP3, OGG, Opus, FLAC or WAV by the path's ending, tagged with title and artist (and `tags`)."""
    known = [("title", song.truth.title), ("artist", song.truth.artist), *tags]
    metadata = [part for name, value in known if value for part in ("-metadata", f"{name}={value}")]
    with tempfile.TemporaryDirectory(dir=path.parent) as name:
        folder = Path(name)
        write_wav(song, folder / "song.wav")
        result = folder / f"out{path.suffix}"
        run_ffmpeg(
            [*guarded_input("song.wav"), *_CODECS[path.suffix], *metadata, f"file:{result.name}"],
            folder=folder,
            stop=stop,
        )
        result.replace(path)


def _performed(score: Score, sung: Sequence[Phrase], *, title: str, artist: str, polish: bool) -> Song:
    per_bar = score.mood.beats_per_bar
    sung_bars = {int(phrase.beat // per_bar) + bar for phrase in sung for bar in range(_bars_of(phrase, per_bar))}
    stems = Band(score, frozenset(sung_bars)).play()
    for number, phrase in enumerate(sung):
        _sing(stems, score, phrase, number)
    audio = mastered_mix(stems, seed=score.seed, beat_s=60 / score.bpm) if polish else rough_mix(stems)
    return Song(audio, _truth(score, sung, title=title, artist=artist))


def _bars_of(phrase: Phrase, per_bar: int) -> int:
    return max(1, -(-int(sum(tone.beats for tone in phrase.tones)) // per_bar))


def _sing(stems: Stems, score: Score, phrase: Phrase, number: int) -> None:
    """The lead in the middle; in choruses a double to each side and a soft third above."""
    notes = phrase.notes(score)
    takes: list[tuple[list[Note], int, float, float, float]] = [(notes, 0, 0.0, _LEAD_GAIN, 0.0)]
    if phrase.chorus:
        third = [Note(n.start_s, n.end_s, _third_above(score, n.midi), n.syllable, n.legato) for n in notes]
        takes += [
            (notes, 1, 7.0, 0.3 * _LEAD_GAIN, -0.8),
            (notes, 2, -7.0, 0.3 * _LEAD_GAIN, 0.8),
            (third, 3, 3.0, 0.26 * _LEAD_GAIN, 0.5),
            (third, 4, -4.0, 0.26 * _LEAD_GAIN, -0.5),
        ]
    for line, take, cents, gain, pan in takes:
        late = 0.0 if take == 0 else 0.008 * take
        voice, origin = sung_phrase(line, seed=score.seed * 1000 + number * 10 + take, cents=cents)
        start = int((origin + late) * SAMPLE_RATE)
        skip = max(0, -start)
        start = max(0, start)
        length = min(len(voice) - skip, len(stems.voice) - start)
        for side, share in ((0, 1 - max(0.0, pan)), (1, 1 + min(0.0, pan))):
            stems.voice[start : start + length, side] += voice[skip : skip + length] * np.float32(gain * share)


def _third_above(score: Score, midi: float) -> int:
    """Two steps up in the scale."""
    scale = sorted({score.mood.note(degree) % 12 for degree in range(7)})
    above = [note for note in range(int(midi) + 1, int(midi) + 8) if note % 12 in scale]
    return above[1]


def _truth(score: Score, sung: Sequence[Phrase], *, title: str = "", artist: str = "") -> SongTruth:
    beats = tuple(round(1000 * float(beat)) for beat in score.beats_s[:-1])
    return SongTruth(
        title=title,
        artist=artist,
        duration_ms=round(1000 * score.duration_s),
        tempo_mbpm=round(1000 * score.bpm),
        beats_ms=beats,
        downbeats_ms=beats[:: score.mood.beats_per_bar],
        sections=score.sections(),
        key=score.mood.key,
        lines=tuple(phrase.sung_line(score) for phrase in sung),
    )
