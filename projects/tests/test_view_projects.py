"""All projects of a user: their own, told in words, for the same price however many there are."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pipeline.models import Job
from projects.flow import ticker
from projects.models import Project
from projects.tests.boards import board, finished
from projects.tests.test_flow_ads import begun
from projects.views.projects import PAGE_SIZE

URL = "/"


def test_the_first_visit_leads_to_a_new_video(studio: Client) -> None:
    shown = studio.get(URL).content.decode()
    assert "Make your first video" in shown
    assert f'href="{reverse("project-new")}"' in shown
    assert "hx-trigger" not in shown


def test_each_card_says_how_far_its_film_is(studio: Client, alice: Any, asset: Any, project: Project) -> None:
    done = finished(asset, alice, title="All done")
    stopped = board(asset, alice, 2, title="Stopped one")
    Project.objects.filter(pk=stopped.pk).update(stopped_at=timezone.now())
    failed = board(asset, alice, 2, title="Failed one")
    Job.objects.create(project=failed, step="render_shot", recipe="r", place="p", queue="cpu", input={}, state="failed")
    shown = studio.get(URL).content.decode()
    cards = {
        code: shown.split(f'id="project-{code}"')[1].split("</li>")[0]
        for code in (project.code, done.code, stopped.code, failed.code)
    }
    assert "Listening to the song" in cards[project.code]
    assert 'class="badge running"' in cards[project.code]
    assert "The film is finished." in cards[done.code]
    assert "<progress" not in cards[done.code]
    assert cards[done.code].count("<img") == 3
    assert 'class="badge canceled"' in cards[stopped.code]
    assert 'class="badge failed"' in cards[failed.code]


def test_it_looks_again_only_while_something_works(studio: Client, project: Project) -> None:
    assert 'hx-trigger="every 5s"' in studio.get(URL).content.decode()
    Project.objects.update(stopped_at=timezone.now())
    assert "hx-trigger" not in studio.get(URL).content.decode()


def test_the_poll_brings_the_list_alone_and_ends_itself(studio: Client, project: Project) -> None:
    shown = studio.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert shown.count('id="projects"') == 1
    assert "<html" not in shown
    Project.objects.update(stopped_at=timezone.now())
    assert "hx-trigger" not in studio.get(URL, headers={"HX-Request": "true"}).content.decode()


def test_it_shows_nobody_elses_and_no_deleted_ones(client: Client, alice: Any, charlie: Any, asset: Any) -> None:
    board(asset, alice, 1, title="Of Alice")
    thrown = board(asset, alice, 1, title="Thrown away by Alice")
    deleted = board(asset, charlie, 1, title="My deleted one")
    Project.objects.filter(pk__in=(deleted.pk, thrown.pk)).update(trashed_at=timezone.now())
    client.force_login(charlie)
    shown = client.get(URL).content.decode()
    assert "Alice" not in shown
    assert 'class="proj"' not in shown


def test_a_deleted_project_lies_in_the_trash_until_it_is_brought_back(studio: Client, film: Project) -> None:
    assert 'id="trash"' not in studio.get(URL).content.decode()
    told = studio.post(reverse("project-trash", args=[film.code]), follow=True).content.decode()
    assert "“Harbor” is in the trash" in told
    trash = told.split('id="trash"')[1]
    back = reverse("project-restore", args=[film.code])
    assert "Harbor" in trash and f'action="{back}"' in trash
    assert 'id="trash"' not in studio.get(URL, headers={"HX-Request": "true"}).content.decode()
    shown = studio.post(back, follow=True).content.decode()
    assert "It is back" in shown
    list_again = studio.get(URL).content.decode()
    assert f'id="project-{film.code}"' in list_again and 'id="trash"' not in list_again


def test_what_lies_in_the_trash_can_be_deleted_for_good_after_a_question(studio: Client, film: Project) -> None:
    away = reverse("project-purge", args=[film.code])
    assert studio.post(away, {"sure": "1"}).status_code == 409  # it is not in the trash
    told = studio.post(reverse("project-trash", args=[film.code]), follow=True).content.decode()
    assert f'action="{away}"' in told and "after 30 days" in told
    asked = studio.post(away).content.decode()
    assert "Delete “Harbor” for good?" in asked and 'name="sure"' in asked
    assert 'id="trash"' in studio.get(URL).content.decode()
    told = studio.post(away, {"sure": "1"}, follow=True).content.decode()
    assert "“Harbor” is deleted for good." in told and 'id="trash"' not in told
    for name in ("project-purge", "project-restore"):
        assert studio.post(reverse(name, args=[film.code]), {"sure": "1"}).status_code == 404
    ticker.sweep()
    assert not Project.objects.exists()


def test_many_projects_cost_as_many_queries_as_few_and_come_in_pages(studio: Client, alice: Any, asset: Any) -> None:
    counts = []
    for number in range(PAGE_SIZE + 2):
        board(asset, alice, 4, title=f"Song {number}")
        if number in (2, PAGE_SIZE - 2):
            with CaptureQueriesContext(connection) as queries:
                studio.get(URL)
            counts.append(len(queries))
    assert counts[0] == counts[1] <= 15, counts
    first, second = (studio.get(URL, {"page": page}).content.decode() for page in (1, 2))
    assert (first.count('class="proj"'), second.count('class="proj"')) == (PAGE_SIZE, 2)
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert studio.get(URL, {"page": "x"}).status_code == 200


def test_many_ads_cost_as_many_queries_as_two(quick: None, studio: Client, alice: Any) -> None:
    counts = []
    for number in range(5):
        begun(alice, autopilot=False)
        if number in (1, 4):
            with CaptureQueriesContext(connection) as queries:
                studio.get(URL)
            counts.append(len(queries))
    assert counts[0] == counts[1], counts


def test_nobody_goes_to_the_login(client: Client, db: None) -> None:
    assert client.get(URL)["Location"] == "/accounts/login/?next=/"


def test_it_only_reads(studio: Client) -> None:
    assert studio.post(URL).status_code == 405
