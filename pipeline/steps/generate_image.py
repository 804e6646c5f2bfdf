"""Make a scene's picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
from pydantic import Field

from pipeline.media.planes import load_depth, load_rgb
from pipeline.media.products import Placing, product_box, with_product
from pipeline.media.rgba import read_rgba
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import ImageReply, ImageRequest, PictureInput
from pipeline.providers.local.painter import JPEG, write_picture, write_thumb
from pipeline.recipes import Stored, how
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
    product: Stored | None = None
    """A product cut out (RGBA), to stand in front of what is painted at `placing`."""
    placing: Placing = Placing()
    pictures: tuple[PictureInput, ...] = ()
    """What a model is given beside the words: only what the one that is asked takes."""
    style: str = how("")
    """The style that this take is tried in, where it is not the project's; its words are in the prompt."""


class Output(Value):
    image: ImageReply
    provider: str


def run(input: Input, ctx: Context) -> Output | Waiting:
    provider: Provider[ImageRequest, ImageReply] = ctx.provider("image", input.provider, input.model)
    reply = ctx.once("draw", provider, _request(input))
    if isinstance(reply, Waiting):
        return reply
    shown = "product" in reply.pictures  # it was handed in, and is a part of the scene already
    image = reply if input.product is None or shown else _with_product(reply, input.product, input.placing, ctx)
    return Output(image=image, provider=input.provider)


def _request(input: Input) -> ImageRequest:
    return ImageRequest(
        prompt=input.prompt,
        negative=input.negative,
        palette=input.palette,
        width=input.width,
        height=input.height,
        seed=input.seed,
        pictures=input.pictures,
        bare=input.product is not None,
    )


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    yield "draw", _request(input)


def _with_product(reply: ImageReply, product: Stored, placing: Placing, ctx: Context) -> ImageReply:
    """The product in front of the picture, whoever painted that; stored beside it, for what was bought is kept."""
    cutout = read_rgba(ctx.fetch(product))
    picture = load_rgb(ctx.fetch(reply.image))
    depth = load_depth(ctx.fetch(reply.depth)) if reply.depth else None
    whole, deep = with_product(picture, depth, cutout, placing)
    pixels = cv2.cvtColor(whole, cv2.COLOR_RGB2BGR)
    left, top, width, height = product_box(cutout, whole.shape[1], whole.shape[0], placing)
    parts: dict[str, Any] = {
        "image": ctx.store(write_picture(ctx.folder / "product.jpg", pixels, JPEG), "product-images"),
        "thumb": ctx.store(write_thumb(ctx.folder / "product-thumb.jpg", pixels), "product-thumbs"),
        "focus_x": max(0, min(1000, 1000 * (left + width // 2) // whole.shape[1])),
        "focus_y": max(0, min(1000, 1000 * (top + height // 2) // whole.shape[0])),
    }
    if deep is not None:
        parts["depth"] = ctx.store(write_picture(ctx.folder / "product-depth.png", deep), "product-depths")
    return reply.model_copy(update=parts)


STEP = Step(
    "generate_image", Input, Output, run, calls=calls, capability="image", priority=60, deadline_s=120, max_tries=4
)
