"""The doorbell: one bell per due job, none lost for long, and nothing lost if all are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django_q.conf import Conf
from django_q.models import OrmQ

from pipeline.models import Job
from pipeline.runner import clock, doorbell, hooks, sentinel, sweep, work
from pipeline.tests.trials import Trial, at_once

pytestmark = pytest.mark.postgres


@pytest.fixture
def bells(trial: Trial, settings: Any) -> Trial:
    """The trial, with its bell."""
    settings.OMVEE_DOORBELL = True
    return trial


def bells_in(queue: str = "io") -> int:
    return OrmQ.objects.filter(key=queue).count()


def hear(queue: str = "io") -> None:
    """Do with one bell what a worker does."""
    OrmQ.objects.filter(key=queue).first().delete()
    work.answer(queue)


def test_it_rings_once_for_each_job_when_the_rows_are_durable(bells: Trial) -> None:
    with transaction.atomic():
        bells.submit("a", "b", "c")
        assert bells_in() == 0
    assert (bells_in(), doorbell.ring_due()) == (3, 0)


def test_it_does_not_ring_for_what_was_rolled_back(bells: Trial) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bells.submit("a")
        raise ZeroDivisionError
    assert bells_in() == 0


def test_each_queue_has_its_own_bells(bells: Trial) -> None:
    bells.step(queue="cpu")
    bells.submit("a")
    assert (bells_in("cpu"), bells_in("io")) == (1, 0)


def test_every_bell_runs_one_job(bells: Trial) -> None:
    bells.submit("a", "b", "c")
    for left in (2, 1, 0):
        hear()
        assert Job.objects.filter(state="queued").count() == left
    assert bells_in() == 0


def test_a_bell_too_many_does_no_harm(bells: Trial) -> None:
    bells.submit("a")
    doorbell.push("io")
    hear()
    hear()
    assert (Job.objects.get().state, len(bells.received)) == ("done", 1)


def test_a_broker_that_is_away_costs_a_second_and_no_job(bells: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(queue: str) -> None:
        raise ConnectionError("no broker")

    push = doorbell.push
    monkeypatch.setattr(doorbell, "push", away)
    bells.submit("a")
    assert (bells_in(), Job.objects.get().rung_at) == (0, None)
    monkeypatch.setattr(doorbell, "push", push)
    assert (doorbell.ring_due(), bells_in()) == (1, 1)


def test_it_rings_when_the_pause_is_over_and_not_before(bells: Trial) -> None:
    bells.submit("a", not_before=clock.now() + timedelta(minutes=1), rung_at=None)
    OrmQ.objects.all().delete()
    assert doorbell.ring_due() == 0
    Job.objects.update(not_before=clock.now())
    assert (doorbell.ring_due(), bells_in()) == (1, 1)


def test_a_lost_bell_is_rung_again(bells: Trial) -> None:
    bells.submit("a")
    OrmQ.objects.all().delete()
    assert doorbell.ring_due() == 0, "it may still be on its way"
    Job.objects.update(rung_at=clock.now() - doorbell.LOST_AFTER - timedelta(seconds=1))
    assert (doorbell.ring_due(), bells_in()) == (1, 1)
    hear()
    assert Job.objects.get().state == "done"


def test_jobs_that_merely_wait_for_their_turn_are_not_rung_again(bells: Trial) -> None:
    bells.submit("a", "b")
    Job.objects.update(rung_at=clock.now() - timedelta(hours=1))
    assert (doorbell.ring_due(), bells_in()) == (0, 2)


def test_a_worker_that_takes_a_job_without_a_bell_passes_the_bell_on(bells: Trial, settings: Any) -> None:
    """Else the job that the bell was for would wait until its bell counts as lost."""
    bells.submit("rung")
    settings.OMVEE_DOORBELL = False
    bells.submit("more urgent", priority=1)
    hear()
    assert Job.objects.get(state="queued").subject == "rung"
    assert bells_in() == 1
    hear()
    assert (Job.objects.filter(state="done").count(), bells_in()) == (2, 0)


def test_a_worker_that_is_ending_keeps_the_bell_for_the_next_one(bells: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "draining", sentinel.Flag())
    work.draining.set()
    bells.submit("a")
    hear()
    assert (Job.objects.get().state, bells_in()) == ("queued", 1)


def test_a_new_start_forgets_what_had_been_rung(bells: Trial) -> None:
    bells.submit("a")
    OrmQ.objects.all().delete()
    doorbell.ring_again()
    assert (doorbell.ring_due(), bells_in()) == (1, 1)


def test_two_tickers_ring_once(bells: Trial, settings: Any) -> None:
    settings.OMVEE_DOORBELL = False
    bells.submit(*"abcdefgh")
    settings.OMVEE_DOORBELL = True
    assert sum(at_once(*[doorbell.ring_due] * 4)) == bells_in() == 8


def test_messages_that_died_with_a_worker_are_cleared_away(bells: Trial) -> None:
    bells.submit("waits", "at work", "died")
    taken_in = timedelta(seconds=Conf.RETRY)
    fresh, dead = OrmQ.objects.filter(key="io").order_by("pk")[1:3]
    OrmQ.objects.filter(pk=fresh.pk).update(lock=clock.now() + taken_in - timedelta(hours=1))
    OrmQ.objects.filter(pk=dead.pk).update(lock=clock.now() + taken_in - timedelta(hours=7))
    doorbell.drop_heard()
    assert bells_in() == 2
    assert not OrmQ.objects.filter(pk=dead.pk).exists()


def test_one_part_of_the_ticker_that_fails_leaves_the_others_their_turn(
    bells: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble() -> None:
        raise RuntimeError("a row that cannot be swept")

    monkeypatch.setattr(hooks, "sweep", stumble)
    bells.submit("a")
    OrmQ.objects.all().delete()
    Job.objects.update(rung_at=None)
    sweep.tick()
    assert bells_in() == 1


def test_one_job_that_cannot_be_taken_back_leaves_the_others_their_turn(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.submit("a", "b")
    for job in (trial.claimed(), trial.claimed()):
        trial.expire(job)
    take_back, calls = sweep._take_back, []

    def stumble_first(job: Job) -> bool:
        calls.append(job)
        if len(calls) == 1:
            raise RuntimeError("this one is odd")
        return take_back(job)

    monkeypatch.setattr(sweep, "_take_back", stumble_first)
    assert sweep.reap() == 1
    assert sorted(Job.objects.values_list("state", flat=True)) == ["queued", "running"]
