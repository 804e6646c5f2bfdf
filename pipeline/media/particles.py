"""Rain, snow, stars, embers and leaves over a frame, drawn as small ready-made shapes: about a millisecond per frame.

Everything is a function of the film's frame and the seed, so that the air goes on across a handle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.planes import BT709

Bytes = NDArray[np.uint8]
PHASES = 4  # sub-pixel positions of a sprite in either direction
BLOWN: dict[str, tuple[str, ...]] = {
    "leaves": ("d9691e", "e8a12c", "9c2f1c"),
    "petals": ("f8c4d8", "fde3ec"),
    "seeds": ("fff6dc",),
}
"""What the wind carries, in its colors (RRGGBB)."""
WHITE, LEAST_CHROMA, MOST_CHROMA = 235, 16, 240


class Canvas(Protocol):
    """The planes of the frame being made (planes.Frames)."""

    @property
    def luma(self) -> Bytes: ...
    @property
    def blue(self) -> Bytes: ...
    @property
    def red(self) -> Bytes: ...
    def placed(self, i: int, x: float, y: float) -> tuple[float, float]: ...


class Field(Protocol):
    """Particles that can be drawn into a frame: `i` counts in the file, `film_frame` in the film."""

    def draw(self, canvas: Canvas, i: int, film_frame: int) -> None: ...


def particle_field(kind: str, *, seed: int, size: tuple[int, int], fps: int) -> Field | None:
    """The field of a kind ("" for none: None)."""
    makers: dict[str, Callable[[np.random.Generator, tuple[int, int], int], Field]] = {
        "rain": _rain,
        "snow": _snow,
        "stars": _Stars,
        "embers": _embers,
    }
    if kind in BLOWN:
        return _Blown(kind, np.random.default_rng(seed), size, fps)
    if kind not in makers:
        return None
    return makers[kind](np.random.default_rng(seed), size, fps)


class _Drift:
    """Sprites that move along straight lines with a sway, and come back at the other side."""

    def __init__(
        self,
        sprites: list[list[Bytes]],
        kinds: NDArray[np.int64],
        places: NDArray[np.float64],
        speeds: NDArray[np.float64],
        sway: NDArray[np.float64],
        size: tuple[int, int],
        tint: tuple[int, int] = (0, 0),
    ) -> None:
        self._sprites, self._kinds, self._places, self._speeds, self._sway = sprites, kinds, places, speeds, sway
        self._size, self._tint = size, tint
        self._rim = max(max(sprite[0].shape) for sprite in sprites) + 2

    def draw(self, canvas: Canvas, i: int, film_frame: int) -> None:
        room = np.array(self._size) + 2 * self._rim
        now = self._places + self._speeds * film_frame
        now[:, 0] += self._sway[:, 0] * np.sin(self._sway[:, 1] * film_frame + self._sway[:, 2])
        now = now % room - self._rim
        quarter = np.floor(now * PHASES).astype(np.int64)
        whole, phase = quarter // PHASES, quarter % PHASES
        for (x, y), (px, py), kind in zip(whole.tolist(), phase.tolist(), self._kinds.tolist(), strict=True):
            sprite = self._sprites[kind][py * PHASES + px]
            _add(canvas.luma, sprite, x, y)
            if self._tint != (0, 0):
                _tint(canvas, sprite, x, y, self._tint)


class _Stars:
    """Points that stay with the picture and twinkle."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], fps: int) -> None:
        count, unit = 46, min(size) / 1080
        self._x = random.uniform(0, size[0], count)
        self._y = random.uniform(0, 0.55 * size[1], count) * random.uniform(0.3, 1, count)
        self._period = random.uniform(1.2, 3.8, count) * fps
        self._phase = random.uniform(0, 2 * np.pi, count)
        glows = [[_spark(radius * unit, level / 7 * 150) for level in range(8)] for radius in (1.0, 1.3, 1.9)]
        self._glow = [glows[kind] for kind in random.choice(3, count, p=[0.6, 0.3, 0.1])]

    def draw(self, canvas: Canvas, i: int, film_frame: int) -> None:
        light = np.sin(2 * np.pi * film_frame / self._period + self._phase)
        levels = np.rint(7 * np.clip(light, 0, 1) ** 2).astype(int)
        for n in np.nonzero(levels)[0].tolist():
            sprites = self._glow[n][levels[n]]
            x, y = canvas.placed(i, self._x[n], self._y[n])
            qx, qy = math.floor(x * PHASES), math.floor(y * PHASES)
            sprite = sprites[(qy % PHASES) * PHASES + qx % PHASES]
            _add(canvas.luma, sprite, qx // PHASES - sprite.shape[1] // 2, qy // PHASES - sprite.shape[0] // 2)


class _Blown:
    """Leaves, petals or seeds that the wind carries past: they turn as they go, and are as dark as the picture is."""

    def __init__(self, kind: str, random: np.random.Generator, size: tuple[int, int], fps: int) -> None:
        count, unit, wind = 30, min(size) / 1080, float(random.choice([-1, 1]))
        long = {"leaves": 1.0, "petals": 0.85, "seeds": 0.5}[kind] * unit
        self._long = (
            random.choice([6.0, 10.0, 16.0], count, p=[0.5, 0.35, 0.15]) * long * random.uniform(0.8, 1.2, count)
        )
        self._wide = {"leaves": 0.42, "petals": 0.6, "seeds": 0.8}[kind]
        speed = (90 + 14 * self._long / long) * unit / fps * random.uniform(0.8, 1.2, count)
        self._speeds = np.stack([wind * speed, speed * random.uniform(0.1, 0.45, count)], axis=1)
        self._size = np.array(size) + 60 * unit
        self._rim = 30 * unit
        self._places = random.uniform(0, 1, (count, 2)) * self._size
        self._sway = random.uniform(8, 34, count) * unit
        self._rates = 2 * np.pi / fps * random.uniform([0.15, 0.1, 0.4], [0.4, 0.5, 1.1], (count, 3))
        self._phases = random.uniform(0, 2 * np.pi, (count, 3))
        rgb = np.array([[*bytes.fromhex(code), 1] for code in BLOWN[kind]])
        self._inks = rgb @ BT709.T

    def draw(self, canvas: Canvas, i: int, film_frame: int) -> None:
        light = float(np.clip(canvas.luma[::32, ::32].mean() / 105, 0.3, 1.0))
        turn = self._phases + self._rates * film_frame
        now = self._places + self._speeds * film_frame
        now[:, 1] += self._sway * np.sin(turn[:, 0])
        now = now % self._size - self._rim
        lean, tumble = turn[:, 1], 0.25 + 0.75 * np.abs(np.cos(turn[:, 2]))
        along = np.stack([np.cos(lean), np.sin(lean)], axis=1) * self._long[:, None]
        across = np.stack([-along[:, 1], along[:, 0]], axis=1) * (self._wide * tumble)[:, None]
        # A lens: pointed at both ends, widest before the middle.
        shape = [
            now + t * along + w * across for t, w in ((-1, 0), (-0.3, 1), (0.4, 0.8), (1, 0), (0.4, -0.8), (-0.3, -1))
        ]
        outlines = np.stack(shape, axis=1)
        for number, (y, u, v) in enumerate(self._inks.tolist()):
            own = outlines[number :: len(self._inks)]
            _fill(canvas.luma, own, 16 + (y - 16) * light)
            _fill(canvas.blue, own / 2, 128 + (u - 128) * light)
            _fill(canvas.red, own / 2, 128 + (v - 128) * light)


def _fill(plane: Bytes, outlines: NDArray[np.float64], value: float) -> None:
    """Smooth-edged shapes of one value in a plane."""
    points = np.rint((outlines - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(plane, list(points), round(value), cv2.LINE_AA, 4)


def _rain(random: np.random.Generator, size: tuple[int, int], fps: int) -> _Drift:
    unit = min(size) / 1080
    slant = random.choice([-1, 1]) * random.uniform(0.08, 0.22)
    shapes = [(58, 40, 1.0), (100, 50, 1.3), (160, 46, 1.8)]  # length, light, half width
    sprites = [_streak(length * unit, slant, light, half * unit) for length, light, half in shapes]
    count = 150
    kinds = random.choice(3, count, p=[0.5, 0.35, 0.15])
    fall = np.array([1500.0, 2100.0, 2900.0])[kinds] * unit / fps * random.uniform(0.9, 1.1, count)
    speeds = np.stack([slant * fall, fall], axis=1)
    return _Drift(sprites, kinds, _scattered(random, count, size), speeds, np.zeros((count, 3)), size)


def _snow(random: np.random.Generator, size: tuple[int, int], fps: int) -> _Drift:
    unit = min(size) / 1080
    shapes = [(1.8, 95.0), (3.0, 105.0), (5.2, 80.0), (10.0, 42.0)]
    sprites = [_spark(radius * unit, light) for radius, light in shapes]
    count = 190
    kinds = random.choice(4, count, p=[0.46, 0.33, 0.15, 0.06])
    fall = np.array([55.0, 85.0, 135.0, 210.0])[kinds] * unit / fps * random.uniform(0.8, 1.2, count)
    wind = random.choice([-1, 1]) * random.uniform(0.15, 0.5)
    speeds = np.stack([wind * fall, fall], axis=1)
    sway = np.stack(
        [random.uniform(6, 26, count) * unit, random.uniform(0.5, 1.3, count) * 2 * np.pi / (4 * fps),
         random.uniform(0, 2 * np.pi, count)], axis=1,
    )  # fmt: skip
    return _Drift(sprites, kinds, _scattered(random, count, size), speeds, sway, size)


def _embers(random: np.random.Generator, size: tuple[int, int], fps: int) -> _Drift:
    unit = min(size) / 1080
    shapes = [(1.5, 120.0), (2.4, 120.0), (4.2, 80.0)]
    sprites = [_spark(radius * unit, light) for radius, light in shapes]
    count = 60
    kinds = random.choice(3, count, p=[0.5, 0.35, 0.15])
    rise = np.array([70.0, 110.0, 170.0])[kinds] * unit / fps * random.uniform(0.7, 1.3, count)
    speeds = np.stack([random.uniform(-0.3, 0.3, count) * rise, -rise], axis=1)
    sway = np.stack(
        [random.uniform(5, 30, count) * unit, random.uniform(0.6, 2.0, count) * 2 * np.pi / (3 * fps),
         random.uniform(0, 2 * np.pi, count)], axis=1,
    )  # fmt: skip
    return _Drift(sprites, kinds, _scattered(random, count, size), speeds, sway, size, tint=(-56, 44))


def _scattered(random: np.random.Generator, count: int, size: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(random.uniform(0, 1, (count, 2)) * (np.array(size) + 400))


def _spark(radius: float, light: float) -> list[Bytes]:
    """A soft dot, once per sub-pixel phase; even sizes keep the chroma grid in step."""
    half = max(2, math.ceil(radius * 2.6))
    grid = np.arange(2 * half + 2, dtype=np.float64)
    sprites = []
    for py in range(PHASES):
        for px in range(PHASES):
            dx = grid + 0.5 - (half + 0.5 + px / PHASES)
            dy = grid + 0.5 - (half + 0.5 + py / PHASES)
            fall = np.exp(-(dy[:, None] ** 2 + dx[None, :] ** 2) / (1.6 * radius**2))
            sprites.append(np.rint(light * fall).astype(np.uint8))
    return sprites


def _streak(length: float, slant: float, light: float, half: float) -> list[Bytes]:
    """A drop's trace, brightest near its lower end; `slant` is its sideways share."""
    rows = max(4, int(length))
    columns = int(abs(slant) * rows + 4 * half) + 4
    y = np.arange(rows, dtype=np.float64)
    start = 2 * half + 1 if slant >= 0 else columns - 2 * half - 2
    body = np.sin(np.pi * ((y + 0.5) / rows) ** 1.6)
    sprites = []
    for phase in range(PHASES * PHASES):
        middle = start + slant * y + (phase % PHASES) / PHASES
        across = np.arange(columns)[None, :] - middle[:, None]
        sprites.append(np.rint(light * body[:, None] * np.exp(-(across**2) / (half**2))).astype(np.uint8))
    return sprites


def _add(plane: Bytes, sprite: Bytes, x: int, y: int) -> None:
    """Add light to a plane where the sprite lies inside, staying below white."""
    height, width = plane.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(sprite.shape[0], height - y), min(sprite.shape[1], width - x)
    if top < bottom and left < right:
        region = plane[y + top : y + bottom, x + left : x + right]
        cv2.add(region, sprite[top:bottom, left:right], dst=region)
        np.minimum(region, WHITE, out=region)


def _tint(canvas: Canvas, sprite: Bytes, x: int, y: int, tint: tuple[int, int]) -> None:
    """Move the chroma under a sprite toward a color, by the sprite's light."""
    half_x, half_y = x // 2, y // 2
    small = sprite[::2, ::2].astype(np.int16)
    height, width = canvas.blue.shape
    top, left = max(0, -half_y), max(0, -half_x)
    bottom, right = min(small.shape[0], height - half_y), min(small.shape[1], width - half_x)
    if top >= bottom or left >= right:
        return
    light = small[top:bottom, left:right]
    for plane, amount in zip((canvas.blue, canvas.red), tint, strict=True):
        region = plane[half_y + top : half_y + bottom, half_x + left : half_x + right]
        np.clip(region + light * amount // 100, LEAST_CHROMA, MOST_CHROMA, out=region, casting="unsafe")
