"""The catalogue: every model with a source, prices that are never made up, defaults that exist."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.providers import PROVIDERS
from pipeline.providers.base import ModelRow, UnknownPrice
from pipeline.providers.catalogue import default_model, price_for, price_of, shipped_model, shipped_models
from pipeline.providers.replicate.inputs import IMAGES, MUSIC, UPSCALES, VIDEOS
from pipeline.tests.providing import contract, with_contracts


def test_every_model_says_where_its_facts_come_from() -> None:
    rows = shipped_models()
    assert len({row.key for row in rows}) == len(rows) > 20
    for row in rows:
        assert row.price_source, row.key
        assert (row.price_microusd is None) is (row.price_as_of == ""), row.key
        assert row.price_microusd != 0, row.key
        assert (row.capability, row.provider) in PROVIDERS, row.key
        if row.capability in {"image", "video", "music", "upscale"}:
            assert row.inputs_source, row.key
        if row.unit == "gpu_second":
            assert row.limits.run_seconds > 0, row.key


def test_every_model_on_replicate_has_a_builder_of_its_own() -> None:
    builders = {*IMAGES, *VIDEOS, *MUSIC, *UPSCALES}
    assert {row.name for row in shipped_models() if row.provider == "replicate"} == builders


def test_the_defaults_are_those_of_the_issue() -> None:
    assert default_model("replicate", "image").name == "black-forest-labs/flux-schnell"
    assert default_model("replicate", "video").key == "replicate:prunaai/p-video:final"
    assert default_model("replicate", "video", "draft").settings["draft"] is True
    assert default_model("openrouter", "text").name.startswith("deepseek/")
    with pytest.raises(KeyError):
        default_model("openrouter", "video")
    with pytest.raises(KeyError):
        shipped_model("replicate", "no/such")


def test_musicgen_is_labelled_and_retirements_are_dated() -> None:
    musicgen = shipped_model("replicate", "meta/musicgen")
    assert not musicgen.commercial
    assert "CC-BY-NC" in musicgen.licence_note
    assert shipped_model("openai", "whisper-1").retires_on == "2027-02-26"


def test_prices_round_up_and_unknown_ones_are_refused() -> None:
    row = ModelRow(provider="x", name="y", capability="image", price_microusd=3, prices={"hd": 7})
    assert (price_of(row), price_of(row, "hd"), price_of(row, "other")) == (3, 7, 3)
    assert (price_for(Fraction(3, 2), row), price_for(0, row)) == (5, 0)
    with pytest.raises(UnknownPrice):
        price_of(row.model_copy(update={"price_microusd": None}))


@with_contracts
def test_prices_are_those_that_were_collected() -> None:
    book = {entry["model"]: entry["usd"] for entry in contract("models/prices_2026-11.json")["rows"]}
    compared = 0
    for row in shipped_models():
        name = row.name if row.provider == "replicate" else f"{row.provider} {row.name}"
        usd = book.get(name)
        if (row.tier == "draft" and row.name != "black-forest-labs/flux-schnell") or usd is None:
            continue
        if row.name in {"wan-video/wan-2.2-i2v-fast", "kwaivgi/kling-v2.1", "google/veo-3.1-lite"}:
            continue  # their final tier is another one than the collected price is for
        prices = [row.price_microusd, row.prices.get("output")] if isinstance(usd, list) else [row.price_microusd]
        assert prices == [round(value * 1_000_000) for value in (usd if isinstance(usd, list) else [usd])], row.key
        compared += 1
    assert compared >= 10
