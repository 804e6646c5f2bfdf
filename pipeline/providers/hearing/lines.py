"""Lines as one would print them: broken at rests, at sentence ends and before they get long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.media.lyrics.values import Line, Word
from pipeline.providers.capabilities import Heard, HeardSegment

REST_MS = 800
MOST_CHARACTERS, MOST_WORDS = 44, 9
FEWEST_WORDS = 3
_ENDS = re.compile(r"[.!?;:…。！？]$")
_PAUSES = re.compile(r"[,、，]$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


def heard_lines(heard: Heard) -> list[Line]:
    """The lines of one part. Words carry no punctuation, segments do: where they agree, the segment's spelling is
    shown with the word's time.
    """
    lines: list[Line] = []
    owned: dict[int, list[Word]] = {}
    for word in heard.words:
        middle = (word.start_ms + word.end_ms) // 2
        at = min(
            range(len(heard.segments)),
            key=lambda index: _distance(heard.segments[index], middle),
            default=-1,
        )
        owned.setdefault(at, []).append(word)
    if not heard.segments:
        return _broken(owned.get(-1, []), 60)
    for index, segment in enumerate(heard.segments):
        words = _spelled(segment.text, owned.get(index, []))
        if words:
            lines += _broken(words, _confidence(segment))
        elif segment.text.strip() and segment.end_ms > segment.start_ms:
            text = segment.text.strip()
            lines.append(
                Line(text=text, start_ms=segment.start_ms, end_ms=segment.end_ms, confidence=_confidence(segment))
            )
    return lines


def _distance(segment: HeardSegment, ms: int) -> int:
    return max(segment.start_ms - ms, ms - segment.end_ms, 0)


def _confidence(segment: HeardSegment) -> int:
    """Percent, from the model's mean log-probability: 0 is sure, -1 is the limit of belief."""
    return max(20, min(95, 95 + segment.log_probability_centi * 6 // 10))


def _spelled(text: str, words: Sequence[Word]) -> list[Word]:
    tokens = text.split()
    if len(tokens) != len(words):
        return list(words)
    same = sum(_bare(token) == _bare(word.text) for token, word in zip(tokens, words, strict=True))
    if same * 10 < len(tokens) * 7:
        return list(words)
    return [word.model_copy(update={"text": token}) for token, word in zip(tokens, words, strict=True)]


def _bare(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())


def _broken(words: Sequence[Word], confidence: int) -> list[Line]:
    lines: list[list[Word]] = []
    for word in words:
        if not word.text.strip():
            continue
        current = lines[-1] if lines else None
        if current is None or _breaks(current, word):
            lines.append([word])
        else:
            current.append(word)
    return [_line(line, confidence) for line in lines]


def _breaks(line: Sequence[Word], word: Word) -> bool:
    if word.start_ms - line[-1].end_ms >= REST_MS:
        return True
    length = len(_text([*line, word]))
    if len(line) >= FEWEST_WORDS and _ENDS.search(line[-1].text):
        return True
    if length > MOST_CHARACTERS * 6 // 10 and _PAUSES.search(line[-1].text):
        return True
    spaced = not _UNSPACED.search(word.text)
    return length > (MOST_CHARACTERS if spaced else 20) or (spaced and len(line) >= MOST_WORDS)


def _text(words: Sequence[Word]) -> str:
    """Spaces between words, but none in scripts that have none."""
    text = ""
    for word in words:
        glue = "" if not text or (_UNSPACED.search(text[-1]) and _UNSPACED.search(word.text[:1])) else " "
        text += glue + word.text
    return text


def _line(words: Sequence[Word], confidence: int) -> Line:
    return Line(
        text=_text(words),
        start_ms=words[0].start_ms,
        end_ms=max(word.end_ms for word in words),
        confidence=confidence,
        words=tuple(words),
    )
