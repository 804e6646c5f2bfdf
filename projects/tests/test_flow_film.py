"""From a song to a finished film, step by step."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.models import Job
from projects import flow
from projects.flow.status import project_status
from projects.models import FinalVideo, Project
from projects.tests.conftest import drain

pytestmark = pytest.mark.postgres


def test_it_makes_every_job_once(film: Project) -> None:
    steps = Counter(Job.objects.values_list("step", flat=True))
    once = dict.fromkeys(("analyze_song", "transcribe_song", "plan_scenes", "write_prompts", "assemble_video"), 1)
    assert steps == {**once, "generate_image": 6, "generate_clip": 6, "render_shot": 6}
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_it_ends_with_one_film_that_stands(film: Project) -> None:
    final = FinalVideo.objects.get()
    assert film.renditions.get().final == final
    assert (final.version, final.frames) == (1, 720)
    assert project_status(film).state == "done"


def test_it_has_nothing_more_to_do_when_looked_at_again(film: Project) -> None:
    before = Job.objects.count()
    flow.advance(film)
    drain()
    assert Job.objects.count() == before


def test_it_waits_at_the_lyrics_gate_without_autopilot(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    drain()
    assert set(Job.objects.values_list("step", flat=True)) == {"analyze_song", "transcribe_song"}
