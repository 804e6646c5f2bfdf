"""Lines of a lyrics sheet that are read and not sung: [Chorus], "Verse 2:", (x2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_KINDS = {
    "intro": "intro вступление introducción introduction einleitung introdução",
    "verse": "verse vers strophe couplet verso estrofa strofa куплет verset 主歌 aメロ",
    "pre-chorus": "pre-chorus prechorus pre pre-refrain precoro pré-refrão предприпев bメロ",
    "chorus": "chorus refrain hook estribillo coro refrão refrao ritornello припев refräng サビ 副歌 후렴 kehrreim",
    "bridge": "bridge puente pont ponte brücke bruecke бридж мост",
    "instrumental": "instrumental interlude solo break guitar-solo interludio zwischenspiel проигрыш соло 間奏 间奏",
    "outro": "outro coda ending fin finale кода концовка schluss final",
    "post-chorus": "post-chorus postchorus",
    "spoken": "spoken rap ad-lib adlib",
}
_BY_NAME = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_TIMES = re.compile(r"[(\[]?\s*(?:[x×]\s*(\d{1,2})|(\d{1,2})\s*[x×])\s*[)\]]?\s*$", re.IGNORECASE | re.ASCII)
_BRACKETED = re.compile(r"[\[【［](.{1,80})[\]】］]\s*:?$|[({](.{1,60})[)}]\s*:?$")
_MOST_TIMES = 8


@dataclass(frozen=True)
class Heading:
    """`kind` is "" for a remark that names no kind of stanza; `times` is how often the stanza is sung."""

    kind: str = ""
    times: int = 1
    label: str = ""


def heading_of(line: str) -> Heading | None:
    """The heading that a line is, or None for a sung line.

    Square brackets are always remarks; round ones, a colon or bare words only where they name a kind of stanza.
    """
    text = line.strip().strip("*-–—=_~#").strip()
    if not text:
        return None
    body, times = repeats(text)
    bracketed = _BRACKETED.match(body) or _BRACKETED.match(text)
    inner = next((group for group in bracketed.groups() if group), "") if bracketed else body.removesuffix(":")
    inner, inner_times = repeats(inner)
    kind = _kind_of(inner)
    square = bool(bracketed) and text[0] in "[【［"
    colon = body.endswith(":")
    if square or (kind and (bracketed or colon or len(inner.split()) <= 2)) or not body:
        return Heading(kind, max(times, inner_times), inner.casefold())
    return None


def repeats(text: str) -> tuple[str, int]:
    """The text without a closing (x2), and the number in it."""
    match = _TIMES.search(text)
    if not match or (match.start() > 0 and text[match.start()] not in "([ " and text[match.start() - 1] not in " )]"):
        return text.strip(), 1
    return text[: match.start()].strip(), min(_MOST_TIMES, max(1, int(match[1] or match[2])))


def _kind_of(text: str) -> str:
    """The kind of stanza that a short text names: "Verse 2: Anna" is a verse, "Verse of the sea" is none."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+", text.split(":")[0].casefold())
    names = [
        word
        for word in words
        if not word.isdigit() and word not in {"i", "ii", "iii", "iv", "final", "last", "first", "second"}
    ]
    if not names:
        return _BY_NAME.get("final", "") if words == ["final"] else ""
    if len(names) == 2 and f"{names[0]}-{names[1]}" in _BY_NAME:
        return _BY_NAME[f"{names[0]}-{names[1]}"]
    known = [name for name in names if name in _BY_NAME]
    return _BY_NAME[known[0]] if known and (len(names) == 1 or (len(names) == 2 and len(known) >= 1)) else ""
