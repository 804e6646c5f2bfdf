"""What went wrong, told in the same plain words for every vendor."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipeline.providers.base import ProviderError
from pipeline.providers.failures import refusal, retry_after_s, run_failure, said_in
from pipeline.tests.providing import contract, with_contracts


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"title": "Unauthenticated", "detail": "no token"}, "auth"),
        (403, {"error": {"message": "Forbidden"}}, "auth"),
        (403, {"error": {"message": "Request blocked: prompt injection patterns detected"}}, "moderation"),
        (403, {"error": {"message": "Your organization must be verified to use the model `x`."}}, "unavailable"),
        (403, {"error": {"message": "Project `p` does not have access to model `x`"}}, "unavailable"),
        (402, {"title": "Insufficient credit"}, "no_credit"),
        (400, {"error": {"code": "billing_hard_limit_reached", "message": "Billing hard limit"}}, "no_credit"),
        (403, {"error": {"code": 403, "message": "Key limit exceeded (total limit)."}}, "no_credit"),
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}, "no_credit"),
        (429, {"detail": "Request was throttled."}, "rate_limited"),
        (
            429,
            {"error": {"code": "rate_limit_exceeded", "message": "Limit 3. Add a card at /billing."}},
            "rate_limited",
        ),
        (404, {"error": {"message": "No endpoints found"}}, "unavailable"),
        (408, {}, "unavailable"),
        (413, {"detail": "Files must be less than 100MB in size"}, "invalid_input"),
        (422, None, "invalid_input"),
        (400, {"error": {"message": "Your request was rejected", "code": "content_policy_violation"}}, "moderation"),
    ],
)
def test_every_refusal_has_a_kind_and_a_sentence(status: int, body: Any, kind: str) -> None:
    error = refusal("Replicate", status, body, {})
    assert error.kind == kind
    assert error.refused
    assert re.fullmatch(r"[A-Z].*\.", str(error))
    assert error.transient is (kind == "rate_limited" or status == 408)


def test_named_inputs_come_back_as_our_fields() -> None:
    body = {"detail": "bad", "invalid_fields": [{"field": "input.aspect_ratio", "description": "must be one of: 1:1"}]}
    error = refusal("Replicate", 422, body, {}, fields={"aspect_ratio": "shape"})
    assert error.fields == (("shape", "must be one of: 1:1"),)
    assert "must be one of" in str(error)


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({}, {"Retry-After": "60"}, 60),
        ({"retry_after": 5}, {}, 5),
        ({"detail": "Your rate limit resets in ~30s."}, {}, 30),
        ({"detail": "resets in 250 ms"}, {}, 1),
        ({"error": {"message": "Rate limit reached. Please try again in 20s."}}, {}, 20),
        ({}, {"ratelimit-reset": "12"}, 12),
        ({}, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
        ({}, {"Retry-After": "99999999"}, 3600),
        ({}, {"Retry-After": "soon"}, 10),
        (None, {}, 10),
    ],
)
def test_it_waits_as_long_as_any_sign_says(body: Any, headers: dict[str, str], seconds: int) -> None:
    assert retry_after_s(body, headers) == seconds


def test_moderation_and_bad_keys_are_never_tried_again_by_themselves() -> None:
    for error in (run_failure("Replicate", "NSFW content detected."), refusal("Replicate", 401, {}, {})):
        assert not error.transient
    assert run_failure("Replicate", "Prediction interrupted; please retry (code: PA)").transient


@pytest.mark.parametrize(
    "body",
    [
        *(None, "text", [], [{"message": "x"}], {"error": "x"}, {"error": {"message": 5}}, {"detail": {"a": 1}}, 7),
        {"invalid_fields": True},
    ],
)
def test_any_shape_of_an_answer_is_read(body: Any) -> None:
    assert isinstance(said_in(body), str)
    assert isinstance(refusal("OpenAI", 400, body, {}), ProviderError)


@with_contracts
def test_what_others_met_is_classified() -> None:
    wanted = {
        "401": "auth",
        "404": "unavailable",
        "402": "no_credit",
        "402 insufficient credit": "no_credit",
        "422 input validation": "invalid_input",
        "422 enum": "invalid_input",
        "422 extra property": "invalid_input",
        "422 bad version": "invalid_input",
        "429 generic": "rate_limited",
        "429 low credit (burst 1)": "rate_limited",
        "429 no payment method": "rate_limited",
        "429 typed": "rate_limited",
        "413 file too large": "invalid_input",
        "403 guardrail": "moderation",
        "404 no endpoints for parameters": "unavailable",
        "400 deepseek native json_schema": "invalid_input",
    }
    seen = set()
    for name in ("replicate", "openrouter"):
        for entry in contract(f"observed/{name}_errors.json")["errors"]:
            if entry["status"] >= 400:
                error = refusal(name, entry["status"], entry["body"], entry.get("headers", {}))
                assert error.kind == wanted[entry["name"]], entry["name"]
                seen.add(entry["name"])
    assert seen == set(wanted)
    kinds = {"moderation": "moderation", "transient": "interrupted", "resource": "failed", "user_config": "failed"}
    for entry in contract("observed/replicate_errors.json")["prediction_error_strings"]:
        if "error" in entry:
            assert run_failure("Replicate", entry["error"]).kind == kinds[entry["kind"]], entry["error"]
