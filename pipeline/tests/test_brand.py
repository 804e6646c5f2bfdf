"""The logo and the end card over the film: where they stand, when, and that they can be read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.media.brand import Brand, BrandFiles, EndPanel, brand_within, safe_area
from pipeline.media.brand_stills import draw_brand
from pipeline.media.end_card import draw_end_card
from pipeline.media.inks import contrast, ink_on
from pipeline.media.profile import Profile


@pytest.fixture
def files(tmp_path: Path) -> BrandFiles:
    logo = np.zeros((80, 200, 4), np.uint8)
    logo[10:70, 10:190] = (255, 255, 255, 255)
    cv2.imwrite(str(tmp_path / "mark.png"), logo)
    product = np.zeros((190, 100, 4), np.uint8)
    product[4:-4, 4:-4] = (30, 40, 200, 255)
    cv2.imwrite(str(tmp_path / "cut.png"), product)
    return BrandFiles(tmp_path / "mark.png", tmp_path / "cut.png")


def panel(**changes: object) -> EndPanel:
    fields = {"title": "Nordo Mug", "call": "Order now", "ground": "1B3A4B", "show_ms": 3000, "hide_ms": 5000}
    return EndPanel.model_validate(fields | changes)


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (480, 480)])
@pytest.mark.parametrize(
    "title", ["Nordo Mug", "A name that is so long that it needs two rows", "كوب نوردو", "北欧のマグ"]
)
def test_the_end_card_stays_inside_of_the_safe_area(size, title, files, tmp_path):
    profile = Profile(width=size[0], height=size[1])
    clear = cv2.imread(str(files.product), cv2.IMREAD_UNCHANGED)
    clear[..., 3] = 0  # the light behind it stays, and may fall outside
    cv2.imwrite(str(tmp_path / "clear.png"), clear)
    unsaid = panel(title=" ", call=" ")
    plain = draw_end_card(unsaid, BrandFiles(product=tmp_path / "clear.png"), profile, tmp_path)[..., :3].astype(int)
    drawn = draw_end_card(panel(title=title), files, profile, tmp_path)[..., :3].astype(int)
    ys, xs = np.nonzero(np.abs(drawn - plain).max(axis=2) > 24)
    left, top, right, bottom = safe_area(*size)
    assert ys.size > 2000
    assert xs.min() >= left - 2
    assert xs.max() <= right + 2
    assert ys.min() >= top - 2
    assert ys.max() <= bottom + 2


@pytest.mark.parametrize("ground", ["FFFFFF", "000000", "FFD84D", "1B3A4B", "808080", "FF0000"])
def test_ink_can_be_read_on_any_ground(ground):
    assert contrast(ink_on(ground), ground) >= 4.5


@pytest.mark.parametrize("corner", ["top_left", "top_right", "top_center"])
def test_the_logo_stands_in_its_corner_for_its_time(corner, files, tmp_path):
    profile = Profile(width=640, height=360)
    brand = Brand(corner=corner, show_ms=300, hide_ms=3000, end=panel())
    logo, end = draw_brand(brand, files, profile, range(150), tmp_path)
    assert (logo.first, logo.last, end.first, end.last) == (9, 90, 90, 150)
    mark = cv2.imread(str(tmp_path / "logo.png"), cv2.IMREAD_UNCHANGED)
    ys, xs = np.nonzero(mark[..., 3] > 250)
    left, top, right, _bottom = safe_area(640, 360)
    assert logo.x + xs.min() >= left - 2
    assert logo.x + xs.max() <= right + 2
    assert logo.y + ys.min() >= top - 2
    inner = draw_brand(brand, files, profile, range(30, 60), tmp_path)
    assert [
        (sheet.first, sheet.last, sheet.fade_in, sheet.fade_out) for sheet in inner if sheet.path == "logo.png"
    ] == [(30, 60, 0, 0)]


def test_a_shot_knows_only_what_of_the_brand_it_shows():
    brand = Brand(show_ms=300, hide_ms=3000, end=panel())
    early, late = brand_within(brand, 0, 1000), brand_within(brand, 3500, 5000)
    assert early is not None
    assert early.end is None
    assert late is not None
    assert late.hide_ms == 0
    assert brand_within(brand.model_copy(update={"end": None}), 3500, 5000) is None
    assert brand_within(None, 0, 1000) is None
