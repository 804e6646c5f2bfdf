"""The project's page, in every state of its work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pipeline.media.certificate import Certificate, CutFact, Finding, SoundFact
from pipeline.models import Job
from projects.models import Event, FinalVideo, Project, Rendition, Scene
from projects.tests.boards import board, finished
from projects.tests.conftest import drain

CERTIFICATE = Certificate(
    ok=True,
    fps=30,
    expected_frames=720,
    counted_frames=720,
    even_timestamps=True,
    width=1920,
    height=1080,
    video_codec="h264 High",
    pixels="yuv420p",
    color="bt709",
    index_first=True,
    cuts=(
        CutFact(planned_frame=120, kind="cut", offset_frames=0, error_centilevels=1, beat_offset_ms=-6),
        CutFact(planned_frame=240, kind="cut", offset_frames=0, error_centilevels=1, beat_offset_ms=90),
    ),
    sound=SoundFact(
        codec="aac",
        sample_rate=48000,
        channels=2,
        start_us=0,
        end_us=24_000_000,
        loudness_tenths_lufs=-141,
        true_peak_tenths_dbtp=-12,
    ),
    start_difference_us=0,
    end_difference_us=4000,
    black=(),
    frozen=(),
    decoded_frames=720,
    reused_frames=0,
    findings=(),
)


@pytest.fixture
def done(asset: Any, alice: Any) -> Project:
    return finished(asset, alice)


def page(client: Client, project: Project) -> str:
    response = client.get(reverse("project", args=[project.code]))
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_page_that_waits_for_the_song_polls_every_two_seconds(studio: Client, project: Project) -> None:
    shown = page(studio, project)
    assert "Listening to the song" in shown
    assert 'hx-trigger="every 2s"' in shown
    assert '<meta http-equiv="refresh" content="10">' in shown
    assert "<noscript>" in shown
    assert f"/p/{project.code}/stop/" in shown
    assert "<video" not in shown


def test_a_finished_film_has_a_player_a_strip_and_downloads(studio: Client, done: Project) -> None:
    final = FinalVideo.objects.get()
    FinalVideo.objects.update(captions_file="p/x/captions/a.vtt")
    shown = page(studio, done)
    assert f'src="/media/film/{final.code}/"' in shown
    assert f'href="/media/film/{final.code}/?download"' in shown
    assert '<track kind="captions"' in shown
    assert shown.count("data-start-ms") == 6
    assert "hx-trigger=" not in re.search(r'<div class="pulse".*?>', shown)[0]  # type: ignore[index]
    assert "http-equiv" not in shown
    assert "Drawn on this server" in shown
    assert shown.count('data-state="done"') >= 6


@pytest.mark.parametrize(
    ("captions", "default"), [("karaoke", False), ("subtitle", False), ("title", True), ("none", True)]
)
def test_the_captions_track_is_off_where_words_are_in_the_picture(
    studio: Client, done: Project, captions: str, default: bool
) -> None:
    FinalVideo.objects.update(captions_file="p/x/captions/a.vtt")
    Rendition.objects.update(captions=captions)
    track = re.search(r"<track[^>]*>", page(studio, done))
    assert track is not None
    assert (" default" in track[0]) is default


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1", "4:5"])
def test_player_and_board_know_the_shape(studio: Client, done: Project, aspect: str) -> None:
    Rendition.objects.update(aspect=aspect)
    shown = page(studio, done)
    assert f'id="board" data-aspect="{aspect}"' in shown
    width, height = (int(size) for size in re.search(r'<video [^>]*width="(\d+)" height="(\d+)"', shown).groups())  # type: ignore[union-attr]
    across, down = (int(part) for part in aspect.split(":"))
    assert abs(width * down - height * across) <= 2 * max(across, down)


def test_the_certificate_says_what_was_measured(studio: Client, done: Project) -> None:
    FinalVideo.objects.update(certificate=CERTIFICATE.model_dump(mode="json"))
    shown = page(studio, done)
    assert "Checked, frame by frame" in shown
    measured = ["720 of 720 frames", "1 of 2, within 40 ms", "90 ms", "-14.1 LUFS", "-1.2 dBTP", "4.0 ms apart"]
    for words in (*measured, "1920 × 1080", "aac, 48 kHz, stereo"):
        assert words in shown, words


def test_the_certificate_does_not_hide_a_fault(studio: Client, done: Project) -> None:
    fault = Finding(severity="fault", text="A cut lies 3 frames <late>.")
    flawed = CERTIFICATE.model_copy(update={"ok": False, "findings": (fault,)})
    FinalVideo.objects.update(certificate=flawed.model_dump(mode="json"))
    shown = page(studio, done)
    assert "Checked, with remarks" in shown
    assert shown.count("A cut lies 3 frames &lt;late&gt;.") == 1


def test_nothing_is_certified_that_was_not_measured(studio: Client, done: Project) -> None:
    FinalVideo.objects.update(certificate={})
    assert "Checked" not in page(studio, done)


def test_it_tells_what_was_heard_in_the_song(studio: Client, done: Project) -> None:
    shown = page(studio, done)
    assert "120 bpm · 2 sections · 12 bars" in shown
    assert 'class="sec verse"' in shown
    assert 'x="50.000%"' in shown


def test_a_failure_is_told_in_words_with_what_to_do(studio: Client, film: Project) -> None:
    scene = Scene.objects.order_by("start_frame")[2]
    job = Job.objects.filter(step="generate_image", subject__contains=str(scene.content.code)).get()
    Job.objects.filter(pk=job.pk).update(state="failed", error="The painter ran out of <paint>.")
    shown = page(studio, film)
    assert shown.count("The painter ran out of &lt;paint&gt;.") == 2
    assert f"/s/{scene.code}/retry/" in shown
    assert f"/p/{film.code}/retry/" in shown


def test_a_canceled_project_offers_to_go_on(studio: Client, project: Project) -> None:
    Project.objects.update(stopped_at=timezone.now())
    shown = page(studio, project)
    assert "Canceled. What was made is kept." in shown
    assert f"/p/{project.code}/resume/" in shown
    assert "hx-trigger" not in shown.split('id="pulse"')[1].split(">")[0]


def test_the_steps_say_to_the_ear_whose_turn_it_is(studio: Client, project: Project) -> None:
    def said() -> list[str]:
        return re.findall(r'<span class="sr"> \(([^)]*)\)</span></a>', page(studio, project))[:2]

    assert said() == ["Working", "Not started"]
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    drain()
    assert said() == ["Your turn", "Not started"]
    Project.objects.filter(pk=project.pk).update(stopped_at=timezone.now())
    assert said() == ["Canceled", "Not started"]


def test_a_skipped_scene_can_come_back(studio: Client, film: Project) -> None:
    scene = Scene.objects.order_by("start_frame")[1]
    studio.post(reverse("scene-skip", args=[scene.code]))
    drain()
    shown = page(studio, film)
    assert f"/s/{scene.code}/unskip/" in shown
    assert 'data-state="skipped"' in shown


def test_notes_about_the_lyrics_are_said_once(studio: Client, project: Project) -> None:
    for _ in range(3):
        Event.objects.create(project=project, verb="lyrics_note", text="The times are <estimated>.")
    assert page(studio, project).count("The times are &lt;estimated&gt;.") == 1


def test_it_escapes_titles_and_artists(studio: Client, done: Project) -> None:
    Project.objects.update(title="<script>alert(1)</script>", artist='"><img src=x onerror=alert(1)>')
    shown = page(studio, done)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


@pytest.mark.long
def test_300_scenes_cost_as_many_queries_as_30(studio: Client, alice: Any, asset: Any) -> None:
    counts = {}
    for scenes in (30, 300):
        project = board(asset, alice, scenes)
        with CaptureQueriesContext(connection) as queries:
            assert page(studio, project).count('class="scene"') == scenes
        counts[scenes] = len(queries)
    assert counts[30] == counts[300] <= 25, counts


def test_nothing_in_the_page_needs_inline_style_or_script(studio: Client, done: Project) -> None:
    FinalVideo.objects.update(certificate=CERTIFICATE.model_dump(mode="json"))
    response = studio.get(reverse("project", args=[done.code]))
    shown = response.content.decode()
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\bsrc=)', shown)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_its_polled_regions_hold_no_input_and_no_player(studio: Client, done: Project) -> None:
    shown = page(studio, done)
    cards = re.findall(r'<article class="live".*?</article>', shown, re.DOTALL)
    assert len(cards) == 6
    others = re.findall(r'<(?:div|nav) [^>]*id="(?:pulse|stepper|failure|doings).*?</(?:div|nav)>', shown, re.DOTALL)
    assert len(others) == 4
    assert not [part for part in (*cards, *others) if re.search(r"<(input|textarea|select|video|audio|form)\b", part)]


def test_a_stranger_finds_nothing_and_nobody_goes_to_the_login(client: Client, charlie: Any, project: Project) -> None:
    url = reverse("project", args=[project.code])
    assert client.get(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.get(url).status_code == 404


def test_it_only_reads(studio: Client, project: Project) -> None:
    assert studio.post(reverse("project", args=[project.code])).status_code == 405


def test_it_is_never_kept_by_a_cache(studio: Client, project: Project) -> None:
    assert "no-store" in studio.get(reverse("project", args=[project.code]))["Cache-Control"]
