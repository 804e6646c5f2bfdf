"""Say a prompt that a moderator refused in a milder way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.media.values import Value
from pipeline.providers.base import Provider, ProviderError
from pipeline.providers.capabilities import RewriteReply, RewriteRequest
from pipeline.providers.openai.text import ask_text, text_calls
from pipeline.recipes import how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    """`reason` is what the vendor gave."""

    text: str
    reason: str = ""
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    text: str


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider = ctx.provider("text", input.provider, input.model)
    reply: RewriteReply | Waiting = ask_text(ctx.once, "soften", [provider], _request(input))
    if isinstance(reply, Waiting):
        return reply
    if not reply.text.strip() or reply.text == input.text:
        raise ProviderError(
            "No rule of this server knows a milder way to say this. Change the words yourself, or choose a text model "
            "under Costs.",
            kind="invalid_input",
            refused=True,
            transient=False,
        )
    return Output(text=reply.text)


def _request(input: Input) -> RewriteRequest:
    return RewriteRequest(text=input.text, reason=input.reason)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    return text_calls("soften", _request(input))


STEP = Step(
    "soften_prompt", Input, Output, run, calls=calls, queue="io", priority=25, deadline_s=300, capability="text"
)
