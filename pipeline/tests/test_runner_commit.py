"""The second commit: job, receiver and what follows together or not at all, and only for who still owns the job."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from pipeline.models import Attempt, Job
from pipeline.providers.fake import FakeReply, FakeRequest
from pipeline.runner import hooks, sweep, work
from pipeline.runner.submit import Order, submit
from pipeline.runner.work import run_claimed, run_next
from pipeline.tests.trials import Trial, TrialInput, TrialOutput

pytestmark = pytest.mark.postgres


def asks(input: Any, ctx: Any) -> TrialOutput:
    reply = ctx.once("ask", ctx.provider("text", "fake"), FakeRequest(text=input.text))
    return TrialOutput(text=reply.text)


def test_it_hands_the_typed_output_to_the_receiver(trial: Trial) -> None:
    trial.submit("words")
    job = trial.run()
    assert (job.state, job.output, job.lease_until) == ("done", {"text": "words"}, None)
    assert [output for _, output in trial.received] == [TrialOutput(text="words")]


def test_another_token_means_that_nothing_is_committed(trial: Trial) -> None:
    trial.submit()
    job = trial.claimed()
    Job.objects.filter(pk=job.pk).update(lease_token=uuid.uuid4().hex)
    before = Job.objects.values().get()
    run_claimed(job)
    assert Job.objects.values().get() == before
    assert trial.received == []


def test_neither_a_failure_nor_a_wait_of_a_late_worker_counts(trial: Trial) -> None:
    def fail(input: Any, ctx: Any) -> TrialOutput:
        raise ValueError("late")

    trial.step(fail)
    trial.submit()
    job = trial.claimed()
    Job.objects.filter(pk=job.pk).update(lease_token="another")
    before = Job.objects.values().get()
    run_claimed(job)
    assert Job.objects.values().get() == before
    assert trial.failures == []


def test_a_kill_between_the_two_commits_pays_once(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(name: str, step: str) -> None:
        if name == "before_commit":
            raise Killed

    trial.step(asks)
    script = trial.provider(FakeReply(text="answer"))
    job = trial.submit()
    monkeypatch.setattr(work, "crash_point", kill)
    with pytest.raises(Killed):
        run_next()
    assert (trial.fresh(job).state, Attempt.objects.get().state) == ("running", "done")
    monkeypatch.setattr(work, "crash_point", lambda name, step: None)
    trial.expire(job)
    sweep.reap()
    job = trial.run()
    assert (job.state, job.tries, job.output, len(script.sent)) == ("done", 2, {"text": "answer"}, 1)
    assert Attempt.objects.count() == len(trial.received) == 1


def test_a_receiver_that_fails_takes_the_job_back_with_it(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.step(asks)
    script = trial.provider(FakeReply(text="answer"))
    seen = []

    def receive(job: Job, output: Any) -> None:
        seen.append(output)
        submit(trial.project.pk, "p", [Order("trial", f"follow-{len(seen)}", TrialInput(text="next"))])
        if len(seen) == 1:
            raise RuntimeError("the owner stumbled")

    monkeypatch.setitem(hooks.receivers, "trial", receive)
    job = trial.submit()
    assert trial.run().state == "queued"
    assert Job.objects.count() == 1, "what the receiver submitted must have gone with its transaction"
    job = trial.run()
    assert (job.state, job.error, len(script.sent)) == ("done", "", 1)
    assert Job.objects.filter(subject="follow-2").exists()


def test_a_receiver_that_breaks_its_transaction_fails_the_job_in_words(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive(job: Job, output: Any) -> None:
        raise IntegrityError("duplicate key")

    monkeypatch.setitem(hooks.receivers, "trial", receive)
    trial.submit()
    jobs = [trial.run() for _ in range(3)]
    assert [job.state for job in jobs] == ["queued", "queued", "failed"]
    assert "while saving" in jobs[-1].error


def test_a_failure_that_cannot_be_told_is_still_a_failure(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(job: Job) -> None:
        Job.objects.filter(pk=job.pk).update(subject="half told")
        raise RuntimeError("nobody listens")

    def fail(input: Any, ctx: Any) -> TrialOutput:
        raise ValueError("broken")

    monkeypatch.setattr(hooks, "failed", stumble)
    trial.step(fail, max_tries=1)
    trial.submit("a")
    job = trial.run()
    assert (job.state, job.subject) == ("failed", "a")


def test_a_project_that_vanished_is_a_fence_and_no_error(trial: Trial) -> None:
    def vanish(input: Any, ctx: Any) -> TrialOutput:
        with transaction.atomic():
            type(trial.project).objects.select_for_update().get(pk=trial.project.pk).delete()
        return TrialOutput()

    trial.step(vanish)
    trial.submit()
    assert run_next()
    assert (Job.objects.count(), trial.received, trial.failures) == (0, [], [])


def test_a_project_that_vanished_before_the_work_began_is_a_fence_too(trial: Trial) -> None:
    trial.step(asks)
    script = trial.provider(FakeReply(text="answer"))
    trial.submit()
    job = trial.claimed()
    type(trial.project).objects.all().delete()
    run_claimed(job)
    assert (script.sent, Attempt.objects.count(), trial.failures) == ([], 0, [])


def test_a_charge_outlives_its_project(trial: Trial) -> None:
    trial.step(asks)
    trial.provider(FakeReply(text="answer"))
    trial.submit()
    code = trial.run().code
    project_code = trial.project.code
    type(trial.project).objects.all().delete()
    attempt = Attempt.objects.get()
    assert (attempt.job, attempt.job_code, attempt.project_code, attempt.state) == (None, code, project_code, "done")


def test_it_leaves_no_folder_behind(trial: Trial, settings: Any, tmp_path: Any) -> None:
    settings.OMVEE_WORK_DIR = str(tmp_path)
    seen = []

    def litter(input: Any, ctx: Any) -> TrialOutput:
        (ctx.folder / "big.bin").write_bytes(b"x")
        seen.extend(tmp_path.iterdir())
        return TrialOutput()

    trial.step(litter)
    trial.submit()
    trial.run()
    assert len(seen) == 1
    assert not list(tmp_path.iterdir())
