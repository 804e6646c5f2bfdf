"""The one-second ticker: takes jobs back from dead workers, lets the owner sweep its rows, rings for what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction

from pipeline.models import Job, WorkerHeartbeat
from pipeline.runner import clock, doorbell, hooks, leftovers, pauses
from pipeline.runner.lease import held
from pipeline.runner.locking import lock_project
from pipeline.runner.machine import is_alive, machine
from pipeline.runner.work import fail_locked
from pipeline.states import JobState, move

log = logging.getLogger(__name__)
FORGET_WORKERS = timedelta(hours=1)


def tick() -> None:
    """One round. Any number of machines may tick at once; what fails in one part leaves the others their turn."""
    for part in (reap, hooks.sweep, pauses.resume_paused, doorbell.ring_due, leftovers.ring):
        guarded(part)


def guarded(part: Callable[[], object]) -> None:
    """The ticker survives whatever the database or a row does."""
    try:
        part()
    except Exception:
        log.exception("The ticker stumbled")
        connection.close_if_unusable_or_obsolete()


def reap() -> int:
    """Take back jobs whose lease has ended or whose worker on this machine is dead; fail the poisonous ones."""
    now = clock.now()
    running = Job.objects.filter(state=JobState.RUNNING)
    over = list(running.filter(lease_until__lt=now)[:50])
    here = running.filter(lease_until__gte=now, worker__startswith=f"{machine()}:")[:200]
    orphans = [job for job in here if not is_alive(job.worker)]
    taken = []
    for job in (*over, *orphans):
        guarded(lambda job=job: taken.append(_take_back(job)))  # type: ignore[misc]  # a default binds the loop's value
    return sum(taken)


def _take_back(job: Job) -> bool:
    with transaction.atomic():
        if not lock_project(job.project_id):
            return False
        # The token and the lease that were read: a worker that has extended it meanwhile is alive after all.
        if not Job.objects.select_for_update(no_key=True).filter(held(job), lease_until=job.lease_until).exists():
            return False
        if job.tries >= job.max_tries:
            log.error("Job %s killed its worker %s times", job.pk, job.tries)
            return fail_locked(job, "This step stopped its worker again and again and was given up.", "worker lost")
        fields = {"lease_token": "", "lease_until": None, "rung_at": None, "not_before": clock.now()}
        return bool(move(Job.objects.filter(held(job)), JobState.QUEUED, error_detail="worker lost", **fields))


def forget_workers() -> None:
    """Drop the rows of workers that ended without saying so."""
    WorkerHeartbeat.objects.filter(beat_at__lt=clock.now() - FORGET_WORKERS).delete()
