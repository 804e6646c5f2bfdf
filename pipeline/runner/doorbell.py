"""Ringing: telling some worker that something is due in a queue."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pipeline.models import Job
from pipeline.states import CLAIMABLE

log = logging.getLogger(__name__)

# A bell that was rung and not answered for this long was lost. Shorter, and jobs that merely wait are rung twice.
RING_AGAIN = timedelta(seconds=60)
TASK = "pipeline.runner.work.answer"


def ring_on_commit(jobs: Sequence[Job]) -> None:
    """Ring for these queued jobs once the transaction that wrote them is durable."""
    if settings.OMVEE_DOORBELL and jobs:
        pks = [job.pk for job in jobs]
        transaction.on_commit(lambda: ring(pks))


def ring(pks: Sequence[int]) -> int:
    """Ring once for each of these jobs that is due and not rung for; returns how many bells rang."""
    now = timezone.now()
    rung = 0
    for pk, queue in Job.objects.filter(pk__in=pks).order_by("priority", "pk").values_list("pk", "queue"):
        row = Job.objects.filter(_unanswered(), pk=pk, not_before__lte=now)
        if row.update(rung_at=now):
            if not _push(queue):
                Job.objects.filter(pk=pk, rung_at=now).update(rung_at=None)
                break
            rung += 1
    return rung


def ring_due(limit: int = 50) -> int:
    """Ring for what has become due: back-off over, a poll due, a bell lost."""
    now = timezone.now()
    due = Job.objects.filter(_unanswered(), not_before__lte=now).order_by("priority", "not_before", "pk")
    return ring(list(due.values_list("pk", flat=True)[:limit]))


def _unanswered() -> Q:
    return Q(state__in=CLAIMABLE) & (Q(rung_at=None) | Q(rung_at__lt=timezone.now() - RING_AGAIN))


def _push(queue: str) -> bool:
    from django_q.tasks import async_task

    try:
        async_task(TASK, queue, cluster=queue)
    except Exception:  # the broker is a convenience: whatever is wrong with it, the ticker rings again
        log.exception("The queue %s could not be rung", queue)
        return False
    return True
