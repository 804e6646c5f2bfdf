"""The Images board: for its owner, in one answer shape, cheap for any number of scenes, safe with any upload."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Picture

from pipeline.models import Job
from projects import flow
from projects.actions import edit, review
from projects.actions import scenes as acts
from projects.flow.revision import lock, touch
from projects.models import Asset, Image, Pick, Project, Skip
from projects.tests.boards import board
from projects.tests.conftest import drain
from projects.tests.reviewing import HTMX, at_images, image_of, pick_of, picture, picture_file, scenes, toast

ICONS = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()
OF_IMAGE = ("image-approve", "image-reject", "image-pick", "image-focus")
OF_SCENE = ("image-redraw", "image-keep", "image-retry", "image-replace", "image-crop", "style-try", "prompt-edit")
OF_PROJECT = ("images-approve-all", "image-undo")
READ = ("images", "images-changes")


@pytest.fixture
def drawn(quick: None, asset: Any, alice: Any) -> Project:
    """Rows alone: two scenes with a picture each."""
    return board(asset, alice, 2)


def address(name: str, project: Project, index: int = 0) -> str:
    if name in OF_IMAGE:
        return reverse(name, args=[image_of(project, index).code])
    if name in OF_SCENE:
        return reverse(name, args=[scenes(project)[index].code])
    if name == "image":
        return reverse(name, args=[project.code, scenes(project)[index].code])
    return reverse(name, args=[project.code])


def post(client: Client, name: str, project: Project, index: int = 0, htmx: bool = True, **data: Any) -> Any:
    headers = HTMX if htmx else {}
    return client.post(address(name, project, index), {"aspect": "16:9", **data}, headers=headers)


def card_of(response: Any, project: Project, index: int) -> str:
    code = scenes(project)[index].code
    found = re.search(rf'<article class="live" id="image-{code}".*?</article>', response.content.decode(), re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("name", (*READ, "image", *OF_IMAGE, *OF_SCENE, *OF_PROJECT))
def test_it_is_there_for_its_owner_alone(client: Client, alice: Any, charlie: Any, asset: Any, name: str) -> None:
    project = board(asset, alice, 2)
    url = address(name, project)
    ask = client.get if name in (*READ, "image") else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    for headers in ({}, HTMX):
        assert ask(url, headers=headers).status_code == 404
    client.force_login(alice)
    other = client.post if name in (*READ, "image") else client.get
    assert other(url).status_code == 405
    assert set(Image.objects.values_list("verdict", flat=True)) == {"pending"}
    Project.objects.update(trashed_at="2026-01-01T00:00Z")
    assert ask(url).status_code == 404


@pytest.mark.parametrize("name", (*OF_IMAGE, *OF_SCENE, *OF_PROJECT))
def test_it_needs_the_token_of_its_own_page(alice: Any, asset: Any, name: str) -> None:
    project = board(asset, alice, 2)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name, project)).status_code == 403


@pytest.mark.parametrize("name", (*OF_IMAGE, *OF_SCENE, "image"))
def test_what_does_not_exist_is_a_404(studio: Client, film: Project, name: str) -> None:
    args = [film.code, uuid4()] if name == "image" else [uuid4()]
    ask = studio.get if name == "image" else studio.post
    assert ask(reverse(name, args=args)).status_code == 404


def test_the_board_shows_every_scene_with_its_words_and_state(studio: Client, project: Project) -> None:
    at_images(project)
    shown = studio.get(address("images", project)).content.decode()
    assert shown.count('<article class="live"') == 6
    assert shown.count('data-state="review"') == 6
    for words in ("rain upon the window", "To review", "Approve remaining 6", "0 of 6 approved.", "free,"):
        assert words in shown
    assert "a boat in the harbor, view 3" in shown


def test_a_polled_card_holds_no_input_and_no_player(studio: Client, project: Project) -> None:
    at_images(project)
    project.refresh_from_db()
    shown = studio.get(address("images-changes", project), {"since": 0, "every": 5}).content.decode()
    assert not re.search(r"<(input|textarea|select|video|form)\b", shown)
    assert shown.count('<article class="live"') == 6


def test_an_idle_poll_is_a_204_of_three_queries(
    studio: Client, film: Project, django_assert_max_num_queries: Any
) -> None:
    query = {"since": film.rev, "every": 5, "scenes": 6}
    with django_assert_max_num_queries(3):
        response = studio.get(address("images-changes", film), query, headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")


def test_a_poll_sends_only_the_cards_that_changed(studio: Client, film: Project) -> None:
    film.refresh_from_db()
    before = film.rev
    flow.touch(film, [scenes(film)[3].pk])
    response = studio.get(address("images-changes", film), {"since": before, "every": 5, "scenes": 6}, headers=HTMX)
    found = re.findall(r'id="image-([0-9a-f-]{36})"', response.content.decode())
    assert found == [str(scenes(film)[3].code)]


def test_other_scenes_load_the_page_anew(studio: Client, film: Project) -> None:
    response = studio.get(address("images-changes", film), {"since": 1, "every": 5, "scenes": 5}, headers=HTMX)
    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


@pytest.mark.parametrize("junk", ["", "x", "-1", "9" * 40, "１", "1.5"])
def test_junk_in_the_query_is_no_error(studio: Client, drawn: Project, junk: str) -> None:
    query = {"since": junk, "every": junk, "aspect": junk, "show": junk, "card": junk, "with": junk}
    for name in (*READ, "image"):
        assert studio.get(address(name, drawn), query, headers=HTMX).status_code in (200, 204)


@pytest.mark.parametrize("scenes", [20, pytest.param(300, marks=pytest.mark.long)])
def test_many_scenes_cost_as_many_queries_as_ten(studio: Client, alice: Any, asset: Any, scenes: int) -> None:
    counts = {}
    for number in (10, scenes):
        project = board(asset, alice, number)
        for name in READ:
            with CaptureQueriesContext(connection) as queries:
                response = studio.get(address(name, project), {"since": 0}, headers=HTMX if "ch" in name else {})
            assert response.content.count(b'<article class="live"') == number
            counts.setdefault(name, set()).add(len(queries))
    assert all(len(found) == 1 and max(found) <= 30 for found in counts.values()), counts


def test_a_verdict_changes_the_card_the_counts_and_the_dock(studio: Client, project: Project) -> None:
    at_images(project)
    response = post(studio, "image-approve", project, 1, seen="pending")
    assert response.status_code == 200
    assert 'data-state="approved"' in card_of(response, project, 1)
    told = toast(response)
    assert told["text"] == "Scene 2 approved."
    shown = response.content.decode()
    assert "1 of 6 approved." in shown
    assert "Approve remaining 5" in shown
    undone = studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=HTMX)
    assert 'data-state="review"' in card_of(undone, project, 1)
    assert image_of(project, 1).verdict == "pending"
    assert studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=HTMX).status_code == 409


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_pressed_button_pressed_again_takes_the_verdict_back(studio: Client, project: Project, verb: str) -> None:
    at_images(project)
    past = {"approve": "approved", "reject": "rejected"}[verb]
    post(studio, f"image-{verb}", project, seen="pending")
    assert image_of(project, 0).verdict == past
    response = post(studio, f"image-{verb}", project, seen=past)
    assert (response.status_code, image_of(project, 0).verdict) == (200, "pending")


def test_a_reason_is_shown_safely_and_remembered(studio: Client, project: Project) -> None:
    at_images(project)
    reason = "too <b>dark</b>\x00 “moody”"
    response = post(studio, "image-reject", project, seen="pending", reason=reason)
    assert "too &lt;b&gt;dark&lt;/b&gt;" in card_of(response, project, 0)
    sheet = studio.get(address("image", project)).content.decode()
    assert "alice@example.org" in sheet
    assert "<b>dark" not in sheet
    response = post(studio, "image-reject", project, 1, seen="pending", reason="x" * 501)
    assert response.status_code == 409


def test_a_verdict_on_what_has_changed_is_a_409_with_the_card_as_it_is(studio: Client, drawn: Project) -> None:
    project = drawn
    Image.objects.filter(pk=image_of(project, 0).pk).update(verdict="rejected")
    response = post(studio, "image-approve", project, seen="pending")
    assert response.status_code == 409
    assert 'data-state="rejected"' in card_of(response, project, 0)
    assert toast(response)["level"] == "bad"
    page = post(studio, "image-approve", project, htmx=False, seen="pending")
    assert (page.status_code, "judged meanwhile" in page.content.decode()) == (409, True)


@pytest.mark.parametrize("seen", ["", "maybe", "APPROVED", "pending "])
def test_a_form_that_says_not_what_it_saw_is_refused(studio: Client, drawn: Project, seen: str) -> None:
    project = drawn
    assert post(studio, "image-approve", project, seen=seen).status_code == 400
    assert image_of(project, 0).verdict == "pending"


def test_a_stale_take_is_a_409(studio: Client, project: Project) -> None:
    at_images(project)
    assert post(studio, "image-redraw", project, seen_take=1).status_code == 200
    response = post(studio, "image-redraw", project, seen_take=1)
    assert response.status_code == 409
    assert 'data-state="queued"' in card_of(response, project, 0)
    for name, data in (
        ("style-try", {"style": "winter", "seen_take": 7}),
        ("prompt-edit", {"text": "x", "seen_take": 9}),
        ("image-pick", {"seen": str(uuid4())}),
        ("image-focus", {"x": 1, "y": 1, "seen_x": 3, "seen_y": 3}),
        ("style-try", {"style": "none", "seen_take": 1}),
        ("prompt-edit", {"text": "   ", "seen_take": 1}),
        ("prompt-edit", {"text": "x" * 4001, "seen_take": 1}),
    ):
        assert post(studio, name, project, **data).status_code == 409, name


@pytest.mark.parametrize("x", ["", "-1", "1e3", "99999999", "nan"])
def test_a_point_that_is_none_is_refused(studio: Client, drawn: Project, x: str) -> None:
    project = drawn
    response = post(studio, "image-focus", project, x=x, y="1", seen_x="500", seen_y="500")
    assert response.status_code in (400, 409)


def test_all_that_wait_are_approved_and_taken_back(studio: Client, project: Project) -> None:
    at_images(project)
    page = studio.get(address("images", project)).content.decode()
    mark = re.search(r'form="bulk" name="seen" value="([^"]+)"', page)
    assert mark is not None
    assert post(studio, "images-approve-all", project, seen="").status_code == 409
    response = post(studio, "images-approve-all", project, seen=mark[1])
    assert response.content.decode().count('data-state="approved"') == 6
    assert "Go to clips" in response.content.decode()
    undo = toast(response)["undo"]
    studio.post(undo["url"], {"to": undo["to"]}, headers=HTMX)
    assert not Image.objects.filter(verdict="approved").exists()


def test_every_state_is_said_in_words(studio: Client, project: Project) -> None:
    at_images(project)
    for index in range(3):
        post(studio, "image-redraw", project, index, seen_take=1)
    jobs = {
        index: Job.objects.get(subject__contains=str(scenes(project)[index].content.code), take=2) for index in range(3)
    }
    Job.objects.filter(pk=jobs[0].pk).update(state="running", progress_done=46, progress_total=100)
    Job.objects.filter(pk=jobs[1].pk).update(state="failed", error="The disk is full.")
    Skip.objects.create(scene=scenes(project)[3])
    page = studio.get(address("images", project))
    assert "46%" in card_of(page, project, 0)
    assert "Drawing" in card_of(page, project, 0)
    failed = card_of(page, project, 1)
    for words in ("The disk is full.", "Try again", "Keep this take", "Failed"):
        assert words in failed
    assert "Waiting for a free worker" in card_of(page, project, 2)
    assert "Skipped" in card_of(page, project, 3)
    assert post(studio, "image-retry", project, 1).status_code == 200
    drain()
    assert image_of(project, 1).take == 2


def test_a_chosen_picture_says_that_its_words_have_changed(studio: Client, project: Project) -> None:
    at_images(project)
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    changed = "Its words have changed since it was drawn."
    assert changed not in studio.get(address("images", project)).content.decode()
    before = scenes(project)[0]
    acts.edit_scene(before, description="a lighthouse in a storm", mood="calm", camera="drift", by=project.owner)
    drain()
    page = studio.get(address("images", project))
    assert changed in card_of(page, project, 0)
    assert changed not in card_of(page, project, 1)
    assert "It stays until you redraw it, or say" in studio.get(address("image", project)).content.decode()
    post(studio, "image-redraw", project, seen_take=1)
    drain()
    assert changed not in studio.get(address("images", project)).content.decode()


def test_saving_why_says_so_and_rejects_nothing_twice(studio: Client, project: Project) -> None:
    at_images(project)
    assert toast(post(studio, "image-reject", project, seen="pending"))["text"] == "Scene 1 rejected."
    saved = post(studio, "image-reject", project, seen="rejected", reason="too dark")
    assert toast(saved) == {"text": "Reason saved."}
    assert "“too dark”" in card_of(saved, project, 0)
    assert toast(post(studio, "image-reject", project, seen="rejected"))["text"] == "Scene 1 is to review again."


def test_a_picture_is_kept_where_its_words_are_saved_so(studio: Client, project: Project) -> None:
    at_images(project)
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    assert "Save, keep the picture" in studio.get(address("image", project)).content.decode()
    saved = post(studio, "prompt-edit", project, text="a lighthouse in a storm", seen_take=1)
    assert "Your words are saved" in toast(saved)["text"]
    assert "Keep this picture" not in card_of(saved, project, 0)
    assert "kept as it is" in studio.get(address("image", project)).content.decode()


@pytest.mark.parametrize("name", ["images", "image"])
def test_a_picture_is_kept_from_its_card_and_from_its_sheet(studio: Client, project: Project, name: str) -> None:
    at_images(project)
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    edit.edit_prompt(pick_of(project, 0).content, "a lighthouse in a storm", by=project.owner, seen_take=1)
    shown = studio.get(address(name, project)).content.decode()
    assert "Keep this picture" in shown
    found = re.search(r'id="keep[^>]*name="seen" value="(\w+)"|name="seen" value="(\w{20})"', shown)
    assert found is not None
    seen = found[1] or found[2]
    stale = post(studio, "image-keep", project, seen="f" * 20)
    assert stale.status_code == 409
    assert "changed meanwhile" in toast(stale)["text"]
    assert "Keep this picture" in card_of(stale, project, 0)
    kept = post(studio, "image-keep", project, seen=seen, reason="<b>Better</b> light.")
    assert kept.status_code == 200
    assert "scene 1 is kept" in toast(kept)["text"]
    assert "Keep this picture" not in card_of(kept, project, 0)
    sheet = studio.get(address("image", project)).content.decode()
    assert "kept as it is" in sheet and "“&lt;b&gt;Better&lt;/b&gt; light.”" in sheet
    again = studio.post(toast(kept)["undo"]["url"], {"to": toast(kept)["undo"]["to"]}, headers=HTMX)
    assert "Keep this picture" in card_of(again, project, 0)
    plain = post(studio, "image-keep", project, htmx=False, seen=seen, back="sheet")
    assert plain.status_code == 302 and plain["Location"].startswith(address("image", project))


def test_takes_are_compared_and_an_older_one_is_picked(studio: Client, project: Project) -> None:
    at_images(project)
    first = image_of(project, 0)
    post(studio, "image-redraw", project, seen_take=1)
    drain()
    sheet = studio.get(address("image", project), {"aspect": "16:9", "with": 1}).content.decode()
    assert sheet.count("<figure>") == 2
    beside_itself = studio.get(address("image", project), {"aspect": "16:9", "with": 2}).content.decode()
    assert "Compare with take 1" in beside_itself
    assert "<figure>" not in beside_itself
    second = image_of(project, 0)
    response = studio.post(
        reverse("image-pick", args=[first.code]), {"aspect": "16:9", "seen": str(second.code)}, headers=HTMX
    )
    assert toast(response)["text"] == "Take 1 stands."
    assert image_of(project, 0).pk == first.pk
    assert "take 1 of 2" in card_of(response, project, 0)


def test_a_sheet_leads_to_the_scenes_beside_it(studio: Client, project: Project) -> None:
    at_images(project)
    last = len(scenes(project)) - 1
    for index, ways in ((0, ("after",)), (1, ("before", "after")), (last, ("before",))):
        sheet = studio.get(address("image", project, index)).content.decode()
        assert re.findall(r'id="sheet-(before|after)"', sheet) == list(ways)
        shown = re.findall(r'icons[^"]*svg#(arrow-[a-z]+)"', sheet)
        assert len(shown) == 2
        assert all(f'<symbol id="{name}"' in ICONS for name in shown)
    beside = reverse("image", args=[project.code, scenes(project)[last - 1].code])
    assert f'id="sheet-before" href="{beside}?aspect=16:9"' in sheet


def test_the_title_counts_no_pictures_while_later_work_goes_on(studio: Client, project: Project) -> None:
    at_images(project)
    post(studio, "image-redraw", project, seen_take=1)
    assert 'data-done="5" data-total="6"' in studio.get(address("images", project)).content.decode()
    drain()
    review.approve_image(image_of(project, 0), by=project.owner, seen="pending")
    shown = studio.get(address("images", project)).content.decode()
    assert 'data-busy="true" data-done="6" data-total="0"' in shown


def test_without_script_a_button_leads_back_to_its_card(studio: Client, project: Project) -> None:
    at_images(project)
    page = studio.get(address("images", project), {"card": scenes(project)[2].code}).content.decode()
    assert f'data-focus="{scenes(project)[2].code}"' in page
    response = post(studio, "image-approve", project, htmx=False, seen="pending")
    code = scenes(project)[0].code
    assert response["Location"] == f"/p/{project.code}/images/?aspect=16%3A9#card-{code}"
    response = post(studio, "image-redraw", project, 1, htmx=False, seen_take=1, back="sheet")
    assert response["Location"].startswith(f"/p/{project.code}/images/{scenes(project)[1].code}/")


def test_with_autopilot_nothing_waits_for_a_verdict(studio: Client, film: Project) -> None:
    shown = studio.get(address("images", film)).content.decode()
    assert "Autopilot is on" in shown
    assert "Approve remaining" not in shown
    assert shown.count("Not judged") == 6


def test_before_there_are_scenes_it_says_what_goes_on(studio: Client, project: Project) -> None:
    shown = studio.get(address("images", project)).content.decode()
    assert "The scenes are on their way" in shown
    assert studio.get(address("images-changes", project), {"scenes": 0}, headers=HTMX).status_code == 200


def test_each_shape_has_its_own_board(studio: Client, project: Project) -> None:
    at_images(project)
    project.renditions.create(aspect="9:16")
    flow.advance(project)
    drain()
    shown = studio.get(address("images", project), {"aspect": "9:16"}).content.decode()
    assert 'data-aspect="9:16"' in shown
    assert 'aria-current="page">9:16<' in shown
    studio.post(
        reverse("image-approve", args=[pick_of(project, 0, "9:16").image.code]),
        {"aspect": "9:16", "seen": "pending"},
        headers=HTMX,
    )
    assert (image_of(project, 0).verdict, pick_of(project, 0, "9:16").image.verdict) == ("pending", "approved")


GOOD = {
    "png": picture(),
    "jpeg": picture(kind="JPEG"),
    "webp": picture(kind="WEBP"),
    "cmyk": picture(kind="JPEG", mode="CMYK"),
    "see-through": picture(mode="RGBA"),
    "gray": picture(mode="L"),
}


@pytest.mark.parametrize("kind", GOOD)
def test_an_uploaded_picture_becomes_a_take(studio: Client, drawn: Project, kind: str) -> None:
    upload = picture_file(GOOD[kind], name="..\\evil<b>.svg")
    response = post(studio, "image-replace", drawn, htmx=False, picture=upload, seen_take=1)
    assert response["Location"].endswith(f"&card={scenes(drawn)[0].code}")
    image = image_of(drawn, 0)
    assert (image.provider, image.take, image.width, image.height) == ("upload", 2, 640, 360)
    with default_storage.open(image.file) as file:
        assert hashlib.sha256(file.read()).hexdigest() == image.sha256
    for key in (image.file, image.thumb_file):
        with default_storage.open(key) as file, Picture.open(file) as stored:
            assert (stored.mode, stored.size) in {("RGB", (640, 360)), ("L", (640, 360))}
            assert not stored.getexif()
    assert Asset.objects.get(kind="picture").name == "evil<b>.svg"
    assert "Your upload" in studio.get(address("images", drawn)).content.decode()
    for kind_of_file in ("image", "thumb"):
        assert studio.get(reverse("media", args=[kind_of_file, image.code])).status_code == 200


def test_a_picture_that_lies_on_its_side_is_put_upright(studio: Client, drawn: Project) -> None:
    exif = Picture.Exif()
    exif[0x0112] = 6
    upload = picture_file(picture((400, 200), "JPEG", exif=exif))
    post(studio, "image-replace", drawn, picture=upload, seen_take=1)
    image = image_of(drawn, 0)
    assert (image.width, image.height) == (200, 400)


def test_another_shape_is_cropped_around_what_stands_out_in_an_upload(studio: Client, drawn: Project) -> None:
    wide = Picture.new("RGB", (640, 360), (200, 215, 230))
    wide.paste((190, 30, 40), (480, 60, 560, 140))
    out = io.BytesIO()
    wide.save(out, "PNG")
    post(studio, "image-replace", drawn, picture=picture_file(out.getvalue()), seen_take=1)
    image = image_of(drawn, 0)
    assert abs(image.focus_x - 812) < 60 and abs(image.focus_y - 278) < 80
    drawn.renditions.create(aspect="9:16")
    pick = Pick.objects.create(content=scenes(drawn)[0].content, aspect="9:16")
    post(studio, "image-crop", drawn, aspect="9:16", **{"from": str(image.code)}, seen_take=0)
    pick.refresh_from_db()
    assert pick.image is not None
    assert (pick.image.sha256, pick.image.focus_x) == (image.sha256, image.focus_x)
    assert f'data-x="{image.focus_x}"' in studio.get(address("images", drawn), {"aspect": "9:16"}).content.decode()


def moving() -> bytes:
    frames = [Picture.new("RGB", (100, 100), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


BAD = {
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not a picture"),
    "html": (b"<html><script>alert(1)</script></html>", "not a picture"),
    "gif": (picture(kind="GIF", mode="L"), "not a picture"),
    "half": (picture((900, 900), "PNG")[:200], "not a picture"),
    "1x1": (picture((1, 1)), "too small"),
    "20000": (picture((20_000, 20_000), "PNG", mode="L"), "million pixels"),
    "moving": (moving(), "This picture moves"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_picture_is_refused_in_words(studio: Client, drawn: Project, kind: str) -> None:
    data, words = BAD[kind]
    response = post(studio, "image-replace", drawn, picture=picture_file(data), seen_take=1)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'id="upload-form"' in response.content.decode()
    assert image_of(drawn, 0).take == 1
    assert not Asset.objects.filter(kind="picture").exists()


def test_an_upload_without_a_file_or_to_a_stale_take_is_refused(studio: Client, drawn: Project) -> None:
    assert post(studio, "image-replace", drawn, seen_take=1).status_code == 422
    assert post(studio, "image-replace", drawn, picture=picture_file(), seen_take=0).status_code == 409
    assert image_of(drawn, 0).take == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "Überraschung 🌊 海", "a\r\nb", "{{ 7*7 }}"])
def test_words_are_shown_as_they_were_typed(studio: Client, drawn: Project, text: str) -> None:
    assert post(studio, "prompt-edit", drawn, text=text, seen_take=1).status_code == 200
    shown = studio.get(address("image", drawn)).content.decode()
    assert "<script>alert" not in shown
    assert pick_of(drawn, 0).content.prompt.text == text.replace("\r\n", "\n")


# ---- the animatic


def test_the_animatic_is_made_and_followed_on_the_board_in_its_shape(studio: Client, film: Project) -> None:
    page = studio.get(address("images", film)).content.decode()
    assert "Make the animatic" in page
    url = reverse("animatic-make", args=[film.code])
    asked = studio.post(url, {"aspect": "16:9", "page": "images"}, headers=HTMX)
    html = asked.content.decode()
    assert 'id="animatic-live"' in html
    assert "Making the animatic" in html
    assert 'hx-trigger="every 2s"' in html, "a film that is finished is polled again while its animatic is made"
    assert "images/changes/" in html
    drain()
    film.refresh_from_db()
    polled = studio.get(address("images-changes", film), {"since": film.rev - 1, "every": 2}, headers=HTMX)
    made = film.animatics.get()
    assert f'data-code="{made.code}"' in polled.content.decode()
    assert "<video" not in polled.content.decode(), "a polled region holds no player"
    assert "hx-trigger" not in polled.content.decode().partition('id="pulse"')[2].partition(">")[0]
    assert f'data-code="{made.code}" aria-label' in studio.get(address("images", film)).content.decode()


def test_without_a_script_the_board_comes_back_at_its_animatic(studio: Client, film: Project) -> None:
    url = reverse("animatic-make", args=[film.code])
    asked = studio.post(url, {"aspect": "16:9", "page": "images"})
    assert asked["Location"] == f"{reverse('images', args=[film.code])}?aspect=16%3A9#animatic"
    assert '<noscript><meta http-equiv="refresh"' in studio.get(address("images", film)).content.decode()


def test_without_a_script_a_refusal_shows_what_was_typed(studio: Client, drawn: Project) -> None:
    url = address("prompt-edit", drawn)
    form = "application/x-www-form-urlencoded"
    answer = studio.post(url, "aspect=16:9&seen_take=9&text=a+%3Cbright%3E+harbor", content_type=form)
    assert answer.status_code == 409
    assert ">a &lt;bright&gt; harbor</textarea>" in answer.content.decode()


def test_a_button_brings_what_changed_since_the_last_poll_of_its_page(studio: Client, drawn: Project) -> None:
    before = drawn.rev
    late = scenes(drawn)[1]
    with transaction.atomic():
        touch(lock(drawn.pk), [late.pk])  # another scene, between a poll and the press
    heard = {"Omvee-Since": str(before)}
    take = image_of(drawn, 0)
    url = reverse("image-approve", args=[take.code])
    answer = studio.post(url, {"seen": take.verdict}, headers={**HTMX, **heard})
    assert f'id="image-{late.code}"' in answer.content.decode()
    assert f'data-since="{fresh_rev(drawn)}"' in answer.content.decode()


def fresh_rev(project: Project) -> int:
    return Project.objects.get(pk=project.pk).rev
