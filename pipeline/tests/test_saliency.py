"""Where the eye goes in a picture that nobody has told us about."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.media.saliency import MIDDLE, eye_point
from pipeline.providers.base import Bill
from pipeline.providers.outputs import stored_picture
from pipeline.tests.providing import Desk, desk

__all__ = ["desk"]
WIDTH, HEIGHT = 640, 360
GROUNDS = ("plain", "grainy", "landscape")
PLACES = ((0.2, 0.3), (0.8, 0.3), (0.5, 0.5), (0.78, 0.75), (0.25, 0.7))
NEAR = 60  # permille


def ground(kind: str) -> NDArray[np.uint8]:
    if kind == "grainy":
        grains = np.random.default_rng(1).normal(120, 18, (HEIGHT, WIDTH, 3))
        return np.clip(grains, 0, 255).astype(np.uint8)
    pixels = np.full((HEIGHT, WIDTH, 3), 230, np.uint8)
    if kind == "landscape":
        pixels[: HEIGHT // 2], pixels[HEIGHT // 2 :] = (150, 190, 230), (60, 90, 50)
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 4), np.uint8)
    return pixels


def with_ball(kind: str, place: tuple[float, float]) -> NDArray[np.uint8]:
    pixels = ground(kind)
    cv2.circle(pixels, (int(place[0] * WIDTH), int(place[1] * HEIGHT)), 40, (200, 40, 40), -1)
    return pixels


@pytest.mark.parametrize("kind", GROUNDS)
@pytest.mark.parametrize("place", PLACES)
def test_it_finds_what_stands_out(kind: str, place: tuple[float, float]) -> None:
    x, y = eye_point(with_ball(kind, place))
    assert abs(x - 1000 * place[0]) < NEAR and abs(y - 1000 * place[1]) < NEAR


@pytest.mark.parametrize("shape", [(360, 640), (2000, 64), (1, 1), (64, 4096)])
def test_where_nothing_stands_out_it_is_the_middle(shape: tuple[int, int]) -> None:
    assert eye_point(np.full((*shape, 3), 90, np.uint8)) == MIDDLE


def test_the_picture_of_a_model_says_where_the_eye_goes(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "vendor.png"
    cv2.imwrite(str(path), with_ball("landscape", (0.8, 0.3))[:, :, ::-1])
    reply = stored_picture(path, desk.work, Bill())
    assert abs(reply.focus_x - 800) < NEAR and abs(reply.focus_y - 300) < NEAR
