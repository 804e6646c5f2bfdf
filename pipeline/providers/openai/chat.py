"""A structured answer from a chat model: one request, then a ladder of checks before a word of it is believed.

The rungs, in this order: an error or no choice inside a 200 > the finish reason > a refusal > a fence around the JSON >
valid JSON. Endpoints exist that accept a schema and ignore it, so the caller validates what comes out in any case.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.providers.base import Access, Bill, ModelRow, ProviderError, preparing
from pipeline.providers.catalogue import price_of
from pipeline.providers.failures import said_in
from pipeline.providers.http import read_json, scaled
from pipeline.providers.openai.client import Vendor, asked, before_work, vendor_client

_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)

USUAL_TOKENS = 4000
"""The deadline is that of answers which may have so many tokens. What may be longer has longer, in the same measure: no
byte of it comes before its last word is written.
"""

Message = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back. `data` is the JSON object; where it is None, `problem` says why in words for the model."""

    data: dict[str, Any] | None
    raw: str
    bill: Bill
    problem: str = ""
    problem_kind: Literal["", "bad_answer", "truncated", "moderation"] = ""


def ask_for_json(
    access: Access,
    vendor: Vendor,
    row: ModelRow,
    messages: Sequence[Message],
    *,
    schema_name: str,
    schema: dict[str, Any],
    max_tokens: int,
    headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    tokens_name: str = "max_completion_tokens",
) -> Answer:
    """Ask once for an object of this schema. Raises ProviderError; what is paid and useless comes back as a problem."""
    most = min(max_tokens, row.limits.max_output_tokens or max_tokens)
    access = access.model_copy(update={"read_s": access.read_s * max(USUAL_TOKENS, most) // USUAL_TOKENS})
    body = {
        "model": row.name,
        "messages": list(messages),
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": schema_name, "strict": True, "schema": schema},
        },
        "extra_body": (extra_body or {}) | {tokens_name: most},
    }
    with preparing():
        client = vendor_client(access, vendor, headers=headers)
    with client:
        create: Any = client.chat.completions.with_raw_response.create
        answer = asked(vendor, lambda: create(**body), model=row.label or row.name)
    return answer_of(vendor, row, answer)


def answer_of(vendor: Vendor, row: ModelRow, answer: dict[str, Any]) -> Answer:
    """Climb the ladder with one body. Raises ProviderError for what is known to have failed."""
    bill = bill_of(answer)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise before_work(vendor, answer, cost_microusd=chat_cost(row, bill))
    choice: dict[str, Any] = choices[0]
    message = choice.get("message") if isinstance(choice.get("message"), dict) else {}
    assert isinstance(message, dict)  # noqa: S101 - the line above says so
    content = message.get("content")
    raw = content if isinstance(content, str) else ""
    finish = choice.get("finish_reason")
    if choice.get("error") or answer.get("error") or finish == "error":
        raise ProviderError(
            f"The model at {vendor.label} broke off.",
            kind="failed",
            detail=said_in(choice) or said_in(answer),
            cost_microusd=chat_cost(row, bill),
        )
    if finish == "length":
        return Answer(None, raw, bill, "It was longer than allowed and broke off. Be much shorter.", "truncated")
    if finish == "content_filter":
        return Answer(None, raw, bill, "content_filter", "moderation")
    if message.get("refusal"):
        return Answer(None, raw, bill, str(message["refusal"])[:500], "moderation")
    data = json_in(raw)
    if data is None:
        return Answer(None, raw, bill, "It was not a JSON object.", "bad_answer")
    return Answer(data, raw, bill)


def json_in(text: str) -> dict[str, Any] | None:
    """The JSON object in an answer, without the fence or the thoughts that some models put around it."""
    bare = _THOUGHT.sub("", text)
    fenced = _FENCE.match(bare)
    try:
        found = read_json(fenced[1] if fenced else bare)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def bill_of(answer: dict[str, Any]) -> Bill:
    """What the answer says about its cost: the vendor's own price where it names one, else tokens."""
    found = answer.get("usage")
    usage: dict[str, Any] = found if isinstance(found, dict) else {}
    return Bill(
        external_id=str(answer.get("id") or ""),
        model=str(answer.get("model") or ""),
        reported_microusd=reported_microusd(usage.get("cost")),
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
    )


def reported_microusd(cost: Any) -> int:
    """A price in dollars as micro-USD, rounded up; -1 where none was named."""
    if scaled(cost, 1_000_000) is None or cost < 0:
        return -1
    dollars: float = cost
    return math.ceil(round(dollars * 1_000_000, 6))


def _count(value: Any) -> int:
    return max(0, scaled(value, 1) or 0)


def chat_cost(row: ModelRow, bill: Bill) -> int:
    """What an answer cost in micro-USD: as the vendor says, else by its tokens."""
    if bill.reported_microusd >= 0:
        return bill.reported_microusd
    return tokens_price(row, bill.input_tokens, bill.output_tokens)


def tokens_price(row: ModelRow, input_tokens: int, output_tokens: int) -> int:
    """Price in micro-USD of so many tokens, rounded up. Raises UnknownPrice."""
    return -(-(price_of(row) * input_tokens + price_of(row, "output") * output_tokens) // 1_000_000)


def tokens_in(messages: Sequence[Message], schema: dict[str, Any]) -> int:
    """At most so many tokens: a token is at least one byte of three in any script that is sung in."""
    size = sum(len(message["content"].encode()) + 16 for message in messages) + len(json.dumps(schema))
    return size // 2 + 64
