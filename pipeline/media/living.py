"""How water and sky move by themselves while the camera moves: small displacements on a coarse grid.

A sheet of water shimmers: waves in perspective run toward the viewer and bend what is mirrored in it. The open sky
drifts with the wind. Both are functions of time alone and die out toward shores, ridges and the picture's rim, so
that nothing tears and nothing looks over the edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Singles = NDArray[np.float32]

SHIMMER = 0.0085  # of the picture's shorter side: how far near water moves
WAVES = 3.5  # sets how close waves follow each other
PERIOD_S = 2.9
BREEZE = 0.0022  # of the picture's width per second: how fast the sky goes
STEEPEST = 2.2  # radians per cell: a grid cannot hold closer waves


@dataclass(frozen=True, eq=False)
class Life:
    """`masks` (uint8 h x w x 2): open water, open sky. `seconds` of each frame count from the middle of its scene.

    `wind` is 1 where the sky goes to the left, -1 where it goes to the right.
    """

    masks: Bytes
    seconds: NDArray[np.float64]
    wind: float = 1.0


class Drift:
    """Where each cell of a picture looks besides its own place, per frame.

    `size` is the grid's (columns, rows), a cell being `cell` film pixels wide; `depth` (any size) tells how near the
    water is.
    """

    def __init__(self, life: Life, depth: Bytes, size: tuple[int, int], cell: int) -> None:
        water, sky = (
            cv2.resize(life.masks[..., at], size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
            for at in (0, 1)
        )
        near = np.asarray(cv2.resize(depth, size, interpolation=cv2.INTER_AREA), np.float32)
        self._seconds, self._wind = life.seconds, life.wind
        columns, rows = size
        rim = _rim(columns, 0.06)[None] * np.ones((rows, 1), np.float32)
        self._sky = _inner(sky, max(2, rows // 40)) * rim * np.float32(BREEZE * columns * cell)
        share = np.clip((near - 55) / 175, 0, 1)
        self._phase = np.float32(2 * np.pi * WAVES) * np.log(1 / (share + np.float32(0.2)))
        self._across = np.linspace(0, 2 * np.pi, columns, dtype=np.float32)[None] * np.float32(columns / rows)
        steep = np.abs(np.gradient(self._phase, axis=0)).astype(np.float32)
        calm = np.clip(STEEPEST - steep, 0, 1)
        reach = np.float32(SHIMMER * min(size) * cell) * share / (share + np.float32(0.10))
        reach = _inner(water, 1) * _rim(columns, 0.02)[None] * _rim(rows, 0.02)[:, None] * calm * reach
        wet = np.nonzero((reach > 0.01).any(axis=1))[0]
        self._wet = slice(int(wet[0]), int(wet[-1]) + 1) if len(wet) else slice(0, 0)
        self._reach, self._phase = reach[self._wet], self._phase[self._wet]
        self._looks = np.zeros((rows, columns, 2), np.float32)

    def at(self, i: int) -> Singles:
        """(rows, columns, 2): film pixels to look aside, x and y, in frame `i`; valid until the next call."""
        now = float(self._seconds[i])
        looks = self._looks
        np.multiply(self._sky, np.float32(self._wind * now), out=looks[..., 0])
        if len(self._reach):
            turn = np.float32(2 * np.pi * now / PERIOD_S)
            first = self._phase + turn + np.float32(1.1) * np.sin(self._across)
            second = np.float32(1.63) * self._phase - np.float32(0.71) * turn + np.float32(1.7) * self._across
            wave = np.float32(0.65) * np.sin(first) + np.float32(0.35) * np.sin(second)
            looks[self._wet, :, 0] += self._reach * wave
            looks[self._wet, :, 1] = self._reach * np.float32(0.8) * np.cos(first)
        return looks


def _inner(mask: Singles, cells: int) -> Singles:
    """The mask drawn back from its border by some cells, and then soft over as many."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * cells + 1, 2 * cells + 1))
    core = cv2.erode(mask, kernel, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(core, (0, 0), 0.6 * cells + 0.4, borderType=cv2.BORDER_REPLICATE), np.float32)


def _rim(length: int, share: float) -> Singles:
    """From 0 at both ends to 1 at `share` of the length."""
    at = np.linspace(0, 1, length, dtype=np.float32)
    return np.asarray(np.clip(np.minimum(at, 1 - at) / share, 0, 1), np.float32)
