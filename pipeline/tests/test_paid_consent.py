"""Nothing is bought that nobody has agreed to: not above the ceiling, not at another price, not without a price."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline import budget
from pipeline.models import Attempt, BudgetDay, Job
from pipeline.providers import PROVIDERS
from pipeline.providers.base import UnknownPrice
from pipeline.providers.fake import FakeReply, FakeRequest, failure
from pipeline.runner import work
from pipeline.runner.work import run_next
from pipeline.steps.base import Waiting
from pipeline.tests.trials import PRICE, Trial, TrialOutput, asks, at_once
from projects.actions.consent import give_consent, withdraw_consent
from projects.models import Consent
from projects.states import IllegalMove, LostRace

pytestmark = pytest.mark.postgres


@pytest.fixture
def unpaid(trial: Trial) -> Trial:
    """Nobody has agreed to anything."""
    Consent.objects.all().delete()
    trial.step(asks)
    return trial


def states() -> list[str]:
    return list(Job.objects.order_by("pk").values_list("state", flat=True))


def test_without_consent_nothing_is_sent_and_the_job_says_why(unpaid: Trial) -> None:
    script = unpaid.provider(FakeReply(text="yes"))
    unpaid.submit("a")
    job = unpaid.run()
    assert (job.state, job.tries, job.quote_microusd, job.quoted_price) == ("needs_consent", 0, PRICE, "fake@")
    assert "costs money" in job.error
    assert (script.sent, Attempt.objects.count(), BudgetDay.objects.count()) == ([], 0, 0)
    assert not run_next(), "it waits for a person, not for a worker"


def test_what_costs_nothing_needs_no_consent(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    unpaid.step(lambda input, ctx: TrialOutput(text=ctx.once("ask", ctx.provider("text", "fake"), FakeRequest()).text))
    unpaid.submit("a")
    assert (unpaid.run().state, Attempt.objects.get().consent) == ("done", None)


def test_it_tells_what_waits_and_goes_on_when_somebody_agrees(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    unpaid.submit("a", "b")
    unpaid.run(), unpaid.run()
    waits = budget.outstanding(unpaid.project.pk)
    assert [(part.step, part.model, part.jobs, part.microusd) for part in waits.steps] == [
        ("trial", "fake", 2, 2 * PRICE)
    ]
    assert (waits.microusd, waits.is_priced, dict(waits.prices)) == (2 * PRICE, True, {"fake": ""})
    consent = give_consent(unpaid.project, ["trial"], waits.microusd, by=unpaid.project.owner, seen=waits.version)
    assert states() == ["queued", "queued"]
    assert {job.error for job in Job.objects.all()} == {""}
    assert {unpaid.run().state, unpaid.run().state} == {"done"}
    assert set(Attempt.objects.values_list("consent", flat=True)) == {consent.pk}
    assert (budget.left_of(consent), budget.outstanding(unpaid.project.pk).jobs) == (0, 0)


def test_consent_for_another_step_or_price_or_model_is_none(unpaid: Trial) -> None:
    script = unpaid.provider(FakeReply(text="yes"))
    Consent.objects.create(project=unpaid.project, ceiling_microusd=10**9, steps=["other"], prices={"fake": ""})
    unpaid.consent(fake_other="")
    unpaid.submit("a")
    assert "costs money" in unpaid.run().error
    unpaid.consent(fake="older")
    give_consent(unpaid.project, ["other"], 1, by=None)
    Job.objects.update(state="queued")
    job = unpaid.run()
    assert (job.state, "price has changed" in job.error, script.sent) == ("needs_consent", True, [])


def test_above_the_ceiling_the_rest_waits(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    consent = unpaid.consent(PRICE * 2 + PRICE // 2)
    unpaid.submit("a", "b", "c")
    for _ in range(3):
        unpaid.run()
    assert states() == ["done", "done", "needs_consent"]
    assert budget.left_of(consent) == PRICE // 2
    give_consent(unpaid.project, ["trial"], PRICE, by=None)
    assert unpaid.run().state == "done"


def test_the_ceiling_counts_what_was_really_spent(unpaid: Trial) -> None:
    unpaid.provider(failure(), FakeReply(text="yes", cost_microusd=PRICE // 4))
    consent = unpaid.consent(PRICE)
    unpaid.submit("a")
    unpaid.run()
    assert budget.left_of(consent) == PRICE, "what failed has cost nothing"
    assert unpaid.run().state == "done"
    assert budget.left_of(consent) == PRICE - PRICE // 4


def test_two_consents_are_used_up_in_turn(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    first, second = unpaid.consent(PRICE), unpaid.consent(PRICE)
    unpaid.submit("a", "b", "c")
    for _ in range(3):
        unpaid.run()
    assert list(Attempt.objects.order_by("pk").values_list("consent", flat=True)) == [first.pk, second.pk]
    assert states() == ["done", "done", "needs_consent"]


def test_what_is_withdrawn_allows_nothing(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    withdraw_consent(unpaid.consent(), by=None)
    unpaid.submit("a")
    assert unpaid.run().state == "needs_consent"


def test_an_unknown_price_is_asked_for_and_never_zero(unpaid: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    script = unpaid.provider(FakeReply(text="yes"))

    def unknown(self: Any, request: Any) -> int:
        raise UnknownPrice("A new model")

    unpaid.consent()
    cls = PROVIDERS["text", "fake"]
    monkeypatch.setattr(cls, "estimate", unknown)
    unpaid.submit("a")
    job = unpaid.run()
    assert (job.state, job.quote_microusd, script.sent) == ("needs_consent", None, [])
    assert "price of A new model is not known" in job.error
    assert not budget.outstanding(unpaid.project.pk).is_priced


def test_what_was_not_seen_is_not_agreed_to(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    unpaid.submit("a")
    unpaid.run()
    shown = budget.outstanding(unpaid.project.pk)
    unpaid.submit("b")
    unpaid.run()
    with pytest.raises(LostRace, match="changed meanwhile"):
        give_consent(unpaid.project, ["trial"], shown.microusd, by=None, seen=shown.version)
    with pytest.raises(IllegalMove):
        give_consent(unpaid.project, ["trial"], 0, by=None)
    with pytest.raises(IllegalMove):
        give_consent(unpaid.project, [], 5, by=None)
    assert (Consent.objects.count(), states()) == (0, ["needs_consent"] * 2)


def test_ten_at_once_never_pass_the_ceiling(unpaid: Trial) -> None:
    script = unpaid.provider(FakeReply(text="yes"))
    consent = unpaid.consent(PRICE * 3)
    unpaid.submit(*"abcdefghij")
    at_once(*[run_next] * 10)
    while run_next():
        pass
    assert (states().count("done"), states().count("needs_consent")) == (3, 7)
    assert (len(script.sent), budget.left_of(consent)) == (3, 0)


def in_parts(input: Any, ctx: Any) -> Any:
    provider = ctx.provider("text", "fake")
    for call, request in parts(input, provider):
        reply = ctx.once(call, provider, request)
        if isinstance(reply, Waiting):
            return reply
    return TrialOutput(text="whole")


def parts(input: Any, provider: Any) -> Any:
    return [(f"part-{number}", FakeRequest(text=str(number), price_microusd=PRICE)) for number in (1, 2, 3)]


def test_a_job_of_several_requests_asks_once_for_all_of_them(unpaid: Trial) -> None:
    script = unpaid.provider(FakeReply(text="yes"))
    unpaid.step(in_parts, calls=parts)
    unpaid.consent(3 * PRICE - 1)
    unpaid.submit("a")
    job = unpaid.run()
    assert (job.state, job.quote_microusd, script.sent) == ("needs_consent", 3 * PRICE, []), "not begun without its end"
    give_consent(unpaid.project, ["trial"], budget.outstanding(unpaid.project.pk).microusd, by=None)
    assert (unpaid.run().state, len(script.sent)) == ("done", 3)


def test_what_is_withdrawn_on_the_way_asks_for_the_rest_alone(unpaid: Trial) -> None:
    script = unpaid.provider(FakeReply(text="yes"), failure(), FakeReply(text="yes"))
    unpaid.step(in_parts, calls=parts)
    consent = unpaid.consent(3 * PRICE)
    unpaid.submit("a")
    unpaid.run()
    withdraw_consent(consent, by=None)
    job = unpaid.run()
    assert (job.state, job.quote_microusd, len(script.sent)) == ("needs_consent", 2 * PRICE, 2)
    give_consent(unpaid.project, ["trial"], 2 * PRICE, by=None)
    assert (unpaid.run().state, len(script.sent)) == ("done", 4)
    assert sum(Attempt.objects.filter(state="done").values_list("estimate_microusd", flat=True)) == 3 * PRICE


def test_several_consents_cover_one_job_together(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    unpaid.step(in_parts, calls=parts)
    first, second = unpaid.consent(PRICE + PRICE // 2), unpaid.consent(2 * PRICE)
    unpaid.submit("a")
    assert unpaid.run().state == "done"
    assert (budget.left_of(first), budget.left_of(second)) == (PRICE // 2, 0)


def test_many_consents_cost_as_many_queries_as_one(unpaid: Trial) -> None:
    unpaid.provider(FakeReply(text="yes"))
    counts = []
    for more in (1, 30):
        for _ in range(more):
            unpaid.consent(PRICE)
        unpaid.submit(f"with {more}")
        unpaid.make_due()
        with CaptureQueriesContext(connection) as captured:
            assert run_next()
        counts.append(sum("pipeline_attempt" in query["sql"] for query in captured.captured_queries))
    assert states() == ["done", "done"]
    assert counts[0] == counts[1]


def test_who_agrees_while_a_worker_still_misses_it_is_heard(unpaid: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person presses between the worker's look and the worker's note that it waits."""
    script = unpaid.provider(FakeReply(text="yes"))
    note = work._wait_for_consent

    def agreed_meanwhile(job: Job, error: Any) -> None:
        give_consent(unpaid.project, ["trial"], PRICE, by=None, prices={"fake": ""})
        note(job, error)

    monkeypatch.setattr(work, "_wait_for_consent", agreed_meanwhile)
    unpaid.submit("a")
    assert unpaid.run().state == "queued", "nobody would press a second time"
    assert (unpaid.run().state, len(script.sent)) == ("done", 1)
