"""Making a job due that waits for its vendor: there is news."""

from __future__ import annotations

from pipeline.models import Attempt, Job
from pipeline.runner import charges, clock, doorbell
from pipeline.states import OPEN, JobState


def hear(attempt: Attempt, external_id: str) -> None:
    """The vendor tells that there is news of this attempt, and under which id. Inside the caller's transaction.

    A hint, never a fact: what became of it is read from the vendor by whoever looks next.
    """
    charges.sent(attempt, external_id)  # the order's own answer may have been lost
    jobs = Job.objects.filter(code=attempt.job_code, state=JobState.WAITING)
    if jobs.update(not_before=clock.now(), rung_at=None):
        doorbell.ring_on_commit(list(jobs))
    else:
        Attempt.objects.filter(pk=attempt.pk, state__in=OPEN).update(look_at=clock.now())
