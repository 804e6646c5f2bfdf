from __future__ import annotations

import random
from itertools import pairwise

import pytest
from pydantic import ValidationError

from pipeline.media.timeline import (
    CUT,
    ShotSpan,
    Slot,
    Transition,
    blend_window,
    fitted_transition,
    frame_at,
    handles,
    ms_at,
    shot_span,
    shot_spans,
    slots,
)


@pytest.mark.parametrize(("ms", "frame"), [(0, 0), (16, 0), (17, 1), (33, 1), (1000, 30), (180_017, 5401)])
def test_it_finds_the_nearest_frame(ms: int, frame: int) -> None:
    assert frame_at(ms, 30) == frame


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_it_comes_back_from_milliseconds(fps: int) -> None:
    assert all(frame_at(ms_at(frame, fps), fps) == frame for frame in range(0, 40_000, 7))


@pytest.mark.parametrize(("frames", "expected"), [(2, (1, 1)), (15, (8, 7)), (16, (8, 8))])
def test_it_gives_the_odd_frame_to_the_left_shot(frames: int, expected: tuple[int, int]) -> None:
    assert handles(Transition(kind="crossfade", frames=frames)) == expected


def test_it_shortens_a_transition_to_half_of_the_shorter_neighbor() -> None:
    left, right = slots([100, 109], 400)[:2]
    fade = Transition(kind="wipe_left", frames=30)
    assert fitted_transition(fade, left, right) == Transition(kind="wipe_left", frames=4)
    assert fitted_transition(fade, *slots([3], 100)) == CUT
    assert fitted_transition(CUT, left, right) == CUT


def test_it_refuses_a_cut_with_frames_and_an_empty_slot() -> None:
    with pytest.raises(ValidationError):
        Transition(kind="cut", frames=3)
    with pytest.raises(ValidationError):
        Transition(kind="zoom", frames=0)
    with pytest.raises(ValidationError):
        Slot(start_frame=5, end_frame=5)


def test_it_lays_both_files_over_the_same_frames() -> None:
    fade = Transition(kind="crossfade", frames=15)
    left, right = shot_spans(slots([100], 200), [fade])
    assert left == ShotSpan(slot=Slot(start_frame=0, end_frame=100), tail=8, blend_out=15)
    assert right == ShotSpan(slot=Slot(start_frame=100, end_frame=200), head=7, blend_in=15)
    assert (left.frames, left.body, left.keyframes) == (108, (0, 93), (0, 93))
    assert (right.frames, right.body, right.keyframes) == (107, (15, 107), (0, 15))
    assert blend_window(100, fade) == (93, 108)
    assert left.start_frame + left.body[1] == 93
    assert right.start_frame + right.body[0] == 108


def test_it_covers_every_frame_of_a_film_exactly_once() -> None:
    dice = random.Random(7)
    for _ in range(200):
        frames = dice.randrange(20, 900)
        places = slots(sorted(dice.sample(range(1, frames), dice.randrange(0, 12))), frames)
        wish = Transition(kind="dissolve", frames=dice.randrange(2, 40))
        fitted = [fitted_transition(wish, a, b) for a, b in pairwise(places)]
        covered: list[int] = []
        for span, after in zip(shot_spans(places, fitted), [*fitted, CUT], strict=True):
            covered += range(span.start_frame + span.body[0], span.start_frame + span.body[1])
            covered += range(*blend_window(span.slot.end_frame, after))
        assert covered == list(range(frames))


def test_it_refuses_transitions_that_overlap() -> None:
    with pytest.raises(ValueError, match="overlap"):
        shot_span(
            Slot(start_frame=0, end_frame=10),
            Transition(kind="zoom", frames=12),
            Transition(kind="zoom", frames=12),
        )
