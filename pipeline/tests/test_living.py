"""Water and sky that move by themselves in a picture whose camera holds still."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.media.living import Drift, Life
from pipeline.media.motion import Motion, camera_path
from pipeline.media.painting import Painting, paint
from pipeline.media.planes import CELL, Frames, load_depth, load_life
from pipeline.media.timeline import Slot
from pipeline.providers.local.painter import _relief, write_picture

SIZE = (640, 360)
SLOT = Slot(start_frame=0, end_frame=120)
SECONDS = (np.arange(120) - 60) / 30
LAKE = "By a lake that holds a perfect reflection, at an autumn sunset, a small boat in view"


@pytest.fixture(scope="module")
def lake() -> Painting:
    return paint(LAKE, seed=3, width=SIZE[0], height=SIZE[1], palette="sunset")


def frames_of(picture: Painting, seconds: np.ndarray = SECONDS, wind: float = 1.0) -> Frames:
    path = camera_path(Motion(camera="hold", pulse=0), slot=SLOT, frames=range(120), fps=30, size=SIZE, source=SIZE)
    return Frames(picture.image, path, SIZE, depth=picture.depth, life=Life(picture.life, seconds, wind))


def test_it_knows_what_is_open_water_and_open_sky(lake: Painting) -> None:
    water, sky = (cv2.resize(lake.life[..., at], SIZE, interpolation=cv2.INTER_NEAREST) > 128 for at in (0, 1))
    assert water[-40:].mean() > 0.6
    assert not water[:100].any()
    assert sky[:40].mean() > 0.95
    assert not (sky & water).any()
    dry = paint("On rippled desert sand on a summer day", seed=1, width=320, height=180)
    assert not dry.life[..., 0].any()


def test_water_shimmers_while_the_land_stands_still(lake: Painting) -> None:
    frames = frames_of(lake)
    one, two = (frames.frame(i).copy()[: SIZE[1]].astype(int) for i in (60, 75))
    moved = np.abs(one - two)
    water, sky = (cv2.resize(lake.life[..., at], SIZE) > 250 for at in (0, 1))
    land = cv2.dilate((water | sky).astype(np.uint8), np.ones((25, 25))) == 0
    assert (moved[water] > 3).mean() > 0.02
    assert (moved[land] > 3).mean() < 0.002


def test_the_sky_goes_with_the_wind(lake: Painting) -> None:
    rows = slice(10, 60)
    for wind in (1.0, -1.0):
        frames = frames_of(lake, wind=wind)
        first, last = (frames.frame(i).copy()[rows, 100:-100].astype(np.float32) for i in (0, 119))
        (shift, _), _ = cv2.phaseCorrelate(first, last, cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F))
        assert 1 < -wind * shift < 12


def test_it_goes_on_across_a_handle(lake: Painting) -> None:
    """A frame depends on its time alone: two files that hold the same instant show the same."""
    whole, later = frames_of(lake), frames_of(lake, np.roll(SECONDS, -30))
    assert np.array_equal(whole.frame(50).copy(), later.frame(20))


def test_it_neither_tears_nor_looks_over_the_rim(lake: Painting) -> None:
    size = (SIZE[0] // CELL, SIZE[1] // CELL)
    drift = Drift(Life(lake.life, np.linspace(-6, 6, 49)), lake.depth, size, CELL)
    for i in range(49):
        aside = drift.at(i)
        assert np.abs(aside[:, [0, -1]]).max() < 0.5
        assert np.abs(aside[[0, -1], :, 1]).max() < 0.5
        assert np.abs(np.diff(aside[..., 0], axis=1)).max() < 0.6 * CELL  # cells keep their order
        assert np.abs(np.diff(aside[..., 1], axis=0)).max() < 0.6 * CELL


def test_depth_and_life_travel_in_one_file(lake: Painting, tmp_path: Path) -> None:
    path = write_picture(tmp_path / "depth.png", _relief(lake))
    depth, life = load_depth(path), load_life(path)
    assert depth is not None
    assert life is not None
    assert depth.shape == (180, 320)
    assert life.shape == (180, 320, 2)
    assert np.abs(depth.astype(int) - cv2.resize(lake.depth, (320, 180), interpolation=cv2.INTER_AREA)).max() <= 1
    gray = write_picture(tmp_path / "gray.png", depth)  # as made for a product, or by an older release
    assert np.array_equal(load_depth(gray), depth)
    assert load_life(gray) is None
