"""Taking work back: what waits is canceled at once, what runs notices and commits nothing."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connections, transaction

from pipeline.models import Job
from pipeline.runner import lease
from pipeline.runner.submit import Order, retract, submit
from pipeline.runner.work import run_next
from pipeline.states import LIVE
from pipeline.tests.trials import Trial, TrialInput, TrialOutput, at_once
from projects.actions import control

pytestmark = pytest.mark.postgres


def test_what_waits_is_canceled_at_once(trial: Trial) -> None:
    trial.submit("queued", "waiting", "consent")
    Job.objects.filter(subject="waiting").update(state="waiting")
    Job.objects.filter(subject="consent").update(state="needs_consent")
    control.stop_project(trial.project, by=None)
    assert set(Job.objects.values_list("state", flat=True)) == {"canceled"}
    assert not run_next()


def test_what_is_finished_stays_as_it_is(trial: Trial) -> None:
    trial.submit("a")
    done = trial.run()
    assert retract(Job.objects.filter(pk=done.pk)) == 0
    assert trial.fresh(done).state == "done"


def test_running_work_notices_and_is_fenced(trial: Trial) -> None:
    began, noticed = threading.Event(), []

    def work(input: Any, ctx: Any) -> TrialOutput:
        began.set()
        ends = time.monotonic() + 120
        while not ctx.stop() and time.monotonic() < ends:
            time.sleep(0.02)
        noticed.append(ctx.stop())
        return TrialOutput(text="made anyway")

    def run() -> None:
        try:
            run_next()
        finally:
            connections.close_all()

    trial.step(work)
    job = trial.submit()
    worker = threading.Thread(target=run)
    worker.start()
    assert began.wait(120)
    control.stop_project(trial.project, by=None)
    worker.join(300)
    assert noticed == [True]
    assert lease.CHECK_S < 1, "and that within a second"
    assert (trial.fresh(job).state, trial.received, trial.failures) == ("canceled", [], [])


def test_stopping_and_committing_at_once_leaves_one_of_the_two(trial: Trial) -> None:
    for _ in range(10):
        trial.submit("a")
        at_once(run_next, lambda: control.stop_project(trial.project, by=None))
        job = Job.objects.get()
        assert (job.state, len(trial.received)) in {("done", 1), ("canceled", 0)}
        control.resume_project(trial.project, by=None)
        Job.objects.all().delete()
        trial.received.clear()


def test_the_trash_retracts_everything(trial: Trial) -> None:
    trial.submit("a", "b")
    running = trial.claimed()
    control.trash_project(trial.project, by=None)
    assert set(Job.objects.values_list("state", flat=True)) == {"canceled"}
    assert trial.fresh(running).lease_token == ""


def test_the_same_order_twice_is_one_job(trial: Trial) -> None:
    def order() -> list[Job]:
        with transaction.atomic():
            type(trial.project).objects.select_for_update(no_key=True).get(pk=trial.project.pk)
            return submit(trial.project.pk, "p", [Order("trial", "a", TrialInput(text="a"))])

    made = at_once(*[order] * 6)
    assert sorted(len(jobs) for jobs in made) == [0, 0, 0, 0, 0, 1]
    assert Job.objects.filter(state__in=LIVE).count() == 1


def test_another_take_or_recipe_is_another_job(trial: Trial) -> None:
    orders = [
        Order("trial", "a", TrialInput(text="a")),
        Order("trial", "a", TrialInput(text="b")),
        Order("trial", "a", TrialInput(text="a"), take=2),
    ]
    assert len(submit(trial.project.pk, "p", orders)) == 3
    assert submit(trial.project.pk, "p", [Order("trial", "a", TrialInput(text="a", provider="other"))]) == []
