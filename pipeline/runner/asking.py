"""The one door to a provider: intent first, sent once, the reply kept for ever.

An attempt is the charge. At most one open or paid attempt exists per (job, call), by a partial unique constraint.
"""

from __future__ import annotations

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


class LostLease(Exception):  # noqa: N818 - not an error: somebody else owns the job now
    """The job is no longer ours: nothing may be committed for it."""


class AmbiguousAnswer(Exception):  # noqa: N818 - a state of knowledge
    """It is unknown whether the provider did the work; it must not be asked again."""


def ask_once(job: Job, call: str, provider: Provider[Any, Any], request: Value, work: Work) -> Any:
    """The provider's reply to this call of this job; a stored one if there is one, else by sending the request once."""
    earlier = Attempt.objects.filter(job_code=job.code, call=call, state__in=OPEN_OR_PAID).first()
    if earlier is not None and earlier.state == AttemptState.DONE:
        return provider.reply_type(request).model_validate(earlier.reply)
    if earlier is not None:
        _close_unanswered(earlier, provider)
    attempt = _intend(job, call, provider, request)
    crash_point("after_intent", job.step)
    with logcontext.bind(attempt=attempt.code):
        try:
            reply = provider.send(request, work)
        except (ProviderError, MediaError, Stopped) as error:
            _fail(attempt, error)
            raise
        crash_point("after_send", job.step)
        _settle(job, attempt, provider.cost(request, reply), reply)
        crash_point("after_attempt", job.step)
    return reply


def _close_unanswered(attempt: Attempt, provider: Provider[Any, Any]) -> None:
    """A worker died between intent and answer: a repeatable provider is asked again, any other answer is lost."""
    rows = Attempt.objects.filter(pk=attempt.pk)
    if not provider.repeatable:
        move(rows, AttemptState.AMBIGUOUS)
        raise AmbiguousAnswer(f"The answer to attempt {attempt.code} was lost")
    with transaction.atomic():
        if move(rows, AttemptState.FAILED, error="interrupted", finished_at=timezone.now()):
            budget.release(attempt)


def _intend(job: Job, call: str, provider: Provider[Any, Any], request: Value) -> Attempt:
    """First half of the promise: the intent and its reserve are durable before anything leaves."""
    with transaction.atomic():
        _own(job)
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


def _settle(job: Job, attempt: Attempt, cost_microusd: int, reply: Value) -> None:
    """The first of the two commits: reply, files and charge together, fenced on the lease."""
    with transaction.atomic():
        _own(job)
        attempt.cost_microusd = cost_microusd
        fields = {"reply": reply.model_dump(mode="json"), "cost_microusd": cost_microusd, "finished_at": timezone.now()}
        if not move(Attempt.objects.filter(pk=attempt.pk), AttemptState.DONE, **fields):
            raise LostLease
        budget.settle(attempt)


def _fail(attempt: Attempt, error: Exception) -> None:
    state = AttemptState.REFUSED if getattr(error, "refused", False) else AttemptState.FAILED
    with transaction.atomic():
        if move(Attempt.objects.filter(pk=attempt.pk), state, error=str(error) or "stopped", finished_at=timezone.now()):
            budget.release(attempt)


def _own(job: Job) -> None:
    """Lock project then job, in that order, or raise LostLease."""
    if not lock_project(job.project_id) or not Job.objects.select_for_update(no_key=True).filter(held(job)).exists():
        raise LostLease
