"""Milder words for a refused prompt: by a model, by a plain rule, or an honest word that none is known."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.providers.base import ProviderError
from pipeline.providers.catalogue import shipped_model
from pipeline.providers.local.milder import milder
from pipeline.providers.local.writer import LocalText
from pipeline.providers.openrouter import OpenRouterText
from pipeline.steps import soften_prompt
from pipeline.steps.base import Waiting
from pipeline.tests.providing import Desk, openrouter_access
from tests.vendor import Vendor

HARSH = "A bloody knife on the floor, a dead man beside it, film noir"


class Bench:
    def __init__(self, desk: Desk, provider: Any) -> None:
        self._desk, self._provider, self.folder = desk, provider, desk.root

    def provider(self, capability: str, name: str, model: str = "") -> Any:
        return self._provider

    def once(self, call: str, provider: Any, request: Any) -> Any:
        return provider.send(request, self._desk.work)


def softened(desk: Desk, provider: Any, text: str = HARSH) -> str:
    output = soften_prompt.run(soften_prompt.Input(text=text, reason="E005"), Bench(desk, provider))  # type: ignore[arg-type]
    assert not isinstance(output, Waiting)
    return output.text


def test_a_model_says_it_in_a_milder_way(desk: Desk, vendor: Vendor) -> None:
    provider = OpenRouterText(openrouter_access(vendor), shipped_model("openrouter", "deepseek/deepseek-v4-flash"))
    assert softened(desk, provider) != HARSH
    assert "E005" in vendor.posts("/chat/completions")[0].body.decode()


def test_without_a_model_a_plain_rule_does(desk: Desk) -> None:
    mild = softened(desk, LocalText())
    assert mild == "A crimson silver ribbon on the floor, a still figure beside it, film noir"


def test_where_no_rule_helps_it_is_said(desk: Desk) -> None:
    with pytest.raises(ProviderError, match="choose a text model"):
        softened(desk, LocalText(), "a boat in the harbor")


@pytest.mark.parametrize(
    "text",
    ["a skilled gardener", "a begun journey", "a shooting star", "a bladed fan", "Essex in the rain", "the deadline"],
)
def test_harmless_words_stay(text: str) -> None:
    assert milder(text) == text
