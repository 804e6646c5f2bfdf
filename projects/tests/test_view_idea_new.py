"""The form of a film from an idea: what it takes, and what it says when it cannot."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from pipeline.media.audio.synth.songs import test_song, write_wav
from projects.models import Image, Project
from projects.tests.conftest import drain

IDEA = "A small boat leaves the harbor at night. The rain begins."


def filled_in(**changes: Any) -> dict[str, Any]:
    usual = {"idea": IDEA, "seconds": "12", "style": "cinematic", "aspect": "16:9", "resolution": "480p"}
    return usual | {"narration": "on", "music": "compose", "guided": "show", "way": "autopilot"} | changes


@pytest.fixture
def studio(client: Client, alice: Any, quick: None) -> Client:
    client.force_login(alice)
    return client


def send(client: Client, **changes: Any) -> Any:
    return client.post(reverse("idea-new"), filled_in(**changes))


def picture(color: tuple[int, int, int] = (20, 40, 160), name: str = "blue.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Picture.fromarray(np.full((80, 120, 3), color, np.uint8)).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


@pytest.fixture(scope="module")
def eight_seconds(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("music") / "music.wav"
    write_wav(test_song(120, 8.0), path)
    return path.read_bytes()


def test_a_few_words_become_a_project(studio: Client) -> None:
    response = send(studio)
    project = Project.objects.get()
    assert response.url == reverse("project", args=[project.code])
    assert (project.kind, project.length_frames, project.title) == (
        "prompt_video",
        360,
        "A small boat leaves the harbor at night",
    )
    assert project.renditions.get().captions == "subtitle"


def test_who_decides_goes_on_at_the_scenes(studio: Client) -> None:
    response = send(studio, way="deciding")
    assert response.url == reverse("scenes", args=[Project.objects.get().code])


def test_the_page_offers_both_ways_in(studio: Client) -> None:
    for name in ("project-new", "idea-new"):
        shown = studio.get(reverse(name)).content.decode()
        assert reverse("project-new") in shown and reverse("idea-new") in shown


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"idea": ""}, "idea", "Say what the film is about."),
        ({"idea": "   \n\x00\x07 "}, "idea", "Say what the film is about."),
        ({"idea": "🌊"}, "idea", "too short"),
        ({"idea": "!!! ??? ... --- !!!"}, "idea", "too short"),
        ({"idea": "sea " * 2500}, "idea", "at most 2000"),
        ({"seconds": "4"}, "seconds", "5 to 120 seconds"),
        ({"seconds": "121"}, "seconds", "5 to 120 seconds"),
        ({"seconds": ""}, "seconds", "5 to 120 seconds"),
        ({"seconds": "ten"}, "seconds", "5 to 120 seconds"),
        ({"idea": "Make a 90 second film about the sea at night"}, "seconds", "names a film of 90 seconds"),
        ({"idea": "A 1 minute video, no, a 20s clip of the sea"}, "seconds", "20 / 60 seconds"),
        ({"music": "upload"}, "music_file", "Choose the music"),
        ({"style": "no-such"}, "style", "no-such"),
        ({"mood": "angry"}, "mood", "angry"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_nothing_typed_is_lost(
    studio: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    response = send(studio, title="My own title", **changes)
    assert response.status_code == 422 and not Project.objects.exists()
    assert words in str(response.context["form"].errors[field])
    shown = response.content.decode()
    assert "My own title" in shown
    if changes.get("idea", IDEA).strip("\x00\x07 \n"):
        assert changes.get("idea", IDEA)[:40].strip() in shown


def test_markup_and_control_characters_are_words_and_nothing_else(studio: Client) -> None:
    send(studio, idea="<script>alert(1)</script> A boat\u202e\x00 on the\tsea <b>at night</b>")
    project = Project.objects.get()
    assert project.idea.text == "<script>alert(1)</script> A boat on the sea <b>at night</b>"
    drain()
    for name in ("project", "idea", "scenes"):
        assert "<script>alert(1)" not in studio.get(reverse(name, args=[project.code])).content.decode()


def test_pictures_are_shown_as_scenes(studio: Client) -> None:
    send(studio, seconds="16", references=[picture(), picture((160, 30, 20), "red.png")])
    project = Project.objects.get()
    drain()
    shown = Image.objects.filter(content__project=project, provider="upload", content__scene__isnull=False)
    assert shown.count() == 2 and project.references.count() == 2
    assert project.renditions.get().final is not None
    page = studio.get(reverse("idea", args=[project.code])).content.decode()
    assert page.count(reverse("media", args=["reference", project.references.all()[0].asset.code])) == 1


def test_pictures_that_a_short_film_has_no_scene_for_are_told(studio: Client) -> None:
    send(studio, seconds="5", references=[picture(), picture((160, 30, 20), "red.png")])
    project = Project.objects.get()
    page = reverse("idea", args=[project.code])
    assert "in no scene" not in studio.get(page).content.decode()
    drain()
    assert project.scenes.count() == 1
    assert "1 of them is in no scene" in studio.get(page).content.decode()


def test_a_reference_is_shown_around_what_stands_out_in_it(studio: Client) -> None:
    pixels = np.full((360, 640, 3), (200, 215, 230), np.uint8)
    pixels[60:140, 80:160] = (190, 30, 40)
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG")
    send(studio, references=[SimpleUploadedFile("ball.png", out.getvalue(), "image/png")])
    drain()
    image = Image.objects.get(provider="upload", content__scene__isnull=False)
    assert abs(image.focus_x - 187) < 60 and abs(image.focus_y - 278) < 80


def test_pictures_can_lend_their_colors_only(studio: Client) -> None:
    send(studio, guided="guide", references=[picture((235, 150, 60), "warm.png")])
    drain()
    project = Project.objects.get()
    assert not Image.objects.filter(provider="upload").exists()
    assert set(project.contents.filter(scene__isnull=False).values_list("palette", flat=True)) <= {"sunset", "golden"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (lambda: [picture() for _ in range(6)], "At most 5"),
        (lambda: [SimpleUploadedFile("page.png", b"<html><body>no picture", "image/png")], "page.png"),
        (lambda: [SimpleUploadedFile("none.png", b"", "image/png")], "This file is empty."),
    ],
)
def test_pictures_that_are_none_or_too_many_are_refused(studio: Client, files: Any, words: str) -> None:
    response = send(studio, references=files())
    assert response.status_code == 422 and not Project.objects.exists()
    assert words in str(response.context["form"].errors["references"])


def test_music_as_long_as_the_film_is_taken(studio: Client, eight_seconds: bytes) -> None:
    upload = SimpleUploadedFile("music.wav", eight_seconds, "audio/wav")
    send(studio, seconds="6", music="compose", music_file=upload)
    assert Project.objects.get().soundtrack.source == "upload"  # who chose a file wants to hear it


def test_music_that_ends_before_the_film_is_refused(studio: Client, eight_seconds: bytes) -> None:
    upload = SimpleUploadedFile("music.wav", eight_seconds, "audio/wav")
    response = send(studio, seconds="30", music="upload", music_file=upload)
    assert response.status_code == 422
    assert "never looped" in str(response.context["form"].errors["music_file"])


def test_a_stranger_has_to_sign_in(client: Client, db: None) -> None:
    for response in (client.get(reverse("idea-new")), client.post(reverse("idea-new"), filled_in())):
        assert response.status_code == 302 and "login" in response.url
