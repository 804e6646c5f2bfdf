"""Set a scene's picture in motion: a vendor's file, or for local motion its parameters alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from pipeline.media.chains import join_clips, write_last_frame
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import VideoReply, VideoRequest
from pipeline.providers.chaining import chain_of
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    """What is for hosted models alone (`seconds`, `prompt`, `negative`) is recorded and never compared: another maker
    makes nothing stale, and the shot's encode fits any clip to its exact frames.
    """

    image: Stored
    camera: str
    strength: int | None = Field(default=None, ge=0, le=100)
    motion: str = ""
    mood: str = ""
    particles: str = ""
    has_depth: bool = False
    focus_x: int = 500
    focus_y: int = 500
    seconds: int = how(0)
    prompt: str = how("")
    negative: str = how("")
    last_image: Stored | None = None
    seed: int = how(0)
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    clip: VideoReply
    provider: str


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider: Provider[VideoRequest, VideoReply] = ctx.provider("video", input.provider, input.model)
    made: list[VideoReply] = []
    files: list[Path] = []
    begins: dict[str, Stored] = {}
    for number, (call, part) in enumerate(calls(input, provider), start=1):
        if files:  # a chain goes on with the last picture of the clip before
            last = write_last_frame(files[-1], ctx.folder / f"last-{number}.png")
            begins = {"image": ctx.store(last, "frames")}
        reply = ctx.once(call, provider, part.model_copy(update=begins))
        if isinstance(reply, Waiting):
            return reply
        made.append(reply)
        if reply.file is None:  # parameters cover any length
            break
        files.append(ctx.fetch(reply.file))
    if len(files) < 2:
        return Output(clip=made[0], provider=input.provider)
    whole = ctx.store(join_clips(files, folder=ctx.folder, stop=ctx.stop), "clips")
    length = sum(reply.duration_ms for reply in made)
    return Output(
        clip=made[0].model_copy(update={"file": whole, "duration_ms": length}),
        provider=input.provider,
    )


def calls(input: Input, provider: Provider[VideoRequest, VideoReply]) -> Iterator[tuple[str, VideoRequest]]:
    """The clips that make up a scene's, in order; all but the first have still to be given their picture."""
    request = VideoRequest(**{name: getattr(input, name) for name in VideoRequest.model_fields})
    for number, part in enumerate(chain_of(provider, request), start=1):
        yield "move" if number == 1 else f"move-{number}", part


STEP = Step(
    "generate_clip",
    Input,
    Output,
    run,
    calls=calls,
    capability="video",
    priority=70,
    deadline_s=600,
    backoff_s=(30, 90),
)
