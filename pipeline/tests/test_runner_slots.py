"""How much may be under way at once: of a model, at a vendor, and of one person's projects. Decided at the claim."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline.models import Job, ModelEntry
from pipeline.providers.fake import FakeRequest
from pipeline.runner import lease
from pipeline.runner.submit import Order, submit
from pipeline.steps.base import Waiting
from pipeline.tests.trials import Trial, TrialInput, TrialOutput, at_once

pytestmark = pytest.mark.postgres


def asks(input: Any, ctx: Any) -> Any:
    reply = ctx.once("ask", ctx.provider("text", input.provider), FakeRequest(text=input.text, price_microusd=10))
    return reply if isinstance(reply, Waiting) else TrialOutput(text=reply.text)


@pytest.fixture
def hosted(trial: Trial) -> Trial:
    trial.hosted()
    trial.step(asks, capability="text")
    return trial


def claimed() -> list[str]:
    found = []
    while (job := lease.claim_next("io")) is not None:
        found.append(job.subject)
    return found


def test_a_job_is_counted_under_the_one_name_of_its_model(hosted: Trial) -> None:
    job = hosted.submit("a")
    assert (job.provider, job.model, job.queue) == ("fake", "wide", "io")


def test_no_more_of_a_model_are_under_way_than_may_be(hosted: Trial, settings: Any) -> None:
    settings.OMVEE_MODEL_CONCURRENCY = 2
    hosted.submit("a", "b", "c")
    assert claimed() == ["a", "b"]
    Job.objects.filter(subject="a").update(state="done")
    assert claimed() == ["c"]


def test_the_list_of_models_says_how_many(hosted: Trial, settings: Any) -> None:
    settings.OMVEE_MODEL_CONCURRENCY = 1
    ModelEntry.objects.update(concurrency=3)
    hosted.submit("a", "b", "c", "d")
    assert claimed() == ["a", "b", "c"]


def test_an_account_has_a_limit_of_its_own(hosted: Trial, settings: Any) -> None:
    settings.OMVEE_VENDOR_CONCURRENCY = 3
    hosted.submit("a", "b", "c", "d")
    Job.objects.filter(subject__in="ab").update(model="another")
    assert claimed() == ["a", "b", "c"]


def test_what_waits_for_the_vendor_keeps_its_place_and_is_looked_at(hosted: Trial, settings: Any) -> None:
    settings.OMVEE_MODEL_CONCURRENCY = 1
    vendor = hosted.slow_provider()
    hosted.submit("a", "b")
    assert hosted.run().state == "waiting"
    assert claimed() == []
    vendor.working.clear()
    hosted.make_due()
    assert claimed() == ["a"], "looking takes no further place"


def test_work_that_is_made_here_passes_what_has_no_place(hosted: Trial, settings: Any) -> None:
    settings.OMVEE_MODEL_CONCURRENCY = 1
    hosted.submit("a", "b")
    submit(hosted.project.pk, "p/trial", [Order("trial", "here", TrialInput(text="here", provider="local"))])
    Job.objects.filter(subject="here").update(priority=200)
    assert claimed() == ["a", "here"]


@pytest.mark.parametrize("round_", range(3))
def test_ten_workers_at_once_never_take_one_place_too_many(hosted: Trial, settings: Any, round_: int) -> None:
    settings.OMVEE_MODEL_CONCURRENCY = 3
    hosted.submit(*"abcdefghij")
    at_once(*[lease.claim_next] * 10)
    claimed()
    assert Job.objects.filter(state="running").count() == 3


def projects(trial: Trial, count: int) -> list[Any]:
    from projects.models import Project

    others = [Project.objects.create(owner=trial.project.owner, title=str(n), style="film") for n in range(count)]
    for project in others:
        submit(project.pk, "p/trial", [Order("trial", f"{project.title}{n}", TrialInput()) for n in "ab"])
    return others


def test_one_person_has_so_many_projects_at_work(trial: Trial, settings: Any) -> None:
    settings.OMVEE_MAX_PROJECTS_RENDERING = 2
    projects(trial, 4)
    assert sorted(claimed()) == ["0a", "0b", "1a", "1b"]
    Job.objects.filter(subject__startswith="0").update(state="done")
    assert sorted(claimed()) == ["2a", "2b"]


def test_another_person_is_not_kept_waiting(trial: Trial, settings: Any) -> None:
    settings.OMVEE_MAX_PROJECTS_RENDERING = 1
    *_, last = projects(trial, 3)
    last.owner = get_user_model().objects.create_user("other")
    last.save()
    assert sorted(claimed()) == ["0a", "0b", "2a", "2b"]


def test_ten_workers_at_once_never_begin_one_project_too_many(trial: Trial, settings: Any) -> None:
    settings.OMVEE_MAX_PROJECTS_RENDERING = 2
    projects(trial, 6)
    at_once(*[lease.claim_next] * 10)
    assert Job.objects.filter(state="running").values("project").distinct().count() == 2


def test_a_single_project_that_is_run_by_itself_is_not_limited(trial: Trial, settings: Any) -> None:
    settings.OMVEE_MAX_PROJECTS_RENDERING = 1
    first, second = projects(trial, 2)
    assert lease.claim_next(project_id=first.pk) is not None
    assert lease.claim_next(project_id=second.pk) is not None


def test_free_work_of_a_project_at_work_costs_one_query_more_at_the_claim(trial: Trial) -> None:
    trial.submit("a", "b")
    assert lease.claim_next("io") is not None
    with CaptureQueriesContext(connection) as made:
        assert lease.claim_next("io") is not None
    asked = [query["sql"] for query in made.captured_queries if "clock_timestamp" not in query["sql"]]
    assert len(asked) == 4, asked  # find it, count who is at work, claim it, read it back
