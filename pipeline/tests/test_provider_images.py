"""Pictures by OpenAI, and keys tried at no cost."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.providers.base import ProviderError
from pipeline.providers.capabilities import ImageReply, ImageRequest
from pipeline.providers.catalogue import shipped_models
from pipeline.providers.keys import VENDORS, check_key
from pipeline.providers.openai.images import OpenAIImage, picture_size
from pipeline.providers.outputs import picture_pixels
from pipeline.tests.providing import Desk, openai_access, openrouter_access, replicate_access
from tests.vendor import Vendor

REQUEST = ImageRequest(prompt="a boat on a lake", negative="letters", width=720, height=1280, seed=3)
ROWS = [row for row in shipped_models() if (row.provider, row.capability) == ("openai", "image")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_it_draws_and_pays_by_tokens(vendor: Vendor, desk: Desk, row: Any) -> None:
    provider = OpenAIImage(openai_access(vendor), row)
    reply = provider.send(REQUEST, desk.work)
    assert reply.height > reply.width
    assert picture_pixels(desk.fetch(reply.image)).shape[:2] == (reply.height, reply.width)
    assert provider.cost(REQUEST, reply) == vendor.bill.total_microusd
    assert provider.cost(REQUEST, reply) <= provider.estimate(REQUEST)
    sent = vendor.asked[-1].json
    assert sent["size"] == "1024x1536"
    assert "Avoid: letters" in sent["prompt"]
    assert "seed" not in sent


@pytest.mark.parametrize(
    ("trouble", "kind", "refused"),
    [
        ("moderated", "moderation", True),
        ("no_picture", "bad_answer", False),
        ("no_credit", "no_credit", True),
        ("lost_answer", "ambiguous", False),
    ],
)
def test_it_tells_what_went_wrong(vendor: Vendor, desk: Desk, trouble: str, kind: str, refused: bool) -> None:
    vendor.misbehave(trouble, on="image")
    with pytest.raises(ProviderError) as caught:
        OpenAIImage(openai_access(vendor)).send(REQUEST, desk.work)
    assert (caught.value.kind, caught.value.refused) == (kind, refused)
    if kind == "bad_answer":
        assert caught.value.cost_microusd == vendor.bill.total_microusd > 0
    assert not desk.stored
    assert len(vendor.asked) == 1


def test_it_chooses_among_the_sizes_there_are() -> None:
    shapes = ((1280, 720), (720, 1280), (1080, 1080), (1080, 1000))
    assert [picture_size(*shape) for shape in shapes] == ["1536x1024", "1024x1536", "1024x1024", "1024x1024"]


def test_every_key_can_be_tried_for_nothing(vendor: Vendor) -> None:
    accesses = {
        "replicate": replicate_access(vendor),
        "openai": openai_access(vendor),
        "openrouter": openrouter_access(vendor),
    }
    told = {facts.name: check_key(facts.name, accesses[facts.name]) for facts in VENDORS}
    assert "stand-in" in told["replicate"]
    assert all(text.startswith("The key works") for text in told.values())
    assert not vendor.bill.charges
    for name, access in accesses.items():
        with pytest.raises(ProviderError) as caught:
            check_key(name, access.model_copy(update={"api_key": "wrong"}))
        assert caught.value.kind == "auth"


def test_a_key_without_credit_is_found_out_beforehand(vendor: Vendor) -> None:
    vendor.credit_usd = 12.5
    assert "$12.50" in check_key("openrouter", openrouter_access(vendor))
    vendor.credit_usd = 0
    with pytest.raises(ProviderError) as caught:
        check_key("openrouter", openrouter_access(vendor))
    assert caught.value.kind == "no_credit"


def test_a_key_is_never_printed(vendor: Vendor) -> None:
    access = openai_access(vendor, api_key="sk-very-secret")
    assert "very-secret" not in repr(access) + str(access)
    with pytest.raises(ProviderError) as caught:
        OpenAIImage(access).send(REQUEST, None)  # type: ignore[arg-type]
    assert "very-secret" not in f"{caught.value} {caught.value.detail}"


def test_replies_of_before_are_read_without_a_bill() -> None:
    stored = {"image": {"sha256": "a"}, "thumb": {"sha256": "b"}, "width": 1, "height": 1}
    assert ImageReply.model_validate(stored).bill.reported_microusd == -1
