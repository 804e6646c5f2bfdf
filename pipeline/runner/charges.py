"""The charge behind a request: intended, sent, settled, released or written off, each in one short transaction.

At most one open or paid attempt exists per (job, call), by a partial unique constraint.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pipeline import budget, credentials, health, pricebook
from pipeline.budget import NeedsConsent, consents
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import NotSent, Provider, ProviderError, Reply, UnknownPrice
from pipeline.recipes import digest
from pipeline.runner import clock, hooks
from pipeline.runner.inheriting import kept_calls, left_behind
from pipeline.runner.lease import held
from pipeline.runner.locking import lock_project
from pipeline.states import OPEN_OR_PAID, AttemptState, move
from pipeline.steps import STEPS

log = logging.getLogger(__name__)

# What was written off may have been paid for: so often it is ordered again without anybody being asked.
MAX_WRITTEN_OFF = 1
AGAIN_S = 5


class LostLease(Exception):
    """The job is no longer ours: nothing may be committed for it."""


class AmbiguousAnswer(Exception):
    """It is unknown whether the provider did the work. `again_s`: when the job may go on; None: never by itself."""

    def __init__(self, text: str, *, again_s: int | None = None) -> None:
        super().__init__(text)
        self.again_s = again_s


def open_or_paid(job: Job, call: str) -> Attempt | None:
    """The one attempt of this call that may have to be paid, or is."""
    return Attempt.objects.filter(job_code=job.code, call=call, state__in=OPEN_OR_PAID).first()


def intend(job: Job, call: str, provider: Provider[Any, Any], request: Value) -> Attempt:
    """First half of the promise: the intent and its reserve are durable before anything leaves.

    The price is taken anew. Raises LostLease, NeedsConsent, HardLimitReached, ProviderError for a model that is not
    offered any more.
    """
    with transaction.atomic():
        if not ours(job):
            raise LostLease
        if provider.model is not None and pricebook.is_withdrawn(provider.model):
            raise pricebook.not_offered(pricebook.choice(provider.model))
        price = pricebook.price_stamp(provider.name, provider.model)
        try:
            estimate = provider.estimate(request)
            rest = estimate + (_later(job, call, provider) if estimate else 0)
        except UnknownPrice as error:
            raise NeedsConsent(str(error), quote_microusd=None, price=price) from error
        consent = consents.covering(job, price, estimate, rest)
        Job.objects.filter(pk=job.pk).update(wait_until=None)  # a new request has a deadline of its own
        last = Attempt.objects.filter(job_code=job.code, call=call).aggregate(last=Max("number"))["last"] or 0
        attempt = Attempt.objects.create(
            job=job,
            job_code=job.code,
            project_code=job.project.code if job.project else None,
            owner_id=job.project.owner_id if job.project else None,
            step=job.step,
            call=call,
            number=last + 1,
            capability=provider.capability,
            provider=provider.name,
            model=pricebook.choice(provider.model) if provider.model else "",
            request=request.model_dump(mode="json"),
            request_digest=digest(request),
            estimate_microusd=estimate,
            consent=consent,
            created_at=clock.now(),
        )
        budget.reserve(attempt)
        if estimate:  # pages that show what is reserved
            hooks.tell(hooks.progressed, job)
    job.wait_until = None
    return attempt


def _later(job: Job, call: str, provider: Provider[Any, Any]) -> int:
    """What else this job may have to pay for at worst. Raises UnknownPrice."""
    step = STEPS[job.step]
    own = set(Attempt.objects.filter(job_code=job.code, state__in=OPEN_OR_PAID).values_list("call", flat=True))
    planned = list(step.calls(step.input.model_validate(job.input), provider))
    left = {name: attempt for name, attempt in left_behind(job).items() if name != call}  # it did not answer this one
    bought = {call, *own, *kept_calls(left, provider, planned, own)}
    return sum(provider.estimate(asked) for name, asked in planned if name not in bought)


def sent(attempt: Attempt, external_id: str) -> bool:
    """Write down under which id the vendor works; False if somebody else has, or it was given up."""
    rows = Attempt.objects.filter(pk=attempt.pk)
    won = bool(move(rows, AttemptState.SENT, external_id=external_id, look_at=clock.now()))
    if won:
        attempt.state, attempt.external_id = AttemptState.SENT, external_id
    return won


def settle(job: Job, attempt: Attempt, provider: Provider[Any, Any], request: Value, reply: Reply) -> None:
    """The first of the two commits: reply, files and charge together, fenced on the lease. Raises LostLease.

    What cannot be repeated is booked even when the job has been taken away meanwhile: it is done and has to be paid.
    """
    with transaction.atomic():
        mine = ours(job)
        if (mine or not provider.repeatable) and not _book(attempt, provider, request, reply):
            raise LostLease
    report_success(attempt, made=True)
    if not mine:
        if provider.repeatable:
            close(attempt, AttemptState.FAILED, "no longer wanted")
        raise LostLease


def book(attempt: Attempt, provider: Provider[Any, Any], request: Value, reply: Reply) -> bool:
    """Settle what came for a job that has ended; False if somebody else was first."""
    with transaction.atomic():
        return _book(attempt, provider, request, reply)


def _book(attempt: Attempt, provider: Provider[Any, Any], request: Value, reply: Reply) -> bool:
    try:
        attempt.cost_microusd = provider.cost(request, reply)
    except UnknownPrice:  # taken away since it was ordered; what was agreed to is the best that is known
        attempt.cost_microusd = attempt.estimate_microusd
    fields = {"reply": reply.model_dump(mode="json"), "cost_microusd": attempt.cost_microusd, "error": ""}
    if not move(Attempt.objects.filter(pk=attempt.pk), AttemptState.DONE, finished_at=timezone.now(), **fields):
        return False
    budget.settle(attempt)
    return True


def close(attempt: Attempt, state: AttemptState, error: str, *, kind: str = "", cost_microusd: int = 0) -> None:
    """Refused or failed: give the reserve back, but for what the vendor charges in spite of the failure."""
    with transaction.atomic():
        fields = {"error": error[:4000], "error_kind": kind, "finished_at": timezone.now()}
        rows = Attempt.objects.filter(pk=attempt.pk)
        if not move(rows, state, cost_microusd=cost_microusd, **fields):
            return
        attempt.cost_microusd = cost_microusd
        budget.settle(attempt) if cost_microusd else budget.release(attempt)


def unsent(attempt: Attempt, error: NotSent) -> BaseException:
    """Close an attempt whose request never left, without a charge; returns what went wrong."""
    close(attempt, AttemptState.FAILED, str(error))
    return error.__cause__ or error


def close_failed(attempt: Attempt, error: Exception, *, counts: bool = True) -> None:
    """Close an attempt whose end is known: the vendor, or our own reading of its output, says so.

    `counts`: against the vendor, if it is one that counts.
    """
    refused = isinstance(error, ProviderError) and error.refused
    kind, cost = (error.kind, error.cost_microusd) if isinstance(error, ProviderError) else ("", 0)
    state = AttemptState.REFUSED if refused else AttemptState.FAILED
    close(attempt, state, str(error), kind=kind, cost_microusd=cost)
    if counts and isinstance(error, ProviderError):
        report(attempt, error)


def report(attempt: Attempt, error: ProviderError) -> None:
    """Count it against the vendor. Outside any transaction: many jobs share the row that it locks."""
    if credentials.is_vendor(attempt.provider):
        reason, now = error.detail or str(error), clock.now()
        health.failed(attempt.provider, attempt.model, error.kind, reason, transient=error.transient, now=now)


def report_success(attempt: Attempt, *, made: bool) -> None:
    """The vendor took the order, or with `made` the model did the work."""
    if credentials.is_vendor(attempt.provider):
        health.worked(attempt.provider, attempt.model if made else None, clock.now())


def lose(attempt: Attempt, error: str) -> None:
    """Nobody heard the answer."""
    fields = {"error": error[:4000], "error_kind": "ambiguous", "look_at": clock.now() + window()}
    move(Attempt.objects.filter(pk=attempt.pk), AttemptState.AMBIGUOUS, **fields)


def write_off(attempt: Attempt) -> None:
    """Book as spent what could not be found out, and list it: it stands in the ledger as written off."""
    with transaction.atomic():
        lose(attempt, attempt.error or "no answer")
        rows = Attempt.objects.filter(pk=attempt.pk)
        fields = {"cost_microusd": attempt.estimate_microusd, "finished_at": timezone.now()}
        if move(rows, AttemptState.WRITTEN_OFF, **fields):
            log.warning("Attempt %s was written off: %s micro-USD", attempt.code, attempt.estimate_microusd)
            budget.write_off(attempt)


def give_up(attempt: Attempt) -> AmbiguousAnswer:
    """Write off an attempt of a job that goes on; what to raise: the job goes on once, not more often."""
    write_off(attempt)
    lost = Attempt.objects.filter(job_code=attempt.job_code, call=attempt.call, state=AttemptState.WRITTEN_OFF)
    again_s = AGAIN_S if lost.count() <= MAX_WRITTEN_OFF else None
    return AmbiguousAnswer(f"The answer to attempt {attempt.code} was lost and written off", again_s=again_s)


def window() -> timedelta:
    """How long it is tried to find out what became of a request whose answer was lost."""
    return timedelta(seconds=settings.OMVEE_FIND_WINDOW_S)


def ours(job: Job) -> bool:
    """Lock project then job, in that order; whether the job is still held."""
    locked = lock_project(job.project_id)
    return locked and Job.objects.select_for_update(no_key=True).filter(held(job)).exists()
