"""What is written is read back: LRC, SRT, VTT and text."""

from __future__ import annotations

import random

import pytest

from pipeline.media.lyrics import (
    Line,
    Lyrics,
    Word,
    read_lyrics,
    with_word_times,
    write_lrc,
    write_srt,
    write_txt,
    write_vtt,
)

TEXTS = (
    "We are running",
    "夜の 空に",
    "a < b & c > d",
    "été, où?",
    "ночь и дождь",
    "don't [stop] (now)",
    "one",
    "5 --> 6",
    "שלום עולם",
)


def song(seed: int, *, words: bool) -> Lyrics:
    dice = random.Random(seed)
    lines: list[Line] = []
    at = dice.randint(0, 4000)
    for number in range(8):
        end = at + dice.randint(800, 5000)
        lines.append(
            Line(
                text=dice.choice(TEXTS),
                start_ms=at,
                end_ms=end,
                block=number // 3,
                heading=("verse", "chorus", "")[number // 3],
            )
        )
        at = end + dice.choice((0, 0, 37, 1500, 9000))
    lyrics = Lyrics(lines=tuple(lines), timed=True, source="lrc", title="A song", artist="Somebody")
    if words:
        known = tuple(line.model_copy(update={"words_estimated": False}) for line in with_word_times(lyrics).lines)
        lyrics = lyrics.model_copy(update={"lines": known})
    return lyrics


def spans(lyrics: Lyrics) -> list[tuple[int, int]]:
    return [(line.start_ms, line.end_ms) for line in lyrics.lines]


@pytest.mark.parametrize("seed", range(12))
def test_it_reads_back_lrc(seed):
    lyrics = song(seed, words=False)
    again = read_lyrics(write_lrc(lyrics))
    assert spans(again) == spans(lyrics)
    assert [line.text for line in again.lines] == [line.text for line in lyrics.lines]
    assert [line.heading for line in again.lines] == [line.heading for line in lyrics.lines]
    assert (again.title, again.artist) == ("A song", "Somebody")


@pytest.mark.parametrize("seed", range(12))
def test_it_reads_back_word_times_of_lrc_and_vtt(seed):
    lyrics = song(seed, words=True)
    lyrics = lyrics.model_copy(update={"lines": tuple(line for line in lyrics.lines if not set("<>") & set(line.text))})
    for text in (write_lrc(lyrics), write_vtt(lyrics, words=True)):
        again = read_lyrics(text)
        assert spans(again) == spans(lyrics)
        for left, right in zip(again.lines, lyrics.lines, strict=True):
            assert [(word.text, word.start_ms) for word in left.words if right.words[1:]] == [
                (word.text, word.start_ms) for word in right.words if right.words[1:]
            ]


@pytest.mark.parametrize("seed", range(12))
def test_it_reads_back_srt_and_vtt(seed):
    lyrics = song(seed, words=False)
    for text in (write_srt(lyrics), write_vtt(lyrics)):
        again = read_lyrics(text)
        assert spans(again) == spans(lyrics)
        assert [line.text.replace("→", "-->") for line in again.lines] == [line.text for line in lyrics.lines]


def test_it_does_not_pass_off_estimated_words_as_known():
    lyrics = with_word_times(song(1, words=False))
    assert "<" not in write_lrc(lyrics.model_copy(update={"lines": lyrics.lines[:1]})).replace("a < b", "")
    assert write_vtt(lyrics, words=True) == write_vtt(lyrics)


def test_it_reads_back_plain_text_with_its_stanzas():
    lyrics = read_lyrics("[Verse]\nOne\nTwo\n\n[Chorus]\nThree\n\nFour\n")
    assert read_lyrics(write_txt(lyrics)) == lyrics
    assert write_txt(Lyrics()) == ""


def test_it_writes_long_songs_and_escapes_what_players_would_obey():
    line = Line(
        text="<script>&",
        start_ms=3_600_000,
        end_ms=3_601_000,
        words=(Word(text="<script>&", start_ms=3_600_000, end_ms=3_601_000),),
    )
    lyrics = Lyrics(lines=(line,), timed=True)
    assert "01:00:00.000 --> 01:00:01.000\n&lt;script&gt;&amp;" in write_vtt(lyrics)
    assert "[60:00.000]" in write_lrc(lyrics)
    assert spans(read_lyrics(write_lrc(lyrics))) == [(3_600_000, 3_601_000)]


def test_it_breaks_text_that_would_be_read_as_a_time():
    lyrics = Lyrics(lines=(Line(text="[00:01.00] is late", start_ms=5000, end_ms=6000),), timed=True)
    assert spans(read_lyrics(write_lrc(lyrics))) == [(5000, 6000)]
