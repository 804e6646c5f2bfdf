"""Work that waits for room under a spending limit: it goes on when there is some, by whatever came about."""

from __future__ import annotations

from django.db import transaction

from pipeline.budget import limits
from pipeline.models import Job
from pipeline.runner import clock
from pipeline.runner.locking import lock_project
from pipeline.runner.submit import resume
from pipeline.states import JobState

MANY = 100


def resume_paused() -> int:
    """For the ticker: let as many go on as now fit, the most urgent first; returns how many did.

    What is read here decides nothing: each asks for its money again.
    """
    paused = Job.objects.filter(state=JobState.PAUSED_BUDGET, project__isnull=False).select_related("project")
    jobs = list(paused.defer("input", "output").order_by("priority", "pk")[:MANY])
    if not jobs:
        return 0
    studio, now = limits.studio_limits(), clock.now()
    rooms: dict[tuple[object, ...], int | None] = {}
    fitting = []
    for job in jobs:
        assert job.project is not None  # noqa: S101  for the type checker; the query asks for it
        quote = job.quote_microusd or 0
        keys = []
        for account in limits.accounts(job.project.code, job.project.owner_id, now, studio):
            key = (account.kind, *account.key.values())
            if key not in rooms:
                rooms[key] = account.room()
            keys.append(key)
        if all(_fits(quote, rooms[key]) for key in keys):
            fitting.append(job)
            rooms.update({key: room - quote for key in keys if (room := rooms[key]) is not None})
    return sum(_resume(job) for job in fitting)


def _fits(quote: int, room: int | None) -> bool:
    return room is None or room >= quote


def _resume(job: Job) -> int:
    with transaction.atomic():
        if not lock_project(job.project_id):
            return 0
        return resume(Job.objects.filter(pk=job.pk, state=JobState.PAUSED_BUDGET))
