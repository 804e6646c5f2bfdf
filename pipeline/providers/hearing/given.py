"""Lyrics that the creator gave, with the times at which a model heard them.

The given words and the heard ones are aligned as wholes (global alignment after Needleman and Wunsch, a row at a time
in numpy): a word misheard stands across from the right one and lends it its time, a word not heard lies between its
neighbors. The text is the creator's, every letter of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.syllables import sung_words, syllable_count
from pipeline.media.lyrics.values import Line, Lyrics, Word

GAP, ALIKE, OTHER = 0.6, 0.3, 1.1
ENOUGH_PERCENT = 35
SYLLABLE_MS = 220
MOST_CELLS = 12_000_000
_VOWELS = re.compile(r"[aeiouy]+")


def aligned_to_heard(given: Lyrics, heard: Sequence[Word], analysis: SongAnalysis) -> Lyrics | None:
    """The given lines with the heard times; None where too little of them was heard to trust any time."""
    words = [(index, text) for index, line in enumerate(given.lines) for text in sung_words(line.text)]
    if not words or not heard or len(words) * len(heard) > MOST_CELLS:
        return None
    pairs = _pairs([_bare(text) for _, text in words], [_bare(word.text) for word in heard])
    matched = sum(quality > 0 for _, quality in pairs)
    if matched * 100 < len(words) * ENOUGH_PERCENT:
        return None
    times = _times(words, heard, pairs, analysis.duration_ms)
    lines, at = [], 0
    for line in given.lines:
        count = len(sung_words(line.text))
        part, qualities = times[at : at + count], [quality for _, quality in pairs[at : at + count]]
        found = [Word(text=words[at + i][1], start_ms=span[0], end_ms=span[1]) for i, span in enumerate(part)]
        at += count
        if found:
            confidence = max(10, min(95, round(95 * sum(qualities) / count)))
            lines.append(
                line.model_copy(
                    update={
                        "start_ms": found[0].start_ms,
                        "end_ms": max(word.end_ms for word in found),
                        "words": tuple(found),
                        "confidence": confidence,
                    }
                )
            )
    return given.model_copy(update={"lines": tuple(_apart(lines)), "timed": True, "source": "aligned"})


def _bare(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"\W+", "", plain)


def _prices(given: Sequence[str], heard: Sequence[str]) -> NDArray[np.float32]:
    """What it costs to set a given word against a heard one: nothing if equal, little if they sound alike."""
    names = sorted({*given, *heard})
    number = {name: index for index, name in enumerate(names)}
    sounds = {name: _VOWELS.sub("", name) or name for name in names}
    sound_number = {sound: index for index, sound in enumerate(sorted(set(sounds.values())))}
    a, b = (np.array([number[word] for word in side]) for side in (given, heard))
    sa, sb = (np.array([sound_number[sounds[word]] for word in side]) for side in (given, heard))
    alike = np.where(sa[:, None] == sb[None, :], ALIKE, OTHER)
    return np.where(a[:, None] == b[None, :], 0.0, alike).astype(np.float32)


def _pairs(given: Sequence[str], heard: Sequence[str]) -> list[tuple[int, float]]:
    """For each given word the index of the heard one across from it (-1: none), and how good the match is (0..1)."""
    prices = _prices(given, heard)
    rows, columns = prices.shape
    steps = np.arange(columns + 1, dtype=np.float32) * np.float32(GAP)
    table = np.empty((rows + 1, columns + 1), np.float32)
    table[0] = steps
    for row in range(1, rows + 1):
        best = np.empty(columns + 1, np.float32)
        best[0] = row * GAP
        best[1:] = np.minimum(table[row - 1, :-1] + prices[row - 1], table[row - 1, 1:] + np.float32(GAP))
        # A gap along the row costs the same at every step, so its cheapest chain is a running minimum.
        table[row] = np.minimum.accumulate(best - steps) + steps
    return _walked(table, prices)


def _walked(table: NDArray[np.float32], prices: NDArray[np.float32]) -> list[tuple[int, float]]:
    row, column = table.shape[0] - 1, table.shape[1] - 1
    found: list[tuple[int, float]] = [(-1, 0.0)] * row
    while row > 0:
        here = table[row, column]
        if column > 0 and abs(here - (table[row - 1, column - 1] + prices[row - 1, column - 1])) < 1e-3:
            price = float(prices[row - 1, column - 1])
            found[row - 1] = (column - 1, 1.0 if price == 0 else 0.6 if price <= ALIKE + 1e-6 else 0.0)
            row, column = row - 1, column - 1
        elif column > 0 and abs(here - (table[row, column - 1] + GAP)) < 1e-3:
            column -= 1
        else:
            row -= 1
    return found


def _times(
    words: Sequence[tuple[int, str]], heard: Sequence[Word], pairs: Sequence[tuple[int, float]], duration_ms: int
) -> list[tuple[int, int]]:
    """(start_ms, end_ms) of every given word, in order; words not heard lie beside those of their own line."""
    spans: list[tuple[int, int] | None] = [
        (heard[index].start_ms, heard[index].end_ms) if index >= 0 else None for index, _ in pairs
    ]
    done: list[tuple[int, int]] = []
    at = 0
    while at < len(spans):
        known = spans[at]
        if known is not None:
            start = max(known[0], done[-1][0] if done else 0)
            done.append((start, max(start, known[1])))
            at += 1
            continue
        end = at
        while end < len(spans) and spans[end] is None:
            end += 1
        following = spans[end] if end < len(spans) else None
        left = done[-1][1] if done else 0
        right = max(left, following[0]) if following else duration_ms
        before = words[at - 1][0] if at else -1
        after = words[end][0] if following else -1
        done += _between(words[at:end], left, right, before, after)
        at = end
    return done


def _between(words: Sequence[tuple[int, str]], left: int, right: int, before: int, after: int) -> list[tuple[int, int]]:
    """Words that were not heard, between two that were (lines `before` and `after`, -1 for the song's ends).

    The rest of a line follows what was heard of it, the beginning of one goes right before it, whole lines lie in the
    middle. Inside one line the words share the room.
    """
    if before == after and before >= 0:
        return _spread([text for _, text in words], left, right, right - left)
    head = [text for line, text in words if line == before]
    tail = [text for line, text in words if line == after]
    whole = [text for line, text in words if line not in (before, after)]
    wanted = [_sung_ms(texts) for texts in (head, whole, tail)]
    room = right - left
    if sum(wanted) > room:
        wanted = [room * length // sum(wanted) for length in wanted]
    first = left + wanted[0]
    last = right - wanted[2]
    begin = first + (last - first - wanted[1]) // 2
    return [
        *_spread(head, left, first, wanted[0]),
        *_spread(whole, begin, last, wanted[1]),
        *_spread(tail, last, right, wanted[2]),
    ]


def _sung_ms(texts: Sequence[str]) -> int:
    """How long these words are usually sung."""
    return SYLLABLE_MS * sum(max(1, syllable_count(text)) for text in texts)


def _spread(texts: Sequence[str], left: int, right: int, length: int) -> list[tuple[int, int]]:
    """Words laid from `left` over `length` ms by their syllables, none beyond `right`."""
    weights = [max(1, syllable_count(text)) for text in texts]
    spans, passed, total = [], 0, sum(weights)
    for weight in weights:
        first = left + length * passed // total
        passed += weight
        spans.append((min(first, right), min(left + length * passed // total, right)))
    return spans


def _apart(lines: Sequence[Line]) -> list[Line]:
    """Lines in order, none over the next."""
    kept: list[Line] = []
    for index, line in enumerate(lines):
        limit = lines[index + 1].start_ms if index + 1 < len(lines) else line.end_ms
        kept.append(line.model_copy(update={"end_ms": max(line.start_ms, min(line.end_ms, max(limit, line.start_ms)))}))
    return kept
