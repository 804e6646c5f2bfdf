"""The page of files: for its owner alone, live, with downloads counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from projects.actions import review
from projects.actions.exports import Wish, ask_export
from projects.models import Export, Pick, Project
from projects.tests.conftest import drain

HTMX = {"HX-Request": "true"}
GIVEN = {"format": "webm", "quality": "720p", "captions": "film", "teaser_s": "0"}
OF_EXPORT = ("export-download", "export-cancel", "export-retry", "export-keep")


@pytest.fixture
def export(film: Project) -> Export:
    """A file that is ready."""
    row, _ = ask_export(film, Wish("mp4", "1080p"), by=None)
    drain()
    row.refresh_from_db()
    row.file = default_storage.save("p/x/exports/a.mp4", ContentFile(b"film" * 10))
    row.save()
    return row


def address(name: str, project: Project, export: Export) -> str:
    if name == "exports-pulse":
        return reverse(name, args=[project.code, project.renditions.get().code])
    return reverse(name, args=[export.code if name in OF_EXPORT else project.code])


def page(client: Client, project: Project) -> str:
    return client.get(reverse("exports", args=[project.code])).content.decode()


@pytest.mark.parametrize("name", ["exports", "exports-pulse", "export-add", *OF_EXPORT])
def test_it_is_there_for_its_owner_alone(
    client: Client, alice: Any, charlie: Any, film: Project, export: Export, name: str
) -> None:
    url = address(name, film, export)
    ask = client.get if name in ("exports", "exports-pulse", "export-download") else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert ask(url).status_code == 404
    client.force_login(alice)
    other = client.post if ask == client.get else client.get
    assert other(url).status_code == 405
    Project.objects.update(trashed_at="2026-01-01T00:00Z")
    assert ask(url).status_code == 404


@pytest.mark.parametrize("name", ["export-add", "export-cancel", "export-retry", "export-keep"])
def test_it_needs_the_token_of_its_own_page(alice: Any, film: Project, export: Export, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name, film, export)).status_code == 403


def test_a_file_is_asked_for_watched_and_downloaded(studio: Client, film: Project) -> None:
    assert "None yet" in page(studio, film)
    studio.post(reverse("export-add", args=[film.code]), GIVEN)
    html = page(studio, film)
    assert "WebM VP9 · 720p" in html and "<progress" in html and 'hx-trigger="every 3s"' in html
    drain()
    row = Export.objects.get()
    assert f'href="/e/{row.code}/download/?download"' in page(studio, film)
    assert "hx-trigger" not in page(studio, film).split('id="pulse"')[1].split(">")[0]
    answer = studio.post(reverse("export-add", args=[film.code]), GIVEN, follow=True)
    assert "You have this file already" in answer.content.decode()
    assert Export.objects.count() == 1


def test_the_poll_is_quiet_until_something_changes(studio: Client, film: Project, export: Export) -> None:
    film.refresh_from_db()
    url = address("exports-pulse", film, export)
    assert studio.get(url, {"since": film.rev}).status_code == 204
    html = studio.get(url, {"since": film.rev - 1}).content.decode()
    assert 'id="files"' in html and "hx-swap-oob" in html and "<select" not in html


def test_downloads_are_counted_once(studio: Client, film: Project, export: Export) -> None:
    url = address("export-download", film, export)
    answer = studio.get(url, {"download": ""})
    assert b"".join(answer.streaming_content) == b"film" * 10
    assert answer["Content-Disposition"] == 'attachment; filename="Harbor-16x9-1080p.mp4"'
    assert studio.get(url, headers={"Range": "bytes=20-"}).status_code == 206
    studio.head(url)
    assert Export.objects.get().downloads == 1
    assert "1 download" in page(studio, film)


def test_a_new_file_is_kept_for_as_many_days_as_the_page_says(studio: Client, film: Project, export: Export) -> None:
    shown = studio.get(reverse("exports", args=[film.code])).content.decode()
    assert "Files are kept for 30 days" in shown and "in 30 days." in shown


def test_it_warns_before_a_file_goes(studio: Client, film: Project, export: Export) -> None:
    assert "Keep it longer" not in page(studio, film)
    Export.objects.update(expires_at=timezone.now() + timedelta(days=2, hours=1))
    html = page(studio, film)
    assert "in 2 days" in html and "Keep it longer" in html
    assert "1 file goes soon" in studio.get(reverse("final", args=[film.code])).content.decode()
    studio.post(address("export-keep", film, export))
    assert "Keep it longer" not in page(studio, film)


def test_a_refusal_is_told_and_nothing_is_lost(studio: Client, project: Project) -> None:
    answer = studio.post(reverse("export-add", args=[project.code]), GIVEN | {"quality": "480p"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "There is no film yet" in html
    assert '<option value="480p" selected>' in html


def test_buttons_answer_with_the_state_that_is_now(studio: Client, film: Project, export: Export) -> None:
    answer = studio.post(address("export-retry", film, export), headers=HTMX)
    assert answer.status_code == 409 and "on its way already" in answer.content.decode()
    answer = studio.post(address("export-cancel", film, export), headers=HTMX)
    assert answer.status_code == 200 and "Deleted." in answer["HX-Trigger"]
    assert str(export.code) not in answer.content.decode()


def test_words_come_as_files_in_every_kind(studio: Client, film: Project) -> None:
    final = film.renditions.get().final
    html = page(studio, film)
    for kind in ("srt", "vtt", "lrc", "ass", "txt"):
        assert f"/v/{final.code}/captions/{kind}/" in html
    text = studio.get(reverse("final-captions", args=[final.code, "ass"])).content.decode()
    assert text.startswith("[Script Info]") and "\\kf" in text and "harbor" in text.lower()


def test_a_shape_that_is_not_there_is_not_found(studio: Client, film: Project) -> None:
    assert studio.get(reverse("exports", args=[film.code]), {"shape": uuid4()}).status_code == 404
    assert studio.post(reverse("export-add", args=[film.code]), GIVEN | {"shape": uuid4()}).status_code == 404


def test_a_file_of_an_older_film_is_made_again_with_one_press(studio: Client, film: Project, export: Export) -> None:
    assert "Make it again" not in page(studio, film)
    pick = Pick.objects.filter(content__scene__project=film).order_by("content__scene__start_frame")[0]
    review.redraw_image(pick, by=None, seen_take=1)
    drain()
    html = page(studio, film)
    assert "Of an older version" in html
    form = html.split("Make it again")[0].rsplit("<form", 1)[1]
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert studio.post(reverse("export-add", args=[film.code]), given).status_code == 302
    drain()
    newest = Export.objects.latest("pk")
    assert (newest.format, newest.quality, newest.final.version) == ("mp4", "1080p", 2)
