"""Changing a scene by a few words: the verb, its count, and its form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from pipeline.states import LIVE
from projects.actions import review
from projects.actions.edit import edit_prompt
from projects.actions.revise import allowance, revise_scene
from projects.actions.scene_history import last_edit, undo_edit
from projects.models import Image, Pick, Project, Scene
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content__prompt").order_by("start_frame"))


def revise(project: Project, words: str, index: int = 1, **more: Any) -> Any:
    return revise_scene(scenes(project)[index], words, by=project.owner, **more)


def live(project: Project) -> list[str]:
    return sorted(Job.objects.filter(project=project, state__in=LIVE).values_list("step", flat=True))


@pytest.fixture
def one(idea_film: Project) -> Project:
    """Its scene 1 is described in words that the painter knows."""
    content = scenes(idea_film)[1].content
    content.description, content.palette = "A small boat in the harbor at dawn, steady rain", "teal"
    content.save(update_fields=["description", "palette"])
    return idea_film


def test_only_the_named_thing_changes_and_the_picture_is_made_anew(one: Project) -> None:
    revise(one, "make it night, keep the boat")
    assert "at night" in scenes(one)[1].content.description or "night" in scenes(one)[1].content.description
    assert "boat" in scenes(one)[1].content.description and "rain" in scenes(one)[1].content.description
    assert live(one) == ["write_prompts"]
    drain()
    pick = Pick.objects.select_related("image").get(content=scenes(one)[1].content)
    assert pick.image is not None and pick.image.take == 2
    assert one.renditions.get().finals.count() == 2


@pytest.mark.parametrize("hold", ["approved", "chosen", "prompt"])
def test_who_asks_sees_it_though_the_picture_was_held(one: Project, hold: str) -> None:
    content = scenes(one)[1].content
    pick = Pick.objects.select_related("image", "content").get(content=content)
    if hold == "approved":
        review.approve_image(pick.image, by=one.owner, seen="pending")
    elif hold == "chosen":
        Pick.objects.filter(pk=pick.pk).update(image_chosen=True)
    else:
        edit_prompt(content, "my own words", by=one.owner, seen_take=1)
    drain()
    before = Image.objects.filter(content=content).count()
    revise(one, "make it night")
    drain()
    assert Image.objects.filter(content=content).count() == before + 1
    pick.refresh_from_db()
    assert pick.image is not None and pick.image.take == before + 1
    assert "night" in scenes(one)[1].content.prompt.text


def test_framing_alone_moves_the_camera_and_keeps_the_picture(one: Project) -> None:
    drain()
    revise(one, "closer") if scenes(one)[1].content.camera != "push_in" else revise(one, "from afar")
    assert "generate_image" not in live(one)


def test_each_change_counts_and_what_is_refused_does_not(one: Project, settings: Any) -> None:
    settings.OMVEE_REVISIONS = 2
    with pytest.raises(IllegalMove, match="none of them was named"):
        revise(one, "translate it into French")
    assert allowance(one).left == 2
    revise(one, "make it night")
    undo_edit(one, last_edit(one).data["undo"], by=one.owner)
    assert allowance(one).left == 1
    revise(one, "make it day")
    with pytest.raises(IllegalMove, match="All 2 changes"):
        revise(one, "make it dusk")


def test_it_can_be_taken_back(one: Project) -> None:
    before = scenes(one)[1].content.description
    revise(one, "snow instead of rain")
    undo_edit(one, last_edit(one).data["undo"], by=one.owner)
    assert scenes(one)[1].content.description == before


def test_two_people_do_not_overwrite_each_other(one: Project) -> None:
    with pytest.raises(LostRace):
        revise(one, "make it night", seen="0" * 16)


def test_a_hosted_writer_is_told_the_change_as_it_stands(one: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from projects.actions import revise as module
    from projects.flow.makers import Maker

    monkeypatch.setattr(module, "maker", lambda *_: Maker("openai", "m"))
    revise(one, "give the sailor a top hat")
    assert scenes(one)[1].content.description.endswith("give the sailor a top hat")


def test_the_editor_has_a_field_for_it(client: Client, alice: Any, one: Project) -> None:
    client.force_login(alice)
    scene = scenes(one)[1]
    shown = client.get(reverse("scene-edit", args=[scene.code])).content.decode()
    assert "5 of 5 changes by words left" in shown
    url = reverse("scene-revise", args=[scene.code])
    refused = client.post(url, {"change": "translate <b>it</b>"})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "none of them was named" in text and "translate &lt;b&gt;it&lt;/b&gt;" in text
    assert client.post(url, {"change": "x" * 501}).status_code == 422
    assert client.post(url, {"change": "make it night"}).status_code == 302
    assert "4 of 5" in client.get(reverse("scene-edit", args=[scene.code])).content.decode()


def test_nobody_else_may(client: Client, charlie: Any, one: Project) -> None:
    client.force_login(charlie)
    assert client.post(reverse("scene-revise", args=[scenes(one)[1].code]), {"change": "night"}).status_code == 404
