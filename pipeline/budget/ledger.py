"""Reserve before a request leaves, settle or release when its outcome is known. Integer micro-USD throughout.

Every function runs inside the caller's transaction and locks the project's money, the month and the day, in this order.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from pipeline.budget import alerts
from pipeline.budget.limits import TEXTS, HardLimitReached, Limits, accounts_of, studio_limits
from pipeline.models import Attempt, BudgetDay, LedgerEntry

Kind = LedgerEntry.Kind


def reserve(attempt: Attempt) -> None:
    """Set the worst case aside. Raises HardLimitReached. Work that costs nothing leaves no ledger row."""
    estimate = attempt.estimate_microusd
    if estimate == 0:
        return
    limits = studio_limits()
    for account in accounts_of(attempt, limits):
        if not account.take(estimate):
            raise HardLimitReached(TEXTS[account.kind], kind=account.kind, quote_microusd=estimate)
    day = timezone.localdate(attempt.created_at)
    _enter(attempt, Kind.RESERVE, estimate, day, limit_microusd=_watched(day, limits))


def settle(attempt: Attempt) -> None:
    """Book what a done attempt cost and give its reserve back."""
    _close(attempt, Kind.SETTLE, spent=attempt.cost_microusd, entered=attempt.cost_microusd)
    alerts.watch_variance(attempt)


def release(attempt: Attempt) -> None:
    """Give the reserve of a refused or failed attempt back."""
    _close(attempt, Kind.RELEASE, spent=0, entered=attempt.estimate_microusd)


def write_off(attempt: Attempt) -> None:
    """Book the whole estimate of an attempt whose outcome could not be found out."""
    _close(attempt, Kind.WRITE_OFF, spent=attempt.estimate_microusd, entered=attempt.estimate_microusd)


def _watched(day: date, limits: Limits) -> int | None:
    """Tell operators once when the day's soft limit is reached; the hard limit that stands."""
    row = BudgetDay.objects.get(day=day)
    soft = limits.day_soft if row.soft_microusd is None else row.soft_microusd
    taken = row.spent_microusd + row.reserved_microusd
    if soft is not None and taken >= soft:
        alerts.soft_limit(day, taken, soft)
    return limits.day_hard if row.hard_microusd is None else row.hard_microusd


def _close(attempt: Attempt, kind: str, *, spent: int, entered: int) -> None:
    if attempt.estimate_microusd == 0 and spent == 0:
        return
    for account in accounts_of(attempt, Limits(None, None, None, None)):
        account.close(attempt.estimate_microusd, spent)
    # a late settlement goes to the day that reserved it
    _enter(attempt, kind, entered, timezone.localdate(attempt.created_at))


def _enter(attempt: Attempt, kind: str, amount: int, day: date, **more: Any) -> None:
    LedgerEntry.objects.create(
        attempt=attempt,
        attempt_code=attempt.code,
        project_code=attempt.project_code,
        owner_id=attempt.owner_id,
        kind=kind,
        amount_microusd=amount,
        day=day,
        **more,
    )
