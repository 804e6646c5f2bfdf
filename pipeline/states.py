"""Every state of a job and of an attempt, and the only transitions there are."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _


class JobState(TextChoices):
    QUEUED = "queued", _("Waiting for a worker")
    RUNNING = "running", _("Running")
    WAITING = "waiting", _("Waiting for the provider")
    NEEDS_CONSENT = "needs_consent", _("Needs consent")
    PAUSED_BUDGET = "paused_budget", _("Paused: the spending limit is reached")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class AttemptState(TextChoices):
    INTENT = "intent", _("About to be sent")
    SENT = "sent", _("Sent")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    AMBIGUOUS = "ambiguous", _("Answer lost")
    WRITTEN_OFF = "written_off", _("Written off as spent")


LIVE: Final = (
    JobState.QUEUED,
    JobState.RUNNING,
    JobState.WAITING,
    JobState.NEEDS_CONSENT,
    JobState.PAUSED_BUDGET,
)
CLAIMABLE: Final = (JobState.QUEUED, JobState.WAITING, JobState.PAUSED_BUDGET)
AT_WORK: Final = (JobState.RUNNING, JobState.WAITING)
OPEN: Final = (AttemptState.INTENT, AttemptState.SENT, AttemptState.AMBIGUOUS)
OPEN_OR_PAID: Final = (*OPEN, AttemptState.DONE)

# state -> the states it may be reached from
JOB_MOVES: Final[dict[str, tuple[str, ...]]] = {
    JobState.QUEUED: (JobState.RUNNING, JobState.WAITING, JobState.NEEDS_CONSENT, JobState.PAUSED_BUDGET),
    JobState.RUNNING: CLAIMABLE,
    JobState.WAITING: (JobState.RUNNING,),
    JobState.NEEDS_CONSENT: (JobState.QUEUED, JobState.RUNNING),
    JobState.PAUSED_BUDGET: (JobState.RUNNING,),
    JobState.DONE: (JobState.RUNNING,),
    JobState.FAILED: (JobState.RUNNING, JobState.WAITING),
    JobState.CANCELED: LIVE,
}
ATTEMPT_MOVES: Final[dict[str, tuple[str, ...]]] = {
    AttemptState.SENT: (AttemptState.INTENT, AttemptState.AMBIGUOUS),
    AttemptState.DONE: (AttemptState.INTENT, AttemptState.SENT, AttemptState.AMBIGUOUS),
    AttemptState.REFUSED: (AttemptState.INTENT, AttemptState.SENT),
    AttemptState.FAILED: (AttemptState.INTENT, AttemptState.SENT, AttemptState.AMBIGUOUS),
    AttemptState.AMBIGUOUS: (AttemptState.INTENT, AttemptState.SENT),
    AttemptState.WRITTEN_OFF: (AttemptState.AMBIGUOUS,),
}


def move(rows: QuerySet[Any], to: str, **fields: Any) -> int:
    """Move the rows of `rows` that may legally become `to`; returns how many did.

    One conditional UPDATE: a row that somebody else has moved meanwhile is not touched, and zero means that the race
    was lost.
    """
    moves = JOB_MOVES if _is_job(rows.model) else ATTEMPT_MOVES
    return rows.filter(state__in=moves[to]).update(state=to, **fields)


def _is_job(model: type[Model]) -> bool:
    return model._meta.model_name == "job"
