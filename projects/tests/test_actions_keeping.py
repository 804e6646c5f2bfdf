"""What stands is kept for the words as they are: what that ends, what it leaves, and taking it back."""

from __future__ import annotations

import pytest

from pipeline.models import Job
from pipeline.recipes import digest
from projects.actions import edit, final, review
from projects.actions import scenes as acts
from projects.actions.clip_settings import ClipSettings, set_clip
from projects.actions.keeping import mark
from projects.flow import board as boards
from projects.flow import outlook, picture_inputs
from projects.flow.guides import Guides
from projects.models import Approval, Image, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.reviewing import at_clips, at_images, clip_of, image_of, pick_of, scenes

pytestmark = pytest.mark.django_db


def waits(project: Project) -> outlook.Standstill:
    return outlook.standstill(project, boards.load(project, None))


def reword(project: Project, index: int, text: str) -> None:
    content = pick_of(project, index).content
    edit.edit_prompt(content, text, by=project.owner, seen_take=content.prompt.take if content.prompt else 0)
    drain()


def seen_of(project: Project) -> str:
    """The mark of the one take that is out of date."""
    [old] = waits(project).held.takes
    return mark(*old)


@pytest.fixture
def reworded(project: Project) -> Project:
    """Its second picture is approved, and then its words change."""
    at_images(project)
    review.approve_image(image_of(project, 1), by=project.owner, seen="pending")
    reword(project, 1, "a lighthouse in the storm")
    return project


def test_a_kept_picture_waits_for_no_word_and_is_not_drawn_again(reworded: Project) -> None:
    project, before = reworded, Job.objects.count()
    assert waits(project).held.pictures == (2,)
    review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project), reason="It is better.")
    assert not waits(project).any
    assert drain() == 0 and Job.objects.count() == before
    image = image_of(project, 1)
    assert (image.take, image.verdict) == (1, "approved")
    said = Approval.objects.filter(image=image).order_by("-pk")[0]
    assert (said.verdict, said.reason, said.by) == ("kept", "It is better.", project.owner)


def test_a_kept_picture_is_out_of_date_anew_after_the_next_change(reworded: Project) -> None:
    project = reworded
    first = pick_of(project, 1).content.prompts.get(take=1).text
    review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project))
    reword(project, 1, "a harbor at night")
    assert waits(project).held.pictures == (2,)
    reword(project, 1, first)  # what it was drawn from
    assert not waits(project).any


def test_keeping_is_refused_when_the_words_or_the_take_changed_meanwhile(reworded: Project) -> None:
    project, seen = reworded, seen_of(reworded)
    reword(project, 1, "a harbor at night")
    with pytest.raises(LostRace, match="changed meanwhile"):
        review.keep_image(pick_of(project, 1), by=project.owner, seen=seen)
    seen = seen_of(project)
    review.redraw_image(pick_of(project, 1), by=project.owner, seen_take=1)
    drain()
    with pytest.raises(LostRace):
        review.keep_image(pick_of(project, 1), by=project.owner, seen=seen)
    with pytest.raises(LostRace):
        review.keep_image(pick_of(project, 0), by=project.owner, seen="")
    assert not Approval.objects.filter(verdict="kept").exists()


def test_a_reason_to_keep_has_a_limit(reworded: Project) -> None:
    with pytest.raises(IllegalMove, match="at most 500"):
        review.keep_image(pick_of(reworded, 1), by=reworded.owner, seen=seen_of(reworded), reason="x" * 501)


def test_keeping_is_taken_back_once(reworded: Project) -> None:
    project = reworded
    event = review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project))
    review.take_back(project, event.data["token"], by=project.owner)
    assert waits(project).held.pictures == (2,)
    assert image_of(project, 1).verdict == "approved"
    assert [row.verdict for row in Approval.objects.order_by("-pk")[:2]] == ["unkept", "kept"]
    with pytest.raises(LostRace):
        review.take_back(project, event.data["token"], by=project.owner)


def test_keeping_is_not_taken_back_after_it_was_kept_for_other_words(reworded: Project) -> None:
    project = reworded
    event = review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project))
    reword(project, 1, "a harbor at night")
    review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project))
    with pytest.raises(LostRace):
        review.take_back(project, event.data["token"], by=project.owner)
    assert not waits(project).any


def test_a_picture_kept_and_then_no_longer_approved_is_still_not_drawn_again(reworded: Project) -> None:
    project = reworded
    review.keep_image(pick_of(project, 1), by=project.owner, seen=seen_of(project))
    review.reopen_image(image_of(project, 1), by=project.owner, seen="approved")
    assert drain() == 0
    assert (image_of(project, 1).take, image_of(project, 1).verdict) == (1, "pending")


def test_who_chooses_an_older_take_keeps_it_for_the_words_as_they_are(reworded: Project) -> None:
    project, first = reworded, image_of(reworded, 1)
    review.redraw_image(pick_of(project, 1), by=project.owner, seen_take=1)
    drain()
    assert image_of(project, 1).take == 2
    event = review.pick_image(pick_of(project, 1), first, by=project.owner)
    assert not waits(project).any
    reword(project, 1, "a harbor at night")
    assert waits(project).held.pictures == (2,)
    reword(project, 1, "a lighthouse in the storm")
    assert not waits(project).any
    review.take_back(project, event.data["token"], by=project.owner)
    first.refresh_from_db()
    assert (image_of(project, 1).take, first.kept_for) == (2, "")


def test_who_approves_what_is_out_of_date_keeps_it(project: Project) -> None:
    at_images(project)
    review.redraw_image(pick_of(project, 1), by=project.owner, seen_take=1)
    drain()
    review.pick_image(pick_of(project, 1), pick_of(project, 1).content.images.get(take=1), by=project.owner)
    reword(project, 1, "a lighthouse in the storm")
    assert waits(project).held.pictures == (2,)
    event = review.approve_image(image_of(project, 1), by=project.owner, seen="pending")
    assert not waits(project).any
    review.take_back(project, event.data["token"], by=project.owner)
    assert waits(project).held.pictures == (2,)
    assert image_of(project, 1).verdict == "pending"


def test_a_clip_that_would_move_in_another_way_is_kept(project: Project) -> None:
    at_clips(project)
    review.approve_clip(clip_of(project, 0), by=project.owner, seen="pending")
    scene = scenes(project)[0]
    camera = "drift" if scene.content.camera != "drift" else "push_in"
    acts.edit_scene(scene, description=scene.content.description, mood="calm", camera=camera, by=project.owner)
    drain()
    assert waits(project).held.clips == (1,)
    before = Job.objects.count()
    event = review.keep_clip(pick_of(project, 0), by=project.owner, seen=seen_of(project))
    assert not waits(project).any and drain() == 0 and Job.objects.count() == before
    review.take_back(project, event.data["token"], by=project.owner)
    assert waits(project).held.clips == (1,)


def test_an_older_clip_that_is_chosen_is_kept_for_its_settings(project: Project) -> None:
    at_clips(project)
    first, now = clip_of(project, 0), ClipSettings.of(pick_of(project, 0))
    set_clip(pick_of(project, 0), ClipSettings(strength=90), by=project.owner, seen=now.mark)
    drain()
    assert clip_of(project, 0).take == 2
    review.pick_clip(pick_of(project, 0), first, by=project.owner)
    assert not waits(project).any


def test_all_that_is_held_is_kept_at_once(reworded: Project) -> None:
    project, old = reworded, waits(reworded).mark
    review.approve_image(image_of(project, 3), by=project.owner, seen="pending")
    reword(project, 3, "a harbor at night")
    found = waits(project)
    assert found.held.pictures == (2, 4)
    with pytest.raises(LostRace, match="Look at the list again"):
        final.keep_held(project, by=project.owner, seen=old)
    event = final.keep_held(project, by=project.owner, seen=found.mark)
    assert not waits(project).any
    assert Approval.objects.filter(project=project, verdict="kept").count() == 2
    review.take_back(project, event.data["token"], by=project.owner)
    assert waits(project).held.pictures == (2, 4)


def test_a_picture_that_a_model_made_larger_than_was_asked_is_not_out_of_date(project: Project) -> None:
    """Models make pictures in sizes of their own: what was asked for counts, not what came."""
    film = at_images(project)
    film.renditions.update(resolution="720p")
    pick = pick_of(film, 0)
    asked = picture_inputs.image_input(Guides(film), pick.content, "16:9", (1280, 720), 1)
    came = {"width": 1344, "height": 768, "provider": "replicate"}
    Image.objects.filter(pk=image_of(film, 0).pk).update(recipe=digest(asked), **came)
    assert outlook.other_picture(Guides(film), list(film.renditions.all()), pick_of(film, 0)) == ""
    reword(film, 0, "a red balloon")
    assert outlook.other_picture(Guides(film), list(film.renditions.all()), pick_of(film, 0)) != ""
