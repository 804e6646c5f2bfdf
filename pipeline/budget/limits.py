"""How much may be spent: by the studio in a day, by a person in a month, on a project. Room is taken by one UPDATE.

A row's own limit goes before the studio's, which the desk (SpendingLimits) or else the settings name; None is no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from pipeline.models import Attempt, BudgetDay, BudgetMonth, BudgetProject, SpendingLimits


class HardLimitReached(Exception):
    """No room is left under a limit. The text is for the creator; `kind` is day, month or project."""

    def __init__(self, text: str, *, kind: str = "day", quote_microusd: int = 0) -> None:
        super().__init__(text)
        self.kind = kind
        self.quote_microusd = quote_microusd


TEXTS = {
    "day": "Today's spending limit does not allow this step. It goes on when the limit is raised or tomorrow.",
    "month": "Your spending limit for this month does not allow this step. It goes on when the limit is raised or next "
    "month.",
    "project": "The spending limit of this project does not allow this step. It goes on when the limit is raised.",
}


@dataclass(frozen=True)
class Limits:
    """The studio's limits in micro-USD."""

    day_soft: int | None
    day_hard: int | None
    month: int | None
    project: int | None


@dataclass(frozen=True)
class Account:
    """A row that counts money, and the studio's limit for it."""

    kind: str
    model: type[BudgetDay] | type[BudgetMonth] | type[BudgetProject]
    key: dict[str, Any]
    limit: int | None

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.filter(**self.key)

    def take(self, microusd: int) -> bool:
        """Reserve it if there is room. One conditional UPDATE: read, check and save would overspend on PostgreSQL."""
        reserved = F("reserved_microusd") + microusd
        limit = Coalesce(F("hard_microusd"), Value(self.limit), output_field=models.BigIntegerField())
        room = Q(limit=None) | Q(limit__gte=F("spent_microusd") + reserved)
        return self._update(self.rows.alias(limit=limit).filter(room), reserved_microusd=reserved)

    def close(self, reserved_microusd: int, spent_microusd: int) -> None:
        """Give a reserve back and book what was spent; what was estimated at nothing has reserved nowhere."""
        reserved, spent = F("reserved_microusd") - reserved_microusd, F("spent_microusd") + spent_microusd
        self._update(self.rows, reserved_microusd=reserved, spent_microusd=spent)

    def _update(self, rows: models.QuerySet[Any], **fields: Any) -> bool:
        if rows.update(**fields):
            return True
        self.model._default_manager.get_or_create(**self.key)  # the first money here
        return bool(rows.update(**fields))

    def room(self) -> int | None:
        """What is left; None without a limit."""
        row = self.rows.values_list("hard_microusd", "spent_microusd", "reserved_microusd").first()
        own, spent, reserved = row or (None, 0, 0)
        limit = self.limit if own is None else own
        return None if limit is None else int(limit - spent - reserved)


def studio_limits() -> Limits:
    """What stands now."""
    row = SpendingLimits.objects.first()
    given: dict[str, int | None] = settings.OMVEE_LIMITS_MICROUSD
    if row is None:
        return Limits(**given)
    own = {
        "day_soft": row.day_soft_microusd,
        "day_hard": row.day_hard_microusd,
        "month": row.month_microusd,
        "project": row.project_microusd,
    }
    return Limits(**{name: given[name] if own[name] is None else own[name] for name in own})


def accounts_of(attempt: Attempt, limits: Limits) -> list[Account]:
    """Where an attempt is counted, in the order in which the rows are locked: project, month, day."""
    return list(accounts(attempt.project_code, attempt.owner_id, attempt.created_at, limits))


def accounts(project: UUID | None, owner_id: int | None, at: datetime, limits: Limits) -> Iterator[Account]:
    """As `accounts_of`, for money that is not reserved yet."""
    day = timezone.localdate(at)
    if project is not None:
        yield Account("project", BudgetProject, {"project_code": project}, limits.project)
    if owner_id is not None:
        yield Account("month", BudgetMonth, {"owner_id": owner_id, "month": month_of(day)}, limits.month)
    yield Account("day", BudgetDay, {"day": day}, limits.day_hard)


def month_of(day: date) -> date:
    return day.replace(day=1)
