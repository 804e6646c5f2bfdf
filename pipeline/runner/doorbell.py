"""Ringing: telling some worker that something is due in a queue.

A bell carries no job: whoever hears it takes the most urgent one. So there is one bell for each due job, and a worker
that takes a job for which nobody has rung yet passes its bell on.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from pipeline.models import Job
from pipeline.runner import clock
from pipeline.states import CLAIMABLE

log = logging.getLogger(__name__)

# A job that is still due this long after its bell, while no bell is left in its queue: the bell was lost with a worker.
LOST_AFTER = timedelta(seconds=5)
# A message is taken out of the queue before it is worked on; after this time nobody is at it any more.
DROPPED_AFTER = timedelta(hours=6)
TASK = "pipeline.runner.work.answer"


def ring_on_commit(jobs: Sequence[Job]) -> None:
    """Ring for these queued jobs once the transaction that wrote them is durable."""
    if settings.OMVEE_DOORBELL and jobs:
        pks = [job.pk for job in jobs]
        transaction.on_commit(lambda: ring(Q(pk__in=pks, rung_at=None)), robust=True)


def ring(which: Q, limit: int = 200) -> int:
    """Ring once for each of these jobs that is due; returns how many bells rang. 0 if the queue is out of order."""
    try:
        with transaction.atomic():
            # Marked and rung in one transaction, so that no death in between loses a bell. What is locked is skipped:
            # a job that is being claimed needs none, and waiting for several rows could end in a deadlock.
            rows = Job.objects.select_for_update(skip_locked=True).filter(which, state__in=CLAIMABLE)
            due = rows.filter(not_before__lte=clock.now()).order_by("priority", "not_before", "pk")[:limit]
            found = list(due.values_list("pk", "queue"))
            if found:
                Job.objects.filter(pk__in=[pk for pk, _ in found]).update(rung_at=clock.now())
                for _, queue in found:
                    push(queue)
    except Exception:  # the broker is a convenience: whatever is wrong with it, the ticker rings again
        log.exception("The queues could not be rung")
        return 0
    return len(found)


def ring_due() -> int:
    """Ring for what has become due: back-off over, a poll due, a bell lost."""
    if not settings.OMVEE_DOORBELL:
        return 0
    rung = ring(Q(rung_at=None))
    late = Q(rung_at__lt=clock.now() - LOST_AFTER)
    still_due = Job.objects.filter(late, state__in=CLAIMABLE, not_before__lte=clock.now())
    # As long as bells are left, jobs merely wait for their turn; more bells would only pile up.
    lost = [queue for queue in set(still_due.values_list("queue", flat=True)) if not left(queue)]
    return rung + sum(ring(late & Q(queue=queue)) for queue in lost)


def due_within_s(seconds: float) -> float:
    """How long nothing more becomes due, at most so many seconds: the ticker looks again then."""
    now = clock.now()
    soon = Job.objects.filter(state__in=CLAIMABLE, rung_at=None, not_before__gt=now)
    first = soon.filter(not_before__lt=now + timedelta(seconds=seconds)).order_by("not_before")
    due = first.values_list("not_before", flat=True).first()
    return seconds if due is None else (due - now).total_seconds()


def ring_again() -> None:
    """Forget which bells have rung: a worker that died took some with it, and one too many does no harm."""
    Job.objects.filter(state__in=CLAIMABLE, rung_at__isnull=False).update(rung_at=None)


def push(queue: str) -> None:
    """One bell. Raises what the broker raises."""
    from django_q.tasks import async_task

    async_task(TASK, queue, cluster=queue)


def left(queue: str) -> int:
    """How many bells are left in a queue."""
    return int(_broker(queue).queue_size())


def drop_heard() -> None:
    """Remove messages that were taken in by a worker that died: they are never given out again."""
    from django_q.conf import Conf
    from django_q.models import OrmQ

    if Conf.ORM:
        now = clock.now()
        OrmQ.objects.filter(lock__gt=now, lock__lt=now + timedelta(seconds=Conf.RETRY) - DROPPED_AFTER).delete()


def _broker(queue: str) -> Any:
    from django_q.brokers import get_broker

    return get_broker(queue)
