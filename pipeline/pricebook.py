"""Which models are offered and what they cost: the operator's rows, filled from what Omvee ships."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from pipeline.models import ModelEntry
from pipeline.providers.base import ModelRow, ProviderError
from pipeline.providers.catalogue import shipped_models

_STEP: Final = 10


def load_catalogue() -> int:
    """Bring the rows up to what this release ships; returns how many changed.

    A merge of three: a field that an operator has changed since the last release stays, every other follows.
    """
    changed = 0
    with transaction.atomic():
        rows = {_key(row): row for row in ModelEntry.objects.select_for_update()}
        for position, shipped in enumerate(shipped_models(), 1):
            changed += _merge(rows.get(_key(shipped)), shipped, position * _STEP)
    return changed


def _merge(row: ModelEntry | None, shipped: ModelRow, position: int) -> bool:
    facts: dict[str, Any] = shipped.model_dump(mode="json") | {"position": position}
    if row is None:
        ModelEntry.objects.create(**facts, shipped=facts)
        return True
    if row.shipped == facts:
        return False
    before = row.shipped or facts  # a row that an operator entered before it was shipped is all theirs
    for name, value in facts.items():
        if row.shipped and (name not in before or getattr(row, name) == before[name]):  # or a column that is new
            setattr(row, name, value)
    row.shipped = facts
    row.save()
    return True


def _key(row: ModelEntry | ModelRow) -> tuple[str, str, str]:
    return row.provider, row.name, row.tier


def offered(capability: str = "", provider: str = "", *, withdrawn: bool = False) -> list[ModelRow]:
    """The models that may be chosen, in the order in which they are offered; what ships where no rows are loaded.

    `withdrawn`: those too that were offered once, behind them.
    """
    wanted = {name: value for name, value in (("capability", capability), ("provider", provider)) if value}
    shipped = [row for row in shipped_models() if all(getattr(row, name) == value for name, value in wanted.items())]
    if withdrawn:
        return [
            entry.as_row() for entry in ModelEntry.objects.filter(**wanted).order_by("-enabled", "position")
        ] + shipped
    entries = list(ModelEntry.objects.filter(enabled=True, **wanted))
    return [entry.as_row() for entry in entries] if entries or ModelEntry.objects.exists() else shipped


def model_row(capability: str, provider: str, model: str = "", *, withdrawn: bool = False) -> ModelRow | None:
    """The row that `model` ("name" or "name:tier") names; without one the vendor's first, final before draft.

    None for a provider without models (an embedded one) or a model that is not offered any more; with `withdrawn` it
    is found all the same.
    """
    rows = offered(capability, provider, withdrawn=withdrawn)
    if model:
        named = [row for row in rows if model in (choice(row), row.name)]
        return named[0] if named else None
    same = [row for row in rows if row.name == rows[0].name]
    return next((row for row in same if row.tier == "final"), same[0] if same else None)


def is_withdrawn(row: ModelRow) -> bool:
    """Whether an operator has stopped offering it: what is under way is finished, nothing more is ordered."""
    return ModelEntry.objects.filter(provider=row.provider, name=row.name, tier=row.tier, enabled=False).exists()


def not_offered(model: str) -> ProviderError:
    """What is said of a model that cannot be asked any more."""
    text = f"{model or 'This vendor'} is not offered any more. Choose another model under Settings > Providers."
    return ProviderError(text, kind="unavailable", refused=True, transient=False)


def choice(row: ModelRow) -> str:
    """What a job's input calls this model: its key without the vendor."""
    return row.key.removeprefix(f"{row.provider}:")


def price_version(row: ModelRow) -> str:
    """Changes when anything changes that this model's price is computed from."""
    facts = [row.key, row.price_microusd, row.unit, sorted(row.prices.items()), row.limits.run_seconds]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]


def price_stamp(provider: str, row: ModelRow | None) -> str:
    """The model and the version of its price, as "provider:name:tier@version": what a consent is given to."""
    return f"{row.key}@{price_version(row)}" if row else f"{provider}@"


def concurrency(provider: str, model: str) -> int | None:
    """How much of a model ("name:tier" or "name") may be under way at once, if an operator has said so."""
    name, _, tier = model.rpartition(":") if ":" in model else (model, "", "")
    rows = ModelEntry.objects.filter(provider=provider).filter(Q(name=model, tier="") | Q(name=name, tier=tier))
    return rows.values_list("concurrency", flat=True).first()
