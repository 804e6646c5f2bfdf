"""The animatic: the scenes' pictures on the real song, small and soon, to judge a plan before anything is rendered.

Few frames a second and the fastest encoder: a three-minute song is there in seconds. Pictures move and blend with the
same code as in the film, so what is judged is what will come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.captions import CaptionTrack
from pipeline.media.containers import publish
from pipeline.media.motion import Motion, camera_path
from pipeline.media.planes import Frames
from pipeline.media.profile import Profile, color_filter, encoder_args, frame_size, raw_input
from pipeline.media.run import FramePipe, Progress, Stop, guarded_input, never
from pipeline.media.shot_graph import overlays
from pipeline.media.timeline import CUT, ShotSpan, Slot, Transition, fitted_transition, shot_spans
from pipeline.media.transitions import blended
from pipeline.media.values import Value

FPS = 12
CRF = 27
SOUND = ("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000")
CALM = Motion(pulse=0, parallax=False)

Picture = Callable[[int], NDArray[np.uint8]]
"""Index of a shot -> its picture, (height, width, 3) RGB; asked once per shot, in order, from a thread of its own."""


class AnimaticShot(Value):
    """One scene: its slot in the film's frames, how its picture moves, and the transition to the next scene."""

    slot: Slot
    motion: Motion = CALM
    transition: Transition = CUT


class AnimaticSpec(Value):
    """What is to be seen. `shots` tile the film, whose frames come `film_fps` a second."""

    profile: Profile
    film_fps: int = Field(default=30, gt=0)
    shots: tuple[AnimaticShot, ...] = Field(min_length=1)
    captions: CaptionTrack | None = None


def animatic_profile(aspect: str) -> Profile:
    """480 lines of the aspect at few frames a second, encoded as fast as can be."""
    width, height = frame_size(aspect, "480p")
    return Profile(width=width, height=height, fps=FPS, crf=CRF, preset="ultrafast")


def render_animatic(
    spec: AnimaticSpec,
    picture: Picture,
    *,
    song: Path,
    out: Path,
    folder: Path,
    threads: int = 0,
    stop: Stop = never,
    progress: Progress | None = None,
) -> int:
    """Write the animatic with its song to `out` and return its frames. Raises MediaError or Stopped.

    `folder` is a private folder for this call; `out` appears whole or not at all.
    """
    profile = spec.profile
    kept, spans, transitions = _scaled(spec)
    frames = spans[-1].slot.end_frame
    added = overlays(spec.captions, None, profile, range(frames), folder)
    chain = ["setparams=range=tv:colorspace=bt709", *([added.filters] if added.filters else []), color_filter()]
    encode = [word for word in encoder_args(profile, threads=threads) if word != "-an"]
    args = [
        *raw_input(profile),
        *guarded_input(song.resolve()),
        *("-map", "0:v", "-map", "1:a:0", "-vf", ",".join(chain)),
        *("-t", f"{frames / profile.fps:.6f}", *SOUND, *encode, "animatic.mp4"),
    ]
    with (
        ThreadPoolExecutor(1, thread_name_prefix="pictures") as pool,
        FramePipe(args, folder=folder, env=added.env, stop=stop) as pipe,
    ):
        shots = _Shots(spec, kept, spans, picture, pool)
        for done, frame in enumerate(_frames(shots, spans, transitions), 1):
            pipe.write(frame)
            if progress is not None and (done % profile.fps == 0 or done == frames):
                progress(done, frames)
    publish(folder / "animatic.mp4", out)
    return frames


def _scaled(spec: AnimaticSpec) -> tuple[list[int], tuple[ShotSpan, ...], list[Transition]]:
    """(indices of the shots long enough to be seen, their spans, the transitions between) at the animatic's rate."""
    fps, film_fps = spec.profile.fps, spec.film_fps
    edges = [shot.slot.start_frame * fps // film_fps for shot in spec.shots]
    edges.append(max(edges[-1] + 1, spec.shots[-1].slot.end_frame * fps // film_fps))
    kept = [at for at in range(len(spec.shots)) if edges[at + 1] > edges[at]]
    slots = [Slot(start_frame=edges[at], end_frame=edges[at + 1]) for at in kept]
    transitions = []
    for left, right, at in zip(slots, slots[1:], kept, strict=False):
        wished = spec.shots[at].transition
        frames = wished.frames * fps // film_fps
        transitions.append(
            fitted_transition(Transition(kind=wished.kind, frames=frames), left, right) if frames else CUT
        )
    return kept, shot_spans(slots, transitions), transitions


class _Shots:
    """The moving pictures, forgotten after their time. While one is shown, the next is already being read or drawn."""

    def __init__(
        self,
        spec: AnimaticSpec,
        kept: list[int],
        spans: tuple[ShotSpan, ...],
        picture: Picture,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._spec, self._kept, self._spans, self._picture, self._pool = spec, kept, spans, picture, pool
        self._coming: Future[NDArray[np.uint8]] = pool.submit(picture, kept[0])

    def open(self, at: int) -> Frames:
        """The frames of shot `at` of those kept; ask for them in order."""
        span, profile = self._spans[at], self._spec.profile
        size = (profile.width, profile.height)
        rgb = self._coming.result()
        if at + 1 < len(self._kept):
            self._coming = self._pool.submit(self._picture, self._kept[at + 1])
        path = camera_path(
            self._spec.shots[self._kept[at]].motion,
            slot=span.slot,
            frames=range(span.start_frame, span.start_frame + span.frames),
            fps=profile.fps,
            size=size,
            source=(rgb.shape[1], rgb.shape[0]),
            beats_ms=(),
        )
        return Frames(rgb, path, size)


def _frames(shots: _Shots, spans: tuple[ShotSpan, ...], transitions: list[Transition]) -> Iterator[NDArray[np.uint8]]:
    """Every frame, in order; one buffer may be given out again and again."""
    here = shots.open(0)
    for at, span in enumerate(spans):
        first, last = span.body
        for i in range(first, last):
            yield here.frame(i)
        if at + 1 == len(spans):
            return
        following, transition = shots.open(at + 1), transitions[at]
        for step in range(transition.frames):
            yield blended(transition.kind, here.frame(last + step), following.frame(step), step, transition.frames)
        here = following
