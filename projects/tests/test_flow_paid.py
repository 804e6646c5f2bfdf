"""What was paid before work failed or was canceled counts off what is asked for: pages and jobs name the same rest."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import credentials
from pipeline.budget import NeedsConsent
from pipeline.models import Attempt, Job
from pipeline.recipes import digest
from pipeline.runner import charges, context
from pipeline.steps import STEPS
from projects import flow
from projects.actions import control, makers
from projects.flow import spending
from projects.models import Pick, Project
from projects.tests.test_flow_spending import VIDEO, part

pytestmark = [pytest.mark.django_db, pytest.mark.postgres(long=True)]
WAN = "replicate:wan-video/wan-2.2-i2v-fast:final"


@pytest.fixture(autouse=True)
def _keys(db: None) -> None:
    credentials.keep_key("replicate", "x")


def choose(film: Project, key: str) -> None:
    makers.choose_makers(film, {"generate_clip": key}, fallback=False, by=film.owner)
    film.refresh_from_db()


def clips(film: Project) -> Any:
    """All that the film's clips still cost, in micro-USD."""
    return part(spending.remaining(film), "generate_clip").microusd


@pytest.fixture
def half(film: Project) -> Job:
    """The job of the first clip, of three shots of which one is paid; it failed at the second."""
    choose(film, VIDEO)
    Pick.objects.update(clip=None, clip_seconds=45)
    flow.changed(film, None)
    job: Job = Job.objects.filter(step="generate_clip", state="queued").order_by("pk")[0]
    facts = {"job": job, "job_code": job.code, "step": job.step, "provider": job.provider, "model": job.model}
    for (call, request), state in zip(planned(job), ("done", "failed"), strict=False):
        paid = {"state": state, "cost_microusd": 300_000 if state == "done" else 0}
        Attempt.objects.create(
            **facts, **paid, call=call, request={}, request_digest=digest(request), project_code=film.code
        )
    Job.objects.filter(pk=job.pk).update(state="failed")
    return job


def planned(job: Job) -> list[tuple[str, Any]]:
    provider = context.reach("video", job.provider, job.model)
    return list(STEPS[job.step].calls(STEPS[job.step].input.model_validate(job.input), provider))


def test_what_is_left_of_failed_work_is_all_that_is_named(film: Project, half: Job) -> None:
    assert [request.seconds for _, request in planned(half)] == [15, 15, 15]
    whole = 6 * 45 * 20_000
    assert clips(film) == whole - 15 * 20_000
    control.retry_failed(film, by=film.owner)
    assert clips(film) == whole - 15 * 20_000
    again = Job.objects.get(subject=half.subject, state="queued")
    provider = context.reach("video", again.provider, again.model)
    Job.objects.filter(pk=again.pk).update(state="running", lease_token="t")
    again.lease_token = "t"
    with pytest.raises(NeedsConsent) as asked:
        charges.intend(again, "move-2", provider, planned(again)[1][1])
    assert asked.value.quote_microusd == 30 * 20_000


def test_agreeing_to_what_is_left_is_enough(film: Project, half: Job) -> None:
    control.retry_failed(film, by=film.owner)
    makers.agree(film, by=film.owner, seen=spending.remaining(film).mark)
    again = Job.objects.get(subject=half.subject, state="queued")
    provider = context.reach("video", again.provider, again.model)
    Job.objects.filter(pk=again.pk).update(state="running", lease_token="t")
    again.lease_token = "t"
    assert charges.intend(again, "move-2", provider, planned(again)[1][1]).estimate_microusd == 15 * 20_000


def test_another_model_begins_anew(film: Project, half: Job) -> None:
    whole = clips(film) + 15 * 20_000
    choose(film, WAN)
    dear = clips(film)
    Attempt.objects.all().delete()
    assert clips(film) == dear
    choose(film, VIDEO)
    assert clips(film) == whole


def test_what_came_whole_and_was_of_no_use_is_asked_for_whole(film: Project, half: Job) -> None:
    rest = clips(film)
    Attempt.objects.filter(state="failed").delete()
    assert clips(film) == rest + 15 * 20_000
