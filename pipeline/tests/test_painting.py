"""The embedded picture maker: words that show, frames of every shape, depth, variety and repeatability."""

from __future__ import annotations

import dataclasses
import itertools
from unittest import mock

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import pipeline.media.painting as maker
from pipeline.media.painting import Painting, paint
from pipeline.media.painting.brief import Brief
from pipeline.media.painting.compose import composed, read_words
from pipeline.media.painting.palettes import palette_colors
from pipeline.media.painting.scenes import SCENES
from pipeline.media.painting.words import FOREGROUNDS, HINTS, KINDS, PALETTES, SEASONS, SKIES, TIMES, WEATHERS
from pipeline.media.planes import CELL, smooth_depth

SHAPES = [(320, 180), (180, 320), (240, 240), (240, 300)]
Array = NDArray[np.float32]


def _small(prompt: str, seed: int = 1, *, width: int = 320, height: int = 180, palette: str = "") -> Painting:
    return paint(prompt, seed=seed, width=width, height=height, palette=palette)


def _layout(picture: Painting) -> tuple[Array, Array, Array]:
    """Lightness on a coarse grid, mean hue, and where the edges are: what the eye keeps of a picture."""
    small = cv2.resize(picture.image, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    light = lab[..., 0] / 100
    gray = cv2.cvtColor(cv2.resize(picture.image, (160, 90)), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    edges = np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1))
    edges = cv2.resize(edges, (16, 9), interpolation=cv2.INTER_AREA)
    return (light - light.mean()) / (light.std() + 0.05), lab[..., 1:].mean((0, 1)), edges / (edges.mean() + 1e-3)


def _difference(one: Painting, other: Painting) -> float:
    """How unlike two pictures are: layout, hue (30 units of Lab count 1) and edges added; equal pictures give 0."""
    a, b = _layout(one), _layout(other)
    hue = float(np.linalg.norm(a[1] - b[1])) / 30
    return float(np.abs(a[0] - b[0]).mean()) + hue + float(np.abs(a[2] - b[2]).mean())


def test_it_has_the_promised_breadth() -> None:
    assert len(KINDS) >= 14
    assert len(PALETTES) >= 12
    assert set(SCENES) == set(KINDS)
    assert all(kind in KINDS for kinds in HINTS.values() for kind in kinds)
    for table in (KINDS, PALETTES, FOREGROUNDS, WEATHERS, SEASONS, TIMES, SKIES):
        assert all(words and all(word == word.lower() for word in words) for words in table.values())


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_paints_each_kind_in_every_shape_with_depth(kind: str) -> None:
    for width, height in SHAPES:
        picture = _small(kind, 3, width=width, height=height)
        assert picture.kind == kind
        assert picture.image.shape == (height, width, 3)
        assert picture.image.dtype == np.uint8
        assert picture.depth.shape == (height, width)
        assert picture.depth.dtype == np.uint8
        assert picture.image.std() > 12, "a picture is not a plain field"
        assert np.ptp(picture.depth) > 25, "layers lie at different depths"
        steps = np.abs(np.diff(picture.depth.astype(np.int16), axis=1))
        assert steps.max() < 110, "depth bends at edges instead of jumping"
        assert all(0 <= place <= 1000 for place in picture.focus_permille)


def test_it_paints_the_same_again_and_another_for_another_seed() -> None:
    first, again = _small("a boat under the moon", 7), _small("a boat under the moon", 7)
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.depth, again.depth)
    assert (first.kind, first.palette, first.focus_permille) == (again.kind, again.palette, again.focus_permille)
    assert _difference(first, _small("a boat under the moon", 8)) > 0.25


def test_it_keeps_the_composition_when_only_the_size_changes() -> None:
    small, large = _small("mountains at dawn", 5), _small("mountains at dawn", 5, width=640, height=360)
    reduced = cv2.resize(large.image, (320, 180), interpolation=cv2.INTER_AREA).astype(np.int16)
    assert np.abs(reduced - small.image).mean() < 14


@pytest.mark.parametrize(
    "kind", [kind if kind in ("ocean", "road", "ink") else pytest.param(kind, marks=pytest.mark.long) for kind in KINDS]
)
def test_it_varies_a_kind_over_twenty_seeds(kind: str) -> None:
    pictures = [_small(kind, seed, width=256, height=144) for seed in range(20)]
    differences = [_difference(a, b) for a, b in itertools.combinations(pictures, 2)]
    assert min(differences) > 0.42, "no two of twenty look alike"
    assert np.median(differences) > 0.85


def test_it_measures_difference_by_what_the_eye_keeps() -> None:
    """The measure used above: grain and exposure count for little, another composition for much."""
    picture = _small("lake at dawn", 1)
    grainy = np.clip(picture.image * 0.9 + np.random.default_rng(1).normal(0, 4, picture.image.shape), 0, 255)
    same = dataclasses.replace(picture, image=grainy.astype(np.uint8))
    flipped = dataclasses.replace(picture, image=np.ascontiguousarray(picture.image[:, ::-1]))
    assert _difference(picture, same) < 0.25
    assert _difference(picture, flipped) > 0.3


def test_it_varies_a_held_palette() -> None:
    """Five videos of one style: one palette held, one prompt, five seeds."""
    pictures = [_small("city street", seed, palette="neon") for seed in range(5)]
    assert {picture.palette for picture in pictures} == {"neon"}
    assert min(_difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 0.45


def test_it_tells_the_prompts_of_a_video_apart() -> None:
    prompts = [
        "a road at dawn",
        "a lake in the forest",
        "the city at night",
        "dancers at a party",
        "stars above the sea",
    ]
    pictures = [_small(prompt, 4) for prompt in prompts]
    assert len({picture.kind for picture in pictures}) >= 4
    assert min(_difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 0.8


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("a ship on the ocean", "ocean"),
        ("neon street in the rain", "street"),
        ("two cabins in the snow", "village"),
        ("riding the highway in a red car", "road"),
        ("a planet beyond the galaxy", "space"),
        ("roses in my mother's garden", "garden"),
        ("80s synthwave drive", "synthwave"),
        ("singer on the stage", "stage"),
        ("an old tram at the market", "street"),
        ("children on a green hill", "meadow"),
    ],
)
def test_it_takes_the_kind_from_the_words(prompt: str, kind: str) -> None:
    assert {_brief(prompt, seed).kind for seed in range(6)} == {kind}


def _brief(prompt: str, seed: int = 1, palette: str = "") -> Brief:
    return composed(prompt, palette, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("plain", "asked"),
    [
        ("ocean at night", "ocean at night with a boat"),
        ("meadow", "meadow with a tree"),
        ("lake", "lake with a bridge"),
        ("desert", "desert with telephone wires"),
        ("mountains", "mountains with a deer"),
        ("harbor", "harbor with a lighthouse"),
        ("forest", "forest with a campfire"),
        ("rooftops", "rooftops with a couple"),
        ("street", "street with a tram"),
        ("street", "street with stalls"),
        ("street", "street with a bicycle"),
        ("meadow", "meadow with a horse"),
        ("road", "road with telephone wires"),
    ],
)
def test_it_shows_what_a_word_asks_for(plain: str, asked: str) -> None:
    """The thing is in the brief for every seed, and painting without it gives other pixels in one compact place."""
    assert not (_brief(asked).asked <= _brief(plain).asked)
    name = next(iter(_brief(asked).asked - _brief(plain).asked))
    assert all(name in _brief(asked, seed).asked for seed in range(8))
    picture = _small(asked, 2)
    rest = _without(asked, name, 2)
    changed = np.abs(picture.image.astype(np.int16) - rest.image).max(axis=2) > 24
    assert changed.sum() > 60


def test_what_stands_beside_a_way_keeps_off_it() -> None:
    """No bench, lamp or tree on the tracks, no pole on the asphalt."""
    for seed in range(4):
        for asked, name in (("along railway tracks with a bench", "bench"), ("a road with telephone wires", "wires")):
            picture, rest = _small(asked, seed), _without(asked, name, seed)
            changed = np.abs(picture.image.astype(np.int16) - rest.image).max(axis=2) > 40
            height, width = changed.shape
            assert changed[int(height * 0.93) :, int(width * 0.40) : int(width * 0.60)].mean() < 0.02


def test_a_balloon_in_a_hand_flies_none_in_the_sky() -> None:
    assert "balloon" not in _brief("a child with a balloon, pale air").asked
    assert "balloon" in _brief("a child with a balloon under an airballoon").asked


@pytest.mark.parametrize("size", [(270, 480), (480, 270)])
@pytest.mark.parametrize("seed", [2, 5])
def test_the_bars_of_a_window_stay_straight_where_the_view_behind_them_moves(size: tuple[int, int], seed: int) -> None:
    """Parallax moves a picture by its smoothed depth: along a bar it is the same everywhere."""
    picture = paint("at the window of a dim room", seed=seed, width=size[0], height=size[1])
    width, height = size
    middle = slice(int(0.3 * width), int(0.7 * width))
    panes = picture.image[height // 10 : 7 * height // 10, middle].mean(axis=2)
    bar = middle.start + int(np.argmin(np.quantile(panes, 0.8, axis=0)))  # the column that is dark all the way down
    near = smooth_depth(picture.depth, (width // CELL, height // CELL))
    along = near[near.shape[0] // 20 : 3 * near.shape[0] // 4, bar // CELL]
    assert np.ptp(along) < 0.05
    assert near.min() < 0.3 < along.min()  # and the view has a depth of its own


@pytest.mark.parametrize(
    ("prompt", "particles"),
    [
        ("a forest in autumn, a strong wind", "leaves"),
        ("a garden in spring, a warm breeze", "petals"),
        ("a meadow in summer, a warm breeze", "seeds"),
        ("a desert in summer, a strong wind", ""),
        ("a village in winter, a strong wind", ""),
        ("at the window of a dim room, snow falling", ""),
    ],
)
def test_leaves_fly_as_particles_and_nothing_falls_in_a_room(prompt: str, particles: str) -> None:
    assert _small(f"{prompt} by day").particles == particles


def test_a_bare_picture_holds_nobody_that_its_words_do_not_name() -> None:
    dice = [np.random.default_rng(seed) for seed in range(12)]
    assert any(composed("bokeh lights", "", one).foregrounds for one in dice)
    assert not any(composed("bokeh lights", "", one, bare=True).foregrounds for one in dice)
    assert "dancer" in composed("a dancer among bokeh lights", "", dice[0], bare=True).foregrounds
    bare = paint("bokeh lights", seed=5, width=160, height=90, bare=True)
    assert bare.image.shape == (90, 160, 3)


def test_words_with_accents_are_read_without_them_too() -> None:
    assert _brief("a café").kind == _brief("a cafe").kind == "window"


def _without(prompt: str, name: str, seed: int) -> Painting:
    """The same picture with one foreground left out."""

    def lesser(prompt: str, palette: str, rng: np.random.Generator, *, bare: bool = False) -> Brief:
        brief = composed(prompt, palette, rng, bare=bare)
        return dataclasses.replace(brief, foregrounds=tuple(one for one in brief.foregrounds if one != name))

    with mock.patch.object(maker, "composed", lesser):
        return _small(prompt, seed)


def test_it_follows_time_of_day_season_and_weather() -> None:
    day = [_small("meadow at noon", seed).image.mean() for seed in range(4)]
    night = [_small("meadow at night", seed).image.mean() for seed in range(4)]
    assert min(day) > max(night) + 20
    assert {_brief("forest in October", seed).season for seed in range(6)} == {"autumn"}
    assert {_small("street in the rain", seed).particles for seed in range(3)} == {"rain"}
    assert {_small("village in the snow", seed).particles for seed in range(3)} == {"snow"}
    assert _small("campfire in the forest").particles == "embers"
    assert _small("a galaxy in space").particles == "stars"


def test_it_lights_the_sky_with_what_is_named() -> None:
    for word in ("moon", "rainbow", "lightning", "aurora", "fireworks"):
        assert word in _brief(f"mountains with {word}").skies
    moon, bare = _small("ocean at midnight, full moon", 3), _small("ocean at midnight, aurora", 3)
    assert moon.image[:90].max() > 235
    green = bare.image[:80].astype(int)
    assert (green[..., 1] > green[..., 0] + 12).mean() > 0.2


def test_it_keeps_smooth_skies_free_of_bands() -> None:
    """Neighboring rows of a plain sky share gray levels through the dither instead of stepping together."""
    sky = _small("clear sky over the desert, noon", 6, width=480, height=270).image[4:60, :, 2].astype(np.int16)
    per_row = [len(np.unique(row)) for row in sky]
    assert min(per_row) >= 3


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "   ",
        "🌙🔥🎸",
        "夜の海と月",
        "Ночь, улица",
        "!!! ... ???",
        "\x00\ud800",
        "word " * 1000,
        "a" * 5000,
        " ".join(KINDS),
    ],
)
def test_it_paints_something_for_any_prompt(prompt: str) -> None:
    picture = _small(prompt, 2, width=192, height=108)
    assert picture.kind in KINDS
    assert picture.palette in PALETTES
    assert picture.image.std() > 6


@pytest.mark.parametrize("size", [(16, 16), (1, 1), (17, 401), (641, 23), (333, 187)])
def test_it_paints_any_size(size: tuple[int, int]) -> None:
    for kind in ("skyline", "street", "forest", "stage", "clouds", "geometric", "window"):
        picture = paint(kind, seed=5, width=size[0], height=size[1])
        assert picture.image.shape == (size[1], size[0], 3)
        assert picture.depth.shape == (size[1], size[0])


def test_a_boat_floats_whatever_flies_above_it() -> None:
    kinds = {_brief("a red boat under the moon, gulls above", seed).kind for seed in range(20)}
    assert kinds <= {"lake", "ocean", "harbor"}


def test_it_refuses_a_picture_without_pixels() -> None:
    with pytest.raises(ValueError, match="at least 1 pixel"):
        paint("sea", seed=1, width=0, height=10)


@pytest.mark.parametrize("palette", list(PALETTES))
def test_it_reads_well_in_every_palette_at_every_time(palette: str) -> None:
    """Land stands out from the sky, and skies grow lighter toward the horizon, whatever the mood and hour."""
    for time in TIMES:
        colors = palette_colors(palette, time, np.random.default_rng(1))
        assert colors.sky[4].mean() > colors.sky[0].mean() + 0.1
        assert colors.sky[3].mean() > colors.near.mean() + 0.1
        assert all(0 <= float(value) <= 1 for stop in (*colors.sky, colors.glow, *colors.accents) for value in stop)


def test_it_reads_plurals_and_phrases() -> None:
    assert "boat" in read_words("Two BOATS, far away")
    assert "story" in read_words("stories")
    assert "aurora" in _brief("the northern lights over a lake").skies
    assert "aurora" not in _brief("a northern train through the mountains").skies


def test_it_leaves_the_worker_threads_of_opencv_alone() -> None:
    before = cv2.getNumThreads()
    _small("lake")
    assert cv2.getNumThreads() == before
