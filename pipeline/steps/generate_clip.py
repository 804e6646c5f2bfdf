"""Set a scene's picture in motion: a vendor's file, or for local motion its parameters alone."""

from __future__ import annotations

from pydantic import Field

from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import VideoReply, VideoRequest
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    image: Stored
    camera: str
    strength: int | None = Field(default=None, ge=0, le=100)
    motion: str = ""
    mood: str = ""
    particles: str = ""
    has_depth: bool = False
    focus_x: int = 500
    focus_y: int = 500
    seconds: int = 0
    prompt: str = ""
    negative: str = ""
    last_image: Stored | None = None
    seed: int = how(0)
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    clip: VideoReply
    provider: str


def run(input: Input, ctx: Context) -> Output | Waiting:
    request = VideoRequest(**{name: getattr(input, name) for name in VideoRequest.model_fields})
    provider: Provider[VideoRequest, VideoReply] = ctx.provider("video", input.provider, input.model)
    reply = ctx.once("move", provider, request)
    if isinstance(reply, Waiting):
        return reply
    return Output(clip=reply, provider=input.provider)


STEP = Step("generate_clip", Input, Output, run, priority=70, deadline_s=600, backoff_s=(30, 90))
