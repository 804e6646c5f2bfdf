"""Times of lines made whole: sorted, clipped, long enough, inside the song; words spread over lines that have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.media.lyrics.syllables import sung_words, syllable_count
from pipeline.media.lyrics.values import Line, Lyrics, Word

MIN_LINE_MS = 300
"""A caption shown shorter than this is only a flicker."""

_SYLLABLE_MS = 420
_LONGEST_HOLD_MS = 8000


def likely_sung_ms(text: str) -> int:
    """How long a line is usually sung when nobody says so: about 0.4 s per syllable, 1.5 s at least."""
    return max(1500, 600 + _SYLLABLE_MS * syllable_count(text))


def ended_lines(starts: Sequence[tuple[int, str]], stops: Iterable[int] = ()) -> list[int]:
    """An end for each (start_ms, text) of sorted lines that only have a start.

    A line lasts until the next one or the next stop mark; over a long break only as long as it is likely sung.
    """
    marks = sorted({start for start, _ in starts} | set(stops))
    stop_set = set(stops)
    ends = []
    for start, text in starts:
        following = next((mark for mark in marks if mark > start), None)
        if following is None:
            ends.append(start + likely_sung_ms(text))
        elif following in stop_set or following - start <= _LONGEST_HOLD_MS:
            ends.append(following)
        else:
            ends.append(min(following, start + max(likely_sung_ms(text), _LONGEST_HOLD_MS // 2)))
    return ends


def repaired_lines(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Timed lines in order, none overlapping, each at least MIN_LINE_MS long, words inside their line.

    And what was done, in words.
    """
    notes = []
    backward = sum(line.end_ms < line.start_ms for line in lines)
    if backward:
        notes.append(
            _counted(backward, "line ended before it began", "lines ended before they began")
            + " and got a likely length."
        )
        lines = [_with_likely_end(line) if line.end_ms < line.start_ms else line for line in lines]
    ordered = sorted(lines, key=lambda line: line.start_ms)
    if [line.start_ms for line in lines] != [line.start_ms for line in ordered]:
        notes.append("Some lines were not in the order of their times; they were sorted.")
    overlaps = sum(left.end_ms > right.start_ms for left, right in pairwise(ordered))
    if overlaps:
        notes.append(
            _counted(overlaps, "line ran into the next one", "lines ran into the next one")
            + " and ends where that begins."
        )
    ordered = [_with_single_words(line) for line in ordered]
    fitted: list[Line] = []
    earliest = 0
    for index, line in enumerate(ordered):
        start = max(line.start_ms, earliest)
        limit = ordered[index + 1].start_ms if index + 1 < len(ordered) else line.end_ms
        end = max(min(line.end_ms, max(limit, start)), start + MIN_LINE_MS)
        fitted.append(retimed_line(line, start, end))
        earliest = end
    return tuple(fitted), tuple(notes)


def retimed_line(line: Line, start_ms: int, end_ms: int) -> Line:
    """The line clipped to [start_ms, end_ms] with its words in order inside it."""
    words, earliest = [], start_ms
    for word in line.words:
        start = min(max(word.start_ms, earliest), end_ms)
        end = min(max(word.end_ms, start), end_ms)
        words.append(Word(text=word.text, start_ms=start, end_ms=end))
        earliest = end if end <= word.end_ms else start
    return line.model_copy(update={"start_ms": start_ms, "end_ms": end_ms, "words": tuple(words)})


def fitted_lyrics(lyrics: Lyrics, duration_ms: int) -> Lyrics:
    """The lyrics inside a song of that length.

    Lines beyond its end are left out, one over its end is clipped, and a note says so.
    """
    if not lyrics.timed:
        return lyrics
    latest = duration_ms - MIN_LINE_MS
    kept = [line for line in lyrics.lines if line.start_ms <= latest]
    notes = list(lyrics.notes)
    if len(kept) < len(lyrics.lines):
        missing = len(lyrics.lines) - len(kept)
        notes.append(_counted(missing, "line begins", "lines begin") + " after the song has ended and cannot be shown.")
    lines = tuple(retimed_line(line, line.start_ms, min(line.end_ms, duration_ms)) for line in kept)
    return lyrics.model_copy(update={"lines": lines, "notes": tuple(notes)})


def with_word_times(lyrics: Lyrics) -> Lyrics:
    """Every timed line with words: those that had none get them by syllables and are marked `words_estimated`."""
    if not lyrics.timed:
        return lyrics
    lines = tuple(line if line.words else spread_words(line) for line in lyrics.lines)
    return lyrics.model_copy(update={"lines": lines})


def spread_words(line: Line) -> Line:
    """The line's words laid over its time in proportion to their syllables.

    A caption stays on after its last note, so a long line's words end before it does.
    """
    length = line.end_ms - line.start_ms
    sung = min(length, max(length * 6 // 10, 500 * syllable_count(line.text) + 400))
    words = _spread(sung_words(line.text), line.start_ms, sung)
    return line.model_copy(update={"words": tuple(words), "words_estimated": True})


def _with_single_words(line: Line) -> Line:
    """Timed pieces of several words become words, by syllables inside the piece."""
    words: list[Word] = []
    for word in line.words:
        if len(sung_words(word.text)) < 2:
            words.append(word)
        else:
            end = max(word.start_ms, word.end_ms)
            words += _spread(sung_words(word.text), word.start_ms, end - word.start_ms)
    return line.model_copy(update={"words": tuple(words)}) if len(words) != len(line.words) else line


def _spread(texts: Sequence[str], start_ms: int, length_ms: int) -> list[Word]:
    """Words one after the other over a time, each as long as its syllables; a comma takes a breath."""
    weights = [2 * max(1, syllable_count(text)) + (text[-1] in ",.;:!?…。、，") for text in texts]
    total, passed, words = max(1, sum(weights)), 0, []
    for text, weight in zip(texts, weights, strict=True):
        start = start_ms + length_ms * passed // total
        passed += weight
        words.append(Word(text=text, start_ms=start, end_ms=start_ms + length_ms * passed // total))
    return words


def _with_likely_end(line: Line) -> Line:
    return line.model_copy(update={"end_ms": line.start_ms + likely_sung_ms(line.text), "words": ()})


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
