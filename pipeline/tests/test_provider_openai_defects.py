"""What the `openai` package does by itself, shown against the stand-in, and that ours does none of it."""

from __future__ import annotations

from typing import Any

import openai
import pydantic
import pytest

from pipeline.providers.base import ProviderError
from pipeline.providers.capabilities import RewriteRequest
from pipeline.providers.openai.text import OpenAIText
from pipeline.tests.providing import Desk, openai_access
from tests.vendor import KEY, Vendor

REQUEST = RewriteRequest(text="a fight in the rain", reason="violence")
MESSAGES: list[Any] = [{"role": "user", "content": 'data:\n{"prompt": "x", "refused_because": ""}'}]
FORM: Any = {"type": "json_schema", "json_schema": {"name": "milder_prompt", "schema": {"type": "object"}}}


class Milder(pydantic.BaseModel):
    text: str


def package(vendor: Vendor, **more: Any) -> openai.OpenAI:
    return openai.OpenAI(api_key=KEY, base_url=vendor.openai_url, **more)


def plain(client: openai.OpenAI) -> Any:
    return client.chat.completions.create(model="gpt-6-luna", messages=MESSAGES, response_format=FORM)


@pytest.mark.parametrize("trouble", ["lost_answer", "server_error_after"])
def test_the_package_pays_three_times_for_a_lost_answer_and_we_pay_once(
    vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(openai.OpenAI, "_calculate_retry_timeout", lambda *a, **k: 0.01)
    vendor.misbehave(trouble, on="chat", times=4)
    with pytest.raises(openai.APIError):
        plain(package(vendor))
    assert len(vendor.bill.charges) == 3
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert len(vendor.bill.charges) == 4, "asked once, paid once"
    assert caught.value.kind == "ambiguous"
    assert not caught.value.refused


def test_the_package_asks_again_when_there_is_no_credit_and_we_do_not(
    vendor: Vendor, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai.OpenAI, "_calculate_retry_timeout", lambda *a, **k: 0.01)
    vendor.misbehave("rate_limited", on="chat", times=4)
    with pytest.raises(openai.RateLimitError):
        plain(package(vendor))
    assert len(vendor.asked) == 3
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert len(vendor.asked) == 4
    assert (caught.value.kind, caught.value.retry_after_s, caught.value.refused) == ("rate_limited", 7, True)


def test_the_package_waits_ten_minutes_and_we_as_long_as_we_are_told(vendor: Vendor, desk: Desk) -> None:
    assert package(vendor).timeout.read == 600  # type: ignore[union-attr]
    vendor.misbehave("hang", on="chat")
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor, read_s=1)).send(REQUEST, desk.work)
    assert caught.value.kind == "ambiguous"


def test_the_package_follows_redirects_and_we_do_not(vendor: Vendor, desk: Desk) -> None:
    assert package(vendor)._client.follow_redirects
    vendor.misbehave("redirect", on="chat")
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert caught.value.kind == "ambiguous"
    assert len(vendor.asked) == 1


def test_the_packages_parser_breaks_where_our_ladder_stands(vendor: Vendor, desk: Desk) -> None:
    """Each rung with what parse() makes of it."""

    def parsed() -> Any:
        return package(vendor, max_retries=0).chat.completions.parse(
            model="gpt-6-luna", messages=MESSAGES, response_format=Milder
        )

    vendor.misbehave("no_choices", on="chat", times=2)
    with pytest.raises(TypeError):
        parsed()
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert caught.value.kind == "unavailable"

    vendor.misbehave("html_page", on="chat", times=2)
    with pytest.raises(AttributeError):
        parsed()
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert caught.value.kind == "ambiguous"

    vendor.misbehave("finish_error", on="chat", times=2)
    assert parsed().choices[0].finish_reason == "error", "handed over as if it were an answer"
    with pytest.raises(ProviderError) as caught:
        OpenAIText(openai_access(vendor)).send(REQUEST, desk.work)
    assert caught.value.kind == "failed"
    assert caught.value.cost_microusd == vendor.bill.charges[-1].microusd
