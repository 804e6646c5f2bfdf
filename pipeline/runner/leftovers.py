"""Requests under way whose job has ended: canceled at the vendor, collected, and booked; nothing paid is lost.

A job that is canceled, or over its deadline, lets go of its worker at once. What it had ordered is looked after here.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from pipeline import logcontext
from pipeline.budget import alerts
from pipeline.media.run import MediaError
from pipeline.models import Attempt, Job
from pipeline.providers.base import JobProvider, Pending, ProviderError, Work
from pipeline.recipes import Stored
from pipeline.runner import charges, clock, doorbell, hooks
from pipeline.runner.context import JobContext, reach
from pipeline.runner.locking import lock_project
from pipeline.runner.machine import work_folder
from pipeline.runner.ordering import found, look
from pipeline.states import LIVE, OPEN, AttemptState
from pipeline.steps import STEPS
from pipeline.steps.base import Waiting

log = logging.getLogger(__name__)
QUEUE = "io"
LOOK_S = 60
CANCEL_LOOK_S = 15
FORGET_AFTER = timedelta(days=1)


def ring() -> None:
    """For the ticker: a bell for each request that is to be looked after, and for an alert, as long as none is left."""
    waiting = _due().count() or int(alerts.untold())
    if waiting and not doorbell.left(QUEUE):
        for _ in range(min(waiting, 5)):
            doorbell.push(QUEUE)


def finish_next() -> bool:
    """Look after the next one; False when there is none. Two workers never take the same one."""
    attempt = _due().select_related("job__project").order_by("look_at").first()
    if attempt is None:
        return False
    again = clock.now() + timedelta(seconds=LOOK_S)
    if Attempt.objects.filter(pk=attempt.pk, look_at=attempt.look_at, state=attempt.state).update(look_at=again):
        with logcontext.bind(attempt=attempt.code, step=attempt.step):
            finish(attempt)
    return True


def _due() -> QuerySet[Attempt]:
    ended = Q(job=None) | ~Q(job__state__in=LIVE)
    return Attempt.objects.filter(ended, state__in=OPEN, look_at__lte=clock.now())


def finish(attempt: Attempt) -> None:
    """One look. Whatever it meets, the attempt is closed after a day at the latest."""
    if clock.now() > attempt.created_at + FORGET_AFTER:
        charges.write_off(attempt)
        return
    try:
        provider = reach(attempt.capability, attempt.provider, attempt.model, begun=True)
    except (KeyError, ProviderError):
        log.exception("Nobody can be asked about it any more")
        return
    if provider.repeatable:
        charges.close(attempt, AttemptState.FAILED, "no longer wanted")
    elif isinstance(provider, JobProvider):
        _collect(attempt, provider)
    elif clock.now() > attempt.created_at + charges.window():
        charges.write_off(attempt)


def _collect(attempt: Attempt, provider: JobProvider[Any, Any]) -> None:
    request = provider.request.model_validate(attempt.request)
    if attempt.state != AttemptState.SENT and not found(attempt, provider, request):
        if clock.now() > attempt.created_at + charges.window():
            charges.write_off(attempt)
        return
    with work_folder() as folder:
        context = JobContext(attempt.job, Path(folder)) if attempt.job else None
        work = context.work() if context else _discarding(Path(folder))
        try:
            provider.cancel(attempt.external_id)
            reply = look(attempt, provider, request, work, wanted=False)
        except (ProviderError, MediaError, charges.AmbiguousAnswer) as error:
            log.info("It ended without a result: %s", error)
            return
        if isinstance(reply, Pending):
            again = clock.now() + timedelta(seconds=CANCEL_LOOK_S)
            Attempt.objects.filter(pk=attempt.pk).update(look_at=again)
            return
        if charges.book(attempt, provider, request, reply) and context is not None:
            _keep(context.job, context)


def _keep(job: Job, context: JobContext) -> None:
    """Hand what was paid to the owner of the rows: the step runs on from its stored replies."""
    step = STEPS[job.step]
    context.replays = True
    try:
        output = step.run(step.input.model_validate(job.input), context)
    except Exception:
        log.exception("What came late cannot be used by itself")
        return
    if isinstance(output, Waiting):
        return
    with transaction.atomic():
        if lock_project(job.project_id):
            hooks.keep(job, output)


def _discarding(folder: Path) -> Work:
    """For a project that is gone: it is booked, and nothing is kept."""

    def fetch(stored: Stored) -> Path:
        raise MediaError("The project of this file is gone.", detail=stored.key)

    def store(path: Path, kind: str) -> Stored:
        return Stored(sha256="", size_bytes=path.stat().st_size)

    return Work(folder, fetch, store, lambda: False, lambda done, total: None)
