"""Make a scene's picture."""

from __future__ import annotations

from pydantic import Field

from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import ImageReply, ImageRequest
from pipeline.recipes import how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    """The seed follows from project, scene and take, so that the same take comes out the same again."""

    prompt: str
    negative: str = ""
    palette: str = ""
    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    seed: int = how(0)
    provider: str = how("local")
    model: str = how("")
    style: str = how("")
    """The style that this take is tried in, where it is not the project's; its words are in the prompt."""


class Output(Value):
    image: ImageReply
    provider: str


def run(input: Input, ctx: Context) -> Output | Waiting:
    request = ImageRequest(
        prompt=input.prompt,
        negative=input.negative,
        palette=input.palette,
        width=input.width,
        height=input.height,
        seed=input.seed,
    )
    provider: Provider[ImageRequest, ImageReply] = ctx.provider("image", input.provider, input.model)
    reply = ctx.once("draw", provider, request)
    if isinstance(reply, Waiting):
        return reply
    return Output(image=reply, provider=input.provider)


STEP = Step("generate_image", Input, Output, run, capability="image", priority=60, deadline_s=120, max_tries=4)
