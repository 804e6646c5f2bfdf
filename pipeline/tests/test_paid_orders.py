"""Ordering from a vendor that works on while we wait: sent once, found again, collected, booked once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline.media.run import MediaError, Stopped
from pipeline.models import Attempt, BudgetDay, Job, LedgerEntry, ModelEntry
from pipeline.providers.base import ProviderError, UnknownPrice, preparing
from pipeline.providers.fake import FakeReply, FakeRequest, failure, refusal
from pipeline.runner import clock, leftovers, ordering, submit, sweep
from pipeline.runner.work import run_next
from pipeline.steps.base import Waiting
from pipeline.tests.trials import Trial, TrialOutput

pytestmark = pytest.mark.postgres
PRICE = 40_000


class Killed(BaseException):
    """The process is gone: nothing of the runner's own clean-up may run."""


def orders(input: Any, ctx: Any) -> Any:
    reply = ctx.once("order", ctx.provider("text", "fake"), FakeRequest(text=input.text, price_microusd=PRICE))
    return reply if isinstance(reply, Waiting) else TrialOutput(text=reply.text)


def ambiguous() -> ProviderError:
    return ProviderError("The answer was lost.", kind="ambiguous", transient=False)


def states() -> list[str]:
    return list(Attempt.objects.order_by("number").values_list("state", flat=True))


def money() -> tuple[int, int]:
    day = BudgetDay.objects.get()
    return day.reserved_microusd, day.spent_microusd


def look_again() -> None:
    """Let every request that is left over be due."""
    Attempt.objects.update(look_at=clock.now() - timedelta(seconds=1))


def test_it_is_sent_once_and_waits_without_a_worker(trial: Trial) -> None:
    trial.step(orders)
    vendor = trial.slow_provider()
    trial.submit("a")
    job = trial.run()
    assert (job.state, job.lease_token, job.tries, states(), money()) == ("waiting", "", 1, ["sent"], (PRICE, 0))
    assert Attempt.objects.get().external_id == "ordered-1"
    assert {(job.state, job.tries) for job in (trial.run(), trial.run())} == {("waiting", 1)}
    vendor.working.clear()
    job = trial.run()
    assert (job.state, job.output, len(vendor.script.sent)) == ("done", {"text": "done"}, 1)
    assert (states(), money(), job.tries) == (["done"], (0, PRICE), 1)


@pytest.mark.parametrize(("answer", "state"), [(failure(), "failed"), (refusal(), "refused")])
def test_a_known_failure_is_a_new_numbered_attempt(trial: Trial, answer: ProviderError, state: str) -> None:
    trial.step(orders, max_tries=3, backoff_s=(30, 90))
    vendor = trial.slow_provider(answer, FakeReply(text="better"))
    trial.submit("a")
    now = trial.stop_the_clock()
    trial.run()
    vendor.working.clear()
    job = trial.run() if state == "failed" else trial.fresh(Job.objects.get())
    assert (job.state, states(), money()) == ("queued", [state], (0, 0))
    assert (job.not_before - now).total_seconds() == 30
    assert trial.run().state == "waiting"
    vendor.working.clear()
    assert (trial.run().output, states(), money()) == ({"text": "better"}, [state, "done"], (0, PRICE))


def test_it_gives_up_after_the_steps_own_number_of_tries(trial: Trial) -> None:
    trial.step(orders, max_tries=3)
    vendor = trial.slow_provider(failure("The model could not do this."))
    trial.submit("a")
    for _ in range(3):
        trial.run()
        vendor.working.clear()
        job = trial.run()
    assert (job.state, job.error, states()) == ("failed", "The model could not do this.", ["failed"] * 3)


def test_a_pause_that_the_vendor_asks_for_is_no_try(trial: Trial) -> None:
    trial.step(orders, max_tries=1)
    busy = ProviderError("Busy.", kind="rate_limited", refused=True, retry_after_s=60)
    trial.slow_provider(*[busy] * 5, FakeReply(text="yes"))
    trial.submit("a")
    jobs = [trial.run() for _ in range(5)]
    assert {(job.state, job.tries) for job in jobs} == {("queued", 0)}
    assert (jobs[0].not_before - jobs[0].started_at).total_seconds() >= 60
    assert trial.run().state == "waiting"


def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again(trial: Trial) -> None:
    trial.step(orders)
    vendor = trial.slow_provider(ambiguous(), FakeReply(text="never"))
    trial.submit("a")
    assert (trial.run().state, states()) == ("waiting", ["ambiguous"])
    vendor.working.clear()
    assert (trial.run().output, states(), money()) == ({"text": "found"}, ["done"], (0, PRICE))
    assert len(vendor.script.sent) == 1


def test_an_order_that_cannot_be_found_is_written_off_and_sent_once_more(trial: Trial, settings: Any) -> None:
    trial.step(orders)
    vendor = trial.slow_provider(ambiguous(), FakeReply(text="second"))
    vendor.lists = False
    trial.submit("a")
    trial.run()
    assert (trial.run().state, states()) == ("waiting", ["ambiguous"]), "it is still looked for"
    settings.OMVEE_FIND_WINDOW_S = 0
    assert (trial.run().state, states(), money()) == ("queued", ["written_off"], (0, PRICE))
    trial.run()
    vendor.working.clear()
    assert (trial.run().output, states()) == ({"text": "second"}, ["written_off", "done"])
    assert money() == (0, 2 * PRICE)
    assert LedgerEntry.objects.filter(kind="write_off").count() == 1


def test_after_two_that_were_lost_a_person_decides(trial: Trial, settings: Any) -> None:
    settings.OMVEE_FIND_WINDOW_S = 0
    trial.step(orders)
    vendor = trial.slow_provider(ambiguous())
    vendor.lists = False
    trial.submit("a")
    jobs = [trial.run() for _ in range(4)]
    assert (jobs[-1].state, states(), len(vendor.script.sent)) == ("failed", ["written_off"] * 2, 2)


@pytest.mark.parametrize("point", ["after_intent", "after_submit", "after_sent", "after_poll", "after_attempt"])
def test_a_worker_that_dies_anywhere_orders_once(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, point: str, settings: Any
) -> None:
    killed: list[str] = []

    def die(name: str, step: str) -> None:
        if name == point and not killed:
            killed.append(name)
            raise Killed

    monkeypatch.setattr(ordering, "crash_point", die)
    settings.OMVEE_FIND_WINDOW_S = 0
    trial.step(orders)
    vendor = trial.slow_provider()
    job = trial.submit("a")
    for _ in range(8):
        vendor.working.clear()
        try:
            job = trial.run()
        except Killed:
            trial.expire(job)
            assert sweep.reap() == 1
        if trial.fresh(job).state == "done":
            break
    job = trial.fresh(job)
    assert (job.state, killed, len(vendor.script.sent)) == ("done", [point], 1)
    lost = ["written_off"] if point == "after_intent" else []  # nobody can tell that nothing had been sent
    assert (states(), money()) == ([*lost, "done"], (0, PRICE * (len(lost) + 1)))


def test_a_canceled_order_is_canceled_at_the_vendor_and_released(trial: Trial) -> None:
    trial.step(orders)
    vendor = trial.slow_provider(ProviderError("Stopped.", kind="timeout"))
    trial.submit("a")
    trial.run()
    submit.retract(Job.objects.all())
    look_again()
    assert not run_next(), "the job itself is over"
    assert leftovers.finish_next()
    assert (vendor.canceled, states()) == (["ordered-1"], ["sent"]), "the vendor says when it has stopped"
    vendor.working.clear()
    look_again()
    leftovers.finish_next()
    assert (states(), money(), Job.objects.get().state) == (["failed"], (0, 0), "canceled")


def test_what_was_paid_for_a_canceled_job_is_kept(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Any] = []
    monkeypatch.setattr("pipeline.runner.hooks.keep", lambda job, output: kept.append((job.code, output.text)))
    trial.step(orders)
    vendor = trial.slow_provider(FakeReply(text="late"))
    job = trial.submit("a")
    trial.run()
    submit.retract(Job.objects.all())
    vendor.working.clear()
    look_again()
    leftovers.finish_next()
    assert (states(), money(), kept) == (["done"], (0, PRICE), [(job.code, "late")])
    assert not leftovers.finish_next()
    assert trial.received == [], "the job has ended"


def test_what_was_charged_in_spite_of_a_failure_is_booked(trial: Trial) -> None:
    trial.step(orders, max_tries=1)
    vendor = trial.slow_provider(ProviderError("Stopped.", kind="failed", cost_microusd=9_000, transient=False))
    trial.submit("a")
    trial.run()
    vendor.working.clear()
    assert (trial.run().state, states(), money()) == ("failed", ["failed"], (0, 9_000))


def test_an_order_of_a_project_that_is_gone_is_canceled_and_booked(trial: Trial) -> None:
    trial.step(orders)
    vendor = trial.slow_provider()
    trial.submit("a")
    trial.run()
    trial.project.delete()
    vendor.working.clear()
    look_again()
    leftovers.finish_next()
    assert (vendor.canceled, states(), money()) == (["ordered-1"], ["done"], (0, PRICE))


def unready(error: Exception) -> Any:
    """What a provider meets before its request leaves: storage is away, or nobody wants it any more."""

    def line(request: Any, work: Any) -> Any:
        with preparing():
            raise error

    return line


@pytest.mark.parametrize("waits", [False, True], ids=["answers", "works on"])
@pytest.mark.parametrize("error", [ConnectionResetError("storage is away"), KeyError("urls")])
def test_what_goes_wrong_before_the_request_leaves_is_no_charge(trial: Trial, error: Exception, waits: bool) -> None:
    trial.step(orders)
    lines = (unready(error), FakeReply(text="made"))
    vendor = trial.slow_provider(*lines) if waits else trial.provider(*lines)
    trial.submit("a")
    job = trial.run()
    assert (job.state, states(), money()) == ("queued", ["failed"], (0, 0))
    assert "on our side" in job.error
    assert not Attempt.objects.filter(state__in=("ambiguous", "written_off")).exists()
    trial.run()
    if waits:
        vendor.working.clear()  # type: ignore[union-attr]
        trial.run()
    assert (Job.objects.get().state, states(), money()) == ("done", ["failed", "done"], (0, PRICE))


def test_who_is_stopped_before_the_request_leaves_pays_nothing(trial: Trial) -> None:
    trial.step(orders)
    trial.provider(unready(Stopped()))
    job = trial.submit("a")
    submit.retract(Job.objects.filter(pk=job.pk))
    Job.objects.filter(pk=job.pk).update(state="queued")
    trial.run()
    assert (states(), money()) == (["failed"], (0, 0))


def in_parts(input: Any, ctx: Any) -> Any:
    provider, said = ctx.provider("text", "fake"), []
    for call, request in parts(input, provider):
        reply = ctx.once(call, provider, request)
        if isinstance(reply, Waiting):
            return reply
        said.append(reply.text)
    return TrialOutput(text=" ".join(said))


def parts(input: Any, provider: Any) -> Any:
    return [(f"part-{n}", FakeRequest(text=f"{input.text}{n}", price_microusd=PRICE)) for n in (1, 2)]


def test_a_pause_before_a_later_request_is_no_try(trial: Trial) -> None:
    trial.step(in_parts, calls=parts)
    busy = ProviderError("Busy.", kind="rate_limited", refused=True, retry_after_s=60)
    vendor = trial.slow_provider(FakeReply(text="one"), busy, FakeReply(text="two"))
    trial.submit("a")
    trial.run()
    vendor.working.clear()
    BudgetDay.objects.update(hard_microusd=PRICE)
    paused = [trial.run() for _ in range(4)]
    assert {(job.state, job.tries) for job in paused} == {("paused_budget", 1)}, "however long the limit stands"
    BudgetDay.objects.update(hard_microusd=2 * PRICE)
    job = trial.run()
    assert (job.state, job.tries) == ("queued", 1)
    assert trial.run().state == "waiting"


REFUSED = refusal("No.", transient=False)


def sent(script: Any) -> list[str]:
    return [request.text for request in script.sent]


def test_who_tries_again_goes_on_from_what_was_paid(trial: Trial) -> None:
    trial.step(in_parts, calls=parts)
    script = trial.provider(FakeReply(text="one"), REFUSED, REFUSED, FakeReply(text="two"))
    trial.submit("a")
    assert trial.run().state == "failed"
    trial.submit("a")
    assert trial.run().state == "failed"
    trial.submit("a")
    trial.project.consents.update(ceiling_microusd=2 * PRICE)
    job = trial.run()
    assert (job.state, job.output) == ("done", {"text": "one two"}), "and only the rest has to be agreed to"
    assert (sent(script), money()) == (["a1", "a2", "a2", "a2"], (0, 2 * PRICE))


def test_who_cancels_and_resumes_goes_on_from_what_was_paid(trial: Trial) -> None:
    trial.step(in_parts, calls=parts)
    vendor = trial.slow_provider(FakeReply(text="one"), FakeReply(text="two"))
    trial.submit("a")
    trial.run()
    vendor.working.clear()
    assert trial.run().state == "waiting"
    submit.retract(Job.objects.all())
    vendor.working.clear()
    look_again()
    while leftovers.finish_next():
        pass
    trial.submit("a")
    assert trial.run().output == {"text": "one two"}
    assert (sent(vendor.script), money()) == (["a1", "a2"], (0, 2 * PRICE))


def test_another_wish_or_another_take_is_bought(trial: Trial) -> None:
    trial.step(in_parts, calls=parts)
    script = trial.provider(FakeReply(text="one"), REFUSED, FakeReply(text="new"))
    trial.submit("a")
    trial.run()
    trial.submit("a", take=2)
    assert trial.run().output == {"text": "new new"}
    assert sent(script) == ["a1", "a2", "a1", "a2"]


def test_what_comes_when_its_price_was_taken_away_is_booked_as_it_was_agreed_to(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(self: Any, request: Any, reply: Any) -> int:
        raise UnknownPrice("fake")

    trial.step(orders)
    vendor = trial.slow_provider(FakeReply(text="made"))
    trial.submit("a")
    trial.run()
    monkeypatch.setattr(vendor, "cost", unknown)
    vendor.working.clear()
    assert (trial.run().state, states(), money()) == ("done", ["done"], (0, PRICE))


@pytest.mark.parametrize("canceled", [False, True], ids=["wanted", "canceled"])
def test_a_model_that_is_withdrawn_finishes_what_it_has_begun(trial: Trial, canceled: bool) -> None:
    trial.hosted()
    trial.step(in_parts, calls=parts, capability="text")
    vendor = trial.slow_provider(FakeReply(text="one"), FakeReply(text="two"))
    trial.submit("a")
    assert trial.run().state == "waiting"
    ModelEntry.objects.update(enabled=False)
    vendor.working.clear()
    if canceled:
        submit.retract(Job.objects.all())
        look_again()
        leftovers.finish_next()
    else:
        assert "not offered any more" in trial.run().error, "what it has not begun is ordered from nobody"
    assert (states(), money(), sent(vendor.script)) == (["done"], (0, PRICE), ["a1"])


def test_replies_that_could_not_be_used_are_asked_for_anew(trial: Trial) -> None:
    def unusable(input: Any, ctx: Any) -> Any:
        if in_parts(input, ctx).text == "one two":
            raise MediaError("These do not fit together.")
        return TrialOutput(text="fine")

    trial.step(unusable, calls=parts)
    script = trial.provider(FakeReply(text="one"), FakeReply(text="two"), FakeReply(text="better"))
    trial.submit("a")
    assert trial.run().state == "failed"
    trial.submit("a")
    assert (trial.run().state, sent(script)) == ("done", ["a1", "a2", "a1", "a2"])
