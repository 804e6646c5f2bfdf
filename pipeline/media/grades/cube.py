"""Color tables in the .cube format (Adobe's Cube LUT Specification 1.0): read strictly, written plainly.

A table is an array of shape (n, n, n, 3) in float32, indexed [blue, green, red] as the file lists its points (red
changes fastest), with colors from 0 to 1.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.run import MediaError

Table = NDArray[np.float32]

MIN_SIZE, MAX_SIZE = 2, 65
MAX_BYTES = 12 << 20
FARTHEST = 16.0
"""Some tables overshoot a little on purpose; what lies beyond this is no color at all."""
NOT_A_LOOK = "This is not a .cube file with a color look."


def read_cube(data: bytes) -> Table:
    """The table of a .cube file. Raises MediaError with the reason."""
    if len(data) > MAX_BYTES:
        raise MediaError(f"This look is larger than {MAX_BYTES >> 20} MB, which is the limit.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaError(NOT_A_LOOK, detail="not text") from error
    size = 0
    points: list[tuple[float, float, float]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split()
        if not words or words[0].startswith("#") or words[0] == "TITLE":
            continue
        if words[0].isidentifier() and not _is_number(words[0]):
            size = _keyword(words, size, number)
            continue
        if not size:
            raise MediaError(NOT_A_LOOK, detail=f"points before LUT_3D_SIZE in line {number}")
        if len(points) == size**3:
            raise MediaError(f"This look says that it has {size**3} points, but there are more.")
        points.append(_point(words, number))
    if not size:
        raise MediaError(NOT_A_LOOK, detail="no LUT_3D_SIZE")
    if len(points) != size**3:
        raise MediaError(f"This look is incomplete: it has {len(points)} of its {size**3} points.")
    return np.clip(np.asarray(points, np.float32), 0, 1).reshape(size, size, size, 3)


def _keyword(words: list[str], size: int, number: int) -> int:
    """The size of the table after this line."""
    name, given = words[0], words[1:]
    if name == "LUT_1D_SIZE":
        raise MediaError("This look changes each color channel alone (a 1D table). Only 3D looks work here.")
    if name == "LUT_3D_SIZE":
        if size or len(given) != 1 or not given[0].isdigit():
            raise MediaError(NOT_A_LOOK, detail=f"line {number}")
        if not MIN_SIZE <= int(given[0]) <= MAX_SIZE:
            raise MediaError(f"This look has {given[0][:9]} points on a side; {MIN_SIZE} to {MAX_SIZE} work here.")
        return int(given[0])
    wanted = {"DOMAIN_MIN": (0.0,) * 3, "DOMAIN_MAX": (1.0,) * 3, "LUT_3D_INPUT_RANGE": (0.0, 1.0)}.get(name)
    if wanted is None:
        raise MediaError(f"Line {number} of this look is not understood: {name[:30]}.")
    if not all(_is_number(word) for word in given) or tuple(map(float, given)) != wanted:
        raise MediaError("This look is for colors in another range than 0 to 1, which cannot be used here.")
    return size


def _point(words: list[str], number: int) -> tuple[float, float, float]:
    if len(words) != 3 or not all(_is_number(word) for word in words):
        raise MediaError(f"Line {number} of this look is not a color of three numbers.")
    red, green, blue = (float(word) for word in words)
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in (red, green, blue)):
        raise MediaError(f"Line {number} of this look is not a color: {' '.join(words)[:60]}.")
    return red, green, blue


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return "_" not in word


def cube_text(table: Table, title: str = "") -> str:
    """The table as the text of a .cube file. `title` is our own: it holds no quotation mark."""
    head = f'TITLE "{title}"\n' if title else ""
    rows = "\n".join(f"{r:.4f} {g:.4f} {b:.4f}" for r, g, b in table.reshape(-1, 3))
    return f"{head}LUT_3D_SIZE {len(table)}\n{rows}\n"


def identity(size: int) -> Table:
    """The table that changes nothing."""
    steps = np.linspace(0, 1, size, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    return np.stack([red, green, blue], axis=-1)


def faded(table: Table, intensity_permille: int) -> Table:
    """The look at less than its full strength: 0 changes nothing, 1000 is the look."""
    share = intensity_permille / 1000
    return np.asarray(identity(len(table)) * (1 - share) + table * share, np.float32)


def read_cube_file(path: Path) -> Table:
    """As `read_cube`."""
    return read_cube(path.read_bytes())
