"""Money: reserve before a request leaves, settle or release when its outcome is known. Integer micro-USD throughout.

Every function runs inside the caller's transaction and locks the day last.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from pipeline.models import Attempt, BudgetDay, LedgerEntry

Kind = LedgerEntry.Kind


class HardLimitReached(Exception):
    """The day's hard limit does not admit this reserve. The text is for the creator."""


def reserve(attempt: Attempt) -> None:
    """Set the worst case aside. Raises HardLimitReached. Work that costs nothing leaves no ledger row."""
    if attempt.estimate_microusd == 0:
        return
    day = timezone.localdate(attempt.created_at)
    BudgetDay.objects.get_or_create(day=day)
    reserved = F("reserved_microusd") + attempt.estimate_microusd
    room = Q(hard_microusd=None) | Q(hard_microusd__gte=F("spent_microusd") + reserved)
    # One conditional UPDATE: read, check and save would overspend on PostgreSQL, where two readers see the same room.
    if not BudgetDay.objects.filter(room, day=day).update(reserved_microusd=reserved):
        raise HardLimitReached(
            "Today's spending limit does not allow this step. It goes on when the limit is raised or tomorrow."
        )
    _enter(attempt, Kind.RESERVE, attempt.estimate_microusd, day)


def settle(attempt: Attempt) -> None:
    """Book what a done attempt cost and give its reserve back."""
    _close(attempt, Kind.SETTLE, spent=attempt.cost_microusd, entered=attempt.cost_microusd)


def release(attempt: Attempt) -> None:
    """Give the reserve of a refused or failed attempt back."""
    _close(attempt, Kind.RELEASE, spent=0, entered=attempt.estimate_microusd)


def write_off(attempt: Attempt) -> None:
    """Book the whole estimate of an attempt whose outcome could not be found out."""
    _close(attempt, Kind.WRITE_OFF, spent=attempt.estimate_microusd, entered=attempt.estimate_microusd)


def _close(attempt: Attempt, kind: str, *, spent: int, entered: int) -> None:
    if attempt.estimate_microusd == 0 and spent == 0:
        return
    day = timezone.localdate(attempt.created_at)  # a late settlement goes to the day that reserved it
    BudgetDay.objects.get_or_create(day=day)  # what was estimated at nothing has reserved on no day
    BudgetDay.objects.filter(day=day).update(
        reserved_microusd=F("reserved_microusd") - attempt.estimate_microusd, spent_microusd=F("spent_microusd") + spent
    )
    _enter(attempt, kind, entered, day)


def _enter(attempt: Attempt, kind: str, amount: int, day: date) -> None:
    fields: dict[str, Any] = {
        "attempt": attempt,
        "attempt_code": attempt.code,
        "project_code": attempt.project_code,
        "owner_id": attempt.owner_id,
    }
    LedgerEntry.objects.create(kind=kind, amount_microusd=amount, day=day, **fields)
