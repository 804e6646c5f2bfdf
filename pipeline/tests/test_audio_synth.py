"""Songs that we make ourselves: what they promise about themselves is true of their sound."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.audio.loudness import integrated_lufs, measured_loudness, signal_lufs
from pipeline.media.audio.synth import compose_song, sample_song, test_song, write_encoded, write_wav
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.mixdown import limited, true_peaks
from pipeline.media.audio.synth.moods import FORMS, MOODS, form_for
from pipeline.media.audio.synth.phonemes import SOUNDS, syllables
from pipeline.media.audio.synth.singing import Note, sung_phrase
from pipeline.media.run import guarded_input, run_ffmpeg

LYRICS = "Rain on the harbor\nneon on the bay\n\nOh, the sea remembers\nmountains know my name\n"


def level(audio: np.ndarray, start_ms: int, end_ms: int) -> float:
    part = audio[start_ms * SAMPLE_RATE // 1000 : end_ms * SAMPLE_RATE // 1000]
    return float(np.sqrt((part.astype(float) ** 2).mean()))


def pitch(samples: np.ndarray) -> float:
    """Fundamental in Hz by autocorrelation."""
    spectrum = np.fft.rfft(samples - samples.mean(), 2 * len(samples))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)
    shortest, longest = SAMPLE_RATE // 800, SAMPLE_RATE // 100
    return float(SAMPLE_RATE / (shortest + np.argmax(correlation[shortest:longest])))


@pytest.mark.long
def test_the_sample_is_a_whole_little_song() -> None:
    song = sample_song()
    truth = song.truth

    assert truth.title == "Salt and Neon"
    assert truth.artist == "Paper Harbor"
    assert 24_000 <= truth.duration_ms <= 30_000
    assert abs(len(song.audio) * 1000 / SAMPLE_RATE - truth.duration_ms) < 2
    assert [section.label for section in truth.sections] == ["intro", "verse", "chorus", "outro"]
    assert len(truth.lines) == 8
    assert truth.key == "A minor"


def test_the_sample_says_when_each_word_is_sung() -> None:
    truth = sample_song().truth
    sections = {section.label: section for section in truth.sections}

    for line in truth.lines:
        assert " ".join(word.text for word in line.words) == line.text
        assert line.start_ms == line.words[0].start_ms
        assert line.end_ms == line.words[-1].end_ms
        assert all(word.end_ms - word.start_ms >= 120 for word in line.words)
        assert all(left.end_ms <= right.start_ms for left, right in itertools.pairwise(line.words))
    assert all(left.end_ms < right.start_ms for left, right in itertools.pairwise(truth.lines))
    assert all(sections["verse"].start_ms <= line.start_ms < sections["verse"].end_ms for line in truth.lines[:4])
    assert all(sections["chorus"].start_ms <= line.start_ms < sections["chorus"].end_ms for line in truth.lines[4:])


def test_the_sample_is_as_loud_as_songs_are_and_never_clips(tmp_path: Path) -> None:
    write_wav(sample_song(), tmp_path / "sample.wav")

    said = run_ffmpeg(
        [*guarded_input("sample.wav"), "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        folder=tmp_path,
        loglevel="info",
    )

    summary = said[said.rindex("Summary") :]
    loudness = float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary)[1])
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1])
    assert -14.5 <= loudness <= -13.5
    assert peak < -1.0


def test_the_sample_begins_softly_and_dies_away() -> None:
    song = sample_song()
    duration_ms = song.truth.duration_ms
    body = level(song.audio, 5_000, 22_000)

    assert 0.05 * body < level(song.audio, 500, 4_000) < 0.8 * body
    assert level(song.audio, duration_ms - 100, duration_ms) < 0.01 * body
    ending = [level(song.audio, at, at + 200) for at in range(duration_ms - 1200, duration_ms - 200, 200)]
    assert ending == sorted(ending, reverse=True)


def test_the_same_seed_makes_the_same_song_and_another_one_another() -> None:
    once, again, other = (
        compose_song(mood="sunny", form="short", seconds=8, seed=seed, lyrics=LYRICS, polish=False)
        for seed in (1, 1, 2)
    )

    assert np.array_equal(once.audio, again.audio)
    assert once.truth == again.truth
    assert not np.array_equal(once.audio[: len(other.audio)], other.audio[: len(once.audio)])


@pytest.mark.parametrize("mood", sorted(MOODS))
def test_it_composes_in_every_mood(mood: str) -> None:
    song = compose_song(mood=mood, form="short", seconds=18, seed=3, lyrics=LYRICS, polish=False)
    truth = song.truth

    assert abs(truth.duration_ms - 18_000) < 8_000
    assert np.isfinite(song.audio).all()
    assert 0.5 < np.abs(song.audio).max() <= 0.9
    assert level(song.audio, 0, truth.duration_ms) > 0.02
    assert not np.allclose(song.audio[:, 0], song.audio[:, 1])  # stereo
    assert truth.sections[0].start_ms == 0
    assert truth.sections[-1].end_ms == truth.duration_ms
    per_bar = 3 if mood == "waltz" else 4
    assert truth.downbeats_ms == truth.beats_ms[::per_bar]
    assert all(line.words for line in truth.lines)
    assert [line.text for line in truth.lines] == [line for line in LYRICS.splitlines() if line]


def test_it_puts_drums_on_the_beats_it_promises() -> None:
    song = test_song(120, seconds=20, seed=1, mood="dance")
    mono = np.abs(song.audio).max(axis=1)

    verse = next(section for section in song.truth.sections if section.label == "verse")
    beats = [beat for beat in song.truth.beats_ms if verse.start_ms < beat < verse.end_ms]
    rises = [level(mono, beat, beat + 60) / level(mono, beat - 70, beat - 10) for beat in beats]

    assert np.median(rises) > 1.5


def test_it_makes_a_chorus_louder_than_a_verse() -> None:
    song = compose_song(mood="dream", seconds=60, seed=4, polish=False)
    by_label = {section.label: section for section in song.truth.sections}

    loud = {label: level(song.audio, part.start_ms, part.end_ms) for label, part in by_label.items()}

    assert loud["chorus"] > loud["verse"] > loud["intro"]


def test_forms_stretch_in_whole_bars() -> None:
    for name, form in FORMS.items():
        for bars in (8, 24, 52, 140):
            stretched = form_for(name, bars)
            assert [label for label, _ in stretched] == [label for label, _ in form]
            assert all(length >= 1 for _, length in stretched)
    assert abs(sum(length for _, length in form_for("pop", 100)) - 100) <= 8


@pytest.mark.parametrize("midi", [57, 64, 72])
def test_the_singer_hits_the_note(midi: int) -> None:
    voice, origin = sung_phrase([Note(1.0, 1.9, midi, ("L", "AA"))], seed=1)

    start = int((1.25 - origin) * SAMPLE_RATE)
    heard = pitch(voice[start : start + SAMPLE_RATE // 2])

    assert abs(12 * np.log2(heard / (440 * 2 ** ((midi - 69) / 12)))) < 0.35


def test_the_singer_shapes_vowels() -> None:
    """The second formant tells "ee" from "oo", whatever the pitch."""

    def brightness(vowel: str) -> float:
        voice, origin = sung_phrase([Note(1.0, 1.9, 60, (vowel,))], seed=1)
        start = int((1.2 - origin) * SAMPLE_RATE)
        power = np.abs(np.fft.rfft(voice[start : start + 16_384])) ** 2
        hertz = np.fft.rfftfreq(16_384, 1 / SAMPLE_RATE)
        return float(power[(hertz > 2000) & (hertz < 3500)].sum() / power[(hertz > 500) & (hertz < 1300)].sum())

    assert brightness("IY") > 10 * brightness("UW")


def test_the_singer_hisses_an_s_and_hums_an_m() -> None:
    def high_share(consonant: str) -> float:
        voice, origin = sung_phrase([Note(1.0, 1.6, 62, (consonant, "AA"))], seed=1)
        sound = SOUNDS[consonant].seconds
        part = voice[int((1.0 - sound - origin) * SAMPLE_RATE) : int((1.0 - 0.015 - origin) * SAMPLE_RATE)]
        power = np.abs(np.fft.rfft(part)) ** 2
        hertz = np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE)
        return float(power[hertz > 4000].sum() / power.sum())

    assert high_share("S") > 0.6
    assert high_share("M") < 0.05


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("rain", 1),
        ("harbor", 2),
        ("neon,", 2),
        ("remembers", 3),
        ("name", 1),
        ("I", 1),
        ("don't", 1),
        ("море", 4),
        ("...", 1),
    ],
)
def test_it_counts_syllables(word: str, count: int) -> None:
    found = syllables(word)

    assert len(found) == count
    assert all(sum(SOUNDS[sound].vowel for sound in syllable) == 1 for syllable in found)


def test_the_limiter_keeps_peaks_between_samples_too() -> None:
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    between = np.sin(2 * np.pi * 11_025 * t + np.pi / 4)  # its samples reach 0.707 of its true peak
    loud = np.stack([between, between], axis=1).astype(np.float32) * 1.2

    quiet = limited(loud, ceiling_db=-2.0)

    assert abs(true_peaks(loud)[1000:-1000].max() - 1.2) < 0.02
    assert true_peaks(quiet)[1000:-1000].max() <= 10 ** (-2.0 / 20) * 1.01


def test_loudness_follows_the_standard() -> None:
    t = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    tone = (np.sin(2 * np.pi * 997 * t) * 10 ** (-23 / 20)).astype(np.float32)

    assert abs(signal_lufs(np.stack([tone, tone], axis=1), SAMPLE_RATE) + 23) < 0.1
    gated = np.concatenate([np.full(50, 1e-2), np.full(50, 1e-6)])  # the soft half lies under the relative gate
    assert abs(integrated_lufs(gated) - integrated_lufs(gated[:50])) < 0.3
    assert integrated_lufs(np.zeros(50)) == -70.0


def test_the_sample_song_keeps_its_peak_as_it_is_sent(tmp_path: Path) -> None:
    write_encoded(sample_song(), tmp_path / "sample.m4a")  # its film copies this to the bit
    loudness, peak = measured_loudness(tmp_path / "sample.m4a", tmp_path)
    assert peak < -10 and abs(loudness + 140) <= 3


def test_it_writes_tags_with_the_song(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    song = compose_song(form="short", seconds=12, seed=1, title="Tide", artist="Nobody", polish=False)
    write_encoded(song, path, tags=[("album", "Shore")])

    with av.open(str(path)) as file:
        assert file.metadata["title"] == "Tide"
        assert file.metadata["artist"] == "Nobody"
        assert file.metadata["album"] == "Shore"
    assert list(tmp_path.iterdir()) == [path]
