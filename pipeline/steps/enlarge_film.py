"""Have a finished film made larger by a vendor's model, before it is refined here.

A step of its own and not a part of refine_video: what is bought is the large picture alone. It is kept, so that another
look, fade or loudness is tried on it without paying again, and the rendering stays free work on this server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, JsonValue

from pipeline.media.enlarging import check_enlarged
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import UpscaleReply, UpscaleRequest
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting

CALL = "enlarge"
MOST_SKEWED_PERMILLE = 20
"""By how much the shape may be another one: models round their sizes."""


class Input(Value):
    """`width` and `height` are those of the film, `short_side` is what the shorter one is to become."""

    film: Stored
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    frames: int = Field(gt=0)
    fps: int = Field(default=30, gt=0, le=120)
    short_side: int = Field(default=1080, gt=0)
    cuts: tuple[int, ...] = how(())
    """The frames that begin a scene: where the enlarged film has to cut, too."""
    then: dict[str, JsonValue] = how({})
    """What is to be done with it afterwards, for the receiver: nobody pays again because that is another thing."""
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    """The film as it came back, without its sound; even `width` and `height`."""

    file: Stored
    width: int
    height: int


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider = ctx.provider("upscale", input.provider, input.model)
    reply: UpscaleReply | Waiting = ctx.once(CALL, provider, _request(input))
    if isinstance(reply, Waiting):
        return reply
    _check_size(input, reply)
    check_enlarged(
        ctx.fetch(input.film),
        ctx.fetch(reply.file),
        frames=input.frames,
        fps=input.fps,
        cuts=frozenset(input.cuts),
        stop=ctx.stop,
        progress=ctx.progress,
    )
    return Output(file=reply.file, width=reply.width // 2 * 2, height=reply.height // 2 * 2)


def _check_size(input: Input, reply: UpscaleReply) -> None:
    said = f"{reply.width} x {reply.height} instead of {input.width} x {input.height}"
    if reply.width * reply.height <= input.width * input.height:
        raise MediaError("The film that came back is no larger than the one that was sent.", detail=said)
    across, down = reply.width * input.height, reply.height * input.width
    if abs(across - down) * 1000 > MOST_SKEWED_PERMILLE * across:
        raise MediaError("The film that came back has another shape than the one that was sent.", detail=said)


def _request(input: Input) -> UpscaleRequest:
    length_ms = -(-input.frames * 1000 // input.fps)
    return UpscaleRequest(file=input.film, short_side=input.short_side, duration_ms=length_ms, fps=input.fps)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    yield CALL, _request(input)


STEP = Step(
    "enlarge_film",
    Input,
    Output,
    run,
    calls=calls,
    queue="io",
    capability="upscale",
    priority=130,
    deadline_s=1800,
    backoff_s=(30, 90),
)
