"""A look laid over one scene while it is rendered, under captions, logo and cards, which keep their own colors.

A still is graded once, before the camera moves over it, which costs next to nothing; a clip is graded in the encode
that its shot needs anyway.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from pydantic import Field

from pipeline.media.grades.cube import Table, cube_text, faded, read_cube_file
from pipeline.media.grades.generator import FOLDER, LOOKS
from pipeline.media.run import MediaError
from pipeline.media.values import Value

Bytes = NDArray[np.uint8]
CUBE = "shot.cube"


class Grade(Value):
    """A look that ships, by name, and how strong it is."""

    name: str
    percent: int = Field(default=100, ge=1, le=100)

    def table(self) -> Table:
        """At its strength. Raises MediaError for a name that there is not."""
        if self.name not in LOOKS:
            raise MediaError(f"There is no look called {self.name}.")
        return _table(self.name, self.percent)


@functools.lru_cache(maxsize=16)
def _table(name: str, percent: int) -> Table:
    """Read once: an animatic lays the same look over a picture every two seconds."""
    return faded(read_cube_file(FOLDER / f"{name}.cube"), 10 * percent)


def graded_picture(picture: Bytes, grade: Grade) -> Bytes:
    """The picture in the look; (height, width, 3) RGB."""
    return np.asarray(in_look(Image.fromarray(picture), grade.table()), np.uint8)


def in_look(picture: Image.Image, table: Table) -> Image.Image:
    """An RGB picture with this table laid over it."""
    return picture.filter(ImageFilter.Color3DLUT(len(table), table.reshape(-1).tolist()))


def grade_filters(grade: Grade, folder: Path) -> str:
    """Filters from BT.709 yuv420p to the same in the look; writes its table into `folder`."""
    (folder / CUBE).write_text(cube_text(grade.table()), encoding="utf-8")
    enter = "scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=bicubic,format=gbrp16le"
    leave = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd,format=yuv420p"
    return f"{enter},lut3d=file={CUBE}:interp=tetrahedral,{leave}"
