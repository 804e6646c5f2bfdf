"""Cards as stills: whole letters, straight alpha, every script."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.media.cards import Card, card_span, draw_card
from pipeline.media.profile import Profile

PROFILE = Profile(width=640, height=360)


def still(card: Card, folder: Path, profile: Profile = PROFILE) -> tuple[np.ndarray, tuple[int, int]]:
    """The RGBA still and its place."""
    place = draw_card(card, profile, folder / "card.png")
    assert place is not None
    bgra = cv2.imread(str(folder / "card.png"), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA).astype(int), place


def ink(rgba: np.ndarray) -> np.ndarray:
    return (rgba[..., 3] > 200) & (rgba[..., :3].min(axis=2) > 200)


def test_it_composes_title_rule_and_artist(tmp_path):
    rgba, (x, y) = still(Card(title="Neon Rivers", subtitle="The Band", show_ms=0, hide_ms=4000), tmp_path)
    assert x % 2 == y % 2 == 0
    assert x >= 0 <= y
    assert y + rgba.shape[0] <= 360
    assert x + rgba.shape[1] <= 640
    gold = (rgba[..., 0] > 230) & (rgba[..., 2] < 120) & (rgba[..., 3] > 240)
    rows = np.nonzero(gold.any(axis=1))[0]
    assert 1 <= len(rows) <= 6
    assert ink(rgba)[: rows[0]].sum() > ink(rgba)[rows[-1] + 1 :].sum() > 100
    middle = x + np.nonzero(ink(rgba).any(axis=0))[0].mean()
    assert abs(middle - 320) < 20


@pytest.mark.parametrize("look", ["bold", "elegant", "clean"])
def test_it_does_not_clip_what_hangs_below_the_line(look, tmp_path):
    # In all looks but the one with capitals g and p reach below the baseline; there Q and the comma do.
    hanging, _ = still(Card(title="Qgpq, Çj", look=look, show_ms=0, hide_ms=4000), tmp_path)
    standing, _ = still(Card(title="HHHH HH", look=look, show_ms=0, hide_ms=4000), tmp_path)
    low, plain = (np.nonzero(ink(each).any(axis=1))[0] for each in (hanging, standing))
    height = plain[-1] - plain[0]
    assert low[-1] - low[0] > 1.12 * height
    for rgba in (hanging, standing):
        assert not ink(rgba)[[0, -1]].any()
        assert not ink(rgba)[:, [0, -1]].any()


def test_it_keeps_the_colors_straight(tmp_path):
    rgba, _ = still(Card(title="Oo", show_ms=0, hide_ms=4000), tmp_path)
    solid = rgba[..., 3] > 250
    assert rgba[solid][:, :3].min() > 235  # white letters, not grayed by their alpha
    shade = (rgba[..., 3] > 30) & (rgba[..., 3] < 120)
    assert np.median(rgba[shade][:, :3]) < 40


@pytest.mark.parametrize("title", ["أنا لحبيبي", "שלום עולם", "तुम ही हो", "คิดถึงเธอ", "東京 Tokyo", "Москва", "사랑"])
def test_it_draws_every_script(title, tmp_path):
    rgba, _ = still(Card(title=title, show_ms=0, hide_ms=4000), tmp_path)
    assert ink(rgba).sum() > 400


def test_it_joins_arabic_letters(tmp_path):
    rgba, _ = still(Card(title="لحبيبي", look="clean", show_ms=0, hide_ms=4000), tmp_path)
    parts, _ = cv2.connectedComponents(ink(rgba).astype(np.uint8))
    assert parts - 1 <= 8  # one joined word and its dots; six single letters and their dots would be 10 or more


@pytest.mark.parametrize("size", [(360, 640), (480, 480), (384, 480)])
def test_it_fits_every_shape(size, tmp_path):
    title = "A rather long title that needs two rows"
    profile = Profile(width=size[0], height=size[1])
    rgba, (x, y) = still(Card(title=title, subtitle="Somebody", show_ms=0, hide_ms=4000), tmp_path, profile)
    columns = np.nonzero(ink(rgba).any(axis=0))[0]
    assert x + columns[0] >= 0.05 * size[0]
    assert x + columns[-1] <= 0.95 * size[0]
    assert y + rgba.shape[0] <= size[1]


def test_it_draws_nothing_for_a_title_of_emoji(tmp_path):
    assert draw_card(Card(title="🔥", show_ms=0, hide_ms=4000), PROFILE, tmp_path / "card.png") is None


def test_it_counts_its_time_in_film_frames():
    assert card_span(Card(title="x", show_ms=1000, hide_ms=4000), 30) == (30, 120, 18)


def test_it_must_be_shown_long_enough_to_fade():
    with pytest.raises(ValidationError):
        Card(title="x", show_ms=1000, hide_ms=2000)
