"""Reading lyrics: LRC, SRT, VTT and plain sheets, in the encodings that people still have, and what is refused."""

from __future__ import annotations

import random
import zlib

import pytest

from pipeline.media.lyrics import Lyrics, read_lyrics
from pipeline.media.lyrics.decoding import guessed_encoding
from pipeline.media.run import MediaError

RUSSIAN = (
    "Ночь, улица, фонарь, аптека,\nБессмысленный и тусклый свет.\n"
    "Живи ещё хоть четверть века —\nВсё будет так. Исхода нет.\n"
)
JAPANESE = "夜の空に星が流れる\nあなたの声を探している\nもう一度だけ会いたくて\nどこまでも歩いていく\n"
CHINESE = "今天的风吹过我的城市\n我在街上等你回来\n时间慢慢地走了\n我们还会再见吗\n"
TRADITIONAL = "今天的風吹過我的城市\n我在街上等你回來\n時間慢慢地走了\n我們還會再見嗎\n"
KOREAN = "밤하늘에 별이 빛나고\n나는 너를 기다려\n사랑한다고 말하고 싶어\n다시 돌아와 줘\n"
FRENCH = "Où es-tu passée, ma chère été\nLes étoiles brillent très haut\nJe t'attends à la fenêtre\nGarçon, déjà là\n"
GERMAN = "Über den Wäldern fällt der Schnee\nDie Straße führt nach Süden\nMädchen, hör mir zu\n"


def texts(lyrics: Lyrics) -> list[str]:
    return [line.text for line in lyrics.lines]


def spans(lyrics: Lyrics) -> list[tuple[str, int, int]]:
    return [(line.text, line.start_ms, line.end_ms) for line in lyrics.lines]


def test_it_reads_lrc_with_headers_offset_and_repeated_stamps():
    lyrics = read_lyrics(
        "[ti:Salt]\n[ar:Harbor]\n[offset:+500]\n[00:10.00][01:10.00]Over the sea\n[00:12.5]Home\n[00:15:25]\n"
    )
    assert spans(lyrics) == [("Over the sea", 9500, 12000), ("Home", 12000, 14750), ("Over the sea", 69500, 71780)]
    assert (lyrics.title, lyrics.artist, lyrics.source, lyrics.timed) == ("Salt", "Harbor", "lrc", True)


def test_it_moves_lrc_later_for_a_negative_offset_and_never_before_the_song():
    assert read_lyrics("[offset:-250]\n[00:01.000]a\n").lines[0].start_ms == 1250
    assert read_lyrics("[offset:5000]\n[00:01.000]a\n[00:09.000]b").lines[0].start_ms == 0


@pytest.mark.parametrize(
    ("stamp", "ms"),
    [
        ("00:01.5", 1500),
        ("00:01.50", 1500),
        ("00:01.500", 1500),
        ("00:01:50", 1500),
        ("00:01", 1000),
        ("75:01.00", 4_501_000),
    ],
)
def test_it_reads_every_kind_of_lrc_stamp(stamp, ms):
    assert read_lyrics(f"[{stamp}]word").lines[0].start_ms == ms


def test_it_reads_word_times_of_enhanced_lrc():
    line = read_lyrics("[00:10.00]<00:10.00>We <00:10.50>are <00:11.00>running <00:11.90>").lines[0]
    assert line.text == "We are running"
    assert [(word.text, word.start_ms, word.end_ms) for word in line.words] == [
        ("We", 10000, 10500),
        ("are", 10500, 11000),
        ("running", 11000, 11900),
    ]
    assert not line.words_estimated


def test_it_moves_word_times_with_a_repeated_line():
    lyrics = read_lyrics("[00:10.00][00:40.00]<00:10.00>We <00:10.50>run<00:11.00>")
    assert [word.start_ms for word in lyrics.lines[1].words] == [40000, 40500]


def test_it_splits_a_timed_piece_of_several_words():
    line = read_lyrics("[00:10.00]Hello big <00:11.00>world<00:11.50>").lines[0]
    assert [word.text for word in line.words] == ["Hello", "big", "world"]
    assert line.words[0].start_ms == 10000
    assert line.words[1].end_ms == 11000


def test_it_keeps_headings_of_lrc_without_showing_them():
    lyrics = read_lyrics("[00:01.00][Verse]\n[00:02.00]One\n\n[00:09.00][Chorus]\n[00:10.00]Two\n")
    assert [(line.text, line.heading, line.block) for line in lyrics.lines] == [
        ("One", "verse", 0),
        ("Two", "chorus", 1),
    ]


def test_it_joins_a_translation_at_the_same_time_and_tells_of_lines_without_one():
    lyrics = read_lyrics("[00:01.00]夜空\n[00:01.00]night sky\nno time here\n[00:05.00]end")
    assert texts(lyrics) == ["夜空 / night sky", "end"]
    assert any("no time stamp" in note for note in lyrics.notes)


def test_it_ends_a_line_before_a_long_break():
    lyrics = read_lyrics("[00:10.00]Over the sea\n[01:30.00]Home\n")
    assert lyrics.lines[0].end_ms < 20_000
    assert (lyrics.lines[0].block, lyrics.lines[1].block) == (0, 1)


def test_it_reads_srt():
    lyrics = read_lyrics(
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Over</i> the sea\r\nto you\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000\r\n{\\an8}♪ Home ♪\r\n"
    )
    assert spans(lyrics) == [("Over the sea to you", 1000, 2500), ("Home", 3000, 4000)]
    assert lyrics.source == "srt"


def test_it_reads_srt_whose_blank_lines_were_lost():
    lyrics = read_lyrics("1\n00:00:01,000 --> 00:00:02,000\nOne\n2\n00:00:03,000 --> 00:00:04,000\n99\n")
    assert texts(lyrics) == ["One", "99"]


def test_it_reads_vtt_without_notes_styles_settings_and_tags():
    lyrics = read_lyrics(
        "WEBVTT - song\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot sung\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start line:0%\n"
        "<v Anna><c.loud>You &amp; me</c>\n\nNOTE one line\n\n00:00:03.000 --> 00:00:04.000\nHome\n"
    )
    assert spans(lyrics) == [("You & me", 1000, 2000), ("Home", 3000, 4000)]
    assert lyrics.source == "vtt"


def test_it_reads_word_times_of_vtt():
    line = read_lyrics("WEBVTT\n\n00:01.000 --> 00:04.000\nWe <00:02.000>are <00:03.000>here\n").lines[0]
    assert [(word.text, word.start_ms, word.end_ms) for word in line.words] == [
        ("We", 1000, 2000),
        ("are", 2000, 3000),
        ("here", 3000, 4000),
    ]


def test_it_reads_stanzas_and_headings_of_plain_text():
    lyrics = read_lyrics("[Verse 1: Anna]\nOne\nTwo\n\nCHORUS:\nThree\n\n(Bridge)\nFour\n\nFive\n")
    assert [(line.text, line.block, line.heading) for line in lyrics.lines] == [
        ("One", 0, "verse"), ("Two", 0, "verse"), ("Three", 1, "chorus"), ("Four", 2, "bridge"), ("Five", 3, ""),
    ]  # fmt: skip
    assert not lyrics.timed


def test_it_sings_again_what_a_sheet_abbreviates():
    lyrics = read_lyrics("[Chorus]\nRun\nFar (x2)\n\n[Verse]\nStill\n\n[Chorus]\n\n[Outro x3]\nOh\n\nHey\n(x2)\n")
    assert texts(lyrics) == ["Run", "Far", "Far", "Still", "Run", "Far", "Far", "Oh", "Oh", "Oh", "Hey", "Hey"]
    assert any("written once" in note for note in lyrics.notes)


@pytest.mark.parametrize(
    "line",
    [
        "Припев:",
        "[Refrain]",
        "(Estribillo)",
        "Strophe 2",
        "サビ",
        "[Guitar solo]",
        "** Chorus **",
        "Pre-Chorus",
        "(x2)",
        "Verse II",
    ],
)
def test_it_does_not_show_headings(line):
    assert texts(read_lyrics(f"{line}\nWords to sing"))[:1] == ["Words to sing"]


@pytest.mark.parametrize(
    "line",
    [
        "Build a bridge for me",
        "(oh yeah)",
        "The chorus of the sea",
        "I need a solo tonight",
        "Call me at 5x5",
        "Bridge over the water, please",
        "Time: it flies",
    ],
)
def test_it_shows_lines_that_only_look_like_headings(line):
    assert texts(read_lyrics(f"First\n{line}")) == ["First", line]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "utf-16-le"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (TRADITIONAL, "big5"),
        (KOREAN, "euc-kr"),
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (GERMAN, "latin-1"),
        (GERMAN, "utf-16-be"),
    ],
)
def test_it_reads_the_encodings_people_still_have(text, encoding):
    if encoding in {"cp1251", "koi8-r", "latin-1", "cp1252"}:
        text = text.replace("—", "-") if encoding != "cp1252" else text
    if encoding.endswith(("-le", "-be")):
        text = text + "and some words in English\n"
    assert texts(read_lyrics(text.encode(encoding))) == [line for line in text.split("\n") if line]


@pytest.mark.parametrize(("text", "encoding"), [(RUSSIAN, "cp1251"), (JAPANESE, "shift_jis"), (FRENCH, "latin-1")])
def test_it_says_when_it_guessed_the_encoding(text, encoding):
    notes = read_lyrics(text.replace("—", "-").encode(encoding)).notes
    assert any("UTF-8" in note for note in notes)
    assert not read_lyrics(text.encode()).notes


def test_it_reads_short_words_in_old_encodings():
    assert guessed_encoding("[00:01.00]Привет\n[00:02.00]Мир".encode("cp1251")) == "cp1251"
    assert guessed_encoding("[00:01.00]café\n[00:02.00]déjà vu".encode("latin-1")) == "cp1252"
    assert guessed_encoding("[00:01.00]こんにちは".encode("shift_jis")) == "cp932"


def test_it_strips_control_and_direction_characters():
    assert texts(read_lyrics("a\x07b\u202ec\u200b\r\nsecond\rthird\x85fourth")) == ["abc", "second", "third", "fourth"]


def test_it_reads_nothing_from_nothing():
    for data in (b"", "", " \n\n ", "\ufeff", "WEBVTT\n", "[ti:only a title]\n"):
        assert read_lyrics(data).lines == ()


def test_it_says_that_a_file_with_a_timed_name_holds_no_times():
    assert any("no times" in note for note in read_lyrics("Just words", name="../song.LRC").notes)


def test_it_refuses_what_is_too_much():
    with pytest.raises(MediaError, match="200 KB is the most"):
        read_lyrics(b"a\n" * 100_001)
    with pytest.raises(MediaError, match="2001 lines; 2000 is the most"):
        read_lyrics("la\n" * 2001)
    with pytest.raises(MediaError, match="Line 2 of the lyrics has 501 characters"):
        read_lyrics("short\n" + "x" * 501)


@pytest.mark.parametrize(
    "data",
    [
        zlib.compress(bytes(range(256)) * 40),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"ID3\x04" + bytes(64),
    ],
)
def test_it_refuses_what_is_no_text(data):
    with pytest.raises(MediaError, match="does not hold text"):
        read_lyrics(data)


def test_it_never_fails_otherwise_on_random_input():
    dice = random.Random(7)
    pieces = [
        "[",
        "]",
        "<",
        ">",
        "00:01.00",
        "-->",
        "00:00:01,000",
        "\n",
        "\n\n",
        "WEBVTT",
        "(x2)",
        "[Chorus]",
        "é",
        "夜",
        "x",
        " ",
        "NOTE",
        "[offset:",
        "&amp",
        "99999999999",
        "{",
        "}",
    ]
    for round_ in range(400):
        text = "".join(dice.choices(pieces, k=dice.randint(1, 60)))
        lyrics = read_lyrics(text)
        for left, right in zip(lyrics.lines, lyrics.lines[1:], strict=False):
            assert not lyrics.timed or left.end_ms <= right.start_ms
        raw = dice.randbytes(dice.randint(1, 300)) if round_ % 2 else text.encode("utf-16")[: dice.randint(1, 99)]
        try:
            read_lyrics(raw)
        except MediaError as error:
            assert "lyrics" in str(error)
