"""How a still picture moves: the camera's path as a pure function of the film's frame.

A path is computed for every frame of a shot from its slot, never from its handles, so that both sides of a cut and a
shot rendered again with longer handles go on with the same motion. All lengths are pixels of the film; the picture is
thought of as scaled so that it just covers the frame ("cover space").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.timeline import Slot
from pipeline.media.values import Value

Camera = Literal["push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "orbit", "drift", "hold"]
Particles = Literal["", "rain", "snow", "stars", "embers", "leaves", "petals", "seeds"]
Floats = NDArray[np.float64]

EASE = 0.45  # the speed at a cut is 55% of the mean: softer than linear, and never a stop-and-go
HANDLE_SHARE = 0.25  # a handle is at most a quarter of its slot (timeline.fitted_transition)
ZOOM_AT_FULL = 0.16
TRAVEL_AT_FULL = 0.11
PULSE_AT_FULL = 0.014
PULSE_DECAY_PER_S = 9.0
PULSE_ATTACK_S = 0.06
DEPTH_ZOOM_AT_FULL = 0.06
DEPTH_SHIFT_AT_FULL = 0.02


class Motion(Value):
    """What a scene's still picture does. `strength` 0 holds it, `pulse` 0 ignores the beat (both percent).

    `focus_x` and `focus_y` (permille of the picture) are what a push goes to; `seed` chooses among equal variants.
    """

    camera: Camera = "push_in"
    strength: int = Field(default=50, ge=0, le=100)
    pulse: int = Field(default=40, ge=0, le=100)
    parallax: bool = True
    particles: Particles = ""
    seed: int = 0
    focus_x: int = Field(default=500, ge=0, le=1000)
    focus_y: int = Field(default=500, ge=0, le=1000)


@dataclass(frozen=True)
class CameraPath:
    """One value per frame of the shot's file.

    A frame shows, at its pixel position u, the picture at `center + rotated(u - middle) / zoom`, moved on by depth: by
    `depth_shift` times (depth - 1/2) and by `depth_zoom` times (depth - 1/2) times the way from the center, depth 1
    being near.
    """

    zoom: Floats
    center_x: Floats
    center_y: Floats
    angle: Floats  # radians
    depth_zoom: Floats
    depth_shift_x: Floats
    depth_shift_y: Floats


@dataclass(frozen=True)
class _Moves:
    """A path before the margin is known: centers are offsets from the resting place."""

    zoom: Floats
    x: Floats
    y: Floats
    angle: Floats
    depth_zoom: Floats
    depth_x: Floats
    depth_y: Floats


def camera_path(
    motion: Motion,
    *,
    slot: Slot,
    frames: range,
    fps: int,
    size: tuple[int, int],
    source: tuple[int, int],
    beats_ms: Sequence[int] = (),
) -> CameraPath:
    """The path of `motion` over the film's `frames` (handles included) of the shot in `slot`.

    `size` is the film's (width, height), `source` the picture's. Beats may lie outside of the shot; those of the last
    second before it still ring. No frame of the slot or of a fitted handle looks over the edge of the picture.
    """
    cover = cover_size(source, size)
    film = np.arange(frames.start, frames.stop, dtype=np.float64)
    first = slot.start_frame - int(slot.frames * HANDLE_SHARE) - 1
    last = slot.end_frame + int(slot.frames * HANDLE_SHARE) + 1
    widest = np.arange(min(first, frames.start), max(last, frames.stop), dtype=np.float64)
    rest = _rest(motion, cover, size)
    margin = _margin_zoom(_moves(motion, widest, slot, fps, size, cover, rest), rest, size, cover)
    moves = _moves(motion, film, slot, fps, size, cover, rest)
    return CameraPath(
        zoom=moves.zoom * margin * beat_pulse(motion, film, fps, beats_ms),
        center_x=rest[0] + moves.x,
        center_y=rest[1] + moves.y,
        angle=moves.angle,
        depth_zoom=moves.depth_zoom,
        depth_shift_x=moves.depth_x,
        depth_shift_y=moves.depth_y,
    )


def cover_size(source: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    """The picture's (width, height) in film pixels when it is scaled just so that it covers the frame."""
    scale = max(size[0] / source[0], size[1] / source[1])
    return source[0] * scale, source[1] * scale


def eased(t: Floats) -> Floats:
    """Progress with soft ends; it goes on smoothly before 0 and after 1, where the handles are."""
    return np.asarray(t - EASE * np.sin(2 * np.pi * t) / (2 * np.pi))


def beat_pulse(motion: Motion, film: Floats, fps: int, beats_ms: Sequence[int]) -> Floats:
    """The factor on zoom at each film frame: 1 between beats, a few permille more on a beat, dying away fast.

    It rises over the last frames before the beat, so that the hit reads as a swell and not as a jump of the picture.
    """
    if not motion.pulse or not beats_ms:
        return np.ones_like(film)
    beats = np.unique(np.asarray(beats_ms, dtype=np.float64)) / 1000
    now = film / fps
    after = np.searchsorted(beats, now, side="right")
    since = now - np.where(after > 0, beats[np.maximum(after - 1, 0)], -np.inf)
    until = np.where(after < len(beats), beats[np.minimum(after, len(beats) - 1)], np.inf) - now
    ring = np.exp(-PULSE_DECAY_PER_S * since)
    rise = np.clip(1 - until / PULSE_ATTACK_S, 0, 1) ** 2
    return np.asarray(1 + PULSE_AT_FULL * motion.pulse / 100 * np.maximum(ring, rise))


def _rest(motion: Motion, cover: tuple[float, float], size: tuple[int, int]) -> tuple[float, float]:
    """Where the frame's middle lies in the picture when nothing moves: toward the focus where the picture is larger."""
    x = np.clip(cover[0] * motion.focus_x / 1000, size[0] / 2, cover[0] - size[0] / 2)
    y = np.clip(cover[1] * motion.focus_y / 1000, size[1] / 2, cover[1] - size[1] / 2)
    return float(x), float(y)


def _moves(
    motion: Motion,
    film: Floats,
    slot: Slot,
    fps: int,
    size: tuple[int, int],
    cover: tuple[float, float],
    rest: tuple[float, float],
) -> _Moves:
    """The camera's own move, without margin and beat."""
    width, height = size
    progress = eased((film - slot.start_frame) / slot.frames)
    swing = 2 * progress - 1  # -1 at the start, 1 at the end
    still = np.zeros_like(film)
    # A short scene moves less in all, or its speed would hurt.
    amount = motion.strength / 100 * float(np.clip(np.sqrt(slot.frames / fps / 6), 0.4, 1.0))
    side = 1.0 if motion.seed % 2 else -1.0
    depth = amount if motion.parallax else 0.0
    depth_x = depth * DEPTH_SHIFT_AT_FULL * width
    depth_y = depth * DEPTH_SHIFT_AT_FULL * height
    camera = motion.camera
    if camera in ("push_in", "pull_out"):
        way = progress if camera == "push_in" else 1 - progress
        zoom = (1 + ZOOM_AT_FULL * amount) ** way
        toward = 1 - 1 / zoom
        focus_x, focus_y = cover[0] * motion.focus_x / 1000, cover[1] * motion.focus_y / 1000
        x, y = (focus_x - rest[0]) * toward, (focus_y - rest[1]) * toward
        return _Moves(zoom, x, y, still, -depth * DEPTH_ZOOM_AT_FULL * (way - 0.5), still, still)
    if camera in ("pan_left", "pan_right"):
        way = swing if camera == "pan_right" else -swing
        return _Moves(still + 1, way * _reach(amount, width, cover[0]), still, still, still, way * depth_x, still)
    if camera in ("tilt_up", "tilt_down"):
        way = swing if camera == "tilt_down" else -swing
        return _Moves(still + 1, still, way * _reach(amount, height, cover[1]), still, still, still, way * depth_y)
    if camera == "orbit":
        way = swing * side
        zoom = (1 + ZOOM_AT_FULL / 3 * amount) ** progress
        return _Moves(zoom, way * 0.02 * width * amount, still, way * 0.006 * amount, still, way * 1.4 * depth_x, still)
    if camera == "drift":
        return _drift(motion, film / fps, progress, amount, size)
    return _Moves(still + 1, still, still, still, still, still, still)


def _drift(motion: Motion, seconds: Floats, progress: Floats, amount: float, size: tuple[int, int]) -> _Moves:
    """A hand that holds the camera: slow waves whose periods never meet, phases by the seed."""
    phase = np.random.default_rng(motion.seed).uniform(0, 2 * np.pi, 3)
    across, down, roll = (
        np.sin(2 * np.pi * seconds / period + at) for period, at in zip((9.1, 7.3, 11.9), phase, strict=True)
    )
    width, height = size
    depth = amount * DEPTH_SHIFT_AT_FULL if motion.parallax else 0.0
    return _Moves(
        zoom=(1 + ZOOM_AT_FULL / 3 * amount) ** progress,
        x=across * 0.024 * width * amount,
        y=down * 0.028 * height * amount,
        angle=roll * 0.005 * amount,
        depth_zoom=np.zeros_like(seconds),
        depth_x=across * 0.8 * width * depth,
        depth_y=down * 0.5 * height * depth,
    )


def _reach(amount: float, length: int, cover: float) -> float:
    """Half of a pan's way: a share of the frame, and part of what the picture has beyond the frame."""
    return amount * (TRAVEL_AT_FULL * length / 2 + 0.35 * min(cover - length, 0.3 * length))


def _margin_zoom(moves: _Moves, rest: tuple[float, float], size: tuple[int, int], cover: tuple[float, float]) -> float:
    """The least constant zoom that keeps every frame of `moves` inside of the picture."""
    width, height = size
    sine = np.abs(np.sin(moves.angle))
    spread = 1 + np.abs(moves.depth_zoom) / 2
    needed = np.ones_like(moves.zoom)
    for half, over, offset, shift, room in (
        (width / 2, height / 2, moves.x + rest[0] - cover[0] / 2, moves.depth_x, cover[0] / 2),
        (height / 2, width / 2, moves.y + rest[1] - cover[1] / 2, moves.depth_y, cover[1] / 2),
    ):
        free = room - np.abs(offset) - np.abs(shift) / 2 - 1
        needed = np.maximum(needed, (half + over * sine) * spread / np.maximum(free, half / 4))
    return float(max(1.0, np.max(needed / moves.zoom)))
