"""Verdicts, takes and picks: what each does, what it refuses, and that it can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.models import Job
from projects.actions import final, review
from projects.actions.clip_settings import ClipSettings, set_clip
from projects.actions.verdicts import MAX_REASON, mark_of, newest_take, waiting_takes
from projects.flow.status import project_status
from projects.models import Approval, Asset, Clip, Event, FinalVideo, Image, Pick, Project, Skip
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.reviewing import at_clips, at_images, clip_of, image_of, pick_of, scenes

pytestmark = pytest.mark.postgres(long=True)


def live() -> list[str]:
    return sorted(Job.objects.filter(state="queued").values_list("step", flat=True))


def upload(owner: Any) -> Asset:
    return Asset.objects.create(
        owner=owner, kind="picture", extension="png", content_type="image/png", sha256="b" * 64, size_bytes=1, file="x"
    )


def test_nothing_passes_a_gate_by_itself(project: Project) -> None:
    at_images(project)
    assert set(Image.objects.values_list("verdict", flat=True)) == {"pending"}
    assert not Clip.objects.exists()
    status = project_status(project)
    assert (status.state, status.stage, status.message) == ("waiting", "images", "6 pictures wait for you.")


def test_an_approved_picture_goes_on_to_a_rendered_clip(project: Project) -> None:
    at_images(project)
    review.approve_image(image_of(project, 2), by=project.owner, seen="pending")
    assert live() == ["generate_clip"]
    drain()
    assert [clip.content_id for clip in Clip.objects.all()] == [scenes(project)[2].content_id]
    assert scenes(project)[2].shots.count() == 1
    assert not FinalVideo.objects.exists()


def test_clips_are_rendered_before_they_are_judged_and_joined_after(project: Project) -> None:
    at_clips(project)
    assert Job.objects.filter(step="render_shot", state="done").count() == 6
    assert project_status(project).message == "6 clips wait for you."
    for index in range(5):
        review.approve_clip(clip_of(project, index), by=project.owner, seen="pending")
    drain()
    assert not FinalVideo.objects.exists()
    review.approve_clip(clip_of(project, 5), by=project.owner, seen="pending")
    drain()
    assert FinalVideo.objects.count() == 1
    assert project_status(project).state == "done"


def test_a_clip_that_nobody_can_have_seen_is_not_approved(project: Project) -> None:
    at_clips(project)
    scenes(project)[1].shots.all().delete()
    with pytest.raises(IllegalMove, match="not rendered"):
        review.approve_clip(clip_of(project, 1), by=project.owner, seen="pending")
    assert clip_of(project, 1).verdict == "pending"
    event = review.approve_clips(project, "16:9", by=project.owner)
    assert len(event.data["takes"]) == 5


@pytest.mark.parametrize("kind", ["image", "clip"])
def test_a_rejection_waits_for_another_take(film: Project, kind: str) -> None:
    """With autopilot too: what was rejected is in no later film."""
    if kind == "image":
        review.reject_image(image_of(film, 1), by=film.owner, seen="pending", reason=" too dark ")
    else:
        review.reject_clip(clip_of(film, 1), by=film.owner, seen="pending", reason=" too dark ")
    drain()
    approval = Approval.objects.get()
    assert (approval.verdict, approval.reason, approval.by) == ("rejected", "too dark", film.owner)
    assert (project_status(film).state, project_status(film).stage) == ("waiting", f"{kind}s")
    again = review.redraw_image if kind == "image" else review.redo_clip
    again(pick_of(film, 1), by=film.owner, seen_take=1)
    drain()
    assert FinalVideo.objects.count() == 2
    assert project_status(film).state == "done"


def test_a_rejection_stops_what_hangs_on_the_picture(project: Project) -> None:
    at_images(project)
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    assert live() == ["generate_clip"]
    review.reject_image(image_of(project, 0), by=project.owner, seen="approved")
    assert live() == []


@pytest.mark.parametrize(
    ("verdict", "seen"), [("pending", "approved"), ("approved", "pending"), ("rejected", "pending")]
)
def test_a_verdict_on_something_that_changed_is_refused(project: Project, verdict: str, seen: str) -> None:
    at_images(project)
    image = image_of(project, 0)
    Image.objects.filter(pk=image.pk).update(verdict=verdict)
    with pytest.raises(LostRace):
        review.reject_image(image, by=project.owner, seen=seen)
    image.refresh_from_db()
    assert image.verdict == verdict
    assert not Event.objects.filter(verb="image_rejected").exists()


def test_only_the_take_that_stands_is_judged(project: Project) -> None:
    at_images(project)
    first = image_of(project, 0)
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    drain()
    with pytest.raises(LostRace, match="Another take stands"):
        review.approve_image(first, by=project.owner, seen="pending")


def test_a_reason_may_be_given_afterwards_and_is_not_endless(project: Project) -> None:
    at_images(project)
    image = image_of(project, 0)
    review.reject_image(image, by=project.owner, seen="pending")
    review.reject_image(image, by=project.owner, seen="rejected", reason="the boat is missing")
    assert list(Approval.objects.filter(image=image).order_by("pk").values_list("reason", flat=True)) == [
        "",
        "the boat is missing",
    ]
    with pytest.raises(IllegalMove):
        review.reject_image(image, by=project.owner, seen="rejected", reason="x" * (MAX_REASON + 1))
    with pytest.raises(LostRace):
        review.reject_image(image, by=project.owner, seen="rejected")


def test_a_verdict_can_be_taken_back_once(project: Project) -> None:
    at_images(project)
    event = review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    review.take_back(project, event.data["token"], by=project.owner)
    assert image_of(project, 0).verdict == "pending"
    assert live() == []
    history = Approval.objects.filter(image__isnull=False).order_by("pk")
    assert list(history.values_list("verdict", flat=True)) == ["approved", "pending"]
    for token in (event.data["token"], "", "nobody's"):
        with pytest.raises(LostRace):
            review.take_back(project, token, by=project.owner)


def test_what_changed_since_is_not_taken_back(project: Project) -> None:
    at_images(project)
    event = review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    review.reject_image(image_of(project, 0), by=project.owner, seen="approved")
    with pytest.raises(LostRace, match="changed since"):
        review.take_back(project, event.data["token"], by=project.owner)
    assert image_of(project, 0).verdict == "rejected"


def test_a_token_is_of_no_use_in_another_project(project: Project, film: Project, charlie: Any) -> None:
    event = review.approve_image(image_of(film, 0), by=film.owner, seen="pending")
    other = Project.objects.create(owner=charlie, title="Other", style="cinematic")
    with pytest.raises(LostRace):
        review.take_back(other, event.data["token"], by=charlie)


def test_many_are_approved_at_once_and_taken_back_at_once(project: Project) -> None:
    at_images(project)
    review.reject_image(image_of(project, 1), by=project.owner, seen="pending")
    Skip.objects.create(scene=scenes(project)[2])
    event = review.approve_images(project, "16:9", by=project.owner)
    verdicts = [image_of(project, index).verdict for index in range(6)]
    assert verdicts == ["approved", "rejected", "pending", "approved", "approved", "approved"]
    assert Approval.objects.filter(verdict="approved", image__isnull=False).count() == 4
    review.take_back(project, event.data["token"], by=project.owner)
    assert not Image.objects.filter(verdict="approved").exists()


def test_many_are_those_that_the_page_showed(project: Project) -> None:
    at_images(project)
    mark = mark_of(waiting_takes(project, "image", "16:9")[:2])
    review.approve_images(project, "16:9", by=project.owner, seen=mark)
    assert Image.objects.filter(verdict="approved").count() == 2
    with pytest.raises(LostRace):
        review.approve_images(project, "16:9", by=project.owner, seen=mark)


def test_a_picture_that_is_being_redrawn_does_not_wait_for_a_verdict(project: Project) -> None:
    at_images(project)
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    assert len(waiting_takes(project, "image", "16:9")) == 5
    drain()
    assert len(waiting_takes(project, "image", "16:9")) == 6


@pytest.mark.parametrize("again", ["redraw", "style"])
def test_two_presses_make_one_take(project: Project, again: str) -> None:
    at_images(project)
    for press in range(2):
        try:
            if again == "redraw":
                review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
            else:
                review.try_style(pick_of(project, 0), "winter", by=project.owner, seen_take=1)
        except LostRace:
            assert press == 1
    drain()
    assert newest_take(pick_of(project, 0), "image") == 2


def test_a_style_is_tried_on_one_scene_alone(project: Project) -> None:
    at_images(project)
    before = image_of(project, 0)
    review.try_style(pick_of(project, 0), "neon-noir", by=project.owner, seen_take=1)
    assert live() == ["generate_image"]
    job = Job.objects.get(step="generate_image", take=2)
    assert "glowing signs" in job.input["prompt"]
    drain()
    after = image_of(project, 0)
    assert (after.take, after.style, before.style) == (2, "neon-noir", "")
    project.refresh_from_db()
    assert project.style == "cinematic"
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=2)
    drain()
    assert image_of(project, 0).style == "neon-noir"
    review.try_style(pick_of(project, 0), "cinematic", by=project.owner, seen_take=3)
    drain()
    assert image_of(project, 0).style == ""
    with pytest.raises(IllegalMove):
        review.try_style(pick_of(project, 0), "no such", by=project.owner, seen_take=4)


def test_a_chosen_take_is_held_and_can_be_exchanged_back(project: Project) -> None:
    at_images(project)
    first = image_of(project, 0)
    review.reject_image(first, by=project.owner, seen="pending")
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    drain()
    second = image_of(project, 0)
    event = review.pick_image(pick_of(project, 0), first, by=project.owner, seen=str(second.code))
    assert (image_of(project, 0).pk, image_of(project, 0).verdict) == (first.pk, "pending")
    assert pick_of(project, 0).image_chosen
    with pytest.raises(LostRace):
        review.pick_image(pick_of(project, 0), first, by=project.owner, seen=str(second.code))
    review.take_back(project, event.data["token"], by=project.owner)
    assert image_of(project, 0).pk == second.pk
    first.refresh_from_db()
    assert first.verdict == "rejected"
    assert not pick_of(project, 0).image_chosen


def test_a_take_of_another_scene_is_refused(project: Project) -> None:
    at_images(project)
    with pytest.raises(IllegalMove):
        review.pick_image(pick_of(project, 0), image_of(project, 1), by=project.owner)


def test_keeping_the_old_take_answers_a_failed_redraw(project: Project) -> None:
    at_images(project)
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    Job.objects.filter(step="generate_image", take=2).update(state="failed")
    review.pick_image(pick_of(project, 0), image_of(project, 0), by=project.owner)
    assert not Job.objects.filter(state="failed", dismissed=False).exists()
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    drain()
    assert image_of(project, 0).take == 2


def test_an_upload_stands_until_it_is_taken_back(project: Project) -> None:
    at_images(project)
    review.replace_image(pick_of(project, 0), upload(project.owner), by=project.owner, width=9, height=9, seen_take=1)
    image = image_of(project, 0)
    assert (image.provider, image.take, image.verdict) == ("upload", 2, "pending")
    with pytest.raises(LostRace):
        review.replace_image(
            pick_of(project, 0), upload(project.owner), by=project.owner, width=9, height=9, seen_take=1
        )
    event = Event.objects.get(verb="image_picked")
    review.take_back(project, event.data["token"], by=project.owner)
    assert image_of(project, 0).take == 1


def test_words_that_are_saved_redraw_what_nobody_judged_and_hold_the_rest(project: Project) -> None:
    at_images(project)
    review.reword_image(pick_of(project, 0), "a red boat", by=project.owner, seen_take=1, redraw=False)
    assert live() == ["generate_image"]
    drain()
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    drain()
    review.reword_image(pick_of(project, 0), "a blue boat", by=project.owner, seen_take=2, redraw=False)
    assert live() == []
    review.reword_image(pick_of(project, 0), "a green boat", by=project.owner, seen_take=3, redraw=True)
    assert live() == ["generate_image"]
    drain()
    assert (image_of(project, 0).take, image_of(project, 0).verdict) == (3, "pending")
    with pytest.raises(LostRace):
        review.reword_image(pick_of(project, 0), "late", by=project.owner, seen_take=3, redraw=True)


def test_a_new_picture_asks_for_a_new_clip_even_of_an_approved_one(project: Project) -> None:
    at_clips(project)
    review.approve_clip(clip_of(project, 0), by=project.owner, seen="pending")
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    drain()
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    drain()
    clip = clip_of(project, 0)
    assert (clip.take, clip.verdict, clip.image_id) == (2, "pending", image_of(project, 0).pk)


def test_the_focal_point_moves_the_clip_there(project: Project) -> None:
    at_clips(project)
    review.approve_clip(clip_of(project, 0), by=project.owner, seen="pending")
    image = image_of(project, 0)
    review.set_focus(image, 100, 900, by=project.owner, seen=(500, 500))
    drain()
    assert clip_of(project, 0).take == 2
    with pytest.raises(LostRace):
        review.set_focus(image, 1, 1, by=project.owner, seen=(500, 500))
    with pytest.raises(IllegalMove):
        review.set_focus(image, 1001, 1, by=project.owner, seen=(100, 900))


def test_a_clip_moves_as_it_is_told(project: Project) -> None:
    at_clips(project)
    was = ClipSettings.of(pick_of(project, 0))
    wanted = ClipSettings(camera="orbit", strength=80, seconds=3, quality="draft")
    set_clip(pick_of(project, 0), wanted, by=project.owner, seen=was.mark)
    assert live() == ["generate_clip"]
    job = Job.objects.get(step="generate_clip", state="queued")
    assert (job.input["camera"], job.input["strength"]) == ("orbit", 80)
    drain()
    assert (clip_of(project, 0).take, clip_of(project, 0).motion["camera"]) == (2, "orbit")
    pick = pick_of(project, 0)
    assert ClipSettings.of(pick) == wanted
    kept = ClipSettings(camera="orbit", strength=80)
    set_clip(pick, kept, by=project.owner, seen=wanted.mark)
    assert live() == []
    with pytest.raises(LostRace):
        set_clip(pick, wanted, by=project.owner, seen=wanted.mark)


@pytest.mark.parametrize(
    "wrong",
    [
        ClipSettings(camera="spin"),
        ClipSettings(strength=101),
        ClipSettings(strength=-1),
        ClipSettings(seconds=5),
        ClipSettings(seconds=-1),
        ClipSettings(quality="best"),
    ],
)
def test_settings_that_cannot_be_are_refused(project: Project, wrong: ClipSettings) -> None:
    at_clips(project)
    pick = pick_of(project, 0)
    with pytest.raises(IllegalMove):
        set_clip(pick, wrong, by=project.owner, seen=ClipSettings.of(pick).mark)


def test_a_clip_chosen_among_takes_keeps_its_own_picture(project: Project) -> None:
    at_clips(project)
    first = clip_of(project, 0)
    review.redraw_image(pick_of(project, 0), by=project.owner, seen_take=1)
    drain()
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    drain()
    before = Job.objects.count()
    review.pick_clip(pick_of(project, 0), first, by=project.owner, seen=str(clip_of(project, 0).code))
    drain()
    assert Job.objects.count() == before  # its shot is still there
    assert clip_of(project, 0).image_id != image_of(project, 0).pk
    review.redo_clip(pick_of(project, 0), by=project.owner, seen_take=2)
    drain()
    assert (clip_of(project, 0).take, clip_of(project, 0).image_id) == (3, image_of(project, 0).pk)


def test_each_shape_is_judged_by_itself(project: Project) -> None:
    at_images(project)
    final.add_rendition(project, "9:16", "480p", "karaoke", by=project.owner)
    drain()
    review.approve_images(project, "9:16", by=project.owner)
    drain()
    assert {clip.aspect for clip in Clip.objects.all()} == {"9:16"}
    assert Pick.objects.filter(aspect="16:9", clip=None).count() == 6
