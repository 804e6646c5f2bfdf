"""SubRip (SRT) and WebVTT: blocks with a line of two times.

Sources: https://www.w3.org/TR/webvtt1/ for WebVTT; SRT has no standard, so both are read by one lenient reader: "," or
"." before the milliseconds, hours optional, numbers of cues, settings and NOTE, STYLE and REGION blocks left out.
"""

from __future__ import annotations

import html
import re

from pipeline.media.lyrics.headings import heading_of
from pipeline.media.lyrics.values import Line, Word

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_ARROW = re.compile(rf"^\s*{_TIME}\s*-+>\s*{_TIME}(?:\s|$)", re.ASCII | re.MULTILINE)
_INNER_TIME = re.compile(rf"<{_TIME}>", re.ASCII)
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>|\{\\?[^{}\n]{0,200}\}")
_SKIPPED = re.compile(r"^(NOTE|STYLE|REGION)\b")
_BREAK_MS = 4000


def is_cues(text: str) -> bool:
    """Whether the text holds a line of two times with an arrow."""
    return text.lstrip().startswith("WEBVTT") or _ARROW.search(text) is not None


def cue_lines(text: str) -> list[Line]:
    """Lines as written, in file order; times may overlap or run backward."""
    lines: list[Line] = []
    block = 0
    for chunk in _chunks(text):
        arrow = _ARROW.match(chunk[0])
        if arrow is None:
            continue
        start, end = _ms(arrow.groups()[:4]), _ms(arrow.groups()[4:])
        body = " ".join(part.strip() for part in chunk[1:] if part.strip())
        if lines and start - lines[-1].end_ms > _BREAK_MS:
            block += 1
        line = _line(body, start, end, block)
        if line is not None:
            lines.append(line)
    return lines


def _chunks(text: str) -> list[list[str]]:
    """A line of times with the lines under it. A cue's number before the next line of times belongs to nobody."""
    chunks: list[list[str]] = []
    skipping = False
    rows = text.split("\n")
    for index, row in enumerate(rows):
        if _ARROW.match(row):
            skipping = False
            chunks.append([row])
        elif not row.strip():
            skipping = False
            chunks.append([""])
        elif _SKIPPED.match(row) and chunks and chunks[-1] == [""]:
            skipping = True
        elif chunks and not skipping:
            is_number = row.strip().isdigit() and index + 1 < len(rows) and _ARROW.match(rows[index + 1])
            if not is_number:
                chunks[-1].append(row)
    return [chunk for chunk in chunks if chunk[0]]


def _ms(groups: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = groups
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def _line(body: str, start: int, end: int, block: int) -> Line | None:
    """A cue as a line; times inside it (karaoke in WebVTT) become words. None for a cue without words."""
    marks = list(_INNER_TIME.finditer(body))
    text = _shown(_INNER_TIME.sub("", body))
    if not text or heading_of(text) is not None:
        return None
    if not marks:
        return Line(text=text, start_ms=start, end_ms=end, block=block)
    starts = [start, *(_ms(mark.groups()) for mark in marks)]
    lows, highs = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(body)]
    pieces = [(at, _shown(body[low:high])) for at, low, high in zip(starts, lows, highs, strict=True)]
    ends = [*(at for at, _ in pieces[1:]), max(end, pieces[-1][0])]
    words = tuple(
        Word(text=piece, start_ms=at, end_ms=max(at, stop))
        for (at, piece), stop in zip(pieces, ends, strict=True)
        if piece
    )
    return Line(text=text, start_ms=start, end_ms=end, words=words, block=block)


def _shown(text: str) -> str:
    """Without tags, entities resolved, without the music signs that captions set around singing."""
    return " ".join(html.unescape(_TAG.sub("", text)).replace("♪", " ").replace("♫", " ").split())
