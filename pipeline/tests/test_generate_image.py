"""The step: the product is laid over what was painted, but never twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.providers.capabilities import ImageReply, PictureInput
from pipeline.recipes import Stored
from pipeline.steps import generate_image
from pipeline.tests.providing import Desk, desk

__all__ = ["desk"]


def bottle(desk: Desk) -> Stored:
    path: Path = desk.root / "bottle.png"
    pixels = np.zeros((300, 120, 4), np.uint8)
    pixels[10:290, 10:110] = (20, 20, 240, 255)
    cv2.imwrite(str(path), pixels)
    return desk.kept(path)


@pytest.mark.parametrize(("given", "laid"), [((), True), (("composition",), True), (("style", "product"), False)])
def test_a_product_that_the_model_was_shown_is_not_laid_over_its_picture(
    desk: Desk, given: tuple[Any, ...], laid: bool
) -> None:
    painted, product = desk.picture(640, 360), bottle(desk)
    reply = ImageReply(image=painted, thumb=painted, width=640, height=360, pictures=given)
    asked: list[Any] = []

    def once(call: str, provider: Any, request: Any) -> ImageReply:
        asked.append(request)
        return reply

    ctx: Any = SimpleNamespace(
        provider=lambda *_: None, once=once, fetch=desk.fetch, store=desk.store, folder=desk.work.folder
    )
    pictures = (PictureInput(role="product", file=product),)
    made = generate_image.run(
        generate_image.Input(prompt="x", width=640, height=360, product=product, pictures=pictures), ctx
    )
    assert isinstance(made, generate_image.Output)
    assert asked[0].pictures == pictures
    assert (made.image.image != painted) is laid
    shown = cv2.imread(str(desk.fetch(made.image.image)))
    assert bool(shown[..., 2].max() > 200) is laid
    assert made.image.pictures == given
