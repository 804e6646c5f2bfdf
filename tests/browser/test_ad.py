"""From a template to the downloaded ad: facts asked back, a claim flagged, beats changed, animatic and references
approved; by pointer, by keys alone, on a phone, without a script.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import Finger, Keys, Plain, Pointer
from tests.browser.reviewing import approve_all, decide_and_download
from tests.browser.studio import Studio
from tests.browser.watching import Watch, findings, watched
from tests.browser.ways import CLAIM, bottle, fill_ad, logo, send_ad

pytestmark = [pytest.mark.browser, pytest.mark.long]
ASKED_BACK = "422 (Unprocessable"


def through_an_ad(hands: Pointer, studio: Studio, folder: Path) -> None:
    page = hands.page
    page.goto("/new/ad/")
    hands.press(page.get_by_role("link", name="Product showcase"))
    expect(page.get_by_role("heading", name="Product showcase")).to_be_visible()
    code = asked_back(hands)
    expect(page.get_by_role("heading", name="Brief")).to_be_visible()
    hands.wait(page.locator(".beat").first)
    expect(page.get_by_text("Needs proof.").first).to_be_visible()
    expect(page.get_by_role("link", name="FTC Guides")).to_be_visible()
    benefit = page.get_by_label("Caption").nth(2)
    expect(benefit).to_have_value(CLAIM)
    hands.rewrite(benefit, "Hot from dawn to dusk")
    hands.press(page.get_by_role("button", name="Approve the brief"))
    page.wait_for_url(f"**/p/{code}/references/")
    for passed, what in enumerate(("animatic", "references"), 1):
        hands.wait(page.get_by_role("button", name=f"Approve the {what}"))
        hands.press(page.get_by_role("button", name=f"Approve the {what}"))
        hands.wait(page.locator(".gate .badge.done"), passed)
    hands.press(page.locator("nav.steps").get_by_role("link", name="Images"))
    scenes = len(studio.slots(code))
    assert scenes == 5
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    expect(page.get_by_text("Hot from dawn to dusk")).to_be_visible()
    approve_all(hands, scenes)
    hands.press(page.get_by_role("link", name="Go to clips"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    approve_all(hands, scenes)
    decide_and_download(hands, "Nordo Bottle", folder, frames=15 * 30)


def asked_back(hands: Pointer) -> str:
    """Send an ad of a minute with one key point, hear that it needs more, and make a shorter one; its code."""
    page = hands.page
    fill_ad(hands, points=CLAIM, seconds=60)
    hands.press(page.get_by_role("button", name="Make the ad"))
    expect(page.locator("#field-points .errorlist")).to_contain_text("key points; 1 given")
    expect(page.locator("[name=product]")).to_have_value("Nordo Bottle")
    hands.tick(page.locator("[name=length][value='15']"))
    if not page.locator("[name=shots]").evaluate(
        "field => field.files.length"
    ):  # without a script the page is a new one
        hands.choose(page.locator("[name=shots]"), bottle())
        hands.choose(page.locator("[name=logo]"), logo())
    return send_ad(hands)


def test_by_pointer(page: Page, watch: Watch, studio: Studio, tmp_path: Path) -> None:
    watch.expected.append(ASKED_BACK)
    through_an_ad(Pointer(page), studio, tmp_path)


def test_by_keys_alone(page: Page, watch: Watch, studio: Studio, tmp_path: Path) -> None:
    watch.expected.append(ASKED_BACK)
    through_an_ad(Keys(page), studio, tmp_path)


def test_by_finger_on_a_phone(open_browser: Callable[..., BrowserContext], studio: Studio, tmp_path: Path) -> None:
    context = open_browser(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context) as watch:
        watch.expected.append(ASKED_BACK)
        through_an_ad(Finger(context.new_page()), studio, tmp_path)


def test_without_a_script(open_browser: Callable[..., BrowserContext], studio: Studio, tmp_path: Path) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context) as watch:
        watch.expected.append(ASKED_BACK)
        through_an_ad(Plain(context.new_page()), studio, tmp_path)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_too_long_to_be_read_is_refused_and_stays_typed(
    open_browser: Callable[..., BrowserContext], theme: str
) -> None:
    context = open_browser(color_scheme=theme)
    with watched(context) as watch:
        watch.expected.append(ASKED_BACK)
        page = context.new_page()
        fill_ad(Pointer(page))
        send_ad(Pointer(page))
        caption = page.get_by_label("Caption").first
        expect(caption).to_be_visible()
        caption.evaluate("field => { field.maxLength = 999 }")
        caption.fill("far too many words to be read in two seconds by anybody at all")
        page.get_by_role("button", name="Approve the brief").click()
        expect(page.get_by_role("alert").filter(has_text="too long for 2 s")).to_be_visible()
        expect(page.get_by_label("Caption").first).to_have_value(
            "far too many words to be read in two seconds by anybody at all"
        )
        assert findings(page) == []


def test_what_was_typed_is_there_again_when_another_form_of_the_page_was_pressed(
    open_browser: Callable[..., BrowserContext],
) -> None:
    context = open_browser()
    with watched(context):
        page = context.new_page()
        fill_ad(Pointer(page))
        send_ad(Pointer(page))
        caption, product = page.get_by_label("Caption").first, page.get_by_label("Name of the product")
        expect(caption).to_be_visible()
        caption.fill("Tea, all day")
        product.fill("Nordo Flask")
        page.get_by_role("button", name="Use this look").click()
        page.get_by_role("link", name="Leave it as it was").click()
        expect(page.get_by_text("Words that you had not saved are back.").first).to_be_visible()
        expect(caption).to_have_value("Tea, all day")
        expect(product).to_have_value("Nordo Flask")
        page.get_by_role("button", name="Save the beats").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        kept = "Object.keys(sessionStorage).filter(key => key.startsWith('omvee:kept:'))"
        expect(product).to_have_value("Nordo Flask")
        assert len(page.evaluate(kept)) == 1, "what is saved is no longer kept"
        expect(caption).to_have_value("Tea, all day")
