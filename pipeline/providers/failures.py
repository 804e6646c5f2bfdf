"""What went wrong at a vendor, in words for the creator; one place, so that the same thing is told in the same way.

The cases and their signs: what users of these vendors met, by public threads and recorded answers (docs/providers.md).
"""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Mapping
from typing import Any

from pipeline.providers.base import ProviderError
from pipeline.providers.http import was_sent

USUAL_WAIT_S = 10
LONGEST_WAIT_S = 3600

MODERATION = re.compile(
    r"\bE005\b|flagged as sensitive|nsfw|content[ _-]?policy|safety (?:system|filter|checker)|moderation"
    r"|sensitive content|request blocked",
    re.IGNORECASE,
)
_INTERRUPTED = re.compile(r"\(code: PA\)|\bE1000\b|interrupted", re.IGNORECASE)
_MEMORY = re.compile(r"\bE1001\b|out of memory|\bOOM\b", re.IGNORECASE)
_NO_QUOTA = re.compile(r"insufficient[_ ](?:quota|credit|funds|balance)|billing|no credit", re.IGNORECASE)
_SPENT = re.compile(r"billing[ _]hard[ _]limit|billing_not_active|key limit exceeded", re.IGNORECASE)
_NOT_FOR_US = re.compile(r"must be verified|not have access to (?:the |this )?model|model_not_found", re.IGNORECASE)
_RESETS = re.compile(r"(?:resets?|try again) in ~?(\d+(?:\.\d+)?)\s*(ms|s|m)?", re.IGNORECASE)


def lost_or_unsent(vendor: str, error: BaseException) -> ProviderError:
    """No answer at all. Where the request never left, nothing happened; else nobody knows."""
    detail = f"{type(error).__name__}: {error}"
    if not was_sent(error):
        return ProviderError(
            f"{vendor} cannot be reached at the moment.", kind="unavailable", refused=True, detail=detail
        )
    return ambiguous(vendor, detail)


def ambiguous(vendor: str, detail: str) -> ProviderError:
    """The request left and no answer came that could be understood: it may have to be paid."""
    return ProviderError(
        f"The answer of {vendor} was lost. The studio is finding out whether the work was done.",
        kind="ambiguous",
        transient=False,
        detail=detail,
    )


def moderated(vendor: str, reason: str, *, refused: bool, cost_microusd: int = 0) -> ProviderError:
    """Refused for what it shows or says; never asked again without another prompt."""
    return ProviderError(
        f"{vendor} refused this prompt for its content. Change the words, or ask for a milder version of them.",
        kind="moderation",
        refused=refused,
        transient=False,
        detail=reason,
        cost_microusd=cost_microusd,
    )


def refusal(
    vendor: str,
    status: int,
    body: Any,
    headers: Mapping[str, str],
    *,
    model: str = "",
    fields: Mapping[str, str] | None = None,
) -> ProviderError:
    """What a status of 4xx means. The vendor did nothing and charges nothing.

    `fields` translates the vendor's names of inputs to ours.
    """
    said = said_in(body)
    shown = f"{model} at {vendor}" if model else vendor
    # A pause is often sold as well: "Rate limit reached ... add a payment method at .../billing".
    paused = "rate_limit" in _code(body)
    spent = status in {400, 403} and _SPENT.search(said + _code(body))  # OpenAI's and OpenRouter's own limits
    if status == 402 or spent or (status == 429 and not paused and _NO_QUOTA.search(said + _code(body))):
        text = f"The account at {vendor} has no credit left. Ask the operator to add some; the work waits until then."
        return ProviderError(text, kind="no_credit", refused=True, transient=False, detail=said)
    if status == 429:
        wait = retry_after_s(body, headers)
        text = f"{vendor} is busy and asks for a pause of {wait} seconds. The work goes on by itself."
        return ProviderError(text, kind="rate_limited", refused=True, retry_after_s=wait, detail=said)
    if status in {400, 403, 422, 451} and MODERATION.search(f"{said} {_code(body)}"):
        return moderated(vendor, said, refused=True)
    if status == 403 and _NOT_FOR_US.search(f"{said} {_code(body)}"):  # the key is good, and all other models answer
        text = f"The studio's account may not use {shown}. Ask the operator to see to that, or choose another model."
        return ProviderError(text, kind="unavailable", refused=True, transient=False, detail=said)
    if status in {401, 403}:
        text = f"{vendor} does not accept the key. Ask the operator to check it under Settings > Providers."
        return ProviderError(text, kind="auth", refused=True, transient=False, detail=said)
    if status in {404, 410}:
        text = (
            f"{shown} is not offered, or not for this kind of request. Choose another model under Settings > Providers."
        )
        return ProviderError(text, kind="unavailable", refused=True, transient=False, detail=said)
    if status in {408, 409, 425}:
        text = f"{vendor} could not take the request just now."
        return ProviderError(text, kind="unavailable", refused=True, detail=said)
    named = _named_fields(body, fields or {})
    why = named[0][1] if named else said[:200]
    text = f"{shown} does not accept this request" + (f": {why}".rstrip(".") if why else "") + "."
    return ProviderError(text, kind="invalid_input", refused=True, transient=False, fields=named, detail=said)


def run_failure(vendor: str, said: str, *, cost_microusd: int = 0) -> ProviderError:
    """A run that the vendor says has failed."""
    if MODERATION.search(said):
        return moderated(vendor, said, refused=False, cost_microusd=cost_microusd)
    if _INTERRUPTED.search(said):
        text = f"{vendor} was interrupted at the work."
        return ProviderError(text, kind="interrupted", detail=said, cost_microusd=cost_microusd)
    if _MEMORY.search(said):
        text = "The model ran out of memory. A shorter scene or another model may work."
        return ProviderError(text, kind="failed", transient=False, detail=said, cost_microusd=cost_microusd)
    return ProviderError(f"{vendor} could not do this.", kind="failed", detail=said, cost_microusd=cost_microusd)


def unusable(vendor: str, what: str, detail: str, *, cost_microusd: int = 0) -> ProviderError:
    """An output that came and is not what was ordered."""
    return ProviderError(
        f"What {vendor} sent is not {what} that can be used.",
        kind="bad_answer",
        transient=True,
        detail=detail,
        cost_microusd=cost_microusd,
    )


def retry_after_s(body: Any, headers: Mapping[str, str]) -> int:
    """How long to wait, by whatever sign the vendor gave: header (seconds or date), body, or its own sentence."""
    lowered = {name.lower(): value.strip() for name, value in headers.items()}
    given = lowered.get("retry-after", "")
    found: float | None = None
    if re.fullmatch(r"\d+(\.\d+)?", given):
        found = float(given)
    elif given:
        date = email.utils.parsedate_tz(given)
        found = email.utils.mktime_tz(date) - time.time() if date else None
    if found is None and isinstance(body, dict) and isinstance(body.get("retry_after"), (int, float)):
        found = float(body["retry_after"])
    if found is None and (match := _RESETS.search(said_in(body))):
        found = float(match[1]) * {"ms": 0.001, "m": 60}.get((match[2] or "s").lower(), 1)
    if found is None and lowered.get("ratelimit-reset", "").isdigit():
        found = float(lowered["ratelimit-reset"])
    if found is None or not math.isfinite(found):
        return USUAL_WAIT_S
    return max(1, min(LONGEST_WAIT_S, math.ceil(found)))


def said_in(body: Any) -> str:
    """The vendor's own sentence, wherever in its answer it stands."""
    if isinstance(body, list):
        return " ".join(filter(None, map(said_in, body)))[:2000]
    if isinstance(body, str):
        return body[:2000]
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    if isinstance(error, (dict, list, str)) and error:
        return said_in(error)
    parts = [body.get(name) for name in ("title", "detail", "message")]
    metadata = body.get("metadata")
    if isinstance(metadata, dict):
        parts.append(metadata.get("raw"))
    return ": ".join(str(part).strip() for part in parts if part)[:2000]


def _code(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    found = error if isinstance(error, dict) else body if isinstance(body, dict) else {}
    return f" {found.get('code', '')} {found.get('type', '')}"


def _named_fields(body: Any, ours: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(our field, what is wrong) for each input that the vendor named."""
    if not isinstance(body, dict):
        return ()
    named = []
    listed = body.get("invalid_fields")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict):
            name = str(entry.get("field", "")).removeprefix("input.").removeprefix("input")
            named.append((ours.get(name, name), str(entry.get("description", ""))[:300]))
    error = body.get("error")
    if isinstance(error, dict) and error.get("param"):
        name = str(error["param"])
        named.append((ours.get(name, name), str(error.get("message", ""))[:300]))
    return tuple(named)
