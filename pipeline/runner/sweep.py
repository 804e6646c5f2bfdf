"""The one-second ticker: ends leases of dead workers, reaps, rings for what is due, and lets the owner sweep its rows."""

from __future__ import annotations

import logging
import socket

import psutil
from django.db import transaction
from django.utils import timezone

from pipeline.models import Job
from pipeline.runner import doorbell, hooks
from pipeline.runner.lease import held, lock_project
from pipeline.runner.work import fail_locked
from pipeline.states import JobState, move

log = logging.getLogger(__name__)


def tick() -> None:
    """One round. Any number of machines may tick at once."""
    reap()
    hooks.sweep()
    doorbell.ring_due()


def reap() -> int:
    """Put jobs whose lease has ended, or whose worker on this host is dead, back into the queue; fail the poisonous ones."""
    now = timezone.now()
    running = Job.objects.filter(state=JobState.RUNNING)
    over = list(running.filter(lease_until__lt=now)[:50])
    here = running.filter(lease_until__gte=now, worker__startswith=f"{socket.gethostname()}:")[:200]
    orphans = [job for job in here if not _alive(job.worker)]
    return sum(_take_back(job) for job in [*over, *orphans])


def _take_back(job: Job) -> bool:
    with transaction.atomic():
        if job.tries >= job.max_tries:
            log.error("Job %s killed its worker %s times", job.pk, job.tries)
            return fail_locked(job, "This step stopped its worker again and again and was given up.", "worker lost")
        if not lock_project(job.project_id):
            return False
        fields = {"lease_token": "", "lease_until": None, "rung_at": None, "not_before": timezone.now()}
        # held() names the token that was read: a worker that has meanwhile extended its lease is alive after all
        mine = Job.objects.filter(held(job), lease_until=job.lease_until)
        return bool(move(mine, JobState.QUEUED, error_detail="worker lost", **fields))


def _alive(worker: str) -> bool:
    _, pid, started = worker.rsplit(":", 2)
    try:
        process = psutil.Process(int(pid))
        return int(process.create_time() * 100) == int(started) and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError):
        return False
