"""The one door to a provider: intent first, sent once, the reply kept for ever.

An attempt is the charge. At most one open or paid attempt exists per (job, call), by a partial unique constraint.
"""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pipeline import budget, logcontext
from pipeline.media.run import MediaError, Stopped
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import Provider, ProviderError, Work
from pipeline.recipes import digest
from pipeline.runner.crash import crash_point
from pipeline.runner.lease import held, lock_project
from pipeline.states import OPEN_OR_PAID, AttemptState, move

log = logging.getLogger(__name__)


class LostLease(Exception):
    """The job is no longer ours: nothing may be committed for it."""


class AmbiguousAnswer(Exception):
    """It is unknown whether the provider did the work; it must not be asked again."""


def ask_once(job: Job, call: str, provider: Provider[Any, Any], request: Value, work: Work) -> Any:
    """The provider's reply to this call of this job; a stored one if there is one, else by sending the request once."""
    earlier = Attempt.objects.filter(job_code=job.code, call=call, state__in=OPEN_OR_PAID).first()
    if earlier is not None and earlier.state == AttemptState.DONE:
        return provider.reply_type(request).model_validate(earlier.reply)
    if earlier is not None:
        _close_unanswered(earlier, provider, "interrupted")
    attempt = _intend(job, call, provider, request)
    crash_point("after_intent", job.step)
    with logcontext.bind(attempt=attempt.code):
        reply = _send(attempt, provider, request, work)
        crash_point("after_send", job.step)
        _settle(job, attempt, provider, request, reply)
        crash_point("after_attempt", job.step)
    return reply


def _send(attempt: Attempt, provider: Provider[Any, Any], request: Value, work: Work) -> Any:
    try:
        return provider.send(request, work)
    except (ProviderError, MediaError) as error:
        _fail(attempt, AttemptState.REFUSED if getattr(error, "refused", False) else AttemptState.FAILED, str(error))
        raise
    except Stopped:
        with contextlib.suppress(AmbiguousAnswer):  # nobody waits for the answer any more, but it may have to be paid
            _close_unanswered(attempt, provider, "stopped")
        raise
    except Exception as error:
        if not provider.repeatable:
            log.exception("What the provider did is not known")
        _close_unanswered(attempt, provider, repr(error))
        raise


def _close_unanswered(attempt: Attempt, provider: Provider[Any, Any], error: str) -> None:
    """Nobody will hear the answer: a repeatable provider is asked again later, any other answer is lost.

    Raises AmbiguousAnswer for the latter.
    """
    if provider.repeatable:
        return _fail(attempt, AttemptState.FAILED, error)
    move(Attempt.objects.filter(pk=attempt.pk), AttemptState.AMBIGUOUS, error=error)
    raise AmbiguousAnswer(f"The answer to attempt {attempt.code} was lost")


def _intend(job: Job, call: str, provider: Provider[Any, Any], request: Value) -> Attempt:
    """First half of the promise: the intent and its reserve are durable before anything leaves."""
    with transaction.atomic():
        if not _ours(job):
            raise LostLease
        last = Attempt.objects.filter(job_code=job.code, call=call).aggregate(last=Max("number"))["last"] or 0
        attempt = Attempt.objects.create(
            job=job,
            job_code=job.code,
            project_code=job.project.code if job.project else None,
            owner_id=job.project.owner_id if job.project else None,
            step=job.step,
            call=call,
            number=last + 1,
            provider=provider.name,
            request=request.model_dump(mode="json"),
            request_digest=digest(request),
            estimate_microusd=provider.estimate(request),
        )
        budget.reserve(attempt)
    return attempt


def _settle(job: Job, attempt: Attempt, provider: Provider[Any, Any], request: Value, reply: Value) -> None:
    """The first of the two commits: reply, files and charge together, fenced on the lease.

    What cannot be repeated is booked even when the job has been taken away meanwhile: it is done and has to be paid.
    """
    with transaction.atomic():
        ours = _ours(job)
        if ours or not provider.repeatable:
            attempt.cost_microusd = provider.cost(request, reply)
            fields = {"reply": reply.model_dump(mode="json"), "cost_microusd": attempt.cost_microusd, "error": ""}
            if not move(Attempt.objects.filter(pk=attempt.pk), AttemptState.DONE, finished_at=timezone.now(), **fields):
                raise LostLease
            budget.settle(attempt)
    if not ours:
        if provider.repeatable:
            _fail(attempt, AttemptState.FAILED, "no longer wanted")
        raise LostLease


def _fail(attempt: Attempt, state: AttemptState, error: str) -> None:
    with transaction.atomic():
        if move(Attempt.objects.filter(pk=attempt.pk), state, error=error[:4000], finished_at=timezone.now()):
            budget.release(attempt)


def _ours(job: Job) -> bool:
    """Lock project then job, in that order; whether the job is still held."""
    locked = lock_project(job.project_id)
    return locked and Job.objects.select_for_update(no_key=True).filter(held(job)).exists()
