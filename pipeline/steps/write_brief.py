"""Fill a template's beats from a brief, and check them: missing facts, lengths, claims that need proof."""

from __future__ import annotations

from pipeline.ads.claims import Topic
from pipeline.ads.values import Brief, FilledBeat, Finding, Template
from pipeline.ads.writing import findings
from pipeline.media.values import Value
from pipeline.providers.capabilities import BriefReply, BriefRequest
from pipeline.providers.openai.text import ask_text
from pipeline.recipes import how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    """`topics` are recorded and never compared: another list of claims makes no brief stale."""

    template: Template
    seconds: int
    brief: Brief
    take: int = 1
    topics: tuple[Topic, ...] = how(())
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    beats: tuple[FilledBeat, ...]
    findings: tuple[Finding, ...] = ()


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider = ctx.provider("text", input.provider, input.model)
    request = BriefRequest(template=input.template, seconds=input.seconds, brief=input.brief)
    reply: BriefReply | Waiting = ask_text(ctx.once, "brief", [provider], request)
    if isinstance(reply, Waiting):
        return reply
    found = findings(input.template, input.seconds, input.brief, reply.beats, input.topics)
    return Output(beats=reply.beats, findings=found)


STEP = Step("write_brief", Input, Output, run, queue="io", priority=25, deadline_s=300)
