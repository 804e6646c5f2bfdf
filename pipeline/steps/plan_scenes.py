"""Cut the song into scenes and say what each shows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import PlannedScene, PlanReply, PlanRequest
from pipeline.providers.openai.text import ask_text, text_calls
from pipeline.recipes import how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    plan: PlanRequest
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    scenes: tuple[PlannedScene, ...]


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider = ctx.provider("text", input.provider, input.model)
    reply: PlanReply | Waiting = ask_text(ctx.once, "plan", [provider], input.plan)
    if isinstance(reply, Waiting):
        return reply
    _check_tiling(reply.scenes, input.plan.frames)
    return Output(scenes=reply.scenes)


def _check_tiling(scenes: tuple[PlannedScene, ...], frames: int) -> None:
    """A plan with a hole would be a film with a hole; a model's plan is not trusted to have none."""
    edges = [0, *(scene.end_frame for scene in scenes)]
    starts = [scene.start_frame for scene in scenes]
    if not scenes or starts != edges[:-1] or edges[-1] != frames or any(a >= b for a, b in pairwise(edges)):
        raise MediaError("The scenes that were planned do not fill the song.", detail=str(edges))


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    return text_calls("plan", input.plan)


STEP = Step("plan_scenes", Input, Output, run, calls=calls, capability="text", queue="io", priority=30, deadline_s=600)
