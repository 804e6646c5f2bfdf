"""Plain lyrics laid over the sung parts.

Exact on clean curves, near on synthesized singing and speech, honest without a voice.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.media.audio.analysis import analyze_song
from pipeline.media.audio.synth.songs import compose_song
from pipeline.media.audio.values import Section, SongAnalysis
from pipeline.media.lyrics import Line, Lyrics, aligned_lyrics, read_lyrics
from pipeline.media.lyrics.syllables import syllable_count
from pipeline.tests.spoken_songs import LYRICS, NO_SPEAKER, SPEAKER, sheet_of, spoken_song, written

BAR_MS = 2000
FORM = (
    ("intro", 4, ""),
    ("verse", 8, LYRICS[0][0]),
    ("chorus", 8, LYRICS[0][1]),
    ("instrumental", 4, ""),
    ("verse", 8, LYRICS[0][2]),
    ("chorus", 8, LYRICS[0][1]),
    ("outro", 4, ""),
)
SHEET = "\n\n".join(text for _, _, text in FORM if text)


def song(*, noise: float = 0.1, seed: int = 0, voice: bool = True) -> tuple[SongAnalysis, list[tuple[int, int]]]:
    """What an analysis would hear of a song of known lines, and when they are sung."""
    dice = np.random.default_rng(seed)
    at, sections, truth, downbeats = 300, [], [], []
    for number, (label, bars, text) in enumerate(FORM):
        start = at if number else 0
        rows = [row for row in text.split("\n") if row]
        for place, row in enumerate(rows):
            begin = at + place * bars * BAR_MS // len(rows) + int(dice.choice((0, 0, 250, 500, -250)))
            truth.append((begin, begin + int(syllable_count(row) * dice.normal(260, 30))))
        downbeats += [at + bar * BAR_MS for bar in range(bars)]
        at += bars * BAR_MS
        sections.append(Section(start_ms=start, end_ms=at, label=label))
    steps = at // 100
    sung = np.zeros(steps)
    for begin, end in truth if voice else ():
        sung[begin // 100 : end // 100] = 1
    heard = np.clip(sung * dice.normal(0.75, 0.12, steps) + (1 - sung) * np.abs(dice.normal(0.12, noise, steps)), 0, 1)
    analysis = SongAnalysis(
        duration_ms=at,
        tempo_mbpm=120_000,
        beats_ms=tuple(beat + quarter * 500 for beat in downbeats for quarter in range(4)),
        downbeats_ms=tuple(downbeats),
        sections=tuple(sections),
        energy=tuple(900 if voice else 500 + 400 * (step % 400 > 200) for step in range(steps)),
        vocal_activity=tuple(int(1000 * value) for value in heard) if voice else (0,) * steps,
    )
    return analysis, truth


def errors_ms(lyrics: Lyrics, starts: list[int]) -> np.ndarray:
    return np.array([abs(line.start_ms - start) for line, start in zip(lyrics.lines, starts, strict=True)])


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_lines_by_the_voice(seed):
    analysis, truth = song(seed=seed)
    lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
    errors = errors_ms(lyrics, [start for start, _ in truth])
    assert np.median(errors) <= 150
    assert errors.max() <= 1000


def test_it_answers_with_ordered_lines_words_and_confidence():
    analysis, _ = song()
    lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
    assert (lyrics.timed, lyrics.source) == (True, "aligned")
    assert any("estimated" in note for note in lyrics.notes)
    assert all(left.end_ms <= right.start_ms for left, right in pairwise(lyrics.lines))
    for line in lyrics.lines:
        assert line.words_estimated
        assert [word.text for word in line.words] == line.text.split()
        assert line.start_ms == line.words[0].start_ms
        assert line.words[-1].end_ms <= line.end_ms <= analysis.duration_ms
        assert 20 <= line.confidence <= 90


def test_it_is_surer_where_it_is_right():
    right, wrong = [], []
    for seed in range(6):
        analysis, truth = song(noise=0.4, seed=seed)
        lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
        for line, (start, _) in zip(lyrics.lines, truth, strict=True):
            (right if abs(line.start_ms - start) < 300 else wrong).append(line.confidence)
    assert wrong
    assert np.mean(right) > np.mean(wrong) + 3


def test_it_sets_in_on_beats_that_are_near():
    analysis, _ = song()
    beats = np.array(analysis.beats_ms)
    lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
    near = [np.abs(beats - line.start_ms).min() for line in lyrics.lines]
    assert np.mean(np.array(near) == 0) > 0.6


def test_it_leaves_rests_where_nobody_sings():
    analysis, _ = song()
    lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
    rest = next(section for section in analysis.sections if section.label == "instrumental")
    inside = sum(max(0, min(line.end_ms, rest.end_ms) - max(line.start_ms, rest.start_ms)) for line in lyrics.lines)
    assert inside < 0.15 * rest.duration_ms


def test_it_lays_lines_over_the_strong_parts_of_an_instrumental_and_is_not_sure():
    analysis, _ = song(voice=False)
    lyrics = aligned_lyrics(read_lyrics(SHEET), analysis)
    assert len(lyrics.lines) == 16
    assert max(line.confidence for line in lyrics.lines) <= 25
    assert any("No singing was found" in note for note in lyrics.notes)
    sung = [section for section in analysis.sections if section.label in ("verse", "chorus")]
    inside = [any(section.start_ms <= line.start_ms < section.end_ms for section in sung) for line in lyrics.lines]
    assert np.mean(inside) > 0.7


def test_it_keeps_given_times_and_only_estimates_words():
    analysis, _ = song()
    given = read_lyrics("[00:10.00]Over the sea\n[00:14.00]Home\n[00:16.00]\n")
    lyrics = aligned_lyrics(given, analysis)
    assert [(line.start_ms, line.end_ms, line.confidence) for line in lyrics.lines] == [
        (10000, 14000, 100),
        (14000, 16000, 100),
    ]
    assert all(line.words and line.words_estimated for line in lyrics.lines)
    assert aligned_lyrics(Lyrics(), analysis) == Lyrics()


@pytest.mark.parametrize(
    ("count", "duration_ms"), [(1, 900), (1, 60_000), (40, 5000), (300, 20_000), (2000, 30_000), (7, 100)]
)
def test_it_holds_any_number_of_lines_in_any_song(count, duration_ms):
    steps = -(-duration_ms // 100)
    activity = tuple(900 if step % 30 < 20 else 100 for step in range(steps))
    analysis = SongAnalysis(
        duration_ms=duration_ms, tempo_mbpm=0, beats_ms=(), downbeats_ms=(), sections=(), vocal_activity=activity
    )
    lines = tuple(Line(text=f"line number {index}", block=index // 4) for index in range(count))
    lyrics = aligned_lyrics(Lyrics(lines=lines, source="text"), analysis)
    assert len(lyrics.lines) == count
    assert all(left.end_ms <= right.start_ms for left, right in pairwise(lyrics.lines))
    assert all(0 <= line.start_ms <= line.end_ms <= duration_ms for line in lyrics.lines)


def test_it_understands_scripts_without_spaces():
    analysis, truth = song()
    count = len(truth)
    lyrics = aligned_lyrics(
        Lyrics(lines=tuple(Line(text="夜の空に星が", block=index // 4) for index in range(count))), analysis
    )
    assert len(lyrics.lines[0].words) == 6
    assert np.median(errors_ms(lyrics, [start for start, _ in truth])) < 1000


@pytest.mark.long
def test_it_finds_the_lines_of_our_synthetic_singer(tmp_path):
    errors: list[float] = []
    for mood in ("dance", "rush"):
        composed = compose_song(mood=mood, seconds=60, seed=3, lyrics="\n\n".join(LYRICS[0]), polish=False)
        lyrics = aligned_lyrics(read_lyrics(sheet_of(composed)), analyze_song(written(composed, tmp_path)))
        errors += list(errors_ms(lyrics, [line.start_ms for line in composed.truth.lines]))
    assert np.median(errors) <= 150, errors


@pytest.mark.skipif(not SPEAKER, reason=NO_SPEAKER)
def test_it_finds_lines_spoken_over_music(tmp_path):
    made = spoken_song("dance", seed=12, seconds=90)
    lyrics = aligned_lyrics(read_lyrics(made.sheet), analyze_song(written(made.song, tmp_path)))
    errors = errors_ms(lyrics, [line.start_ms for line in made.song.truth.lines])
    assert np.median(errors) <= 250, errors
    assert np.mean(errors < 700) >= 0.7, errors
