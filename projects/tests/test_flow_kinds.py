"""The second way in: what is due for a film from an idea, and when."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from pipeline.models import Job
from pipeline.states import LIVE, JobState
from pipeline.steps import STEPS
from projects import flow
from projects.actions.create import MusicWish, create_prompt_video
from projects.flow.kinds import KINDS
from projects.models import FinalVideo, Project, Song, Soundtrack
from projects.tests.conftest import drain


def steps(project: Project, **only: Any) -> list[str]:
    return sorted(Job.objects.filter(project=project, **only).values_list("step", flat=True))


def test_every_kind_of_project_has_its_steps():
    assert set(KINDS) == set(Project.Kind.values)
    assert all(set(kind.steps) <= STEPS.keys() for kind in KINDS.values())


def test_a_new_project_has_a_seed_of_its_own_or_that_of_the_operator(quick: None, alice: Any, settings: Any) -> None:
    def seeds() -> set[int]:
        return {create_prompt_video("A small boat leaves the harbor.", by=alice, seconds=8).seed for _ in range(3)}

    assert len(seeds()) == 3
    settings.OMVEE_SEED = "7"
    assert seeds() == {7}


def test_music_and_scenes_are_due_at_once(idea: Project) -> None:
    assert steps(idea, state__in=LIVE) == ["compose_music", "plan_scenes"]


def test_an_idea_becomes_a_film_as_long_as_was_decided(idea_film: Project) -> None:
    final = FinalVideo.objects.get(rendition__project=idea_film)
    assert (final.frames, idea_film.scenes.count()) == (24 * 30, 6)
    assert Song.objects.get(project=idea_film).asset.kind == "music"
    assert set(steps(idea_film)) <= set(KINDS["prompt_video"].steps)
    assert not Job.objects.filter(project=idea_film).exclude(state=JobState.DONE).exists()


def test_its_captions_are_those_of_its_scenes(idea_film: Project) -> None:
    lines = idea_film.lyrics().lines
    assert [line.text for line in lines] == [f"part {number}" for number in range(6)]
    assert all(4000 * at < line.start_ms < line.end_ms < 4000 * (at + 1) for at, line in enumerate(lines))


def test_a_film_without_narration_has_no_captions(quick: None, alice: Any) -> None:
    project = create_prompt_video("A small boat leaves the harbor.", by=alice, seconds=8, narration=False)
    drain()
    project.refresh_from_db()
    assert project.lyrics().lines == ()
    assert project.renditions.get().captions == "none"


def test_a_longer_film_needs_longer_music_and_nothing_is_joined_before(idea_film: Project) -> None:
    last = idea_film.scenes.last()
    assert last is not None
    idea_film.length_frames = 780
    idea_film.save(update_fields=["length_frames"])
    idea_film.scenes.filter(pk=last.pk).update(end_frame=780)
    flow.changed(idea_film, [last.pk])
    assert steps(idea_film, state__in=LIVE) == ["compose_music"]
    drain()
    assert FinalVideo.objects.filter(rendition__project=idea_film).order_by("-version")[0].frames == 780


def test_music_that_cannot_be_made_holds_up_the_film_and_not_the_pictures(idea: Project) -> None:
    Job.objects.filter(project=idea, step="compose_music").update(state=JobState.FAILED)
    drain()
    assert idea.scenes.filter(content__picks__image__isnull=False).count() == 6
    assert "render_shot" not in steps(idea)


def test_scenes_wait_where_somebody_has_to_listen_first(quick: None, alice: Any, asset: Any) -> None:
    project = create_prompt_video("A small boat leaves the harbor.", by=alice, seconds=8)
    asset.duration_ms = 60_000
    asset.save(update_fields=["duration_ms"])
    Job.objects.filter(project=project).update(state=JobState.CANCELED)
    Soundtrack.objects.filter(project=project).update(source="upload", asset=asset)
    with_lock(project)
    assert steps(project, state__in=LIVE) == ["compose_music"]


def with_lock(project: Project) -> None:
    with transaction.atomic():
        flow.advance(flow.lock(project.pk))


@pytest.mark.parametrize("mood", ["", "dance"])
def test_the_wish_for_music_reaches_the_composer(quick: None, alice: Any, mood: str) -> None:
    project = create_prompt_video("A quiet, sad rain over the town.", by=alice, seconds=8, music=MusicWish(mood=mood))
    job = Job.objects.get(project=project, step="compose_music")
    assert job.input["mood"] == (mood or "ballad")
    assert job.input["frames"] == 240
