from __future__ import annotations

import numpy as np
import pytest

from pipeline.media.timeline import KINDS
from pipeline.media.transitions import blended
from pipeline.tests.films import coded_frame


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "cut"])
def test_it_moves_every_kind_of_transition_from_left_to_right(kind: str) -> None:
    left, right = coded_frame(1, 5), coded_frame(2, 5)
    steps = [blended(kind, left, right, n, 12) for n in range(12)]
    away = [np.abs(step.astype(int) - left).mean() for step in steps]
    near = [np.abs(step.astype(int) - right).mean() for step in steps]
    assert all(step.shape == left.shape and step.dtype == np.uint8 for step in steps)
    assert near[0] > near[-1]
    assert away[-1] > away[0]
    assert 0 < away[0] < away[-1] * 0.5
    assert 0 < near[-1] < near[0] * 0.5
    assert len({step.tobytes() for step in steps}) == 12


def test_it_goes_through_black_and_white_in_the_middle() -> None:
    left, right = coded_frame(1, 5), coded_frame(2, 5)
    black = blended("fade_black", left, right, 5, 11)
    white = blended("fade_white", left, right, 5, 11)
    assert (black[:180] == 16).all()
    assert (white[:180] == 235).all()
    assert (black[180:] == 128).all()


@pytest.mark.parametrize("kind", ["wipe_left", "slide_left"])
def test_it_brings_the_new_picture_from_the_right(kind: str) -> None:
    left, right = np.full((270, 320), 60, np.uint8), np.full((270, 320), 180, np.uint8)
    middle = blended(kind, left, right, 5, 11)[:180]
    assert middle[:, :40].mean() < 70
    assert middle[:, -40:].mean() > 170


@pytest.mark.parametrize("kind", ["slide_left", "slide_right", "slide_up"])
def test_it_slides_luma_and_chroma_together(kind: str) -> None:
    left, right = np.full((270, 320), 60, np.uint8), np.full((270, 320), 180, np.uint8)
    for step in range(12):
        out = blended(kind, left, right, step, 12)
        luma, chroma = out[:180], out[180:].reshape(2, 90, 160)
        assert np.array_equal(luma[::2, ::2], chroma[0])
        assert np.array_equal(chroma[0], chroma[1])


def test_it_changes_a_crossfade_evenly() -> None:
    left, right = np.full((270, 320), 20, np.uint8), np.full((270, 320), 220, np.uint8)
    levels = [int(blended("crossfade", left, right, step, 9)[0, 0]) for step in range(9)]
    assert levels == [40, 60, 80, 100, 120, 140, 160, 180, 200]
