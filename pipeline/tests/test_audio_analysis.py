"""What is heard in songs of which everything is known, and in sounds that are hardly songs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.media.audio.analysis import analysis_of, analyze_song
from pipeline.media.audio.decoding import SAMPLE_RATE, Samples
from pipeline.media.audio.synth import Song, compose_song, test_song, write_encoded
from pipeline.media.audio.values import GRID_MS, SongAnalysis
from pipeline.media.run import Stopped


def samples_of(song: Song) -> Samples:
    """The song as `decode_song` would give it, without a file."""
    mono = song.audio.mean(axis=1)[: len(song.audio) // 2 * 2].reshape(-1, 2).mean(axis=1)
    return as_samples(mono)


def as_samples(signal: np.ndarray) -> Samples:
    pcm = (np.clip(signal, -1, 1) * 32_767).astype(np.int16)
    return Samples(signal=pcm, sample_rate=SAMPLE_RATE, source_rate=44_100, channels=2, truncated=False)


def f_score(truth: Sequence[int], found: Sequence[int], tolerance_ms: int = 70) -> float:
    hits, places = 0, list(found)
    for time in truth:
        near = [place for place in places if abs(place - time) <= tolerance_ms]
        if near:
            places.remove(near[0])
            hits += 1
    return 2 * hits / (len(truth) + len(found))


def assert_sound(analysis: SongAnalysis) -> None:
    """What holds for every song whatsoever."""
    duration_ms = analysis.duration_ms
    beats, sections = analysis.beats_ms, analysis.sections
    assert beats
    assert all(left < right for left, right in itertools.pairwise(beats))
    assert beats[0] >= 0
    assert beats[-1] < duration_ms
    assert analysis.downbeats_ms
    assert set(analysis.downbeats_ms) <= set(beats)
    assert sections[0].start_ms == 0
    assert sections[-1].end_ms == duration_ms
    assert all(left.end_ms == right.start_ms for left, right in itertools.pairwise(sections))
    assert all(section.end_ms > section.start_ms for section in sections)
    steps = -(-duration_ms // GRID_MS)
    for curve in (analysis.energy, analysis.vocal_activity):
        assert len(curve) == steps
        assert all(0 <= value <= 1000 for value in curve)
    assert all(0 <= peak <= 127 for peak in analysis.peaks)
    assert len(analysis.peaks) == 900
    assert 30_000 <= analysis.tempo_mbpm <= 260_000
    assert analysis.tempo_mbpm not in analysis.tempo_alternatives_mbpm
    assert SongAnalysis.model_validate_json(analysis.model_dump_json()) == analysis


@pytest.mark.parametrize(
    ("bpm", "mood", "drift", "humanize_ms"),
    [
        pytest.param(90, "night", 0.0, 0, marks=pytest.mark.long),
        (120, "sunny", 0.0, 0),
        pytest.param(128, "dance", 0.0, 0, marks=pytest.mark.long),
        pytest.param(174, "rush", 0.0, 0, marks=pytest.mark.long),
        (104, "dream", 0.03, 12),
        pytest.param(72, "ballad", 0.0, 0, marks=pytest.mark.long),
    ],
)
def test_it_hears_beats_bars_sections_and_key(bpm: int, mood: str, drift: float, humanize_ms: int) -> None:
    song = test_song(bpm, seconds=120, seed=bpm, mood=mood, drift=drift, humanize_ms=humanize_ms)

    analysis = analysis_of(samples_of(song))

    assert_sound(analysis)
    assert f_score(song.truth.beats_ms, analysis.beats_ms) >= 0.96
    assert f_score(song.truth.downbeats_ms, analysis.downbeats_ms) >= 0.93
    assert abs(analysis.tempo_mbpm - 1000 * bpm) <= 10 * bpm
    borders = [section.start_ms for section in song.truth.sections[1:]]
    found = [section.start_ms for section in analysis.sections[1:]]
    hits = [border for border in borders if any(abs(border - place) <= 500 for place in found)]
    assert len(hits) >= (0.7 if mood == "ballad" else 0.8) * len(borders)  # a ballad without drums gives fewer signs
    assert len(found) <= len(borders) + 2
    relatives = {"A minor": "C major", "F minor": "Ab major", "E minor": "G major", "D minor": "F major"}
    assert analysis.key in (song.truth.key, relatives.get(song.truth.key))


def test_it_names_the_sections_of_a_pop_song() -> None:
    song = test_song(120, seconds=150, seed=2)

    sections = analysis_of(samples_of(song)).sections

    assert [section.label for section in sections] == [section.label for section in song.truth.sections]
    choruses = [section for section in sections if section.label == "chorus"]
    assert len({section.group for section in choruses}) == 1
    verse = next(section for section in sections if section.label == "verse")
    assert all(chorus.energy > verse.energy for chorus in choruses)


def test_it_counts_three_in_a_waltz() -> None:
    song = test_song(138, seconds=90, seed=7, mood="waltz")

    analysis = analysis_of(samples_of(song))

    assert f_score(song.truth.beats_ms, analysis.beats_ms) >= 0.96
    assert f_score(song.truth.downbeats_ms, analysis.downbeats_ms) >= 0.9


def test_it_offers_half_and_double_tempo() -> None:
    analysis = analysis_of(samples_of(test_song(100, seconds=40, mood="dream")))

    offered = [alternative / analysis.tempo_mbpm for alternative in analysis.tempo_alternatives_mbpm]

    assert any(abs(ratio - 2) < 0.05 for ratio in offered)
    assert any(abs(ratio - 0.5) < 0.02 for ratio in offered)


def test_it_draws_energy_and_waveform_from_the_same_sound() -> None:
    quiet = test_song(120, seconds=20, seed=3).audio[: 10 * 44_100, 0]
    signal = np.concatenate([quiet * 0.05, quiet])[::2]

    analysis = analysis_of(as_samples(signal))

    first, second = np.array(analysis.energy[10:90]), np.array(analysis.energy[110:190])
    assert 480 < second.mean() - first.mean() < 680  # 26 of 45 dB
    peaks = np.array(analysis.peaks)
    assert peaks[500:].max() > 10 * peaks[:400].max()


@pytest.mark.parametrize("seconds", [1.0, 1.5, 3.0, 6.0])
def test_it_makes_do_with_very_short_songs(seconds: float) -> None:
    song = test_song(120, seconds=20, seed=4)
    signal = song.audio.mean(axis=1)[::2][3 * SAMPLE_RATE : 3 * SAMPLE_RATE + int(seconds * SAMPLE_RATE)]

    analysis = analysis_of(as_samples(signal))

    assert_sound(analysis)
    assert analysis.duration_ms == round(seconds * 1000)


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(int(seconds * SAMPLE_RATE)) * 0.1


def tone(seconds: float, hertz: float = 220.0) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def rubato(seconds: float) -> np.ndarray:
    """Plucked notes at irregular times."""
    rng = np.random.default_rng(2)
    signal, at = np.zeros(int(seconds * SAMPLE_RATE)), 0.2
    while at < seconds - 1:
        start = int(at * SAMPLE_RATE)
        note = tone(1.0, 220 * 2 ** (int(rng.integers(0, 24)) / 12)) * np.exp(-4 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
        signal[start : start + SAMPLE_RATE] += note
        at += float(rng.uniform(0.25, 1.1))
    return signal


@pytest.mark.parametrize(
    "signal",
    [
        noise(20),
        tone(20),
        rubato(40),
        np.concatenate([np.zeros(10 * SAMPLE_RATE), tone(1), np.zeros(10 * SAMPLE_RATE)]),
        np.eye(1, 5 * SAMPLE_RATE, 2 * SAMPLE_RATE)[0],
        np.sign(tone(10, 60.0)),
    ],
    ids=["noise", "drone", "rubato", "one note", "one click", "overdriven"],
)
def test_it_finds_something_sensible_where_there_is_no_pulse(signal: np.ndarray) -> None:
    analysis = analysis_of(as_samples(signal))

    assert_sound(analysis)
    assert not analysis.silent


@pytest.mark.parametrize("level", [0.0, 0.0002])
def test_it_gives_silence_a_plain_grid_and_one_section(level: float) -> None:
    analysis = analysis_of(as_samples(noise(10.25) * level))

    assert_sound(analysis)
    assert analysis.silent
    assert analysis.tempo_mbpm == 120_000
    assert analysis.beats_ms == tuple(range(0, 10_250, 500))
    assert analysis.downbeats_ms == tuple(range(0, 10_250, 2000))
    assert [section.label for section in analysis.sections] == ["instrumental"]
    assert analysis.loudness_clufs == -7000


def test_it_measures_loudness_like_ebu_r128() -> None:
    stereo_tone = as_samples(
        tone(10, 997.0) / 0.3 * 10 ** (-23 / 20)
    )  # EBU Tech 3341: -23 dBFS in both channels is -23 LUFS

    assert abs(analysis_of(stereo_tone).loudness_clufs - -2300) <= 20


@pytest.mark.long
def test_it_hears_the_singing() -> None:
    lyrics = "Rain on the harbor\nneon on the bay\nships carry lanterns\nout and far away\n\nOh the sea remembers\n"
    song = compose_song(mood="sunny", seconds=60, seed=5, lyrics=lyrics, polish=False)

    activity = np.array(analysis_of(samples_of(song)).vocal_activity)

    sung = np.zeros(len(activity), bool)
    for line in song.truth.lines:
        sung[line.start_ms // GRID_MS : line.end_ms // GRID_MS] = True
    assert activity[sung].mean() > 3 * activity[~sung].mean()
    assert activity[sung].mean() > 450
    instrumental = analysis_of(samples_of(test_song(112, seconds=60, seed=5)))
    assert np.mean(instrumental.vocal_activity) < 250


def test_it_reads_a_file_the_same_way_twice_and_reports_progress(tmp_path: Path) -> None:
    path = tmp_path / "song.m4a"
    song = test_song(110, seconds=20, seed=6)
    write_encoded(song, path)
    heard: list[int] = []

    analysis = analyze_song(path, progress=lambda done, total: heard.append(100 * done // total))

    assert_sound(analysis)
    assert f_score(song.truth.beats_ms, analysis.beats_ms) >= 0.93
    assert heard == sorted(heard)
    assert heard[-1] == 100
    assert analyze_song(path) == analysis


def test_it_stops_between_its_stages() -> None:
    samples = samples_of(test_song(120, seconds=20))
    polls = iter(range(1000))

    with pytest.raises(Stopped):
        analysis_of(samples, stop=lambda: next(polls) > 5)
