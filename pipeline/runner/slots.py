"""Whether a job may begin now: room at its vendor, a vendor that works, and not too many projects of one person.

Decided at the claim, in one transaction that holds a lock on what is counted: person first, then vendor, then the job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet

from pipeline import health, pricebook
from pipeline.models import Attempt, Job, ProviderHealth
from pipeline.runner import clock
from pipeline.states import AT_WORK, OPEN, JobState


@dataclass(frozen=True)
class Refused:
    """It may not begin, and neither may any job that `others` describes. `breaker`: the vendor is out of order."""

    others: Q
    breaker: ProviderHealth | None = None


def take(job: Job, claim: Callable[[Job], bool], *, alone: bool) -> bool | Refused:
    """Claim the job if it may begin; False if somebody else has taken it. `alone`: its project is all that is run."""
    if job.state == JobState.WAITING or (job.provider and _ordered().filter(job_code=job.code).exists()):
        return claim(job)  # it has its place already
    owner = None if alone or job.project is None else job.project.owner_id
    if owner is not None and not _crowded(job, owner):
        owner = None
    if owner is None and not job.provider:
        return claim(job)
    with transaction.atomic():
        if owner is not None:
            get_user_model().objects.select_for_update(no_key=True).filter(pk=owner).first()
            busy = _at_work(owner)
            if job.project_id not in busy and len(busy) >= settings.OMVEE_MAX_PROJECTS_RENDERING:
                return Refused(Q(project__owner=owner) & ~Q(project__in=busy))
        return _take_place(job, claim) if job.provider else claim(job)


def _crowded(job: Job, owner: int) -> bool:
    """Whether beginning this job may make one project too many: that has to be looked at under a lock."""
    if not settings.OMVEE_MAX_PROJECTS_RENDERING:
        return False
    return job.project_id not in _at_work(owner)


def _at_work(owner: int) -> set[int | None]:
    return set(Job.objects.filter(project__owner=owner, state__in=AT_WORK).values_list("project", flat=True))


def _take_place(job: Job, claim: Callable[[Job], bool]) -> bool | Refused:
    health.lock(job.provider)
    now = clock.now()
    rows = health.rows_of(job.provider, job.model)
    for row in rows:
        if health.is_open(row, now):
            others = Q(provider=job.provider, model=row.model) if row.model else Q(provider=job.provider)
            return Refused(_beginning(others), row)
    crowd = _full(job)
    if crowd is not None:
        return Refused(_beginning(crowd))
    if not claim(job):
        return False
    health.probing(rows, job.code, now)
    return True


def _full(job: Job) -> Q | None:
    """The jobs for which there is no room at the vendor now."""
    under_way = Job.objects.filter(provider=job.provider, state__in=AT_WORK)
    if under_way.count() >= settings.OMVEE_VENDOR_CONCURRENCY:
        return Q(provider=job.provider)
    if under_way.filter(model=job.model).count() >= _model_room(job):
        return Q(provider=job.provider, model=job.model)
    return None


def _model_room(job: Job) -> int:
    own = pricebook.concurrency(job.provider, job.model)
    return settings.OMVEE_MODEL_CONCURRENCY if own is None else own


def _beginning(others: Q) -> Q:
    """These jobs, but for those that wait for an answer: looking at that takes no further place."""
    return others & ~Q(state=JobState.WAITING) & not_begun()


def not_begun() -> Q:
    """Jobs that have nothing out at a vendor. One whose worker has died is queued while the vendor works on."""
    return ~Q(code__in=_ordered().values("job_code"))


def _ordered() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state__in=OPEN)


def next_is_due(job: Job) -> bool:
    """Whether a place that this job has left can be taken: its bell may have been heard while there was none."""
    fields: dict[str, Any] = {"provider": job.provider, "queue": job.queue}
    due = Job.objects.filter(state=JobState.QUEUED, not_before__lte=clock.now(), **fields)
    return due.exists()
