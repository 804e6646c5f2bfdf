from __future__ import annotations

import pytest

from pipeline.media.lyrics import read_lyrics, write_lrc
from pipeline.media.lyrics.editing import EditedLine, checked_lyrics, edited_lyrics, reread_lyrics
from pipeline.media.lyrics.values import Line, Lyrics, Word
from pipeline.media.run import MediaError

SONG_MS = 20_000


def line(text: str, start: int, end: int, **more: object) -> Line:
    step = (end - start) // len(text.split())
    words = tuple(
        Word(text=word, start_ms=start + at * step, end_ms=start + (at + 1) * step)
        for at, word in enumerate(text.split())
    )
    return Line(text=text, start_ms=start, end_ms=end, words=words, confidence=60, **more)  # type: ignore[arg-type]


OLD = Lyrics(
    lines=(line("the harbor lights", 1000, 4000), line("stars above the water", 5000, 9000, block=1)),
    source="aligned",
    timed=True,
    language="en",
)


def rows(*changes: dict[str, object]) -> list[EditedLine]:
    kept = []
    for at, old in enumerate(OLD.lines):
        values = {"text": old.text, "start_ms": old.start_ms, "end_ms": old.end_ms, "was": at}
        kept.append(EditedLine(**(values | (changes[at] if at < len(changes) else {}))))
    return kept + [EditedLine(**change) for change in changes[len(OLD.lines) :]]


def edit(*changes: dict[str, object]) -> Lyrics:
    return edited_lyrics(OLD, rows(*changes), duration_ms=SONG_MS)


def test_it_leaves_untouched_lines_exactly_as_they_were() -> None:
    new = edit({}, {"text": "stars above the sea"})
    assert new.lines[0] == OLD.lines[0]
    assert (new.source, new.language, new.timed) == ("edited", "en", True)


def test_a_corrected_word_is_sung_when_the_wrong_one_was() -> None:
    new = edit({}, {"text": "stars beneath the water"}).lines[1]
    assert [word.text for word in new.words] == ["stars", "beneath", "the", "water"]
    assert [word.start_ms for word in new.words] == [word.start_ms for word in OLD.lines[1].words]
    assert (new.confidence, new.block) == (60, 1)


def test_words_move_with_their_line_and_its_time_is_now_sure() -> None:
    new = edit({"start_ms": 1100, "end_ms": 4100}).lines[0]
    assert [word.start_ms for word in new.words] == [word.start_ms + 100 for word in OLD.lines[0].words]
    assert new.confidence == 100


def test_a_line_that_only_moved_along_is_no_surer_than_it_was() -> None:
    assert edit({"start_ms": 1100, "end_ms": 4100, "carried": True}).lines[0].confidence == 60


def test_words_scale_with_their_line() -> None:
    new = edit({"end_ms": 2500}).lines[0]
    assert [(word.start_ms, word.end_ms) for word in new.words] == [(1000, 1500), (1500, 2000), (2000, 2500)]


def test_halves_of_a_split_line_keep_their_words() -> None:
    half = {"text": "the water", "start_ms": 7000, "end_ms": 9000, "was": 1}
    new = edit({}, {"text": "stars above", "end_ms": 7000}, half)
    assert [word.start_ms for word in new.lines[1].words] == [5000, 6000]
    assert [word.start_ms for word in new.lines[2].words] == [7000, 8000]


def test_other_words_are_spread_by_their_syllables() -> None:
    new = edit({}, {"text": "a completely different line of words"}).lines[1]
    assert new.words_estimated
    assert [word.text for word in new.words] == ["a", "completely", "different", "line", "of", "words"]


def test_a_typed_line_without_an_end_lasts_until_the_next_one_at_most() -> None:
    typed = [EditedLine(text="hey", start_ms=4500), *rows()[1:]]
    new = edited_lyrics(OLD, typed, duration_ms=SONG_MS)
    assert new.lines[0].end_ms == 5000
    assert not new.notes


def test_it_repairs_times_and_tells() -> None:
    new = edit({"end_ms": 6000}, {"end_ms": 4000})
    assert new.lines[0].end_ms == 5000
    assert new.lines[1].end_ms > 5000
    assert "1 line ran into the next one" in " ".join(new.notes)
    assert "1 line ended before it began" in " ".join(new.notes)
    assert "order of their times" in " ".join(edit({"start_ms": 12_000, "end_ms": 13_000}).notes)


def test_it_cleans_text_and_drops_empty_rows() -> None:
    new = edit({"text": "  the\x00 harbor\u202e\n lights "}, {"text": " \t "})
    assert [line.text for line in new.lines] == ["the harbor lights"]
    assert new.lines[0].words == OLD.lines[0].words


def test_all_rows_without_times_are_untimed_lyrics() -> None:
    new = edited_lyrics(OLD, [EditedLine(text="one"), EditedLine(text="two")], duration_ms=SONG_MS)
    assert not new.timed
    assert [line.text for line in new.lines] == ["one", "two"]


def test_it_clips_a_last_line_that_runs_beyond_the_song() -> None:
    new = edit({}, {"end_ms": 30_000})
    assert new.lines[1].end_ms == SONG_MS
    assert max(word.end_ms for word in new.lines[1].words) <= SONG_MS
    assert "ends with it" in " ".join(new.notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start_ms": 25_000, "end_ms": 26_000}, "begins at 0:25, when the song is over (0:20)"),
        ({"start_ms": None}, "Line 1 has no time yet"),
        ({"text": "x" * 501}, "Line 1 has 501 characters"),
    ],
)
def test_it_refuses_in_words(change: dict[str, object], words: str) -> None:
    with pytest.raises(MediaError) as refused:
        edit(change)
    assert words in str(refused.value)


def test_it_refuses_too_many_lines() -> None:
    many = [EditedLine(text="la", start_ms=at) for at in range(2001)]
    with pytest.raises(MediaError, match="2001 lines; 2000 is the most"):
        edited_lyrics(OLD, many, duration_ms=10_000_000)


def test_a_text_read_back_is_what_it_was_where_nothing_changed() -> None:
    text = write_lrc(OLD).replace("stars", "clouds")
    new = checked_lyrics(reread_lyrics(OLD, read_lyrics(text)), duration_ms=SONG_MS)
    assert new.lines[0] == OLD.lines[0]
    assert new.lines[1].text == "clouds above the water"
    assert reread_lyrics(OLD, read_lyrics(write_lrc(OLD))).lines == OLD.lines
