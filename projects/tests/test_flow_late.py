"""What was paid for and came when nobody waited any more: kept, and bought no second time."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from pipeline.models import Job
from pipeline.runner import hooks
from pipeline.steps import STEPS
from projects.actions import control, review
from projects.flow.status import project_status
from projects.models import Asset, Clip, Image, Pick, Project, Shot, Song
from projects.tests.conftest import drain

pytestmark = pytest.mark.django_db


def late(job: Job) -> None:
    """The output of a job that has ended arrives."""
    step = STEPS[job.step]
    with transaction.atomic():
        hooks.keep(job, step.run(step.input.model_validate(job.input), None))  # type: ignore[arg-type]


def pick_of(film: Project) -> Pick:
    scene = film.scenes.select_related("content")[1]
    return Pick.objects.select_related("content", "image", "clip").get(content=scene.content)


def canceled(film: Project, step: str) -> Job:
    """A further take that was ordered, and its project stopped."""
    pick = pick_of(film)
    ask = review.redraw_image if step == "generate_image" else review.redo_clip
    ask(pick, by=None, seen_take=1)
    control.stop_project(film, by=None)
    job = Job.objects.filter(step=step, state="canceled").latest("pk")
    assert job.take == 2
    return job


def takes(made: type[Image] | type[Clip], film: Project) -> list[int]:
    rows: Any = made.objects.filter(content=pick_of(film).content)
    return list(rows.order_by("take").values_list("take", flat=True))


@pytest.mark.parametrize(("step", "made"), [("generate_image", Image), ("generate_clip", Clip)])
def test_what_is_still_wanted_stands_and_is_not_bought_again(
    film: Project, step: str, made: type[Image] | type[Clip]
) -> None:
    late(canceled(film, step))
    pick = pick_of(film)
    stands = pick.image if made is Image else pick.clip
    assert stands is not None
    assert (stands.take, takes(made, film)) == (2, [1, 2])
    asked = Job.objects.filter(step=step).count()
    control.resume_project(film, by=None)
    drain()
    assert Job.objects.filter(step=step).count() == asked, "nothing is made again"


@pytest.mark.parametrize(("step", "made"), [("generate_image", Image), ("generate_clip", Clip)])
@pytest.mark.parametrize("finished", [False, True])
def test_beside_other_work_for_that_take_it_becomes_a_further_one_that_nobody_has_picked(
    film: Project, step: str, made: type[Image] | type[Clip], finished: bool
) -> None:
    job = canceled(film, step)
    control.resume_project(film, by=None)
    if finished:
        drain()
    late(job)
    drain()
    pick = pick_of(film)
    stands = pick.image if made is Image else pick.clip
    assert stands is not None
    assert (stands.take, takes(made, film)) == (2, [1, 2, 3])
    assert made.objects.get(content=pick.content, take=3).job == job


def test_what_comes_after_its_deadline_answers_that_failure(film: Project) -> None:
    pick = pick_of(film)
    review.redraw_image(pick, by=None, seen_take=1)
    job = Job.objects.filter(step="generate_image", state="queued").latest("pk")
    Job.objects.filter(pk=job.pk).update(state="failed", error="The provider did not answer in time.")
    assert project_status(film).failures == 1
    late(Job.objects.get(pk=job.pk))
    assert (takes(Image, film), project_status(film).failures) == ([1, 2], 0)


def test_a_bought_clip_that_came_late_is_no_clip_of_a_picture_chosen_since(film: Project) -> None:
    job = canceled(film, "generate_clip")
    pick = pick_of(film)
    Job.objects.filter(pk=job.pk).update(input={**job.input, "provider": "replicate"})
    facts = {"recipe": "x", "provider": "upload", "file": "images/other.jpg", "sha256": "f" * 64}
    other = Image.objects.create(content=pick.content, aspect=pick.aspect, take=2, width=1920, height=1080, **facts)
    review.pick_image(pick, other, by=None)
    late(Job.objects.get(pk=job.pk))
    clip = Clip.objects.get(job=job)
    assert (clip.provider, clip.image) == ("replicate", pick.image), "it shows the picture that stood then"
    control.resume_project(film, by=None)
    drain()
    stands = pick_of(film).clip
    assert stands is not None
    assert (stands.take, stands.image) == (3, other), "and the new picture is set in motion itself"


def test_a_picture_of_a_scene_that_is_gone_harms_nobody(film: Project) -> None:
    job = canceled(film, "generate_image")
    content = pick_of(film).content
    film.scenes.filter(content=content).delete()
    content.delete()
    late(job)
    assert not Image.objects.filter(job=job).exists()


def test_free_work_that_came_late_is_made_again_instead(film: Project) -> None:
    job = Job.objects.filter(step="render_shot").latest("pk")
    before = Shot.objects.count()
    late(job)
    assert Shot.objects.count() == before


def test_music_that_came_late_is_the_films_if_it_is_still_wanted(idea: Project) -> None:
    control.stop_project(idea, by=None)
    job = Job.objects.get(step="compose_music", state="canceled")
    late(job)
    assert Song.objects.get(project=idea).bed_recipe == job.recipe
    control.resume_project(idea, by=None)
    drain()
    assert Job.objects.filter(step="compose_music").count() == 1


def test_music_that_another_has_replaced_is_kept_among_the_owners_files(idea_film: Project) -> None:
    song = Song.objects.get(project=idea_film)
    job = Job.objects.get(step="compose_music")
    late(job)
    assert Song.objects.get(project=idea_film).asset_id == song.asset_id
    assert Asset.objects.filter(owner=idea_film.owner, kind="music").count() == 2
