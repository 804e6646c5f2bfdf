"""The step: a look that is drawn has the product in it, one that somebody brings stays as it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

from pipeline.recipes import Stored, digest
from pipeline.steps import draw_references
from pipeline.tests.providing import Desk, desk

__all__ = ["desk"]


def context(desk: Desk) -> Any:
    return SimpleNamespace(
        fetch=desk.fetch, store=desk.store, folder=desk.work.folder, progress=lambda *_: None, stop=lambda: False
    )


def red_mug(desk: Desk) -> Stored:
    pixels = np.zeros((240, 160, 4), np.uint8)
    pixels[20:220, 20:140] = (10, 10, 250, 255)
    path = desk.root / "mug.png"
    cv2.imwrite(str(path), pixels)
    return desk.kept(path)


def redness(desk: Desk, stored: Stored) -> int:
    picture = cv2.imread(str(desk.fetch(stored))).astype(int)
    return int(((picture[..., 2] > 180) & (picture[..., 1] < 80) & (picture[..., 0] < 80)).sum())


def test_the_product_stands_in_a_look_that_is_drawn(desk: Desk) -> None:
    words = "a quiet lake at night"
    with_mug = draw_references.run(draw_references.Input(shots=(red_mug(desk),), words=words), context(desk))
    without = draw_references.run(draw_references.Input(shots=(), words=words), context(desk))
    assert redness(desk, with_mug.guide) > 5000 > redness(desk, without.guide)
    assert cv2.imread(str(desk.fetch(with_mug.guide))).shape == (720, 1280, 3)


def test_a_look_of_ones_own_stays_as_it_is_but_for_its_size(desk: Desk) -> None:
    given = draw_references.Input(shots=(red_mug(desk),), words="a lake", style=desk.picture(1920, 2400, noisy=True))
    made = draw_references.run(given, context(desk))
    guide = cv2.imread(str(desk.fetch(made.guide)))
    assert guide.shape == (1280, 1024, 3)
    assert redness(desk, made.guide) < 5000
    assert len(made.products) == 1
    small = draw_references.run(given.model_copy(update={"style": desk.picture(320, 180)}), context(desk))
    shown = cv2.imread(str(desk.fetch(small.guide)))
    assert shown.shape == (180, 320, 3)
    assert abs(shown.astype(int) - 90).max() < 4
    assert digest(given) != digest(given.model_copy(update={"style": None}))
