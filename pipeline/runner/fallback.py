"""While a vendor is out of order: its work waits and says so, or the next in line does it if the creator allows it."""

from __future__ import annotations

import logging

from django.db import transaction

from pipeline import credentials, health, pricebook
from pipeline.models import Attempt, Job, ProviderHealth, Queue
from pipeline.providers import PROVIDERS
from pipeline.runner import clock, hooks, slots
from pipeline.runner.locking import lock_project
from pipeline.states import OPEN_OR_PAID, JobState
from pipeline.steps import STEPS

log = logging.getLogger(__name__)
LOCAL = "local"
MANY = 200


def hold(job: Job, breaker: ProviderHealth) -> None:
    """Let the work of this job's project that is to begin at the vendor wait, or begin elsewhere."""
    with transaction.atomic():
        if not lock_project(job.project_id):
            Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(not_before=breaker.open_until)
            return
        jobs = Job.objects.filter(
            project=job.project_id, provider=breaker.provider, state__in=(JobState.QUEUED, JobState.PAUSED_BUDGET)
        )
        if breaker.model:
            jobs = jobs.filter(model=breaker.model)
        due = jobs.filter(slots.not_begun(), not_before__lte=clock.now()).select_related("project").order_by("pk")
        for found in due[:MANY]:
            _hold(found, breaker)


def _hold(job: Job, breaker: ProviderHealth) -> None:
    if job.state == JobState.PAUSED_BUDGET:
        Job.objects.filter(pk=job.pk, state=job.state).update(not_before=breaker.open_until)
        return
    allowed = job.project is not None and job.project.fallback
    instead = next_in_line(job) if allowed else None
    if instead is not None:
        _move(job, *instead)
        return
    text = health.sentence(breaker)
    rows = Job.objects.filter(pk=job.pk, state=job.state)
    if rows.update(not_before=breaker.open_until, held=True, error=text, rung_at=None) and job.error != text:
        hooks.tell(hooks.progressed, job)


def next_in_line(job: Job) -> tuple[str, str] | None:
    """(provider, model) of who is asked instead: the next in the order in which models are offered that has a key and
    works, then what is made here. None for a job that a vendor has begun: what was paid is finished where it began.
    """
    capability = STEPS[job.step].capability
    if Attempt.objects.filter(job_code=job.code, state__in=OPEN_OR_PAID).exists():
        return None
    own = pricebook.model_row(capability, job.provider, job.model) if capability else None
    own_tier = job.model.rpartition(":")[2] if ":" in job.model else ""
    now = clock.now()
    for row in pricebook.offered(capability) if capability else []:
        choice = pricebook.choice(row)
        if (row.provider, choice) == (job.provider, job.model) or row.price_microusd is None:
            continue
        if own is not None and ("video" in row.inputs) != ("video" in own.inputs):  # one enlarges films, one pictures
            continue
        if row.tier and own_tier and row.tier != own_tier:
            continue
        if (capability, row.provider) not in PROVIDERS or not credentials.has_access(row.provider):
            continue
        if not any(health.is_open(found, now) for found in health.rows_of(row.provider, choice)):
            return row.provider, choice
    return (LOCAL, "") if (capability, LOCAL) in PROVIDERS else None


def _move(job: Job, provider: str, model: str) -> None:
    """Rewrite how it is made; what people decided, the recipe, stays."""
    hosted = credentials.is_vendor(provider)
    moved = Job.objects.filter(pk=job.pk, state=job.state).update(
        state=JobState.QUEUED,
        input={**job.input, "provider": provider, "model": model},
        provider=provider if hosted else "",
        model=model if hosted else "",
        queue=Queue.IO if hosted else STEPS[job.step].queue,
        held=False,
        error="",
        rung_at=None,
    )
    if moved:
        log.warning("Job %s is made by %s instead of %s", job.pk, provider, job.provider)
        hooks.tell(hooks.progressed, job)
