"""The base of every value that travels between steps."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable, validated value.

    Values are stored as JSON in `Job.input` and digested into recipes, so they hold integers, strings, booleans and
    other values only: a float would make a digest depend on how it was printed. Shares are percent or permille, times
    are milliseconds or frames.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
