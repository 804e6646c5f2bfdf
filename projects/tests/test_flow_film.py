"""From a song to a finished film, step by step."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.models import Job
from projects import flow
from projects.flow.inputs import ShotMaker, take_seed
from projects.flow.status import project_status
from projects.models import Content, FinalVideo, Pick, Project
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


def test_words_leave_a_shot_before_its_picture_is_moved_out(film: Project) -> None:
    film = Project.objects.get(pk=film.pk)
    rendition = film.renditions.get()
    scenes = list(film.scenes.select_related("content").order_by("start_frame"))
    lyrics = Lyrics(lines=(Line(text="over the cut", start_ms=0, end_ms=film.song.heard().duration_ms),), timed=True)
    image = Pick.objects.filter(content=scenes[1].content, image__isnull=False)[0].image

    def shown_until(kind: str) -> int | None:
        scenes[1].transition, scenes[1].transition_frames = kind, 12
        spec = ShotMaker(film, film.song, lyrics).shot(rendition, scenes[1], scenes[0], scenes[2], image, None).spec
        assert spec.captions is not None
        return spec.captions.until_ms

    cut_ms = scenes[1].end_frame * 1000 // 30
    assert shown_until("crossfade") is None and shown_until("cut") is None
    assert cut_ms - 201 <= shown_until("zoom") < cut_ms
    assert shown_until("slide_left") == shown_until("zoom")


def test_the_same_seed_and_plan_draw_the_same_takes_in_another_project(film: Project) -> None:
    planned = list(film.contents.order_by("pk"))
    assert len({take_seed(film, content, 1) for content in planned} | {take_seed(film, planned[0], 2)}) == 7
    twin = Content(dice=planned[0].dice)  # of another project: another code
    assert take_seed(Project(seed=film.seed), twin, 1) == take_seed(film, planned[0], 1)
    assert take_seed(film, Content(), 1) != take_seed(film, Content(), 1)  # one that a person added
