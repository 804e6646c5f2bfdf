"""What was paid for an output whose job then failed or was canceled: whoever makes that output next goes on from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from pipeline import pricebook
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import Provider, Reply
from pipeline.recipes import digest
from pipeline.states import LIVE, AttemptState, JobState

ENDED_ON_THE_WAY: Final = (JobState.FAILED, JobState.CANCELED)
MOST: Final = 20
"""So many earlier jobs of one output are looked at."""


def left_behind(job: Job) -> dict[str, Attempt]:
    """call -> the paid attempt of an earlier job for the very same output (step, subject, recipe, take). The job itself
    need not be there yet.

    Only of jobs that ended on the way: canceled, or failed at a request after it. Where all that was asked for came and
    the job failed nevertheless, its replies are of no use, and everything is asked for anew.
    """
    found: dict[str, Attempt] = {}
    if job.project_id is None:
        return found
    same = Job.objects.filter(
        project=job.project_id, step=job.step, subject=job.subject, recipe=job.recipe, take=job.take
    ).exclude(state__in=LIVE)
    if job.pk is not None:
        same = same.filter(pk__lt=job.pk)
    for earlier in same.only("pk", "code", "state").order_by("-pk")[:MOST]:
        if earlier.state not in ENDED_ON_THE_WAY:
            break
        attempts = list(Attempt.objects.filter(job_code=earlier.code).order_by("pk"))
        if earlier.state == JobState.FAILED and (not attempts or attempts[-1].state == AttemptState.DONE):
            break
        for attempt in attempts:
            if attempt.state == AttemptState.DONE:
                found.setdefault(attempt.call, attempt)
    return found


def kept_calls(
    left: Mapping[str, Attempt],
    provider: Provider[Any, Any],
    planned: Iterable[tuple[str, Value]],
    bought: Collection[str] = (),
) -> set[str]:
    """Which of the planned requests (call, request) are answered by what was left behind; `bought` are those that the
    job has bought itself.

    One that is made of an earlier reply is compared when it is asked; here it counts while all before it are bought.
    """
    kept: set[str] = set()
    first, whole = True, True
    for call, request in planned:
        attempt = left.get(call)
        if call in bought:
            fits = True
        elif attempt is None or not _is_of(attempt, provider):
            fits = False
        else:
            fits = attempt.request_digest == digest(request) or (whole and not first)
            kept |= {call} if fits else set()
        first, whole = False, whole and fits
    return kept


def kept_reply(job: Job, call: str, provider: Provider[Any, Any], request: Value) -> Reply | None:
    """The reply that was paid for the same request to the same model, if there is one."""
    attempt = left_behind(job).get(call)
    if attempt is None:
        return None
    same = _is_of(attempt, provider) and attempt.request_digest == digest(request)
    return provider.reply_type(request).model_validate(attempt.reply) if same else None


def _is_of(attempt: Attempt, provider: Provider[Any, Any]) -> bool:
    """Whether this very model was paid for it."""
    model = pricebook.choice(provider.model) if provider.model else ""
    return (attempt.provider, attempt.model) == (provider.name, model)
