"""A vendor that is out of order: its work is held and says so, is tried now and then, or the next in line does it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pipeline import health, pricebook
from pipeline.models import Alert, Attempt, Job, ModelEntry, ProviderHealth
from pipeline.providers.base import ProviderError
from pipeline.providers.fake import FakeReply, FakeRequest
from pipeline.recipes import digest
from pipeline.runner import clock, fallback, lease, leftovers, submit, sweep
from pipeline.runner.work import run_next
from pipeline.steps.base import Waiting
from pipeline.tests.trials import Trial, TrialInput, TrialOutput
from projects.models import Consent

pytestmark = pytest.mark.postgres
NO_KEY = ProviderError("The key is refused.", kind="auth", refused=True, transient=False)
NO_CREDIT = ProviderError("No credit.", kind="no_credit", refused=True, transient=False)
DOWN = ProviderError("It cannot be reached.", kind="unavailable", refused=True)
BROKEN = ProviderError("The model could not do this.", kind="failed")
MODERATED = ProviderError("Refused for its content.", kind="moderation", refused=True, transient=False)
BUSY = ProviderError("Busy.", kind="rate_limited", refused=True, retry_after_s=20)


def asks(input: Any, ctx: Any) -> Any:
    provider = ctx.provider("text", input.provider, input.model)
    if input.provider == "local":
        return TrialOutput(text="made here")
    reply = ctx.once("ask", provider, FakeRequest(text=input.text, price_microusd=10))
    return reply if isinstance(reply, Waiting) else TrialOutput(text=reply.text)


@pytest.fixture
def hosted(trial: Trial) -> Trial:
    trial.hosted()
    trial.step(asks, capability="text", max_tries=4)
    return trial


def run_all() -> None:
    while run_next():
        pass


def jobs() -> list[tuple[str, str, bool, int]]:
    return list(Job.objects.order_by("pk").values_list("subject", "state", "held", "tries"))


def later(seconds: int = 400) -> None:
    """Let what is held be tried again, as if so much time had passed."""
    past = clock.now() - timedelta(seconds=1)
    Job.objects.filter(state="queued").update(not_before=past)
    ProviderHealth.objects.exclude(open_until=None).update(open_until=past)


@pytest.mark.parametrize(("error", "words"), [(NO_KEY, "does not accept"), (NO_CREDIT, "no credit left")])
def test_what_an_operator_has_to_mend_holds_the_queue_and_tells_them(
    hosted: Trial, error: ProviderError, words: str
) -> None:
    script = hosted.provider(error)
    hosted.submit("a", "b", "c")
    run_all()
    assert jobs() == [(name, "queued", True, 0) for name in "abc"], "no try is used up, and nobody fails"
    assert {job.error for job in Job.objects.all()} == {health.sentence(ProviderHealth.objects.get())}
    assert words in Job.objects.all()[0].error
    assert len(script.sent) == 1, "the others were not even sent"
    alert = Alert.objects.get()
    assert (words in alert.text, alert.kind.startswith(f"breaker:{error.kind}")) == (True, True)
    assert set(Attempt.objects.values_list("state", flat=True)) == {"refused"}


def test_one_job_tries_whether_it_works_again_and_lets_the_others_go_on(hosted: Trial) -> None:
    script = hosted.provider(NO_CREDIT, NO_CREDIT, FakeReply(text="yes"))
    hosted.submit("a", "b", "c")
    run_all()
    later()
    run_all()
    assert (len(script.sent), {held for _, _, held, _ in jobs()}) == (2, {True}), "only one tried"
    later()
    run_all()
    assert [(name, state) for name, state, _, _ in jobs()] == [(name, "done") for name in "abc"]
    row = ProviderHealth.objects.get(model="")
    assert (row.failures, row.open_until, row.probe, row.reason) == (0, None, None, "")


def test_what_the_vendor_has_begun_is_collected_while_it_takes_no_more(hosted: Trial) -> None:
    """A worker that died at it left it queued; the vendor keeps what it made for an hour."""
    vendor = hosted.slow_provider(FakeReply(text="made"), NO_CREDIT)
    hosted.submit("a")
    assert hosted.run().state == "waiting"
    Job.objects.update(not_before=clock.now())
    hosted.expire(hosted.claimed())
    assert sweep.reap() == 1
    hosted.submit("b", "c")
    Job.objects.filter(subject="a").update(priority=200)
    assert run_next()
    assert [(name, held) for name, _, held, _ in jobs()] == [("a", False), ("b", False), ("c", False)]
    vendor.working.clear()
    run_all()
    assert jobs() == [("a", "done", False, 2), ("b", "queued", True, 0), ("c", "queued", True, 0)]


def test_while_one_tries_the_others_stay_held(hosted: Trial) -> None:
    hosted.provider(NO_CREDIT)
    hosted.submit("a", "b")
    run_all()
    later()
    probe = hosted.claimed()
    assert not run_next()
    row = ProviderHealth.objects.get(model="")
    assert (row.probe, row.open_until is not None and row.open_until > clock.now()) == (probe.code, True)
    later()
    assert hosted.claimed().pk != probe.pk, "a trier that never came back is replaced"


def test_a_vendor_that_cannot_be_reached_is_left_alone_after_five_failures(hosted: Trial) -> None:
    script = hosted.provider(DOWN)
    hosted.submit(*"abcdefgh")
    run_all()
    assert len(script.sent) == health.FAILURES
    assert ProviderHealth.objects.get().model == ""
    assert {job.tries for job in Job.objects.filter(held=True)} == {0}, "what was held has not tried"
    assert "out of order" in Job.objects.filter(held=True)[0].error


def test_each_further_failure_doubles_the_pause(hosted: Trial) -> None:
    hosted.provider(DOWN)
    hosted.submit(*"abcdefgh", max_tries=50)
    pauses, now = [], hosted.stop_the_clock()
    for _ in range(7):
        run_all()
        until = ProviderHealth.objects.get().open_until
        assert until is not None
        pauses.append((until - now).total_seconds())
        later()
    assert pauses == [30, 60, 120, 240, 480, 600, 600]


def test_a_broken_model_does_not_hold_the_vendors_others(hosted: Trial) -> None:
    ModelEntry.objects.create(provider="fake", name="other", capability="text", price_microusd=1, position=5000)
    hosted.provider(BROKEN)
    hosted.submit(*"abcdef")
    run_all()
    assert [(row.provider, row.model) for row in ProviderHealth.objects.exclude(open_until=None)] == [("fake", "wide")]
    Job.objects.filter(subject="a").update(model="other", not_before=clock.now(), held=False)
    assert run_next()


@pytest.mark.parametrize("error", [MODERATED, BUSY])
def test_what_was_wrong_with_the_request_or_asks_for_a_pause_counts_against_nobody(
    hosted: Trial, error: ProviderError
) -> None:
    hosted.provider(error)
    hosted.submit(*"abcdefgh")
    run_all()
    assert not ProviderHealth.objects.exclude(failures=0).exists()
    assert {state for _, state, _, _ in jobs()} == {"failed" if error is MODERATED else "queued"}


def test_success_in_between_starts_the_count_anew(hosted: Trial) -> None:
    hosted.provider(DOWN, DOWN, DOWN, DOWN, FakeReply(text="yes"), DOWN, DOWN, DOWN, DOWN)
    hosted.submit(*"abcdefghi")
    run_all()
    assert ProviderHealth.objects.get(model="").open_until is None


def test_an_order_under_way_is_looked_at_while_the_vendor_is_held(hosted: Trial) -> None:
    vendor = hosted.slow_provider(FakeReply(text="made"))
    hosted.submit("a")
    assert hosted.run().state == "waiting"
    health.failed("fake", "wide", "auth", "gone", transient=False, now=clock.now())
    vendor.working.clear()
    assert hosted.run().state == "done"


def test_orders_that_we_cancel_count_against_nobody(hosted: Trial) -> None:
    vendor = hosted.slow_provider(ProviderError("Stopped.", kind="timeout"))
    hosted.submit(*"abcdef")
    run_all()
    submit.retract(Job.objects.all())
    vendor.working.clear()
    while leftovers.finish_next():
        pass
    assert (set(Attempt.objects.values_list("state", flat=True)), len(vendor.canceled)) == ({"failed"}, 4)
    assert not ProviderHealth.objects.exclude(failures=0).exists()


def test_if_the_creator_allows_it_the_next_in_line_does_it(hosted: Trial) -> None:
    hosted.project.fallback = True
    hosted.project.save(update_fields=["fallback"])
    hosted.provider(NO_KEY)
    hosted.submit("a", "b")
    before = dict(Job.objects.values_list("pk", "recipe"))
    run_all()
    assert [(state, job) for _, state, job, _ in jobs()] == [("done", False)] * 2
    for job in Job.objects.all():
        assert (job.output, job.provider, job.model) == ({"text": "made here"}, "", "")
        assert job.input["provider"] == "local"
        assert job.recipe == before[job.pk] == digest(TrialInput.model_validate(job.input))


def test_the_next_model_in_the_list_comes_before_what_is_made_here(hosted: Trial) -> None:
    ModelEntry.objects.create(provider="fake", name="dear", capability="text", price_microusd=None, position=2000)
    ModelEntry.objects.create(provider="fake", name="next", capability="text", price_microusd=1, position=3000)
    hosted.project.fallback = True
    hosted.project.save(update_fields=["fallback"])
    hosted.provider(FakeReply(text="yes"))
    hosted.monkeypatch.setattr("pipeline.credentials.has_access", lambda provider: True)
    for _ in range(health.FAILURES):
        health.failed("fake", "wide", "failed", "broken", transient=True, now=clock.now())
    hosted.submit("a")
    run_next()
    job = Job.objects.get()
    assert (job.model, job.input["model"], job.state) == ("next", "next", "needs_consent"), (
        "its price was not agreed to"
    )


def test_who_read_it_before_it_was_moved_does_not_ask_the_old_maker(hosted: Trial) -> None:
    hosted.project.fallback = True
    hosted.project.save(update_fields=["fallback"])
    job = hosted.submit("a")
    health.failed("fake", "wide", "auth", "gone", transient=False, now=clock.now())
    fallback.hold(job, ProviderHealth.objects.get())
    assert Job.objects.get().input["provider"] == "local"
    assert not lease.claim(job)
    assert run_next()
    assert Job.objects.get().output == {"text": "made here"}


def test_what_a_vendor_has_begun_is_not_given_to_another(hosted: Trial) -> None:
    hosted.project.fallback = True
    hosted.project.save(update_fields=["fallback"])
    job = hosted.submit("a")
    Attempt.objects.create(
        job=job, job_code=job.code, step="trial", call="part-1", provider="fake", request={}, state="done"
    )
    health.failed("fake", "wide", "auth", "gone", transient=False, now=clock.now())
    run_all()
    assert jobs() == [("a", "queued", True, 0)]
    assert Job.objects.get().provider == "fake"


def test_an_operator_who_mends_it_does_not_have_to_wait(hosted: Trial) -> None:
    hosted.provider(NO_KEY, FakeReply(text="yes"))
    hosted.submit("a", "b")
    run_all()
    health.reset("fake", clock.now())
    run_all()
    assert {state for _, state, _, _ in jobs()} == {"done"}


def test_a_job_without_consent_does_not_keep_the_others_from_trying(hosted: Trial) -> None:
    hosted.provider(FakeReply(text="yes"))
    now = clock.now()
    ProviderHealth.objects.create(
        provider="fake", model="", failures=5, open_until=now - timedelta(seconds=1), kind="unavailable"
    )
    Consent.objects.all().delete()
    hosted.submit("a")
    assert hosted.run().state == "needs_consent"
    row = ProviderHealth.objects.get(model="")
    assert (row.probe, row.failures) == (None, 5)
    assert row.open_until is not None
    assert row.open_until <= clock.now(), "it has tried nothing: the next one may"
    hosted.consent(**{"fake:wide": pricebook.price_version(ModelEntry.objects.get().as_row())})
    hosted.submit("b")
    assert run_next()
    assert Job.objects.get(subject="b").state == "done"
