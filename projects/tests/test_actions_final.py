"""Shapes, versions and the rebuild: what each may do, what it refuses, and what it makes again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.models import Job
from pipeline.states import LIVE
from projects.actions import control, edit, final, lyrics, review
from projects.actions.create import create_music_video
from projects.flow import board as boards
from projects.flow import outlook
from projects.flow.redrawing import making, redrawing
from projects.flow.rehearsal import rehearse
from projects.models import Clip, FinalVideo, Image, Pick, Project, Rendition, Scene, Shot, Skip
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain


def only(project: Project) -> Rendition:
    return project.renditions.select_related("final").get()


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content").order_by("start_frame"))


def pick(project: Project, index: int) -> Pick:
    content = scenes(project)[index].content
    return Pick.objects.select_related("image", "clip", "content__prompt").get(content=content, aspect="16:9")


def image_of(project: Project, index: int) -> Image:
    image = pick(project, index).image
    assert image is not None
    return image


def film_of(project: Project, version: int) -> FinalVideo:
    return FinalVideo.objects.select_related("rendition").get(rendition__project=project, version=version)


def waits(project: Project) -> outlook.Standstill:
    project.refresh_from_db()
    return outlook.standstill(project)


def lacks(project: Project) -> outlook.Gaps:
    project.refresh_from_db()
    return outlook.gaps(boards.load(project, None), only(project))


def without_words(project: Project) -> FinalVideo:
    """A second version, without captions."""
    final.set_captions(only(project), "none", by=project.owner, seen="karaoke")
    drain()
    return film_of(project, 2)


def test_it_makes_another_shape_with_pictures_of_its_own(film: Project) -> None:
    made = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    drain()
    made.refresh_from_db()
    assert made.final is not None and made.final.version == 1
    picks = Pick.objects.filter(content__project=film, aspect="9:16").select_related("image")
    assert len(picks) == 6
    assert {(item.image.width, item.image.height) for item in picks if item.image} == {(720, 1280)}
    assert only_events(film, "rendition_added") == [{"aspect": "9:16", "resolution": "720p", "captions": "none"}]


def only_events(project: Project, verb: str) -> list[Any]:
    return [event.data for event in project.events.filter(verb=verb)]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (("16:9", "1080p", "karaoke"), "already"),
        (("21:9", "1080p", "karaoke"), "no such shape"),
        (("16:9", "8k", "karaoke"), "no such shape"),
        (("16:9", "1080p", "<b>"), "no such shape"),
    ],
)
def test_it_refuses_shapes_that_are_there_or_nowhere(film: Project, shape: tuple[str, str, str], words: str) -> None:
    with pytest.raises(IllegalMove, match=words):
        final.add_rendition(film, *shape, by=film.owner)
    assert film.renditions.count() == 1


def test_it_makes_no_more_shapes_than_it_can_keep(project: Project) -> None:
    shapes = [(size, words) for size in ("480p", "720p") for words in ("karaoke", "subtitle", "title", "none")]
    for size, words in shapes[:7]:
        final.add_rendition(project, "1:1", size, words, by=project.owner)
    with pytest.raises(IllegalMove, match="at most 8"):
        final.add_rendition(project, "1:1", *shapes[7], by=project.owner)


def test_a_removed_shape_makes_nothing_and_comes_back_with_all_it_had(film: Project) -> None:
    tall = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    drain()
    final.remove_rendition(tall, by=film.owner)
    assert [row.aspect for row in film.renditions.all()] == ["16:9"]
    edit.set_style(film, "neon-noir", by=film.owner, seen="cinematic")
    drain()
    assert not Job.objects.filter(subject__endswith=str(tall.code), state__in=LIVE).exists()
    assert tall.finals.count() == 1
    edit.set_style(film, "cinematic", by=film.owner, seen="neon-noir")
    drain()
    before = Job.objects.count()
    back = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    drain()
    assert (back.pk, back.finals.count()) == (tall.pk, 1)
    assert Job.objects.count() == before  # nothing had to be made


def test_removing_a_shape_ends_its_work_and_leaves_the_others(film: Project) -> None:
    tall = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    assert Job.objects.filter(project=film, state__in=LIVE, subject__endswith=":9:16").count() == 6
    final.remove_rendition(tall, by=film.owner)
    assert not Job.objects.filter(project=film, state__in=LIVE).exists()
    assert only(film).final is not None


def test_the_last_shape_stays(film: Project) -> None:
    with pytest.raises(IllegalMove, match="at least one"):
        final.remove_rendition(only(film), by=film.owner)


def test_a_shape_is_removed_once(film: Project) -> None:
    tall = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    final.remove_rendition(tall, by=film.owner)
    with pytest.raises(LostRace):
        final.remove_rendition(tall, by=film.owner)
    with pytest.raises(LostRace):
        final.set_pulse(tall, 0, by=film.owner, seen=60)


def test_a_larger_picture_is_not_drawn_again_for_a_smaller_film(film: Project) -> None:
    small = final.add_rendition(film, "16:9", "480p", "karaoke", by=film.owner)
    drain()
    large = film.renditions.exclude(pk=small.pk).get()
    final.remove_rendition(large, by=film.owner)
    drain()
    assert not Job.objects.filter(project=film, step="generate_image", take=2).exists()


def test_captions_change_where_words_are(film: Project) -> None:
    shots = Shot.objects.filter(scene__project=film).count()
    without_words(film)
    assert only(film).captions == "none"
    assert Shot.objects.filter(scene__project=film).count() == shots + 6
    with pytest.raises(LostRace, match="captions"):
        final.set_captions(only(film), "title", by=film.owner, seen="karaoke")
    with pytest.raises(IllegalMove):
        final.set_captions(only(film), "morse", by=film.owner, seen="none")


def test_the_beat_can_be_switched_off_and_on(film: Project) -> None:
    final.set_pulse(only(film), 0, by=film.owner, seen=60)
    drain()
    made = Job.objects.filter(project=film, step="render_shot").order_by("-pk")[:6]
    assert {job.input["spec"]["motion"]["pulse"] for job in made} == {0}
    with pytest.raises(LostRace, match="beat"):
        final.set_pulse(only(film), 0, by=film.owner, seen=60)
    with pytest.raises(IllegalMove):
        final.set_pulse(only(film), 101, by=film.owner, seen=0)
    final.set_pulse(only(film), 60, by=film.owner, seen=0)
    assert drain() == 0  # the first version fits again
    assert only(film).final == film_of(film, 1)


def test_a_chosen_version_stands_until_the_newest_is_followed_again(film: Project) -> None:
    without_words(film)
    final.pick_version(film_of(film, 1), by=film.owner, seen=2)
    assert (only(film).final, only(film).final_chosen) == (film_of(film, 1), True)
    edit.edit_prompt(pick(film, 0).content, "a lighthouse", by=film.owner, seen_take=1)
    drain()
    assert FinalVideo.objects.filter(rendition=only(film)).count() == 3
    assert only(film).final == film_of(film, 1)
    final.follow_newest(only(film), by=film.owner)
    assert (only(film).final, only(film).final_chosen) == (film_of(film, 3), False)


def test_picking_the_version_of_how_it_is_now_is_following_it(film: Project) -> None:
    without_words(film)
    final.pick_version(film_of(film, 1), by=film.owner, seen=2)
    final.pick_version(film_of(film, 2), by=film.owner, seen=1)
    assert (only(film).final, only(film).final_chosen) == (film_of(film, 2), False)
    with pytest.raises(LostRace):
        final.pick_version(film_of(film, 1), by=film.owner, seen=1)


def test_nothing_waits_when_all_is_well(film: Project) -> None:
    assert not waits(film).any
    assert not lacks(film).any
    with pytest.raises(IllegalMove, match="Nothing waits"):
        final.rebuild(film, by=film.owner, seen=waits(film).mark)


def test_rebuild_draws_a_held_picture_again(film: Project) -> None:
    review.approve_image(image_of(film, 2), by=film.owner, seen="pending")
    edit.edit_prompt(pick(film, 2).content, "a lighthouse in the storm", by=film.owner, seen_take=1)
    assert drain() == 0
    assert waits(film).held.pictures == (3,)
    final.rebuild(film, by=film.owner, seen=waits(film).mark)
    drain()
    image = pick(film, 2).image
    assert image is not None and image.take == 2
    assert not waits(film).any
    assert only(film).final == film_of(film, 2)


def test_rebuild_tries_failures_again_and_ends_a_halt(film: Project) -> None:
    scenes(film)[0].shots.all().delete()
    failed = Job.objects.filter(project=film, step="render_shot", subject__contains=str(scenes(film)[0].code)).get()
    Job.objects.filter(pk=failed.pk).update(state="failed", error="No room.")
    control.stop_project(film, by=film.owner)
    found = waits(film)
    assert (found.stopped, found.failures) == (True, (failed.pk,))
    final.rebuild(film, by=film.owner, seen=found.mark)
    drain()
    film.refresh_from_db()
    assert film.stopped_at is None
    assert not lacks(film).any


def test_rebuild_refuses_a_list_that_has_changed(film: Project) -> None:
    control.stop_project(film, by=film.owner)
    seen = waits(film).mark
    control.resume_project(film, by=film.owner)
    with pytest.raises(LostRace, match="Look at the list again"):
        final.rebuild(film, by=film.owner, seen=seen)


def test_a_scene_can_hold_its_own_picture(film: Project) -> None:
    scene, own = scenes(film)[3], pick(film, 3).image
    control.skip_scene(scene, by=film.owner, still=True)
    drain()
    job = Job.objects.filter(project=film, step="render_shot", subject__contains=str(scene.code)).order_by("-pk")[0]
    assert own is not None
    assert job.input["image"]["sha256"] == own.sha256
    assert (job.input["spec"]["motion"]["camera"], job.input["spec"]["motion"]["strength"]) == ("hold", 0)
    assert Skip.objects.get(scene=scene).still
    assert only(film).final == film_of(film, 2)


def test_what_is_missing_is_told_gate_by_gate(quick: None, asset: Any, alice: Any) -> None:
    project = create_music_video(asset, by=alice, title="Harbor", autopilot=False)
    drain()
    assert lacks(project).words
    lyrics.approve_lyrics(project, by=alice, seen_take=1)
    drain()
    assert lacks(project).pictures_to_review == (1, 2, 3, 4, 5, 6)
    for index in range(6):
        review.approve_image(image_of(project, index), by=alice, seen="pending")
    review.reject_image(image_of(project, 1), by=alice, seen="approved")
    drain()
    found = lacks(project)
    assert (found.pictures_rejected, found.clips_to_review) == ((2,), (1, 3, 4, 5, 6))
    assert only(project).final is None


def test_the_outlook_says_which_scenes_are_at_work(film: Project) -> None:
    tall = final.add_rendition(film, "9:16", "720p", "none", by=film.owner)
    wide, high = outlook.outlooks(film)
    assert (wide.state, wide.live) == ("done", {})
    assert (high.rendition, high.state, high.live) == (tall, "working", {"generate_image": (1, 2, 3, 4, 5, 6)})
    assert high.percent == 0
    job = Job.objects.filter(project=film, step="generate_image", subject__endswith=":9:16").order_by("pk")[0]
    Job.objects.filter(project=film, state__in=LIVE).update(state="canceled")
    Job.objects.filter(pk=job.pk).update(state="failed", error="No room.")
    wide, high = outlook.outlooks(film)
    assert (wide.state, high.state) == ("done", "failed")
    assert [(item.number, item.error) for item in high.failures] == [(1, "No room.")]


@pytest.mark.parametrize("autopilot", [True, False])
def test_many_held_pictures_are_counted_as_a_rehearsal_finds_them(film: Project, autopilot: bool) -> None:
    final.add_rendition(film, "16:9", "480p", "none", by=film.owner)
    drain()
    for index in (0, 2, 3):
        review.approve_image(image_of(film, index), by=film.owner, seen="pending")
        edit.edit_prompt(pick(film, index).content, f"a lighthouse, {index}", by=film.owner, seen_take=1)
    if not autopilot:
        for image in Image.objects.filter(content__project=film, verdict="pending"):
            review.approve_image(image, by=film.owner, seen="pending")
        for clip in Clip.objects.filter(content__project=film):
            review.approve_clip(clip, by=film.owner, seen="pending")
        Project.objects.filter(pk=film.pk).update(autopilot=False)
    drain()
    film.refresh_from_db()
    found = waits(film)
    counted = redrawing(boards.load(film, None), found.held)
    played = rehearse(film, lambda: final.rebuild(film, by=None, seen=found.mark))
    assert counted.images == (1, 3, 4)
    assert counted.shots == ((1, 3, 4) if autopilot else ())
    # what stays though it does not fit is told where a scene is edited; this page names what a press makes
    assert counted == replace(played, kept_images=(), kept_clips=())


@pytest.mark.parametrize("autopilot", [True, False])
@pytest.mark.parametrize("jobs", [6, *(pytest.param(jobs, marks=pytest.mark.long) for jobs in (12, 17, 22))])
def test_what_a_halted_film_lacks_is_counted_as_a_rehearsal_finds_it(
    project: Project, autopilot: bool, jobs: int
) -> None:
    drain(4)  # heard, read, planned and written
    final.add_rendition(project, "9:16", "480p", "none", by=project.owner)
    drain(jobs)
    if not autopilot:
        Project.objects.filter(pk=project.pk).update(autopilot=False)
    control.stop_project(project, by=project.owner)
    found = waits(project)
    board = boards.load(project, None)
    counted = making(board, found.held, {item: outlook.gaps(board, item) for item in board.renditions})
    played = rehearse(project, lambda: final.rebuild(project, by=None, seen=found.mark))
    assert (counted.images, counted.waits) == (played.images, played.waits)
    assert set(played.shots) <= set(counted.shots)
    if autopilot:
        assert counted.shots == played.shots
        assert counted.films == played.films
        assert abs(counted.seconds - played.seconds) <= 2
