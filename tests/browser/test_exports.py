"""The files of a film: asked for, watched while they are made, canceled, downloaded, not made twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import WORK_WITHIN_MS, Finger, Keys, Plain, Pointer
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import findings, overflow, watched

pytestmark = [pytest.mark.browser, pytest.mark.long]


def through_the_files(hands: Pointer, code: str, folder: Path) -> None:
    """A WebM asked for, made and taken along; the same one is not made again; another one is canceled; the words."""
    page = hands.page
    page.goto(f"/p/{code}/exports/")
    ask(hands, "webm")
    download = page.locator(".export[data-state=ready]").get_by_role("link", name="Download")
    hands.wait(download)
    with page.expect_download() as saved:
        hands.press(download)
    saved.value.save_as(folder / "film.webm")
    with av.open(folder / "film.webm") as film:
        assert (film.streams.video[0].codec_context.name, film.streams.video[0].height) == ("vp9", 480)
    ask(hands, "webm")
    expect(page.get_by_text("You have this file already")).to_be_visible()
    expect(page.locator(".export")).to_have_count(1)
    hands.press(page.locator(".export").get_by_role("button", name="Delete"))
    hands.wait(page.locator(".export"), 0)
    with page.expect_download() as words:
        hands.press(page.get_by_role("link", name="SRT"))
    assert "-->" in words.value.path().read_text()


def ask(hands: Pointer, kind: str) -> None:
    page = hands.page
    hands.tick(page.locator(f"[name=format][value={kind}]"))
    hands.select(page.get_by_label("Size"), "480p")
    hands.press(page.get_by_role("button", name="Make this file"))
    page.wait_for_url("**#files")


def unmade(studio: Studio, code: str) -> None:
    """The files are as before they were made."""
    mine = "(select id from projects_project where code = ?)"
    studio.rows(f"update projects_export set file = '' where project_id = {mine}", uuid_hex(code))


def test_by_pointer(page: Page, film: dict[str, Any], project_at: Callable[..., str], tmp_path: Path) -> None:
    through_the_files(Pointer(page), project_at("film"), tmp_path)


def test_by_keys_alone(page: Page, film: dict[str, Any], project_at: Callable[..., str], tmp_path: Path) -> None:
    through_the_files(Keys(page), project_at("film"), tmp_path)


def test_by_finger_on_a_phone(
    open_browser: Callable[..., BrowserContext], project_at: Callable[..., str], tmp_path: Path
) -> None:
    context = open_browser(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context):
        through_the_files(Finger(context.new_page()), project_at("film"), tmp_path)


def test_without_a_script(
    open_browser: Callable[..., BrowserContext], project_at: Callable[..., str], tmp_path: Path
) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context):
        through_the_files(Plain(context.new_page()), project_at("film"), tmp_path)


def test_a_file_at_work_shows_how_far_it_is_and_is_canceled(
    page: Page, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    page.goto(f"/p/{code}/exports/")
    ask(Pointer(page), "mp4")
    expect(page.locator(".export[data-state=ready]")).to_have_count(1, timeout=WORK_WITHIN_MS)
    unmade(studio, code)
    job = studio.hold(code, "export_video")
    page.reload()
    row = page.locator(".export")
    expect(row.get_by_role("progressbar")).to_be_visible()
    assert findings(page) == []
    row.get_by_role("button", name="Cancel").click()
    expect(page.locator(".export")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("anceled")
    assert studio.rows("select state from pipeline_job where id = ?", job) == [("canceled",)]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_failed_says_why_and_is_tried_again(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str], theme: str
) -> None:
    context = open_browser(color_scheme=theme, viewport={"width": 360, "height": 700})
    with watched(context):
        page, code = context.new_page(), project_at("film")
        page.goto(f"/p/{code}/exports/")
        assert findings(page) == []
        ask(Pointer(page), "mp4")
        expect(page.locator(".export[data-state=ready]")).to_have_count(1, timeout=WORK_WITHIN_MS)
        assert findings(page) == []
        studio.fail(code, "export_video", "The disk of this server is full.")
        unmade(studio, code)
        page.reload()
        expect(page.get_by_text("The disk of this server is full.")).to_be_visible()
        assert (findings(page), overflow(page)) == ([], 0)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator(".export[data-state=ready]")).to_have_count(1, timeout=WORK_WITHIN_MS)
