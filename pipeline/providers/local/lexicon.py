"""What a lyric shows and feels, read from its words without a model.

The painter's own vocabulary is the base: every word that it can show is found in the lyrics, and the tables of
`lexicon_words` add words that call up the same pictures, in seven languages. Words are compared by stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from pipeline.media.painting import words as painter
from pipeline.media.painting.compose import without_accents
from pipeline.providers.local.idioms import meant
from pipeline.providers.local.lexicon_words import FOREIGN, MOODS, SHOWN_AS, SILENT

_DIRECT, _CALLED_UP, _HINTED = 3.0, 1.6, 0.8


class Votes(dict[str, float]):
    """Names and their weights; an unknown name weighs nothing."""

    def __missing__(self, name: str) -> float:
        return 0.0

    def ranked(self) -> list[tuple[str, float]]:
        """Heaviest first; equals in the order they came."""
        return sorted(self.items(), key=lambda item: -item[1])


@dataclass
class Reading:
    """Votes for what some words show.

    They map names of the painter's tables (or moods) to weights; `found` lists the words that voted.
    """

    kinds: Votes = field(default_factory=Votes)
    foregrounds: Votes = field(default_factory=Votes)
    times: Votes = field(default_factory=Votes)
    weathers: Votes = field(default_factory=Votes)
    seasons: Votes = field(default_factory=Votes)
    skies: Votes = field(default_factory=Votes)
    moods: Votes = field(default_factory=Votes)
    found: dict[str, str] = field(default_factory=dict)


def reading_of(text: str) -> Reading:
    """Everything the lexicon knows about a text; no votes where it knows no word."""
    reading = Reading()
    plain = meant(unicodedata.normalize("NFC", text.casefold()))
    for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", plain):
        for stem in _stems(word):
            if _vote(reading, word, stem):
                break
    return reading


def shown_by(name: str) -> frozenset[str]:
    """Everything that one of the painter's words may draw."""
    return frozenset(entry for _, entry in _painted().get(name, ()))


def _vote(reading: Reading, word: str, stem: str) -> bool:
    """Adds the votes of one stem; false when nobody knows it."""
    exact = (*_mood_words().get(stem, ()), *_called_up().get(stem, ()))
    shown = [(stem, _DIRECT)] if stem in _painted() and stem not in SILENT else []
    names = exact or (() if shown else _prefixed(stem))
    moods = [name.removeprefix("mood:") for name in names if name.startswith("mood:")]
    for mood in moods:
        reading.moods[mood] += 1
    shown += [(name, _CALLED_UP) for name in names if not name.startswith("mood:")]
    known = bool(moods)
    for name, weight in shown:
        if _show(reading, name, weight):
            known = True
            reading.found.setdefault(word, name)
    return known


def _show(reading: Reading, name: str, weight: float) -> bool:
    """Votes for everything that one of the painter's words draws."""
    places = _painted().get(name)
    if places is None:
        return False
    for table, entry in places:
        share = weight * (_HINTED / _DIRECT) if table == "hints" else weight
        votes: Votes = reading.kinds if table == "hints" else getattr(reading, table)
        votes[entry] += share
    return True


def _stems(word: str) -> Iterator[str]:
    """The word and its likely stems, the surest first."""
    bare = re.sub(r"['’](s|re|ll|ve|d|m|t)?$|^[cdjlmnst]['’]|^qu['’]", "", word)
    yield word
    if bare != word:
        yield bare
    bare = re.sub(r"in['’]?$", "ing", bare) if re.search(r"in['’]$", word) else bare
    for ending, replacement in (
        ("ies", "y"),
        ("ves", "f"),
        ("es", ""),
        ("s", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ed", ""),
        ("ed", "e"),
        ("y", ""),
        ("ly", ""),
    ):
        if bare.endswith(ending) and len(bare) - len(ending) >= 3:
            stem = bare[: len(bare) - len(ending)] + replacement
            yield stem
            if ending in {"ing", "ed"} and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]
    plain = without_accents(bare)
    if plain.isascii() and plain != bare:
        yield plain


@cache
def _painted() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Painter's word -> (counter of Reading, entry) for everything it draws."""
    tables = {
        "kinds": painter.KINDS,
        "foregrounds": painter.FOREGROUNDS,
        "times": painter.TIMES,
        "weathers": painter.WEATHERS,
        "seasons": painter.SEASONS,
        "skies": painter.SKIES,
    }
    places: dict[str, dict[tuple[str, str], None]] = {}
    for table, entries in tables.items():
        for entry, words in entries.items():
            for word in (entry, *words):
                places.setdefault(word, {})[table, entry] = None
    for word, kinds in painter.HINTS.items():
        for kind in kinds:
            places.setdefault(word, {})["hints", kind] = None
    return {word: tuple(entries) for word, entries in places.items()}


@cache
def _called_up() -> Mapping[str, tuple[str, ...]]:
    """Plain word -> painter's words, from the tables without a trailing *."""
    return _by_word([*SHOWN_AS.items(), *FOREIGN.items()], starred=False)


@cache
def _prefixes() -> Mapping[str, tuple[str, ...]]:
    return _by_word([*SHOWN_AS.items(), *FOREIGN.items()], starred=True)


@cache
def _mood_words() -> Mapping[str, tuple[str, ...]]:
    return _by_word(((f"mood:{mood}", words) for mood, words in MOODS.items()), starred=False)


@cache
def _prefixed(word: str) -> tuple[str, ...]:
    """Painter's words and moods of the longest starred entry that the word begins with."""
    for size in range(len(word), 2, -1):
        if word[:size] in _prefixes():
            return _prefixes()[word[:size]]
    return ()


def _by_word(table: Iterable[tuple[str, str]], *, starred: bool) -> dict[str, tuple[str, ...]]:
    """Word of a song -> what it calls up, from rows of (what, words)."""
    names: dict[str, dict[str, None]] = {}
    for shown, words in table:
        for word in words.split():
            if word.endswith("*") == starred:
                names.setdefault(word.rstrip("*"), {}).update(dict.fromkeys(shown.split()))
    return {word: tuple(entries) for word, entries in names.items()}
