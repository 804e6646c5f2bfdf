"""Running one job: claim, work, commit."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from pipeline import health, logcontext
from pipeline.budget import HardLimitReached, NeedsConsent, alerts, given_meanwhile
from pipeline.media.containers import full_disk
from pipeline.media.run import MediaError, Stopped
from pipeline.media.values import Value
from pipeline.models import Job
from pipeline.providers.base import ProviderError
from pipeline.runner import clock, doorbell, hooks, leftovers, slots
from pipeline.runner.asking import AmbiguousAnswer, LostLease
from pipeline.runner.context import JobContext
from pipeline.runner.crash import crash_point
from pipeline.runner.lease import Beat, claim_next, held
from pipeline.runner.locking import lock_project
from pipeline.runner.machine import work_folder
from pipeline.states import JobState, move
from pipeline.steps import STEPS
from pipeline.steps.base import Step, Waiting

log = logging.getLogger(__name__)
PAUSE_S = 600  # the ticker lets it go on as soon as there is room; this is for who works without one
RATE_PAUSE_S = 10
RATE_SPREAD_S = 3  # jobs that were held back together do not come back together
_LET_GO: dict[str, Any] = {"lease_token": "", "lease_until": None, "rung_at": None}


# Set by the cluster before its workers are forked: a flag that says that it is ending.
draining: Any = None


def answer(queue: str) -> None:
    """Answer one ring: run the most urgent due job of the queue, if any is left. Called by django-q2."""
    close_old_connections()
    if draining is not None and draining.is_set():
        doorbell.push(queue)  # the cluster is ending: this bell is for the next one
        return
    job = claim_next(queue)
    if job is None:
        if queue == leftovers.QUEUE:
            leftovers.finish_next() or alerts.tell_next()
        return
    if job.rung_at is None:
        doorbell.push(queue)  # it had no bell yet, so the one that was heard is another job's
    run_claimed(job)
    if job.provider and slots.next_is_due(job):
        doorbell.push(queue)  # who was refused a place has no bell any more


def run_next(queue: str = "", project_id: int | None = None) -> bool:
    """Run the most urgent due job; False when nothing is due."""
    job = claim_next(queue, project_id)
    if job is None:
        return False
    run_claimed(job)
    return True


def run_claimed(job: Job) -> None:
    """Run a job that this worker has claimed, and commit what came of it. Never raises for what the work did."""
    step = STEPS[job.step]
    project = job.project.code if job.project else None
    with logcontext.bind(project=project, job=job.code, step=job.step):
        crash_point("claimed", job.step)
        with work_folder() as folder:
            context = JobContext(job, Path(folder))
            beat = context.beat = Beat(job, step.deadline_s, lambda: context.told, partial(_end_overdue, job, step))
            beat.start()
            try:
                _work(job, step, context)
            finally:
                beat.end()
        if job.provider and not Job.objects.filter(pk=job.pk, state=JobState.WAITING).exists():
            health.let_go(job.code, clock.now())


def _work(job: Job, step: Step, context: JobContext) -> None:
    try:
        result = step.run(step.input.model_validate(job.input), context)
        if context.stop():
            raise Stopped  # noqa: TRY301  as the step itself would
    except (Stopped, LostLease):
        _end_stopped(job, step, context)
    except AmbiguousAnswer as error:
        _end_unanswered(job, error)
    except NeedsConsent as error:
        _wait_for_consent(job, error)
    except HardLimitReached as error:
        alerts.limit_reached(error.kind, _who(job, error.kind))
        quote = {"quote_microusd": error.quote_microusd}
        _back_off(job, str(error), "", PAUSE_S, counted=False, state=JobState.PAUSED_BUDGET, **quote)
    except ProviderError as error:
        _end_refused(job, step, error)
    except MediaError as error:
        _end_badly(job, step, str(error), error.detail, transient=False)
    except MemoryError as error:
        _end_badly(job, step, "There was not enough memory for this step.", repr(error), transient=True)
    except OSError as error:
        log.exception("Step %s failed", step.name)
        sentence = full_disk(error) or "Something went wrong on our side in this step."
        _end_badly(job, step, sentence, repr(error), transient=True)
    except Exception as error:
        log.exception("Step %s failed", step.name)
        _end_badly(job, step, "Something went wrong on our side in this step.", repr(error), transient=True)
    else:
        _conclude(job, step, result)


def _wait_for_consent(job: Job, error: NeedsConsent) -> None:
    """Under the project's lock, as consents are given: one that came since lets go on whom it found still running."""
    with transaction.atomic():
        if lock_project(job.project_id) and given_meanwhile(job, error):
            _back_off(job, "", "agreed to meanwhile", 0, counted=False)
            return
        quote = {"quote_microusd": error.quote_microusd, "quoted_price": error.price}
        _back_off(job, str(error), "", 0, counted=False, state=JobState.NEEDS_CONSENT, **quote)


def _who(job: Job, kind: str) -> str:
    """Whose limit it is, for operators."""
    if job.project is None:
        return ""
    return str(job.project.owner) if kind == "month" else str(job.project.code)


def _conclude(job: Job, step: Step, result: Value) -> None:
    try:
        _wait(job, result) if isinstance(result, Waiting) else _finish(job, result)
    except Exception as error:
        # What was made is durable and paid; only its commit is done again.
        log.exception("The result of step %s could not be committed", step.name)
        _end_badly(job, step, "Something went wrong on our side while saving this step.", repr(error), transient=True)


def _end_stopped(job: Job, step: Step, context: JobContext) -> None:
    if context.beat is not None and context.beat.late:
        _end_overdue(job, step)
    elif context.stop():
        log.info("Stopped: the job is no longer wanted or no longer ours")
    else:
        _end_badly(job, step, "This step stopped by itself.", "stopped without a reason", transient=True)


def _end_unanswered(job: Job, error: AmbiguousAnswer) -> None:
    """It cannot be found out whether the provider did it: it goes on once by itself, then a person decides."""
    if error.again_s is None:
        text = "It is not known whether the provider did this work. It will not be asked again by itself."
        _fail(job, text, str(error))
        return
    text = "The answer of the provider was lost. The studio is finding out whether the work was done."
    _back_off(job, text, str(error), error.again_s, counted=False)


def _end_refused(job: Job, step: Step, error: ProviderError) -> None:
    if error.kind == "rate_limited":  # the vendor says when; a pause is no try
        pause_s = (error.retry_after_s or RATE_PAUSE_S) + random.randrange(RATE_SPREAD_S)
        _back_off(job, str(error), error.detail, pause_s, counted=False)
        return
    if (
        error.kind in health.FOR_OPERATORS and job.provider
    ):  # the claim sees the open breaker: it waits, or another does it
        health.failed(job.provider, job.model, error.kind, error.detail or str(error), transient=False, now=clock.now())
        _back_off(job, str(error), error.detail, 0, counted=False)
        return
    _end_badly(job, step, str(error), error.detail, transient=error.transient)


def _end_overdue(job: Job, step: Step) -> None:
    """Tell that the deadline is over. Also called by the heartbeat, about a step that does not stop."""
    minutes = max(1, step.deadline_s // 60)
    _fail(job, f"This step took longer than {minutes} min and was ended.", "deadline")


def _finish(job: Job, output: Value) -> None:
    """The second of the two commits: job done, output received, what follows submitted; fenced on the lease."""
    crash_point("before_commit", job.step)
    with transaction.atomic():
        if not lock_project(job.project_id):
            log.info("Fenced: the project is gone")
            return
        done = {"output": output.model_dump(mode="json"), "finished_at": timezone.now(), "lease_until": None}
        if not move(Job.objects.filter(held(job)), JobState.DONE, error="", error_detail="", **done):
            log.info("Fenced: the job is no longer ours")
            return
        hooks.receive(job, output)
    crash_point("after_commit", job.step)
    log.info("Done")


def _wait(job: Job, waiting: Waiting) -> None:
    now = clock.now()
    until = job.wait_until or now + timedelta(seconds=waiting.deadline_s)
    if now >= until:
        _fail(job, "The provider did not answer in time.", waiting.call)
        return
    due = min(now + timedelta(seconds=waiting.poll_after_s), until)
    move(Job.objects.filter(held(job)), JobState.WAITING, not_before=due, wait_until=until, **_LET_GO)


def _end_badly(job: Job, step: Step, error: str, detail: str, *, transient: bool) -> None:
    if not transient or job.tries >= job.max_tries:
        _fail(job, error, detail)
        return
    _back_off(job, error, detail, step.backoff_s[min(job.tries, len(step.backoff_s)) - 1], counted=True)


def _back_off(
    job: Job, error: str, detail: str, seconds: int, *, counted: bool, state: str = JobState.QUEUED, **more: Any
) -> None:
    log.warning("%s, again in %s s: %s (%s)", state, seconds, error, detail[-500:])
    due = clock.now() + timedelta(seconds=seconds)
    fields = {"not_before": due, "error": error, "error_detail": detail[-4000:], **_LET_GO, **more}
    if not counted and job.is_try:  # a wake was not counted either
        fields["tries"] = max(0, job.tries - 1)
    with transaction.atomic():
        if lock_project(job.project_id) and move(Job.objects.filter(held(job)), state, **fields):
            hooks.tell(hooks.progressed, job)


def _fail(job: Job, error: str, detail: str) -> None:
    log.error("Failed: %s (%s)", error, detail[-2000:])
    with transaction.atomic():
        fail_locked(job, error, detail)


def fail_locked(job: Job, error: str, detail: str) -> bool:
    """Fail a job that is held under this token, in the caller's transaction; False when somebody else was first."""
    locked = lock_project(job.project_id)
    fields = {"error": error, "error_detail": detail[-4000:], "finished_at": timezone.now(), **_LET_GO}
    failed = bool(move(Job.objects.filter(held(job)), JobState.FAILED, **fields))
    if failed and locked:
        hooks.tell(hooks.failed, job)
    return failed
