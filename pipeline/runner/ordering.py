"""Asking a vendor that works on while we wait: ordered once, then looked at until it is done.

What is known of an order is in the database before and after each step, so any worker can go on from there.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from pipeline import credentials, logcontext
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import JobProvider, Mark, NotSent, Pending, ProviderError, Reply, Work
from pipeline.runner import charges, clock
from pipeline.runner.charges import LostLease
from pipeline.runner.crash import crash_point
from pipeline.states import AttemptState
from pipeline.steps.base import Waiting

log = logging.getLogger(__name__)
FIRST_LOOK_S = 2
FIND_AGAIN_S = 10
AROUND = timedelta(hours=1)
GRACE_S = 30
"""Our own deadline lies behind the one that the vendor was told, so that its word comes first."""


def order_once(
    job: Job, call: str, provider: JobProvider[Any, Any], request: Value, work: Work, attempt: Attempt | None
) -> Reply | Waiting:
    """Order it if there is no open attempt, else see how that stands.

    Raises ProviderError, AmbiguousAnswer, LostLease.
    """
    if attempt is None:
        attempt = charges.intend(job, call, provider, request)
        crash_point("after_intent", job.step)
        with logcontext.bind(attempt=attempt.code):
            _submit(attempt, provider, request, work)
            crash_point("after_sent", job.step)
            return _waiting(attempt, provider, FIRST_LOOK_S)
    with logcontext.bind(attempt=attempt.code):
        if attempt.state != AttemptState.SENT and not found(attempt, provider, request):
            if clock.now() > attempt.created_at + charges.window():
                raise charges.give_up(attempt)
            return _waiting(attempt, provider, FIND_AGAIN_S)
        reply = look(attempt, provider, request, work)
        if isinstance(reply, Pending):
            return _waiting(attempt, provider, min(reply.poll_after_s, _patience_s(attempt)))
        crash_point("after_poll", job.step)
        charges.settle(job, attempt, provider, request, reply)
        crash_point("after_attempt", job.step)
        return reply


def mark_of(attempt: Attempt) -> Mark:
    """What tells this attempt from all others at the vendor."""
    path = reverse("hook", args=[attempt.provider, attempt.code])
    callback_url = settings.OMVEE_BASE_URL + path if credentials.site_is_public() else ""
    return Mark(code=str(attempt.code), callback_url=callback_url, since=attempt.created_at)


def found(attempt: Attempt, provider: JobProvider[Any, Any], request: Value) -> bool:
    """Whether the vendor knows an order under our mark, whose id is then written down. It is never ordered again."""
    try:
        external_id = provider.find(replace(mark_of(attempt), taken=_taken(attempt)), request)
    except ProviderError as error:
        log.warning("What became of the order cannot be asked now: %s", error.detail or error)
        return False
    return external_id is not None and charges.sent(attempt, external_id)


def _taken(attempt: Attempt) -> frozenset[str]:
    """The vendor's ids of all that was ordered there about then by others."""
    others = Attempt.objects.filter(provider=attempt.provider, created_at__gt=attempt.created_at - AROUND)
    ids = others.exclude(pk=attempt.pk).exclude(external_id="").values_list("external_id", flat=True)
    return frozenset(ids)


def look(
    attempt: Attempt, provider: JobProvider[Any, Any], request: Value, work: Work, *, wanted: bool = True
) -> Reply | Pending:
    """How an order stands; when it is over, its attempt is closed. Raises ProviderError, AmbiguousAnswer.

    The end of one that is not `wanted` any more, since we had it canceled, says nothing about the vendor.
    """
    try:
        return provider.poll(attempt.external_id, request, work)
    except ProviderError as error:
        if error.kind == "ambiguous":  # the vendor has forgotten what it may charge
            charges.lose(attempt, error.detail or str(error))
            raise charges.give_up(attempt) from error
        charges.close_failed(attempt, error, counts=wanted)
        raise


def _submit(attempt: Attempt, provider: JobProvider[Any, Any], request: Value, work: Work) -> None:
    """Exactly one paid request. Whatever leaves it open whether it arrived is found out later."""
    try:
        external_id = provider.submit(request, work, mark_of(attempt))
    except NotSent as error:
        raise charges.unsent(attempt, error) from error
    except ProviderError as error:
        if error.kind != "ambiguous":
            charges.close_failed(attempt, error)
            raise
        log.warning("It is not known whether the order arrived: %s", error.detail)
        charges.lose(attempt, error.detail or str(error))
        charges.report(attempt, error)
        return
    except MediaError as error:  # an input of ours that cannot be read: nothing was sent
        charges.close_failed(attempt, error)
        raise
    except BaseException as error:
        charges.lose(attempt, repr(error))
        raise
    crash_point("after_submit", attempt.step)
    if not charges.sent(attempt, external_id):
        attempt.refresh_from_db()
        if attempt.external_id != external_id:  # the webhook may have been quicker to tell the same id
            log.error("Order %s came back as %s after it was given up", attempt.code, external_id)
            raise LostLease
    charges.report_success(attempt, made=False)


def _patience_s(attempt: Attempt) -> int:
    """A tenth of how long it has taken so far: news is never later than that, and long work is asked after rarely."""
    return max(1, round((clock.now() - attempt.created_at).total_seconds() / 10))


def _waiting(attempt: Attempt, provider: JobProvider[Any, Any], poll_after_s: int) -> Waiting:
    deadline_s = (provider.access.deadline_s or credentials.deadline_for(provider.capability)) + GRACE_S
    return Waiting(call=attempt.call, poll_after_s=max(1, poll_after_s), deadline_s=deadline_s)
