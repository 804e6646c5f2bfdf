"""Color looks: the ones that ship, and those that people bring as .cube files."""

from __future__ import annotations

import functools

from pipeline.media.grades.cube import Table, cube_text, faded, read_cube, read_cube_file
from pipeline.media.grades.generator import FOLDER, LOOKS
from pipeline.media.grades.grading import Grade, grade_filters, graded_picture, in_look

__all__ = [
    "LOOKS",
    "Grade",
    "Table",
    "cube_text",
    "faded",
    "grade_filters",
    "graded_picture",
    "in_look",
    "read_cube",
    "read_cube_file",
    "shipped_look",
]


@functools.lru_cache(maxsize=32)
def shipped_look(name: str) -> Table:
    """The table of a look that ships. KeyError for a name that there is not."""
    if name not in LOOKS:
        raise KeyError(name)
    return read_cube_file(FOLDER / f"{name}.cube")
