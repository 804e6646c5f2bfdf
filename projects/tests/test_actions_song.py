"""Corrections of the beat: what they change, what they leave alone, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.models import Job
from projects.actions.song import forecast_beats, set_beats
from projects.models import Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain

pytestmark = pytest.mark.django_db
HEARD = (100, 0)


def test_it_doubles_the_tempo_of_what_was_heard(project: Project) -> None:
    drain()
    song = set_beats(project, (200, 0), by=project.owner, seen=HEARD)
    assert song.heard().tempo_mbpm == 240_000
    assert song.heard().beats_ms[:3] == (0, 250, 500)
    assert song.analysis["tempo_mbpm"] == 120_000
    assert project.events.get(verb="beats_set").data == {"percent": 200, "shift_ms": 0}


def test_planned_cuts_stay_and_what_pulses_is_rendered_again(film: Project) -> None:
    cuts = list(film.scenes.values_list("start_frame", "end_frame"))
    stale = forecast_beats(film, (100, 10))
    assert len(stale.numbers) == stale.scenes == 6
    known = set(Job.objects.values_list("pk", flat=True))
    set_beats(film, (100, 10), by=film.owner, seen=HEARD)
    drain()
    made = Job.objects.exclude(pk__in=known)
    assert made.filter(step="render_shot").count() == 6
    assert not made.exclude(step__in=("render_shot", "assemble_video")).exists()
    assert list(film.scenes.values_list("start_frame", "end_frame")) == cuts


def test_taking_a_correction_back_renders_nothing(film: Project) -> None:
    set_beats(film, (100, 10), by=film.owner, seen=HEARD)
    drain()
    known = set(Job.objects.values_list("pk", flat=True))
    set_beats(film, HEARD, by=film.owner, seen=(100, 10))
    drain()
    assert not Job.objects.exclude(pk__in=known).exists()


def test_two_tabs_never_correct_twice(project: Project) -> None:
    drain()
    set_beats(project, (200, 0), by=project.owner, seen=HEARD)
    with pytest.raises(LostRace):
        set_beats(project, (50, 0), by=project.owner, seen=HEARD)
    project.song.refresh_from_db()
    assert project.song.tempo_percent == 200


@pytest.mark.parametrize("beats", [(400, 0), (75, 0), (100, 501), (100, -501)])
def test_it_refuses_beats_that_no_music_has(project: Project, beats: tuple[int, int]) -> None:
    drain()
    with pytest.raises(IllegalMove):
        set_beats(project, beats, by=project.owner, seen=HEARD)


def test_it_waits_until_somebody_has_listened(project: Project) -> None:
    with pytest.raises(IllegalMove, match="still being listened to"):
        set_beats(project, (200, 0), by=project.owner, seen=HEARD)


def test_scenes_that_are_planned_later_follow_the_corrected_beat(project: Project, alice: Any) -> None:
    Job.objects.filter(project=project, step="analyze_song").update(priority=1)
    from pipeline.runner.work import run_next

    run_next()  # the song is heard, nothing more
    set_beats(project, (50, 0), by=alice, seen=HEARD)
    drain()
    plan = Job.objects.get(step="plan_scenes", state="done")
    assert plan.input["plan"]["beats_ms"][:3] == [0, 1000, 2000]
