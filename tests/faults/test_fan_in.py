"""Thirty shots finish at the same moment: the film is assembled once, never twice, never not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections

from pipeline.models import Job
from pipeline.runner import lease
from pipeline.runner.work import run_claimed, run_next
from pipeline.steps import STEPS
from pipeline.tests.trials import at_once
from projects.models import FinalVideo, Project, Shot
from projects.tests import quick_steps
from tests.faults.studio import WITHIN_S

pytestmark = [pytest.mark.postgres, pytest.mark.faults]
ITEMS = 30


@pytest.fixture
def film(
    monkeypatch: pytest.MonkeyPatch, settings: Any, committing_db: None, new_film: Callable[[], Project]
) -> Project:
    """A film of thirty scenes whose shots are due."""
    settings.OMVEE_DOORBELL = False
    quick_steps.use_quick_steps(monkeypatch, ITEMS)
    project = new_film()
    while Job.objects.filter(state="queued").exclude(step="render_shot").exists():
        assert run_next()
    # Shots whose pictures were ready earlier were queued with the rest: all of them start again together.
    begin_again()
    assert Job.objects.filter(step="render_shot", state="queued").count() == ITEMS
    return project


def begin_again() -> None:
    """Back to the moment at which every shot is due and none is made."""
    Job.objects.filter(step="assemble_video").delete()
    FinalVideo.objects.all().delete()
    Shot.objects.all().delete()
    Job.objects.filter(step="render_shot").update(state="queued", lease_token="", tries=0)


def finish_together(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Claim all, and let every step end at the same moment, each in a thread with a connection of its own."""
    together = threading.Barrier(ITEMS)
    render = quick_steps.runs(ITEMS)["render_shot"]

    def wait(input: Any, ctx: Any) -> Any:
        output = render(input, ctx)
        connections.close_all()
        together.wait(WITHIN_S)
        return output

    monkeypatch.setitem(STEPS, "render_shot", replace(STEPS["render_shot"], run=wait))
    jobs = [lease.claim_next() for _ in range(ITEMS)]
    return at_once(*[lambda job=job: run_claimed(job) for job in jobs])


def assert_advances_once(film: Project, monkeypatch: pytest.MonkeyPatch, trials: int) -> None:
    for trial in range(trials):
        begin_again()
        assert finish_together(monkeypatch) == [None] * ITEMS
        assert Job.objects.filter(step="render_shot", state="done", tries=1).count() == ITEMS, trial
        assert (Shot.objects.count(), Job.objects.filter(step="assemble_video").count()) == (ITEMS, 1), trial
    assert run_next()
    assert (FinalVideo.objects.count(), Job.objects.exclude(state="done").count()) == (1, 0)


def test_thirty_at_once_advance_exactly_once(film: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_advances_once(film, monkeypatch, trials=2)


@pytest.mark.long
def test_thirty_at_once_advance_exactly_once_every_time(film: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_advances_once(film, monkeypatch, trials=150)
