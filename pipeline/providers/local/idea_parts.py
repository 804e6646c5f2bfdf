"""An idea taken apart: its sentences and clauses, what of them is read, and what can be shown as a caption."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence

from pipeline.providers.local.lexicon import Reading, reading_of

MOST_CAPTION = 84
"""Letters of a caption: two rows."""
LETTERS_PER_S = 17
"""So fast people read subtitles (a common limit of broadcasters)."""
_TAG = re.compile(r"<[^<>\n]{0,200}>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?;:…])\s+|(?<=[。！？；])|\n+")
_CLAUSE = re.compile(
    r",\s+(?:and\s+|then\s+|but\s+)?|\s+(?:and then|then|while|before|until)\s+|(?<=[，、])|\s+[–—-]\s+"
)
# "Make me a 30 second video about a harbor" is an order; the harbor is the idea.
_ORDER = re.compile(
    r"^\s*(?:please\s+)?(?:(?:make|create|generate|show|film|produce)\s+(?:me\s+|us\s+)?)?"
    r"(?:an?\s+|the\s+)?(?:[\w-]+[ -]){0,4}?(?:video|film|clip|movie|animation)s?\s+"
    r"(?:about|of|on|showing|that shows|where|in which)\s+",
    re.IGNORECASE,
)


def idea_parts(text: str, wanted: int) -> list[str]:
    """The idea's sentences; clauses too, where there are fewer sentences than `wanted`. At least one part."""
    plain = _ORDER.sub("", spoken(text), count=1)
    sentences = [part.strip() for part in _END.split(plain) if _says(part)]
    if len(sentences) < wanted:
        clauses = [part.strip() for sentence in sentences for part in _clauses(sentence) if _says(part)]
        sentences = clauses if len(clauses) <= 2 * wanted else sentences
    return sentences or [plain.strip() or text.strip()]


def spoken(text: str) -> str:
    """The words without markup and addresses."""
    return _ADDRESS.sub(" ", _TAG.sub(" ", text))


def idea_reading(text: str) -> Reading:
    """What words show, and emoji by their names (a crescent moon is a moon)."""
    names = [unicodedata.name(char, "").lower() for char in text if unicodedata.category(char) == "So"]
    return reading_of(" ".join([spoken(text), *names]))


def _clauses(sentence: str) -> list[str]:
    found = [part for part in _CLAUSE.split(sentence) if part and part.strip()]
    joined: list[str] = []
    for part in found:  # "red, green and blue" is a list and no three scenes
        short = len(part.split()) < 3 and not _is_dense(part)
        if joined and (short or (len(joined[-1].split()) < 3 and not _is_dense(joined[-1]))):
            joined[-1] = f"{joined[-1].rstrip('，、')}, {part.strip()}"
        else:
            joined.append(part.strip())
    return joined


def _is_dense(text: str) -> bool:
    """Scripts without spaces between words say a lot in few letters."""
    return " " not in text.strip() and len(text) >= 5 and not text.isascii()


def _says(part: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "So" for char in part)


def shared(parts: Sequence[str], scenes: int) -> list[list[int]]:
    """For each scene the indices of its parts, in order: several of them, or one that goes on over several scenes."""
    if len(parts) >= scenes:
        edges = [len(parts) * at // scenes for at in range(scenes + 1)]
        return [list(range(edges[at], edges[at + 1])) for at in range(scenes)]
    return [[len(parts) * at // scenes] for at in range(scenes)]


def captions_for(parts: Sequence[str], owned: Sequence[Sequence[int]], seconds: Sequence[float]) -> list[str]:
    """The idea's own words under each scene: what can be read while it lasts. A long part goes on in its next scene."""
    found: list[str] = []
    rest, at = "", -1
    for own, length in zip(owned, seconds, strict=True):
        if own[0] != at:
            at, rest = own[0], _joined([_caption_words(parts[index]) for index in own])
        most = max(24, min(MOST_CAPTION, int(LETTERS_PER_S * length)))
        shown, rest = _first_piece(rest, most)
        found.append(shown)
    return found


def _joined(parts: Sequence[str]) -> str:
    """Parts one after the other: with a comma where a sentence goes on."""
    found = parts[0]
    for part in parts[1:]:
        found = f"{found} {part}" if found[-1:] in ".!?;:…。！？" else f"{found}, {part}"
    return found[:1].upper() + found[1:]


def _caption_words(text: str) -> str:
    kept = "".join(char for char in text if unicodedata.category(char) not in ("So", "Sk", "Cs"))
    return " ".join(kept.split()).rstrip(",;:，、").strip()


def _first_piece(text: str, most: int) -> tuple[str, str]:
    """(what fits, what is left), cut between words and, where that is near, at a comma."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text) * 2 > len(text)
    most = most // 2 if wide else most
    if len(text) <= most:
        return text, ""
    pieces = -(-len(text) // most)
    aim = min(most, len(text) // pieces + 8)
    first = textwrap.wrap(text, aim, break_on_hyphens=False)[0]
    comma = max(first.rfind(", "), first.rfind("，"), first.rfind("、"))
    if comma > len(first) // 2:
        first = first[: comma + 1]
    return first.strip(), text[len(first) :].strip()
