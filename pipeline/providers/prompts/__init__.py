"""What text models are told, and what is believed of their answers.

The lyric and everything else that people wrote is data in the question, never an instruction: it travels as JSON in the
user's message, and what comes back can only be words for a picture and choices from our own lists.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|prompts?|rules?)\b|\bsystem prompt\b|\bas an ai\b",
    re.IGNORECASE,
)


@functools.cache
def instructions(name: str) -> str:
    """The text of one of our own instructions ("planning", "writing", "milder")."""
    return (_HERE / f"{name}.md").read_text(encoding="utf-8").strip()


def strict_object(properties: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of an object with exactly these properties, as structured outputs want it."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def plain_words(text: object, most: int) -> str:
    """A model's words made fit to be shown and sent on: one line, no addresses, no invisible characters, cut at a word.

    Empty for what is no text, and for what speaks to a model instead of describing something.
    """
    if not isinstance(text, str) or _ORDERS.search(text):
        return ""
    words = _SPACES.sub(" ", _ADDRESS.sub(" ", _CONTROL.sub(" ", text))).strip(" `\"'")
    if len(words) > most:
        words = words[: most + 1].rpartition(" ")[0].rstrip(" ,;:") or words[:most]
    return words
