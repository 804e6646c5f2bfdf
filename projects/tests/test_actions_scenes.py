"""Edits of scenes: the film stays tiled, each edit can be taken back, nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.models import Job
from projects.actions import scenes as acts
from projects.actions.places import marks, order_mark, places_of
from projects.actions.scene_history import undo_edit
from projects.flow.rehearsal import rehearse
from projects.models import Content, Event, Project, Scene, Shot
from projects.states import IllegalMove, LostRace
from projects.tests.boards import board
from projects.tests.conftest import drain

FRAMES = 720


@pytest.fixture
def long(asset: Any, alice: Any, quick: None) -> Project:
    """Six scenes as rows alone."""
    return board(asset, alice, 6)


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content__prompt").order_by("start_frame"))


def tiled(project: Project) -> bool:
    places = places_of(project)
    edges = [0, *(place.end_frame for place in places)]
    return edges[-1] == FRAMES and all(place.start_frame == edge for place, edge in zip(places, edges, strict=False))


def contents(project: Project) -> list[int]:
    return [scene.content_id for scene in scenes(project)]


def edit(project: Project, at: int, **changes: Any) -> Event | None:
    scene = scenes(project)[at]
    now = {name: getattr(scene.content, name) for name in ("description", "mood", "camera")}
    now |= {name: getattr(scene, name) for name in ("transition", "transition_frames")}
    return acts.edit_scene(scene, by=project.owner, **{**now, **changes})


EDITS: dict[str, Callable[[Project], Event | None]] = {
    "edit": lambda project: edit(project, 1, description="a lighthouse"),
    "transition": lambda project: edit(project, 0, transition="crossfade", transition_frames=12),
    "boundary": lambda project: acts.move_boundary(scenes(project)[0], 130, by=project.owner),
    "split": lambda project: acts.split_scene(scenes(project)[2], by=project.owner),
    "merge": lambda project: acts.merge_scenes(scenes(project)[2], by=project.owner),
    "add": lambda project: acts.add_scene(scenes(project)[5], by=project.owner),
    "delete": lambda project: acts.delete_scene(scenes(project)[5], by=project.owner),
    "delete_first": lambda project: acts.delete_scene(scenes(project)[0], by=project.owner),
    "move": lambda project: acts.move_scene(scenes(project)[0], 6, by=project.owner),
    "swap": lambda project: acts.swap_scenes(scenes(project)[0], 6, by=project.owner),
}


@pytest.mark.postgres(long=True)
@pytest.mark.parametrize("name", EDITS)
def test_every_edit_tiles_the_film_and_can_be_taken_back_and_done_again(film: Project, name: str) -> None:
    before = places_of(film)
    event = EDITS[name](film)
    after = places_of(film)
    assert after != before
    assert tiled(film)
    assert event is not None
    back = undo_edit(film, event.data["undo"], by=film.owner)
    assert places_of(film) == before
    with pytest.raises(LostRace):
        undo_edit(film, event.data["undo"], by=film.owner)
    undo_edit(film, back.data["undo"], by=film.owner)
    assert places_of(film) == after


@pytest.mark.parametrize("name", EDITS)
def test_a_rehearsal_says_what_the_edit_then_makes_and_changes_nothing(film: Project, name: str) -> None:
    before, jobs, rows = places_of(film), Job.objects.count(), Content.objects.count()
    found = rehearse(film, lambda: EDITS[name](film))
    assert (places_of(film), Job.objects.count(), Content.objects.count()) == (before, jobs, rows)
    known = set(Job.objects.values_list("pk", flat=True))
    EDITS[name](film)
    drain()
    made = Job.objects.exclude(pk__in=known)
    numbers = {str(code): at for at, scene in enumerate(scenes(film), 1) for code in (scene.code, scene.content.code)}

    def of(step: str) -> tuple[int, ...]:
        return tuple(sorted({numbers[job.subject.split(":")[1]] for job in made.filter(step=step)}))

    assert found.images == of("generate_image")
    assert found.shots == of("render_shot")
    assert found.films == made.filter(step="assemble_video").count()
    assert found.cost_microusd == 0


def test_moving_a_scene_shifts_those_between_and_no_slot(film: Project) -> None:
    was, slots = contents(film), [(scene.pk, scene.start_frame, scene.end_frame) for scene in scenes(film)]
    acts.move_scene(scenes(film)[4], 2, by=film.owner)
    assert contents(film) == [was[0], was[4], was[1], was[2], was[3], was[5]]
    assert [(scene.pk, scene.start_frame, scene.end_frame) for scene in scenes(film)] == slots


def test_a_merged_scene_leads_on_as_the_second_one_did(film: Project) -> None:
    acts.merge_scenes(scenes(film)[1], by=film.owner)
    merged = scenes(film)[1]
    assert (merged.start_frame, merged.end_frame) == (120, 360)
    assert (merged.transition, merged.transition_frames) == ("crossfade", 12)


def test_a_split_halves_on_a_beat_and_copies_the_content(film: Project) -> None:
    acts.split_scene(scenes(film)[0], by=film.owner)
    first, second = scenes(film)[:2]
    assert (first.end_frame, second.start_frame) == (60, 60)
    assert first.content.description == second.content.description
    assert first.content_id != second.content_id


def test_an_added_scene_is_thought_up_where_nobody_says_what_it_shows(film: Project) -> None:
    acts.add_scene(scenes(film)[0], by=film.owner)
    acts.add_scene(scenes(film)[4], "two\x00 foxes\n in   snow", by=film.owner)
    thought_up, said = scenes(film)[1].content, scenes(film)[5].content
    assert thought_up.description
    assert not thought_up.edited
    assert (said.description, said.edited) == ("two foxes in snow", True)


def test_a_scene_that_comes_back_finds_its_shot_again(film: Project) -> None:
    shot = Shot.objects.get(scene=scenes(film)[3])
    event = acts.delete_scene(scenes(film)[3], by=film.owner)
    drain()
    assert not Shot.objects.filter(code=shot.code).exists()
    jobs = Job.objects.count()
    undo_edit(film, event.data["undo"], by=film.owner)
    drain()
    assert Shot.objects.get(code=shot.code).file == shot.file
    assert Job.objects.count() == jobs


def test_an_edit_is_not_taken_back_over_a_later_one(film: Project) -> None:
    event = acts.move_boundary(scenes(film)[0], 130, by=film.owner)
    later = acts.move_boundary(scenes(film)[0], 140, by=film.owner)
    with pytest.raises(LostRace, match="changed since"):
        undo_edit(film, event.data["undo"], by=film.owner)
    undo_edit(film, later.data["undo"], by=film.owner)
    undo_edit(film, event.data["undo"], by=film.owner)
    assert scenes(film)[0].end_frame == 120


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda project: acts.move_boundary(scenes(project)[0], 14, by=None), "half a second"),
        (lambda project: acts.move_boundary(scenes(project)[0], 226, by=None), "half a second"),
        (lambda project: acts.move_boundary(scenes(project)[0], 2**61, by=None), "half a second"),
        (lambda project: acts.move_boundary(scenes(project)[5], 700, by=None), "end of the film"),
        (lambda project: acts.split_scene(scenes(project)[0], 14, by=None), "half a second"),
        (lambda project: acts.split_scene(scenes(project)[0], 500, by=None), "half a second"),
        (lambda project: acts.merge_scenes(scenes(project)[5], by=None), "after the last"),
        (lambda project: acts.move_scene(scenes(project)[0], 0, by=None), "position"),
        (lambda project: acts.move_scene(scenes(project)[0], 7, by=None), "position"),
        (lambda project: edit(project, 0, description=" \x00\t "), "what the scene shows"),
        (lambda project: edit(project, 0, description="x" * 2001), "too long"),
        (lambda project: edit(project, 0, camera="teleport"), "no such"),
        (lambda project: edit(project, 0, mood="<b>"), "no such"),
        (lambda project: edit(project, 0, transition="explode", transition_frames=9), "no such"),
        (lambda project: edit(project, 0, transition="zoom", transition_frames=1), "lasts between"),
        (lambda project: edit(project, 0, transition="zoom", transition_frames=91), "lasts between"),
    ],
)
def test_the_impossible_is_refused_in_words(long: Project, change: Callable[[Project], Any], said: str) -> None:
    before = places_of(long)
    with pytest.raises(IllegalMove, match=said):
        change(long)
    assert places_of(long) == before


def test_the_last_scene_stays(film: Project) -> None:
    for _ in range(5):
        acts.delete_scene(scenes(film)[0], by=film.owner)
    with pytest.raises(IllegalMove, match="at least one scene"):
        acts.delete_scene(scenes(film)[0], by=film.owner)
    assert tiled(film)


def test_short_scenes_are_not_split(film: Project) -> None:
    acts.move_boundary(scenes(film)[0], 20, by=film.owner)
    with pytest.raises(IllegalMove, match="half a second"):
        acts.split_scene(scenes(film)[0], by=film.owner)
    with pytest.raises(IllegalMove, match="too short"):
        acts.add_scene(scenes(film)[0], by=film.owner)


def test_who_saw_something_else_overwrites_nothing(film: Project) -> None:
    places = places_of(film)
    edit(film, 1, description="a lighthouse")
    first, second = scenes(film)[:2]
    with pytest.raises(LostRace):
        edit(film, 1, description="a whale", seen=places[1].mark)
    with pytest.raises(LostRace):
        acts.move_boundary(first, 130, by=None, seen=marks(places[:2]))
    with pytest.raises(LostRace):
        acts.delete_scene(second, by=None, seen=places[1].mark)
    acts.move_boundary(first, 130, by=None, seen=marks(places_of(film)[:2]))
    acts.move_scene(second, 1, by=None, seen=order_mark(places))
    with pytest.raises(LostRace, match="order"):
        acts.move_scene(second, 3, by=None, seen=order_mark(places))


def test_progress_of_work_is_no_conflict(film: Project) -> None:
    seen = places_of(film)[1].mark
    edit(film, 0, camera="orbit")
    drain()
    assert edit(film, 1, description="a lighthouse", seen=seen) is not None


def test_a_deleted_scene_takes_its_work_with_it(film: Project) -> None:
    edit(film, 3, camera="orbit")
    acts.delete_scene(scenes(film)[3], by=film.owner)
    drain()
    assert not Job.objects.exclude(state__in=("done", "canceled")).exists()


def test_a_new_plan_differs_and_the_old_one_can_come_back(film: Project) -> None:
    before = places_of(film)
    event = acts.replan_scenes(film, by=film.owner, seen=order_mark(before))
    assert not film.scenes.exists()
    film.refresh_from_db()
    assert film.plan_take == 2
    asked = Job.objects.filter(step="plan_scenes").order_by("pk")
    assert asked[0].input["plan"]["seed"] != asked[1].input["plan"]["seed"]
    drain()
    assert film.scenes.count() == 6
    assert not {place.code for place in places_of(film)} & {place.code for place in before}
    jobs = Job.objects.count()
    undo_edit(film, event.data["undo"], by=film.owner)
    drain()
    assert places_of(film) == before
    assert Job.objects.count() == jobs


def test_a_new_plan_that_was_edited_stays(film: Project) -> None:
    event = acts.replan_scenes(film, by=film.owner)
    drain()
    edit(film, 0, description="a lighthouse")
    with pytest.raises(LostRace, match="edited since"):
        undo_edit(film, event.data["undo"], by=film.owner)
