"""LRC: one time stamp or several before each line, optionally one before each word.

Source: the format as players read it; https://en.wikipedia.org/wiki/LRC_(file_format). There is no standard, so reading
is lenient: one to three digits of a fraction after "." or ":", headers anywhere, a stamp with no text as the end of the
line before it. A positive [offset:] makes lines appear sooner.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.media.lyrics.headings import heading_of
from pipeline.media.lyrics.timing import ended_lines
from pipeline.media.lyrics.values import Line, Word

STAMP = re.compile(r"\[\s*(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*\]", re.ASCII)
_WORD_STAMP = re.compile(r"<\s*(\d{1,3}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*>", re.ASCII)
_HEADER = re.compile(r"\s*\[\s*([a-zA-Z#]{1,10})\s*:(.*)\]\s*$")
_BREAK_MS = 4000


@dataclass
class LrcText:
    """What an LRC file says before its times are repaired."""

    lines: list[Line] = field(default_factory=list)
    title: str = ""
    artist: str = ""
    language: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class _Stamped:
    start_ms: int
    text: str
    words: tuple[Word, ...]
    end_ms: int | None
    heading: str
    block: int


def is_lrc(text: str) -> bool:
    """Whether some line begins with a time stamp."""
    return any(STAMP.match(line.lstrip()) for line in text.split("\n"))


def lrc_text(text: str) -> LrcText:
    """Lines with their times, sorted, ends filled in; overlaps are left to `repaired_lines`."""
    found = LrcText()
    headers: dict[str, str] = {}
    stamped: list[_Stamped] = []
    stops: list[int] = []
    block, heading, untimed = 0, "", 0
    for raw in text.split("\n"):
        header = _HEADER.match(raw)
        if header and not STAMP.match(raw.lstrip()) and not header[1].isdigit():
            headers.setdefault(header[1].lower(), header[2].strip())
            continue
        stamps, rest = _stamps(raw)
        heading_here = heading_of(rest)
        if not rest and stamps:
            stops += stamps
        elif not rest or heading_here is not None:
            block += 1
            heading = heading_here.kind if heading_here else ""
            stops += stamps
        elif not stamps:
            untimed += 1
        else:
            stamped += [_stamped(rest, start, stamps[0], heading, block) for start in stamps]
    found.title, found.artist, found.language = (headers.get(key, "") for key in ("ti", "ar", "la"))
    if untimed:
        found.notes.append(f"{untimed} line{'s have' if untimed > 1 else ' has'} no time stamp and cannot be shown.")
    found.lines = _lines(stamped, stops, _offset(headers, found.notes))
    return found


def _stamps(raw: str) -> tuple[list[int], str]:
    """All leading stamps in ms, and the text behind them."""
    rest, stamps = raw.strip(), []
    while match := STAMP.match(rest):
        stamps.append(_ms(match))
        rest = rest[match.end() :].lstrip()
    return stamps, rest


def _ms(match: re.Match[str]) -> int:
    return int(match[1]) * 60_000 + int(match[2]) * 1000 + int((match[3] or "0").ljust(3, "0"))


def _offset(headers: dict[str, str], notes: list[str]) -> int:
    value = headers.get("offset", "").replace(" ", "")
    if not value:
        return 0
    if re.fullmatch(r"[+-]?\d{1,7}", value, re.ASCII):
        return int(value)
    notes.append("The offset at the top of the lyrics is no number and was left out.")
    return 0


def _stamped(rest: str, start: int, first: int, heading: str, block: int) -> _Stamped:
    """One showing of a line.

    Word stamps are absolute, so a repetition moves them by its distance from the first showing.
    """
    marks = list(_WORD_STAMP.finditer(rest))
    text = " ".join(_WORD_STAMP.sub("" if _is_spaced(rest) else " ", rest).split())
    if not marks:
        return _Stamped(start, text, (), None, heading, block)
    shift = start - first
    edges = [(first, 0), *((_ms(mark), mark.end()) for mark in marks)]
    stops = [*(mark.start() for mark in marks), len(rest)]
    pieces = [(at + shift, rest[low:high].strip()) for (at, low), high in zip(edges, stops, strict=True)]
    words = [
        Word(text=piece, start_ms=at, end_ms=max(at, pieces[index + 1][0]) if index + 1 < len(pieces) else at)
        for index, (at, piece) in enumerate(pieces)
        if piece
    ]
    end = pieces[-1][0] if not pieces[-1][1] else None
    return _Stamped(start, text, tuple(words), end, heading, block)


def _is_spaced(rest: str) -> bool:
    """Whether the text has its own spaces (or a script that needs none), so that a word stamp is no space."""
    return " " in _WORD_STAMP.sub("", rest).strip() or not rest.isascii()


def _lines(stamped: list[_Stamped], stops: Sequence[int], offset: int) -> list[Line]:
    """Sorted lines with ends; equal times (a translation below its original) are one line."""
    merged: list[_Stamped] = []
    for item in sorted(stamped, key=lambda item: item.start_ms):
        if merged and merged[-1].start_ms == item.start_ms:
            if item.text != merged[-1].text:
                merged[-1].text += f" / {item.text}"
        else:
            merged.append(item)
    ends = ended_lines([(item.start_ms, item.text) for item in merged], stops)
    lines, block = [], 0
    for index, (item, end) in enumerate(zip(merged, ends, strict=True)):
        before = merged[index - 1] if index else item
        if item.block != before.block or item.start_ms - ends[index - 1 if index else 0] > _BREAK_MS:
            block += index > 0
        stop = max(end, item.end_ms or 0)  # a last word's end is its own: the line stays until the next one
        start, stop = max(0, item.start_ms - offset), max(0, stop - offset)
        words = tuple(_moved(word, -offset, stop if word is item.words[-1] else 0) for word in item.words)
        lines.append(Line(text=item.text, start_ms=start, end_ms=stop, words=words, block=block, heading=item.heading))
    return lines


def _moved(word: Word, by_ms: int, last_end_ms: int) -> Word:
    """The word moved; a last word without an end of its own gets a second at most."""
    start, end = max(0, word.start_ms + by_ms), max(0, word.end_ms + by_ms)
    if last_end_ms and end <= start:
        end = max(start, min(last_end_ms, start + 1000))
    return Word(text=word.text, start_ms=start, end_ms=end)
