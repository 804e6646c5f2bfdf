"""Claiming: one of many wins, the lease keeps what was won, a dead or late owner loses it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from pipeline.models import Job
from pipeline.runner import clock, lease, sweep
from pipeline.runner.work import run_claimed, run_next
from pipeline.tests.trials import Trial, TrialOutput, at_once
from tests.services import wait_until

pytestmark = pytest.mark.postgres


def test_one_of_many_gets_the_job(trial: Trial) -> None:
    for _ in range(5):
        trial.submit("a")
        won = [job for job in at_once(*[lease.claim_next] * 6) if job is not None]
        assert len(won) == 1
        assert (won[0].tries, trial.fresh(won[0]).lease_token) == (1, won[0].lease_token)
        Job.objects.all().delete()


def test_many_get_a_job_each(trial: Trial) -> None:
    trial.submit(*"abcdef")
    claimed = at_once(*[lease.claim_next] * 6)
    assert sorted(job.subject for job in claimed) == list("abcdef")


def test_it_takes_the_most_urgent_that_is_due(trial: Trial) -> None:
    trial.submit("late", not_before=clock.now() + timedelta(minutes=1), priority=1)
    trial.submit("second", priority=50)
    trial.submit("first", priority=10)
    trial.submit("other queue", priority=5, queue="cpu")
    assert [lease.claim_next("io").subject for _ in range(2)] == ["first", "second"]
    assert lease.claim_next("io") is None


def test_it_leaves_steps_of_another_release_to_others(trial: Trial) -> None:
    trial.submit("a", step="from_the_future")
    assert not run_next()
    assert Job.objects.get().state == "queued"


def test_a_claim_that_was_lost_while_it_was_read_is_no_claim(trial: Trial) -> None:
    """A worker that is paused right after its UPDATE must not take over the token of who got the job meanwhile."""
    trial.submit()
    thieves = []

    def pause(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and not thieves:
            thieves.append(None)
            Job.objects.update(state="queued", lease_token="")
            thieves[0] = lease.claim_next()
        return result

    slow = Job.objects.get()
    with connection.execute_wrapper(pause):
        assert not lease.claim(slow)
    assert trial.fresh(slow).lease_token == thieves[0].lease_token


def test_a_lease_that_is_over_is_taken_back_and_the_late_owner_is_fenced(trial: Trial) -> None:
    trial.submit()
    late = trial.claimed()
    trial.expire(late)
    assert sweep.reap() == 1
    second = trial.claimed()
    assert (second.tries, second.lease_token != late.lease_token) == (2, True)
    run_claimed(late)
    assert (trial.received, trial.fresh(late).state) == ([], "running")
    run_claimed(second)
    assert ([job.pk for job, _ in trial.received], trial.fresh(late).state) == ([late.pk], "done")


def test_a_lease_that_was_extended_meanwhile_stays(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.submit(max_tries=1)
    job = trial.claimed()
    trial.expire(job)
    seen = Job.objects.filter(pk=job.pk).get()
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now() + timedelta(seconds=20))
    assert not sweep._take_back(seen)
    assert trial.fresh(job).state == "running"


def test_what_a_dead_process_of_this_machine_held_is_taken_back_at_once(trial: Trial) -> None:
    trial.submit("a", "b")
    dead, living = trial.claimed(), trial.claimed()
    name, pid, started = dead.worker.rsplit(":", 2)
    Job.objects.filter(pk=dead.pk).update(worker=f"{name}:{pid}:{int(started) - 1}")
    assert sweep.reap() == 1
    assert [trial.fresh(job).state for job in (dead, living)] == ["queued", "running"]


def test_processes_of_other_machines_are_left_to_their_lease(trial: Trial) -> None:
    trial.submit()
    job = trial.claimed()
    Job.objects.filter(pk=job.pk).update(worker="elsewhere-1-2:1:1")
    assert sweep.reap() == 0
    trial.expire(job)
    assert sweep.reap() == 1


def test_a_job_that_kills_its_workers_is_given_up_after_its_tries(trial: Trial) -> None:
    job = trial.submit()
    for _ in range(3):
        trial.make_due()
        trial.expire(trial.claimed())
        sweep.reap()
    job = trial.fresh(job)
    assert (job.state, job.tries, [failed.pk for failed in trial.failures]) == ("failed", 3, [job.pk])
    assert "again and again" in job.error


def test_a_working_step_keeps_its_lease(trial: Trial, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OMVEE_LEASE_S, settings.OMVEE_BEAT_S = 60, 0.01
    monkeypatch.setattr(lease, "CHECK_S", 0.02)
    reaped, moment = [], [trial.stop_the_clock()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def work(input: Any, ctx: Any) -> TrialOutput:
        for minute in range(1, 4):
            moment[0] += timedelta(seconds=50)
            extended = Job.objects.filter(lease_until=moment[0] + timedelta(seconds=60))
            wait_until(extended.exists, what="the next beat")
            ctx.progress(minute, 15)
            wait_until(Job.objects.filter(progress_done=minute).exists, what="the progress")
            reaped.append(at_once(sweep.reap)[0])
        return TrialOutput()

    trial.step(work)
    job = trial.submit()
    rev = trial.project.rev
    assert run_next()
    job = trial.fresh(job)
    assert (job.state, job.tries, set(reaped)) == ("done", 1, {0})
    assert job.progress_total == 15
    trial.project.refresh_from_db()
    assert trial.project.rev > rev
