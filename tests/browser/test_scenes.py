"""The Scenes page in a browser: cuts by pointer and keys, order, editors, two tabs, no script, the animatic."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import sign_in_here
from tests.browser.hands import WORK_WITHIN_MS
from tests.browser.studio import Studio
from tests.browser.watching import Watch, findings, overflow, settled, until, watched

pytestmark = pytest.mark.browser


@pytest.fixture
def made(project_at: Callable[..., str], film: dict[str, Any]) -> str:
    """The code of a film of the test's own."""
    assert film["scenes"] >= 3
    return project_at("film")


@pytest.fixture
def scenes(page: Page, made: str) -> Page:
    """Its page, open."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/p/{made}/scenes/")
    expect(page.locator(".tl-cut").first).to_be_visible()
    return page


def middle(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(40, box["height"] / 2)


def numbers(page: Page) -> list[str]:
    return [row.get_attribute("data-number") or "" for row in page.locator(".srow").all()]


def test_a_cut_is_moved_by_keys_saved_and_taken_back(scenes: Page, studio: Studio, made: str) -> None:
    before = studio.slots(made)
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    scenes.keyboard.press("ArrowLeft")
    beat = int(cut.get_attribute("aria-valuenow") or 0)
    assert 13 <= before[0][1] - beat <= 16, "a beat of half a second"
    scenes.keyboard.press("Shift+ArrowRight")
    expect(cut).to_have_attribute("aria-valuenow", str(beat + 1))
    expect(scenes.locator("#proposal-cost")).to_contain_text("rendered again")
    assert studio.slots(made) == before, "nothing is saved before it is shown"
    scenes.keyboard.press("Enter")
    expect(scenes.locator("#toasts")).to_contain_text("Cut moved.")
    expect(cut).to_be_focused()
    assert studio.slots(made)[:2] == [(0, beat + 1), (beat + 1, before[1][1])]
    scenes.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(before[0][1]))
    assert studio.slots(made) == before


@pytest.mark.long
def test_a_cut_never_crosses_its_neighbors_and_escape_puts_it_back(scenes: Page, studio: Studio, made: str) -> None:
    before = studio.slots(made)
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    for _ in range(30):
        scenes.keyboard.press("ArrowRight")
    assert int(cut.get_attribute("aria-valuenow") or 0) == before[1][1] - 15
    scenes.keyboard.press("Escape")
    expect(cut).to_have_attribute("aria-valuenow", str(before[0][1]))
    expect(scenes.locator("#proposal")).to_be_hidden()
    scenes.keyboard.press("ArrowDown")
    expect(scenes.locator(".tl-cut").nth(1)).to_be_focused()


@pytest.mark.long
def test_a_dragged_cut_snaps_to_a_beat(scenes: Page, studio: Studio, made: str) -> None:
    before = studio.slots(made)
    cut = scenes.locator(".tl-cut").first
    cut.hover()  # once it stands still
    x, y = middle(cut)
    scenes.mouse.move(x, y)
    scenes.mouse.down()
    scenes.mouse.move(x - 20, y, steps=4)
    scenes.mouse.move(x - 83, y, steps=4)
    scenes.mouse.up()
    now = int(cut.get_attribute("aria-valuenow") or 0)
    beats = [int(ms) for ms in (scenes.locator("#timeline").get_attribute("data-beats") or "").split(",")]
    assert now < before[0][1]
    assert now in {(2 * ms * 30 + 1000) // 2000 for ms in beats}
    expect(scenes.locator("#proposal-what")).to_contain_text("Cut after scene 1 at")
    scenes.locator("#proposal-no").click()
    expect(cut).to_have_attribute("aria-valuenow", str(before[0][1]))
    assert studio.slots(made) == before


@pytest.mark.long
def test_scenes_change_places_by_keys_and_by_pointer(scenes: Page, studio: Studio, made: str) -> None:
    before, count = studio.slots(made), len(numbers(scenes))
    first = scenes.locator(".srow h3").first.inner_text()
    grip = scenes.locator(f"#{scenes.locator('.grip').first.get_attribute('id')}")
    grip.focus()
    scenes.keyboard.press("ArrowDown")
    expect(scenes.locator("#scenes-said")).to_have_text(f"Scene moved to position 2 of {count}.")
    expect(grip).to_be_focused()
    expect(scenes.locator("#proposal-cost")).to_contain_text("2 scenes are rendered again (1, 2)")
    scenes.keyboard.press("Enter")
    expect(scenes.locator(".srow h3").nth(1)).to_have_text(first)
    assert studio.slots(made) == before, "song time never shifts"
    scenes.locator("#undo-last").click()
    expect(scenes.locator(".srow h3").first).to_have_text(first)
    scenes.locator(".grip").first.hover()  # once it stands still
    x, y = middle(scenes.locator(".grip").first)
    below = scenes.locator(".srow").nth(1).bounding_box() or {}
    scenes.mouse.move(x, y)
    scenes.mouse.down()
    scenes.mouse.move(x, y + 40, steps=6)
    scenes.mouse.move(x, below["y"] + below["height"] * 0.8, steps=8)
    scenes.mouse.up()
    expect(scenes.locator("#proposal-what")).to_have_text("Scene 1 shown as scene 2.")
    scenes.locator("#proposal-no").click()
    assert numbers(scenes) == [str(number) for number in range(1, count + 1)]


@pytest.mark.long
def test_two_scenes_are_exchanged_from_the_editor(scenes: Page, studio: Studio, made: str) -> None:
    before, last = studio.slots(made), len(numbers(scenes))
    titles = scenes.locator(".srow h3")
    first, end = titles.first.inner_text(), titles.last.inner_text()
    scenes.locator(".srow").first.get_by_role("link", name="Edit").click()
    scenes.get_by_label("Show it as scene").fill(str(last))
    scenes.get_by_role("button", name="Exchange the two").click()
    expect(scenes.locator("#proposal-what")).to_have_text(f"Scenes 1 and {last} exchanged; those between them stay.")
    expect(scenes.locator("#proposal-cost")).to_contain_text(f"2 scenes are rendered again (1, {last})")
    assert studio.slots(made) == before
    scenes.locator("#proposal-yes").click()
    expect(titles.first).to_have_text(end)
    expect(titles.last).to_have_text(first)
    expect(scenes.locator("#toasts")).to_contain_text("Scenes exchanged.")
    assert studio.slots(made) == before, "song time never shifts"
    scenes.locator("#undo-last").click()
    expect(titles.first).to_have_text(first)


@pytest.mark.long
def test_split_merge_add_and_delete_say_what_they_cost_first(scenes: Page, studio: Studio, made: str) -> None:
    before, count = studio.slots(made), len(numbers(scenes))
    # where a slot is again as it was its shot is found again, and perhaps the whole film
    again = re.compile("rendered again|joined anew|^Nothing that is made")
    for name, expected in (
        ("Split in two", count + 1),
        ("Merge with the next", count),
        ("Add a scene after it", count + 1),
    ):
        menu = scenes.locator(".srow .menu").first
        menu.locator("summary").click()
        menu.get_by_role("button", name=name).click()
        expect(scenes.locator("#proposal-cost")).to_contain_text(again)
        expect(scenes.locator("#proposal-yes")).to_be_focused()
        scenes.keyboard.press("Enter")
        expect(scenes.locator(".srow")).to_have_count(expected)
    menu = scenes.locator(".srow .menu").nth(1)
    menu.locator("summary").click()
    menu.get_by_role("button", name="Delete").click()
    expect(scenes.locator("#proposal-cost")).to_contain_text(again)
    scenes.locator("#proposal-yes").click()
    expect(scenes.locator(".srow")).to_have_count(count)
    assert studio.slots(made) == before
    for expected in (count + 1, count, count + 1, count):
        scenes.locator("#undo-last").click()
        expect(scenes.locator(".srow")).to_have_count(expected)
    assert studio.slots(made) == before


@pytest.mark.long
def test_what_is_typed_survives_edits_polls_and_a_reload(scenes: Page) -> None:
    scenes.locator("[data-open]").nth(1).click()
    text = scenes.locator("form[data-scene-form] textarea")
    text.fill("two foxes in the snow")
    expect(scenes.locator(".forecast")).to_contain_text("If you save: A new picture is drawn for scene 2")
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    scenes.keyboard.press("Shift+ArrowLeft")
    scenes.keyboard.press("Enter")
    expect(scenes.locator("#toasts")).to_contain_text("Cut moved.")
    expect(text).to_have_value("two foxes in the snow")
    scenes.locator("#undo-last").click()
    expect(scenes.locator("#toasts")).to_contain_text("Taken back.")
    expect(text).to_have_value("two foxes in the snow")
    scenes.reload()
    scenes.locator("[data-open]").nth(1).click()
    expect(scenes.locator("form[data-scene-form] textarea")).to_have_value("two foxes in the snow")
    scenes.locator("[data-close]").click()
    expect(scenes.locator(".editor form")).to_have_count(0)


def test_two_tabs_never_overwrite_each_other_silently(
    scenes: Page, watch: Watch, context: BrowserContext, made: str
) -> None:
    watch.expected.append("409")
    other = context.new_page()
    other.goto(f"/p/{made}/scenes/")
    old = scenes.locator(".srow h3").first.inner_text()
    for page, words in ((scenes, "a whale above the city"), (other, "a moth at a lamp")):
        page.locator("[data-open]").first.click()
        page.locator("form[data-scene-form] textarea").fill(words)
    scenes.locator("form[data-scene-form] .btn.solid").click()
    expect(scenes.locator(".srow h3").first).to_have_text("a whale above the city")
    other.locator("form[data-scene-form] .btn.solid").click()
    expect(other.locator(".stands")).to_have_text("a whale above the city")
    expect(other.locator("form[data-scene-form] textarea")).to_have_value("a moth at a lamp")
    expect(other.locator(".srow h3").first).to_have_text("a whale above the city")
    scenes.locator("#undo-last").click()
    expect(scenes.locator(".srow h3").first).to_have_text(old)
    other.close()


@pytest.mark.long
def test_the_song_is_sought_and_split_at_the_playhead(scenes: Page, studio: Studio, made: str) -> None:
    song, slots = scenes.locator("#song"), studio.slots(made)
    expect(song).to_have_js_property("readyState", 4)
    scenes.locator("#tl").hover()  # once it stands still
    line = scenes.locator("#tl").bounding_box() or {}
    there = (slots[0][1] / 3) / slots[-1][1]
    scenes.mouse.click(line["x"] + line["width"] * there, line["y"] + 30)
    at = float(song.evaluate("song => song.currentTime"))
    assert at == pytest.approx(float(song.evaluate("song => song.duration")) * there, abs=0.2)
    menu = scenes.locator(".srow .menu").first
    menu.locator("summary").click()
    menu.get_by_role("button", name="Split in two").click()
    expect(scenes.locator("#proposal-what")).to_contain_text(f": 0:0{int(at)}")
    scenes.locator("#proposal-no").click()
    scenes.locator("#zoom-in").click()
    expect(scenes.locator("#tl")).to_have_css("width", f"{2 * line['width']:g}px")


@pytest.mark.long
def test_the_animatic_comes_within_seconds_and_keeps_playing(scenes: Page) -> None:
    scenes.locator("#make-animatic").click()
    video = scenes.locator("#animatic-player video")
    expect(video).to_be_visible(timeout=WORK_WITHIN_MS)
    video.evaluate("video => { video.muted = true; video.loop = true; return video.play(); }")
    scenes.locator(".tl-cut").first.focus()
    scenes.keyboard.press("Shift+ArrowLeft")
    scenes.keyboard.press("Enter")
    expect(scenes.locator("#animatic-live")).to_contain_text("have changed since")
    until(scenes, lambda: video.evaluate("video => !video.paused && video.currentTime > 0"), what="the animatic")
    scenes.locator("#undo-last").click()
    expect(scenes.locator("#animatic-live")).not_to_contain_text("have changed since")


@pytest.mark.long
def test_a_lost_session_loses_no_words(scenes: Page, context: BrowserContext, watch: Watch, made: str) -> None:
    scenes.locator("[data-open]").first.click()
    scenes.locator("form[data-scene-form] textarea").fill("kept words")
    context.clear_cookies(name="sessionid")
    scenes.locator("form[data-scene-form] .btn.solid").click()
    expect(scenes.locator("#toasts")).to_contain_text("not signed in")
    expect(scenes.locator("form[data-scene-form] textarea")).to_have_value("kept words")
    scenes.reload()
    sign_in_here(scenes)
    scenes.wait_for_url(f"**/p/{made}/scenes/")
    scenes.locator("[data-open]").first.click()
    expect(scenes.locator("form[data-scene-form] textarea")).to_have_value("kept words")
    scenes.locator("form[data-scene-form] .btn.solid").click()
    expect(scenes.locator(".srow h3").first).to_have_text("kept words")


@pytest.mark.usefixtures("intercepted")
@pytest.mark.long
def test_a_refused_or_lost_change_puts_the_cut_back(
    scenes: Page, context: BrowserContext, watch: Watch, studio: Studio, made: str
) -> None:
    watch.expected += ["status of 500", "ERR_INTERNET_DISCONNECTED"]
    before, cut = studio.slots(made), scenes.locator(".tl-cut").first
    scenes.route("**/boundary/", lambda route: route.fulfill(status=500, body="<p>no</p>", content_type="text/html"))

    def move() -> None:
        cut.focus()
        scenes.keyboard.press("Shift+ArrowLeft")
        expect(cut).to_have_attribute("aria-valuenow", str(before[0][1] - 1))
        scenes.keyboard.press("Enter")

    move()
    expect(scenes.locator("#toasts")).to_contain_text("That did not work")
    expect(cut).to_have_attribute("aria-valuenow", str(before[0][1]))
    scenes.unroute("**/boundary/")
    context.set_offline(True)
    move()
    expect(scenes.locator("#toasts")).to_contain_text("No connection")
    expect(cut).to_have_attribute("aria-valuenow", str(before[0][1]))
    context.set_offline(False)
    move()
    expect(scenes.locator("#toasts")).to_contain_text("Cut moved.")
    assert studio.slots(made)[0] == (0, before[0][1] - 1)


@pytest.mark.long
def test_it_works_without_a_script(open_browser: Callable[..., BrowserContext], scenes: Page, made: str) -> None:
    context = open_browser(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/p/{made}/scenes/")
    count = page.locator(".srow").count()
    page.locator(".srow .menu summary").first.click()
    page.get_by_role("button", name="Split in two").first.click()
    expect(page.get_by_role("heading", name="Split this scene in two?")).to_be_visible()
    expect(page.locator("main")).to_contain_text("rendered again")
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator(".srow")).to_have_count(count + 1)
    page.get_by_role("button", name="Undo the last edit").click()
    expect(page.locator(".srow")).to_have_count(count)
    page.locator(".srow").nth(1).get_by_role("link", name="Edit").click()
    for kind, lasts in (("cut", False), ("crossfade", True), ("cut", False)):
        page.get_by_label("To the next scene").select_option(kind)
        expect(page.get_by_label("It lasts", exact=True)).to_be_visible(visible=lasts)
    page.get_by_label("What is seen").fill("two foxes")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.locator(".forecast")).to_contain_text("A new picture is drawn for scene 2")
    expect(page.get_by_label("What is seen")).to_have_value("two foxes")


@pytest.mark.long
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_any_state(
    open_browser: Callable[..., BrowserContext], scenes: Page, made: str, theme: str
) -> None:
    context = open_browser(color_scheme=theme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    with watched(context):
        page = context.new_page()
        page.goto(f"/p/{made}/scenes/")
        settled(page)
        found["whole"] = findings(page)
        page.locator("[data-open]").first.click()
        page.locator("form[data-scene-form] textarea").fill("two foxes")
        expect(page.locator(".forecast")).to_contain_text("If you save")
        found["editor"] = findings(page)
        page.locator(".srow .menu summary").nth(1).click()
        found["menu"] = findings(page)
        page.locator(".tl-cut").first.focus()
        page.keyboard.press("Shift+ArrowLeft")
        expect(page.locator("#proposal-cost")).to_contain_text("again")
        found["proposal"] = findings(page)
    assert {state: problems for state, problems in found.items() if problems} == {}


@pytest.mark.long
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_it_fits_its_window(open_browser: Callable[..., BrowserContext], scenes: Page, made: str, width: int) -> None:
    context = open_browser(viewport={"width": width, "height": 800}, has_touch=width < 500)
    with watched(context):
        page = context.new_page()
        page.goto(f"/p/{made}/scenes/")
        assert overflow(page) == 0
        page.locator("[data-open]").first.click()
        expect(page.locator("form[data-scene-form]")).to_be_visible()
        assert overflow(page) == 0
        page.locator("#zoom-in").click()
        assert overflow(page) == 0
