"""The `openai` package's client, with its habits taken away.

By itself it asks again after a timeout, a 5xx or a 429, up to three times and without an idempotency key: three paid
answers. It waits ten minutes, and follows redirects. Here it never repeats a request, its timeouts are ours, and every
request passes the guarded transport. Answers are read from the raw body: the package raises TypeError for an error
inside a 200 and returns a finish reason of "error" as if it were an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from pipeline.providers.base import Access, ProviderError
from pipeline.providers.failures import ambiguous, lost_or_unsent, refusal
from pipeline.providers.http import GuardedTransport, hosts_of, read_json

if TYPE_CHECKING:
    from openai import OpenAI

LOCAL_KEY = "none"


class Vendor:
    """One vendor that speaks OpenAI's language: its name, address and host."""

    def __init__(self, label: str, home: str) -> None:
        self.label, self.home = label, home
        self.host = httpx.URL(home).host


OPENAI = Vendor("OpenAI", "https://api.openai.com/v1")
OPENROUTER = Vendor("OpenRouter", "https://openrouter.ai/api/v1")


def vendor_client(access: Access, vendor: Vendor, *, headers: Mapping[str, str] | None = None) -> OpenAI:
    """A client that asks once. A server of the operator's own needs no key. Raises ProviderError (auth)."""
    import openai  # two thirds of a second, and only who uses it should wait

    if not access.api_key and not access.base_url:
        raise ProviderError(
            f"There is no key for {vendor.label} yet. Enter one under Settings > Providers.",
            kind="auth",
            refused=True,
            transient=False,
        )
    transport = GuardedTransport(hosts_of(access, vendor.host), connect_s=access.connect_s, read_s=access.read_s)
    return openai.OpenAI(
        api_key=access.api_key or LOCAL_KEY,
        base_url=(access.base_url or vendor.home).rstrip("/"),
        organization="",
        project="",
        max_retries=0,
        timeout=float(access.read_s),
        default_headers=dict(headers or {}),
        # The package brings its own httpx2 and documents that a client of httpx itself may be handed in.
        http_client=httpx.Client(transport=transport, follow_redirects=False, trust_env=False),  # type: ignore[arg-type]
    )


def asked(
    vendor: Vendor, ask: Callable[[], Any], *, model: str = "", fields: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The answer to one request as JSON. `ask` returns a raw response of the package.

    Raises ProviderError: a refusal for 4xx and for an error inside a 200 before anything was made; `ambiguous` for a
    lost, broken or unreadable answer.
    """
    import openai

    try:
        raw = ask()
        status, headers, content = raw.status_code, raw.headers, raw.content
    except openai.APIStatusError as error:
        raise _status_error(vendor, error.status_code, error.response, model=model, fields=fields) from error
    except (openai.OpenAIError, httpx.HTTPError) as error:
        raise lost_or_unsent(vendor.label, error) from error
    try:
        answer = read_json(content)
    except (ValueError, RecursionError) as error:
        raise ambiguous(vendor.label, f"{status} {content[:300]!r}") from error
    if not isinstance(answer, dict):
        raise ambiguous(vendor.label, f"{status} {content[:300]!r}")
    if answer.get("error") and not answer.get("choices"):
        raise error_in_answer(vendor, answer, headers, model=model)
    return answer


def _status_error(
    vendor: Vendor, status: int, response: Any, *, model: str, fields: Mapping[str, str] | None
) -> ProviderError:
    try:
        body = read_json(response.content)
    except (ValueError, RecursionError, httpx.HTTPError):
        body = None
    if 400 <= status < 500:
        return refusal(vendor.label, status, body, response.headers, model=model, fields=fields)
    if vendor is OPENROUTER and isinstance(body, dict) and isinstance(body.get("error"), dict):
        # Documented: OpenRouter answers with a status only before a model has begun.
        return before_work(vendor, body)
    return ambiguous(vendor.label, f"{status} {response.content[:300]!r}")


def before_work(vendor: Vendor, body: Any, *, cost_microusd: int = 0) -> ProviderError:
    """The vendor says in its own form that no model could take the request; what it charges all the same."""
    text = f"No model at {vendor.label} could take this just now."
    detail = json.dumps(body)[:500]
    return ProviderError(text, kind="unavailable", transient=True, detail=detail, cost_microusd=cost_microusd)


def error_in_answer(vendor: Vendor, answer: dict[str, Any], headers: Mapping[str, str], *, model: str) -> ProviderError:
    """An error that came with status 200, as OpenRouter sends those of the models behind it."""
    error = answer["error"]
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) else int(code) if isinstance(code, str) and code.isdigit() else 0
    if 400 <= status < 500:
        return refusal(vendor.label, status, answer, headers, model=model)
    return before_work(vendor, answer)
