"""Claims that need proof: found by their words, told with the public rules that ask for it.

The list is a help for whoever signs the ad off, in our own words; it is no legal advice and never complete.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import Field

from pipeline.ads.values import Finding
from pipeline.media.values import Value

LIST = Path(__file__).parent / "data" / "claims.json"


class Source(Value):
    """A public rule or guide."""

    title: str
    url: str


class Topic(Value):
    """A kind of claim. `phrases` are words as they are written; * stands for the rest of a word, # for a number."""

    name: str = Field(pattern="^[a-z][a-z0-9_]{1,39}$")
    label: str
    why: str
    phrases: tuple[str, ...] = Field(min_length=1)
    sources: tuple[Source, ...] = ()


@functools.cache
def shipped_topics() -> tuple[Topic, ...]:
    """The list of this repository."""
    return tuple(Topic.model_validate(row) for row in json.loads(LIST.read_text(encoding="utf-8"))["topics"])


def claims_in(text: str, place: str, topics: Sequence[Topic]) -> list[Finding]:
    """The claims in a text, each phrase once per topic."""
    found = []
    for topic in topics:
        match = _pattern(topic.phrases).search(text)
        if match:
            words = f"“{match[0].strip()}”: {topic.why}"
            found.append(Finding(kind="claim", place=place, text=words, phrase=match[0].strip(), topic=topic.name))
    return found


def claims_of(texts: Iterable[tuple[str, str]], topics: Sequence[Topic]) -> list[Finding]:
    """The claims in many texts, (place, text), in their order; the same words are told once."""
    found: dict[tuple[str, str], Finding] = {}
    for place, text in texts:
        for finding in claims_in(text, place, topics):
            found.setdefault((finding.topic, finding.phrase.lower()), finding)
    return list(found.values())


@functools.lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_phrase(phrase) for phrase in phrases), re.IGNORECASE)


def _phrase(phrase: str) -> str:
    words = re.escape(phrase.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"[\s-]+")
    words = re.sub(r"\\#(?!\d)", lambda _sign: r"\d[\d.,]*", words)  # but "#1" is what it says
    begins = r"(?<!\w)" if phrase[:1].isalnum() or phrase[:1] == "#" else ""
    ends = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return f"{begins}{words}{ends}"
