"""Rolling ground in true perspective, drawn as a height field.

The technique is that of NovaLogic's Voxel Space (1992): slices from near to far, each column keeps the highest row
reached so far. Here all columns work at once: every slice's row is scattered into an index picture, and a running
maximum down the rows fills it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import Floats
from pipeline.media.painting.noise import blurred, fbm, remapped, smooth

Heights = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Terrain:
    """Ground seen from a camera at height 1 looking level at row `horizon`.

    `across` and `along` are the world coordinates (slices x columns) of every sample, `height` the ground there,
    `rows` the row at which each is seen and `slices` (H x W) the sample's slice at each pixel, -1 where there is
    none.
    """

    across: Floats
    along: Floats
    height: Floats
    rows: Floats
    slices: NDArray[np.int16]
    lens: float
    horizon: float

    def spot(self, column: float, slice_index: int) -> tuple[float, float]:
        """The row of a place and the pixels that one unit of height takes there."""
        width = self.rows.shape[1]
        at = int(np.clip(column * width, 0, width - 1))
        return float(self.rows[slice_index, at]), float(self.lens / self.along[slice_index, at])

    def seen(self, column: float, slice_index: int) -> bool:
        """Whether nothing nearer hides the place."""
        width = self.rows.shape[1]
        at = int(np.clip(column * width, 0, width - 1))
        return bool(self.rows[slice_index, at] <= self.rows[:slice_index, at].min(initial=1e9) + 1)


def raised(
    canvas: Canvas,
    horizon: float,
    heights: Heights,
    *,
    near: float = 1.1,
    far: float = 60.0,
    slices: int = 340,
    lens: float = 0.9,
) -> Terrain:
    """See a height field from the canvas; `lens` is the focal length in shorter sides."""
    focal = canvas.unit * lens
    columns = np.linspace(-0.5, 0.5, canvas.width, dtype=np.float32)[None] * canvas.width / focal
    share = np.linspace(0, 1, slices, dtype=np.float32)[:, None]
    along = (near ** (1 - share) * far**share).astype(np.float32)
    across = (columns * along).astype(np.float32)
    along = np.repeat(along, canvas.width, 1)
    height = heights(across, along)
    rows = (horizon + focal * (1 - height) / along).astype(np.float32)
    index = np.full((canvas.height, canvas.width), -1, np.int16)
    at = np.ceil(np.clip(rows, 0, canvas.height - 1)).astype(np.int32)
    hit = rows < canvas.height - 0.5
    values = np.repeat(np.arange(slices - 1, -1, -1, dtype=np.int16)[:, None], canvas.width, 1)
    column_numbers = np.repeat(np.arange(canvas.width)[None], slices, 0)
    # Far slices are written first, so that where two fall on one pixel the nearer one stays.
    for block in range(slices - 1, -1, -1):
        ok = hit[block]
        index[at[block][ok], column_numbers[block][ok]] = values[block][ok]
    np.maximum.accumulate(index, axis=0, out=index)
    # The foot of the frame belongs to the nearest slice even where that one starts below it.
    seen = np.where(index >= 0, (slices - 1) - index, -1).astype(np.int16)
    return Terrain(across, along, height, rows, seen, focal, horizon)


def slopes(ground: Terrain) -> tuple[Floats, Floats]:
    """How the ground rises to the right and away from the viewer, per world unit."""
    right = np.gradient(ground.height, axis=1) / np.maximum(np.gradient(ground.across, axis=1), 1e-5)
    away = np.gradient(ground.height, axis=0) / np.maximum(np.gradient(ground.along, axis=0), 1e-5)
    return right.astype(np.float32), away.astype(np.float32)


def paint_terrain(canvas: Canvas, ground: Terrain, colors: Floats, *, soft: float = 0.7) -> None:
    """Lay sample colors (slices x columns x 3) over the canvas where the ground is seen."""
    start = int(np.argmax((ground.slices >= 0).any(1)))
    index = ground.slices[start:]
    picked = colors[np.maximum(index, 0), np.arange(canvas.width)[None]]
    alpha = (index >= 0).astype(np.float32)
    if soft:
        picked = np.asarray(cv2.GaussianBlur(picked, (0, 0), soft), np.float32)
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), soft), np.float32)
    canvas.lay(picked, alpha, start)
    total = colors.shape[0]
    depth = (230 - 175 * (np.maximum(index, 0) / total) ** 0.9).astype(np.uint8)
    canvas.depth[start:][index >= 0] = depth[index >= 0]


def dunes(canvas: Canvas, name: str, size: float, tall: float) -> Heights:
    """Sand dunes: long ridges with a gentle windward and a steep lee side, flatter near the viewer."""
    rng = canvas.rng(name)
    warp = blurred(fbm(rng, 512, 512, 5, 3, 0.45), 3)
    fine = fbm(rng, 512, 512, 8, 3, 0.45)
    turn = float(rng.uniform(-0.6, 0.6))
    start = float(rng.uniform(0, 9))

    def height(across: Floats, along: Floats) -> Floats:
        u, v = (across * 5 + 256).astype(np.float32), (along * 9 + 40).astype(np.float32)
        bend = remapped(warp, u, v, cubic=True)
        small = remapped(fine, u, v, cubic=True)
        phase = (along * np.cos(turn) + across * np.sin(turn)) / size + (bend - 0.5) * 5.0 + start
        saw = phase - np.floor(phase)
        ridge = np.where(
            saw < 0.68, smooth(0.0, 0.68, saw.astype(np.float32)), smooth(1.0, 0.68, saw.astype(np.float32))
        )
        rise = tall * (0.35 + 1.0 * small) * smooth(0.8, 6.0, along)
        return np.asarray(ridge * rise * (1 + along * 0.035), np.float32)

    return height


def hills(canvas: Canvas, name: str, size: float, tall: float) -> Heights:
    """Rolling country, calmer near the viewer."""
    rng = canvas.rng(name)
    tile = blurred(fbm(rng, 512, 512, 7, 3, 0.4), 4)
    shift = float(rng.uniform(60, 200))

    def height(across: Floats, along: Floats) -> Floats:
        u, v = (across * 9 / size + 256).astype(np.float32), (along * 12 / size + shift).astype(np.float32)
        roll = remapped(tile, u, v, cubic=True)
        return np.asarray((roll - 0.42) * tall * (0.25 + along * 0.075) * smooth(0.5, 4, along), np.float32)

    return height
