"""Times made whole: repair, fitting to the song, words spread over lines."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from pipeline.media.lyrics import Line, Lyrics, Word, fitted_lyrics, read_lyrics, with_word_times
from pipeline.media.lyrics.syllables import sung_words, syllable_count
from pipeline.media.lyrics.timing import MIN_LINE_MS, repaired_lines


def line(text: str, start_ms: int, end_ms: int, *words: tuple[str, int, int]) -> Line:
    return Line(
        text=text,
        start_ms=start_ms,
        end_ms=end_ms,
        words=tuple(Word(text=t, start_ms=a, end_ms=b) for t, a, b in words),
    )


def test_it_clips_overlaps_and_says_so():
    lines, notes = repaired_lines([line("a", 0, 5000), line("b", 3000, 6000)])
    assert [(item.start_ms, item.end_ms) for item in lines] == [(0, 3000), (3000, 6000)]
    assert notes == ("1 line ran into the next one and ends where that begins.",)


def test_it_sorts_backward_times_and_says_so():
    lines, notes = repaired_lines([line("b", 5000, 6000), line("a", 1000, 2000)])
    assert [item.text for item in lines] == ["a", "b"]
    assert notes == ("Some lines were not in the order of their times; they were sorted.",)


def test_it_gives_a_likely_length_to_a_line_that_ends_before_it_begins():
    lines, notes = repaired_lines([line("over the wide sea", 5000, 1000)])
    assert 1000 <= lines[0].end_ms - lines[0].start_ms <= 6000
    assert "ended before it began" in notes[0]


def test_it_shows_every_line_long_enough_to_be_seen():
    lines, _ = repaired_lines([line(str(i), 1000 + i, 1001 + i) for i in range(5)])
    assert all(item.end_ms - item.start_ms >= MIN_LINE_MS for item in lines)
    assert all(left.end_ms <= right.start_ms for left, right in pairwise(lines))


def test_it_leaves_good_times_alone():
    lines = [line("a b", 0, 1000, ("a", 0, 400), ("b", 400, 1000)), line("c", 1000, 2000)]
    assert repaired_lines(lines) == (tuple(lines), ())


def test_it_repairs_anything():
    dice = random.Random(3)
    for _ in range(300):
        raw = []
        for _ in range(dice.randint(1, 12)):
            words = tuple((w, dice.randint(0, 9000), dice.randint(0, 9000)) for w in "abc"[: dice.randint(0, 3)])
            raw.append(line("a b c", dice.randint(0, 9000), dice.randint(0, 9000), *words))
        lines, _ = repaired_lines(raw)
        assert len(lines) == len(raw)
        assert all(left.end_ms <= right.start_ms for left, right in pairwise(lines))
        for item in lines:
            assert item.end_ms - item.start_ms >= MIN_LINE_MS
            times = [time for word in item.words for time in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert all(item.start_ms <= time <= item.end_ms for time in times)


def test_it_leaves_out_lines_after_the_song_and_clips_the_last_one():
    lyrics = read_lyrics("[00:01.00]one\n[00:09.00]two\n[00:20.00]three\n")
    fitted = fitted_lyrics(lyrics, 10_000)
    assert [(item.text, item.end_ms) for item in fitted.lines] == [("one", 9000), ("two", 10_000)]
    assert fitted.notes == ("1 line begins after the song has ended and cannot be shown.",)
    assert fitted_lyrics(lyrics, 60_000) == lyrics


def test_it_leaves_untimed_lyrics_alone():
    lyrics = read_lyrics("one\ntwo")
    assert fitted_lyrics(lyrics, 100) == lyrics
    assert with_word_times(lyrics) == lyrics


def test_it_spreads_words_by_their_syllables_and_marks_them_as_estimated():
    lyrics = with_word_times(Lyrics(lines=(line("a beautiful day", 1000, 3000),), timed=True))
    item = lyrics.lines[0]
    assert item.words_estimated
    assert [word.text for word in item.words] == ["a", "beautiful", "day"]
    lengths = [word.end_ms - word.start_ms for word in item.words]
    assert lengths[1] == 3 * lengths[0]
    assert item.words[0].start_ms == 1000
    assert item.words[-1].end_ms <= 3000


def test_it_keeps_words_that_are_known():
    known = Lyrics(lines=(line("a b", 0, 1000, ("a", 0, 700), ("b", 700, 1000)),), timed=True)
    assert with_word_times(known) == known


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, big world!", ["Hello,", "big", "world!"]),
        ("夜の空", ["夜", "の", "空"]),
        ("ちょっと、待って", ["ちょっ", "と、", "待っ", "て"]),
        ("사랑해 너를", ["사랑해", "너를"]),
        ("rock - and – roll 🎸", ["rock", "and", "roll"]),
        ("¿Dónde estás?", ["¿Dónde", "estás?"]),
        ("✨", ["✨"]),
        ("", []),
    ],
)
def test_it_knows_what_is_highlighted_together(text, words):
    assert list(sung_words(text)) == words


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("time", 1),
        ("beautiful", 3),
        ("walking", 2),
        ("little", 2),
        ("looked", 1),
        ("wanted", 2),
        ("ocean", 2),
        ("fire", 1),
        ("привет", 2),
        ("молоко", 3),
        ("夜空", 2),
        ("きょう", 2),
        ("사랑해", 3),
        ("corazón", 3),
        ("été", 2),
        ("7", 2),
        ("hmm", 1),
        ("...", 0),
        ("We are running to the ocean", 8),
    ],
)
def test_it_counts_syllables(text, count):
    assert syllable_count(text) == count
