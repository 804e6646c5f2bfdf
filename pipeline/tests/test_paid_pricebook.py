"""Operators' rows, filled from what ships; their prices stay."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import pricebook
from pipeline.models import ModelEntry
from pipeline.providers.base import ModelRow
from pipeline.providers.catalogue import shipped_models

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
FLUX = {"provider": "replicate", "name": "black-forest-labs/flux-schnell"}


def test_it_loads_what_ships_once() -> None:
    assert pricebook.load_catalogue() == len(shipped_models())
    assert pricebook.load_catalogue() == 0
    assert [entry.as_row() for entry in ModelEntry.objects.all()] == list(shipped_models())


def test_it_never_overwrites_an_operators_price(monkeypatch: pytest.MonkeyPatch) -> None:
    pricebook.load_catalogue()
    ModelEntry.objects.filter(**FLUX).update(price_microusd=9_999)
    newer = [row.model_copy(update={"price_microusd": 1, "label": "New"}) for row in shipped_models()]
    monkeypatch.setattr(pricebook, "shipped_models", lambda: tuple(newer))
    pricebook.load_catalogue()
    entry = ModelEntry.objects.get(**FLUX)
    assert (entry.price_microusd, entry.label) == (9_999, "New")
    assert set(ModelEntry.objects.exclude(pk=entry.pk).values_list("price_microusd", flat=True)) == {1}
    pricebook.load_catalogue()
    assert ModelEntry.objects.get(**FLUX).price_microusd == 9_999, "also at the release after next"


def test_a_column_that_is_new_in_a_release_is_filled_in() -> None:
    pricebook.load_catalogue()
    row = ModelEntry.objects.get(name="black-forest-labs/flux-dev")
    row.pictures = {}
    row.shipped.pop("pictures")
    row.price_microusd = 5
    row.save()
    assert pricebook.load_catalogue() == 1
    row.refresh_from_db()
    assert (row.as_row().pictures.composition, row.price_microusd) == ("image", 5)


def test_a_row_that_an_operator_entered_is_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    ModelEntry.objects.create(**FLUX, tier="draft", capability="image", price_microusd=7, label="Ours")
    pricebook.load_catalogue()
    entry = ModelEntry.objects.get(**FLUX)
    assert (entry.price_microusd, entry.label) == (7, "Ours")


def test_a_model_of_the_operators_own_server_is_offered() -> None:
    ModelEntry.objects.create(
        provider="openai", name="llama3:8b", capability="text", price_microusd=0, unit="million_tokens", position=1
    )
    row = pricebook.model_row("text", "openai", "llama3:8b")
    assert row is not None
    assert (row.name, row.price_microusd, pricebook.choice(row)) == ("llama3:8b", 0, "llama3:8b")
    assert pricebook.model_row("text", "openai") == row


def test_a_choice_names_its_tier_and_a_default_is_final() -> None:
    def found(model: str) -> Any:
        row = pricebook.model_row("video", "replicate", model)
        return row and (row.name, row.tier)

    assert found("prunaai/p-video:draft") == ("prunaai/p-video", "draft")
    assert found("") == ("prunaai/p-video", "final")
    assert found("gone/model") is None
    assert pricebook.model_row("video", "local") is None


def test_what_is_switched_off_is_not_offered() -> None:
    pricebook.load_catalogue()
    ModelEntry.objects.filter(capability="music").update(enabled=False)
    assert pricebook.offered("music") == []
    assert pricebook.model_row("music", "replicate") is None


def test_a_price_version_changes_with_the_price_alone() -> None:
    row = ModelRow(provider="a", name="b", capability="image", price_microusd=3)
    assert pricebook.price_version(row) == pricebook.price_version(row.model_copy(update={"label": "B"}))
    assert pricebook.price_version(row) != pricebook.price_version(row.model_copy(update={"price_microusd": 4}))
