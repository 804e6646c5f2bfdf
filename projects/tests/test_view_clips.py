"""The Clips board: shots that play, verdicts on what was seen, and how each clip moves."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline.models import Job
from projects.actions import review
from projects.actions import scenes as acts
from projects.models import Clip, FinalVideo, Project
from projects.tests.boards import board
from projects.tests.conftest import drain
from projects.tests.reviewing import HTMX, at_clips, at_images, clip_of, pick_of, scenes, toast

OF_CLIP = ("clip-approve", "clip-reject", "clip-pick")
OF_SCENE = ("clip-redo", "clip-keep", "clip-retry", "clip-set")
OF_PROJECT = ("clips-approve-all", "clip-undo")
READ = ("clips", "clips-changes")


def address(name: str, project: Project, index: int = 0) -> str:
    if name in OF_CLIP:
        return reverse(name, args=[clip_of(project, index).code])
    if name in OF_SCENE:
        return reverse(name, args=[scenes(project)[index].code])
    if name == "clip":
        return reverse(name, args=[project.code, scenes(project)[index].code])
    return reverse(name, args=[project.code])


def post(client: Client, name: str, project: Project, index: int = 0, htmx: bool = True, **data: Any) -> Any:
    return client.post(address(name, project, index), {"aspect": "16:9", **data}, headers=HTMX if htmx else {})


def card_of(response: Any, project: Project, index: int) -> str:
    code = scenes(project)[index].code
    found = re.search(rf'<article class="live" id="clip-{code}".*?</article>', response.content.decode(), re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("name", (*READ, "clip", *OF_CLIP, *OF_SCENE, *OF_PROJECT))
def test_it_is_there_for_its_owner_alone(client: Client, film: Project, charlie: Any, name: str) -> None:
    url = address(name, film)
    ask = client.get if name in (*READ, "clip") else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    for headers in ({}, HTMX):
        assert ask(url, headers=headers).status_code == 404
    client.force_login(film.owner)
    other = client.post if name in (*READ, "clip") else client.get
    assert other(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(film.owner)
    if ask == client.post:
        assert strict.post(url).status_code == 403
    assert set(Clip.objects.values_list("verdict", flat=True)) == {"pending"}


def test_it_shows_what_can_be_played_and_judged(studio: Client, project: Project) -> None:
    at_clips(project)
    shown = studio.get(address("clips", project)).content.decode()
    assert shown.count('data-state="review"') == 6
    assert len(re.findall(r'data-play="/media/shot/[0-9a-f-]{36}/"', shown)) == 6
    assert "<video" not in shown  # it comes with the pointer
    assert "Approve remaining 6" in shown


def test_a_clip_waits_for_its_picture(studio: Client, project: Project) -> None:
    at_images(project)
    page = studio.get(address("clips", project))
    assert "Waits for its picture" in card_of(page, project, 0)
    assert "clip-approve" not in card_of(page, project, 0)


def test_the_shot_is_sent_to_its_owner_and_saved_under_its_title(
    studio: Client, charlie: Any, project: Project
) -> None:
    at_clips(project)
    shot = scenes(project)[1].shots.get()
    shot.file = default_storage.save("p/shot.mp4", ContentFile(b"0123456789"))
    shot.save(update_fields=["file"])
    url = reverse("media", args=["shot", shot.code])
    part = studio.get(url, headers={"Range": "bytes=2-4"})
    assert (part.status_code, b"".join(part), part["Content-Type"]) == (206, b"234", "video/mp4")
    assert 'filename="Harbor, scene 2.mp4"' in studio.get(f"{url}?download")["Content-Disposition"]
    studio.force_login(charlie)
    assert studio.get(url).status_code == 404


def test_the_last_approval_joins_the_film(studio: Client, project: Project) -> None:
    at_clips(project)
    for index in range(6):
        response = post(studio, "clip-approve", project, index, seen="pending")
        assert 'data-state="approved"' in card_of(response, project, index)
    assert "Go to the film" in response.content.decode()
    drain()
    assert FinalVideo.objects.count() == 1


def test_what_is_not_rendered_cannot_be_approved(studio: Client, project: Project) -> None:
    at_clips(project)
    scenes(project)[0].shots.all().delete()
    page = studio.get(address("clips", project))
    assert 'data-verb="approved"' not in card_of(page, project, 0)
    response = post(studio, "clip-approve", project, seen="pending")
    assert (response.status_code, toast(response)["level"]) == (409, "bad")
    assert clip_of(project, 0).verdict == "pending"


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_verdicts_are_given_refused_and_taken_back(studio: Client, project: Project, verb: str) -> None:
    at_clips(project)
    past = {"approve": "approved", "reject": "rejected"}[verb]
    response = post(studio, f"clip-{verb}", project, seen="pending", reason="shaky")
    undo = toast(response)["undo"]
    assert clip_of(project, 0).verdict == past
    assert post(studio, f"clip-{verb}", project, seen="pending").status_code == 409
    assert post(studio, f"clip-{verb}", project, seen="?").status_code == 400
    studio.post(undo["url"], {"to": undo["to"]}, headers=HTMX)
    assert clip_of(project, 0).verdict == "pending"


def test_all_that_are_rendered_are_approved_at_once(studio: Client, project: Project) -> None:
    at_clips(project)
    scenes(project)[0].shots.all().delete()
    page = studio.get(address("clips", project)).content.decode()
    mark = re.search(r'form="bulk" name="seen" value="([^"]+)"', page)
    assert mark is not None
    response = post(studio, "clips-approve-all", project, seen=mark[1])
    assert response.content.decode().count('data-state="approved"') == 5
    assert clip_of(project, 0).verdict == "pending"


def test_a_clip_is_set_redone_compared_and_picked(studio: Client, project: Project) -> None:
    at_clips(project)
    first = clip_of(project, 0)
    sheet = studio.get(address("clip", project)).content.decode()
    seen = re.search(r'name="seen" value="([^"]*:[^"]*)"', sheet)
    assert seen is not None
    wish = {"camera": "orbit", "strength": "90", "seconds": "2", "quality": "draft"}
    assert post(studio, "clip-set", project, seen=seen[1], **wish).status_code == 200
    assert post(studio, "clip-set", project, seen=seen[1], **wish).status_code == 409
    drain()
    assert post(studio, "clip-redo", project, seen_take=2).status_code == 200
    assert post(studio, "clip-redo", project, seen_take=2).status_code == 409
    drain()
    sheet = studio.get(address("clip", project), {"aspect": "16:9", "with": 1}).content.decode()
    assert sheet.count("<video") == 2
    assert "Orbit" in sheet
    beside_itself = studio.get(address("clip", project), {"aspect": "16:9", "with": 3}).content.decode()
    assert beside_itself.count("<video") == 1
    response = studio.post(
        reverse("clip-pick", args=[first.code]),
        {"aspect": "16:9", "seen": str(clip_of(project, 0).code)},
        headers=HTMX,
    )
    assert "take 1 of 3" in card_of(response, project, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"camera": "spin"},
        {"strength": "101"},
        {"strength": "x"},
        {"seconds": "99"},
        {"seconds": "-1"},
        {"quality": "b"},
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(studio: Client, project: Project, wrong: dict[str, str]) -> None:
    at_clips(project)
    response = post(studio, "clip-set", project, seen="::0:final", **wrong)
    assert (response.status_code, toast(response)["level"]) == (409, "bad")


def test_a_failed_shot_says_why_and_is_tried_again(studio: Client, project: Project) -> None:
    at_clips(project)
    scene = scenes(project)[0]
    Job.objects.filter(step="render_shot", subject__contains=str(scene.code)).update(state="failed", error="No room.")
    scene.shots.all().delete()
    page = studio.get(address("clips", project))
    assert "No room." in card_of(page, project, 0)
    post(studio, "clip-retry", project)
    drain()
    assert 'data-state="review"' in card_of(studio.get(address("clips", project)), project, 0)


@pytest.mark.parametrize("scenes", [20, pytest.param(300, marks=pytest.mark.long)])
def test_many_scenes_cost_as_many_queries_as_ten(studio: Client, alice: Any, asset: Any, scenes: int) -> None:
    counts = {}
    for number in (10, scenes):
        project = board(asset, alice, number)
        for name in READ:
            with CaptureQueriesContext(connection) as queries:
                response = studio.get(address(name, project), {"since": 0}, headers=HTMX if "ch" in name else {})
            assert response.content.count(b'<article class="live"') == number
            counts.setdefault(name, set()).add(len(queries))
    assert all(len(found) == 1 and max(found) <= 40 for found in counts.values()), counts


def test_an_idle_poll_is_a_204_of_three_queries(
    studio: Client, film: Project, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        response = studio.get(address("clips-changes", film), {"since": film.rev, "every": 10}, headers=HTMX)
    assert response.status_code == 204


def test_what_does_not_exist_is_a_404(studio: Client, film: Project) -> None:
    for name in (*OF_CLIP, *OF_SCENE):
        assert studio.post(reverse(name, args=[uuid4()])).status_code == 404
    assert studio.get(reverse("clip", args=[film.code, uuid4()])).status_code == 404
    assert studio.post(address("clip-redo", film), {"aspect": "1:1"}).status_code == 404


def test_a_picked_clip_belongs_to_its_scene(studio: Client, project: Project) -> None:
    at_clips(project)
    assert pick_of(project, 0).clip != pick_of(project, 1).clip
    response = studio.post(
        reverse("clip-pick", args=[clip_of(project, 1).code]), {"seen": str(clip_of(project, 0).code)}, headers=HTMX
    )
    assert response.status_code == 409


def test_a_clip_that_would_move_in_another_way_is_kept(studio: Client, project: Project) -> None:
    at_clips(project)
    review.approve_clip(clip_of(project, 0), by=project.owner, seen="pending")
    scene = scenes(project)[0]
    camera = "drift" if scene.content.camera != "drift" else "push_in"
    acts.edit_scene(scene, description=scene.content.description, mood="calm", camera=camera, by=project.owner)
    drain()
    shown = studio.get(address("clips", project))
    assert "Keep this clip" in card_of(shown, project, 0)
    found = re.search(r'id="keep-[^>]*name="seen" value="(\w+)"', card_of(shown, project, 0))
    assert found is not None
    assert "Keep this clip" in studio.get(address("clip", project)).content.decode()
    kept = post(studio, "clip-keep", project, seen=found[1])
    assert "clip of scene 1 is kept" in toast(kept)["text"]
    assert "Keep this clip" not in card_of(kept, project, 0)
    assert post(studio, "clip-keep", project, seen=found[1]).status_code == 409
