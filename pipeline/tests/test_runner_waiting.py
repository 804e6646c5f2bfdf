"""Waiting for a provider without a worker, backing off, running out of tries and of time."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pipeline.media.run import MediaError, Stopped
from pipeline.models import Attempt, BudgetDay, Job
from pipeline.providers.fake import FakeReply, FakeRequest, failure
from pipeline.runner import clock, lease, sweep
from pipeline.runner.work import run_next
from pipeline.steps.base import Waiting
from pipeline.tests.trials import Trial, TrialOutput

pytestmark = pytest.mark.postgres


def submits_and_waits(input: Any, ctx: Any) -> Any:
    provider = ctx.provider("text", "fake")
    reply = ctx.once("submit", provider, FakeRequest(text=input.text))
    if not provider.finished(reply.external_id):
        return Waiting(call="submit", poll_after_s=5, deadline_s=600)
    return TrialOutput(text=reply.text)


def test_a_waiting_job_holds_no_worker_and_no_lease(trial: Trial) -> None:
    trial.step(submits_and_waits)
    trial.provider(FakeReply(external_id="x"))
    trial.submit()
    now = trial.stop_the_clock()
    job = trial.run()
    assert (job.state, job.lease_token, job.lease_until) == ("waiting", "", None)
    assert job.not_before == now + timedelta(seconds=5)
    assert not run_next(), "it is not due yet"
    assert sweep.reap() == 0


def test_a_wake_is_not_a_try_and_asks_nothing_again(trial: Trial) -> None:
    trial.step(submits_and_waits)
    script = trial.provider(FakeReply(text="film", external_id="x"))
    trial.submit()
    jobs = [trial.run() for _ in range(6)]
    assert {(job.state, job.tries) for job in jobs} == {("waiting", 1)}
    script.finished.add("x")
    job = trial.run()
    assert (job.state, job.tries, job.output, len(script.sent)) == ("done", 1, {"text": "film"}, 1)
    assert Attempt.objects.count() == 1


def test_waiting_ends_at_its_deadline_and_never_later(trial: Trial) -> None:
    trial.step(submits_and_waits)
    trial.provider(FakeReply(external_id="x"))
    job = trial.submit()
    first, now = trial.run(), trial.stop_the_clock()
    Job.objects.update(wait_until=now + timedelta(seconds=2))
    job = trial.run()
    assert job.not_before == now + timedelta(seconds=2), "it is looked at when the deadline comes, not a poll later"
    Job.objects.update(wait_until=clock.now() - timedelta(seconds=1))
    job = trial.run()
    assert (first.wait_until is not None, job.state, job.tries) == (True, "failed", 1)
    assert job.error == "The provider did not answer in time."
    assert [failed.pk for failed in trial.failures] == [job.pk]


def test_a_kill_of_a_woken_job_still_asks_nothing_again(trial: Trial) -> None:
    trial.step(submits_and_waits)
    script = trial.provider(FakeReply(text="film", external_id="x"))
    trial.submit()
    trial.run()
    trial.make_due()
    trial.expire(trial.claimed())
    assert sweep.reap() == 1
    script.finished.add("x")
    assert (trial.run().state, len(script.sent)) == ("done", 1)


def test_it_backs_off_and_gives_up(trial: Trial) -> None:
    def broken(input: Any, ctx: Any) -> TrialOutput:
        raise ValueError("broken")

    trial.step(broken, max_tries=4)
    trial.submit()
    jobs = [trial.run() for _ in range(4)]
    assert [job.state for job in jobs] == ["queued", "queued", "queued", "failed"]
    assert "on our side" in jobs[-1].error
    assert "ValueError" in jobs[-1].error_detail


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 15), (3, 45), (4, 45)])
def test_the_pause_grows(trial: Trial, tries: int, seconds: int) -> None:
    def broken(input: Any, ctx: Any) -> TrialOutput:
        raise failure()

    trial.step(broken, max_tries=9)
    trial.submit(tries=tries - 1)
    now = trial.stop_the_clock()
    job = trial.run()
    assert (job.state, job.lease_token) == ("queued", "")
    assert job.not_before == now + timedelta(seconds=seconds)


def test_what_cannot_help_is_not_tried_again(trial: Trial) -> None:
    def unreadable(input: Any, ctx: Any) -> TrialOutput:
        raise MediaError("This song cannot be read.", detail="moov atom not found")

    trial.step(unreadable)
    trial.submit()
    job = trial.run()
    assert (job.state, job.error, job.error_detail, job.tries) == (
        "failed",
        "This song cannot be read.",
        "moov atom not found",
        1,
    )


def test_a_step_that_is_over_its_deadline_is_told_to_stop(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def obedient(input: Any, ctx: Any) -> TrialOutput:
        while not ctx.stop():
            time.sleep(0.02)
        raise Stopped

    monkeypatch.setattr(lease, "CHECK_S", 0.05)
    monkeypatch.setattr(lease, "END_GRACE_S", 600)
    trial.step(obedient, deadline_s=0)
    trial.submit()
    job = trial.run()
    assert (job.state, job.tries, job.error) == ("failed", 1, "This step took longer than 1 min and was ended.")


def test_a_step_that_does_not_stop_is_ended_with_its_process(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    def deaf(input: Any, ctx: Any) -> TrialOutput:
        while not ended:
            time.sleep(0.02)
        return TrialOutput()

    def end() -> None:
        ended.append(Job.objects.get().state)

    monkeypatch.setattr(lease, "CHECK_S", 0.05)
    monkeypatch.setattr(lease, "END_GRACE_S", 0.2)
    monkeypatch.setattr(lease, "end_process", end)
    trial.step(deaf, deadline_s=0)
    job = trial.submit()
    assert run_next()
    job = trial.fresh(job)
    assert ended[0] == "failed", "the creator is told before the process goes"
    assert (job.state, job.error, trial.received) == ("failed", "This step took longer than 1 min and was ended.", [])


def test_a_spending_limit_is_no_try(trial: Trial) -> None:
    def spends(input: Any, ctx: Any) -> TrialOutput:
        ctx.once("ask", ctx.provider("text", "fake"), FakeRequest(price_microusd=10))
        return TrialOutput()

    BudgetDay.objects.create(day=timezone.localdate(), hard_microusd=9)
    trial.step(spends)
    script = trial.provider(FakeReply())
    trial.submit()
    jobs = [trial.run() for _ in range(5)]
    assert {(job.state, job.tries) for job in jobs} == {("paused_budget", 0)}
    assert jobs[-1].not_before > clock.now() + timedelta(seconds=300)
    assert "spending limit" in jobs[-1].error
    assert (script.sent, Attempt.objects.count()) == ([], 0)
    BudgetDay.objects.update(hard_microusd=10)
    assert trial.run().state == "done"
