"""The only transitions there are, for jobs and for attempts."""

from __future__ import annotations

import uuid
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from pipeline.models import Attempt, Job
from pipeline.states import ATTEMPT_MOVES, JOB_MOVES, OPEN_OR_PAID, AttemptState, JobState, move
from pipeline.tests.trials import Trial, at_once

pytestmark = pytest.mark.postgres


def attempt(job: Job, state: str = AttemptState.INTENT, number: int = 1, call: str = "ask") -> Attempt:
    fields = {"job": job, "job_code": job.code, "step": "trial", "call": call, "number": number, "state": state}
    return Attempt.objects.create(provider="fake", request={}, request_digest="", **fields)


def test_a_job_moves_only_as_the_table_says(trial: Trial) -> None:
    job = trial.submit()
    for source, target in product(JobState.values, JOB_MOVES):
        Job.objects.filter(pk=job.pk).update(state=source)
        legal = source in JOB_MOVES[target]
        assert move(Job.objects.filter(pk=job.pk), target, error="moved") == int(legal), (source, target)
        assert Job.objects.get(pk=job.pk).state == (target if legal else source)


def test_an_attempt_moves_only_as_the_table_says(trial: Trial) -> None:
    row = attempt(trial.submit())
    for source, target in product(AttemptState.values, ATTEMPT_MOVES):
        Attempt.objects.filter(pk=row.pk).update(state=source)
        legal = source in ATTEMPT_MOVES[target]
        assert move(Attempt.objects.filter(pk=row.pk), target) == int(legal), (source, target)


def test_what_is_finished_never_moves_again() -> None:
    ends = {JobState.DONE, JobState.FAILED, JobState.CANCELED}
    assert not ends & {source for sources in JOB_MOVES.values() for source in sources}
    ends = {AttemptState.DONE, AttemptState.REFUSED, AttemptState.FAILED, AttemptState.WRITTEN_OFF}
    assert not ends & {source for sources in ATTEMPT_MOVES.values() for source in sources}


def test_one_of_two_movers_wins(trial: Trial) -> None:
    job = trial.submit()
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    rows = Job.objects.filter(pk=job.pk)
    won = at_once(*[lambda state=state: move(rows.all(), state) for state in (JobState.DONE, JobState.FAILED) * 4])
    assert sorted(won) == [0] * 7 + [1]


@pytest.mark.parametrize("state", OPEN_OR_PAID)
def test_a_call_has_one_open_or_paid_attempt(trial: Trial, state: str) -> None:
    job = trial.submit()
    attempt(job, AttemptState.REFUSED, 1)
    attempt(job, state, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        attempt(job, AttemptState.INTENT, 3)
    attempt(job, AttemptState.INTENT, 1, call="another")


def test_one_live_job_makes_an_output(trial: Trial) -> None:
    job = trial.submit("a")
    again = {"recipe": job.recipe, "place": "p", "queue": "io", "input": {}}
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(project=trial.project, step="trial", subject="a", **again)
    Job.objects.create(project=trial.project, step="trial", subject="a", take=2, **again)
    move(Job.objects.filter(pk=job.pk), JobState.CANCELED)
    Job.objects.create(project=trial.project, step="trial", subject="a", code=uuid.uuid4(), **again)
