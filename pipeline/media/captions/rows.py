"""A line of lyrics set in rows: where it may break, how it is balanced, how large it can be."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.media.captions.phrasing import parted_at
from pipeline.media.captions.typefaces import ARABIC, EAST_ASIAN, Face, width

NEVER_FIRST = "、。，．・：；？！゛゜ー）］｝〉》」』】ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々,.!?:;)]}%…»”’"
NEVER_LAST = "（［｛〈《「『【([{«“‘"
FEW_ROWS_DOWN_TO = 0.88  # rather a little smaller than one row more
SMALLEST = 0.4
WIDER = 1.5  # than the narrowest rows, to break where the sentence does
A_LITTLE_WIDER = 1.06  # the same where those fill the room
JOINED_SHARE = 0.82


@dataclass(frozen=True)
class Typeset:
    """Rows as [start, end) offsets into the text, and the share of the wished size at which they fit."""

    rows: tuple[tuple[int, int], ...]
    scale: float


def typeset(
    text: str, faces: Sequence[Face], *, em: float, room: float, most: int, stops: Sequence[int] = ()
) -> Typeset:
    """`text` in at most `most` rows no wider than `room` pixels, balanced, at an em of up to `em` pixels.

    `stops` are the offsets of words with times. They tell where words are in scripts that write none apart.
    """
    places = _advances(text, faces, em)
    allowed = _break_offsets(text, faces, stops)
    best = _balanced(text, places, allowed, 1)
    best_scale = _scale(text, places, best, room)
    for count in range(2, most + 1):
        if best_scale >= FEW_ROWS_DOWN_TO:
            break
        rows = _balanced(text, places, allowed, count)
        scale = _scale(text, places, rows, room)
        if scale > best_scale * 1.05:
            best, best_scale = rows, scale
    if len(best) > 1:
        best = _phrased(text, places, allowed, best, room)
        best_scale = min(best_scale, _scale(text, places, best, room))
    return Typeset(rows=tuple(_trimmed(text, a, b) for a, b in best), scale=max(SMALLEST, best_scale))


def _phrased(
    text: str, places: list[float], allowed: list[int], rows: list[tuple[int, int]], room: float
) -> list[tuple[int, int]]:
    """As many rows that break where the sentence does, as far as there is room beside the narrowest that there are."""
    narrowest = max(_width(text, places, a, b) for a, b in rows)
    most = min(room, WIDER * narrowest) if narrowest < room else A_LITTLE_WIDER * narrowest
    edges = [0, *allowed, len(text)]
    space = max((places[i + 1] - places[i] for i, char in enumerate(text) if char == " "), default=0.0)
    starts = parted_at(text, edges, [places[edge] for edge in edges], len(rows), max(most, narrowest) + space)
    return rows if starts is None else list(zip(starts, [*starts[1:], len(text)], strict=True))


def _advances(text: str, faces: Sequence[Face], em: float) -> list[float]:
    """Where each character begins, in pixels, and where the last one ends.

    Measured letter by letter, which is exact enough for all but Arabic, whose joined letters are narrower than single
    ones.
    """
    places = [0.0]
    for char, face in zip(text, faces, strict=True):
        zero = unicodedata.category(char) in ("Mn", "Cf")
        joined = JOINED_SHARE if face == ARABIC else 1.0
        places.append(places[-1] + (0.0 if zero else joined * width(char, face, em)))
    return places


def _break_offsets(text: str, faces: Sequence[Face], stops: Sequence[int]) -> list[int]:
    """Offsets at which a row may begin."""
    found = set()
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if before == " ":
            found.add(i)
        elif before in NEVER_LAST or after in NEVER_FIRST or unicodedata.category(after) in ("Mn", "Mc", "Cf"):
            continue
        elif i in stops or (not stops and _is_east_asian(faces[i - 1 : i + 1]) and not _hangul(before, after)):
            found.add(i)
    return sorted(found)


def _is_east_asian(faces: Sequence[Face]) -> bool:
    return all(face in EAST_ASIAN for face in faces)


def _hangul(before: str, after: str) -> bool:
    """Korean has spaces between words and breaks there."""
    return all(0xAC00 <= ord(c) <= 0xD7AF for c in (before, after))


def _balanced(text: str, places: list[float], allowed: list[int], count: int) -> list[tuple[int, int]]:
    """The split into `count` rows whose widest row is the narrowest; fewer where there are too few places to break."""
    edges = [0, *allowed, len(text)]
    best: dict[int, tuple[float, list[int]]] = {
        i: (_width(text, places, 0, edge), [0]) for i, edge in enumerate(edges) if i > 0
    }
    for _ in range(min(count, len(edges) - 1) - 1):
        grown: dict[int, tuple[float, list[int]]] = {}
        for i in range(1, len(edges)):
            options = [
                (max(best[j][0], _width(text, places, edges[j], edges[i])), [*best[j][1], edges[j]])
                for j in best
                if j < i
            ]
            if options:
                grown[i] = min(options)
        best = grown
    starts = best[len(edges) - 1][1]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _width(text: str, places: list[float], start: int, end: int) -> float:
    start, end = _trimmed(text, start, end)
    return places[end] - places[start]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[end - 1] == " ":
        end -= 1
    while start < end and text[start] == " ":
        start += 1
    return start, end


def _scale(text: str, places: list[float], rows: list[tuple[int, int]], room: float) -> float:
    widest = max(_width(text, places, a, b) for a, b in rows)
    return min(1.0, room / widest) if widest else 1.0
