"""Limits of a project, a person's month and the studio's day: never passed, told of, and work goes on by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import transaction
from django.utils import timezone

from pipeline import budget
from pipeline.budget import alerts, limits
from pipeline.models import Alert, Attempt, BudgetDay, BudgetMonth, BudgetProject, Job, LedgerEntry, SpendingLimits
from pipeline.providers.fake import FakeReply
from pipeline.runner import leftovers, pauses, sweep
from pipeline.runner.work import answer, run_next
from pipeline.tests.trials import PRICE, Trial, asks, at_once

pytestmark = pytest.mark.postgres
NONE = {"day_soft": None, "day_hard": None, "month": None, "project": None}


@pytest.fixture
def limited(trial: Trial, settings: Any) -> Trial:
    """A trial that costs PRICE, without any limit yet."""
    settings.OMVEE_LIMITS_MICROUSD = dict(NONE)
    trial.step(asks)
    trial.provider(FakeReply(text="yes"))
    return trial


def attempt(trial: Trial, estimate: int = PRICE, **fields: Any) -> Attempt:
    job = Job(code=trial.project.code, step="trial")
    of = {"job_code": job.code, "step": "trial", "call": f"ask-{Attempt.objects.count()}-{id(fields)}"}
    who = {"project_code": trial.project.code, "owner_id": trial.project.owner_id}
    request = {"provider": "fake", "request": {}, "request_digest": ""}
    return Attempt(**{**of, **who, **request, "estimate_microusd": estimate, **fields})


def run_all() -> None:
    while run_next():
        pass


def counted() -> list[tuple[int, int]]:
    rows = [model.objects.get() for model in (BudgetProject, BudgetMonth, BudgetDay)]
    return [(row.reserved_microusd, row.spent_microusd) for row in rows]


def test_a_request_is_counted_on_its_project_its_owners_month_and_the_day(limited: Trial) -> None:
    limited.submit("a")
    limited.run()
    assert counted() == [(0, PRICE)] * 3
    month = BudgetMonth.objects.get()
    assert (month.owner_id, month.month) == (limited.project.owner_id, timezone.localdate().replace(day=1))


@pytest.mark.parametrize(
    ("name", "words"), [("day_hard", "Today's"), ("month", "this month"), ("project", "this project")]
)
def test_each_limit_pauses_before_anything_is_sent(limited: Trial, settings: Any, name: str, words: str) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {**NONE, name: 2 * PRICE + 1}
    limited.submit("a", "b", "c")
    run_all()
    job = Job.objects.exclude(state="done").get()
    assert (job.state, job.tries, job.quote_microusd) == ("paused_budget", 0, PRICE)
    assert words in job.error
    assert (counted(), Attempt.objects.count()) == ([(0, 2 * PRICE)] * 3, 2)
    assert pauses.resume_paused() == 0, "there is still no room"


@pytest.mark.parametrize("own", ["desk", "row"])
def test_an_operator_raises_a_limit_and_the_ticker_lets_the_work_go_on(limited: Trial, settings: Any, own: str) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {**NONE, "day_hard": PRICE - 1}
    limited.submit("a", "b")
    run_all()
    assert Job.objects.filter(state="paused_budget").count() == 2
    if own == "desk":
        SpendingLimits.objects.create(pk=1, day_hard_microusd=PRICE)
    else:
        BudgetDay.objects.update_or_create(day=timezone.localdate(), defaults={"hard_microusd": PRICE})
    sweep.tick()
    assert sorted(Job.objects.values_list("state", flat=True)) == ["paused_budget", "queued"], "only what fits"
    run_all()
    BudgetDay.objects.update(hard_microusd=10 * PRICE)
    sweep.tick()
    assert Job.objects.get(state="queued").error == ""
    run_all()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_tomorrow_there_is_room_again(limited: Trial, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {**NONE, "day_hard": PRICE}
    limited.submit("a", "b")
    run_all()
    assert pauses.resume_paused() == 0
    later = pauses.clock.now() + timedelta(days=1)
    monkeypatch.setattr(pauses.clock, "now", lambda: later)
    assert pauses.resume_paused() == 1
    assert limited.run().state == "done"
    assert {row.spent_microusd for row in BudgetDay.objects.all()} == {PRICE}
    assert BudgetDay.objects.count() == 2


def test_what_is_paid_already_finishes_under_a_lowered_limit(limited: Trial) -> None:
    vendor = limited.slow_provider(FakeReply(text="made"))
    limited.submit("a")
    limited.run()
    BudgetDay.objects.update(hard_microusd=1)
    vendor.working.clear()
    assert (limited.run().state, counted()) == ("done", [(0, PRICE)] * 3)


def test_fifty_at_once_never_pass_a_limit(limited: Trial, settings: Any) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {**NONE, "day_hard": 100 * PRICE, "month": 20 * PRICE, "project": 12 * PRICE}
    edge = attempt(limited, 5 * PRICE, call="edge")
    edge.save()
    with transaction.atomic():
        budget.reserve(edge)

    def take(number: int) -> bool:
        row = attempt(limited, call=f"at-once-{number}")
        try:
            with transaction.atomic():
                row.save()
                budget.reserve(row)
        except budget.HardLimitReached:
            return False
        if number % 2:
            with transaction.atomic():
                row.cost_microusd = PRICE
                budget.settle(row)
        return True

    won = at_once(*[lambda number=number: take(number) for number in range(50)])
    assert (won.count(True), won.count(False)) == (7, 43)
    spent = LedgerEntry.objects.filter(kind="settle").count() * PRICE
    assert counted() == [(12 * PRICE - spent, spent)] * 3
    assert Attempt.objects.count() == 8, "what was not admitted left no trace"


def test_operators_hear_of_each_limit_once_a_day(limited: Trial, settings: Any) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {**NONE, "day_soft": 2 * PRICE, "day_hard": 3 * PRICE}
    limited.submit("a", "b", "c", "d", "e")
    assert run_next()
    assert not Alert.objects.exists()
    run_all()
    assert sorted(Alert.objects.values_list("kind", flat=True)) == ["hard_limit", "soft_limit"]
    text = Alert.objects.get(kind="soft_limit").text
    assert "$0.08" in text


def test_an_alert_is_mailed_once_to_who_runs_the_studio(limited: Trial, settings: Any) -> None:
    settings.SENDS_MAIL, settings.OMVEE_ADMIN_EMAIL = True, ""
    get_user_model().objects.create_superuser("root", "root@example.org", "secret")
    alerts.alert("hard_limit", "The limit is reached.")
    alerts.alert("hard_limit", "The limit is reached again.")
    assert alerts.untold()
    answer(leftovers.QUEUE)
    answer(leftovers.QUEUE)
    assert [(letter.to, "The limit is reached." in letter.body) for letter in mail.outbox] == [
        (["root@example.org"], True)
    ]
    assert not alerts.untold()


def test_a_mail_that_fails_is_sent_again_later(limited: Trial, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENDS_MAIL, settings.OMVEE_ADMIN_EMAIL = True, "admin@example.org"

    def fail(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(alerts, "send_mail", fail)
    alerts.alert("hard_limit", "The limit is reached.")
    assert alerts.tell_next()
    row = Alert.objects.get()
    assert row.tell_at is not None and row.tell_at > timezone.now() + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("estimate", "cost", "told"),
    [(3_000_000, 3_700_000, True), (3_000_000, 2_300_000, True), (3_000_000, 3_550_000, False), (100, 200, False)],
)
def test_a_cost_far_from_its_estimate_is_told(limited: Trial, estimate: int, cost: int, told: bool) -> None:
    row = attempt(limited, estimate, model="wide", call="off")
    row.save()
    budget.reserve(row)
    row.cost_microusd = cost
    budget.settle(row)
    assert Alert.objects.filter(kind="variance:fake:wide").exists() is told


def test_many_small_differences_of_a_day_are_told(limited: Trial) -> None:
    for number in range(6):
        row = attempt(limited, 200_000, call=f"small-{number}")
        row.save()
        budget.reserve(row)
        row.cost_microusd = 300_000
        budget.settle(row)
    assert not Alert.objects.exists()
    alerts.watch_day()
    alerts.watch_day()
    assert [row.kind for row in Alert.objects.all()] == ["variance_day:fake"]


def test_the_desk_goes_before_the_settings(limited: Trial, settings: Any) -> None:
    settings.OMVEE_LIMITS_MICROUSD = {"day_soft": 1, "day_hard": 2, "month": 3, "project": None}
    assert limits.studio_limits() == limits.Limits(1, 2, 3, None)
    SpendingLimits.objects.create(pk=1, day_hard_microusd=20, project_microusd=40)
    assert limits.studio_limits() == limits.Limits(1, 20, 3, 40)


def test_the_settings_are_in_dollars_and_zero_is_no_limit(settings: Any) -> None:
    from omvee import settings as site

    assert site.OMVEE_LIMITS_MICROUSD["day_soft"] == 100_000_000
    assert site.OMVEE_LIMITS_MICROUSD["day_hard"] == 150_000_000
    assert site._microusd("OMVEE_NO_SUCH_LIMIT", "0") is None
    assert site._microusd("OMVEE_NO_SUCH_LIMIT", "0.25") == 250_000
