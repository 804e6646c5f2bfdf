"""Callbacks: only what the vendor signed counts, once, and only as a hint to look."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from pipeline.models import Attempt, Job, WebhookDelivery
from pipeline.providers.base import ProviderError
from pipeline.runner import clock
from pipeline.states import JobState
from tests.vendor.callbacks import SECRET, signed_headers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def attempt(settings: Any) -> Attempt:
    """Sent to the vendor, its job waits for another ten minutes."""
    settings.REPLICATE_WEBHOOK_SECRET, settings.OMVEE_DOORBELL = SECRET, False
    due = clock.now() + timedelta(minutes=10)
    job = Job.objects.create(
        step="trial", recipe="r", place="p", queue="io", input={}, state=JobState.WAITING, not_before=due
    )
    fields = {"job": job, "job_code": job.code, "step": "trial", "call": "draw", "request": {}, "request_digest": ""}
    return Attempt.objects.create(provider="replicate", state="sent", external_id="p1", **fields)


def tell(attempt: Attempt, *, csrf: bool = True, code: object = None, body: Any = None, **headers: Any) -> int:
    text = json.dumps(body if body is not None else {"id": "p1", "status": "succeeded"})
    signed = headers.pop("signed", None) or signed_headers(text, **headers)
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in signed.items() if name != "content-type"}
    client = Client(enforce_csrf_checks=csrf)
    url = f"/hooks/replicate/{code or attempt.code}/"
    return client.post(url, data=text, content_type="application/json", **sent).status_code


def is_due() -> bool:
    return bool(Job.objects.get().not_before <= clock.now())


def test_it_wakes_the_job_and_changes_nothing_else(attempt: Attempt) -> None:
    assert tell(attempt) == 200
    assert is_due()
    attempt.refresh_from_db()
    assert (attempt.state, attempt.reply, Job.objects.get().state) == ("sent", None, "waiting")


def test_the_same_callback_ten_times_is_one(attempt: Attempt) -> None:
    assert [tell(attempt, event_id="msg_1") for _ in range(10)] == [200] * 10
    assert WebhookDelivery.objects.count() == 1


@pytest.mark.parametrize(
    "headers", [{"secret": "whsec_Zm9yZ2Vk"}, {"age_s": 3600}, {"age_s": -3600}, {"signed": {"webhook-id": "x"}}]
)
def test_what_is_not_signed_just_now_is_refused(attempt: Attempt, headers: dict[str, Any]) -> None:
    assert tell(attempt, **headers) == 400
    assert (is_due(), WebhookDelivery.objects.count()) == (False, 0)


def test_it_tells_the_id_of_an_order_whose_answer_was_lost(attempt: Attempt) -> None:
    Attempt.objects.update(state="ambiguous", external_id="")
    assert tell(attempt) == 200
    attempt.refresh_from_db()
    assert (attempt.state, attempt.external_id, is_due()) == ("sent", "p1", True)


def test_it_never_brings_back_what_is_over(attempt: Attempt) -> None:
    Attempt.objects.update(state="done")
    assert tell(attempt, body={"id": "other"}) == 200
    attempt.refresh_from_db()
    assert (attempt.state, attempt.external_id) == ("done", "p1")


def test_a_left_over_request_is_looked_at_at_once(attempt: Attempt) -> None:
    Job.objects.update(state="canceled")
    Attempt.objects.update(look_at=clock.now() + timedelta(hours=1))
    tell(attempt)
    assert Attempt.objects.get().look_at <= clock.now()


def test_an_attempt_that_nobody_knows_is_answered_the_same(attempt: Attempt) -> None:
    assert tell(attempt, code=uuid.uuid4()) == 200
    assert not is_due()


def test_a_body_that_is_too_large_is_refused(attempt: Attempt) -> None:
    assert tell(attempt, body={"id": "p1", "logs": "x" * 1_100_000}) == 413


def test_other_vendors_and_methods_have_no_address(attempt: Attempt) -> None:
    assert Client().post(f"/hooks/openai/{attempt.code}/").status_code == 404
    assert Client().get(f"/hooks/replicate/{attempt.code}/").status_code == 405


def test_strangers_do_not_make_us_ask_the_vendor_again_and_again(
    attempt: Attempt, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPLICATE_WEBHOOK_SECRET = ""
    cache.clear()
    asked = []

    class Api:
        def __init__(self, access: Any) -> None:
            asked.append(access)

        def webhook_secret(self) -> str:
            raise ProviderError("Replicate does not answer at the moment.", kind="unavailable")

        def close(self) -> None:
            pass

    monkeypatch.setattr("pipeline.webhooks.ReplicateApi", Api)
    assert [tell(attempt, secret="whsec_Zm9yZ2Vk") for _ in range(5)] == [503] * 5
    assert len(asked) == 1
    cache.clear()


def test_a_secret_that_is_another_one_now_is_asked_for_again(
    attempt: Attempt, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPLICATE_WEBHOOK_SECRET = ""
    cache.clear()
    secrets = iter(["whsec_T2xkIG9sZCBvbGQgb2xk", SECRET, SECRET])
    asked = []

    class Api:
        def __init__(self, access: Any) -> None:
            asked.append(access)

        def webhook_secret(self) -> str:
            return next(secrets)

        def close(self) -> None:
            pass

    monkeypatch.setattr("pipeline.webhooks.ReplicateApi", Api)
    assert tell(attempt) == 400, "asked for just now, so it is what counts"
    assert tell(attempt) == 200, "the operator has entered another key since"
    assert tell(attempt, secret="whsec_Zm9yZ2Vk") == 400
    assert len(asked) == 2, "forged callbacks do not make us ask again and again"
