"""The page of the finished film: for its owner, in every state, with what changed between versions in words."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline.media.lyrics import read_lyrics
from pipeline.models import Job
from projects import flow
from projects.actions import control, edit, final, lyrics, review
from projects.actions import scenes as acts
from projects.actions.create import create_music_video
from projects.models import Asset, FinalVideo, Image, Pick, Project, Rendition, Scene, Skip
from projects.tests.boards import board, finished
from projects.tests.conftest import drain

HTMX = {"HX-Request": "true"}
PAGES = ("final", "final-versions")
READ = (*PAGES, "final-pulse", "final-chapters", "final-captions")
OF_PROJECT = ("final-rebuild", "final-keep", "final-undo", "final-scene", "rendition-add")
OF_RENDITION = ("rendition-captions", "rendition-pulse", "rendition-remove", "rendition-newest")
WRITE = (*OF_PROJECT, *OF_RENDITION, "version-pick")


def only(project: Project) -> Rendition:
    return project.renditions.select_related("final").order_by("pk")[0]


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content__prompt").order_by("start_frame"))


def pick(project: Project, index: int) -> Pick:
    return Pick.objects.select_related("image", "content").get(content=scenes(project)[index].content, aspect="16:9")


def address(name: str, project: Project, version: int = 1) -> str:
    rendition = only(project)
    if name in ("version-pick", "final-chapters", "final-captions"):
        code = rendition.finals.get(version=version).code
        return reverse(name, args=[code, "srt"] if name == "final-captions" else [code])
    if name == "final-pulse":
        return reverse(name, args=[project.code, rendition.code])
    return reverse(name, args=[rendition.code if name in OF_RENDITION else project.code])


def page(client: Client, project: Project, **query: Any) -> str:
    return client.get(address("final", project), query).content.decode()


def text_of(html: str) -> str:
    """What a person reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def mark_of(html: str) -> str:
    found = re.search(r'id="rebuild"[^>]*name="seen" value="(\w+)"', html)
    assert found is not None
    return found[1]


def fail(project: Project, index: int, step: str = "render_shot") -> Job:
    """Let the work on a scene have failed."""
    scene = scenes(project)[index]
    code = scene.code if step == "render_shot" else scene.content.code
    job = Job.objects.filter(project=project, step=step, subject__contains=str(code)).order_by("-pk")[0]
    scene.shots.all().delete()
    Job.objects.filter(pk=job.pk).update(state="failed", error="The disk is full.")
    flow.touch(project)
    return job


@pytest.mark.parametrize("name", READ + WRITE)
def test_it_is_there_for_its_owner_alone(client: Client, alice: Any, charlie: Any, asset: Asset, name: str) -> None:
    project = finished(asset, alice)
    url = address(name, project)
    ask = client.get if name in READ else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    for headers in ({}, HTMX):
        assert ask(url, headers=headers).status_code == 404
    client.force_login(alice)
    other = client.post if name in READ else client.get
    assert other(url).status_code == 405
    Project.objects.update(trashed_at="2026-01-01T00:00Z")
    assert ask(url).status_code == 404


@pytest.mark.parametrize("name", WRITE)
def test_it_needs_the_token_of_its_own_page(alice: Any, asset: Asset, name: str) -> None:
    project = finished(asset, alice)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name, project)).status_code == 403


def test_it_shows_the_film_its_tracks_and_its_files(studio: Client, film: Project) -> None:
    html = page(studio, film)
    final_video = only(film).final
    assert final_video is not None
    assert f'<source src="/media/film/{final_video.code}/" type="video/mp4">' in html
    assert f'<track kind="chapters" src="/v/{final_video.code}/chapters/"' in html
    assert html.count("data-start-ms=") == 12  # the strip and the list of chapters
    assert "/media/thumb/" in html
    for kind in ("vtt", "srt", "lrc", "txt"):
        assert f'href="/v/{final_video.code}/captions/{kind}/" download' in html
    assert "Checked" in html
    assert 'aria-current="page"' in html
    assert "hint" not in html.split('id="main"')[1].split("<form")[0]


def test_the_steps_lead_to_every_page(studio: Client, film: Project) -> None:
    html = page(studio, film)
    for name in ("song", "scenes", "images", "clips", "final"):
        assert f'href="{reverse(name, args=[film.code])}" class="step"' in html


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("vtt", "text/vtt"), ("srt", "application/x-subrip"), ("lrc", "text/plain"), ("txt", "text/plain")],
)
def test_captions_are_those_of_the_version(studio: Client, film: Project, kind: str, content_type: str) -> None:
    words = film.transcript.words()  # type: ignore[union-attr]
    url = address("final-captions", film).replace("/srt/", f"/{kind}/")
    new = words.model_copy(update={"lines": words.lines[:2]})
    lyrics.save_lyrics(film, new, by=film.owner, seen_take=1)
    drain()
    answer = studio.get(url)
    assert answer["Content-Type"].startswith(content_type)
    assert answer["Content-Disposition"] == f'attachment; filename="Harbor.{kind}"'
    assert "no-store" not in answer["Cache-Control"] and "private" in answer["Cache-Control"]
    read = read_lyrics(answer.content, name=f"x.{kind}")
    assert [line.text for line in read.lines] == [line.text for line in words.lines]


@pytest.mark.parametrize("kind", ["exe", "VTT", "json"])
def test_there_are_no_other_kinds_of_captions(studio: Client, film: Project, kind: str) -> None:
    assert studio.get(address("final-captions", film).replace("/srt/", f"/{kind}/")).status_code == 404


def test_chapters_are_the_scenes_with_their_words(studio: Client, film: Project) -> None:
    words = film.transcript.words()  # type: ignore[union-attr]
    tricky = words.lines[0].model_copy(update={"text": "<b>one --> two</b> & three", "words": ()})
    lyrics.save_lyrics(film, words.model_copy(update={"lines": (tricky, *words.lines[1:])}), by=film.owner, seen_take=1)
    drain()
    answer = studio.get(address("final-chapters", film, version=2))
    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    cues = answer.content.decode().split("\n\n")
    assert cues[0] == "WEBVTT"
    assert len(cues) == 7
    assert cues[1].split("\n")[1:] == [
        "00:00:00.000 --> 00:00:04.000",
        "Scene 1 · Verse · &lt;b&gt;one --&gt; two&lt;/b&gt; &amp; three",
    ]


def test_markup_in_titles_and_words_is_only_text(studio: Client, film: Project) -> None:
    Project.objects.filter(pk=film.pk).update(title="<script>alert(1)</script>", artist='"><img src=x>')
    html = page(studio, film)
    assert "<script>alert" not in html
    assert "<img src=x>" not in html


# -- versions ----------------------------------------------------------------------------------------------------------


def reworded(project: Project) -> None:
    words = project.transcript.words()  # type: ignore[union-attr]
    line = words.lines[2].model_copy(update={"text": "another line", "words": ()})
    late = words.lines[4].model_copy(update={"start_ms": words.lines[4].start_ms + 60, "words": ()})
    lines = (*words.lines[:2], line, words.lines[3], late, words.lines[5])
    lyrics.save_lyrics(project, words.model_copy(update={"lines": lines}), by=project.owner, seen_take=1)


def redrawn(project: Project) -> None:
    for index in (1, 4):
        review.redraw_image(pick(project, index), by=project.owner, seen_take=1)


def uploaded(project: Project) -> None:
    given = {"kind": "picture", "extension": "png", "content_type": "image/png", "file": "u/1/assets/x.png"}
    asset = Asset.objects.create(owner=project.owner, sha256="b" * 64, size_bytes=1, **given)
    review.replace_image(pick(project, 5), asset, by=project.owner, width=1920, height=1080)


def switched_off(project: Project) -> None:
    final.set_captions(only(project), "none", by=project.owner)
    final.set_pulse(only(project), 0, by=project.owner)


def retitled(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(title="Quay")
    flow.changed(Project.objects.get(pk=project.pk), None)


CHANGES = [
    (reworded, "Lyrics of 1 line changed, 1 line timed anew."),
    (redrawn, "2 scenes drawn again (2 and 5)."),
    (uploaded, "Your own picture in 1 scene (6)."),
    (switched_off, "Captions off, pictures stand still on the beat."),
    (retitled, "The title is “Quay”."),
    (lambda project: control.skip_scene(scenes(project)[1], by=project.owner), "1 scene skipped (2)."),
    (
        lambda project: control.skip_scene(scenes(project)[1], by=project.owner, still=True),
        "1 scene stands still (2).",
    ),
    (
        lambda project: acts.swap_scenes(scenes(project)[0], 5, by=project.owner),
        "2 scenes changed places (1 and 5).",
    ),
    (
        lambda project: acts.move_boundary(scenes(project)[3], 470, by=project.owner),
        "2 scenes begin or end elsewhere (4 and 5).",
    ),
    (
        lambda project: acts.delete_scene(scenes(project)[4], by=project.owner),
        "1 scene taken out, 1 scene begins or ends elsewhere (4).",
    ),
]


@pytest.mark.parametrize(("change", "words"), CHANGES, ids=[words for _, words in CHANGES])
def test_what_changed_between_two_versions_is_said(studio: Client, film: Project, change: Any, words: str) -> None:
    change(film)
    drain()
    assert FinalVideo.objects.filter(rendition=only(film)).count() == 2
    html = studio.get(address("final-versions", film)).content.decode()
    assert words in text_of(html)
    assert "The first version." in html


def test_a_shape_that_is_cropped_later_does_not_change_what_is_said(studio: Client, film: Project) -> None:
    redrawn(film)
    drain()
    final.add_rendition(film, "9:16", "480p", "none", by=film.owner, crop=True)
    drain()
    html = studio.get(address("final-versions", film)).content.decode()
    assert "2 scenes drawn again (2 and 5)." in text_of(html)


def test_another_film_with_the_same_files_does_not_change_what_is_said(
    studio: Client, film: Project, asset: Asset
) -> None:
    redrawn(film)
    drain()
    other = create_music_video(asset, by=film.owner, title="Harbor", artist="Alice", captions="karaoke")
    drain()
    for mine, theirs in zip(scenes(film), scenes(other), strict=True):
        theirs.shots.update(file=mine.shots.order_by("pk")[0].file)
    html = studio.get(address("final-versions", film)).content.decode()
    assert "2 scenes drawn again (2 and 5)." in text_of(html)


def test_a_version_whose_record_is_gone_claims_nothing(studio: Client, film: Project) -> None:
    switched_off(film)
    drain()
    Job.objects.filter(step="assemble_video").order_by("pk")[:1].get().delete()
    html = page(studio, film)
    assert "What changed is not known any more." in html
    assert studio.get(address("final-chapters", film)).status_code == 404
    assert page(studio, film, version=1).count("data-start-ms=") == 12  # the scenes as they are now


def test_an_older_version_is_watched_and_made_the_standing_one(studio: Client, film: Project) -> None:
    switched_off(film)
    drain()
    first = only(film).finals.get(version=1)
    html = page(studio, film, version=1)
    assert f"/media/film/{first.code}/" in html
    assert "Version 2 is ready; this is version 1." in text_of(html)
    answer = studio.post(address("version-pick", film), {"seen": "2"})
    assert answer.status_code == 302
    assert only(film).final == first
    html = page(studio, film)
    assert "You let version 1 stand. Version 2 is newer." in text_of(html)
    studio.post(address("rendition-newest", film))
    assert only(film).final == only(film).finals.get(version=2)
    assert "is newer" not in page(studio, film)


def test_a_page_that_is_out_of_date_is_told_what_stands(studio: Client, film: Project) -> None:
    switched_off(film)
    drain()
    answer = studio.post(address("version-pick", film), {"seen": "1"})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Another version stands meanwhile." in html
    assert "Version 2" in html


@pytest.mark.parametrize("query", [{"version": "9"}, {"shape": str(uuid4())}, {"shape": "<b>"}, {"shape": "' or 1=1"}])
def test_what_is_not_there_is_not_found(studio: Client, film: Project, query: dict[str, str]) -> None:
    assert studio.get(address("final", film), query).status_code == 404


@pytest.mark.parametrize("query", [{"version": "x"}, {"t": "-5"}, {"t": "99999999999999999999"}, {"version": "²"}])
def test_odd_numbers_do_no_harm(studio: Client, film: Project, query: dict[str, str]) -> None:
    assert studio.get(address("final", film), query).status_code == 200


def test_a_chapter_begins_there_without_a_script(studio: Client, film: Project) -> None:
    assert re.search(r'<source src="/media/film/[^"]+/#t=4.000"', page(studio, film, t=4000))


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_another_shape_is_added_made_and_removed(studio: Client, film: Project) -> None:
    assert "every picture is composed anew" in page(studio, film)
    shape = {"aspect": "9:16", "resolution": "480p", "captions": "none"}
    answer = studio.post(address("rendition-add", film), shape)
    tall = film.renditions.get(aspect="9:16")
    assert answer["Location"] == f"{address('final', film)}?shape={tall.code}"
    html = studio.get(answer["Location"]).content.decode()
    assert "Drawing scenes 1 to 6" in text_of(html)
    assert "The film is on its way" in html
    assert "<video" not in html
    drain()
    html = studio.get(answer["Location"]).content.decode()
    assert '<video id="film-' in html and 'data-aspect="9:16"' in html
    removed = studio.post(reverse("rendition-remove", args=[tall.code]), follow=True)
    assert "Removed: 9:16 · 480p · no captions." in text_of(removed.content.decode())
    assert film.renditions.count() == 1
    assert "Remove this shape" not in page(studio, film)


def test_the_same_shape_again_is_refused_with_the_page(studio: Client, film: Project) -> None:
    shape = {"aspect": "16:9", "resolution": "1080p", "captions": "karaoke"}
    answer = studio.post(address("rendition-add", film), shape)
    assert answer.status_code == 409
    assert "You have the film in this shape already." in answer.content.decode()


@pytest.mark.parametrize("wrong", [{}, {"aspect": "21:9"}, {"resolution": "<b>"}, {"captions": "\x00"}])
def test_a_shape_that_is_none_is_refused(studio: Client, film: Project, wrong: dict[str, str]) -> None:
    shape = {"aspect": "1:1", "resolution": "480p", "captions": "none", **wrong} if wrong else {}
    answer = studio.post(address("rendition-add", film), shape)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert film.renditions.count() == 1


def test_the_last_shape_cannot_be_removed(studio: Client, film: Project) -> None:
    answer = studio.post(address("rendition-remove", film))
    assert answer.status_code == 409
    assert "keeps at least one shape" in answer.content.decode()


def test_a_shape_removed_in_another_tab_is_told(studio: Client, film: Project) -> None:
    tall = final.add_rendition(film, "9:16", "480p", "none", by=film.owner)
    final.remove_rendition(tall, by=film.owner)
    for name in ("rendition-remove", "rendition-newest"):
        answer = studio.post(reverse(name, args=[tall.code]))
        assert answer.status_code == 409
        assert "removed meanwhile" in answer.content.decode()


def test_captions_and_beat_are_changed_once(studio: Client, film: Project) -> None:
    given = {"captions": "subtitle", "seen": "karaoke"}
    assert studio.post(address("rendition-captions", film), given).status_code == 302
    again = studio.post(address("rendition-captions", film), {"captions": "none", "seen": "karaoke"})
    assert again.status_code == 409
    assert '<option value="subtitle" selected>' in again.content.decode()
    assert studio.post(address("rendition-pulse", film), {"pulse": "0", "seen": "60"}).status_code == 302
    assert studio.post(address("rendition-pulse", film), {"pulse": "0", "seen": "60"}).status_code == 409
    assert (only(film).captions, only(film).pulse) == ("subtitle", 0)
    assert 'value="60" aria-pressed="false"' in page(studio, film)


# -- what is missing, waits or failed ----------------------------------------------------------------------------------


def test_it_says_exactly_what_is_missing_and_where(studio: Client, film: Project) -> None:
    Project.objects.filter(pk=film.pk).update(autopilot=False)
    film.refresh_from_db()
    made = final.add_rendition(film, "1:1", "480p", "none", by=film.owner)
    drain()
    html = page(studio, film, shape=made.code)
    assert "Pictures that wait for you: scenes 1 to 6." in text_of(html)
    assert f'href="{reverse("images", args=[film.code])}?aspect=1:1"' in html
    for image in Image.objects.filter(aspect="1:1"):
        review.approve_image(image, by=film.owner, seen="pending")
    drain()
    html = page(studio, film, shape=made.code)
    assert "Clips that wait for you: scenes 1 to 6." in text_of(html)
    assert f'href="{reverse("clips", args=[film.code])}?aspect=1:1"' in html
    assert not made.finals.exists()


def test_before_there_are_scenes_it_leads_to_the_song(studio: Client, project: Project) -> None:
    Job.objects.filter(project=project).update(state="canceled")
    html = page(studio, project)
    assert "The song has not been understood yet." in html
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    flow.advance(Project.objects.get(pk=project.pk))
    drain()
    html = page(studio, project)
    assert "The words wait for you" in html
    assert f'href="{reverse("song", args=[project.code])}"' in html


def held(project: Project) -> None:
    image = pick(project, 2).image
    assert image is not None
    review.approve_image(image, by=project.owner, seen="pending")
    edit.edit_prompt(pick(project, 2).content, "a lighthouse", by=project.owner, seen_take=1)
    drain()


def test_the_rebuild_lists_what_it_renders_and_renders_just_that(studio: Client, film: Project) -> None:
    held(film)
    html = page(studio, film)
    text = text_of(html)
    for line in ("Draw scene 3", "Render scene 3", "Blend 1 transition (after scene 3)", "Join the film and check it"):
        assert line in text
    assert "free" in text
    before = Job.objects.order_by("-pk")[0].pk
    answer = studio.post(address("final-rebuild", film), {"seen": mark_of(html), "film": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert json.loads(answer["HX-Trigger"])["toast"]["text"].startswith("On its way")
    assert 'id="final-work" hx-swap-oob="true"' in answer.content.decode()
    assert "<video" not in answer.content.decode()
    drain()
    made = [(job.step, job.subject) for job in Job.objects.filter(pk__gt=before)]
    content, scene = scenes(film)[2].content.code, scenes(film)[2].code
    assert [step for step, _ in made] == ["generate_image", "generate_clip", "render_shot", "assemble_video"]
    assert str(content) in made[0][1] and str(scene) in made[2][1]
    assert "Rebuild" not in page(studio, film)


def test_what_waits_is_kept_with_one_press_and_that_is_taken_back(studio: Client, film: Project) -> None:
    held(film)
    html, before = page(studio, film), Job.objects.count()
    assert "Keep the picture" in text_of(html)
    refused = studio.post(address("final-keep", film), {"seen": "0" * 16, "film": "1"}, headers=HTMX)
    assert refused.status_code == 409 and "has changed meanwhile" in refused.content.decode()
    kept = studio.post(address("final-keep", film), {"seen": mark_of(html), "film": "1"}, headers=HTMX)
    told = json.loads(kept["HX-Trigger"])["toast"]
    assert "Waits for your word" not in kept.content.decode()
    assert "Waits for your word" not in page(studio, film)
    assert drain() == 0 and Job.objects.count() == before
    undone = studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=HTMX)
    assert "Waits for your word" in undone.content.decode()
    assert studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=HTMX).status_code == 409
    assert studio.post(address("final-keep", film), {"seen": mark_of(html)}).status_code == 302


def test_a_rehearsal_on_the_page_leaves_nothing_behind(studio: Client, film: Project) -> None:
    held(film)
    film.refresh_from_db()
    before = (Job.objects.count(), film.rev, film.events.count(), pick(film, 2).image_take)
    page(studio, film)
    film.refresh_from_db()
    assert (Job.objects.count(), film.rev, film.events.count(), pick(film, 2).image_take) == before


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_list_that_has_changed_is_refused_with_the_new_one(
    studio: Client, film: Project, headers: dict[str, str]
) -> None:
    held(film)
    seen = mark_of(page(studio, film))
    fail(film, 0)
    answer = studio.post(address("final-rebuild", film), {"seen": seen}, headers=headers)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "has changed meanwhile" in html
    assert mark_of(html) != seen
    assert ("hx-swap-oob" in html) == bool(headers)


def test_a_failed_scene_is_tried_again_held_or_skipped(studio: Client, film: Project) -> None:
    url = address("final-scene", film)
    for verb, still in (("skip", False), ("still", True)):
        fail(film, 1)
        html = page(studio, film)
        assert "The disk is full." in html
        scene = scenes(film)[1]
        for choice in ("retry", "still", "skip"):
            assert f'value="{choice}:{scene.code}"' in html
        assert studio.post(url, {"scene": f"{verb}:{scene.code}"}, headers=HTMX).status_code == 200
        assert Skip.objects.get(scene=scene, undone_at=None).still is still
        drain()
        assert "The disk is full." not in page(studio, film)
        assert f'value="unskip:{scene.code}"' in page(studio, film)
        assert studio.post(url, {"scene": f"unskip:{scene.code}"}).status_code == 302
        drain()
    fail(film, 1)
    assert studio.post(url, {"scene": f"retry:{scenes(film)[1].code}"}).status_code == 302
    assert Job.objects.filter(state="queued", step="render_shot").count() == 1


def test_a_scene_without_a_picture_cannot_hold_it(studio: Client, film: Project) -> None:
    fail(film, 1, "generate_image")
    html = page(studio, film)
    assert f'value="skip:{scenes(film)[1].code}"' in html
    assert f'value="still:{scenes(film)[1].code}"' not in html


@pytest.mark.parametrize("scene", ["", "skip:", "drop:{own}", "skip:{other}", "skip:1", "skip:{own}:x"])
def test_only_scenes_of_the_project_can_be_named(studio: Client, film: Project, asset: Asset, scene: str) -> None:
    other = board(asset, film.owner, 1, title="Other")
    named = scene.format(own=scenes(film)[0].code, other=scenes(other)[0].code)
    assert studio.post(address("final-scene", film), {"scene": named}).status_code == 404
    assert not Skip.objects.exists()


def test_the_last_scene_with_a_picture_is_not_skipped(studio: Client, film: Project) -> None:
    for scene in scenes(film)[1:]:
        control.skip_scene(scene, by=film.owner)
    answer = studio.post(address("final-scene", film), {"scene": f"skip:{scenes(film)[0].code}"})
    assert answer.status_code == 409
    assert "at least one scene" in answer.content.decode()


# -- the poll ----------------------------------------------------------------------------------------------------------


def poll(client: Client, project: Project, **query: Any) -> Any:
    return client.get(address("final-pulse", project), query, headers=HTMX)


def test_nothing_new_is_one_query_and_no_content(
    studio: Client, film: Project, django_assert_max_num_queries: Any
) -> None:
    film.refresh_from_db()
    url = address("final-pulse", film)
    with django_assert_max_num_queries(3):  # session, user, revision
        answer = studio.get(url, {"since": film.rev, "every": 10, "film": 1}, headers=HTMX)
    assert answer.status_code == 204


def test_the_poll_ends_with_the_work_and_tells_a_new_version(studio: Client, film: Project) -> None:
    redrawn(film)
    answer = poll(studio, film, since=1, every=10, film=1).content.decode()
    assert "hx-trigger" in answer
    assert "Drawing scenes 2 and 5" in text_of(answer)
    drain()
    answer = poll(studio, film, since=1, every=10, film=1).content.decode()
    assert "hx-trigger" not in answer
    assert "Version 2 is ready; this is version 1." in text_of(answer)
    assert "<video" not in answer and "<input" not in answer and "<select" not in answer


def test_the_first_film_loads_the_page_anew(studio: Client, film: Project) -> None:
    answer = poll(studio, film, since=1, every=10, film=0)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_a_poll_costs_the_same_for_any_number_of_scenes(studio: Client, alice: Any, asset: Asset) -> None:
    counts = []
    for scenes_ in (3, 30):
        project = board(asset, alice, scenes_, title=f"{scenes_}")
        Job.objects.create(
            project=project, step="render_shot", subject="x", recipe="r", place="p", queue="cpu", input={}
        )
        with CaptureQueriesContext(connection) as queries:
            assert poll(studio, project, since=1, every=10).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 40


# -- hints -------------------------------------------------------------------------------------------------------------


def test_the_sample_has_a_hint_until_it_is_put_away(studio: Client, film: Project) -> None:
    Project.objects.filter(pk=film.pk).update(fingerprint="sample")
    for name in ("project", "song", "scenes", "images", "clips", "final"):
        html = studio.get(reverse(name, args=[film.code])).content.decode()
        assert html.count('id="hint"') == 1, name
        back = studio.post(reverse("hint-dismiss", args=[name]), {"next": reverse(name, args=[film.code])})
        assert back["Location"] == reverse(name, args=[film.code])
        assert 'id="hint"' not in studio.get(reverse(name, args=[film.code])).content.decode()
    cookie = studio.cookies["hints"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_hint_is_put_away_by_its_own_name_only(studio: Client, film: Project) -> None:
    assert studio.get(reverse("hint-dismiss", args=["final"])).status_code == 405
    assert studio.post(reverse("hint-dismiss", args=["nothing"])).status_code == 404
    away = studio.post(reverse("hint-dismiss", args=["final"]), {"next": "https://evil.example/"})
    assert away["Location"] == "/"
    studio.cookies["hints"] = "<b>.final.final"
    assert studio.post(reverse("hint-dismiss", args=["song"]), headers=HTMX).status_code == 200
    assert studio.cookies["hints"].value == "final.song"


def test_a_finished_film_that_was_canceled_has_nothing_to_make(studio: Client, film: Project) -> None:
    control.stop_project(film, by=film.owner)
    html = text_of(page(studio, film))
    assert "Go on: nothing has to be made" in html
    assert "Do again what did not work" not in html
