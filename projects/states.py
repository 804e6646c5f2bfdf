"""Verdicts and the only ways they may change. Pure: no rows, no database."""

from __future__ import annotations

from typing import Final

PENDING: Final = "pending"
APPROVED: Final = "approved"
REJECTED: Final = "rejected"

VERDICTS: Final = (PENDING, APPROVED, REJECTED)

# verdict -> the verdicts it may be reached from
MOVES: Final[dict[str, tuple[str, ...]]] = {
    PENDING: (APPROVED, REJECTED),
    APPROVED: (PENDING, REJECTED),
    REJECTED: (PENDING, APPROVED),
}


class IllegalMove(Exception):
    """The thing asked for is not possible in this state. The text is for the user."""


class LostRace(Exception):
    """What the user saw has changed meanwhile. The text is for the user."""
