"""The song page and its requests: whose they are, what they refuse and in which words, and that nothing is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.actions import lyrics as words
from projects.actions.create import create_music_video
from projects.models import Approval, Asset, Project
from projects.tests.conftest import drain

pytestmark = pytest.mark.django_db
GETS = ("song", "song-data")
POSTS = (
    "song-beats",
    "project-autopilot",
    "lyrics-save",
    "lyrics-check",
    "lyrics-import",
    "lyrics-approve",
    "lyrics-instrumental",
)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def deciding(quick: None, asset: Asset, alice: Any) -> Project:
    project = create_music_video(asset, by=alice, title="Harbor", autopilot=False)
    drain()
    project.refresh_from_db()
    return project


def at(name: str, project: Project, *more: Any) -> str:
    return reverse(name, args=[project.code, *more])


def rows(project: Project, **changes: Any) -> list[dict[str, Any]]:
    """The lines as the script sends them, the fourth one changed."""
    return [
        {"text": line.text, "start_ms": line.start_ms, "end_ms": line.end_ms, "was": index}
        | (changes if index == 3 else {})
        for index, line in enumerate(project.lyrics().lines)
    ]


def send(client: Client, name: str, project: Project, lines: Any, take: int = 1) -> Any:
    body = json.dumps({"take": take, "lines": lines})
    return client.post(at(name, project), body, content_type="application/json", **JSON)


def test_its_owner_sees_song_words_and_gate(studio: Client, deciding: Project) -> None:
    response = studio.get(at("song", deciding))
    html = response.content.decode()
    assert response.status_code == 200
    assert "stars above the water" in html
    assert "120 bpm" in html
    assert "Approve the lyrics" in html
    assert f'src="{reverse("media", args=["song", deciding.song.asset.code])}"' in html


def test_the_nonce_for_styles_is_on_this_page_only(studio: Client, deciding: Project) -> None:
    response = studio.get(at("song", deciding))
    nonce = re.search(r'data-nonce="([^"]{8,})"', response.content.decode())
    assert nonce
    assert f"style-src 'self' 'nonce-{nonce[1]}'" in response["Content-Security-Policy"]
    assert "nonce-" not in studio.get(at("project", deciding))["Content-Security-Policy"]


def test_it_waits_until_the_song_is_heard(studio: Client, quick: None, asset: Asset, alice: Any) -> None:
    project = create_music_video(asset, by=alice, title="Harbor")
    assert "Listening to the song" in studio.get(at("song", project)).content.decode()
    assert studio.get(at("song-data", project)).status_code == 409


@pytest.mark.parametrize("name", GETS)
def test_a_stranger_finds_nothing(client: Client, charlie: Any, deciding: Project, name: str) -> None:
    assert client.get(at(name, deciding)).status_code == 302
    client.force_login(charlie)
    assert client.get(at(name, deciding)).status_code == 404
    assert client.post(at(name, deciding)).status_code == 405


@pytest.mark.parametrize("name", POSTS)
def test_a_stranger_changes_nothing(client: Client, charlie: Any, deciding: Project, name: str) -> None:
    assert client.post(at(name, deciding)).status_code == 302
    client.force_login(charlie)
    assert client.post(at(name, deciding)).status_code == 404
    assert client.get(at(name, deciding)).status_code in (404, 405)
    assert not Approval.objects.exists()


def test_every_address_of_it_goes_with_the_project(studio: Client, deciding: Project) -> None:
    Project.objects.update(trashed_at=deciding.created_at)
    for name in GETS:
        assert studio.get(at(name, deciding)).status_code == 404
    assert studio.get(at("lyrics-export", deciding, "lrc")).status_code == 404


def test_its_data_are_peaks_beats_sections_and_lines(studio: Client, deciding: Project) -> None:
    data = studio.get(at("song-data", deciding)).json()
    assert data["duration_ms"] == 24_000
    assert data["beats_ms"][:3] == [0, 500, 1000]
    assert [section["label"] for section in data["sections"]] == ["Verse", "Chorus"]
    assert data["lines"][3]["text"] == "stars above the water"
    assert data["take"] == 1


def test_a_script_saves_and_is_given_what_stands(studio: Client, deciding: Project) -> None:
    answer = send(studio, "lyrics-save", deciding, rows(deciding, text="clouds <b>above</b>"))
    assert answer.status_code == 200
    assert answer.json()["take"] == 2
    assert answer.json()["lines"][3]["text"] == "clouds <b>above</b>"
    html = studio.get(at("song", deciding)).content.decode()
    assert "&lt;b&gt;above" in html
    assert "<b>above" not in html


def test_a_save_says_what_it_repaired(studio: Client, deciding: Project) -> None:
    answer = send(studio, "lyrics-save", deciding, rows(deciding, end_ms=23_000))
    assert "ran into the next one" in " ".join(answer.json()["notes"])


def test_a_stale_save_is_a_409_with_the_new_state(studio: Client, deciding: Project) -> None:
    send(studio, "lyrics-save", deciding, rows(deciding, text="theirs"))
    deciding.refresh_from_db()
    answer = send(studio, "lyrics-save", deciding, rows(deciding, text="mine"), take=1)
    assert answer.status_code == 409
    assert (answer.json()["take"], answer.json()["lines"][3]["text"]) == (2, "theirs")
    assert "changed meanwhile" in answer.json()["error"]
    deciding.refresh_from_db()
    assert deciding.lyrics().lines[3].text == "theirs"


def test_a_check_tells_and_saves_nothing(studio: Client, film: Project) -> None:
    answer = send(studio, "lyrics-check", film, rows(film, text="clouds above")).json()
    assert (answer["scenes"], answer["of"]) == ([4], 6)
    assert answer["words"] == "Scene 4 is rendered again."
    assert film.transcripts.count() == 1
    assert send(studio, "lyrics-check", film, rows(film)).json()["words"] == "No scene is rendered again."
    assert send(studio, "lyrics-check", film, [], take=7).status_code == 409


@pytest.mark.parametrize(
    ("lines", "status", "said"),
    [
        ([{"text": "late", "start_ms": 90_000, "end_ms": 91_000}], 422, "when the song is over (0:24)"),
        ([{"text": "x" * 501, "start_ms": 1000}], 422, "has 501 characters"),
        ([{"text": "a", "start_ms": 1}, {"text": "b"}], 422, "Line 2 has no time yet"),
        ([{"text": "la", "start_ms": at} for at in range(2001)], 422, "2001 lines"),
        ([{"text": "a", "start_ms": -1}], 400, "cannot be read"),
        ([{"text": "a", "start_ms": 1.5}], 400, "cannot be read"),
        ([{"text": "a", "start_ms": 10**12}], 400, "cannot be read"),
        ([{"words": "a"}], 400, "cannot be read"),
        ("no list", 400, "cannot be read"),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_in_words(
    studio: Client, deciding: Project, lines: Any, status: int, said: str
) -> None:  # fmt: skip
    for name in ("lyrics-save", "lyrics-check"):
        answer = send(studio, name, deciding, lines)
        assert answer.status_code == (200 if name == "lyrics-check" and status == 422 else status)
        assert said in answer.json()["error"]
    assert deciding.transcripts.count() == 1


def test_two_thousand_lines_are_saved(studio: Client, deciding: Project) -> None:
    song = deciding.song
    song.analysis |= {"duration_ms": 1_200_000}
    song.save()
    many = [{"text": f"la {number}", "start_ms": 500 * number, "end_ms": 500 * number + 450} for number in range(2000)]
    assert send(studio, "lyrics-save", deciding, many).status_code == 200
    assert len(studio.get(at("song-data", deciding)).json()["lines"]) == 2000
    assert studio.get(at("song", deciding)).status_code == 200


def test_garbage_is_no_json(studio: Client, deciding: Project) -> None:
    answer = studio.post(at("lyrics-save", deciding), b"\xff{", content_type="application/json", **JSON)
    assert answer.status_code == 400


# -- without a script ------------------------------------------------------------------------------------------------


def test_a_form_saves_a_text_with_times(studio: Client, deciding: Project) -> None:
    text = "[00:01.200]the harbor lights are low\n[00:05.000]a new line\n"
    answer = studio.post(at("lyrics-save", deciding), {"take": 1, "text": text}, follow=True)
    assert answer.redirect_chain[0][0] == at("song", deciding)
    assert "Saved." in answer.content.decode()
    deciding.refresh_from_db()
    assert [line.text for line in deciding.lyrics().lines] == ["the harbor lights are low", "a new line"]


def test_a_form_that_is_refused_keeps_its_text(studio: Client, deciding: Project) -> None:
    answer = studio.post(at("lyrics-save", deciding), {"take": 1, "text": "[09:00.00]my <late> line"})
    assert answer.status_code == 422
    assert "when the song is over" in answer.content.decode()
    assert "my &lt;late&gt; line" in answer.content.decode()


def test_a_stale_form_is_shown_both(studio: Client, deciding: Project) -> None:
    send(studio, "lyrics-save", deciding, rows(deciding, text="theirs"))
    answer = studio.post(at("lyrics-save", deciding), {"take": 1, "text": "[00:01.00]mine"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "[00:01.00]mine" in html
    assert "theirs" in html
    assert html.count('name="take" value="2"') >= 2


# -- the gate --------------------------------------------------------------------------------------------------------


def test_approving_passes_the_gate(studio: Client, deciding: Project) -> None:
    answer = studio.post(at("lyrics-approve", deciding), {"take": 1})
    assert answer["Location"] == reverse("scenes", args=[deciding.code])
    assert Approval.objects.get().transcript.take == 1
    assert Job.objects.filter(step="plan_scenes").count() == 1
    html = studio.get(at("song", deciding)).content.decode()
    assert "Approved, version 1" in html
    assert "alice@example.org" in html


@pytest.mark.parametrize("name", ["lyrics-approve", "lyrics-instrumental"])
def test_a_verdict_on_words_that_changed_is_a_409(studio: Client, deciding: Project, name: str) -> None:
    send(studio, "lyrics-save", deciding, rows(deciding, text="theirs"))
    answer = studio.post(at(name, deciding), {"take": 1, "instrumental": "on"})
    assert answer.status_code == 409
    assert "The lyrics have changed meanwhile" in answer.content.decode()
    assert "theirs" in answer.content.decode()
    assert not Approval.objects.exists()


def test_an_instrumental_and_back(studio: Client, deciding: Project) -> None:
    studio.post(at("lyrics-instrumental", deciding), {"take": 1, "instrumental": "on"})
    assert "There are words after all" in studio.get(at("song", deciding)).content.decode()
    studio.post(at("lyrics-instrumental", deciding), {"take": 2, "instrumental": "off"})
    deciding.refresh_from_db()
    assert len(deciding.lyrics().lines) == 6


def test_the_switch_goes_back_to_where_it_was_pressed(studio: Client, deciding: Project) -> None:
    answer = studio.post(at("project-autopilot", deciding), {"autopilot": "on", "back": "song"})
    assert answer["Location"] == at("song", deciding)
    answer = studio.post(at("project-autopilot", deciding), {"autopilot": "off"})
    assert answer["Location"] == reverse("project", args=[deciding.code])
    deciding.refresh_from_db()
    assert not deciding.autopilot


# -- the beat --------------------------------------------------------------------------------------------------------


def test_buttons_set_the_beat_and_the_script_gets_the_new_ones(studio: Client, deciding: Project) -> None:
    wanted = {"seen": "100:0", "beats": "200:-10"}
    answer = studio.post(at("song-beats", deciding), wanted, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    assert "240 bpm" in answer.content.decode()
    assert answer["HX-Trigger"] == "omvee:beats"
    assert studio.get(at("song-data", deciding)).json()["beats_ms"][:2] == [240, 490]
    assert studio.post(at("song-beats", deciding), wanted, HTTP_HX_REQUEST="true").status_code == 409
    assert studio.post(at("song-beats", deciding), {"seen": "200:-10", "beats": "100:0"}).status_code == 302


@pytest.mark.parametrize("beats", ["", "0:0", "75:0", "400:0", "100:9999", "x:y", "9" * 400])
def test_no_other_beat_can_be_set(studio: Client, deciding: Project, beats: str) -> None:
    assert studio.post(at("song-beats", deciding), {"seen": "100:0", "beats": beats}).status_code == 409


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "has"),
    [("lrc", "[00:13.200]"), ("srt", "00:00:13,200 -->"), ("vtt", "WEBVTT"), ("txt", "stars above the water")],
)
def test_it_exports_every_kind(studio: Client, deciding: Project, kind: str, has: str) -> None:
    answer = studio.get(at("lyrics-export", deciding, kind))
    assert has in answer.content.decode()
    assert answer["Content-Disposition"] == f'attachment; filename="Harbor.{kind}"'
    assert answer["Cache-Control"] == "private, no-store"


def test_it_exports_nothing_else_and_to_nobody_else(studio: Client, deciding: Project, charlie: Any) -> None:
    assert studio.get(at("lyrics-export", deciding, "exe")).status_code == 404
    studio.force_login(charlie)
    assert studio.get(at("lyrics-export", deciding, "lrc")).status_code == 404


def test_a_file_is_read_and_not_saved(studio: Client, deciding: Project) -> None:
    file = SimpleUploadedFile("song.srt", b"1\n00:00:01,000 --> 00:00:02,000\nhello there\n")
    answer = studio.post(at("lyrics-import", deciding), {"file": file}, **JSON)
    assert [line["text"] for line in answer.json()["lines"]] == ["hello there"]
    assert deciding.transcripts.count() == 1
    page = studio.post(at("lyrics-import", deciding), {"pasted": "[00:01.00]pasted words"})
    assert "[00:01.000]pasted words" in page.content.decode()
    assert "not saved yet" in page.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no words in this"), (b"\x00\x01\x02\xff" * 50, "does not hold text"), (b"la\n" * 2001, "2001 lines")],
)
def test_a_file_that_is_no_lyrics_is_refused_in_words(
    studio: Client, deciding: Project, content: bytes, said: str
) -> None:
    answer = studio.post(at("lyrics-import", deciding), {"file": SimpleUploadedFile("a.lrc", content)}, **JSON)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_a_file_that_is_too_large_is_refused_unread(studio: Client, deciding: Project) -> None:
    file = SimpleUploadedFile("a.lrc", b"x" * 200_001)
    assert "at most 200 kB" in studio.post(at("lyrics-import", deciding), {"file": file}, **JSON).json()["error"]


# -- the poll --------------------------------------------------------------------------------------------------------


def pulse(client: Client, project: Project, *, take: int, since: int, every: int = 2) -> Any:
    return client.get(at("song-pulse", project, take), {"since": since, "every": every})


def test_the_poll_of_a_page_that_waits_loads_it_once_there_are_words(
    studio: Client, quick: None, asset: Asset, alice: Any
) -> None:
    project = create_music_video(asset, by=alice, title="Harbor", autopilot=False)
    assert pulse(studio, project, take=0, since=project.rev).status_code == 204
    drain()
    answer = pulse(studio, project, take=0, since=1)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_the_poll_of_a_page_with_a_workbench_tells_and_never_replaces(studio: Client, deciding: Project) -> None:
    new = words.lyrics_from_rows(deciding, [])
    words.save_lyrics(deciding, new, by=None, seen_take=1)
    answer = pulse(studio, deciding, take=1, since=1)
    html = answer.content.decode()
    assert "HX-Refresh" not in answer
    assert "changed somewhere else" in html
    assert not re.search(r"<(input|textarea|select|audio|form)\b", html)
    assert html.count("hx-swap-oob") >= 4


def test_the_new_video_form_lets_its_owner_decide(studio: Client, settings: Any) -> None:
    from projects.tests.uploads import filled_in

    settings.OMVEE_DOORBELL = False
    studio.post(reverse("project-new"), filled_in(way="deciding"))
    assert not Project.objects.get().autopilot


def test_it_tells_who_decided_what_about_the_words(studio: Client, deciding: Project) -> None:
    assert deciding.transcript is not None
    url = reverse("song", args=[deciding.code])
    assert "Who decided what" not in studio.get(url).content.decode()
    studio.post(reverse("lyrics-approve", args=[deciding.code]), {"take": deciding.transcript.take})
    told = studio.get(url).content.decode().partition("Who decided what")[2].partition("</details>")[0]
    assert "Approved" in told
    assert f"Take {deciding.transcript.take}" in told
    assert "alice@example.org" in told
