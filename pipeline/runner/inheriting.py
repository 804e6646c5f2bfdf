"""What was paid for an output whose job then failed or was canceled: whoever makes that output next goes on from it."""

from __future__ import annotations

from typing import Any

from pipeline import pricebook
from pipeline.media.values import Value
from pipeline.models import Attempt, Job
from pipeline.providers.base import Provider, Reply
from pipeline.recipes import digest
from pipeline.states import AttemptState, JobState

MOST = 20
"""So many earlier jobs of one output are looked at."""


def left_behind(job: Job) -> dict[str, Attempt]:
    """call -> the paid attempt of an earlier job for the very same output (step, subject, recipe, take).

    Only of jobs that ended on the way: canceled, or failed at a request after it. Where all that was asked for came and
    the job failed nevertheless, its replies are of no use, and everything is asked for anew.
    """
    found: dict[str, Attempt] = {}
    if job.project_id is None:
        return found
    same = Job.objects.filter(
        project=job.project_id, step=job.step, subject=job.subject, recipe=job.recipe, take=job.take, pk__lt=job.pk
    )
    for earlier in same.only("pk", "code", "state").order_by("-pk")[:MOST]:
        if earlier.state not in (JobState.FAILED, JobState.CANCELED):
            break
        attempts = list(Attempt.objects.filter(job_code=earlier.code).order_by("pk"))
        if earlier.state == JobState.FAILED and (not attempts or attempts[-1].state == AttemptState.DONE):
            break
        for attempt in attempts:
            if attempt.state == AttemptState.DONE:
                found.setdefault(attempt.call, attempt)
    return found


def kept_reply(job: Job, call: str, provider: Provider[Any, Any], request: Value) -> Reply | None:
    """The reply that was paid for the same request to the same model, if there is one."""
    attempt = left_behind(job).get(call)
    if attempt is None:
        return None
    model = pricebook.choice(provider.model) if provider.model else ""
    same = (attempt.provider, attempt.model, attempt.request_digest) == (provider.name, model, digest(request))
    return provider.reply_type(request).model_validate(attempt.reply) if same else None
