"""What an idea may be: its words, its length. Everything that cannot be is said in a sentence."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from pipeline.providers.local.idea_parts import idea_parts
from projects.states import IllegalMove

MIN_LETTERS, MAX_LETTERS = 10, 2000
MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS = 5, 120, 30
MAX_REFERENCES = 5
TITLE_LETTERS = 60

# "a 90 second film", "15-second video", "2 minute clip": the length of the whole, as against times inside the story
_LENGTH = re.compile(
    r"\b(\d{1,4})\s*-?\s*(s|sec|secs|seconds?|min|mins|minutes?)\s*-?\s*(?:long\s+)?"
    r"(?:video|film|clip|movie|short|spot|reel)s?\b",
    re.IGNORECASE,
)


def checked_idea(text: str) -> str:
    """The idea as it is kept: without control characters, spaces put in order. Raises IllegalMove in words."""
    plain = plain_text(text)
    if not plain:
        raise IllegalMove(_("Say what the film is about."))
    if len(plain) < MIN_LETTERS or not any(unicodedata.category(char)[0] in "LN" for char in plain):
        raise IllegalMove(
            _("That is too short to make a film of. Say in a few words what is seen: at least %(count)s letters.")
            % {"count": MIN_LETTERS}
        )
    if len(plain) > MAX_LETTERS:
        raise IllegalMove(
            _("That is %(length)s letters; an idea has at most %(count)s. Tell the core of it.")
            % {"length": len(plain), "count": MAX_LETTERS}
        )
    return plain


def plain_text(text: str) -> str:
    """Lines without control characters and marks of direction; single spaces; lines that are kept apart stay apart."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(char if _may_stay(char) else " " for char in line) for line in lines)
    return "\n".join(line for line in (" ".join(line.split()) for line in kept) if line)


def _may_stay(char: str) -> bool:
    """Joiners of emoji and of Indic and Persian letters are needed; other invisible characters are not."""
    return char in "\u200c\u200d\ufe0f" or unicodedata.category(char)[0] != "C" or char == " "


def check_seconds(seconds: int, idea: str = "") -> None:
    """Raises IllegalMove for a length that no film has, or another one than the idea itself names."""
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise IllegalMove(
            _("A film lasts %(least)s to %(most)s seconds.") % {"least": MIN_SECONDS, "most": MAX_SECONDS}
        )
    named = named_seconds(idea)
    if named and seconds not in named:
        raise IllegalMove(
            _("The idea names a film of %(named)s seconds, but the length is set to %(seconds)s. Change one of them.")
            % {"named": " / ".join(str(one) for one in named), "seconds": seconds}
        )


def named_seconds(idea: str) -> list[int]:
    """The lengths of the whole film that the words name, in seconds."""
    found = ((int(number), unit.lower()) for number, unit in _LENGTH.findall(idea))
    return sorted({number * 60 if unit.startswith("m") else number for number, unit in found})


def title_of(idea: str) -> str:
    """The beginning of the idea as a title, cut between words; "make a film about" is no part of it."""
    first = " ".join(idea_parts(idea, 1)[0].split()).rstrip(".。")
    first = first[:1].upper() + first[1:]
    if len(first) <= TITLE_LETTERS:
        return first or idea[:TITLE_LETTERS]
    cut = first[: TITLE_LETTERS - 1].rsplit(" ", 1)[0].rstrip(",;:–- ")
    return f"{cut}…"
