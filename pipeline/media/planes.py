"""A still picture as planes that are warped to raw video frames, one per step of a camera path.

The picture becomes BT.709 limited-range YUV once, its luma blown up twofold by Lanczos; a frame is then one bilinear
warp of each plane. Bilinear on the doubled plane is sharper than bicubic on the plain one (39.6 to 38.7 dB against
Lanczos) at a third of its price, and its positions are exact to 1/64 of a pixel, so nothing shakes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.living import Drift, Life
from pipeline.media.motion import CameraPath, cover_size
from pipeline.media.run import MAX_PIXELS, MediaError

Bytes = NDArray[np.uint8]
Singles = NDArray[np.float32]

LUMA_DENSITY = 2.0  # samples of the luma plane per film pixel at zoom 1
SHARPEST = 1.25  # a denser source is averaged down to this: more would only shimmer
ONE_MAP: Any = None  # cv2.remap takes x and y in a single array; its type hints do not know
HALF = np.float32(0.5)  # a sample's number is its position less a half
CELL = 8  # film pixels per cell of the depth and displacement grids
BAND = 27  # cells: a fifth of 1080 rows
# R, G, B to Y, U, V of BT.709 in limited range, from ITU-R BT.709-6 (item 3) scaled to 219 and 224 steps.
BT709 = np.array(
    [
        [0.182586, 0.614231, 0.062007, 16],
        [-0.100644, -0.338572, 0.439216, 128],
        [0.439216, -0.398942, -0.040274, 128],
    ],
    dtype=np.float32,
)


def load_rgb(path: Path) -> Bytes:
    """The picture in a file, (height, width, 3) RGB. Raises MediaError where it cannot be read."""
    picture = _decoded(path, cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise MediaError("The picture of this scene could not be read.", detail=path.name)
    return picture


def load_depth(path: Path | None) -> Bytes | None:
    """The depth map in a file, (height, width), 255 near; None where there is none to read.

    A file of one channel holds nothing else; one of three holds what `load_life` reads too.
    """
    picture = None if path is None else _decoded(path, cv2.IMREAD_UNCHANGED)
    return picture if picture is None or picture.ndim == 2 else np.ascontiguousarray(picture[..., 0])


def load_life(path: Path | None) -> Bytes | None:
    """What of a picture moves by itself, (height, width, 2): open water and open sky; None where nobody knows."""
    picture = None if path is None else _decoded(path, cv2.IMREAD_UNCHANGED)
    return None if picture is None or picture.ndim != 3 else np.ascontiguousarray(picture[..., 1:3])


def _decoded(path: Path, flags: int) -> Bytes | None:
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
        picture = cv2.imdecode(data, flags) if data.size else None
    except (OSError, cv2.error) as error:
        raise MediaError("The picture of this scene could not be read.", detail=repr(error)) from error
    if picture is not None and picture.shape[0] * picture.shape[1] > MAX_PIXELS:
        raise MediaError("The picture of this scene is too large.", detail=str(picture.shape))
    return None if picture is None else np.asarray(picture, dtype=np.uint8)


class Frames:
    """Raw yuv420p frames of one picture along one path.

    `frame(i)` fills and returns one reused buffer of height * 3 / 2 rows by width: it is valid until the next call.
    `depth` (any size, 255 near) adds parallax; without it every frame is an affine warp. `life` lets water and sky
    move with it.
    """

    def __init__(
        self,
        rgb: Bytes,
        path: CameraPath,
        size: tuple[int, int],
        *,
        depth: Bytes | None = None,
        life: Life | None = None,
    ) -> None:
        cv2.setNumThreads(1)  # as many renderings run side by side as there are cores
        self.size, self._path = size, path
        width, height = size
        self._luma, self._chroma, self._density = _planes(rgb, size)
        self.buffer: Bytes = np.empty((height * 3 // 2, width), dtype=np.uint8)
        flat = self.buffer.reshape(-1)
        quarter = width * height // 4
        self.luma: Bytes = flat[: width * height].reshape(height, width)
        self.blue: Bytes = flat[width * height : width * height + quarter].reshape(height // 2, width // 2)
        self.red: Bytes = flat[width * height + quarter :].reshape(height // 2, width // 2)
        self._relief = (
            None if depth is None else _Relief(depth, (rgb.shape[1], rgb.shape[0]), size, self._density, life)
        )

    def __len__(self) -> int:
        return len(self._path.zoom)

    def frame(self, i: int) -> Bytes:
        """Frame `i` of the path."""
        if self._relief is not None:
            self._remap(self._relief, i)
        else:
            self._warp(i)
        return self.buffer

    def placed(self, i: int, x: float, y: float) -> tuple[float, float]:
        """Where the picture's point (x, y), in cover pixels, appears in frame `i` (depth left aside)."""
        matrix, center = _inverse(self._path, i)
        dx, dy = np.linalg.solve(matrix, np.array([x, y]) - center)
        return float(dx + self.size[0] / 2), float(dy + self.size[1] / 2)

    def _warp(self, i: int) -> None:
        width, height = self.size
        matrix, center = _inverse(self._path, i)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        luma = _affine(matrix, center, self.size, step=1, start=(0.5, 0.5), density=LUMA_DENSITY)
        cv2.warpAffine(self._luma, luma, self.size, dst=self.luma, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        # H.264's chroma samples lie on the left luma sample of their pair and between its two rows.
        chroma = _affine(matrix, center, self.size, step=2, start=(0.5, 1.0), density=self._density)
        half = (width // 2, height // 2)
        for source, plane in zip(self._chroma, (self.blue, self.red), strict=True):
            cv2.warpAffine(source, chroma, half, dst=plane, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def _remap(self, relief: _Relief, i: int) -> None:
        for rows, luma, chroma in relief.bands(self._path, i):
            cv2.remap(self._luma, luma, ONE_MAP, cv2.INTER_LINEAR, dst=self.luma[rows], borderMode=cv2.BORDER_REPLICATE)
            half = slice(rows.start // 2, rows.stop // 2)
            for source, plane in zip(self._chroma, (self.blue[half], self.red[half]), strict=True):
                cv2.remap(source, chroma, ONE_MAP, cv2.INTER_LINEAR, dst=plane, borderMode=cv2.BORDER_REPLICATE)


class _Relief:
    """Sampling maps with parallax, computed on a coarse grid: the depth is smooth, and the rest of a map is linear."""

    def __init__(
        self, depth: Bytes, source: tuple[int, int], size: tuple[int, int], density: float, life: Life | None
    ) -> None:
        self._size, self._density = size, density
        cover = cover_size(source, size)
        near = smooth_depth(depth, (round(cover[0] / CELL), round(cover[1] / CELL)))
        self._drift = None if life is None else Drift(life, depth, (near.shape[1], near.shape[0]), CELL)
        self._near = np.dstack([near, near])  # once for x and once for y
        self._cells = np.array([near.shape[1] / cover[0], near.shape[0] / cover[1]])
        # One cell more on every side: resize repeats the outermost cell, which would smear the frame's rim.
        across, down = -(-size[0] // CELL) + 2, -(-size[1] // CELL) + 2
        x = (np.arange(across, dtype=np.float32) - 0.5) * CELL - size[0] / 2
        y = (np.arange(down, dtype=np.float32) - 0.5) * CELL - size[1] / 2
        self._grid = np.dstack(np.meshgrid(x, y)).astype(np.float32)
        self._full = np.empty(((BAND + 2) * CELL, across * CELL, 2), np.float32)
        self._half = np.empty(((BAND + 2) * CELL // 2, across * CELL // 2, 2), np.float32)

    def bands(self, path: CameraPath, i: int) -> Iterator[tuple[slice, Singles, Singles]]:
        """Frame `i` from top to bottom: (rows, sampling map of the luma plane, of the chroma planes) of BAND cells.

        Maps are (rows, columns, 2), valid until the next step. A whole frame's would not stay in the processor's cache.
        """
        places = self._sources(path, i)
        width, height = self._size
        luma = LUMA_DENSITY * places - HALF
        # A chroma sample lies half a pixel to the left of the middle between its two luma samples.
        places[..., 0] -= 0.5 / float(path.zoom[i])
        chroma = np.float32(self._density) * places - HALF
        for first in range(0, height, BAND * CELL):
            rows = slice(first, min(first + BAND * CELL, height))
            cells = slice(first // CELL, -(-rows.stop // CELL) + 2)
            shape = (rows.stop - rows.start, width)
            yield (
                rows,
                _grown(luma[cells], self._full, CELL, shape),
                _grown(chroma[cells], self._half, CELL // 2, (shape[0] // 2, width // 2)),
            )

    def _sources(self, path: CameraPath, i: int) -> Singles:
        """Where in cover space each cell's middle looks, (rows, columns, 2)."""
        matrix, center = _inverse(path, i)
        places = cv2.transform(self._grid, np.column_stack([matrix, center]))
        cells = self._cells[:, None] * np.column_stack([matrix, center])
        cells[:, 2] -= 0.5
        seen = cv2.transform(self._grid, cells)
        near = cv2.remap(self._near, seen, ONE_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        if self._drift is not None:
            drift = cv2.remap(self._drift.at(i), seen, ONE_MAP, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            places = cv2.add(places, drift)
        shift = [path.depth_shift_x[i], path.depth_shift_y[i]]
        moved = cv2.transform(self._grid, np.column_stack([path.depth_zoom[i] * matrix, shift]))
        return np.asarray(cv2.add(places, cv2.multiply(near, moved)), dtype=np.float32)


def smooth_depth(depth: Bytes, size: tuple[int, int]) -> Singles:
    """Depth of `size` cells from -1/2 (far) to 1/2 (near), so smooth that moving by it neither folds nor tears.

    Near things grow a little first: the bending then falls on the background and their own edges stay straight.
    """
    small = cv2.resize(depth, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255 - 0.5
    reach = max(3, size[0] // 60) | 1
    grown = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return np.asarray(
        cv2.GaussianBlur(grown, (0, 0), max(size) / 48, borderType=cv2.BORDER_REPLICATE), dtype=np.float32
    )


def _planes(rgb: Bytes, size: tuple[int, int]) -> tuple[Bytes, tuple[Bytes, Bytes], float]:
    """(luma at LUMA_DENSITY, (U, V), the density of U and V) of a picture that is to cover `size`."""
    height, width = rgb.shape[:2]
    cover = cover_size((width, height), size)
    density = width / cover[0]
    if density > SHARPEST:
        density = SHARPEST
        rgb = np.asarray(cv2.resize(rgb, _rounded(cover, density), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    yuv = cv2.transform(rgb, BT709)
    luma = cv2.resize(cv2.extractChannel(yuv, 0), _rounded(cover, LUMA_DENSITY), interpolation=cv2.INTER_LANCZOS4)
    # Chroma is sampled at every second film pixel, so it loses beforehand what that cannot hold.
    sigma = 0.75 * density
    blue, red = (
        np.asarray(cv2.GaussianBlur(cv2.extractChannel(yuv, at), (0, 0), sigma), dtype=np.uint8) for at in (1, 2)
    )
    return np.asarray(luma, dtype=np.uint8), (blue, red), density


def _rounded(cover: tuple[float, float], density: float) -> tuple[int, int]:
    return max(1, round(cover[0] * density)), max(1, round(cover[1] * density))


def _inverse(path: CameraPath, i: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Matrix and center of frame `i`: source = center + matrix @ (pixel - middle), continuous positions."""
    sine, cosine = np.sin(path.angle[i]), np.cos(path.angle[i])
    matrix = np.array([[cosine, -sine], [sine, cosine]]) / path.zoom[i]
    return matrix, np.array([path.center_x[i], path.center_y[i]])


def _affine(
    matrix: NDArray[np.float64],
    center: NDArray[np.float64],
    size: tuple[int, int],
    *,
    step: int,
    start: tuple[float, float],
    density: float,
) -> NDArray[np.float64]:
    """The 2x3 matrix from sample numbers of a film plane to sample numbers of a picture plane.

    The plane's sample n lies at `start + step * n` film pixels.
    """
    offset = center + matrix @ (np.array(start) - np.array(size) / 2)
    return np.hstack([density * step * matrix, (density * offset - 0.5)[:, None]])


def _grown(grid: Singles, into: Singles, rim: int, shape: tuple[int, int]) -> Singles:
    """`grid` stretched CELL or CELL / 2 times into the top rows of `into`, without its rim."""
    rows = grid.shape[0] * rim
    cv2.resize(grid, (into.shape[1], rows), dst=into[:rows], interpolation=cv2.INTER_LINEAR)
    return into[rim : rim + shape[0], rim : rim + shape[1]]
