"""Recipes and their digests: what decides whether an output is still fresh.

A recipe holds what people decided (words, frames, sizes, hashes of the files picked). How a thing was made (provider,
model, storage key) is recorded beside it and never compared, so a new key or release makes nothing stale.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from pydantic import BaseModel, Field, JsonValue

from pipeline.media.values import Value

_HOW: Final[dict[str, JsonValue]] = {"how": True}


def how(default: Any = ...) -> Any:
    """A field that is recorded with the input but is no part of its recipe."""
    return Field(default, json_schema_extra=_HOW)


class Stored(Value):
    """A file in storage: found by its key, compared by its content."""

    sha256: str
    key: str = how("")
    size_bytes: int = how(0)


def recipe_of(value: Any) -> Any:
    """The comparable part of `value` as plain JSON types; fields at their default are left out.

    Raises TypeError for a float: digests must not depend on how a number was printed.
    """
    if isinstance(value, BaseModel):
        recipe = {}
        for name, field in type(value).model_fields.items():
            item = getattr(value, name)
            if field.json_schema_extra == _HOW:
                continue
            if not field.is_required() and item == field.get_default(call_default_factory=True):
                continue
            recipe[name] = recipe_of(item)
        return recipe
    if isinstance(value, (list, tuple)):
        return [recipe_of(item) for item in value]
    if isinstance(value, dict):
        return {str(key): recipe_of(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"{type(value).__name__} cannot be part of a recipe")


def seed_of(text: str) -> int:
    """A seed of 31 bits, always the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of a recipe."""
    text = json.dumps(recipe_of(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
