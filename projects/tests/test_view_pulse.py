"""The page's one poll: cheap while nothing happens, exact when something does, over when the work is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pipeline.models import Job
from pipeline.runner.work import run_next
from projects import flow
from projects.models import FinalVideo, Project, Rendition, Scene
from projects.tests.boards import board
from projects.tests.conftest import drain


def poll(client: Client, project: Project, *, since: int | None = None, every: int = 2, **more: Any) -> Any:
    project.refresh_from_db()
    query = {"since": project.rev if since is None else since, "every": every, **more}
    return client.get(reverse("project-pulse", args=[project.code]), query, headers={"HX-Request": "true"})


def pulse_of(response: Any) -> str:
    found = re.search(r'<div class="pulse".*?</div>', response.content.decode(), re.DOTALL)
    assert found is not None
    return found[0]


def until(step: str) -> None:
    """Run jobs until one of this step is next."""
    while Job.objects.filter(state="queued").exclude(step=step).exists() and not Job.objects.filter(step=step).exists():
        assert run_next()


def test_an_idle_poll_is_a_204_of_three_queries(
    studio: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    project.refresh_from_db()
    url = reverse("project-pulse", args=[project.code])
    with django_assert_max_num_queries(3):
        response = studio.get(url, {"since": project.rev, "every": 2}, headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (204, b"")
    assert "HX-Refresh" not in response
    assert "no-store" in response["Cache-Control"]


def test_it_sends_only_what_changed(studio: Client, film: Project) -> None:
    film.refresh_from_db()
    before = film.rev
    scene = Scene.objects.order_by("start_frame")[3]
    flow.touch(film, [scene.pk])
    shown = poll(studio, film, since=before, film=1, scenes=6).content.decode()
    assert re.findall(r'<article class="live" id="scene-([^"]+)"', shown) == [str(scene.code)]
    assert set(re.findall(r'id="([a-z-]+?)(?:-[0-9a-f-]{36})?"[^>]*hx-swap-oob="true"', shown)) == {
        *("pulse", "stepper", "doings", "failure", "money", "scene"),
    }
    assert "<video" not in shown
    assert "<form" not in shown


@pytest.mark.parametrize(
    ("step", "every"),
    [("analyze_song", 2), ("plan_scenes", 2), ("generate_image", 5), ("render_shot", 10), ("assemble_video", 10)],
)
def test_its_pace_follows_the_stage(studio: Client, project: Project, step: str, every: int) -> None:
    until(step)
    assert f'hx-trigger="every {every}s"' in pulse_of(poll(studio, project, since=0))


def test_it_asks_less_often_when_nothing_has_changed_for_long(studio: Client, project: Project) -> None:
    Project.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    response = poll(studio, project)
    assert 'hx-trigger="every 30s"' in pulse_of(response)
    assert poll(studio, project, every=30).status_code == 204


def test_polling_ends_when_the_work_ends(studio: Client, film: Project) -> None:
    pulse = pulse_of(poll(studio, film, since=1, film=1, scenes=6))
    assert "hx-get" not in pulse
    assert "hx-trigger" not in pulse
    assert 'data-busy="false"' in pulse
    assert "The film is finished." in pulse


@pytest.mark.parametrize("how", ["canceled", "failed"])
def test_polling_ends_when_the_work_is_canceled_or_fails(studio: Client, project: Project, how: str) -> None:
    if how == "canceled":
        studio.post(reverse("project-stop", args=[project.code]))
    else:
        Job.objects.update(state="failed", error="No.")
        flow.touch(project)
    assert "hx-trigger" not in pulse_of(poll(studio, project, since=1))


def test_the_first_scenes_and_the_first_film_load_the_page_anew(studio: Client, project: Project) -> None:
    until("generate_image")
    response = poll(studio, project, since=1, film=0, scenes=0)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
    assert "HX-Refresh" not in poll(studio, project, since=1, film=0, scenes=6)
    drain()
    response = poll(studio, project, since=1, film=0, scenes=6)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")
    assert "HX-Refresh" not in poll(studio, project, since=1, film=1, scenes=6)


def test_a_newer_film_is_told_and_the_player_left_alone(studio: Client, film: Project) -> None:
    first = FinalVideo.objects.get()
    second = FinalVideo.objects.create(
        rendition=first.rendition,
        version=2,
        recipe="z",
        file="f",
        sha256="s",
        size_bytes=1,
        frames=720,
        duration_ms=24000,
    )
    Rendition.objects.update(final=second)
    flow.touch(film)
    response = poll(studio, film, since=1, film=1, scenes=6)
    assert "HX-Refresh" not in response
    shown = response.content.decode()
    assert "A new version of the film is ready." in shown
    assert "<video" not in shown
    told = poll(studio, film, since=1, film=2, scenes=6).content.decode()
    assert "A new version" not in told


def test_it_keeps_to_the_film_that_the_page_shows(studio: Client, film: Project) -> None:
    """A poll while work goes on must not pass for having seen what only comes later."""
    studio.post(reverse("scene-skip", args=[Scene.objects.order_by("start_frame")[1].code]))
    busy = pulse_of(poll(studio, film, since=1, film=1, scenes=6))
    assert "&amp;film=1&amp;" in busy
    drain()
    assert FinalVideo.objects.count() == 2
    assert "A new version" in poll(studio, film, since=1, film=1, scenes=6).content.decode()


@pytest.mark.parametrize("junk", ["", "x", "-1", "9" * 40, "１", "1.5", "0x1"])
def test_junk_in_the_query_is_no_error(studio: Client, film: Project, junk: str) -> None:
    url = reverse("project-pulse", args=[film.code])
    query = {"since": junk, "every": junk, "film": junk, "scenes": "6"}
    response = studio.get(url, query, headers={"HX-Request": "true"})
    assert response.status_code in (200, 204)


def test_all_of_300_changed_scenes_cost_as_many_queries_as_30(studio: Client, alice: Any, asset: Any) -> None:
    counts = {}
    for scenes in (30, 300):
        project = board(asset, alice, scenes)
        with CaptureQueriesContext(connection) as queries:
            response = poll(studio, project, since=0, scenes=scenes)
        assert response.content.count(b'<article class="live"') == scenes
        counts[scenes] = len(queries)
    assert counts[30] == counts[300] <= 25, counts


def test_a_stranger_finds_nothing_and_nobody_goes_to_the_login(client: Client, charlie: Any, project: Project) -> None:
    url = reverse("project-pulse", args=[project.code])
    assert client.get(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    assert client.get(url, {"since": project.rev, "every": 2}).status_code == 404


def test_it_only_reads(studio: Client, project: Project) -> None:
    assert studio.post(reverse("project-pulse", args=[project.code])).status_code == 405
