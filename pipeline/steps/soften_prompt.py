"""Say a prompt that a moderator refused in a milder way."""

from __future__ import annotations

from pipeline.media.values import Value
from pipeline.providers.base import ProviderError
from pipeline.providers.capabilities import RewriteReply, RewriteRequest
from pipeline.providers.openai.text import ask_text
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
    request = RewriteRequest(text=input.text, reason=input.reason)
    reply: RewriteReply | Waiting = ask_text(ctx.once, "soften", [provider], request)
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


STEP = Step("soften_prompt", Input, Output, run, queue="io", priority=25, deadline_s=300, capability="text")
