"""From the upload to the downloaded film, every gate used: by pointer, by keys alone, on a phone, without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LINES, LYRICS
from tests.browser.hands import Finger, Keys, Plain, Pointer
from tests.browser.reviewing import approve_all, decide_and_download
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import watched

pytestmark = pytest.mark.browser
TITLE = "Through Every Gate"


def through_every_gate(hands: Pointer, studio: Studio, song: Path, folder: Path) -> None:
    page = hands.page
    code = begun(hands, song)
    hands.wait(page.get_by_role("button", name="Approve the lyrics"))
    if not isinstance(hands, Plain):
        expect(page.locator("#lines .line")).to_have_count(len(LINES))
    assert steps(studio, code) == {"analyze_song", "transcribe_song"}
    hands.press(page.get_by_role("button", name="Approve the lyrics"))
    page.wait_for_url(f"**/p/{code}/scenes/")
    hands.wait(page.locator(".srow").first)
    scenes = len(studio.slots(code))
    assert scenes == 2
    hands.wait(page.locator(".srow"), scenes)

    hands.press(page.locator("nav.steps").get_by_role("link", name="Images"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    assert "generate_clip" not in steps(studio, code)
    hands.press(page.locator(".live").nth(0).get_by_role("button", name="Redraw"))
    hands.wait(page.locator(".scene", has_text="take 2 of 2").locator(".live[data-state=review]"))
    hands.press(page.locator(".live").nth(0).get_by_role("button", name="Approve"))
    hands.wait(page.locator(".live[data-state=approved]"))
    approve_all(hands, scenes)

    hands.press(page.get_by_role("link", name="Go to clips"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    assert "assemble_video" not in steps(studio, code)
    hands.press(page.locator(".live").nth(1).get_by_role("button", name="Approve"))
    hands.wait(page.locator(".live[data-state=approved]"))
    approve_all(hands, scenes)

    decide_and_download(hands, TITLE, folder, frames=studio.slots(code)[-1][1])


def begun(hands: Pointer, song: Path) -> str:
    page = hands.page
    page.goto("/new/")
    hands.choose(page.locator("#id_song"), song)
    hands.write(page.get_by_role("textbox", name="Title"), TITLE)
    hands.write(page.get_by_role("textbox", name="Lyrics"), LYRICS)
    hands.select(page.get_by_label("Size"), "480p")
    hands.tick(page.get_by_label("Let me decide at each step"))
    hands.press(page.get_by_role("button", name="Make the video"))
    page.wait_for_url("**/p/*/song/")
    return page.url.split("/p/")[1].split("/")[0]


def steps(studio: Studio, code: str) -> set[str]:
    """What has been made or begun for a project."""
    query = "select distinct step from pipeline_job j join projects_project p on p.id = j.project_id where p.code = ?"
    return {step for (step,) in studio.rows(query, uuid_hex(code))}


@pytest.mark.long
def test_by_pointer(page: Page, studio: Studio, short_song: Path, tmp_path: Path) -> None:
    through_every_gate(Pointer(page), studio, short_song, tmp_path)


@pytest.mark.long
def test_by_keys_alone(page: Page, studio: Studio, short_song: Path, tmp_path: Path) -> None:
    through_every_gate(Keys(page), studio, short_song, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 390])
def test_by_finger_on_a_phone(
    open_browser: Callable[..., BrowserContext], studio: Studio, short_song: Path, tmp_path: Path, width: int
) -> None:
    context = open_browser(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context):
        through_every_gate(Finger(context.new_page()), studio, short_song, tmp_path)


@pytest.mark.long
def test_without_a_script(
    open_browser: Callable[..., BrowserContext], studio: Studio, short_song: Path, tmp_path: Path
) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context):
        through_every_gate(Plain(context.new_page()), studio, short_song, tmp_path)
