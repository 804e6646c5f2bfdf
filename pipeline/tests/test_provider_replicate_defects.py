"""Why Omvee does not use the methods of the `replicate` package: each defect shown, and then our way around it."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import pydantic.v1
import pytest
import replicate.client
import replicate.exceptions
import replicate.helpers
from replicate.client import RetryTransport

from pipeline.providers.base import ProviderError
from pipeline.providers.capabilities import ImageRequest
from pipeline.providers.replicate.api import ReplicateApi
from pipeline.providers.replicate.media import ReplicateImage
from pipeline.tests.providing import Desk, mark, replicate_access
from tests.services import wait_until
from tests.vendor import KEY, Vendor
from tests.vendor.server import HANG_S

MODEL = "black-forest-labs/flux-schnell"
REQUEST = ImageRequest(prompt="a boat", width=1280, height=720, seed=1)


def package(vendor: Vendor, read_s: float = 0.3) -> replicate.client.Client:
    return replicate.client.Client(api_token=KEY, base_url=vendor.url, timeout=httpx.Timeout(read_s))


def test_the_package_waits_for_ever_for_a_create_and_we_do_not(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("hang", on="create", times=2)
    waiting = threading.Thread(
        target=lambda: _ignored(lambda: package(vendor).predictions.create(MODEL, {"prompt": "x"})), daemon=True
    )
    waiting.start()
    wait_until(lambda: bool(vendor.posts("/v1/predictions")), what="its request")
    waiting.join(1.5)
    assert waiting.is_alive(), "its timeout of 0.3 s did not count"
    begun = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor, read_s=1)).submit(REQUEST, desk.work, mark())
    assert caught.value.kind == "ambiguous"
    assert not caught.value.refused
    assert time.monotonic() - begun < HANG_S
    assert len(vendor.posts("/v1/predictions")) == 2, "one each, none repeated"


def _ignored(call: Any) -> None:
    try:
        call()
    except Exception:
        return


@pytest.mark.parametrize("fate", ["aborted", "object_error"])
def test_the_package_cannot_read_some_predictions_and_we_can(vendor: Vendor, desk: Desk, fate: str) -> None:
    vendor.misbehave(fate)
    provider = ReplicateImage(replicate_access(vendor))
    ours = provider.submit(REQUEST, desk.work, mark())
    with pytest.raises(pydantic.v1.ValidationError):
        package(vendor, 60).predictions.get(ours)
    with pytest.raises(ProviderError) as caught:
        provider.poll(ours, REQUEST, desk.work)
    assert caught.value.kind == {"aborted": "timeout", "object_error": "failed"}[fate]


def test_the_package_asks_up_to_ten_times_and_we_ask_once(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RetryTransport, "_calculate_sleep", lambda *a: 0.0)
    vendor.misbehave("rate_limited", on="get", times=20)
    with pytest.raises(replicate.exceptions.ReplicateError):
        package(vendor, 60).predictions.get("x")
    assert len(vendor.asked) == 10
    with pytest.raises(ProviderError) as caught:
        ReplicateApi(replicate_access(vendor)).prediction("x")
    assert len(vendor.asked) == 11
    assert caught.value.kind == "rate_limited"
    assert caught.value.retry_after_s == 7


def test_the_package_sleeps_as_long_as_a_server_says_and_we_never_sleep() -> None:
    transport = RetryTransport(httpx.HTTPTransport())
    assert transport._calculate_sleep(1, {"Retry-After": "86400"}) == 86_400


def test_the_package_breaks_on_an_error_that_is_a_list_and_we_do_not(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("odd_error", on="create", times=2)
    with pytest.raises(AttributeError):
        package(vendor, 60).predictions.create(MODEL, {"prompt": "x"})
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor)).submit(REQUEST, desk.work, mark())
    assert caught.value.refused
    assert "this body is a list" in caught.value.detail


def test_the_package_lets_errors_of_httpx_escape_and_we_do_not(vendor: Vendor, desk: Desk) -> None:
    vendor.misbehave("lost_answer", on="create", times=2)
    with pytest.raises(httpx.HTTPError):
        package(vendor, 60).predictions.create(MODEL, {"prompt": "x"})
    with pytest.raises(ProviderError) as caught:
        ReplicateImage(replicate_access(vendor)).submit(REQUEST, desk.work, mark())
    assert caught.value.kind == "ambiguous"


def test_the_package_hands_its_key_to_any_host_and_we_do_not(vendor: Vendor, desk: Desk) -> None:
    with Vendor() as stranger:
        made = stranger.replicate.accept({"version": MODEL, "input": {"prompt": "x"}}, fate="", deadline_s=0)
        address = f"{stranger.url}/delivery/{made.id}/out-0.jpg"
        replicate.helpers.FileOutput(address, package(vendor, 60)).read()
        assert stranger.asked[-1].headers["authorization"] == f"Bearer {KEY}", "the key went to a stranger"
    vendor.misbehave("foreign_output")
    provider = ReplicateImage(replicate_access(vendor))
    external_id = provider.submit(REQUEST, desk.work, mark())
    with pytest.raises(ProviderError) as caught:
        provider.poll(external_id, REQUEST, desk.work)
    assert caught.value.kind == "bad_answer"
    assert "no place of this vendor" in caught.value.detail


def test_the_package_drops_what_it_is_asked_and_we_say_what_we_mean(vendor: Vendor, desk: Desk) -> None:
    """With model= it forgets to wait; it never tells the vendor when to give up. We send one header, and the mark."""
    vendor.misbehave("redirect", on="create")
    with pytest.raises(Exception):  # noqa: B017 - a redirect is no prediction for it either
        package(vendor, 60).predictions.create(version=MODEL, input={"prompt": "x"}, wait=5)
    access = replicate_access(vendor, deadline_s=120)
    ReplicateImage(access).submit(REQUEST, desk.work, mark("m-1", "https://studio.example/hook?attempt=m-1"))
    sent = vendor.posts("/v1/predictions")[-1]
    assert sent.headers["cancel-after"] == "120s"
    assert sent.json["webhook_events_filter"] == ["completed"]
    assert sent.json["webhook"].endswith("attempt=m-1")
