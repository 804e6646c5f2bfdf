"""The Scenes page in a browser: cuts by pointer and keys, order, editors, two tabs, no script, the animatic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from pipeline.media.audio.synth.songs import test_song as clear_song
from pipeline.media.audio.synth.songs import write_encoded
from tests.browser.conftest import LYRICS, begin
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import findings, overflow, watched

pytestmark = [pytest.mark.browser, pytest.mark.editing]
PICTURES_WITHIN_MS = 120_000
SONG_S = 16.0


@pytest.fixture(scope="module")
def made(studio: Studio, signed_in: str, browser: Any) -> str:
    """The code of a film of its own, whose scenes these tests change: long enough for four of them."""
    with studio.alone() as shared:
        if "scenes" not in shared:
            song = studio.folder / "Edited.mp3"
            write_encoded(clear_song(120, SONG_S, form="short"), song)
            context = browser.new_context(base_url=studio.url, storage_state=signed_in)
            page = context.new_page()
            shared["scenes"] = begin(page, song, title="Edited", lyrics=LYRICS)
            expect(page.locator(".board .shot img").first).to_be_visible(timeout=PICTURES_WITHIN_MS)
            context.close()
        return str(shared["scenes"])


@pytest.fixture
def scenes(page: Page, made: str, studio: Studio) -> Iterator[Page]:
    """The page, for one test at a time: they all change the same film."""
    page.emulate_media(reduced_motion="reduce")
    with studio.alone():
        page.goto(f"/p/{made}/scenes/")
        expect(page.locator(".tl-cut").first).to_be_visible()
        yield page


def slots(studio: Studio, code: str) -> list[tuple[int, int]]:
    rows = studio.rows(
        "select start_frame, end_frame from projects_scene s join projects_project p on p.id = s.project_id"
        " where p.code = ? order by start_frame",
        uuid_hex(code),
    )
    return [(start, end) for start, end in rows]


def middle(element: Locator) -> tuple[float, float]:
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + min(40, box["height"] / 2)


def numbers(page: Page) -> list[str]:
    return [row.get_attribute("data-number") or "" for row in page.locator(".srow").all()]


def test_a_cut_is_moved_by_keys_saved_and_taken_back(scenes: Page, studio: Studio, made: str) -> None:
    before = slots(studio, made)
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    scenes.keyboard.press("ArrowLeft")
    beat = int(cut.get_attribute("aria-valuenow") or 0)
    assert 13 <= before[0][1] - beat <= 16, "a beat of half a second"
    scenes.keyboard.press("Shift+ArrowRight")
    expect(cut).to_have_attribute("aria-valuenow", str(beat + 1))
    expect(scenes.locator("#proposal-cost")).to_contain_text("rendered again")
    assert slots(studio, made) == before, "nothing is saved before it is shown"
    scenes.keyboard.press("Enter")
    expect(scenes.locator("#toasts")).to_contain_text("Cut moved.")
    expect(cut).to_be_focused()
    assert slots(studio, made)[:2] == [(0, beat + 1), (beat + 1, before[1][1])]
    scenes.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(before[0][1]))
    assert slots(studio, made) == before


def test_a_cut_never_crosses_its_neighbors_and_escape_puts_it_back(scenes: Page, studio: Studio, made: str) -> None:
    before = slots(studio, made)
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


def test_a_dragged_cut_snaps_to_a_beat(scenes: Page, studio: Studio, made: str) -> None:
    before = slots(studio, made)
    cut = scenes.locator(".tl-cut").first
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
    assert slots(studio, made) == before


def test_scenes_change_places_by_keys_and_by_pointer(scenes: Page, studio: Studio, made: str) -> None:
    before, count = slots(studio, made), len(numbers(scenes))
    first = scenes.locator(".srow h3").first.inner_text()
    grip = scenes.locator(f"#{scenes.locator('.grip').first.get_attribute('id')}")
    grip.focus()
    scenes.keyboard.press("ArrowDown")
    expect(scenes.locator("#scenes-said")).to_have_text(f"Scene moved to position 2 of {count}.")
    expect(grip).to_be_focused()
    expect(scenes.locator("#proposal-cost")).to_contain_text("2 scenes are rendered again (1, 2)")
    scenes.keyboard.press("Enter")
    expect(scenes.locator(".srow h3").nth(1)).to_have_text(first)
    assert slots(studio, made) == before, "song time never shifts"
    scenes.locator("#undo-last").click()
    expect(scenes.locator(".srow h3").first).to_have_text(first)
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


def test_split_merge_add_and_delete_say_what_they_cost_first(scenes: Page, studio: Studio, made: str) -> None:
    before, count = slots(studio, made), len(numbers(scenes))
    for name, expected in (
        ("Split in two", count + 1),
        ("Merge with the next", count),
        ("Add a scene after it", count + 1),
    ):
        menu = scenes.locator(".srow .menu").first
        menu.locator("summary").click()
        menu.get_by_role("button", name=name).click()
        # merging what was split finds the first shot again, so that perhaps only the film is joined anew
        expect(scenes.locator("#proposal-cost")).to_contain_text(re.compile("rendered again|joined anew"))
        expect(scenes.locator("#proposal-yes")).to_be_focused()
        scenes.keyboard.press("Enter")
        expect(scenes.locator(".srow")).to_have_count(expected)
    menu = scenes.locator(".srow .menu").nth(1)
    menu.locator("summary").click()
    menu.get_by_role("button", name="Delete").click()
    expect(scenes.locator("#proposal-cost")).to_contain_text("Scene 1 is rendered again")
    scenes.locator("#proposal-yes").click()
    expect(scenes.locator(".srow")).to_have_count(count)
    assert slots(studio, made) == before
    for _ in range(4):
        scenes.locator("#undo-last").click()
        scenes.wait_for_timeout(700)
    expect(scenes.locator(".srow")).to_have_count(count)


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
    scenes: Page, watch: Any, context: BrowserContext, made: str
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


def test_the_song_is_sought_and_split_at_the_playhead(scenes: Page) -> None:
    song = scenes.locator("#song")
    expect(song).to_have_js_property("readyState", 4)
    line = scenes.locator("#tl").bounding_box() or {}
    scenes.mouse.click(line["x"] + line["width"] / 10, line["y"] + 30)
    at = float(song.evaluate("song => song.currentTime"))
    assert at == pytest.approx(float(song.evaluate("song => song.duration")) / 10, abs=0.2)
    menu = scenes.locator(".srow .menu").first
    menu.locator("summary").click()
    menu.get_by_role("button", name="Split in two").click()
    expect(scenes.locator("#proposal-what")).to_contain_text("0:0")
    scenes.locator("#proposal-no").click()
    scenes.locator("#zoom-in").click()
    wide = scenes.locator("#tl").bounding_box() or {}
    assert wide["width"] == pytest.approx(2 * line["width"], rel=0.02)


def test_the_animatic_comes_within_seconds_and_keeps_playing(scenes: Page) -> None:
    scenes.locator("#make-animatic").click()
    video = scenes.locator("#animatic-player video")
    expect(video).to_be_visible(timeout=60_000)
    video.evaluate("video => { video.muted = true; video.loop = true; return video.play(); }")
    scenes.locator(".tl-cut").first.focus()
    scenes.keyboard.press("Shift+ArrowLeft")
    scenes.keyboard.press("Enter")
    expect(scenes.locator("#animatic-live")).to_contain_text("have changed since")
    assert video.evaluate("video => !video.paused && video.currentTime > 0")
    scenes.locator("#undo-last").click()
    expect(scenes.locator("#animatic-live")).not_to_contain_text("have changed since")


def test_a_lost_session_loses_no_words(open_browser: Callable[..., BrowserContext], scenes: Page, made: str) -> None:
    context = open_browser()
    page = context.new_page()
    page.goto(f"/p/{made}/scenes/")
    page.locator("[data-open]").first.click()
    page.locator("form[data-scene-form] textarea").fill("kept words")
    context.clear_cookies()
    page.locator("form[data-scene-form] .btn.solid").click()
    expect(page.locator("#toasts")).to_contain_text("not signed in")
    expect(page.locator("form[data-scene-form] textarea")).to_have_value("kept words")


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
    page.get_by_label("What is seen").fill("two foxes")
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.locator(".forecast")).to_contain_text("A new picture is drawn for scene 2")
    expect(page.get_by_label("What is seen")).to_have_value("two foxes")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_in_any_state(
    open_browser: Callable[..., BrowserContext], scenes: Page, made: str, theme: str
) -> None:
    context = open_browser(color_scheme=theme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    with watched(context):
        page = context.new_page()
        page.goto(f"/p/{made}/scenes/")
        page.evaluate("document.fonts.ready")
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
