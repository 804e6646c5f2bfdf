"""Write what each scene's picture is made from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import PromptAsk, PromptsReply, PromptsRequest, PromptText
from pipeline.providers.openai.text import ask_text, text_calls
from pipeline.recipes import how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    asks: tuple[PromptAsk, ...]
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    """One prompt per ask, in the same order."""

    prompts: tuple[PromptText, ...]


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider = ctx.provider("text", input.provider, input.model)
    reply: PromptsReply | Waiting = ask_text(ctx.once, "prompts", [provider], PromptsRequest(asks=input.asks))
    if isinstance(reply, Waiting):
        return reply
    if len(reply.prompts) != len(input.asks):
        raise ValueError(f"{len(input.asks)} asks, {len(reply.prompts)} prompts")
    return Output(prompts=reply.prompts)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    return text_calls("prompts", PromptsRequest(asks=input.asks))


STEP = Step(
    "write_prompts", Input, Output, run, calls=calls, capability="text", queue="io", priority=40, deadline_s=600
)
