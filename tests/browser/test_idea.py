"""From an idea to the downloaded film: the storyboard reviewed, one scene changed by words; by pointer, by keys alone,
on a phone, without a script.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import WORK_WITHIN_S, Finger, Keys, Plain, Pointer
from tests.browser.reviewing import approve_all, decide_and_download
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import Watch, findings, watched
from tests.browser.ways import begin_idea
from tests.services import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.long]


def through_an_idea(hands: Pointer, studio: Studio, folder: Path) -> None:
    page = hands.page
    code = begin_idea(hands)
    hands.press(page.locator("nav.steps").get_by_role("link", name="Idea"))
    page.wait_for_url(f"**/p/{code}/idea/")
    expect(page.get_by_text("It finds a frozen lake")).to_be_visible()
    hands.press(page.locator("nav.steps").get_by_role("link", name="Scenes"))
    hands.wait(page.locator(".srow").first)
    scenes = len(studio.slots(code))
    assert scenes >= 2
    assert words_of(studio, code)[0].count("night") == 0
    revise(hands, "make it night")
    assert "night" in words_of(studio, code)[0]
    # the old picture waits for a verdict until the new words are there, and then the new one does
    wait_until(lambda: studio.works_on(code) == 0, what="the picture of the new words", within_s=WORK_WITHIN_S)
    hands.press(page.locator("nav.steps").get_by_role("link", name="Images"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    approve_all(hands, scenes)
    hands.press(page.get_by_role("link", name="Go to clips"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    approve_all(hands, scenes)
    decide_and_download(hands, "Fox under Ice", folder, frames=studio.slots(code)[-1][1])


def revise(hands: Pointer, words: str) -> None:
    """Say what should be different in the first scene, and wait until its page says that it is so."""
    page = hands.page
    hands.press(page.locator(".srow").first.get_by_role("link", name="Edit"))
    hands.write(page.get_by_label("Or say what should be different"), words)
    hands.press(page.get_by_role("button", name="Change it"))
    expect(page.get_by_text("Its picture is made anew.").first).to_be_visible()


def words_of(studio: Studio, code: str) -> list[str]:
    """What the scenes show, in film order."""
    query = "select c.description from projects_scene s join projects_content c on c.id = s.content_id"
    query += " join projects_project p on p.id = s.project_id where p.code = ? order by s.start_frame"
    return [text for (text,) in studio.rows(query, uuid_hex(code))]


def test_by_pointer(page: Page, studio: Studio, tmp_path: Path) -> None:
    through_an_idea(Pointer(page), studio, tmp_path)


def test_by_keys_alone(page: Page, studio: Studio, tmp_path: Path) -> None:
    through_an_idea(Keys(page), studio, tmp_path)


def test_by_finger_on_a_phone(open_browser: Callable[..., BrowserContext], studio: Studio, tmp_path: Path) -> None:
    context = open_browser(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context):
        through_an_idea(Finger(context.new_page()), studio, tmp_path)


def test_without_a_script(open_browser: Callable[..., BrowserContext], studio: Studio, tmp_path: Path) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context):
        through_an_idea(Plain(context.new_page()), studio, tmp_path)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_cannot_be_changed_is_refused_in_words(
    open_browser: Callable[..., BrowserContext], idea_film: str, project_like: Callable[..., str], theme: str
) -> None:
    context = open_browser(color_scheme=theme)
    with watched(context) as watch:
        watch.expected.append("422 (Unprocessable")
        page = context.new_page()
        page.goto(f"/p/{project_like(idea_film)}/scenes/")
        hands = Pointer(page)
        hands.press(page.locator(".srow").first.get_by_role("link", name="Edit"))
        field = page.get_by_label("Or say what should be different")
        hands.write(field, "xyzzy plugh")
        hands.press(page.get_by_role("button", name="Change it"))
        expect(page.get_by_role("alert").filter(has_text="Nothing was changed")).to_be_visible()
        expect(field).to_have_value("xyzzy plugh")
        assert findings(page) == []


def test_bad_ideas_are_told_what_is_wrong_and_keep_their_words(page: Page, watch: Watch) -> None:
    watch.expected.append("422 (Unprocessable")
    page.goto("/new/idea/")
    page.evaluate("document.forms['new-idea'].noValidate = true")
    page.locator("[name=idea]").fill("🦊")
    page.locator("[name=seconds]").fill("4")
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#field-idea .errorlist")).to_be_visible()
    expect(page.locator("#field-seconds .errorlist")).to_be_visible()
    expect(page.locator("[name=idea]")).to_have_value("🦊")
    assert findings(page) == []
