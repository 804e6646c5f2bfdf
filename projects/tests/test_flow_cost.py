"""What `advance` costs depends on what was touched, not on what exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pipeline.models import Job
from pipeline.runner.work import run_next
from projects import flow
from projects.actions import edit, review
from projects.actions.scenes import move_boundary as move_cut
from projects.models import Pick, Project, Scene
from projects.tests.big_films import finished_film

pytestmark = [pytest.mark.postgres(long=True), pytest.mark.usefixtures("quick", "db")]


def middle(project: Project) -> Scene:
    scenes = project.scenes.select_related("content__prompt")
    return scenes[scenes.count() // 2]


def edit_prompt(project: Project) -> None:
    edit.edit_prompt(middle(project).content, "a lighthouse at night", by=None, seen_take=1)


def redraw(project: Project) -> None:
    pick = Pick.objects.select_related("content").get(content=middle(project).content)
    review.redraw_image(pick, by=None, seen_take=1)


def move_boundary(project: Project) -> None:
    scene = middle(project)
    move_cut(scene, scene.end_frame - 5, by=None)


def edit_and_draw(project: Project) -> None:
    """The change, and what its first job's receiver does, while other work is alive."""
    edit_prompt(project)
    other = project.scenes.select_related("content__prompt")[0]
    edit.edit_prompt(other.content, "a boat", by=None, seen_take=1)
    assert run_next(project_id=project.pk)


def queries(project: Project, change: Callable[[Project], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        change(project)
    return [query["sql"].split(" WHERE ")[0][:100] for query in captured.captured_queries]


CHANGES = [edit_prompt, redraw, move_boundary, edit_and_draw]


@pytest.mark.parametrize("scenes", [40, pytest.param(300, marks=pytest.mark.long)])
@pytest.mark.parametrize("change", CHANGES)
def test_one_change_costs_as_many_queries_in_a_long_film(change: Callable[[Project], None], scenes: int) -> None:
    short, long = (queries(finished_film(count), change) for count in (20, scenes))
    assert len(short) == len(long)
    assert Job.objects.filter(state="queued").exists()
    assert "projects_finalvideo" not in "".join(long), "the film is gathered only when no other work is left"


@pytest.mark.long
def test_one_change_costs_as_many_queries_in_a_very_long_film() -> None:
    short, long = finished_film(30), finished_film(3000)
    for change in CHANGES:
        counts = []
        for film in (short, long):
            before = transaction.savepoint()
            counts.append(len(queries(film, change)))
            transaction.savepoint_rollback(before)
        assert counts[0] == counts[1]


def test_nothing_is_due_in_a_finished_film() -> None:
    project = finished_film(30)
    assert flow.advance(project) == []
    assert Job.objects.count() == 0
