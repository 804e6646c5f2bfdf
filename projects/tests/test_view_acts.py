"""What buttons do: for their owner, by POST, twice without harm, and told in words where it is not possible."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from pipeline.runner.work import run_next
from projects.models import Project, Scene, Skip
from projects.tests.boards import board
from projects.tests.conftest import drain

OF_PROJECT = ("project-stop", "project-resume", "project-retry", "project-trash", "project-restore", "project-purge")
OF_SCENE = ("scene-retry", "scene-skip", "scene-unskip")
HTMX = {"HX-Request": "true"}


def address(name: str, project: Project) -> str:
    code = project.scenes.order_by("start_frame")[0].code if name in OF_SCENE else project.code
    return reverse(name, args=[code])


def toast(response: Any) -> str:
    return str(json.loads(response["HX-Trigger"])["toast"]["text"])


@pytest.mark.parametrize("name", OF_PROJECT + OF_SCENE)
def test_it_takes_posts_only_from_its_owner(client: Client, alice: Any, charlie: Any, asset: Any, name: str) -> None:
    project = board(asset, alice, 3)
    url = address(name, project)
    assert client.post(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.post(url).status_code == 404
    assert client.post(url, headers=HTMX).status_code == 404
    client.force_login(alice)
    assert client.get(url).status_code == 405
    project.refresh_from_db()
    assert (project.stopped_at, project.trashed_at, Skip.objects.count()) == (None, None, 0)


@pytest.mark.parametrize("name", OF_PROJECT + OF_SCENE)
def test_it_needs_the_token_of_its_own_page(alice: Any, asset: Any, name: str) -> None:
    project = board(asset, alice, 3)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name, project)).status_code == 403
    assert Project.objects.filter(pk=project.pk, trashed_at=None, stopped_at=None).exists()


@pytest.mark.parametrize("name", ["project-stop", "project-resume", "project-retry", *OF_SCENE])
def test_pressed_twice_it_does_no_harm(studio: Client, film: Project, name: str) -> None:
    live = []
    for _ in range(2):
        response = studio.post(address(name, film), headers=HTMX)
        assert response.status_code == 200
        assert toast(response)
        live.append(Job.objects.filter(state="queued").count())
    assert live[0] == live[1]
    assert Skip.objects.filter(undone_at=None).count() == (name == "scene-skip")


@pytest.mark.parametrize("name", ["project-stop", "project-resume", "project-retry", *OF_SCENE])
def test_without_script_it_leads_back_to_the_page(studio: Client, film: Project, name: str) -> None:
    response = studio.post(address(name, film))
    assert (response.status_code, response["Location"]) == (302, reverse("project", args=[film.code]))


def test_cancel_ends_all_work_and_the_polling(studio: Client, project: Project) -> None:
    run_next()
    response = studio.post(reverse("project-stop", args=[project.code]), headers=HTMX)
    shown = response.content.decode()
    assert "Canceled. What was made is kept." in shown
    assert 'hx-trigger="every' not in shown
    assert f"/p/{project.code}/resume/" in shown
    assert not Job.objects.filter(state__in=("queued", "running", "waiting")).exists()
    assert not run_next()


def test_going_on_finishes_the_film_and_makes_nothing_twice(studio: Client, project: Project) -> None:
    while Job.objects.filter(step="generate_image", state="done").count() != 3:
        assert run_next()
    studio.post(reverse("project-stop", args=[project.code]))
    response = studio.post(reverse("project-resume", args=[project.code]), headers=HTMX)
    assert 'hx-trigger="every 5s"' in response.content.decode()
    drain()
    assert Job.objects.filter(step="generate_image", state="done").count() == 6
    assert project.renditions.get().final is not None


def test_trying_again_answers_the_failure(studio: Client, project: Project) -> None:
    Job.objects.update(state="failed", error="No.")
    response = studio.post(reverse("project-retry", args=[project.code]), headers=HTMX)
    assert "No." not in response.content.decode()
    assert list(Job.objects.filter(dismissed=False).values_list("step", "state")) == [("analyze_song", "queued")]


def test_trying_a_scene_again_leaves_the_others(studio: Client, film: Project) -> None:
    scenes = list(film.scenes.order_by("start_frame"))
    for scene in scenes[:2]:
        Job.objects.filter(step="generate_image", subject__contains=str(scene.content.code)).update(state="failed")
    response = studio.post(reverse("scene-retry", args=[scenes[0].code]), headers=HTMX)
    assert toast(response) == "Trying again."
    left = Job.objects.filter(state="failed", dismissed=False)
    assert [str(scenes[1].content.code) in job.subject for job in left] == [True]


def test_skipping_and_bringing_back_change_the_card(studio: Client, film: Project) -> None:
    scene = film.scenes.order_by("start_frame")[2]
    shown = studio.post(reverse("scene-skip", args=[scene.code]), headers=HTMX).content.decode()
    assert f'id="scene-{scene.code}" data-state="skipped"' in shown
    assert 'hx-trigger="every' in shown  # its neighbor is rendered anew
    drain()
    shown = studio.post(reverse("scene-unskip", args=[scene.code]), headers=HTMX).content.decode()
    assert f"/s/{scene.code}/skip/" in shown
    drain()
    assert film.renditions.get().final is not None


def test_what_is_not_possible_is_said_in_words(studio: Client, film: Project) -> None:
    scenes = list(film.scenes.order_by("start_frame"))
    for scene in scenes[1:]:
        studio.post(reverse("scene-skip", args=[scene.code]))
    url = reverse("scene-skip", args=[scenes[0].code])
    fragment = studio.post(url, headers=HTMX)
    assert (fragment.status_code, fragment.content.decode()) == (409, "A film needs at least one scene with a picture.")
    page = studio.post(url)
    assert page.status_code == 409
    assert "A film needs at least one scene with a picture." in page.content.decode()
    assert not Skip.objects.filter(scene=scenes[0]).exists()


def test_a_deleted_project_is_gone_until_it_is_restored(studio: Client, film: Project) -> None:
    code = film.code
    scene = Scene.objects.filter(project=film).first()
    assert scene is not None
    assert studio.post(reverse("project-trash", args=[code]))["Location"] == reverse("projects")
    for name in ("project", "project-pulse"):
        assert studio.get(reverse(name, args=[code])).status_code == 404
    for name in ("project-stop", "project-retry", "project-trash"):
        assert studio.post(reverse(name, args=[code])).status_code == 404
    assert studio.post(reverse("scene-skip", args=[scene.code])).status_code == 404
    studio.post(reverse("project-restore", args=[code]))
    assert studio.get(reverse("project", args=[code])).status_code == 200


def test_a_button_tells_of_a_newer_film_than_its_page_shows(studio: Client, film: Project) -> None:
    scene = film.scenes.order_by("start_frame")[0]
    studio.post(reverse("scene-skip", args=[scene.code]))
    drain()
    shown = studio.post(reverse("project-retry", args=[film.code]), {"film": "1"}, headers=HTMX).content.decode()
    assert "A new version of the film is ready." in shown


@pytest.mark.parametrize("name", ["song", "scenes", "images", "clips"])
def test_a_failure_is_tried_again_from_the_page_it_is_told_on(studio: Client, project: Project, name: str) -> None:
    Job.objects.filter(step="analyze_song").update(state="failed", error="This song is silent.")
    page = studio.get(reverse(name, args=[project.code])).content.decode()
    assert "This song is silent." in page
    assert 'form="retry-form"' in page
    assert "skip the scene" not in page
    answer = studio.post(reverse("project-retry", args=[project.code]), {"back": name})
    assert answer["Location"] == reverse(name, args=[project.code])
    assert Job.objects.filter(step="analyze_song", state="queued").count() == 1
    assert "This song is silent." not in studio.get(answer["Location"]).content.decode()
