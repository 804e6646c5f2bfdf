"""What people hand in that cannot be: through the pages and through the commands, each with words that help, and with
nothing lost that was typed or made.
"""

from __future__ import annotations

import html
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from pipeline.ads.loading import FOLDER
from pipeline.models import Job
from pipeline.states import LIVE
from pipeline.steps import STEPS, export_video
from pipeline.tests.test_planner_ideas import LANGUAGES
from projects.flow import exports
from projects.models import AdTemplate, Asset, Export, FinalVideo, Look, Project, Soundtrack
from projects.tests import test_actions_exports as asking
from projects.tests.conftest import drain
from projects.tests.test_command_make_ad import BRIEF
from projects.tests.test_view_ads import logo, png, upload
from projects.tests.test_view_ads import send as send_ad
from projects.tests.test_view_idea_new import send as send_idea
from projects.tests.uploads import song_file, wav

LONG = "A boat leaves the harbor. " * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


@pytest.fixture
def studio(client: Client, alice: Any, quick: None) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    (tmp_path / "mug.png").write_bytes(png())
    (tmp_path / "logo.png").write_bytes(logo())
    return written(tmp_path)


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "brief.json"
    path.write_text(json.dumps({**BRIEF, **changes}))
    return path


def refused(*args: Any, **options: Any) -> str:
    """What a command says when it refuses."""
    with pytest.raises(CommandError) as error:
        call_command(*args, **options)
    assert "Traceback" not in str(error.value)
    return str(error.value)


def huge(side: int = 20_000) -> bytes:
    """A picture that is small as a file and enormous when it is opened."""
    out = io.BytesIO()
    Picture.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


# ideas ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idea", "words"),
    [("", "Say what the film is about"), (LONG, "at most 2000"), ("🌊", "too short"), ("\x00\x07\u202e", "Say what")],
    ids=["empty", "10,000 letters", "one emoji", "control characters"],
)
def test_an_idea_that_is_none_is_refused_on_the_page_and_in_the_terminal(studio: Client, idea: str, words: str) -> None:
    response = send_idea(studio, idea=idea, title="Kept")
    assert response.status_code == 422 and words in str(response.context["form"].errors["idea"])
    assert response.context["form"]["idea"].value() == idea and "Kept" in response.content.decode()
    assert words in refused("make_video", "--idea", idea)
    assert not Project.objects.exists()


def test_an_idea_in_any_of_37_languages_begins_a_film_and_stays_as_it_was_written(studio: Client) -> None:
    assert len(LANGUAGES) == 37
    for idea in LANGUAGES.values():
        response = send_idea(studio, idea=idea, seconds="6")
        assert response.status_code == 302, idea
        project = Project.objects.latest("pk")
        assert project.idea.text == idea and project.title
        assert response.url == reverse("project", args=[project.code])
    shown = html.unescape(studio.get(reverse("idea", args=[project.code])).content.decode())
    assert " ".join(idea.split()) in " ".join(shown.replace("<br>", " ").split())


@pytest.mark.parametrize(
    ("seconds", "idea", "words"),
    [
        ("30", "A 2 minute video of a boat on the sea", "names a film of 120 seconds, but the length is set to 30"),
        ("3", "A boat on the sea at night", "5 to 120"),
        ("999", "A boat on the sea at night", "5 to 120"),
    ],
)
def test_lengths_that_contradict_are_told(studio: Client, seconds: str, idea: str, words: str) -> None:
    response = send_idea(studio, idea=idea, seconds=seconds)
    assert response.status_code == 422 and words in str(response.context["form"].errors["seconds"])
    assert idea in response.content.decode()
    assert words in refused("make_video", "--idea", idea, "--seconds", seconds)


def test_an_ad_lasts_as_long_as_its_template_comes(studio: Client, brief: Path) -> None:
    response = send_ad(studio, length="45")
    assert response.status_code == 422 and "length" in response.context["form"].errors
    said = refused("make_video", ad="product_showcase", brief=brief, seconds=45)
    assert "15" in said and "30" in said and "60" in said


# templates --------------------------------------------------------------------------------------------------------


def broken(**changes: Any) -> bytes:
    data = json.loads((FOLDER / "announcement.json").read_bytes())
    data |= {"name": "own_kind", **changes}
    return json.dumps(data).encode()


def in_a_circle() -> bytes:
    data = json.loads(broken())
    data["beats"][0]["after"] = data["beats"][-1]["name"]
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (broken(beats=[]), "beats"),
        (broken(lengths={"30": {"nobody": 30}}), "beats that are missing: nobody"),
        (in_a_circle(), "circle"),
        (broken(grade="pinkish"), "no grade called “pinkish”"),
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (HTML, "not JSON"),
    ],
    ids=["no beats", "missing beats", "circle", "grade", "empty", "deep", "html"],
)
def test_a_template_that_does_not_hold_together_is_refused_on_the_desk(
    admin_client: Client, data: bytes, words: str
) -> None:
    file = SimpleUploadedFile("own.json", data)
    page = admin_client.post(reverse("admin:projects_adtemplate_add"), {"file": file, "enabled": "on"})
    assert page.status_code == 200
    shown = page.content.decode()
    assert words in shown or (not data and "empty" in shown)
    assert not AdTemplate.objects.exists()


# looks ------------------------------------------------------------------------------------------------------------

MILLION = b"LUT_3D_SIZE 64\n" + b"0 0 0\n" * 1_000_000
NOT_A_NUMBER = b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 7 + b"nan 0 0\n"
INFINITE = b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 7 + b"inf 0 0\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (NOT_A_NUMBER, "Line 9 of this look is not a color"),
        (INFINITE, "Line 9 of this look is not a color"),
        (MILLION, "262144 points, but there are more"),
        (b"LUT_3D_SIZE 100\n", "2 to 65 work here"),
        (HTML, "not a .cube file"),
    ],
    ids=["NaN", "infinite", "10^6 points", "100 on a side", "html"],
)
def test_a_look_that_is_none_is_refused_on_the_page_and_in_the_terminal(
    client: Client, alice: Any, film: Project, tmp_path: Path, data: bytes, words: str
) -> None:
    client.force_login(alice)
    response = client.post(reverse("look-add", args=[film.code]), {"cube": SimpleUploadedFile("my.cube", data)})
    assert response.status_code == 422 and words in response.content.decode()
    path = tmp_path / "my.cube"
    path.write_bytes(data)
    assert words in refused("refine_video", str(film.code), "--grade", str(path), "--out", str(tmp_path / "o.mp4"))
    assert not Look.objects.exists() and not Job.objects.filter(step="refine_video").exists()


# pictures ---------------------------------------------------------------------------------------------------------

PICTURES = {
    "1x1": (png((1, 1), (0, 0, 0, 0), "RGBA"), "too small"),
    "20,000x20,000": (huge(), "million pixels"),
    "svg": (SVG, "not a picture that can be read"),
    "html": (HTML, "not a picture that can be read"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("field", ["logo", "shots"])
def test_a_picture_that_is_none_is_refused_by_what_is_in_it(studio: Client, brief: Path, field: str, kind: str) -> None:
    data, words = PICTURES[kind]
    file = upload(data, "picture.png")
    response = send_ad(studio, **{field: [file] if field == "shots" else file})
    assert response.status_code == 422 and words in str(response.context["form"].errors[field])
    assert "Order at nordo.example" in response.content.decode()
    (brief.parent / "bad.png").write_bytes(data)
    changed = written(brief.parent, **{field: ["bad.png"] if field == "shots" else "bad.png"})
    said = refused("make_video", ad="product_showcase", brief=changed, seconds=15)
    assert said.startswith("bad.png: ") and (words in said or kind == "empty")
    assert not Project.objects.exists()


def test_the_same_photo_five_times_makes_an_ad_and_is_told(studio: Client) -> None:
    same = png((300, 300), (200, 30, 30))
    response = send_ad(studio, shots=[upload(same, f"{n}.png") for n in range(5)], way="autopilot")
    assert response.status_code == 302
    drain()
    project = Project.objects.get()
    assert project.renditions.get().final is not None
    page = studio.get(reverse("references", args=[project.code])).content.decode()
    assert Asset.objects.filter(kind="picture", sha256=project.references.all()[0].asset.sha256).count() == 1
    assert page.count("<li><div") == 5


# music ------------------------------------------------------------------------------------------------------------


def test_music_shorter_than_the_ad_is_refused_and_longer_music_is_taken(studio: Client, brief: Path) -> None:
    short = send_ad(studio, music="upload", music_file=song_file(wav(9)))
    assert short.status_code == 422
    words = str(short.context["form"].errors["music_file"])
    assert "9" in words and "15" in words and "Order at nordo.example" in short.content.decode()
    (brief.parent / "short.wav").write_bytes(wav(9))
    said = refused("make_video", ad="product_showcase", brief=written(brief.parent, music="short.wav"), seconds=15)
    assert "9" in said and "15" in said
    assert not Project.objects.exists()
    assert send_ad(studio, music="upload", music_file=song_file(wav(21))).status_code == 302
    assert Soundtrack.objects.get().source == "upload"


@pytest.mark.parametrize("data", [b"", SVG, png()], ids=["empty", "svg", "picture"])
def test_music_that_is_none_is_refused(studio: Client, data: bytes) -> None:
    response = send_ad(studio, music="upload", music_file=song_file(data, "music.mp3"))
    assert response.status_code == 422 and response.context["form"].errors["music_file"]
    assert "Order at nordo.example" in response.content.decode() and not Project.objects.exists()


# files ------------------------------------------------------------------------------------------------------------

WEBM = {"format": "webm", "quality": "720p", "captions": "film", "teaser_s": "0"}


def test_webm_asked_while_the_film_is_rebuilt_waits_and_is_made_of_the_new_film(
    client: Client, alice: Any, film: Project
) -> None:
    client.force_login(alice)
    asking.redraw_first(film)
    assert client.post(reverse("export-add", args=[film.code]), WEBM).status_code == 302
    page = client.get(reverse("exports", args=[film.code])).content.decode()
    assert asking.state(Export.objects.get()).state == "waiting" and "aits for the film" in page
    assert not Job.objects.filter(step="export_video").exists()
    drain()
    assert asking.state(Export.objects.get()).state == "ready"
    assert Export.objects.get().final == FinalVideo.objects.get(version=2)


@pytest.mark.parametrize("name", ["export_video", "bundle", "refine_video"])
def test_a_project_with_no_film_has_nothing_to_hand_out(
    client: Client, alice: Any, project: Project, tmp_path: Path, name: str
) -> None:
    client.force_login(alice)
    view = {"export_video": "export-add", "bundle": "bundle-add", "refine_video": "refine"}[name]
    data = WEBM if name != "refine_video" else {"intensity": "100", "loudness": "-140", "fade_in": "0", "fade_out": "0"}
    response = client.post(reverse(view, args=[project.code]), data)
    assert response.status_code in (409, 422) and "There is no film yet" in response.content.decode()
    more = ["--format", "webm"] if name == "export_video" else []
    out = tmp_path / "out.webm"
    assert "There is no film yet" in refused(name, str(project.code), *more, "--out", str(out))
    assert not out.exists() and not Export.objects.exists()


def test_a_full_disk_ends_an_export_in_words_and_loses_nothing(
    client: Client, alice: Any, film: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(alice)
    film_before = film.renditions.get().final
    good = STEPS["export_video"]

    def full(*_: Any) -> export_video.Output:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(STEPS, "export_video", type(good)(**{**vars(good), "run": full, "max_tries": 1}))
    client.post(reverse("export-add", args=[film.code]), WEBM)
    drain()
    page = client.get(reverse("exports", args=[film.code])).content.decode()
    assert "disk is full" in page and "OSError" not in page
    assert client.get(reverse("final", args=[film.code])).status_code == 200
    assert film.renditions.get().final == film_before
    export = Export.objects.get()
    assert exports.standing(export).state == "failed" and not export.file
    monkeypatch.setitem(STEPS, "export_video", good)
    client.post(reverse("export-retry", args=[export.code]))  # there is room again
    drain()
    assert asking.state(export).state == "ready"
    assert not Job.objects.filter(state__in=LIVE).exists()
