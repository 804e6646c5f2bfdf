"""Money: consent before anything is bought, reserves before a request leaves, and what becomes of them.

Integer micro-USD throughout. What changes rows runs inside the caller's transaction and locks the day last.
"""

from __future__ import annotations

from pipeline.budget.consents import (
    NeedsConsent,
    Outstanding,
    StepOutstanding,
    given_meanwhile,
    left_of,
    lefts_of,
    outstanding,
)
from pipeline.budget.ledger import release, reserve, settle, write_off
from pipeline.budget.limits import HardLimitReached

__all__ = [
    "HardLimitReached",
    "NeedsConsent",
    "Outstanding",
    "StepOutstanding",
    "given_meanwhile",
    "left_of",
    "lefts_of",
    "outstanding",
    "release",
    "reserve",
    "settle",
    "write_off",
]
