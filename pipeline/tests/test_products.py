"""Products cut out of their photos and set into pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.media.brand import safe_area
from pipeline.media.captions.looks import caption_place
from pipeline.media.products import Placing, are_all_the_same, cut_out, product_box, with_product
from pipeline.media.profile import Profile

RED = (200, 40, 30)


def photo(ground: tuple[int, int, int] = (240, 240, 238)) -> np.ndarray:
    picture = np.full((300, 240, 3), ground, np.uint8)
    cv2.rectangle(picture, (70, 60), (170, 250), RED, -1)
    label = tuple(value + (18 if value < 128 else -18) for value in ground)
    cv2.circle(picture, (120, 150), 20, label, -1)  # nearly the ground's color
    return cv2.GaussianBlur(picture, (0, 0), 0.8)


def studio(
    ground: NDArray[np.float32], product: tuple[int, int, int], *, shadow: float = 0.0, grain: float = 4.0
) -> np.ndarray:
    """A cylinder as a camera sees it: lit from the left, with a shadow on the ground, grain, and JPEG's own marks."""
    random = np.random.default_rng(7)
    height, width = ground.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (width // 3, height // 4), (2 * width // 3, 4 * height // 5), 255, -1)
    cv2.ellipse(mask, (width // 2, 4 * height // 5), (width // 6, height // 30), 0, 0, 360, 255, -1)
    alpha = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32)[..., None] / 255
    across = (np.arange(width) - width / 2) / (width / 6)
    light = np.clip(1 - 0.5 * across**2, 0.3, 1) + 0.4 * np.exp(-(((across + 0.5) / 0.1) ** 2))
    dark = np.zeros((height, width), np.float32)
    cv2.ellipse(dark, (int(0.62 * width), 4 * height // 5), (width // 3, height // 18), 0, 0, 360, 1.0, -1)
    under = ground * (1 - shadow * cv2.GaussianBlur(dark, (0, 0), width / 45))[..., None]
    whole = under * (1 - alpha) + np.array(product, np.float32) * light[None, :, None] * alpha
    whole += cv2.GaussianBlur(random.normal(0, grain, whole.shape).astype(np.float32), (0, 0), 0.7) * 1.6
    coded = cv2.imencode(".jpg", np.clip(whole, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 82])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def even(value: float, size: tuple[int, int] = (600, 450)) -> NDArray[np.float32]:
    return np.full((*size, 3), value, np.float32)


def falling_off(top: float, bottom: float) -> NDArray[np.float32]:
    """A paper sweep: another light above than below, and darker at the sides."""
    rows = np.linspace(top, bottom, 600, dtype=np.float32)[:, None, None]
    sides = 1 - 0.15 * (np.linspace(-1, 1, 450, dtype=np.float32) ** 2)[None, :, None]
    return rows * sides * np.ones(3, np.float32)


@pytest.mark.parametrize(
    ("ground", "product", "how"),
    [
        (even(205), (90, 120, 30), {"grain": 12.0}),
        (even(228), (40, 40, 180), {"shadow": 0.6}),
        (falling_off(140, 235), (150, 70, 40), {"shadow": 0.4}),
        (even(38), (18, 17, 20), {}),
        (even(225), (60, 62, 58), {"shadow": 0.5}),
    ],
    ids=["grain", "shadow", "sweep", "black on dark", "gray with a shadow"],
)
def test_a_photo_from_a_studio_is_cut_without_its_shadow(ground, product, how):
    cut = cut_out(studio(ground, product, **how))
    assert cut.method == "background"
    height, width = cut.rgba.shape[:2]
    assert abs(width - 150) < 9 and abs(height - 350) < 18  # a shadow would make it half as wide again
    assert (cut.rgba[height // 10 : -height // 10, width // 6 : -width // 6, 3] == 255).all()


def test_what_cannot_be_told_from_its_ground_is_framed():
    white = studio(even(243), (244, 243, 241), shadow=0.2)
    textured = studio(np.asarray(cv2.resize(noise(), (450, 600)), np.float32), (30, 110, 150))
    for picture in (white, textured, glass()):
        assert cut_out(picture).method == "framed"


def glass() -> np.ndarray:
    """Only its rims, its gloss and what is in it are seen."""
    picture = even(232)
    mask = np.zeros((600, 450), np.uint8)
    cv2.rectangle(mask, (150, 150), (300, 480), 255, -1)
    rim = cv2.GaussianBlur(mask - cv2.erode(mask, np.ones((13, 13))), (0, 0), 2)[..., None] / 255
    picture = picture * (1 - 0.5 * rim) + 0.5 * rim * np.array([120, 135, 135], np.float32)
    picture[340:475, 156:294] = picture[340:475, 156:294] * 0.5 + np.array([30, 75, 107], np.float32)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def test_one_sees_through_the_handle_of_a_mug():
    picture = np.full((300, 320, 3), (214, 216, 218), np.uint8)
    cv2.rectangle(picture, (50, 60), (190, 250), RED, -1)
    cv2.ellipse(picture, (195, 150), (60, 60), 0, 0, 360, RED, 16)
    cut = cut_out(cv2.GaussianBlur(picture, (0, 0), 0.8))
    assert cut.method == "background"
    assert cut.rgba[90, 175, 3] == 0 and cut.rgba[90, 70, 3] == 255


def noise() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 255, (200, 260, 3), np.uint8)


@pytest.mark.parametrize("ground", [(240, 240, 238), (20, 22, 25), (90, 160, 200)])
def test_it_cuts_a_product_off_a_plain_ground_with_its_label(ground):
    cut = cut_out(photo(ground))
    assert cut.method == "background"
    height, width = cut.rgba.shape[:2]
    assert abs(height - 191) < 8
    assert abs(width - 101) < 8
    assert cut.rgba[90, 50, 3] == 255  # the label
    assert cut.rgba[height // 8, width // 2, 3] == 255


def test_it_takes_transparency_as_it_is():
    rgba = np.dstack([photo(), np.zeros((300, 240), np.uint8)])
    rgba[60:251, 70:171, 3] = 255
    cut = cut_out(rgba)
    assert cut.method == "alpha"
    assert cut.rgba.shape[:2] == (191, 101)


def test_a_photo_that_cannot_be_cut_is_framed_whole():
    for picture in (noise(), np.full((100, 100, 3), 200, np.uint8)):
        cut = cut_out(picture)
        assert cut.method == "framed"
        assert cut.rgba.shape[0] > picture.shape[0]


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480), (480, 600)])
def test_the_product_is_seen_between_logo_and_captions(size):
    width, height = size
    cutout = cut_out(photo()).rgba
    ground = np.full((height, width, 3), (30, 60, 120), np.uint8)
    depth = np.full((height // 2, width // 2), 100, np.uint8)
    whole, deep = with_product(ground, depth, cutout, Placing(x=400, size_percent=112))
    left, top, w, h = product_box(cutout, width, height, Placing(x=400, size_percent=112))
    box_left, box_top, box_right, _bottom = safe_area(width, height)
    assert left >= box_left
    assert left + w <= box_right
    assert top >= box_top + 0.14 * min(width, height)  # a logo in the middle stands above it
    captions = caption_place("subtitle", Profile(width=width, height=height), ad=True)
    assert top + h < captions.bottom - captions.em
    seen = whole[top + h // 6, left + w // 2].astype(int)
    assert np.abs(seen - RED).max() < 40
    assert deep is not None
    assert deep[(top + h // 2) // 2, (left + w // 2) // 2] > 220
    assert deep[2, 2] <= 100


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480), (480, 600)])
def test_a_product_under_a_logo_stays_clear_of_it_when_the_camera_comes_closer(size):
    width, height = size
    tall = np.full((1400, 800, 4), 255, np.uint8)
    _left, top, _w, h = product_box(tall, width, height, Placing(under_logo=True))
    closer = 1.18  # a push and its parallax
    above, below = (height / 2 + (row - height / 2) * closer for row in (top, top + h))
    assert above >= safe_area(width, height)[1] + 0.15 * min(width, height)
    assert below < caption_place("subtitle", Profile(width=width, height=height), ad=True).bottom - 30


def test_the_same_photo_twice_is_noticed():
    brighter = np.asarray(np.clip(photo().astype(int) + 1, 0, 255), np.uint8)
    assert are_all_the_same([photo(), brighter])
    assert not are_all_the_same([photo(), photo((20, 20, 20))])
    assert not are_all_the_same([photo()])


def test_the_edge_of_a_cut_product_has_the_products_own_color():
    cut = cut_out(studio(even(235), (40, 40, 180), shadow=0.4)).rgba
    edge = (cut[..., 3] > 128) & (cv2.erode((cut[..., 3] > 128).astype(np.uint8), np.ones((3, 3))) == 0)
    green = cut[..., 1][edge].astype(int)  # the product has little of it, the ground much
    assert np.percentile(green, 95) < 80
