"""The models that Omvee ships with: what they take, what they cost and where that is known from.

Facts only, each with source and date. Operators edit their copy in the admin; here is what a fresh studio starts from.
A price that nobody could verify is left empty, and an empty price has to be entered before anything is bought.
"""

from __future__ import annotations

import functools
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.providers.base import Capability, ModelRow, UnknownPrice

_HERE = Path(__file__).parent
_FIRST = ("replicate", "openrouter")
"""Vendors whose models are suggested before others': the defaults of pictures and clips, and of words."""


@functools.cache
def shipped_models() -> tuple[ModelRow, ...]:
    """Every model in every tier, in the order in which they are offered; the first of a vendor's capability is its
    default.
    """
    rows: list[ModelRow] = []
    for path in sorted(_HERE.glob("*.json"), key=_place):
        book = json.loads(path.read_text(encoding="utf-8"))
        for entry in book["models"]:
            rows += _rows(book["provider"], entry)
    return tuple(rows)


def _place(path: Path) -> tuple[int, str]:
    return _FIRST.index(path.stem) if path.stem in _FIRST else len(_FIRST), path.stem


def _rows(provider: str, entry: dict[str, Any]) -> list[ModelRow]:
    """One row per tier; what a tier says of limits and prices goes before what the model says."""
    common = {name: value for name, value in entry.items() if name != "tiers"}
    rows = []
    for tier in entry.get("tiers", [{}]):
        limits = {**common.get("limits", {}), **tier.get("limits", {})}
        rows.append(ModelRow.model_validate({"provider": provider, **common, **tier, "limits": limits}))
    return rows


def shipped_model(provider: str, name: str, tier: str = "") -> ModelRow:
    """The row of this name; without a tier its first one. Raises KeyError."""
    for row in shipped_models():
        if (row.provider, row.name) == (provider, name) and tier in ("", row.tier):
            return row
    raise KeyError(f"{provider}:{name}:{tier}")


def default_model(provider: str, capability: Capability, tier: str = "final") -> ModelRow:
    """A vendor's first model of a capability, in this tier where it has tiers. Raises KeyError."""
    of_kind = [row for row in shipped_models() if (row.provider, row.capability) == (provider, capability)]
    if not of_kind:
        raise KeyError(f"{provider} has no model for {capability}")
    same = [row for row in of_kind if row.name == of_kind[0].name]
    return next((row for row in same if row.tier == tier), same[0])


def price_of(row: ModelRow, setting: str = "") -> int:
    """The price per unit in micro-USD, under a setting where that costs something else. Raises UnknownPrice."""
    price = row.prices.get(setting, row.price_microusd) if setting else row.price_microusd
    if price is None:
        raise UnknownPrice(row.label or row.name)
    return price


def price_for(units: Fraction | int, row: ModelRow, setting: str = "") -> int:
    """What so many of the price's unit cost, in micro-USD: exact, and rounded up once."""
    return math.ceil(price_of(row, setting) * max(Fraction(0), Fraction(units)))
