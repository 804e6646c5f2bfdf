"""A new video: what is taken, what is refused and in which words, and that nothing is left of what was refused."""

from __future__ import annotations

import html
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.urls import reverse

from pipeline import credentials
from projects.models import Asset, Project, Song
from projects.tests import uploads
from projects.tests.uploads import filled_in, part, song_file, wav


@pytest.fixture
def studio(client: Client, alice: Any, settings: Any) -> Client:
    settings.OMVEE_DOORBELL = False
    client.force_login(alice)
    return client


def send(client: Client, **changes: Any) -> Any:
    return client.post(reverse("project-new"), filled_in(**changes))


def errors(response: Any, field: str) -> str:
    return " ".join(response.context["form"].errors.get(field, []))


def files_left() -> list[Path]:
    folders = (Path(site.MEDIA_ROOT), Path(site.FILE_UPLOAD_TEMP_DIR))
    return [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]


def test_it_shows_the_form_with_every_look(studio: Client) -> None:
    response = studio.get(reverse("project-new"))
    assert response.status_code == 200
    assert response.content.count(b'name="style"') == 13
    assert b"up to 50 MB and 20 minutes" in response.content


def test_it_begins_a_project_and_goes_to_its_page(studio: Client, alice: Any) -> None:
    response = send(studio, title="Harbor", artist="Alice", lyrics="one line", aspect="9:16", captions="subtitle")
    project = Project.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("project", args=[project.code])
    assert (project.owner, project.title, project.artist, project.style) == (alice, "Harbor", "Alice", "cinematic")
    rendition = project.renditions.get()
    assert (rendition.aspect, rendition.captions, rendition.resolution) == ("9:16", "subtitle", "480p")
    assert project.song.lyrics_text == "one line"
    assert list(project.jobs.values_list("step", "state")) == [("analyze_song", "queued")]
    assert project.song.asset.file.read() == wav()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("my_first song.wav", "my first song"),
        ("../../etc/passwd.wav", "passwd"),
        ("..\\..\\windows.mp3", "windows"),
        ("🌊🎵.wav", "🌊🎵"),
        ("مرحبا.wav", "مرحبا"),
        ("wrong extension.exe", "wrong extension"),
        ("no extension", "no extension"),
    ],
)
def test_it_makes_a_title_of_any_file_name_and_no_path(studio: Client, name: str, title: str) -> None:
    assert send(studio, song=song_file(name=name)).status_code == 302
    assert Project.objects.get().title == title
    key = Asset.objects.get().file.name
    assert key.startswith("u/")
    assert ".." not in key
    assert key.endswith(".wav")


def test_it_takes_a_name_of_300_letters(studio: Client) -> None:
    assert send(studio, song=song_file(name="x" * 296 + ".wav")).status_code == 302
    assert 100 < len(Project.objects.get().title) <= 200


@pytest.mark.parametrize("filename", ["no\x00name.wav", "a\x00/../../b.wav", ".", "..", "/"])
def test_it_survives_file_names_that_no_browser_sends(studio: Client, filename: str) -> None:
    fields = [part(name, str(value)) for name, value in filled_in(song=None).items()]
    song = part("song", wav().decode("latin-1"), filename=filename)
    body = b"".join([song, *fields]) + b"--frontier--\r\n"
    response = studio.generic("POST", reverse("project-new"), body, "multipart/form-data; boundary=frontier")
    assert response.status_code in (302, 400, 422)
    assert Asset.objects.count() == (response.status_code == 302)
    for asset in Asset.objects.all():
        assert asset.name.isprintable()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"just some words, no song at all" * 40, "not a song"),
        (b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "not a song"),
        (b"ffconcat version 1.0\nfile song.wav\n", "not a song"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "not a song"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 400, "not a song"),
        (wav(1.0), "at least"),
        (wav(6.0, loud=0.0), "silent"),
        (wav()[: len(wav()) // 2], "ends early"),
    ],
)
def test_it_refuses_what_is_no_song_at_the_field_and_keeps_nothing(studio: Client, data: bytes, says: str) -> None:
    before = files_left()
    response = send(studio, song=song_file(data, "song.mp3"), title="Kept title", lyrics="kept words", aspect="1:1")
    assert response.status_code == 422
    assert says in errors(response, "song"), errors(response, "song")
    assert (Project.objects.count(), Asset.objects.count()) == (0, 0)
    assert files_left() == before
    shown = response.content.decode()
    assert 'value="Kept title"' in shown
    assert "kept words</textarea>" in shown
    checked = re.findall(r'<input type="radio" name="(\w+)"[^>]*value="([^"]+)"[^>]*\bchecked', shown)
    assert dict(checked) == {"style": "cinematic", "aspect": "1:1", "captions": "karaoke"}


def test_it_says_so_when_the_song_is_missing(studio: Client) -> None:
    response = send(studio, song=None)
    assert response.status_code == 422
    assert errors(response, "song") == "Choose the song that the video is for."
    assert 'id="field-song"' in response.content.decode()


def test_it_refuses_a_song_that_is_longer_than_the_limit(studio: Client, settings: Any) -> None:
    settings.OMVEE_MAX_SONG_SECONDS = 60
    response = send(studio, song=song_file(uploads.silent_hours(62)))
    assert response.status_code == 422
    assert "1:00" in errors(response, "song") or "minute" in errors(response, "song"), errors(response, "song")


def test_it_refuses_a_body_that_is_too_large_before_reading_it(studio: Client, settings: Any) -> None:
    settings.OMVEE_MAX_UPLOAD_BYTES = 1000
    before = files_left()
    response = studio.generic(
        "POST", reverse("project-new"), b"x" * 2_000_000, "multipart/form-data; boundary=frontier"
    )
    assert response.status_code == 413
    assert b"too large" in response.content
    assert files_left() == before


def test_it_refuses_a_song_over_the_limit_whose_body_passed_the_gate(studio: Client, settings: Any) -> None:
    settings.OMVEE_MAX_UPLOAD_BYTES = len(wav()) - 1
    response = send(studio)
    assert response.status_code == 422
    assert "MB" in errors(response, "song") or "large" in errors(response, "song"), errors(response, "song")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_tab_closed_on_the_way_leaves_nothing(studio: Client, kept: float) -> None:
    fields = b"".join(part(name, str(value)) for name, value in filled_in(song=None).items())
    body = part("song", wav().decode("latin-1"), filename="song.wav") + fields + b"--frontier--\r\n"
    before = files_left()
    cut = body[: int(len(body) * kept)]
    response = studio.generic("POST", reverse("project-new"), cut, "multipart/form-data; boundary=frontier")
    assert response.status_code in (400, 422)
    assert (Project.objects.count(), Asset.objects.count()) == (0, 0)
    assert files_left() == before


def test_it_reads_lyrics_in_another_encoding(studio: Client) -> None:
    cyrillic = "Море помнит имя моё\nи звёзды над городом зовут меня опять\n".encode("cp1251")
    assert send(studio, lyrics_file=song_file(cyrillic, "слова.txt")).status_code == 302
    assert "звёзды над городом" in Song.objects.get().lyrics_text


def test_a_lyrics_file_counts_instead_of_the_text(studio: Client) -> None:
    lrc = b"[00:01.00]from the file\n"
    assert send(studio, lyrics="from the text", lyrics_file=song_file(lrc, "words.lrc")).status_code == 302
    song = Song.objects.get()
    assert (song.lyrics_text, song.lyrics_name) == (lrc.decode(), "words.lrc")


def test_it_takes_lyrics_that_go_on_longer_than_the_song(studio: Client) -> None:
    lines = "\n".join(f"[{minute:02d}:00.00]line {minute}" for minute in range(40))
    assert send(studio, lyrics=lines).status_code == 302


@pytest.mark.parametrize(
    ("field", "data", "says"),
    [
        ("lyrics_file", b"", "empty"),
        ("lyrics_file", b"  \n\n ", "no words"),
        ("lyrics_file", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x01\x02" * 30, "cannot be read"),
        ("lyrics_file", b"la " * 100_000, "200 kB"),
    ],
)
def test_it_refuses_unreadable_lyrics_at_their_field(studio: Client, field: str, data: bytes, says: str) -> None:
    response = send(studio, lyrics_file=song_file(data, "words.txt"))
    assert response.status_code == 422
    assert says in errors(response, field)
    assert not Asset.objects.exists()


def test_it_refuses_endless_lines(studio: Client) -> None:
    response = send(studio, lyrics="la" * 600)
    assert response.status_code == 422
    assert "characters" in errors(response, "lyrics")


def test_it_asks_when_an_instrumental_has_words(studio: Client) -> None:
    response = send(studio, lyrics="some words", instrumental="on")
    assert response.status_code == 422
    assert errors(response, "instrumental")
    assert send(studio, instrumental="on").status_code == 302
    assert Song.objects.get().instrumental


@pytest.mark.parametrize(
    ("field", "value"), [("style", "nope"), ("aspect", "2:1"), ("captions", ""), ("resolution", "8k")]
)
def test_it_refuses_choices_that_do_not_exist(studio: Client, field: str, value: str) -> None:
    response = send(studio, **{field: value})
    assert response.status_code == 422
    assert errors(response, field)


def test_it_escapes_what_was_typed(studio: Client) -> None:
    response = send(studio, song=None, title='"><script>alert(1)</script>', lyrics="</textarea><script>x</script>")
    shown = response.content.decode()
    assert "<script>alert" not in shown
    assert "</textarea><script>" not in shown
    assert html.escape("</textarea><script>x") in shown


def test_the_same_song_of_one_owner_is_stored_once(studio: Client) -> None:
    send(studio)
    send(studio)
    assert (Project.objects.count(), Asset.objects.count()) == (2, 1)


@pytest.mark.parametrize("query", ["owner=2", "stopped_at=now"])
def test_it_takes_no_other_fields(studio: Client, query: str, charlie: Any) -> None:
    name, value = query.split("=")
    assert send(studio, **{name: value}).status_code == 302
    project = Project.objects.get()
    assert project.owner != charlie
    assert project.stopped_at is None


def test_a_stranger_to_the_site_goes_to_the_login(client: Client, db: None) -> None:
    for response in (client.get(reverse("project-new")), client.post(reverse("project-new"), filled_in())):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")
    assert not Asset.objects.exists()


def test_it_needs_the_token_of_its_own_page(alice: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(reverse("project-new"), filled_in()).status_code == 403
    assert not Project.objects.exists()


def test_two_uploads_at_once_are_two_projects(transactional_db: None, settings: Any) -> None:
    from django.contrib.auth import get_user_model

    settings.OMVEE_DOORBELL = False
    user = get_user_model().objects.create_user("alice", "alice@example.org", "alice-secret-1")
    answers: list[int] = []
    together = threading.Barrier(2)

    def upload(number: int) -> None:
        client = Client()
        client.force_login(user)
        together.wait(120)
        answers.append(send(client, song=song_file(wav(6.0 + number / 10)), title=f"Song {number}").status_code)
        connection.close()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert answers == [302, 302]
    assert sorted(Project.objects.values_list("title", flat=True)) == ["Song 0", "Song 1"]


def test_a_film_is_begun_with_the_makers_chosen_and_nothing_spent(studio: Client) -> None:
    assert "Who makes it" not in studio.get(reverse("project-new")).content.decode()  # without a key there is no choice
    credentials.keep_key("replicate", "x")
    page = studio.get(reverse("project-new")).content.decode()
    flux = "replicate:black-forest-labs/flux-schnell:draft"
    assert f'value="{flux}"' in page
    assert "nothing is spent before you agree" in page
    makers = {"maker-generate_image": flux, "maker-generate_clip": "local"}
    assert send(studio, **makers).status_code == 302
    project = Project.objects.get()
    assert project.providers == {"generate_image": flux}
    assert not project.consents.exists()
    assert "To finish this film" in studio.get(reverse("project", args=[project.code])).content.decode()


def test_a_maker_that_is_gone_is_told_and_the_choice_is_kept(studio: Client) -> None:
    credentials.keep_key("replicate", "x")
    response = send(studio, **{"maker-generate_image": "replicate:nobody/gone", "maker-generate_clip": "local"})
    assert response.status_code == 422
    assert "not offered any more" in response.content.decode()
    assert not Project.objects.exists()
    assert files_left() == []
