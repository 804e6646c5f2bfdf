"""The one door to a provider: intent first, sent once, the reply kept for ever."""

from __future__ import annotations

import logging
import math
from typing import Any

from pipeline import logcontext
from pipeline.media.run import MediaError, Stopped
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import JobProvider, NotSent, Provider, ProviderError, Work
from pipeline.runner import charges, clock
from pipeline.runner.charges import AmbiguousAnswer, LostLease
from pipeline.runner.crash import crash_point
from pipeline.runner.inheriting import kept_reply
from pipeline.runner.ordering import order_once
from pipeline.states import AttemptState

__all__ = ["AmbiguousAnswer", "LostLease", "ask_once"]

log = logging.getLogger(__name__)


def ask_once(job: Job, call: str, provider: Provider[Any, Any], request: Value, work: Work) -> Any:
    """The provider's reply to this call of this job; a stored one if there is one, also of an earlier job for the same
    output that ended on the way, else by sending the request once.

    A vendor that works on while we wait answers with Waiting until it is done.
    """
    earlier = charges.open_or_paid(job, call)
    if earlier is not None and earlier.state == AttemptState.DONE:
        return provider.reply_type(request).model_validate(earlier.reply)
    if earlier is None and not provider.repeatable and (kept := kept_reply(job, call, provider, request)) is not None:
        return kept
    if isinstance(provider, JobProvider):
        return order_once(job, call, provider, request, work, earlier)
    if earlier is not None:
        _close_interrupted(earlier, provider)
    attempt = charges.intend(job, call, provider, request)
    crash_point("after_intent", job.step)
    with logcontext.bind(attempt=attempt.code):
        reply = _send(attempt, provider, request, work)
        crash_point("after_send", job.step)
        charges.settle(job, attempt, provider, request, reply)
        crash_point("after_attempt", job.step)
    return reply


def _send(attempt: Attempt, provider: Provider[Any, Any], request: Value, work: Work) -> Any:
    try:
        return provider.send(request, work)
    except NotSent as error:
        raise charges.unsent(attempt, error) from error
    except ProviderError as error:
        if error.kind == "ambiguous":
            log.warning("What the provider did is not known: %s", error.detail)
            charges.lose(attempt, error.detail or str(error))
            charges.report(attempt, error)
            raise charges.give_up(attempt) from error
        charges.close_failed(attempt, error)
        raise
    except MediaError as error:
        charges.close_failed(attempt, error)
        raise
    except Stopped:
        if provider.repeatable:
            charges.close(attempt, AttemptState.FAILED, "stopped")
        else:
            charges.lose(attempt, "stopped")  # nobody waits for the answer any more, but it may have to be paid
        raise
    except Exception as error:
        if provider.repeatable:
            charges.close(attempt, AttemptState.FAILED, repr(error))
            raise
        log.exception("What the provider did is not known")
        charges.lose(attempt, repr(error))
        raise charges.give_up(attempt) from error


def _close_interrupted(attempt: Attempt, provider: Provider[Any, Any]) -> None:
    """The worker that asked is gone. A repeatable provider is asked again; else the answer may still be on its way to
    a worker that merely slept, so the request is written off only after the window. Raises AmbiguousAnswer.
    """
    if provider.repeatable:
        charges.close(attempt, AttemptState.FAILED, "interrupted")
        return
    charges.lose(attempt, "interrupted")
    left_s = (attempt.created_at + charges.window() - clock.now()).total_seconds()
    if left_s > 0:
        raise AmbiguousAnswer(f"The answer to attempt {attempt.code} may still come", again_s=math.ceil(left_s))
    raise charges.give_up(attempt)
