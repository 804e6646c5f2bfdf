"""Motion that stumbles is made even: frames that were only shown twice become frames of their own.

Clips of 24 or 16 pictures a second are brought to 30 by repeating some, which the eye sees as judder. Here repeated
frames are found, time is laid evenly over what really moves, and pictures in between are invented by optical flow
(OpenCV's DIS, at half size: 5 times cheaper than ffmpeg's minterpolate and close to it in quality). Where nothing is
repeated nothing is touched, and nothing is invented across a cut. Captions, logos and cards that are burned into the
film keep their place: they are found as sharp edges that stand still while the picture moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""One yuv420p picture, shape (height * 3 / 2, width)."""
Floats = NDArray[np.float32]

REPEATS_BELOW = 0.3
"""A frame repeats the one before it where it changes less than this share of what frames around it change: that is the
encoder's noise. Neighbors are compared, because a slow camera changes a picture as little as that noise does."""
SLOWEST = 0.6
"""Mean gray levels between frames; in what moves more slowly nobody sees a repeated frame, and none is looked for."""
REACH = 4
ANOTHER_SCENE = 24.0
WINDOW = 5
"""Frames over which time is made even: two steps to either side cover the repeats of 24 in 30 and of 15 in 30."""
LEAST_APART = 0.04
LONGEST_HOLD = 3
"""Frames held longer than this were meant to stand still."""
LOOK_AHEAD = LONGEST_HOLD + 1
PRINT = (320, 180)
STILL_BELOW = 8  # gray levels: an encoder's noise on what does not move
SHARP = 60  # gray levels within three pixels: the edges of letters are as sharp as this
CROWDED = 0.06  # share of such pixels around one of them; fewer are chance


def smoothed(frames: Iterable[Frame], cuts: frozenset[int]) -> Iterator[tuple[Frame, bool]]:
    """The frames with even motion, as many as there are, each with whether it was invented.

    `cuts` are the numbers of frames that begin a scene; a strong change counts as one too. Only a few frames are held.
    """
    scene = _Scene()
    before: Frame | None = None
    for number, frame in enumerate(frames):
        small = _small(frame)
        change = float(cv2.absdiff(small, before).mean()) if before is not None else ANOTHER_SCENE
        if number in cuts or change >= ANOTHER_SCENE:
            yield from scene.rest()
            scene = _Scene()
        yield from scene.take(frame, change)
        before = small
    yield from scene.rest()


def repeats(changes: Sequence[float], at: int) -> bool:
    """Whether frame `at` of a scene shows the same picture as the one before it, by how much frames change around it.

    The first frame's change is to another scene, and does not count.
    """
    if at == 0:
        return False
    around = sorted(changes[max(1, at - REACH) : at + REACH + 1])
    usual = around[len(around) * 3 // 4]
    return usual >= SLOWEST and changes[at] < REPEATS_BELOW * usual


def even_place(steps: Sequence[int], at: int) -> float:
    """The place among the distinct pictures that frame `at` should show.

    `steps` say which distinct picture each frame shows now (0, 0, 1, 2, 2 ...): a staircase, evened by a moving mean
    that goes on straight beyond both ends.
    """
    if _is_held(steps, at):
        return float(steps[at])
    half, last = WINDOW // 2, len(steps) - 1
    total = 0.0
    for n in range(at - half, at + half + 1):
        if n < 0:
            total += steps[0] + n * _slope(steps[:WINDOW])
        elif n > last:
            total += steps[last] + (n - last) * _slope(steps[-WINDOW:])
        else:
            total += steps[n]
    return min(max(total / WINDOW, float(steps[0])), float(steps[last]))


def _slope(part: Sequence[int]) -> float:
    return (part[-1] - part[0]) / max(1, len(part) - 1)


def _is_held(steps: Sequence[int], at: int) -> bool:
    """Whether this frame belongs to a picture that stands still on purpose."""
    first = last = at
    while first > 0 and steps[first - 1] == steps[at] and at - first <= LONGEST_HOLD:
        first -= 1
    while last + 1 < len(steps) and steps[last + 1] == steps[at] and last - at <= LONGEST_HOLD:
        last += 1
    return last - first + 1 > LONGEST_HOLD


class _Scene:
    """The frames of one scene as they come; hands each on once the few after it are known."""

    def __init__(self) -> None:
        self._changes: list[float] = []
        self._steps: list[int] = []
        self._frames: dict[int, Frame] = {}
        self._pictures: dict[int, Frame] = {}
        self._given = 0
        self._between = _Between()

    def take(self, frame: Frame, change: float) -> Iterator[tuple[Frame, bool]]:
        self._frames[len(self._changes)] = frame
        self._changes.append(change)
        while len(self._steps) + REACH < len(self._changes):
            self._decide()
        while self._given + LOOK_AHEAD < len(self._steps):
            yield self._next()

    def rest(self) -> Iterator[tuple[Frame, bool]]:
        while len(self._steps) < len(self._changes):
            self._decide()
        while self._given < len(self._steps):
            yield self._next()

    def _decide(self) -> None:
        """Find out whether the next frame is a picture of its own."""
        at = len(self._steps)
        before = self._steps[-1] if self._steps else -1
        self._steps.append(before if repeats(self._changes, at) else before + 1)
        self._pictures.setdefault(self._steps[at], self._frames[at])

    def _next(self) -> tuple[Frame, bool]:
        number = self._given
        place = even_place(self._steps, number)
        self._given += 1
        own = self._frames.pop(number)
        for step in [step for step in self._pictures if step < place - WINDOW]:
            del self._pictures[step]
        at = round(place)
        if abs(place - self._steps[number]) <= LEAST_APART:
            return own, False
        if abs(place - at) <= LEAST_APART:
            return self._pictures[at], False
        left = int(place)
        return self._between.picture(left, self._pictures[left], self._pictures[left + 1], place - left, own), True


def _small(frame: Frame) -> Frame:
    height = len(frame) * 2 // 3
    return np.asarray(cv2.resize(frame[:height], PRINT, interpolation=cv2.INTER_AREA), np.uint8)


class _Between:
    """Pictures between two neighbors; the flow of a pair is found once, and what stands still in both.

    Words, logos and cards that lie over the moving picture must not be drawn along with it: where sharp edges are the
    same in both neighbors, the frame that is replaced stays, and nothing is taken from there for what moves beside it.
    """

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._pair = -1
        self._flow: Floats = np.zeros((0, 0, 2), np.float32)
        self._held: Floats | None = None

    def picture(self, pair: int, one: Frame, other: Frame, share: float, own: Frame) -> Frame:
        """What lies at `share` of the way from `one` to `other`; `pair` names the two, `own` is what it replaces."""
        height, width = len(one) * 2 // 3, one.shape[1]
        if self._pair != pair:
            half = [_halved(frame[:height]) for frame in (one, other)]
            flow = self._dis.calc(half[0], half[1], np.zeros((*half[0].shape, 2), np.float32))
            self._flow, self._pair = np.asarray(cv2.resize(flow, (width, height)) * 2, np.float32), pair
            self._held = overlaid(half[0], half[1])
        out = np.empty_like(one)
        _blend(out[:height], (one[:height], other[:height], own[:height]), self._flow, share, self._held)
        small = np.asarray(cv2.resize(self._flow, (width // 2, height // 2)) / 2, np.float32)
        planes = zip(_chroma(one), _chroma(other), _chroma(own), _chroma(out), strict=True)
        for first, second, third, target in planes:
            _blend(target, (first, second, third), small, share, self._held)
        return out


def _halved(luma: Frame) -> Frame:
    return np.asarray(cv2.resize(luma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def overlaid(one: Frame, other: Frame) -> Floats | None:
    """How much of each pixel belongs to what stands still over moving pictures, 0 to 1; None where nothing does.

    Both are luma at half size. An edge counts where it is sharp in both and no gray level moves.
    """
    same = np.asarray(cv2.absdiff(one, other) <= STILL_BELOW)
    sharp = [cv2.morphologyEx(plane, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > SHARP for plane in (one, other)]
    core = (same & sharp[0] & sharp[1]).astype(np.uint8)
    if same.mean() > 0.98 or not core.any():  # nothing moves at all, or nothing is held
        return None
    reach = max(2, round(0.016 * len(one)))
    crowded = cv2.boxFilter(core.astype(np.float32), -1, (2 * reach + 1, 2 * reach + 1)) > CROWDED
    core &= crowded.astype(np.uint8)
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    closed = cv2.morphologyEx(core, cv2.MORPH_CLOSE, disk)
    wide = cv2.dilate(closed, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
    return np.asarray(cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 1.0), np.float32) if wide.any() else None


def _chroma(frame: Frame) -> list[Frame]:
    """The two chroma planes, as views."""
    height, width = len(frame) * 2 // 3, frame.shape[1]
    flat = frame[height:].reshape(-1)
    plane = (height // 2) * (width // 2)
    return [flat[n * plane : (n + 1) * plane].reshape(height // 2, width // 2) for n in range(2)]


def _blend(target: Frame, planes: tuple[Frame, Frame, Frame], flow: Floats, share: float, held: Floats | None) -> None:
    """Both neighbors moved to where things are at `share` of the way, mixed; what is `held` is the third plane's."""
    one, other, own = planes
    height, width = one.shape
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    places = [(across + by * flow[..., 0], down + by * flow[..., 1]) for by in (-share, 1 - share)]
    moved = [_remapped(plane, place) for plane, place in zip((one, other), places, strict=True)]
    if held is None:
        np.copyto(target, cv2.addWeighted(moved[0], 1 - share, moved[1], share, 0))
        return
    mask = cv2.resize(held, (width, height)) if held.shape != one.shape else held
    free = [1 - np.clip(_remapped(mask, place), 0, 1) for place in places]
    weights = [(1 - share) * free[0], share * free[1], np.full_like(mask, 0.02)]
    total = weights[0] + weights[1] + weights[2]
    mixed = sum(plane * weight for plane, weight in zip((*moved, own), weights, strict=True)) / total
    np.copyto(target, np.clip(mixed * (1 - mask) + own * mask + 0.5, 0, 255).astype(np.uint8))


def _remapped(plane: NDArray[Any], place: tuple[Floats, Floats]) -> NDArray[Any]:
    return cv2.remap(plane, place[0], place[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
