"""Make a larger picture of one that is there: the same picture, with more pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from pipeline.media.values import Value
from pipeline.providers.base import Provider, ProviderError
from pipeline.providers.capabilities import UpscaleReply, UpscaleRequest
from pipeline.providers.local.painter import write_thumb
from pipeline.providers.outputs import picture_pixels
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting

SHAPE_PERCENT = 2
"""How far the answer's shape may be off: models round sizes to what they compute in."""


class Input(Value):
    """`width` and `height` are the picture's own; its shorter side is to have at least `short_side` pixels."""

    picture: Stored
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    short_side: int = Field(ge=144, le=2160)
    provider: str = how("")
    model: str = how("")


class Output(Value):
    image: Stored
    thumb: Stored
    width: int
    height: int


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider: Provider[UpscaleRequest, UpscaleReply] = ctx.provider("upscale", input.provider, input.model)
    reply = ctx.once("enlarge", provider, _request(input))
    if isinstance(reply, Waiting):
        return reply
    _check(input, reply)
    pixels = picture_pixels(ctx.fetch(reply.file))
    thumb = ctx.store(write_thumb(ctx.folder / "thumb.jpg", pixels), "thumbs")
    return Output(image=reply.file, thumb=thumb, width=reply.width, height=reply.height)


def _request(input: Input) -> UpscaleRequest:
    return UpscaleRequest(file=input.picture, short_side=input.short_side)


def _check(input: Input, reply: UpscaleReply) -> None:
    """Raises ProviderError for an answer that is not this picture, made larger."""
    across, down = reply.width * input.height, reply.height * input.width
    if abs(across - down) * 100 > SHAPE_PERCENT * down:
        text = "The model gave back a picture of another shape. The one that you have stays."
    elif reply.width <= input.width or reply.height <= input.height:
        text = "The model gave back a picture that is no larger. The one that you have stays."
    else:
        return
    sizes = f"{input.width}x{input.height} -> {reply.width}x{reply.height}"
    raise ProviderError(text, kind="bad_answer", transient=False, detail=sizes)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    yield "enlarge", _request(input)


STEP = Step(
    "enlarge_image", Input, Output, run, calls=calls, capability="upscale", queue="io", priority=60, deadline_s=300
)
