"""Where scenes end: a shortest path over the song's bars.

Every possible cut is a point with a price (none on a downbeat, some on a beat, much elsewhere, more in the middle of a
sung line), every scene a step with a price that grows with its distance from the length its energy asks for. The
cheapest path from the first frame to the last is the plan: exact tiling by construction, no scene outside the limits.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from pipeline.media.timeline import frame_at, ms_at
from pipeline.providers.local.plan_values import PlanRequest

CALM_MS, FIERCE_MS = 8000, 3600
"""Wanted length of a scene at energy 0 and at energy 1000."""

_ON_BEAT, _OFF_BEAT, _NO_BEAT = 3.0, 9.0, 0.2
_IN_A_LINE = 0.35
_LARGEST_SHARE = 2 / 3
"""Of a song, for one scene: a short song is cut, too."""
_RHYTHM = (0.65, 1.0, 1.0, 1.7)
"""Shares of the wanted length that take turns by the dice: equal scenes in a row look like a slide show."""


def cut_frames(request: PlanRequest, borders_ms: Sequence[int]) -> tuple[int, ...]:
    """Frames of all cuts, ascending, without 0 and the end. `borders_ms` (section borders) are cuts wherever there is
    room.

    A song shorter than twice the shortest scene has none.
    """
    shortest = _frames_of(request.min_ms, request.fps)
    if request.frames < 2 * shortest:
        return ()
    fixed = _fixed_cuts(request, borders_ms, shortest)
    prices = _prices(request)
    cuts: list[int] = []
    for first, last in pairwise((0, *fixed, request.frames)):
        cuts += _cheapest_cuts(request, prices, first, last)
        cuts.append(last)
    return tuple(cuts[:-1])


def _frames_of(ms: int, fps: int) -> int:
    return -(-ms * fps // 1000)


def _fixed_cuts(request: PlanRequest, borders_ms: Sequence[int], shortest: int) -> list[int]:
    """Section borders as frames: on the nearest downbeat within a second, and at least one shortest scene apart."""
    fixed: list[int] = []
    for border in sorted(borders_ms):
        frame = frame_at(_nearest(request.downbeats_ms or request.beats_ms, border, 1000), request.fps)
        if frame - (fixed[-1] if fixed else 0) >= shortest and request.frames - frame >= shortest:
            fixed.append(frame)
    return fixed


def _nearest(times_ms: Sequence[int], ms: int, within_ms: int) -> int:
    at = bisect_left(times_ms, ms)
    near = [time for time in times_ms[max(0, at - 1) : at + 1] if abs(time - ms) <= within_ms]
    return min(near, key=lambda time: abs(time - ms)) if near else ms


def _prices(request: PlanRequest) -> dict[int, float]:
    """Frame -> price of a cut there. A quarter-second grid keeps songs without beats (and long rests) divisible."""
    fps = request.fps
    times = [step * 250 for step in range(1, 4 * request.frames // fps + 1)]
    prices = {frame_at(time, fps): _OFF_BEAT if _near(request.beats_ms, time) else _NO_BEAT for time in times}
    prices |= {frame_at(beat, fps): _ON_BEAT for beat in request.beats_ms}
    prices |= {frame_at(beat, fps): 0.0 for beat in request.downbeats_ms}
    for line in request.lines:
        margin = min(400, (line.end_ms - line.start_ms) // 4)
        inside = range(frame_at(line.start_ms + margin, fps), frame_at(line.end_ms - margin, fps))
        for frame in inside:
            if frame in prices:
                prices[frame] += _IN_A_LINE
    return prices


def _near(times_ms: Sequence[int], ms: int) -> bool:
    """Whether there is a beat close enough to be felt when the cut misses it."""
    at = bisect_left(times_ms, ms)
    return any(abs(time - ms) < 2500 for time in times_ms[max(0, at - 1) : at + 1])


def _cheapest_cuts(request: PlanRequest, prices: Mapping[int, float], first: int, last: int) -> list[int]:
    """Cuts strictly between two fixed frames."""
    shortest, longest = _frames_of(request.min_ms, request.fps), request.max_ms * request.fps // 1000
    if not request.scene_ms:
        longest = min(longest, int(request.frames * _LARGEST_SHARE))
    points = [first, *sorted(frame for frame in prices if first + shortest <= frame <= last - shortest), last]
    rhythms = _rhythms(request, points)
    cost = {first: 0.0}
    came: dict[int, int] = {}
    for index, end in enumerate(points):
        low = bisect_left(points, end - longest)
        for start in points[low:index]:
            if start not in cost or end - start < shortest:
                continue
            length = _length_price(request, start, end, rhythms[start])
            total = cost[start] + length + prices.get(end, 0.0) * (end != last)
            if total < cost.get(end, math.inf):
                cost[end], came[end] = total, start
    cuts = []
    frame = came.get(last, first)
    while frame != first:
        cuts.append(frame)
        frame = came[frame]
    return cuts[::-1]


def _length_price(request: PlanRequest, start: int, end: int, rhythm: float) -> float:
    """Squared log of (length / wanted length), weighted by the length so that many short scenes gain nothing."""
    wanted = rhythm * wanted_ms(request, start, end) * request.fps / 1000
    ratio = math.log2((end - start) / wanted)
    return ratio * ratio * (end - start) / wanted


def _rhythms(request: PlanRequest, frames: Sequence[int]) -> dict[int, float]:
    """How much longer or shorter than usual a scene that begins at each frame should be: by the seed and the bar of
    its section, so that parts which sound alike are cut alike.
    """
    if request.scene_ms:
        return dict.fromkeys(frames, 1.0)
    starts = [section.start_ms for section in request.sections]
    shares = {}
    for frame in frames:
        at = ms_at(frame, request.fps) + 250
        section = request.sections[max(0, bisect_right(starts, at) - 1)] if starts else None
        began, group = (section.start_ms, section.group) if section else (0, 0)
        bar = _bars_before(request, at) - _bars_before(request, began + 250)
        name = f"{request.seed}|{group}|{bar}".encode()
        shares[frame] = _RHYTHM[hashlib.blake2b(name, digest_size=2).digest()[0] % len(_RHYTHM)]
    return shares


def _bars_before(request: PlanRequest, ms: int) -> int:
    return bisect_right(request.downbeats_ms, ms) if request.downbeats_ms else ms // 3000


def wanted_ms(request: PlanRequest, start: int, end: int) -> float:
    """The length a scene between two frames should have: as asked for, else by its mean energy."""
    if request.scene_ms:
        return request.scene_ms
    energy = mean_energy(request, start, end)
    return CALM_MS + (FIERCE_MS - CALM_MS) * energy / 1000


def mean_energy(request: PlanRequest, start: int, end: int) -> int:
    """Mean energy (0..1000) between two frames; 500 where nothing is known."""
    low, high = start * 10 // request.fps, max(start * 10 // request.fps + 1, end * 10 // request.fps)
    part = request.energy[low:high]
    return sum(part) // len(part) if part else 500
