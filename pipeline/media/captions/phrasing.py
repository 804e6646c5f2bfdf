"""Where a sentence may be parted, so that it reads well on two rows or two cards.

Subtitlers part at punctuation first, then before conjunctions and prepositions, and never inside of a noun's own group
(BBC Subtitle Guidelines, "Line breaks"; Netflix Timed Text Style Guide, "Line treatment"). No grammar is parsed: lists
of the small words of a few languages carry the rule, and what stands shortly behind an article is taken for its group.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from pipeline.media.captions.small_words import ARTICLES, CONJUNCTIONS, DESCRIBING, LEADING_ON, PARTICLES, PREPOSITIONS

NEVER, GROUP, PLAIN, RESTS = 24, 12, 8, 3
"""The price of parting behind an article, inside of a noun's group, where nothing is known, and the most before a
conjunction or a preposition.
"""
TOO_UNEVEN = 30
"""Times the square of a piece's deviation from an even share. Three fifths beside two fifths cost about 2."""

_DESCRIBING_END = re.compile(r"(?:ful|less|ous|ive|ible|able|ish|lit)$")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*['’]?")


def break_price(text: str, at: int) -> int:
    """How badly `text` is parted at the offset `at`: 0 behind a sentence, up to NEVER behind an article."""
    before, after = text[:at].rstrip(), text[at:].lstrip()
    if not before or not after:
        return 0
    if before[-1] in ".!?…;:。！？；：" and not _is_abbreviation(before):
        return 0
    if before[-1] in ",，、)]”–—" or after[0] in "–—([“":
        return 1
    words, following = _last_words(before), _first_word(after)
    if not words or not following:
        return PLAIN
    last = words[-1].lower()
    price = _price_of_last(last, following.lower())
    if price:
        return price
    if following.lower() in CONJUNCTIONS:
        return 2
    if following.lower() in PREPOSITIONS:
        return 3
    if _is_name(words[-1], following):
        return GROUP + 4
    if len(words) > 1 and words[-2].lower() in ARTICLES:
        return GROUP  # "a paper | boat": more often than not the noun is still to come
    if len(words) > 2 and words[-3].lower() in ARTICLES and _describes(words[-2].lower()):
        return PLAIN + 2
    return PLAIN


def _price_of_last(last: str, following: str) -> int:
    """What the last word asks for behind it; 0 where it can stand at an end."""
    ends_here = following in CONJUNCTIONS or following in PREPOSITIONS
    if last in ARTICLES:
        return NEVER
    if last in PARTICLES:
        return GROUP + 4 if following in ARTICLES else 0
    if last in PREPOSITIONS or last in CONJUNCTIONS:
        return NEVER - 6
    if last in LEADING_ON or last[-1] in "'’":
        return GROUP + 4
    if not ends_here and (_describes(last) or any(char.isdigit() for char in last)):
        return GROUP + 4
    return 0


def leads_on(text: str) -> bool:
    """Whether something has to follow: the text ends with an article, a preposition, "a warm"."""
    words = [word.lower() for word in _last_words(text.rstrip())]
    if not words or text.rstrip()[-1] in ".!?…":
        return False
    if _describes(words[-1]):  # "keeps water cold" is whole
        return len(words) > 1 and words[-2] in ARTICLES
    return _price_of_last(words[-1], "") > 0


def parted(text: str, pieces: int, most: int) -> list[str]:
    """`text` in so many pieces of at most `most` letters, more where they do not fit, parted as well as can be."""
    edges = [0, *(at.end() for at in re.finditer(r"\s+", text)), len(text)]
    if _is_dense(text):
        edges = [0, *(at for at in range(1, len(text)) if text[at - 1] in "、，。！？ "), len(text)]
    edges = _with_long_words_cut(edges, most)
    places = [float(edge) for edge in edges]
    for count in range(max(1, pieces), len(edges)):
        starts = parted_at(text, edges, places, count, float(most))
        if starts is not None:
            return [text[a:b].strip() for a, b in pairwise([*starts, len(text)])]
    return [text[a:b].strip() for a, b in pairwise(edges)]


def parted_at(text: str, edges: Sequence[int], places: Sequence[float], count: int, most: float) -> list[int] | None:
    """The offsets at which `count` pieces begin, none wider than `most`; None where they cannot be.

    `edges` are the offsets at which a piece may begin, with 0 and the text's end; `places` how far along each of them
    lies, in whatever `most` is measured in.
    """
    if count < 1 or count > len(edges) - 1:
        return None
    share = (places[-1] - places[0]) / count
    prices = [break_price(text, edge) for edge in edges]
    best: list[tuple[float, list[int]] | None] = [None] * len(edges)
    best[0] = (0.0, [])
    for number in range(count):
        grown: list[tuple[float, list[int]] | None] = [None] * len(edges)
        for end in range(number + 1, len(edges)):
            for begin in range(number, end):
                known, width = best[begin], places[end] - places[begin]
                if known is None or width > most + 1e-6:
                    continue
                uneven = TOO_UNEVEN * ((width - share) / share) ** 2 if share else 0.0
                price = known[0] + uneven + (prices[end] if end < len(edges) - 1 else 0)
                old = grown[end]
                if old is None or price < old[0]:
                    grown[end] = (price, [*known[1], edges[begin]])
        best = grown
    found = best[-1]
    return found[1] if found is not None else None


def _with_long_words_cut(edges: list[int], most: int) -> list[int]:
    """More edges inside of what is longer than a piece may be."""
    found = [edges[0]]
    for begin, end in pairwise(edges):
        found += [*range(begin + most, end, most), end]
    return found


def _is_dense(text: str) -> bool:
    """Whether it is of a script that writes no spaces between words."""
    return sum(unicodedata.east_asian_width(char) in "WF" for char in text) * 2 > len(text)


def _last_words(text: str) -> list[str]:
    """Up to three words before the end, of the same clause."""
    clause = re.split(r"[,;:.!?…–—()\[\]“”]\s*", text[-60:])[-1]
    return _WORD.findall(clause)[-3:]


def _first_word(text: str) -> str:
    found = _WORD.match(text.lstrip("\"'“‘«¿¡"))
    return found[0] if found else ""


def _describes(word: str) -> bool:
    return word in DESCRIBING or (len(word) > 5 and _DESCRIBING_END.search(word) is not None)


def _is_name(last: str, following: str) -> bool:
    """Two capitalized words, unless all is in capitals."""
    return last.istitle() and following.istitle()


def _is_abbreviation(text: str) -> bool:
    return re.search(r"\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc)\.$", text) is not None
