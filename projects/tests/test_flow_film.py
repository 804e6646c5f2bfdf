"""From a song to a finished film, step by step."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.timeline import ms_at
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


@pytest.mark.parametrize("cut_frame", [75, 120])
def test_the_title_is_gone_before_the_first_cut(film: Project, cut_frame: int) -> None:
    film = Project.objects.get(pk=film.pk)
    film.title = "Salt and Neon"
    scenes = list(film.scenes.select_related("content").order_by("start_frame"))
    scenes[0].end_frame = scenes[1].start_frame = cut_frame
    scenes[0].transition, scenes[0].transition_frames = "crossfade", 20
    lyrics = Lyrics(lines=(Line(text="a late word", start_ms=9000, end_ms=9500),), timed=True)
    image = Pick.objects.filter(content=scenes[0].content, image__isnull=False)[0].image
    maker, rendition = ShotMaker(film, film.song, lyrics), film.renditions.get()
    first = maker.shot(rendition, scenes[0], None, scenes[1], image, None).spec.card
    assert first is not None and first.kind == "title"
    assert first.hide_ms == ms_at(cut_frame - 10, 30) and first.hide_ms - first.show_ms >= 1800
    second = maker.shot(rendition, scenes[1], scenes[0], scenes[2], image, None).spec
    assert second.card is None or second.card.hide_ms == first.hide_ms  # it only fades out under the blend
    assert maker.shot(rendition, scenes[2], scenes[1], scenes[3], image, None).spec.card is None


def test_a_title_that_nobody_could_read_by_the_first_cut_runs_over_it(film: Project) -> None:
    film = Project.objects.get(pk=film.pk)
    film.title = "Salt and Neon"
    scenes = list(film.scenes.select_related("content").order_by("start_frame"))
    scenes[0].end_frame = scenes[1].start_frame = 45
    scenes[0].transition = "cut"
    lyrics = Lyrics(lines=(Line(text="a late word", start_ms=9000, end_ms=9500),), timed=True)
    image = Pick.objects.filter(content=scenes[0].content, image__isnull=False)[0].image
    maker, rendition = ShotMaker(film, film.song, lyrics), film.renditions.get()
    first = maker.shot(rendition, scenes[0], None, scenes[1], image, None).spec.card
    second = maker.shot(rendition, scenes[1], scenes[0], scenes[2], image, None).spec.card
    assert first is not None and first == second and first.hide_ms > 1500


def test_the_same_seed_and_plan_draw_the_same_takes_in_another_project(film: Project) -> None:
    planned = list(film.contents.order_by("pk"))
    assert len({take_seed(film, content, 1) for content in planned} | {take_seed(film, planned[0], 2)}) == 7
    twin = Content(dice=planned[0].dice)  # of another project: another code
    assert take_seed(Project(seed=film.seed), twin, 1) == take_seed(film, planned[0], 1)
    assert take_seed(film, Content(), 1) != take_seed(film, Content(), 1)  # one that a person added
