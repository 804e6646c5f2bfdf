"""Callbacks: signed by the vendor within five minutes, or invalid; never an error of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from replicate.webhook import Webhooks, WebhookSigningSecret
from standardwebhooks import webhooks as package

from pipeline.providers.replicate.webhooks import InvalidWebhook, verify
from pipeline.tests.providing import contract, with_contracts
from tests.vendor.callbacks import SECRET, signed_headers

BODY = json.dumps({"id": "abc123", "status": "succeeded"})


def set_clock(monkeypatch: pytest.MonkeyPatch, now: int) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(now, tz or UTC)

    monkeypatch.setattr(package, "datetime", Clock)


def test_it_takes_what_the_vendor_signed() -> None:
    assert verify(signed_headers(BODY), BODY.encode(), SECRET) == {"id": "abc123", "status": "succeeded"}


def test_it_reads_header_names_in_any_case() -> None:
    headers = {name.title(): value for name, value in signed_headers(BODY).items()}
    assert verify(headers, BODY.encode(), SECRET)["id"] == "abc123"


@pytest.mark.parametrize("age_s", [301, -301, 86_400])
def test_it_refuses_a_callback_outside_of_five_minutes(age_s: int) -> None:
    headers = signed_headers(BODY, age_s=age_s)
    with pytest.raises(InvalidWebhook):
        verify(headers, BODY.encode(), SECRET)


def test_the_vendors_own_client_takes_a_callback_of_any_age() -> None:
    """Why its validate() is not used: without a tolerance a recorded callback can be sent again for ever."""
    headers = signed_headers(BODY, age_s=5 * 365 * 86_400)
    Webhooks.validate(headers=headers, body=BODY, secret=WebhookSigningSecret(key=SECRET))  # type: ignore[call-arg]
    with pytest.raises(InvalidWebhook):
        verify(headers, BODY.encode(), SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "garbage"},
        {"webhook-signature": "v1,bad"},
        {"webhook-signature": "v1,Zm9yZ2Vk"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "hello"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e400"},
        {"webhook-id": ""},
        {"webhook-id": "another"},
    ],
)
def test_it_calls_every_malformed_header_invalid(change: dict[str, str]) -> None:
    with pytest.raises(InvalidWebhook):
        verify(signed_headers(BODY) | change, BODY.encode(), SECRET)


@pytest.mark.parametrize("body", ["[]", "null", "{}", '{"id": 5}', "not json", '{"id": ""}'])
def test_it_refuses_a_signed_body_that_names_no_prediction(body: str) -> None:
    with pytest.raises(InvalidWebhook):
        verify(signed_headers(body), body.encode(), SECRET)


def test_it_refuses_a_changed_body_other_secrets_and_no_secret() -> None:
    headers = signed_headers(BODY)
    for body, secret in (
        (BODY + " ", SECRET),
        (BODY, "whsec_b3RoZXI="),
        (BODY, ""),
        (BODY, "whsec_"),
        (BODY, "whsec_%%%"),
    ):
        with pytest.raises(InvalidWebhook):
            verify(headers, body.encode(), secret)
    with pytest.raises(InvalidWebhook):
        verify(headers, b"\xff\xfe", SECRET)
    with pytest.raises(InvalidWebhook, match="too large"):
        verify(headers, bytes(2 << 20), SECRET)


@with_contracts
def test_it_agrees_with_the_published_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    book = contract("vectors/standard_webhooks.json")
    fixed = book["fixed_vector"]
    body, secret = fixed["body"], "_".join(fixed["secret"])
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    judged = []
    for case in book["cases"]:
        set_clock(monkeypatch, case["now"])
        headers = {name: fixed[name] for name in names} | case.get("override", {})
        headers = {name: value for name, value in headers.items() if name not in case.get("remove", ())}
        try:
            # The vector's body names no prediction: that message alone means that the signature was accepted.
            verify(headers, body.encode(), secret)
        except InvalidWebhook as error:
            accepted = str(error) == "no prediction in it"
        else:
            accepted = True
        wanted = case["expect"]
        judged.append(case["name"])
        assert wanted.startswith("accept or reject") or accepted is wanted.startswith("accept"), case["name"]
    assert len(judged) >= 12
