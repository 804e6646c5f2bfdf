"""Make what all pictures of an ad go by: the product cut out of its photos, and a picture of the look."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from pydantic import Field

from pipeline.media.painting import paint
from pipeline.media.products import Bytes, Cutout, Method, Placing, are_all_the_same, cut_out, with_product
from pipeline.media.rgba import read_rgba
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step

GUIDE = (1280, 720)
PREVIEW = 480
LARGEST = 1600
"""Pixels of a cutout's longer side: more than any frame shows of it."""


class Input(Value):
    """`shots` are the product's photos in order; `words` and `palette` the look, or `style`, a picture of it."""

    shots: tuple[Stored, ...] = Field(max_length=5)
    words: str
    palette: str = ""
    style: Stored | None = None
    seed: int = how(0)


class CutProduct(Value):
    """One photo's product. `preview` shows it on a gray ground."""

    file: Stored
    preview: Stored
    method: Method
    width: int
    height: int


class Output(Value):
    products: tuple[CutProduct, ...]
    guide: Stored
    same: bool = False
    """All photos show the very same."""


def run(input: Input, ctx: Context) -> Output:
    photos = [read_rgba(ctx.fetch(shot)) for shot in input.shots]
    made = []
    cuts = []
    for number, photo in enumerate(photos, 1):
        cut = cut_out(_small(photo))
        cuts.append(cut)
        made.append(_stored(cut, number, ctx))
        ctx.progress(number, len(photos) + 1)
    picture = _drawn_look(input, cuts) if input.style is None else _own_look(read_rgba(ctx.fetch(input.style)))
    guide = _written(ctx.folder / "guide.jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return Output(products=tuple(made), guide=ctx.store(guide, "guides"), same=are_all_the_same(photos))


def _drawn_look(input: Input, cuts: list[Cutout]) -> Bytes:
    """A scene of the ad with the product in it."""
    painting = paint(input.words, seed=input.seed, width=GUIDE[0], height=GUIDE[1], palette=input.palette)
    return with_product(painting.image, None, cuts[0].rgba, Placing())[0] if cuts else painting.image


def _own_look(picture: Bytes) -> Bytes:
    """Somebody's own picture as it is, no larger than one that is drawn."""
    scale = min(1.0, GUIDE[0] / max(picture.shape[:2]))
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture[..., :3], size, interpolation=cv2.INTER_AREA), np.uint8)


def _small(photo: Bytes) -> Bytes:
    scale = LARGEST / max(photo.shape[:2])
    if scale >= 1:
        return photo
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)


def _stored(cut: Cutout, number: int, ctx: Context) -> CutProduct:
    height, width = cut.rgba.shape[:2]
    file = _written(ctx.folder / f"product-{number}.png", cv2.cvtColor(cut.rgba, cv2.COLOR_RGBA2BGRA))
    scale = min(1.0, PREVIEW / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(cv2.cvtColor(cut.rgba, cv2.COLOR_RGBA2BGRA), size, interpolation=cv2.INTER_AREA)
    preview = _written(ctx.folder / f"preview-{number}.png", small)
    return CutProduct(
        file=ctx.store(file, f"products-{number}"),
        preview=ctx.store(preview, f"previews-{number}"),
        method=cut.method,
        width=width,
        height=height,
    )


def _written(path: Path, pixels: np.ndarray) -> Path:
    if not cv2.imwrite(str(path), pixels):
        raise MediaError("The picture could not be written. The disk may be full.", detail=path.name)
    return path


STEP = Step("draw_references", Input, Output, run, priority=28, deadline_s=180)
