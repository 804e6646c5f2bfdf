"""Decoding what is new in a film, once, to small numbers: brightness, change, fingerprints near cuts."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.certificate.packets import Group
from pipeline.media.certificate.values import SHORTEST_SPAN_MS, PacketFacts, Span
from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.profile import Profile
from pipeline.media.run import Progress, Stop, Stopped, never
from pipeline.media.timeline import ms_at

PRINT_SIZE = (32, 18)
CHANGE_SIZE = (160, 90)
BLACK_LUMA = 20  # limited range: black is 16
FROZEN_CHANGE = 40  # thousandths of a gray level; the slowest camera moves change a picture five times as much

Small = NDArray[np.uint8]


def decode_groups(
    film: Path,
    groups: Sequence[Group],
    profile: Profile,
    *,
    wanted: frozenset[int],
    known: Mapping[str, PacketFacts],
    stop: Stop = never,
    progress: Progress | None = None,
) -> tuple[dict[str, PacketFacts], int]:
    """(facts of every group by digest, number of frames decoded for them).

    `wanted` are the film's frames whose fingerprints are needed; a known group that lacks one is decoded again.
    """
    facts = {g.digest: known[g.digest] for g in groups if _is_enough(known.get(g.digest), g, wanted)}
    fresh = [group for group in groups if group.digest not in facts]
    asked: dict[str, set[int]] = {}
    for group in fresh:
        asked.setdefault(group.digest, set()).update(_wanted_in(group, wanted))
    total = sum(group.frames for group in fresh)
    for done, (group, frames) in enumerate(_decoded(film, fresh, profile, stop)):
        if group.digest not in facts:
            facts[group.digest] = _facts(frames, asked[group.digest])
        if progress is not None:
            progress(min(total, sum(g.frames for g in fresh[: done + 1])), total)
    return facts, total


def print_pixels(text: str) -> Small:
    """A fingerprint as an (18, 32) array."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(PRINT_SIZE[::-1])


def black_spans(groups: Sequence[Group], facts: Mapping[str, PacketFacts], fps: int) -> tuple[Span, ...]:
    """Where the picture is black for a second or more."""
    return _spans([luma < BLACK_LUMA for group in groups for luma in facts[group.digest].luma], fps)


def frozen_spans(groups: Sequence[Group], facts: Mapping[str, PacketFacts], fps: int) -> tuple[Span, ...]:
    """Where the picture stands still for a second or more."""
    still: list[bool] = []
    before: Small | None = None
    for group in groups:
        fact = facts[group.digest]
        if fact.frames == 0:
            continue
        first, last = print_pixels(fact.prints[min(fact.prints)]), print_pixels(fact.prints[max(fact.prints)])
        # Across a key frame the picture is coded anew, so that even a still one moves a little.
        still.append(before is not None and _difference(before, first) < 0.6)
        still += [change < FROZEN_CHANGE for change in fact.change[1:]]
        before = last
    return _spans(still, fps)


def _spans(flags: Sequence[bool], fps: int) -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]])))
    found = [Span(start_ms=ms_at(int(a), fps), end_ms=ms_at(int(b), fps)) for a, b in edges.reshape(-1, 2)]
    return tuple(span for span in found if span.end_ms - span.start_ms >= SHORTEST_SPAN_MS)


def _is_enough(fact: PacketFacts | None, group: Group, wanted: frozenset[int]) -> bool:
    return fact is not None and fact.frames == group.frames and _wanted_in(group, wanted) <= fact.prints.keys()


def _wanted_in(group: Group, wanted: frozenset[int]) -> set[int]:
    return {n for n in range(group.frames) if group.first + n in wanted}


def _decoded(
    film: Path, groups: Sequence[Group], profile: Profile, stop: Stop
) -> Iterator[tuple[Group, list[tuple[int, Small]]]]:
    """Every group with its decoded frames: (number within the group, 160x90 luma). Damaged frames are left out."""
    if not groups:
        return
    places = {group.first + n: group for group in groups for n in range(group.frames)}
    gathered: dict[int, list[tuple[int, Small]]] = {}
    waiting = list(groups)
    with open_media(film, formats=VIDEO_FORMATS) as container:
        for frame in _frames(container, groups, profile, stop):
            number, rest = divmod(frame.pts, profile.ticks_per_frame)
            group = places.get(number)
            if group is None or rest or frame.is_corrupt:
                continue
            gathered.setdefault(group.first, []).append((number - group.first, _small(frame)))
            while waiting and number >= waiting[0].first + waiting[0].frames:
                done = waiting.pop(0)
                yield done, gathered.pop(done.first, [])
    for group in waiting:
        yield group, gathered.pop(group.first, [])


def _frames(container: Any, groups: Sequence[Group], profile: Profile, stop: Stop) -> Iterator[Any]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    # Frames that no other refers to may keep their block edges: the mean of 144 pixels does not see them.
    stream.codec_context.options = {"skip_loop_filter": "noref"}
    inside, upcoming = False, {group.first: group for group in groups}
    for number, packet in enumerate(container.demux(stream)):
        if number % 8 == 0 and stop():
            raise Stopped
        if packet.pts is None:
            continue
        if packet.is_keyframe:
            inside = packet.pts // profile.ticks_per_frame in upcoming
        if inside:
            yield from _tolerant(stream.codec_context, packet)
    yield from _tolerant(stream.codec_context, None)


def _tolerant(codec: Any, packet: Any) -> list[Any]:
    try:
        return [frame for frame in codec.decode(packet) if frame.pts is not None]
    except av.InvalidDataError:
        return []  # the frame is missing from the count, which says it


def _small(frame: Any) -> Small:
    """The luma plane, area-averaged; straight from the decoder's memory, since a reformat would stretch its range."""
    plane = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    return np.asarray(cv2.resize(luma, CHANGE_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _facts(frames: Sequence[tuple[int, Small]], wanted: set[int]) -> PacketFacts:
    kept = wanted | ({frames[0][0], frames[-1][0]} if frames else set())
    change = [-1] + [round(_difference(a, b) * 1000) for (_, a), (_, b) in pairwise(frames)]
    return PacketFacts(
        frames=len(frames),
        luma=tuple(round(float(small.mean())) for _, small in frames),
        change=tuple(change[: len(frames)]),
        prints={n: _print_text(small) for n, small in frames if n in kept},
    )


def _difference(a: Small, b: Small) -> float:
    return float(cv2.absdiff(a, b).mean())


def _print_text(small: Small) -> str:
    return base64.b64encode(cv2.resize(small, PRINT_SIZE, interpolation=cv2.INTER_AREA).tobytes()).decode()
