"""Where things are in a film: slots, transitions, handles. Pure integers, never a sum of rounded durations.

A transition of d frames at cut c covers the film's frames [c - floor(d/2), c + ceil(d/2)). The left shot runs on to its
end, the right shot begins at its start, so both files hold all d frames; what lies between two transitions is the body,
whose packets are copied. The length of the film never depends on its transitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, get_args

from pydantic import Field, model_validator

from pipeline.media.values import Value

TransitionKind = Literal[
    "cut",
    "crossfade",
    "dissolve",
    "fade_black",
    "fade_white",
    "wipe_left",
    "wipe_right",
    "slide_left",
    "slide_right",
    "slide_up",
    "zoom",
    "blur",
]
KINDS: tuple[str, ...] = get_args(TransitionKind)
MOVING: tuple[TransitionKind, ...] = ("slide_left", "slide_right", "slide_up", "zoom")
"""They move the pictures, and what is written on them too."""
SHORTEST_TRANSITION = 2  # one frame is no transition, and two adjacent single key frames may share an idr_pic_id


class Slot(Value):
    """The frames [start_frame, end_frame) of the film."""

    start_frame: int = Field(ge=0)
    end_frame: int

    @model_validator(mode="after")
    def _holds_a_frame(self) -> Slot:
        if self.end_frame <= self.start_frame:
            raise ValueError("a slot holds at least one frame")
        return self

    @property
    def frames(self) -> int:
        return self.end_frame - self.start_frame


class Transition(Value):
    """How one scene becomes the next; `frames` is 0 for a cut."""

    kind: TransitionKind = "cut"
    frames: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _cut_is_empty(self) -> Transition:
        if (self.kind == "cut") != (self.frames == 0):
            raise ValueError("a cut has no frames, every other transition has some")
        return self


CUT = Transition()


class ShotSpan(Value):
    """What the file of one shot holds: `head` frames, its slot, `tail` frames.

    `blend_in` and `blend_out` count the frames at both ends of the file that belong to a transition.
    """

    slot: Slot
    head: int = Field(default=0, ge=0)
    tail: int = Field(default=0, ge=0)
    blend_in: int = Field(default=0, ge=0)
    blend_out: int = Field(default=0, ge=0)

    @property
    def frames(self) -> int:
        """Frames in the file."""
        return self.head + self.slot.frames + self.tail

    @property
    def start_frame(self) -> int:
        """The film's frame that is the file's frame 0."""
        return self.slot.start_frame - self.head

    @property
    def body(self) -> tuple[int, int]:
        """The file's frames [first, last) whose packets are copied into the film."""
        return self.blend_in, self.frames - self.blend_out

    @property
    def keyframes(self) -> tuple[int, ...]:
        """The file's frames that must be key frames: its start and both edges of the body."""
        first, last = self.body
        return tuple(sorted({0, first} | ({last} if self.blend_out else set())))


def frame_at(ms: int, fps: int) -> int:
    """The frame whose start is nearest to `ms`."""
    return (2 * ms * fps + 1000) // 2000


def ms_at(frame: int, fps: int) -> int:
    """The millisecond at which `frame` starts, rounded to the nearest."""
    return (2 * frame * 1000 + fps) // (2 * fps)


def handles(transition: Transition) -> tuple[int, int]:
    """(tail of the left shot, head of the right shot): ceil(d/2), floor(d/2)."""
    return (transition.frames + 1) // 2, transition.frames // 2


def blend_window(cut: int, transition: Transition) -> tuple[int, int]:
    """The film's frames [first, last) that the transition at frame `cut` covers."""
    tail, head = handles(transition)
    return cut - head, cut + tail


def fitted_transition(transition: Transition, left: Slot, right: Slot) -> Transition:
    """`transition`, shortened to half of the shorter neighbor; a cut when fewer than two frames are left."""
    frames = min(transition.frames, min(left.frames, right.frames) // 2)
    if frames < SHORTEST_TRANSITION:
        return CUT
    return transition.model_copy(update={"frames": frames})


def shot_span(slot: Slot, before: Transition = CUT, after: Transition = CUT) -> ShotSpan:
    """What the shot in `slot` must hold between two fitted transitions.

    Raises ValueError when the two transitions overlap, which a fitted one never does.
    """
    _, head = handles(before)
    tail, _ = handles(after)
    span = ShotSpan(slot=slot, head=head, tail=tail, blend_in=before.frames, blend_out=after.frames)
    first, last = span.body
    if first > last:
        raise ValueError("the transitions of this slot overlap; fit them first")
    return span


def slots(cuts: Sequence[int], frames: int) -> tuple[Slot, ...]:
    """The slots between `cuts` (rising frame numbers, without 0 and the end) of a film of `frames` frames."""
    edges = [0, *cuts, frames]
    return tuple(Slot(start_frame=a, end_frame=b) for a, b in pairwise(edges))


def shot_spans(places: Sequence[Slot], transitions: Sequence[Transition]) -> tuple[ShotSpan, ...]:
    """The span of every slot; `transitions` (fitted, one fewer than slots) stand between neighbors."""
    if len(transitions) != len(places) - 1:
        raise ValueError("there is one transition between two neighbors")
    around = [CUT, *transitions, CUT]
    return tuple(shot_span(slot, around[i], around[i + 1]) for i, slot in enumerate(places))
