"""Claiming a job and keeping the claim alive."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from pipeline.models import Job
from pipeline.runner import clock, fallback, hooks, slots
from pipeline.runner.locking import lock_project
from pipeline.runner.machine import worker_name
from pipeline.states import CLAIMABLE, JobState
from pipeline.steps import STEPS

log = logging.getLogger(__name__)
CHECK_S = 0.5
# Vendors, models and people that may not begin more are passed over one after another, up to so many at a claim.
MOST_REFUSED = 200
# What a step that is over its deadline gets to notice; one that does not ask is ended with its process.
END_GRACE_S = 10.0


def lease() -> timedelta:
    return timedelta(seconds=settings.OMVEE_LEASE_S)


def claim_next(queue: str = "", project_id: int | None = None) -> Job | None:
    """Claim the most urgent due job that may begin, or None. One conditional UPDATE decides between two workers that
    want the same.
    """
    refused: list[Q] = []
    for _ in range(MOST_REFUSED):
        # A step that this release does not know is left for a worker that does.
        due = Job.objects.filter(state__in=CLAIMABLE, not_before__lte=clock.now(), step__in=list(STEPS))
        if queue:
            due = due.filter(queue=queue)
        if project_id is not None:
            due = due.filter(project_id=project_id)
        for others in refused:
            due = due.exclude(others)
        job = due.select_related("project").order_by("priority", "not_before", "pk").first()
        if job is None:
            return None
        taken = slots.take(job, claim, alone=project_id is not None)
        if taken is True:
            return job
        if isinstance(taken, slots.Refused):
            refused.append(taken.others)
            if taken.breaker is not None:
                fallback.hold(job, taken.breaker)
    return None


def claim(job: Job) -> bool:
    """Take the job if it is still as it was read. A wake from waiting is not a try.

    `job` is then as it is in the database, but for `rung_at`, which tells whether a bell had rung for it.
    """
    now, token = clock.now(), uuid.uuid4().hex
    begun = 0 if job.state == JobState.WAITING else 1
    # Who makes it is read with it: a job that was moved to another maker since is not asked of the old one.
    as_read = Job.objects.filter(pk=job.pk, state=job.state, provider=job.provider, model=job.model)
    taken = as_read.filter(not_before__lte=now).update(
        state=JobState.RUNNING,
        lease_token=token,
        lease_until=now + lease(),
        tries=F("tries") + begun,
        started_at=now,
        rung_at=None,
        held=False,
        worker=worker_name(),
        progress_done=0,
        progress_total=0,
    )
    if not taken:
        return False
    # By the token: after a pause this long the row may be somebody else's claim already.
    ours = Job.objects.filter(pk=job.pk, lease_token=token).values_list("tries", "wait_until").first()
    if ours is None:
        return False
    job.tries, job.wait_until = ours
    job.is_try = bool(begun)
    job.state, job.lease_token, job.worker, job.started_at = JobState.RUNNING, token, worker_name(), now
    return True


def held(job: Job) -> Q:
    """The condition under which this worker still owns the job."""
    return Q(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)


class Beat(threading.Thread):
    """Extends the lease, writes the progress, and notices when the job is no longer ours.

    It beats in a thread, so it would also keep a hung job alive: after the deadline it asks the step to stop, and ends
    the process of a step that does not.
    """

    def __init__(
        self, job: Job, deadline_s: float, progress: Callable[[], tuple[int, int]], overdue: Callable[[], None]
    ) -> None:
        super().__init__(daemon=True, name=f"beat-{job.pk}")
        self.lost = False
        self.late = False
        self._job, self._progress, self._overdue = job, progress, overdue
        self._ends = time.monotonic() + deadline_s
        self._beat_at = time.monotonic() + settings.OMVEE_BEAT_S
        self._told = (0, 0)
        self._over = threading.Event()

    def end(self) -> None:
        self._over.set()
        self.join(timeout=10)

    def run(self) -> None:
        try:
            while not self._over.wait(CHECK_S):
                self._watch_deadline()
                try:
                    self.lost = self.lost or not self._keep()
                except Exception:  # the database is away: the lease may run out, and then the commit is fenced
                    log.exception("The heartbeat of job %s failed", self._job.pk)
                    connection.close()  # the next beat must not meet a broken connection
        finally:
            connection.close()

    def _watch_deadline(self) -> None:
        self.late = self.late or time.monotonic() > self._ends
        if time.monotonic() < self._ends + END_GRACE_S:
            return
        log.error("Job %s does not stop: its process is ended", self._job.pk)
        try:
            self._overdue()
        except Exception:
            log.exception("Job %s could not be failed", self._job.pk)
        if not self._over.is_set():
            end_process()

    def _keep(self) -> bool:
        """One beat; False when the job is no longer ours."""
        due = time.monotonic() >= self._beat_at
        if not (self._extend() if due else self._ours()):
            return False
        if due:
            self._beat_at = time.monotonic() + settings.OMVEE_BEAT_S
        self._tell()
        return True

    def _ours(self) -> bool:
        return Job.objects.filter(held(self._job)).exists()

    def _extend(self) -> bool:
        return bool(Job.objects.filter(held(self._job)).update(lease_until=clock.now() + lease()))

    def _tell(self) -> None:
        progress = self._progress()
        if progress == self._told:
            return
        self._told = progress
        with transaction.atomic():
            locked = lock_project(self._job.project_id)
            rows = Job.objects.filter(held(self._job))
            if rows.update(progress_done=progress[0], progress_total=progress[1]) and locked:
                hooks.tell(hooks.progressed, self._job)


def end_process() -> None:
    """End this worker as the kernel would: a step that computes in C hears no exception."""
    os.kill(os.getpid(), signal.SIGKILL)
