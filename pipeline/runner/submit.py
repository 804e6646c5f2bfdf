"""Submitting work, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from pipeline import credentials, pricebook
from pipeline.media.values import Value
from pipeline.models import Job, Queue
from pipeline.recipes import digest
from pipeline.runner import clock, doorbell
from pipeline.states import LIVE, JobState, move
from pipeline.steps import STEPS


@dataclass(frozen=True)
class Order:
    """Work that somebody wants: a step, what it works on, its typed input and which take it makes."""

    step: str
    subject: str
    input: Value
    take: int = 1
    priority: int | None = None

    @property
    def recipe(self) -> str:
        return digest(self.input)


def submit(project_id: int, place: str, orders: Sequence[Order]) -> list[Job]:
    """Write a job for each order that has none alive, in the caller's transaction, and ring when it commits.

    The caller holds the project's row lock, so that two callers cannot both find that nothing is alive; the partial
    unique constraint stands behind it.
    """
    if not orders:
        return []
    alive = _alive(project_id, {order.subject for order in orders})
    fresh = [order for order in orders if (order.step, order.subject, order.recipe, order.take) not in alive]
    now = clock.now()
    jobs = Job.objects.bulk_create([_job(project_id, place, order, now) for order in fresh])
    doorbell.ring_on_commit(jobs)
    return jobs


def _alive(project_id: int, subjects: Iterable[str]) -> set[tuple[str, str, str, int]]:
    rows = Job.objects.filter(project_id=project_id, subject__in=list(subjects), state__in=LIVE)
    return set(rows.values_list("step", "subject", "recipe", "take"))


def _job(project_id: int, place: str, order: Order, not_before: datetime) -> Job:
    step = STEPS[order.step]
    provider = getattr(order.input, "provider", "")
    hosted = credentials.is_vendor(provider)
    return Job(
        project_id=project_id,
        step=order.step,
        subject=order.subject,
        recipe=order.recipe,
        take=order.take,
        place=place,
        queue=Queue.IO if hosted else step.queue,
        provider=provider if hosted else "",
        model=_model_named(step.capability, provider, getattr(order.input, "model", "")) if hosted else "",
        priority=order.priority if order.priority is not None else step.priority,
        input=order.input.model_dump(mode="json"),
        max_tries=step.max_tries,
        not_before=not_before,
    )


def _model_named(capability: str, provider: str, model: str) -> str:
    """The one name by which this model is counted, whatever the input calls it; empty is the vendor's default."""
    row = pricebook.model_row(capability, provider, model) if capability else None
    return pricebook.choice(row) if row else model


def retract(jobs: QuerySet[Job], **fields: Any) -> int:
    """Cancel these jobs where they still live; a running one notices within a second and its commit is fenced."""
    return move(jobs, JobState.CANCELED, finished_at=timezone.now(), lease_token="", lease_until=None, **fields)


def resume(jobs: QuerySet[Job]) -> int:
    """Let these jobs go on that wait for consent or for room under a limit; each asks for its money again.

    Inside a transaction that holds the project's row lock.
    """
    waits = (JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET)
    found = list(jobs.filter(state__in=waits))
    rows = Job.objects.filter(pk__in=[job.pk for job in found], state__in=waits)
    resumed = move(rows, JobState.QUEUED, error="", error_detail="", not_before=clock.now(), rung_at=None)
    doorbell.ring_on_commit(found)
    return resumed
