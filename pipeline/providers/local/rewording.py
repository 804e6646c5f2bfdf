"""A description with one of its facts changed: the words of the old one give way to those of the new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipeline.media.painting import words as painter
from pipeline.providers.local.imagery import Imagery
from pipeline.providers.local.scenery import FIGURES, SKY_PHRASES, TIME_PHRASES, WEATHER_PHRASES
from pipeline.providers.local.sentences import PALETTE_PHRASES

_SEASONS = "|".join(painter.SEASONS)
_STANDS = r"(?: in view| in the foreground| in silhouette|(?=[,.]|$))"


def reworded(text: str, before: Imagery, after: Imagery) -> str:
    """`text`, which says `before`, saying `after` wherever the two differ."""
    if before.kind != after.kind:
        text = _placed(text, before, after)
    if before.time != after.time:
        phrase = TIME_PHRASES[after.time][0].format(a=_a(after.season)) if after.time else ""
        text = _exchanged(text, _time_patterns(), phrase, _words(painter.TIMES, before.time), after.time)
    if before.weather != after.weather:
        phrase = next(iter(WEATHER_PHRASES.get(after.weather, ())), "")
        old, new = WEATHER_PHRASES.get(before.weather, ()), after.weather.removeprefix("clear")
        text = _exchanged(text, map(re.escape, old), phrase, _words(painter.WEATHERS, before.weather), new)
    if before.sky != after.sky:
        phrase = next(iter(SKY_PHRASES.get(after.sky, ())), "")
        old = SKY_PHRASES.get(before.sky, ())
        text = _exchanged(text, map(re.escape, old), phrase, _words(painter.SKIES, before.sky), after.sky)
    if before.season != after.season:
        text = re.sub(rf"\b(?:an?) {before.season}\b", _a(after.season), text)
        text = text if after.season in text else f"{text}, in {after.season}"
    for name in before.figures:
        if name not in after.figures:
            words = _words(painter.FOREGROUNDS, name) if before.kind == after.kind else ()
            text = _exchanged(text, [re.escape(FIGURES[name][0]) + _STANDS], "", words, "")
    for name in after.figures:
        if name not in before.figures:
            text = f"{text.rstrip('. ')}, {FIGURES[name][0]} in view"
    if before.palette != after.palette:
        text = _exchanged(
            text, (f"in {re.escape(phrase)}" for phrase in PALETTE_PHRASES.values()),
            f"in {PALETTE_PHRASES[after.palette]}", (), "",
        )  # fmt: skip
    return _tidied(text)


def _a(season: str) -> str:
    return f"an {season}" if season[:1] in "aeiou" else f"a {season}"


def _words(table: Mapping[str, tuple[str, ...]], entry: str) -> tuple[str, ...]:
    return (entry, *table[entry]) if entry in table else ()


def _time_patterns() -> Iterable[str]:
    for phrases in TIME_PHRASES.values():
        for phrase in phrases:
            yield re.escape(phrase).replace(r"\{a\}", rf"an? (?:{_SEASONS})")


def _placed(text: str, before: Imagery, after: Imagery) -> str:
    old, new = (" ".join(image.place.split("|")) for image in (before, after))
    found = re.search(re.escape(old), text, re.IGNORECASE)
    return text[: found.start()] + new + text[found.end() :] if found else f"{text.rstrip('. ')}, {new}"


def _exchanged(text: str, patterns: Iterable[str], phrase: str, words: Iterable[str], word: str) -> str:
    """The first match of our own phrases replaced by `phrase` and the others taken out; free words by `word`.

    What was not said at all is said at the end.
    """
    found = False
    for pattern in patterns:
        replaced = re.sub(pattern, "" if found else "\0", text, count=0, flags=re.IGNORECASE)
        found = found or replaced != text
        text = replaced
    for old in words:
        if old and old != word:
            replaced = re.sub(rf"\b{re.escape(old)}s?\b", word, text, flags=re.IGNORECASE)
            found = found or (replaced != text and bool(word))
            text = replaced
    first, *rest = text.split("\0")
    text = first + phrase + "".join(rest) if rest else first
    return text if found or not phrase else f"{text.rstrip('. ')}, {phrase}"


def _tidied(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?:\s(?:in|under|through|with|and|the|an?))+\s*(?=$|[,.;:])", "", text)  # "in the" nothing
    text = re.sub(r"\s+([,.:;])", r"\1", text)
    text = re.sub(r"(?:[,;]\s*)+([,.;])", r"\1", text)
    text = re.sub(r"([:])\s*[,;]", r"\1", text).strip(" ,;:")
    return text[:1].upper() + text[1:]
