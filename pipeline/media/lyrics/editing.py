"""Lyrics as a person has edited them: rows of text and times put together with what was known of the lines before."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from pipeline.media.lyrics.decoding import decoded_text
from pipeline.media.lyrics.reading import MAX_CHARACTERS, MAX_LINES
from pipeline.media.lyrics.syllables import sung_words
from pipeline.media.lyrics.timing import MIN_LINE_MS, likely_sung_ms, repaired_lines, spread_words
from pipeline.media.lyrics.values import Line, Lyrics, Word
from pipeline.media.run import MediaError
from pipeline.media.values import Value

DAY_MS = 24 * 3600 * 1000


class EditedLine(Value):
    """One row of an editor. `was` is its index in the lyrics that were edited, `line` a whole line from a file that was
    read meanwhile; neither for a line that was typed. No start: not timed yet. `carried`: its time moved along with
    others, so it is no surer than it was.
    """

    text: str
    start_ms: int | None = Field(default=None, ge=0, le=DAY_MS)
    end_ms: int | None = Field(default=None, ge=0, le=DAY_MS)
    was: int | None = Field(default=None, ge=0)
    line: Line | None = None
    carried: bool = False


def edited_lyrics(old: Lyrics, rows: Sequence[EditedLine], *, duration_ms: int) -> Lyrics:
    """The lyrics after an edit. Lines that were not touched stay exactly what they were, words and confidence too.

    Empty rows are left out; overlapping and backward times are repaired and told in `notes`. Where no row has a time
    the result is untimed. Raises MediaError for too many lines, too long ones, lines without a time among timed ones,
    and lines that begin after the song has ended.
    """
    kept = [row for row in (_clean(row) for row in rows) if row.text]
    _check_size(kept)
    if kept and all(row.start_ms is None for row in kept):
        lines = tuple(Line(text=row.text, block=base.block if (base := _base(old, row)) else 0) for row in kept)
        return _finished(old, lines, (), timed=False)
    _check_times(kept, duration_ms)
    made: list[Line] = []
    for index, row in enumerate(kept):
        later = [other.start_ms for other in kept[index + 1 :][:1] if other.start_ms is not None]
        made.append(_line(old, row, made[-1] if made else None, later[0] if later else duration_ms))
    return checked_lyrics(_finished(old, tuple(made), (), timed=True), duration_ms=duration_ms)


def checked_lyrics(lyrics: Lyrics, *, duration_ms: int) -> Lyrics:
    """Timed lyrics repaired and inside the song. Raises MediaError where a line begins after its end."""
    lines, notes = repaired_lines(lyrics.lines)
    for number, line in enumerate(lines, start=1):
        if line.start_ms > duration_ms - MIN_LINE_MS:
            raise MediaError(_too_late(number, line.start_ms, duration_ms))
    clipped = [
        line.model_copy(update={"end_ms": duration_ms, "words": _clipped(line.words, line.start_ms, duration_ms)})
        if line.end_ms > duration_ms
        else line
        for line in lines
    ]
    if len(lines) and lines[-1].end_ms > duration_ms:
        notes = (*notes, "The last line ran beyond the song and ends with it.")
    return _finished(lyrics, tuple(clipped), (*lyrics.notes, *notes), timed=True)


def reread_lyrics(old: Lyrics, new: Lyrics) -> Lyrics:
    """Lyrics read back from a text that was written from `old`: unchanged lines are again what they were.

    A text knows neither how sure a time is nor which words were only estimated.
    """
    known = {(line.text, line.start_ms, line.end_ms): line for line in old.lines}
    lines = []
    for line in new.lines:
        before = known.get((line.text, line.start_ms, line.end_ms))
        same = before is not None and (not line.words or line.words == before.words)
        lines.append(before if same and before is not None else line if line.words else spread_words(line))
    return _finished(old, tuple(lines), new.notes, timed=new.timed)


def _finished(old: Lyrics, lines: tuple[Line, ...], notes: Sequence[str], *, timed: bool) -> Lyrics:
    return old.model_copy(
        update={"lines": lines, "source": "edited", "timed": timed and bool(lines), "notes": tuple(notes)}
    )


def _clean(row: EditedLine) -> EditedLine:
    return row.model_copy(update={"text": " ".join(decoded_text(row.text).text.split())})


def _check_size(rows: Sequence[EditedLine]) -> None:
    if len(rows) > MAX_LINES:
        raise MediaError(f"These lyrics have {len(rows)} lines; {MAX_LINES} is the most.")
    for number, row in enumerate(rows, start=1):
        if len(row.text) > MAX_CHARACTERS:
            raise MediaError(f"Line {number} has {len(row.text)} characters; {MAX_CHARACTERS} is the most. Split it.")


def _check_times(rows: Sequence[EditedLine], duration_ms: int) -> None:
    for number, row in enumerate(rows, start=1):
        if row.start_ms is None:
            raise MediaError(f"Line {number} has no time yet: “{row.text[:40]}”. Give it one, or delete it.")
        if row.start_ms > duration_ms - MIN_LINE_MS:
            raise MediaError(_too_late(number, row.start_ms, duration_ms))


def _too_late(number: int, start_ms: int, duration_ms: int) -> str:
    return (
        f"Line {number} begins at {_clock(start_ms)}, when the song is over ({_clock(duration_ms)}). "
        "Correct its time, or delete it."
    )


def _clock(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def _base(old: Lyrics, row: EditedLine) -> Line | None:
    if row.line is not None:
        return row.line
    return old.lines[row.was] if row.was is not None and row.was < len(old.lines) else None


def _line(old: Lyrics, row: EditedLine, before: Line | None, next_ms: int) -> Line:
    """The row as a line: what it was where nothing changed, else with its words carried along."""
    start_ms = row.start_ms or 0
    end_ms = row.end_ms if row.end_ms is not None else max(start_ms, min(start_ms + likely_sung_ms(row.text), next_ms))
    base = _base(old, row)
    if base is None:
        block, heading = (before.block, before.heading) if before else (0, "")
        line = Line(text=row.text, start_ms=start_ms, end_ms=end_ms, block=block, heading=heading)
        return spread_words(line) if end_ms > start_ms else line
    if (base.text, base.start_ms, base.end_ms) == (row.text, start_ms, end_ms):
        return base
    moved = (base.start_ms, base.end_ms) != (start_ms, end_ms)
    line = base.model_copy(
        update={
            "text": row.text,
            "start_ms": start_ms,
            "end_ms": end_ms,
            "confidence": 100 if moved and not row.carried else base.confidence,
            "words": _words(base, row.text, start_ms, end_ms),
        }
    )
    return line if line.words or end_ms <= start_ms else spread_words(line)


def _words(base: Line, text: str, start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """The old line's words under a new text and in a new time; none where they do not fit it any more."""
    if base.words_estimated or not base.words or end_ms <= start_ms:
        return ()
    texts, known = sung_words(text), [word.text for word in base.words]
    first = _place(texts, known)
    if first is not None:  # a half of a split line keeps its words where they were sung
        kept = base.words[first : first + len(texts)]
    elif len(texts) == len(known):  # a corrected word is sung when the wrong one was
        kept = tuple(word.model_copy(update={"text": new}) for word, new in zip(base.words, texts, strict=True))
    else:
        return ()
    if len(kept) == len(base.words):
        kept = tuple(_scaled(word, base, start_ms, end_ms) for word in kept)
    return _clipped(kept, start_ms, end_ms)


def _place(texts: Sequence[str], known: Sequence[str]) -> int | None:
    """Where `texts` stand in `known` one after the other."""
    if not texts or len(texts) > len(known):
        return None
    places = range(len(known) - len(texts) + 1)
    return next((at for at in places if tuple(known[at : at + len(texts)]) == tuple(texts)), None)


def _scaled(word: Word, base: Line, start_ms: int, end_ms: int) -> Word:
    """The word at the same share of the line's new time."""
    old, new = max(1, base.end_ms - base.start_ms), end_ms - start_ms
    return Word(
        text=word.text,
        start_ms=max(0, start_ms + (word.start_ms - base.start_ms) * new // old),
        end_ms=max(0, start_ms + (word.end_ms - base.start_ms) * new // old),
    )


def _clipped(words: Sequence[Word], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    return tuple(
        word.model_copy(
            update={
                "start_ms": min(max(word.start_ms, start_ms), end_ms),
                "end_ms": min(max(word.end_ms, start_ms), end_ms),
            }
        )
        for word in words
    )
