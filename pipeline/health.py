"""The circuit breaker of vendors and their models: one row each, shared by all workers.

After too many failures in a row nothing is sent for a while; then one job tries whether it works again. A key or an
account that the vendor refuses opens it at once: asking again would not help, an operator has to.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from pipeline.budget import alerts
from pipeline.models import Job, ProviderHealth
from pipeline.providers.base import Kind
from pipeline.providers.keys import VENDORS
from pipeline.states import JobState

log = logging.getLogger(__name__)
FAILURES = 5
FIRST_S, LONGEST_S = 30, 600
OPERATOR_S = 300
"""A key that is refused, or an empty account, is tried again this often."""
PROBE_S = 120
"""How long the one job has that tries; then another one does."""
FOR_OPERATORS: tuple[Kind, ...] = ("auth", "no_credit")
_OF_THE_VENDOR: tuple[Kind, ...] = ("unavailable", "ambiguous")
_OF_THE_MODEL: tuple[Kind, ...] = ("failed", "interrupted", "timeout", "bad_answer")


def label(provider: str) -> str:
    return next((facts.label for facts in VENDORS if facts.name == provider), provider)


def is_open(row: ProviderHealth, now: datetime) -> bool:
    return row.open_until is not None and row.open_until > now


def rows_of(provider: str, model: str) -> list[ProviderHealth]:
    """The breakers that stand before this model: the vendor's own and the model's."""
    return list(ProviderHealth.objects.filter(provider=provider, model__in={"", model}))


def lock(provider: str) -> None:
    """One at a time decides what may begin at a vendor. Inside a transaction; taken before any row of a job."""
    rows = ProviderHealth.objects.select_for_update(no_key=True).filter(provider=provider, model="")
    if rows.first() is None:
        ProviderHealth.objects.get_or_create(provider=provider, model="")
        rows.first()


def probing(rows: Iterable[ProviderHealth], job: UUID, now: datetime) -> None:
    """Let this job be the one that tries: for all others the breakers stay open meanwhile."""
    for row in rows:
        if row.open_until is not None:
            ProviderHealth.objects.filter(pk=row.pk).update(open_until=now + timedelta(seconds=PROBE_S), probe=job)


def let_go(job: UUID, now: datetime) -> None:
    """The job that was to try has asked nobody (it lacks consent or room, or was stopped): another one tries now."""
    for row in ProviderHealth.objects.filter(probe=job):
        if ProviderHealth.objects.filter(pk=row.pk, probe=job).update(open_until=now, probe=None):
            _held_by(row).update(not_before=now, rung_at=None)


def _held_by(row: ProviderHealth) -> QuerySet[Job]:
    held = Job.objects.filter(provider=row.provider, state=JobState.QUEUED, held=True)
    return held.filter(model=row.model) if row.model else held


def failed(provider: str, model: str, kind: Kind, reason: str, *, transient: bool, now: datetime) -> None:
    """Count a failure against the vendor or its model; what was wrong with the request counts against nobody."""
    decisive = kind in FOR_OPERATORS
    if not decisive and (not transient and kind != "ambiguous"):
        return
    if kind not in (*FOR_OPERATORS, *_OF_THE_VENDOR, *_OF_THE_MODEL):
        return
    of_model = kind in _OF_THE_MODEL
    with transaction.atomic():
        row, _ = ProviderHealth.objects.get_or_create(provider=provider, model=model if of_model else "")
        row = ProviderHealth.objects.select_for_update(no_key=True).get(pk=row.pk)
        if is_open(row, now) and row.probe is None:
            return  # what was under way when it opened says nothing new
        row.failures = max(FAILURES, row.failures + 1) if decisive else row.failures + 1
        row.kind, row.reason, row.changed_at, row.probe = kind, reason[:2000], now, None
        if row.failures >= FAILURES:
            pause_s = OPERATOR_S if decisive else min(LONGEST_S, FIRST_S * 2 ** min(row.failures - FAILURES, 10))
            row.open_until = now + timedelta(seconds=pause_s)
            log.error("%s is held for %s s: %s", row, pause_s, reason)
            _alert(row)
        row.save(update_fields=["failures", "kind", "reason", "changed_at", "probe", "open_until"])


def worked(provider: str, model: str | None, now: datetime) -> None:
    """It works (`model` None: the vendor took an order, more is not known yet): what waited for it goes on."""
    levels = {""} if model is None else {"", model}
    troubled = ProviderHealth.objects.filter(provider=provider, model__in=levels).filter(~Q(failures=0))
    _close(troubled, now)


def reset(provider: str, now: datetime) -> None:
    """An operator says that it works again: a new key, new credit."""
    _close(ProviderHealth.objects.filter(provider=provider), now)


def _close(rows: object, now: datetime) -> None:
    found = list(rows)  # type: ignore[call-overload]  # a queryset of ProviderHealth
    for row in found:
        fields = {"failures": 0, "open_until": None, "probe": None, "kind": "", "reason": "", "changed_at": now}
        ProviderHealth.objects.filter(pk=row.pk).update(**fields)
        if row.open_until is not None:
            log.info("%s works again", row)
            _held_by(row).update(not_before=now, held=False, error="", rung_at=None)


def _alert(row: ProviderHealth) -> None:
    name = label(row.provider)
    if row.kind == "auth":
        text = f"{name} does not accept the key: check it under Settings > Providers. Its work waits."
    elif row.kind == "no_credit":
        text = f"The account at {name} has no credit left. Its work waits until there is some."
    else:
        what = f"{row.model} at {name}" if row.model else name
        text = f"{what} failed {row.failures} times in a row. Its work waits, and it is tried again now and then."
    alerts.alert(f"breaker:{row.kind}:{row}"[:120], f"{text} {row.reason}"[:2000])


def sentence(row: ProviderHealth) -> str:
    """Why work waits, for the creator."""
    name = label(row.provider)
    if row.kind == "auth":
        return f"{name} does not accept the studio's key. The operator was told; the work goes on when that is mended."
    if row.kind == "no_credit":
        return f"The studio's account at {name} has no credit left. The operator was told; the work goes on afterwards."
    what = f"A model of {name}" if row.model else name
    return f"{what} is out of order at the moment. The work goes on by itself when it works again."
