"""Claiming a job and keeping the claim alive."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import psutil
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from pipeline.models import Job
from pipeline.runner import hooks
from pipeline.states import CLAIMABLE, JobState

log = logging.getLogger(__name__)
CHECK_S = 0.5


def lease() -> timedelta:
    return timedelta(seconds=settings.OMVEE_LEASE_S)


def worker_name() -> str:
    """host:pid:start, so that a worker on the same host can tell that this process is gone even if its pid is reused."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{int(psutil.Process(pid).create_time() * 100)}"


def claim_next(queue: str = "", project_id: int | None = None) -> Job | None:
    """Claim the most urgent due job, or None. One conditional UPDATE decides between two workers that want the same."""
    for _ in range(20):
        due = Job.objects.filter(state__in=CLAIMABLE, not_before__lte=timezone.now()).order_by("priority", "not_before", "pk")
        if queue:
            due = due.filter(queue=queue)
        if project_id is not None:
            due = due.filter(project_id=project_id)
        job = due.first()
        if job is None or claim(job):
            return job
    return None


def claim(job: Job) -> bool:
    """Take the job if it is still as it was read. A wake from waiting is not a try."""
    now, token = timezone.now(), uuid.uuid4().hex
    begun = 1 if job.state == JobState.QUEUED else 0
    taken = Job.objects.filter(pk=job.pk, state=job.state, not_before__lte=now).update(
        state=JobState.RUNNING,
        lease_token=token,
        lease_until=now + lease(),
        tries=F("tries") + begun,
        started_at=now,
        rung_at=None,
        worker=worker_name(),
        progress_done=0,
        progress_total=0,
    )
    if not taken:
        return False
    job.refresh_from_db()
    return True


def held(job: Job) -> Q:
    """The condition under which this worker still owns the job."""
    return Q(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)


class Beat(threading.Thread):
    """Extends the lease, writes the progress, and notices when the job is no longer ours.

    It beats in a thread, so it would also keep a hung job alive: after the deadline it stops, and says why.
    """

    def __init__(self, job: Job, deadline_s: int, progress: Callable[[], tuple[int, int]]) -> None:
        super().__init__(daemon=True, name=f"beat-{job.pk}")
        self.lost = False
        self.late = False
        self._job, self._progress = job, progress
        self._ends = time.monotonic() + deadline_s
        self._told = (0, 0)
        self._over = threading.Event()

    def end(self) -> None:
        self._over.set()
        self.join(timeout=10)

    def run(self) -> None:
        beat_at = time.monotonic() + settings.OMVEE_BEAT_S
        try:
            while not self._over.wait(CHECK_S):
                if time.monotonic() > self._ends:
                    self.late = True
                    return
                try:
                    due = time.monotonic() >= beat_at
                    if not (self._extend() if due else self._ours()):
                        self.lost = True
                        return
                    if due:
                        beat_at = time.monotonic() + settings.OMVEE_BEAT_S
                    self._tell()
                except Exception:  # the database is away: the lease may run out, and then the commit is fenced
                    log.exception("The heartbeat of job %s failed", self._job.pk)
        finally:
            connection.close()

    def _ours(self) -> bool:
        return Job.objects.filter(held(self._job)).exists()

    def _extend(self) -> bool:
        return bool(Job.objects.filter(held(self._job)).update(lease_until=timezone.now() + lease()))

    def _tell(self) -> None:
        progress = self._progress()
        if progress == self._told:
            return
        self._told = progress
        with transaction.atomic():
            locked = lock_project(self._job.project_id)
            if Job.objects.filter(held(self._job)).update(progress_done=progress[0], progress_total=progress[1]) and locked:
                hooks.progressed(self._job)


def lock_project(project_id: int | None) -> bool:
    """Lock the project's row: always first, so that the last two of many items cannot both miss that they are the last.

    False when the project is gone: then nothing may be committed for it.
    """
    if project_id is None:
        return False
    projects = Job._meta.get_field("project").related_model
    assert projects is not None and not isinstance(projects, str)
    rows = projects._default_manager.select_for_update(no_key=True)
    return bool(rows.filter(pk=project_id).values_list("pk", flat=True))
