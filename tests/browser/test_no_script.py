"""Without JavaScript everything works, page by page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import begin

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(open_browser: Callable[..., BrowserContext]) -> Page:
    return open_browser(java_script_enabled=False).new_page()


def test_a_film_is_begun_canceled_continued_and_deleted(plain: Page, song: Path) -> None:
    code = begin(plain, song, title="By hand")
    expect(plain.locator("meta[http-equiv=refresh]")).to_have_attribute("content", "10")
    plain.get_by_role("button", name="Cancel", exact=True).click()
    expect(plain).to_have_url(f"{plain.url.split('/p/')[0]}/p/{code}/")
    expect(plain.get_by_text("Canceled. What was made is kept.").first).to_be_visible()
    expect(plain.locator("meta[http-equiv=refresh]")).to_have_count(0)
    plain.get_by_role("button", name="Go on").click()
    expect(plain.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    plain.get_by_role("button", name="Cancel", exact=True).click()
    plain.get_by_role("button", name="Delete").click()
    expect(plain.get_by_role("heading", name="Projects")).to_be_visible()


def test_a_refusal_is_the_same_page_with_what_was_typed(plain: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "song.mp3"
    wrong.write_text("no song")
    plain.goto("/new/")
    plain.locator("#id_song").set_input_files(wrong)
    plain.get_by_role("textbox", name="Title").fill("Kept")
    plain.get_by_role("button", name="Make the video").click()
    expect(plain.locator("#field-song .errorlist")).to_contain_text("not a song")
    expect(plain.get_by_role("textbox", name="Title")).to_have_value("Kept")


def test_the_film_plays_and_the_theme_changes(plain: Page, film: dict[str, Any]) -> None:
    plain.goto(f"/p/{film['code']}/")
    expect(plain.locator("video[controls] source")).to_have_attribute("src", f"/media/film/{media_code(plain)}/")
    plain.get_by_role("button", name="Switch to the dark theme").click()
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")
    expect(plain).to_have_url(f"{plain.url.split('/p/')[0]}/p/{film['code']}/")
    plain.get_by_label("Account").click()
    expect(plain.get_by_role("button", name="Sign out")).to_be_visible()


def media_code(page: Page) -> str:
    return (page.locator("video").get_attribute("id") or "").removeprefix("film-")
