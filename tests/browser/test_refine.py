"""A film refined: a look chosen on a live still, a new version made, before and after compared, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import WORK_WITHIN_MS, Finger, Keys, Plain, Pointer
from tests.browser.studio import Studio
from tests.browser.watching import findings, overflow, until, watched

pytestmark = [pytest.mark.browser, pytest.mark.long]


def through_a_refinement(hands: Pointer, studio: Studio, code: str) -> None:
    page = hands.page
    page.goto(f"/p/{code}/refine/")
    still = page.locator("#still")
    before = still.get_attribute("src")
    hands.tick(page.locator("[name=grade][value=noir]"))
    if not isinstance(hands, Plain):
        expect(still).not_to_have_attribute("src", before or "")
        there = "picture => picture.complete && picture.naturalWidth > 300"
        until(page, lambda: still.evaluate(there), what="the still")
    hands.press(page.get_by_role("button", name="Refine the film"))
    hands.wait(page.locator("#compare video"), 2)
    expect(page.locator("#compare")).to_contain_text("Noir")
    assert studio.films(code) == 2
    hands.press(page.get_by_role("button", name="Go back to before"))
    page.wait_for_url("**/final/**")
    expect(page.locator(".version").filter(has_text="Version 1").get_by_text("Stands")).to_be_visible()


def test_by_pointer(page: Page, studio: Studio, project_at: Callable[..., str]) -> None:
    through_a_refinement(Pointer(page), studio, project_at("film"))


def test_by_keys_alone(page: Page, studio: Studio, project_at: Callable[..., str]) -> None:
    through_a_refinement(Keys(page), studio, project_at("film"))


def test_by_finger_on_a_phone(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str]
) -> None:
    context = open_browser(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context):
        through_a_refinement(Finger(context.new_page()), studio, project_at("film"))


def test_without_a_script(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str]
) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context):
        through_a_refinement(Plain(context.new_page()), studio, project_at("film"))


def test_the_strength_is_told_and_both_sides_play_together(page: Page, project_at: Callable[..., str]) -> None:
    page.goto(f"/p/{project_at('film')}/refine/")
    page.get_by_label("How strong").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-percent]")).to_have_text("80 %")
    page.locator("[name=grade][value=sepia]").check(force=True)
    expect(page.locator("#still")).to_have_attribute("src", re.compile("intensity=80"))
    page.get_by_role("button", name="Refine the film").click()
    sides = page.locator("#compare video")
    expect(sides).to_have_count(2, timeout=WORK_WITHIN_MS)
    sides.first.evaluate("video => video.play()")
    expect(sides.last).to_have_js_property("paused", False)
    sides.last.evaluate("video => video.pause()")
    expect(sides.first).to_have_js_property("paused", True)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_everybody_can_use_it_idle_busy_and_failed(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str], theme: str
) -> None:
    context = open_browser(color_scheme=theme, viewport={"width": 360, "height": 700})
    with watched(context):
        page, code = context.new_page(), project_at("film")
        page.goto(f"/p/{code}/refine/")
        assert (findings(page), overflow(page)) == ([], 0)
        page.get_by_label("Smooth motion").check()
        page.get_by_role("button", name="Refine the film").click()
        expect(page.locator("#compare")).to_be_visible(timeout=WORK_WITHIN_MS)
        assert (findings(page), overflow(page)) == ([], 0)
        studio.hold(code, "refine_video")
        page.reload()
        expect(page.get_by_role("progressbar", name="Refining the film")).to_be_visible()
        assert (findings(page), overflow(page)) == ([], 0)
        studio.fail(code, "refine_video", "The disk of this server is full.")
        page.reload()
        expect(page.get_by_text("The disk of this server is full.")).to_be_visible()
        assert (findings(page), overflow(page)) == ([], 0)
