"""Camera paths, warps and particles, checked against what the picture says by arithmetic."""

from __future__ import annotations

from typing import get_args

import cv2
import numpy as np
import pytest

from pipeline.media.motion import Camera, Motion, camera_path, cover_size
from pipeline.media.particles import particle_field
from pipeline.media.planes import BAND, CELL, Frames
from pipeline.media.timeline import Slot

SIZE = (320, 180)
SLOT = Slot(start_frame=90, end_frame=210)
CAMERAS = get_args(Camera)


def path_of(motion: Motion, frames: range = range(90, 210), *, source=SIZE, size=SIZE, beats_ms=(), slot=SLOT):
    return camera_path(motion, slot=slot, frames=frames, fps=30, size=size, source=source, beats_ms=beats_ms)


def gray_ramp(width: int, height: int, *, across: float = 0.4, down: float = 0.5) -> np.ndarray:
    """A picture whose gray is a linear function of the place, so that a shift can be read from a level."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    gray = np.clip(20 + across * x + down * y, 0, 255)
    random = np.random.default_rng(1).uniform(0, 1, gray.shape)  # dither, or rounding would hide small shifts
    return np.repeat(np.floor(gray + random)[..., None], 3, axis=2).astype(np.uint8)


def ideal_luma(path, i: int, *, across: float = 0.4, down: float = 0.5) -> np.ndarray:
    """The luma that frame `i` of the ramp should have."""
    x = np.arange(SIZE[0]) + 0.5 - SIZE[0] / 2
    y = (np.arange(SIZE[1]) + 0.5 - SIZE[1] / 2)[:, None]
    cosine, sine = np.cos(path.angle[i]) / path.zoom[i], np.sin(path.angle[i]) / path.zoom[i]
    source_x = path.center_x[i] + cosine * x - sine * y
    source_y = path.center_y[i] + sine * x + cosine * y
    return 16 + 219 / 255 * (20 + across * source_x + down * source_y)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("source", [SIZE, (400, 400), (640, 300), (180, 320)])
def test_it_never_looks_over_the_edge_of_the_picture(camera, source):
    width, height = cover_size(source, SIZE)
    for strength in (0, 50, 100):
        for focus in (0, 500, 1000):
            motion = Motion(camera=camera, strength=strength, focus_x=focus, focus_y=1000 - focus, seed=3)
            path = path_of(motion, range(60, 240), source=source)
            for corner_x, corner_y in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
                for near in (-0.5, 0.5):
                    dx, dy = corner_x * SIZE[0] / 2 / path.zoom, corner_y * SIZE[1] / 2 / path.zoom
                    dx, dy = (
                        np.cos(path.angle) * dx - np.sin(path.angle) * dy,
                        np.sin(path.angle) * dx + np.cos(path.angle) * dy,
                    )
                    grow = 1 + path.depth_zoom * near
                    x = path.center_x + dx * grow + path.depth_shift_x * near
                    y = path.center_y + dy * grow + path.depth_shift_y * near
                    assert x.min() >= -1e-6
                    assert x.max() <= width + 1e-6
                    assert y.min() >= -1e-6
                    assert y.max() <= height + 1e-6


@pytest.mark.parametrize("camera", CAMERAS)
def test_it_never_enlarges_a_picture_of_the_films_size_visibly(camera):
    motion = Motion(camera=camera, strength=100, pulse=100)
    path = path_of(
        motion, beats_ms=tuple(range(0, 9000, 500)), slot=Slot(start_frame=0, end_frame=600), frames=range(600)
    )
    assert path.zoom.max() <= 1.26


@pytest.mark.parametrize("camera", CAMERAS)
def test_it_goes_on_through_the_handles_as_a_function_of_the_films_frame(camera):
    motion = Motion(camera=camera, seed=5)
    beats = (2500, 3000, 3500, 7000)
    bare, long = path_of(motion, beats_ms=beats), path_of(motion, range(70, 235), beats_ms=beats)
    for name in ("zoom", "center_x", "center_y", "angle", "depth_zoom", "depth_shift_x", "depth_shift_y"):
        whole = getattr(long, name)
        assert np.allclose(whole[20:140], getattr(bare, name), atol=1e-9)
        steps = np.abs(np.diff(whole, 2))
        assert steps.max() <= 0.02 * SIZE[0], name


@pytest.mark.parametrize(
    ("camera", "looks"),
    [
        ("push_in", lambda p: p.zoom[-1] > p.zoom[0] * 1.04),
        ("pull_out", lambda p: p.zoom[0] > p.zoom[-1] * 1.04),
        ("pan_left", lambda p: p.center_x[-1] < p.center_x[0] - 5),
        ("pan_right", lambda p: p.center_x[-1] > p.center_x[0] + 5),
        ("tilt_up", lambda p: p.center_y[-1] < p.center_y[0] - 3),
        ("tilt_down", lambda p: p.center_y[-1] > p.center_y[0] + 3),
        ("orbit", lambda p: abs(p.depth_shift_x[-1] - p.depth_shift_x[0]) > 3),
        ("drift", lambda p: np.ptp(p.center_x) > 0.5 and np.ptp(p.angle) > 1e-4),
        ("hold", lambda p: np.ptp(p.zoom) == np.ptp(p.center_x) == np.ptp(p.angle) == 0),
    ],
)
def test_it_follows_the_named_move(camera, looks):
    assert looks(path_of(Motion(camera=camera)))


def test_it_pushes_toward_the_focus():
    left, right = (path_of(Motion(camera="push_in", focus_x=x)) for x in (200, 800))
    assert left.center_x[-1] < left.center_x[0] < right.center_x[-1]


def test_it_swells_on_the_beat_and_calms_before_the_next():
    motion = Motion(camera="hold", pulse=100)
    zoom = path_of(motion, beats_ms=(4000, 5000)).zoom
    on_beat, later, quiet = zoom[120 - 90], zoom[124 - 90], zoom[146 - 90]
    assert 1.008 < on_beat / quiet < 1.016
    assert quiet < later < on_beat
    assert np.diff(zoom).max() < 0.012


def test_it_ignores_the_beat_where_the_pulse_is_off():
    motion = Motion(camera="push_in", pulse=0)
    assert np.array_equal(path_of(motion, beats_ms=(4000, 4500)).zoom, path_of(motion).zoom)


@pytest.mark.parametrize("camera", ["push_in", "pan_left", "drift"])
@pytest.mark.parametrize("with_depth", [False, True])
def test_it_moves_the_picture_by_exact_parts_of_a_pixel(camera, with_depth):
    path = path_of(Motion(camera=camera, pulse=60), beats_ms=(3500, 4000, 5000))
    # A flat depth map of the middle takes the way through the parallax maps without moving anything.
    depth = np.full((90, 160), 128, np.uint8) if with_depth else None
    frames = Frames(gray_ramp(*SIZE), path, SIZE, depth=depth)
    offsets = []
    for i in range(0, 120, 3):
        frames.frame(i)
        error = frames.luma[2:-2, 2:-2] - ideal_luma(path, i)[2:-2, 2:-2]
        offsets.append(error.mean() / (0.4 * 219 / 255))
    assert np.abs(offsets).max() < 0.25  # half a level of rounding is 0.15 pixels here
    assert np.std(np.diff(offsets)) < 0.05


def test_it_puts_chroma_where_h264_expects_it():
    x = np.arange(SIZE[0]) + 0.5
    rgb = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    rgb[..., 0] = np.rint(255 * x / SIZE[0])[None, :]
    path = path_of(Motion(camera="push_in", parallax=False))
    for depth in (None, np.full((90, 160), 128, np.uint8)):
        frames = Frames(rgb, path, SIZE, depth=depth)
        frames.frame(60)
        left_sample = 2 * np.arange(SIZE[0] // 2) + 0.5  # the middle of the left one of two luma samples
        source = path.center_x[60] + (left_sample - SIZE[0] / 2) / path.zoom[60]
        ideal = 128 + 0.439216 * 255 * source / SIZE[0]
        error = (frames.red[20:-20].mean(axis=0) - ideal)[4:-4]
        assert abs(error.mean()) < 0.12  # one luma sample is 0.35 levels


def test_it_moves_near_things_more_than_far_ones_without_tearing():
    random = np.random.default_rng(2)
    texture = np.repeat(random.integers(60, 200, (180, 320, 1)), 3, axis=2).astype(np.uint8)
    depth = np.zeros((180, 320), np.uint8)
    depth[:, 160:] = 255
    path = path_of(Motion(camera="pan_right", strength=100))
    frames = Frames(texture, path, SIZE, depth=depth)
    relief = frames._relief
    assert relief is not None
    start, end = (np.vstack([luma[..., 0] / 2 for _, luma, _ in relief.bands(path, i)]) for i in (0, 119))
    moved = end - start
    assert moved[:, 280:].mean() > moved[:, :40].mean() + 3
    assert np.diff(end, axis=1).min() > 0.2  # still from left to right everywhere
    assert np.diff(end, axis=1).max() < 2.2


def test_it_joins_the_bands_of_a_tall_frame_without_a_seam():
    random = np.random.default_rng(4)
    size = (180, BAND * CELL * 2 + 50)
    picture = cv2.GaussianBlur(random.integers(0, 255, (size[1], size[0], 3)).astype(np.uint8), (0, 0), 3)
    depth = random.integers(0, 255, (size[1] // 8, size[0] // 8)).astype(np.uint8)
    path = path_of(Motion(camera="hold"), source=size, size=size)
    flat, deep = Frames(picture, path, size).frame(30).copy(), Frames(picture, path, size, depth=depth).frame(30)
    assert np.abs(flat.astype(int) - deep).max() <= 2  # nothing moves, so depth changes nothing


@pytest.mark.parametrize("kind", ["rain", "snow", "stars", "embers"])
def test_it_draws_the_same_air_for_the_same_film_frame(kind):
    path = path_of(Motion(camera="hold", pulse=0), range(90, 150))
    night = np.full((180, 320, 3), 30, np.uint8)

    def drawn(i: int, film_frame: int) -> np.ndarray:
        frames = Frames(night, path, SIZE)
        frames.frame(i)
        field = particle_field(kind, seed=4, size=SIZE, fps=30)
        assert field is not None
        field.draw(frames, i, film_frame)
        return frames.buffer

    clean = Frames(night, path, SIZE).frame(0)
    assert np.array_equal(drawn(0, 120), drawn(30, 120))
    changed = drawn(0, 132)[:180].astype(int)
    assert (changed != drawn(0, 120)[:180]).sum() > 20
    assert (changed >= clean[:180]).all()
    assert changed.max() <= 235
    assert (changed != clean[:180]).mean() < 0.25


@pytest.mark.parametrize("kind", ["leaves", "petals", "seeds"])
@pytest.mark.parametrize("light", [40, 200])
def test_what_the_wind_carries_moves_on_and_is_as_dark_as_the_picture(kind, light):
    path = path_of(Motion(camera="hold", pulse=0), range(90, 150))
    still = np.full((180, 320, 3), light, np.uint8)
    field = particle_field(kind, seed=4, size=SIZE, fps=30)
    assert field is not None
    frames = Frames(still, path, SIZE)
    clean = frames.frame(0).copy()

    def drawn(i: int, film_frame: int) -> np.ndarray:
        frames.frame(i)
        field.draw(frames, i, film_frame)
        return frames.buffer.copy()

    first, later = drawn(0, 120), drawn(0, 126)
    assert np.array_equal(first, drawn(30, 120))
    there, moved = first[:180] != clean[:180], later[:180] != clean[:180]
    assert 20 < there.sum() < 0.1 * there.size
    assert (there & ~moved).sum() > 0.6 * there.sum()  # 0.2 s later they are elsewhere
    brightest = int(first[:180][there].max())
    assert brightest <= (140 if light == 40 else 235)


def test_it_has_no_air_without_particles():
    assert particle_field("", seed=1, size=SIZE, fps=30) is None
