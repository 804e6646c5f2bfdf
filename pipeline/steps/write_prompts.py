"""Write what each scene's picture is made from."""

from __future__ import annotations

from pipeline.media.values import Value
from pipeline.providers.capabilities import PromptAsk, PromptsReply, PromptsRequest, PromptText
from pipeline.recipes import how
from pipeline.steps.base import Context, Step


class Input(Value):
    asks: tuple[PromptAsk, ...]
    provider: str = how("local")


class Output(Value):
    """One prompt per ask, in the same order."""

    prompts: tuple[PromptText, ...]


def run(input: Input, ctx: Context) -> Output:
    reply: PromptsReply = ctx.once("prompts", ctx.provider("text", input.provider), PromptsRequest(asks=input.asks))
    if len(reply.prompts) != len(input.asks):
        raise ValueError(f"{len(input.asks)} asks, {len(reply.prompts)} prompts")
    return Output(prompts=reply.prompts)


STEP = Step("write_prompts", Input, Output, run, queue="io", priority=40, deadline_s=300)
