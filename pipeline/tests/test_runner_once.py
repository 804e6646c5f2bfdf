"""The one door to a provider: at most one request whose answer might have to be paid."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.media.run import MediaError, Stopped
from pipeline.models import Attempt, BudgetDay, Job, LedgerEntry
from pipeline.providers.fake import FakeReply, FakeRequest, failure, lost_answer, refusal
from pipeline.runner import asking, sweep
from pipeline.runner.work import run_claimed, run_next
from pipeline.tests.trials import PRICE, Trial, TrialOutput, asks

pytestmark = pytest.mark.postgres


class Killed(BaseException):
    """The process is gone: nothing of the runner's own clean-up may run."""


def die(request: Any, work: Any) -> FakeReply:
    raise Killed


def states() -> list[str]:
    return list(Attempt.objects.order_by("number").values_list("state", flat=True))


def money() -> tuple[int, int]:
    day = BudgetDay.objects.get()
    return day.reserved_microusd, day.spent_microusd


def kill_and_return(trial: Trial, job: Job) -> Job:
    """Run until the process dies, then again by the next one."""
    with pytest.raises(Killed):
        run_next()
    trial.expire(job)
    assert sweep.reap() == 1
    return trial.run()


def test_the_intent_and_its_reserve_are_durable_before_anything_leaves(trial: Trial) -> None:
    seen = []

    def look(request: Any, work: Any) -> FakeReply:
        attempt = Attempt.objects.get()
        seen.append((attempt.state, attempt.number, attempt.request["text"], money()))
        return FakeReply(text="yes")

    trial.step(asks)
    trial.provider(look)
    trial.submit("words")
    assert trial.run().state == "done"
    assert seen == [("intent", 1, "words", (PRICE, 0))]
    assert (states(), money()) == (["done"], (0, PRICE))


def test_several_calls_of_one_step_are_kept_apart(trial: Trial) -> None:
    def twice(input: Any, ctx: Any) -> TrialOutput:
        provider = ctx.provider("text", "fake")
        first = ctx.once("chunk-1", provider, FakeRequest(text="1"))
        second = ctx.once("chunk-2", provider, FakeRequest(text="2"))
        again = ctx.once("chunk-1", provider, FakeRequest(text="1"))
        return TrialOutput(text=first.text + second.text + again.text)

    trial.step(twice)
    script = trial.provider(FakeReply(text="a"), FakeReply(text="b"))
    trial.submit()
    assert (trial.run().output, len(script.sent)) == ({"text": "aba"}, 2)


@pytest.mark.parametrize(("answer", "state"), [(refusal(), "refused"), (failure(), "failed")])
def test_a_known_no_is_released_and_asked_again_as_a_new_attempt(trial: Trial, answer: Exception, state: str) -> None:
    trial.step(asks)
    script = trial.provider(answer, FakeReply(text="yes"))
    trial.submit()
    assert trial.run().state == "queued"
    assert (states(), money()) == ([state], (0, 0))
    assert trial.run().output == {"text": "yes"}
    assert (states(), money(), len(script.sent)) == ([state, "done"], (0, PRICE), 2)


def test_a_final_no_fails_the_job_with_its_words(trial: Trial) -> None:
    trial.step(asks)
    trial.provider(refusal("This prompt is not allowed.", transient=False))
    trial.submit()
    job = trial.run()
    assert (job.state, job.error, job.tries) == ("failed", "This prompt is not allowed.", 1)
    assert money() == (0, 0)


def test_a_lost_answer_is_written_off_and_asked_for_once_more_at_most(trial: Trial) -> None:
    trial.step(asks)
    script = trial.provider(lost_answer(), lost_answer(), FakeReply(text="never"))
    trial.submit()
    job = trial.run()
    assert (job.state, job.tries, states(), len(script.sent)) == ("queued", 0, ["written_off"], 1)
    assert money() == (0, PRICE), "what may have to be paid counts as spent"
    job = trial.run()
    assert (job.state, states(), len(script.sent)) == ("failed", ["written_off"] * 2, 2)
    assert "not known whether" in job.error
    assert money() == (0, 2 * PRICE)


def test_after_a_lost_answer_the_job_goes_on(trial: Trial) -> None:
    trial.step(asks)
    trial.provider(lost_answer(), FakeReply(text="yes"))
    trial.submit()
    trial.run()
    assert (trial.run().output, states(), money()) == ({"text": "yes"}, ["written_off", "done"], (0, 2 * PRICE))
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["reserve", "reserve", "settle", "write_off"]


def test_an_answer_that_died_with_its_worker_is_waited_for_then_written_off(trial: Trial, settings: Any) -> None:
    trial.step(asks)
    script = trial.provider(die, FakeReply(text="yes"))
    job = kill_and_return(trial, trial.submit())
    assert (job.state, states(), len(script.sent), money()) == ("queued", ["ambiguous"], 1, (PRICE, 0))
    assert (job.not_before - job.created_at).total_seconds() > settings.OMVEE_FIND_WINDOW_S - 5
    settings.OMVEE_FIND_WINDOW_S = 0
    assert (trial.run().state, states(), len(script.sent)) == ("queued", ["written_off"], 1)
    assert (trial.run().output, states(), len(script.sent)) == ({"text": "yes"}, ["written_off", "done"], 2)


def test_a_repeatable_provider_is_simply_asked_again(trial: Trial) -> None:
    trial.step(asks)
    script = trial.provider(die, FakeReply(text="yes"), repeatable=True)
    job = kill_and_return(trial, trial.submit())
    assert (job.output, states(), len(script.sent), money()) == ({"text": "yes"}, ["failed", "done"], 2, (0, PRICE))


def test_a_repeatable_provider_that_breaks_holds_no_reserve(trial: Trial) -> None:
    trial.step(asks)
    trial.provider(ValueError("a bug"), repeatable=True)
    trial.submit()
    assert trial.run().state == "queued"
    assert (states(), money()) == (["failed"], (0, 0))


def test_a_late_worker_books_what_was_done_and_commits_nothing_else(trial: Trial) -> None:
    """Its lease was over while the vendor worked: the picture is paid for, whoever owns the job now."""

    def lose(request: Any, work: Any) -> FakeReply:
        Job.objects.update(lease_token="another")
        return FakeReply(text="late")

    trial.step(asks)
    trial.provider(lose)
    trial.submit()
    run_claimed(trial.claimed())
    assert (states(), money(), trial.received) == (["done"], (0, PRICE), [])
    assert Job.objects.get().state == "running"


def test_a_late_answer_that_was_given_up_meanwhile_is_booked_once(trial: Trial) -> None:
    def slow(request: Any, work: Any) -> FakeReply:
        Job.objects.update(lease_token="another")
        Attempt.objects.update(state="ambiguous")
        return FakeReply(text="late")

    trial.step(asks)
    trial.provider(slow)
    trial.submit()
    run_claimed(trial.claimed())
    assert (states(), money()) == (["done"], (0, PRICE))
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["reserve", "settle"]


def test_a_late_worker_with_a_repeatable_provider_commits_nothing(trial: Trial) -> None:
    def lose(request: Any, work: Any) -> FakeReply:
        Job.objects.update(lease_token="another")
        return FakeReply(text="late")

    trial.step(asks)
    trial.provider(lose, repeatable=True)
    trial.submit()
    run_claimed(trial.claimed())
    assert (states(), money(), trial.received) == (["failed"], (0, 0), [])


@pytest.mark.parametrize(("repeatable", "state", "left"), [(True, "failed", 0), (False, "ambiguous", PRICE)])
def test_a_stop_while_it_works_closes_the_attempt(trial: Trial, repeatable: bool, state: str, left: int) -> None:
    def stop(request: Any, work: Any) -> FakeReply:
        Job.objects.update(state="canceled", lease_token="")
        raise Stopped

    trial.step(asks)
    trial.provider(stop, repeatable=repeatable)
    trial.submit()
    run_claimed(trial.claimed())
    assert (states(), money()) == ([state], (left, 0))
    assert Job.objects.get().state == "canceled"


def test_media_that_cannot_be_read_is_a_known_failure(trial: Trial) -> None:
    trial.step(asks)
    trial.provider(MediaError("The picture could not be written. The disk may be full.", detail="ENOSPC"))
    trial.submit()
    job = trial.run()
    assert (job.state, job.error_detail, states()) == ("failed", "ENOSPC", ["failed"])


def test_an_attempt_is_intended_only_by_who_owns_the_job(trial: Trial) -> None:
    trial.step(asks)
    script = trial.provider(FakeReply(text="yes"))
    trial.submit()
    job = trial.claimed()
    Job.objects.update(lease_token="another")
    with pytest.raises(asking.LostLease):
        asking.ask_once(job, "ask", trial_provider(script), FakeRequest(price_microusd=PRICE), None)  # type: ignore[arg-type]
    assert (Attempt.objects.count(), BudgetDay.objects.count(), script.sent) == (0, 0, [])


def trial_provider(script: Any) -> Any:
    from pipeline.providers import PROVIDERS

    return PROVIDERS["text", "fake"]()
