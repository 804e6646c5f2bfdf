"""Placeholders in a template's words, and what a brief puts in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

MOST_POINTS: Final = 5
KNOWN: Final = (
    "product",
    "what",
    "audience",
    "tone",
    "call_to_action",
    "point",
    *(f"point_{number}" for number in range(2, MOST_POINTS + 1)),
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_PARTS = re.compile(r"(?<=[,;])")
_SPACES = re.compile(r"\s+")
_LOOSE = re.compile(r"\s+([,.;:!?])")


def unknown_placeholders(text: str) -> list[str]:
    """The placeholders that nothing fills, braces that do not close among them."""
    names = [name for name in _PLACE.findall(text) if name not in KNOWN]
    left = _PLACE.sub("", text)
    return [f"{{{name}}}" for name in names] + [sign for sign in "{}" if sign in left]


def needed_points(text: str) -> int:
    """The highest number of a key point that the words speak of; 0 for none."""
    numbers = [1 if name == "point" else int(name[6:]) for name in _PLACE.findall(text) if name.startswith("point")]
    return max(numbers, default=0)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The words with everything put in its place; the part between commas that speaks of something unknown is left out.

    "Made for {audience}" is empty without an audience, "towers, {tone} mood" is "towers" without a tone.
    """
    known = {name for name, value in values.items() if value.strip(" .,;")}
    parts = [part for part in _PARTS.split(text) if not set(_PLACE.findall(part)) - known]
    whole = _PLACE.sub(lambda match: values[match[1]].strip(" .,;"), "".join(parts))
    return _LOOSE.sub(r"\1", _SPACES.sub(" ", whole)).strip(" ,;:")
