"""Rendering one transition: the handles of two shots decoded in step, blended, encoded with the film's profile.

The result is named by the digest of all that decides its packets, so that a cache keeps it for the next assembly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.containers import VIDEO_FORMATS, open_media, publish
from pipeline.media.profile import Profile, color_filter, encoder_args, raw_input
from pipeline.media.run import FramePipe, MediaError, Stop, never
from pipeline.media.timeline import ShotSpan, Transition
from pipeline.media.transitions import Frame, blended

VERSION = "1"  # raise it when a blend changes, so that cached transitions are rendered again


@dataclass(frozen=True)
class Side:
    """One shot beside a transition."""

    path: Path
    span: ShotSpan


def transition_digest(profile: Profile, transition: Transition, left: Side, right: Side) -> str:
    """A name for the transition: digest of profile, kind and the packets that both handles are decoded from."""
    digest = hashlib.sha256(f"{VERSION} {profile.model_dump_json()} {transition.model_dump_json()}".encode())
    for side, first, last in ((left, left.span.body[1], left.span.frames), (right, 0, transition.frames)):
        digest.update(b"|")
        for payload in _payloads(side.path, profile, first, last):
            digest.update(payload)
    return digest.hexdigest()


def render_transition(
    profile: Profile,
    transition: Transition,
    left: Side,
    right: Side,
    *,
    out: Path,
    folder: Path,
    threads: int = 1,
    stop: Stop = never,
    tell: Callable[[], None] = lambda: None,
) -> None:
    """Encode the frames of `transition` into `out`, which appears whole or not at all. `tell()` hears every frame."""
    name = f"{out.stem}.blend.mp4"
    encode = encoder_args(profile, threads=threads, analysis="blend")
    args = [*raw_input(profile), "-vf", color_filter(), *encode, name]
    before = _frames(left.path, profile, left.span.body[1], transition.frames)
    after = _frames(right.path, profile, 0, transition.frames)
    with FramePipe(args, folder=folder, stop=stop) as pipe:
        for step, (a, b) in enumerate(zip(before, after, strict=True)):
            pipe.write(blended(transition.kind, a, b, step, transition.frames))
            tell()
    publish(folder / name, out)


def _payloads(path: Path, profile: Profile, first: int, last: int) -> Iterator[bytes]:
    """The packets of the file's frames [first, last), where both are edges of closed groups."""
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        container.seek(first * profile.ticks_per_frame, stream=stream)
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            frame = packet.pts // profile.ticks_per_frame
            if packet.is_keyframe and frame >= last:
                return
            if frame >= first:
                yield bytes(packet)


def _frames(path: Path, profile: Profile, first: int, count: int) -> Iterator[Frame]:
    """Exactly `count` decoded frames from `first` on, as yuv420p arrays."""
    given = 0
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        container.seek(first * profile.ticks_per_frame, stream=stream)
        for frame in container.decode(stream):
            if frame.pts is None or frame.pts < first * profile.ticks_per_frame:
                continue
            if given == count:
                return
            yield np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
            given += 1
    if given < count:
        raise MediaError("A scene is shorter than its transition needs.", detail=f"{path.name}: {given} of {count}")
