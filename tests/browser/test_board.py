"""The boards of pictures and clips in a browser: keys, pointer, polls, tabs, no network, no script, every size."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image as Picture
from playwright.sync_api import APIResponse, BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import Polls, sign_in_here
from tests.browser.hands import WORK_WITHIN_MS
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import Watch, findings, overflow, until, watched
from tests.services import wait_until

pytestmark = pytest.mark.browser
REFUSED = ["409 (Conflict)", "Response Status Error Code 409"]
BROKEN = ["500 (Internal Server Error)", "Response Status Error Code 500"]


@pytest.fixture
def gated(project_at: Callable[..., str]) -> str:
    """The code of a project whose owner decides at each step: every picture waits to be reviewed."""
    return project_at("images")


@pytest.fixture
def board(gated: str, page: Page) -> Page:
    """Its Images board, open."""
    page.goto(f"/p/{gated}/images/")
    return page


def card(page: Page, index: int) -> Locator:
    return page.locator("#board .scene").nth(index)


def state(page: Page, index: int) -> Locator:
    return card(page, index).locator(".live")


def toasts(page: Page) -> Locator:
    return page.locator("#toasts")


def test_pictures_are_reviewed_by_keys_alone(board: Page) -> None:
    card(board, 0).focus()
    board.keyboard.press("a")
    expect(state(board, 0)).to_have_attribute("data-state", "approved")
    expect(card(board, 1)).to_be_focused()
    board.keyboard.press("x")
    expect(state(board, 1)).to_have_attribute("data-state", "rejected")
    expect(card(board, 1)).to_be_focused()
    expect(toasts(board)).to_contain_text("Scene 2 rejected.")
    board.keyboard.press("u")
    expect(state(board, 1)).to_have_attribute("data-state", "review")
    board.keyboard.press("ArrowLeft")
    expect(card(board, 0)).to_be_focused()
    board.keyboard.press("j")
    expect(card(board, 1)).to_be_focused()
    board.keyboard.press("k")
    board.keyboard.press("?")
    expect(board.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    board.keyboard.press("Escape")
    expect(card(board, 0)).to_be_focused()
    board.keyboard.press(" ")
    expect(board.locator("#sheet")).to_be_visible()
    board.keyboard.press("Escape")
    expect(board.locator("#sheet")).to_be_hidden()
    expect(card(board, 0)).to_be_focused()
    board.keyboard.press("e")
    expect(board.locator("#words-text")).to_be_focused()
    board.keyboard.type("xarj")  # letters are letters where one types
    expect(state(board, 0)).to_have_attribute("data-state", "approved")
    board.evaluate("localStorage.clear()")


@pytest.mark.long
def test_a_redrawn_picture_comes_by_itself(board: Page) -> None:
    before = card(board, 0).locator("img").get_attribute("src")
    card(board, 0).focus()
    board.keyboard.press("r")
    expect(toasts(board)).to_contain_text("Drawing another take.")
    expect(card(board, 0).locator("img")).not_to_have_attribute("src", before or "", timeout=WORK_WITHIN_MS)
    expect(card(board, 0)).to_contain_text("take 2 of 2")
    expect(card(board, 0)).to_be_focused()


@pytest.mark.long
def test_the_whole_film_gets_another_style_after_a_question(board: Page) -> None:
    before = card(board, 0).locator("img").get_attribute("src")
    board.locator("#film-style summary").click()
    board.locator("#film-style [value=neon-noir]").check(force=True)
    board.get_by_role("button", name="Show what this changes").click()
    expect(board.get_by_role("heading", name="Draw the whole film in “Neon noir”?")).to_be_visible()
    expect(board.locator("main")).to_contain_text("new pictures are drawn")
    assert (findings(board), overflow(board)) == ([], 0)
    board.get_by_role("button", name="Yes, do it").click()
    expect(board.locator("#film-style")).to_contain_text("The film is in “Neon noir”.")
    expect(card(board, 0).locator("img")).not_to_have_attribute("src", before or "", timeout=WORK_WITHIN_MS)


@pytest.mark.long
def test_filters_show_and_count(board: Page) -> None:
    scenes = board.locator("#board .scene").count()
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(state(board, 0)).to_have_attribute("data-state", "approved")
    chip = board.locator('#counts [data-filter="approved"]')
    expect(chip.locator("b")).to_have_text("1")
    chip.click()
    expect(board.locator("#board .scene:visible")).to_have_count(1)
    expect(chip).to_have_attribute("aria-current", "true")
    expect(board).to_have_url(re.compile("show=approved"))
    board.reload()
    expect(board.locator("#board .scene:visible")).to_have_count(1)
    board.locator('#counts [data-filter="failed"]').click()
    expect(board.locator("#none-shown")).to_be_visible()
    board.locator('#counts [data-filter=""]').click()
    expect(board.locator("#board .scene:visible")).to_have_count(scenes)


@pytest.mark.long
def test_many_are_approved_after_a_question_and_taken_back(board: Page) -> None:
    scenes = board.locator("#board .scene").count()
    board.locator("#bulk-yes").click()
    dialog = board.locator("#confirm")
    expect(dialog).to_contain_text(f"Approve the {scenes} pictures")
    board.keyboard.press("Escape")
    expect(state(board, 0)).to_have_attribute("data-state", "review")
    board.locator("#bulk-yes").click()
    dialog.get_by_role("button", name=f"Approve {scenes}").click()
    expect(board.locator('.live[data-state="approved"]')).to_have_count(scenes)
    expect(board.get_by_role("link", name="Go to clips")).to_be_visible()
    toasts(board).get_by_role("button", name="Undo").click()
    expect(board.locator('.live[data-state="review"]')).to_have_count(scenes)


@pytest.mark.usefixtures("intercepted")
def test_a_500_takes_the_optimistic_mark_back(board: Page, watch: Watch) -> None:
    watch.expected += BROKEN
    marks: list[str] = []

    def broken(route: Any) -> None:
        marks.append(card(board, 0).get_attribute("data-optimistic") or "")
        route.fulfill(status=500, body="no")

    board.route("**/approve/", broken)
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(toasts(board)).to_contain_text("That did not work")
    assert marks == ["approved"]
    expect(card(board, 0)).not_to_have_attribute("data-optimistic", "approved")
    expect(state(board, 0)).to_have_attribute("data-state", "review")
    board.unroute("**/approve/")
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(state(board, 0)).to_have_attribute("data-state", "approved")


@pytest.mark.usefixtures("intercepted")
@pytest.mark.long
def test_a_poll_that_a_button_overtook_changes_nothing(board: Page, gated: str, studio: Studio) -> None:
    late: list[tuple[Route, APIResponse]] = []
    board.route("**/images/changes/**", lambda route: late.append((route, route.fetch())))  # asked now, told later
    studio.hold(gated, "generate_image")
    board.reload()
    studio.touch(gated)  # so that the poll brings every card
    wait_until(lambda: board.wait_for_timeout(100) or bool(late), what="a poll")
    card(board, 1).get_by_role("button", name="Approve").click()
    expect(state(board, 1)).to_have_attribute("data-state", "approved")
    heard = board.locator("#pulse").get_attribute("data-since")
    late[0][0].fulfill(response=late[0][1])
    board.wait_for_timeout(300)
    expect(state(board, 1)).to_have_attribute("data-state", "approved")
    expect(board.locator("#pulse")).to_have_attribute("data-since", heard or "")


def test_without_a_connection_nothing_is_lost(board: Page, context: BrowserContext, watch: Watch) -> None:
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest"]
    context.set_offline(True)
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(toasts(board)).to_contain_text("No connection")
    expect(card(board, 0)).not_to_have_attribute("data-optimistic", "approved")
    context.set_offline(False)
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(state(board, 0)).to_have_attribute("data-state", "approved")


def test_two_tabs_do_not_overwrite_each_other(board: Page, context: BrowserContext, watch: Watch) -> None:
    watch.expected += REFUSED
    other = context.new_page()
    other.goto(board.url)
    card(other, 0).locator('[data-verb="rejected"]').click()
    expect(state(other, 0)).to_have_attribute("data-state", "rejected")
    card(board, 0).locator('[data-verb="approved"]').click()
    expect(toasts(board)).to_contain_text("judged meanwhile")
    expect(toasts(board).locator(".toast")).to_have_count(1)
    expect(state(board, 0)).to_have_attribute("data-state", "rejected")
    card(board, 0).locator('[data-verb="approved"]').click()  # the fresh card works
    expect(state(board, 0)).to_have_attribute("data-state", "approved")


@pytest.mark.long
def test_typed_words_and_the_cursor_outlive_polls_and_answers(board: Page, gated: str, studio: Studio) -> None:
    held = studio.hold(gated, "write_prompts")
    board.reload()
    polls = Polls().watch(board)
    open_words(board)
    words = board.locator("#words-text")
    words.fill("a glass whale above the town")
    words.evaluate("field => field.setSelectionRange(3, 3)")
    for _ in range(2):
        studio.touch(gated)
        polls.wait_for(200)
    card_id = card(board, 1).locator('[data-verb="rejected"]').get_attribute("id")
    board.evaluate("id => document.getElementById(id).click()", card_id)  # an answer arrives behind the sheet
    expect(state(board, 1)).to_have_attribute("data-state", "rejected")
    expect(words).to_be_focused()
    expect(words).to_have_value("a glass whale above the town")
    assert words.evaluate("field => field.selectionStart") == 3
    studio.release(gated, held)
    expect(board.locator("#pulse")).to_have_attribute("data-busy", "false")
    expect(words).to_have_value("a glass whale above the town")


@pytest.mark.long
def test_an_expired_session_loses_no_words(board: Page, context: BrowserContext, gated: str) -> None:
    open_words(board)
    board.locator("#words-text").fill("a glass whale above the town")
    context.clear_cookies(name="sessionid")
    board.get_by_role("button", name="Save and redraw").click()
    expect(board.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in_here(board)
    board.wait_for_url(f"**/p/{gated}/images/")
    open_words(board)
    expect(board.locator("#words-text")).to_have_value("a glass whale above the town")
    expect(board.get_by_text("Words that you had not saved are back.")).to_be_visible()


def open_words(page: Page) -> None:
    card(page, 0).focus()
    page.keyboard.press("e")
    expect(page.locator("#words-text")).to_be_focused()


@pytest.mark.long
def test_a_draft_comes_back_and_is_saved_with_a_new_picture(board: Page) -> None:
    open_words(board)
    board.locator("#words-text").fill("a lighthouse on a red cliff")
    board.reload()
    open_words(board)
    expect(board.locator("#words-text")).to_have_value("a lighthouse on a red cliff")
    expect(board.get_by_text("Words that you had not saved are back.")).to_be_visible()
    board.get_by_role("button", name="Save and redraw").click()
    expect(toasts(board)).to_contain_text("Your words are saved.")
    assert board.evaluate("Object.keys(localStorage).filter(key => key.startsWith('omvee:words')).length") == 0
    expect(board.locator(".sheet-in")).to_have_attribute("data-state", "review", timeout=WORK_WITHIN_MS)
    board.locator("[data-close]").click()
    expect(card(board, 0)).to_contain_text("a lighthouse on a red cliff")


@pytest.mark.long
def test_a_style_is_tried_and_the_old_take_picked_again(board: Page) -> None:
    card(board, 1).locator(".open").click()
    board.get_by_text("Try another style on this scene").click()
    board.locator("#styles input[name=style][value=synthwave]").check(force=True)
    board.get_by_role("button", name="Draw a take").click()
    expect(board.locator(".takes li.stands")).to_contain_text("Synthwave", timeout=WORK_WITHIN_MS)
    board.get_by_role("link", name="Compare with take 1").click()
    expect(board.locator(".compare img")).to_have_count(2)
    board.get_by_role("button", name="Use this one take 1").click()
    expect(board.locator(".takes li.stands")).to_contain_text("Take 1, it stands")
    toasts(board).get_by_role("button", name="Undo").click()
    expect(toasts(board)).to_contain_text("Taken back.")


@pytest.mark.long
def test_the_focal_point_is_dragged_or_set_by_keys(board: Page) -> None:
    card(board, 0).locator(".open").click()
    board.locator("#focus > summary").click()
    frame = board.locator(".big")
    expect(frame.locator(".eye")).to_be_visible()
    until(board, lambda: frame.locator("img").evaluate("image => image.naturalWidth > 0"), what="the picture")
    box = frame.bounding_box()
    assert box is not None
    board.mouse.move(box["x"] + 30, box["y"] + 30)
    board.mouse.down()
    board.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2, steps=5)
    board.mouse.up()
    expect(toasts(board)).to_contain_text("The eye goes there now.")
    expect(board.locator("[name=seen_x]")).to_have_value("250")
    expect(board.locator("#focus")).to_have_attribute("open", "")  # what was unfolded stays so
    across = board.get_by_label("Across")
    across.focus()
    board.keyboard.press("ArrowRight")
    board.get_by_role("button", name="Move it there").click()
    expect(board.locator("[name=seen_x]")).to_have_value("260")


def png(size: tuple[int, int] = (800, 800)) -> bytes:
    out = io.BytesIO()
    Picture.radial_gradient("L").resize(size).save(out, "PNG")
    return out.getvalue()


@pytest.mark.long
def test_a_picture_of_ones_own_is_used_and_a_bad_one_refused(board: Page, watch: Watch) -> None:
    watch.expected.append("422 (Unprocessable Entity)")
    card(board, 0).locator(".open").click()
    board.locator("#upload > summary").click()
    field = board.locator("#id_picture")
    field.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"<svg></svg>"})
    board.get_by_role("button", name="Use this picture").click()
    expect(board.locator("#upload-form .errorlist")).to_contain_text("not a picture")
    field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": png()})
    board.get_by_role("button", name="Use this picture").click()
    board.wait_for_url("**card=*")
    expect(card(board, 0)).to_contain_text("Your upload")
    expect(card(board, 0)).to_be_focused()


@pytest.mark.long
@pytest.mark.parametrize("window", [{"width": 1280, "height": 800}, {"width": 360, "height": 800}])
def test_a_picture_of_another_shape_fills_its_card_and_covers_nothing(board: Page, window: Any) -> None:
    board.set_viewport_size(window)
    card(board, 0).locator(".open").click()
    board.locator("#upload > summary").click()
    board.locator("#id_picture").set_input_files(
        {"name": "tall.png", "mimeType": "image/png", "buffer": png((200, 800))}
    )
    board.get_by_role("button", name="Use this picture").click()
    board.wait_for_url("**card=*")
    expect(card(board, 0)).to_contain_text("Your upload")
    size = "node => { const { width, height } = node.getBoundingClientRect(); return [width, height].map(Math.round); }"
    until(
        board,
        lambda: card(board, 0).locator(".shot img").evaluate("image => image.complete && image.naturalHeight > 0"),
        what="the picture",
    )
    shot = card(board, 1).locator(".shot").evaluate(size)
    assert card(board, 0).locator(".shot").evaluate(size) == shot
    assert card(board, 0).locator(".shot img").evaluate(size) == shot
    card(board, 0).get_by_role("button", name="Approve").click()
    expect(state(board, 0)).to_have_attribute("data-state", "approved")


@pytest.mark.long
def test_it_works_without_a_script(gated: str, open_browser: Callable[..., BrowserContext]) -> None:
    context = open_browser(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/p/{gated}/images/")
    card(page, 1).get_by_role("button", name="Approve").click()
    expect(state(page, 1)).to_have_attribute("data-state", "approved")
    expect(page).to_have_url(re.compile("#card-"))
    page.get_by_role("link", name="Approved", exact=False).first.click()
    expect(page.locator("#board .scene:visible")).to_have_count(1)
    card(page, 1).locator(".open").click()
    page.get_by_label("Reject it, and say why").fill("too bright")
    page.locator("#reason button").click()
    expect(page.locator(".sheet-head .badge")).to_have_text("Rejected")
    page.get_by_role("link", name="Close").click()
    expect(card(page, 1)).to_contain_text("“too bright”")
    page.locator("#bulk-yes").click()
    expect(page.locator("#bulk-yes")).to_have_count(0)


@pytest.mark.long
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 320])
def test_everybody_can_use_it_at_any_size(
    project_at: Callable[..., str], open_browser: Callable[..., BrowserContext], theme: str, width: int
) -> None:
    context = open_browser(viewport={"width": width, "height": 720}, color_scheme=theme)
    with watched(context):
        page = context.new_page()
        for name in ("images", "clips"):
            page.goto(f"/p/{project_at(name)}/{name}/")
            expect(card(page, 0)).to_be_visible()
            assert findings(page) == []
            assert overflow(page) == 0
            card(page, 0).locator(".open").click()
            expect(page.locator("#sheet")).to_be_visible()
            for fold in page.locator("#sheet .fold > summary").all():
                fold.click()
            assert findings(page) == []
            assert page.locator("#sheet").evaluate("sheet => sheet.scrollWidth - sheet.clientWidth") == 0


@pytest.mark.long
def test_clips_play_under_the_pointer_and_make_the_film(
    project_at: Callable[..., str], film: dict[str, Any], studio: Studio, page: Page
) -> None:
    code, scenes = project_at("clips"), film["scenes"]
    page.goto(f"/p/{code}/clips/")
    expect(page.locator('.live[data-state="review"]')).to_have_count(scenes)
    card(page, 1).locator(".shot").hover()
    video = card(page, 1).locator("video")
    expect(video).to_have_js_property("paused", False)
    assert video.evaluate("video => video.muted")
    page.mouse.move(2, 2)
    expect(page.locator("#board video")).to_have_count(0)
    with page.expect_download() as saved:
        card(page, 0).get_by_role("link", name="Download the clip of scene 1").click()
    assert saved.value.suggested_filename == "Harbor Lights, scene 1.mp4"
    page.goto(page.locator('.live a[href*="/clips/"]').first.get_attribute("href"))
    page.get_by_label("Camera").select_option("orbit")
    expect(page.locator("#clip-price"), "on a page of its own too").to_contain_text("A new take, free.")
    page.goto(f"/p/{code}/clips/")
    card(page, 0).focus()
    page.keyboard.press("e")
    with page.expect_response("**/price/*"):
        page.get_by_label("Camera").select_option("orbit")
    expect(page.locator("#clip-price")).to_contain_text("A new take, free.")
    page.locator("#clip-price button").click()
    expect(page.locator(".takes li.stands")).to_contain_text("Orbit", timeout=WORK_WITHIN_MS)
    expect(page.locator(".sheet-in")).to_have_attribute("data-state", "review", timeout=WORK_WITHIN_MS)
    expect(page.locator("#sheet video")).to_have_js_property("muted", True)
    page.keyboard.press("Escape")
    expect(state(page, 0)).to_have_attribute("data-state", "review", timeout=WORK_WITHIN_MS)  # a poll has brought it
    card(page, 0).focus()
    for approved in range(1, scenes + 1):
        page.keyboard.press("a")
        expect(page.locator('.live[data-state="approved"]')).to_have_count(approved)
    page.goto(f"/p/{code}/final/")
    expect(page.locator("video").first).to_be_visible(timeout=WORK_WITHIN_MS)
    finals = "select version from projects_finalvideo f join projects_rendition r on r.id = f.rendition_id"
    finals += " join projects_project p on p.id = r.project_id where p.code = ?"
    assert studio.rows(finals, uuid_hex(code)) == [(1,)]
