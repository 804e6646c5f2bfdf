"""An idea taken apart: its sentences and clauses, what of them is read, and what can be shown as a caption."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.media.captions.phrasing import GROUP, break_price, leads_on, parted
from pipeline.providers.local.lexicon import Reading, reading_of

MOST_CAPTION = 84
"""Letters of a caption: two rows."""
LETTERS_PER_S = 17
"""So fast people read subtitles (a common limit of broadcasters)."""
_TAG = re.compile(r"<[^<>\n]{0,200}>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?;:…])\s+|(?<=[。！？；])|\n+")
_IN_ROWS = re.compile(r"\brows? of\b", re.IGNORECASE)  # nobody rows there
_RESTS = re.compile(r"([.!?…]+|[,;:])(?=\s)|([。！？；，、])")
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
    return reading_of(_IN_ROWS.sub("lines of", " ".join([spoken(text), *names])))


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
    for number, (own, length) in enumerate(zip(owned, seconds, strict=True)):
        if own[0] != at:
            at, rest = own[0], _joined([_caption_words(parts[index]) for index in own])
        most = max(24, min(MOST_CAPTION, int(LETTERS_PER_S * length)))
        left = sum(1 for later in owned[number:] if later[0] == at)
        shown, rest = _first_piece(rest, most, left) if left > 1 else (_last_piece(rest, most), "")
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


def _first_piece(text: str, most: int, scenes: int) -> tuple[str, str]:
    """(what fits, what is left for the next of so many scenes), cut where the sentence allows it."""
    most = _fitting(text, most)
    if len(text) <= most:
        return text, ""
    needed = -(-len(text) // most)
    for count in range(needed, max(needed, scenes) + 1):
        first = parted(text, count, most)[0]
        if break_price(text, len(first)) < GROUP:
            return first, text[len(first) :].strip()
    first = parted(text, needed, most)[0]
    return first, text[len(first) :].strip()


def _last_piece(text: str, most: int) -> str:
    """What fits where no scene is left for more: it ends with a sentence or a clause, else with an ellipsis."""
    most = _fitting(text, most)
    if len(text) <= most:
        return text
    ends = [at.end() for at in _RESTS.finditer(text[: most + 1])]
    if ends and ends[-1] > most // 3:
        return text[: ends[-1]].rstrip(",;:，、 ")
    shown = parted(text, -(-len(text) // (most - 1)), most - 1)[0]
    while leads_on(shown) and " " in shown:
        shown = shown.rpartition(" ")[0]
    return f"{shown.rstrip(',;:，、')}…"


def _fitting(text: str, most: int) -> int:
    """Letters that fit: half as many of the wide ones."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text) * 2 > len(text)
    return most // 2 if wide else most
