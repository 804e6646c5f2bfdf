"""Markup, control characters and lengths in every text that people write: kept as words or refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.forms import NewVideoForm
from projects.models import Approval, Project
from projects.tests.conftest import drain
from projects.tests.reviewing import HTMX, at_images, image_of, scenes

pytestmark = pytest.mark.postgres  # whose texts take no NUL

HOSTILE = "<script>alert(1)</script> \x00nul \x1b[31mred \u202egnp.exe \x07 & 'quoted' 😀"
CONTROLS = ("\x00", "\x1b", "\x07", "\u202e")


def clean(text: str) -> bool:
    return "<script>alert(1)</script>" in text and not any(sign in text for sign in CONTROLS)


def every_page_shows_it_as_text(client: Client, project: Project) -> None:
    for name in ("projects", "project", "song", "scenes", "images", "clips", "final"):
        html = client.get(reverse(name, args=[] if name == "projects" else [project.code])).content.decode()
        assert "<script>alert" not in html, name
        assert not any(sign in html for sign in CONTROLS), name


def test_words_for_a_picture_and_a_reason(studio: Client, project: Project) -> None:
    at_images(project)
    scene, image = scenes(project)[0], image_of(project, 0)
    words = {"aspect": "16:9", "text": HOSTILE, "seen_take": 1}
    assert studio.post(reverse("prompt-edit", args=[scene.code]), words, headers=HTMX).status_code == 200
    prompt = scenes(project)[0].content.prompt
    assert prompt is not None
    assert clean(prompt.text)
    drain()
    image = image_of(project, 0)
    why = {"aspect": "16:9", "seen": "pending", "reason": HOSTILE}
    assert studio.post(reverse("image-reject", args=[image.code]), why, headers=HTMX).status_code == 200
    assert clean(Approval.objects.filter(image=image).latest("pk").reason)
    every_page_shows_it_as_text(studio, project)


def test_what_a_scene_shows(studio: Client, film: Project) -> None:
    scene = scenes(film)[0]
    editor = studio.get(reverse("scene-edit", args=[scene.code]), headers=HTMX).content.decode()
    seen = editor.partition('name="seen" value="')[2].partition('"')[0]
    fields = {"seen": seen, "description": HOSTILE, "mood": "calm", "camera": "drift", "transition": "cut", "sure": "1"}
    answer = studio.post(reverse("scene-edit", args=[scene.code]), fields | {"transition_frames": "12"}, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()[:300]
    assert clean(scenes(film)[0].content.description)
    drain()
    every_page_shows_it_as_text(studio, film)


JOINED = "می\u200cخواهم 👩\u200d🚀 क्\u200dष"  # Persian, an emoji and Hindi, each other words without their joiners


def test_what_joins_letters_stays_in_a_scene_and_in_its_caption(studio: Client, idea_film: Project) -> None:
    scene = scenes(idea_film)[0]
    fields = {"description": f"A harbor. {JOINED}", "caption": JOINED, "mood": "calm", "camera": "drift", "sure": "1"}
    assert studio.post(reverse("scene-edit", args=[scene.code]), fields, headers=HTMX).status_code == 200
    content = scenes(idea_film)[0].content
    assert (content.description, content.caption) == (f"A harbor. {JOINED}", JOINED)


def test_lines_of_the_lyrics_and_a_pasted_text(studio: Client, film: Project) -> None:
    assert film.transcript is not None
    line = {"text": HOSTILE, "start_ms": 1000, "end_ms": 3000}
    body = json.dumps({"take": film.transcript.take, "lines": [line]})
    url = reverse("lyrics-save", args=[film.code])
    answer = studio.post(url, body, content_type="application/json", headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content.decode()[:300]
    film.refresh_from_db()
    assert clean(film.lyrics().lines[0].text)
    plain = {"take": film.transcript.take, "text": f"[00:01.00]{HOSTILE}\n[00:04.00]second"}
    assert studio.post(url, plain).status_code in (302, 422)
    pasted = studio.post(reverse("lyrics-import", args=[film.code]), {"take": film.transcript.take, "pasted": HOSTILE})
    assert pasted.status_code in (200, 422)
    drain()
    every_page_shows_it_as_text(studio, film)


@pytest.mark.parametrize("length", [200, 201])
def test_a_title_at_its_limit(studio: Client, settings: Any, length: int) -> None:
    settings.OMVEE_DOORBELL = False
    answer = studio.post(reverse("project-new"), {"title": "x" * length, "artist": "y" * length, "lyrics": "la"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert ("at most 200 characters" in html) is (length > 200)
    assert f'value="{"x" * length}"' in html, "what was typed stays"
    assert "la</textarea>" in html


def test_a_title_loses_its_control_characters(studio: Client, settings: Any) -> None:
    settings.OMVEE_DOORBELL = False
    html = studio.post(reverse("project-new"), {"title": HOSTILE, "artist": HOSTILE}).content.decode()
    assert "Null characters" not in html
    form = NewVideoForm({"title": HOSTILE, "artist": HOSTILE})
    form.is_valid()
    assert clean(form.cleaned_data["title"])
    assert clean(form.cleaned_data["artist"])


@pytest.mark.parametrize(("name", "field", "most"), [("prompt-edit", "text", 4000), ("image-reject", "reason", 500)])
def test_texts_at_their_limits(studio: Client, project: Project, name: str, field: str, most: int) -> None:
    at_images(project)
    code = scenes(project)[0].code if name == "prompt-edit" else image_of(project, 0).code
    for length, status in ((most + 1, 409), (most, 200)):
        data = {"aspect": "16:9", "seen": "pending", "seen_take": 1, field: "w" * length}
        answer = studio.post(reverse(name, args=[code]), data, headers=HTMX)
        assert answer.status_code == status
        if status == 409:
            assert str(most) in answer["HX-Trigger"]
