"""Transitions: two handles decoded, blended on their YUV planes, encoded with the film's own profile.

A blend is pure: a kind, two frames and how far it has come. Frames are yuv420p as PyAV gives them: uint8 arrays of
shape (height * 3 / 2, width), luma on top, both chroma planes packed below.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
Mask = NDArray[np.float32]
Planes = tuple[Frame, Frame, Frame]

BLACK, WHITE = (16, 128), (235, 128)  # luma, chroma in limited range
SOFTNESS = 0.12  # share of the picture over which a wipe's edge is blended
ZOOM = 0.35


def blended(kind: str, left: Frame, right: Frame, step: int, steps: int) -> Frame:
    """Frame `step` (0 to steps - 1) of a transition of `steps` frames from `left` to `right`.

    Neither end repeats its neighbor: the first frame has already begun, the last one is not yet over.
    """
    done = (step + 1) / (steps + 1)
    return _BLENDS[kind](left, right, done)


def _mixed(left: Frame, right: Frame, done: float) -> Frame:
    return np.asarray(cv2.addWeighted(left, 1 - done, right, done, 0), np.uint8)


def _eased(done: float) -> float:
    return done * done * (3 - 2 * done)


def _through(color: tuple[int, int]) -> Callable[[Frame, Frame, float], Frame]:
    def blend(left: Frame, right: Frame, done: float) -> Frame:
        plain = _plain(left.shape[0], left.shape[1], *color)
        if done < 0.5:
            return _mixed(left, plain, _eased(2 * done))
        return _mixed(plain, right, _eased(2 * done - 1))

    return blend


@lru_cache(maxsize=4)
def _plain(rows: int, width: int, luma: int, chroma: int) -> Frame:
    frame = np.full((rows, width), chroma, np.uint8)
    frame[: rows * 2 // 3] = luma
    return frame


def _wipe(toward: str) -> Callable[[Frame, Frame, float], Frame]:
    def blend(left: Frame, right: Frame, done: float) -> Frame:
        width = left.shape[1]
        place = np.linspace(0, 1, width, dtype=np.float32)[None, :]
        if toward == "left":
            place = 1 - place
        mask = np.clip((_eased(done) * (1 + SOFTNESS) - place) / SOFTNESS, 0, 1)
        return _masked(left, right, np.repeat(mask.astype(np.float32), left.shape[0] * 2 // 3, axis=0))

    return blend


def _dissolve(left: Frame, right: Frame, done: float) -> Frame:
    place = _clouds(left.shape[0] * 2 // 3, left.shape[1])
    mask = np.clip((done * (1 + 2 * SOFTNESS) - place) / (2 * SOFTNESS), 0, 1)
    return _masked(left, right, mask)


@lru_cache(maxsize=2)
def _clouds(height: int, width: int) -> Mask:
    """Soft noise, evenly spread over 0..1, so that an equal share of the picture changes in every frame."""
    dice = np.random.default_rng(20)
    small = sum(
        cv2.resize(dice.random((3 * 2**n, 4 * 2**n), np.float32), (96, 54), interpolation=cv2.INTER_CUBIC) / 2**n
        for n in range(1, 4)
    )
    ranks = np.empty(small.size, np.float32)
    ranks[np.argsort(small, axis=None)] = np.linspace(0, 1, small.size, dtype=np.float32)
    return np.asarray(cv2.resize(ranks.reshape(small.shape), (width, height)), np.float32)


def _masked(left: Frame, right: Frame, mask: Mask) -> Frame:
    """`right` where `mask` (luma size, 0..1) is 1."""
    out = np.empty_like(left)
    half = cv2.resize(mask, (mask.shape[1] // 2, mask.shape[0] // 2), interpolation=cv2.INTER_AREA)
    for a, b, o, m in zip(_planes(left), _planes(right), _planes(out), (mask, half, half), strict=True):
        o[:] = cv2.blendLinear(a, b, np.ascontiguousarray(1 - m), np.ascontiguousarray(m))
    return out


def _slide(across: int, down: int) -> Callable[[Frame, Frame, float], Frame]:
    """Both pictures move together, the right one pushing the left one out."""

    def blend(left: Frame, right: Frame, done: float) -> Frame:
        out = np.empty_like(left)
        rows, columns = left.shape[0] // 3, left.shape[1] // 2
        shift = round(_eased(done) * (columns if across else rows))
        axis = 1 if across else 0
        first, second = (left, right) if across + down > 0 else (right, left)
        for a, b, o, step in zip(_planes(first), _planes(second), _planes(out), (2, 1, 1), strict=True):
            size = o.shape[axis]
            at = step * shift if across + down > 0 else size - step * shift
            joined = np.concatenate([a, b], axis=axis)
            o[:] = np.take(joined, range(at, at + size), axis=axis)
        return out

    return blend


def _zoom(left: Frame, right: Frame, done: float) -> Frame:
    """The left picture comes closer and gives way to the right one, which settles."""
    eased = _eased(done)
    return _mixed(_scaled(left, 1 + ZOOM * eased), _scaled(right, 1 + ZOOM * (1 - eased)), eased)


def _scaled(frame: Frame, factor: float) -> Frame:
    out = np.empty_like(frame)
    for a, o in zip(_planes(frame), _planes(out), strict=True):
        height, width = a.shape
        matrix = np.array([[factor, 0, (1 - factor) * (width - 1) / 2], [0, factor, (1 - factor) * (height - 1) / 2]])
        o[:] = cv2.warpAffine(a, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return out


def _blur(left: Frame, right: Frame, done: float) -> Frame:
    strength = 1 - abs(2 * done - 1)
    mixed = _mixed(left, right, _eased(done))
    out = np.empty_like(mixed)
    for a, o in zip(_planes(mixed), _planes(out), strict=True):
        size = 2 * round(strength * a.shape[0] / 40) + 1
        o[:] = cv2.blur(cv2.blur(a, (size, size)), (size, size))
    return out


def _planes(frame: Frame) -> Planes:
    """Views of the three planes."""
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    chroma = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], chroma[0], chroma[1]


_BLENDS: dict[str, Callable[[Frame, Frame, float], Frame]] = {
    "crossfade": _mixed,
    "dissolve": _dissolve,
    "fade_black": _through(BLACK),
    "fade_white": _through(WHITE),
    "wipe_left": _wipe("left"),
    "wipe_right": _wipe("right"),
    "slide_left": _slide(1, 0),
    "slide_right": _slide(-1, 0),
    "slide_up": _slide(0, 1),
    "zoom": _zoom,
    "blur": _blur,
}
