"""Fill a template's beats from a brief, and check them: missing facts, lengths, claims that need proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.ads.claims import Topic
from pipeline.ads.values import Brief, FilledBeat, Finding, Template
from pipeline.ads.writing import findings
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import BriefReply, BriefRequest
from pipeline.providers.openai.text import ask_text, text_calls
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
    reply: BriefReply | Waiting = ask_text(ctx.once, "brief", [provider], _request(input))
    if isinstance(reply, Waiting):
        return reply
    found = findings(input.template, input.seconds, input.brief, reply.beats, input.topics)
    return Output(beats=reply.beats, findings=found)


def _request(input: Input) -> BriefRequest:
    return BriefRequest(template=input.template, seconds=input.seconds, brief=input.brief)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    return text_calls("brief", _request(input))


STEP = Step("write_brief", Input, Output, run, calls=calls, capability="text", queue="io", priority=25, deadline_s=300)
