"""Hands quicker than the server: what it hears or says comes late, and what is done meanwhile is neither lost nor
overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.studio import Studio
from tests.browser.watching import Watch, until

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.usefixtures("intercepted")]
SHEETS = re.compile(r"/images/[-0-9a-f]{36}/\?aspect=")


class Held:
    """Answers that the server has given and the page has not got yet, in the order in which they were asked for."""

    def __init__(self, page: Page, *, asked_late: bool) -> None:
        self.page = page
        self.asked_late = asked_late
        self.ended = False
        self.asked = 0
        self.answers: list[tuple[int, Route, APIResponse | None]] = []

    def hold(self, route: Route) -> None:
        if self.ended:
            route.fallback()
            return
        self.asked += 1
        turn = self.asked  # the server may answer the second question first
        self.answers.append((turn, route, None if self.asked_late else route.fetch()))
        self.answers.sort(key=lambda answer: answer[0])
        if self.ended:
            self.tell()

    def wait(self, count: int = 1) -> None:
        until(self.page, lambda: len(self.answers) >= count, what=f"{count} questions")

    def tell(self) -> None:
        """The first of them comes."""
        _, route, answer = self.answers.pop(0)
        if answer:
            route.fulfill(response=answer)
        else:
            route.continue_()


@contextmanager
def held(page: Page, url: str | re.Pattern[str], *, asked_late: bool = False) -> Iterator[Held]:
    """Hold back the answers to `url` that are asked for within; the rest of them comes at the end.

    `asked_late`: the server does not hear the question until it is told.
    """
    found = Held(page, asked_late=asked_late)
    page.route(url, found.hold)
    yield found
    found.ended = True
    while found.answers:
        found.tell()
    # it stays, and lets everything pass: to take it away would answer a question that the server is just being asked


def rested(page: Page) -> None:
    """Once the page has done what it does with an answer that it has got."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")


@pytest.fixture
def made(project_at: Callable[..., str], film: dict[str, Any]) -> str:
    """The code of a film of the test's own."""
    assert film["scenes"] >= 3
    return project_at("film")


@pytest.fixture
def scenes(page: Page, made: str) -> Page:
    """Its Scenes page, open."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/p/{made}/scenes/")
    expect(page.locator(".tl-cut").first).to_be_visible()
    return page


def editor(page: Page, index: int) -> Locator:
    return page.locator(".srow").nth(index).locator("form[data-scene-form] textarea")


def test_keys_that_come_while_a_cut_is_saved_move_it_on(scenes: Page, studio: Studio, made: str) -> None:
    end = studio.slots(made)[0][1]
    scenes.locator(".tl-cut").first.focus()
    with held(scenes, "**/boundary/") as late:
        scenes.keyboard.press("Shift+ArrowLeft")
        scenes.keyboard.press("Enter")
        late.wait()
        scenes.keyboard.press("Shift+ArrowLeft")
        scenes.keyboard.press("Enter")
        late.tell()
        late.wait()
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(end - 2))
    expect(scenes.locator("#proposal")).to_be_hidden()
    expect(scenes.locator(".tl-cut").first).to_be_focused()
    assert studio.slots(made)[0] == (0, end - 2)


def test_what_is_saved_is_not_rehearsed_any_more(scenes: Page, studio: Studio, made: str) -> None:
    end = studio.slots(made)[0][1]
    with held(scenes, "**/preview/", asked_late=True) as late:
        scenes.locator(".tl-cut").first.focus()
        scenes.keyboard.press("Shift+ArrowLeft")
        late.wait()
        scenes.keyboard.press("Enter")
        expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(end - 1))
        scenes.locator("[data-open]").first.click()
        editor(scenes, 0).fill("two foxes in the snow")
        late.wait(2)
        scenes.keyboard.press("Control+Enter")
        expect(scenes.locator(".srow h3").first).to_have_text("two foxes in the snow")
    rested(scenes)  # the server would refuse the late questions: an error of the console


def test_a_scene_is_moved_again_while_a_move_is_saved(scenes: Page, studio: Studio, made: str) -> None:
    first = scenes.locator(".srow h3").first.inner_text()
    scenes.locator(".grip").first.focus()
    with held(scenes, "**/reorder/") as late:
        scenes.keyboard.press("ArrowDown")
        scenes.keyboard.press("Enter")
        late.wait()
        scenes.keyboard.press("ArrowDown")
        late.tell()
        expect(scenes.locator("#proposal-what")).to_have_text("Scene 1 shown as scene 2.")
        expect(scenes.locator(".srow").nth(1).locator(".grip")).to_be_focused()
        scenes.keyboard.press("Enter")
        late.wait()
    expect(scenes.locator('.srow[data-number="1"] h3')).to_have_text(first)
    expect(scenes.locator("#proposal")).to_be_hidden()


def test_what_is_held_and_unfolded_outlives_a_list_that_comes_late(
    scenes: Page, watch: Watch, studio: Studio, made: str
) -> None:
    watch.expected.append("409 (Conflict)")  # what was held was rehearsed before the page knew the new list
    end = studio.slots(made)[0][1]
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    scenes.keyboard.press("Shift+ArrowLeft")
    scenes.keyboard.press("Enter")
    with held(scenes, f"**/p/{made}/scenes/") as late:
        scenes.locator("#toasts").get_by_role("button", name="Undo").click()
        late.wait()
        scenes.locator(".srow .menu summary").first.click()
        cut.focus()
        scenes.keyboard.press("Shift+ArrowLeft")
        scenes.locator(".srow").first.evaluate("row => { row.dataset.old = ''; }")
        late.tell()
        expect(scenes.locator(".srow[data-old]")).to_have_count(0)
    expect(scenes.locator(".srow .menu").first).to_have_attribute("open", "")
    expect(scenes.locator("#proposal-what")).to_contain_text("Cut after scene 1 at")
    expect(cut).to_have_attribute("aria-valuenow", str(end - 2))
    expect(scenes.locator("#proposal-cost")).to_contain_text("rendered again")
    scenes.locator("#proposal-yes").click()
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(end - 2))
    assert studio.slots(made)[0] == (0, end - 2)


def test_an_undo_while_an_edit_is_saved_takes_that_one_back(scenes: Page, studio: Studio, made: str) -> None:
    before = studio.slots(made)
    cut = scenes.locator(".tl-cut").first
    cut.focus()
    scenes.keyboard.press("Shift+ArrowLeft")
    scenes.keyboard.press("Enter")
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(before[0][1] - 1))
    with held(scenes, "**/boundary/") as late:
        cut.focus()
        scenes.keyboard.press("Shift+ArrowLeft")
        scenes.keyboard.press("Enter")
        late.wait()
        scenes.locator("#undo-last").dblclick()
        late.tell()
    expect(scenes.locator("#toasts")).to_contain_text("Taken back.")
    expect(scenes.locator(".srow").first).to_have_attribute("data-end", str(before[0][1] - 1))
    assert studio.slots(made)[0] == (0, before[0][1] - 1)


def test_words_are_saved_once_and_what_is_written_meanwhile_stays(scenes: Page) -> None:
    scenes.locator("[data-open]").first.click()
    text = editor(scenes, 0)
    text.fill("two foxes in the snow")
    with held(scenes, "**/edit/") as late:
        scenes.keyboard.press("Control+Enter")
        scenes.keyboard.press("Control+Enter")
        late.wait()
        text.press_sequentially(" at night")
        late.tell()
        expect(scenes.locator(".srow h3").first).to_have_text("two foxes in the snow")
        assert late.answers == []
    expect(text).to_have_value("two foxes in the snow at night")
    expect(text).to_be_focused()
    scenes.keyboard.press("Control+Enter")
    expect(scenes.locator(".srow h3").first).to_have_text("two foxes in the snow at night")
    expect(scenes.locator(".editor form")).to_have_count(0)


def test_an_editor_that_comes_late_takes_neither_words_nor_the_cursor(scenes: Page) -> None:
    with held(scenes, "**/edit/") as late:
        scenes.locator("[data-open]").first.dblclick()
        late.wait(2)
        late.tell()
        editor(scenes, 0).fill("written at once")
        scenes.locator(".srow").first.get_by_label("Or say what should be different").fill("make it night")
        scenes.locator("[data-open]").nth(1).click()
        late.wait(2)
        editor(scenes, 0).focus()
        late.tell()
        late.tell()
        expect(editor(scenes, 1)).to_be_visible()
    expect(editor(scenes, 0)).to_be_focused()
    expect(editor(scenes, 0)).to_have_value("written at once")
    expect(scenes.locator(".srow").first.get_by_label("Or say what should be different")).to_have_value("make it night")


def test_a_forecast_that_comes_late_does_not_replace_a_newer_one(scenes: Page) -> None:
    scenes.locator("[data-open]").first.click()
    old = editor(scenes, 0).input_value()
    forecast = scenes.locator(".forecast")
    with held(scenes, "**/preview/") as late:
        editor(scenes, 0).fill("two foxes in the snow")
        late.wait()
        editor(scenes, 0).fill(old)
        late.wait(2)
        late.answers.reverse()
        late.tell()
        expect(forecast).to_contain_text("Nothing that is made")
        late.tell()
        rested(scenes)
    expect(forecast).not_to_contain_text("A new picture is drawn")


def test_all_is_planned_anew_after_an_edit(scenes: Page) -> None:
    first = scenes.locator(".srow h3").first.inner_text()
    scenes.locator(".grip").first.focus()
    scenes.keyboard.press("ArrowDown")
    scenes.keyboard.press("Enter")
    expect(scenes.locator(".srow h3").nth(1)).to_have_text(first)
    expect(scenes.locator("#toasts")).to_contain_text("Undo")
    scenes.locator("#replan").click()
    with scenes.expect_response("**/replan/") as answer:
        scenes.locator("#proposal-yes").click()
    assert answer.value.ok


@pytest.fixture
def lines(page: Page, project_at: Callable[..., str]) -> Page:
    """The Song page of a project that waits at the gate behind its lyrics, open."""
    page.goto(f"/p/{project_at('lyrics')}/song/")
    expect(page.locator("#lines .line")).to_have_count(4)
    return page


def words(page: Page, number: int) -> Locator:
    return page.get_by_role("textbox", name=f"Words of line {number}", exact=True)


def reword(page: Page, number: int, text: str) -> None:
    words(page, number).fill(text)
    words(page, number).press("Tab")


def test_lines_that_are_changed_while_others_are_saved_stay_changed(lines: Page) -> None:
    reword(lines, 1, "Snow on the harbor")
    with held(lines, "**/lyrics/save/") as late:
        lines.keyboard.press("Control+s")
        late.wait()
        reword(lines, 3, "neon on the snow")
        reword(lines, 1, "More snow on the harbor")
        words(lines, 4).fill("calling me ag")
        late.tell()
        expect(lines.locator("#toasts")).to_contain_text("Saved.")
    expect(words(lines, 3)).to_have_value("neon on the snow")
    expect(words(lines, 1)).to_have_value("More snow on the harbor")
    expect(words(lines, 4)).to_have_value("calling me ag")
    expect(words(lines, 4)).to_be_focused()
    lines.locator("#save").click()
    expect(lines.locator("#save")).to_be_hidden()
    lines.reload()
    for number, text in ((1, "More snow on the harbor"), (3, "neon on the snow"), (4, "calling me ag")):
        expect(words(lines, number)).to_have_value(text)


def test_lines_that_are_saved_are_not_checked_any_more(lines: Page) -> None:
    with held(lines, "**/lyrics/check/", asked_late=True) as late:
        reword(lines, 1, "Snow on the harbor")
        late.wait()
        lines.locator("#save").click()
        expect(lines.locator("#save")).to_be_hidden()
    rested(lines)  # the server would refuse the late question: an error of the console


def test_an_approval_while_lines_are_saved_is_not_lost(lines: Page) -> None:
    reword(lines, 1, "Snow on the harbor")
    with held(lines, "**/lyrics/save/") as late:
        lines.keyboard.press("Control+s")
        late.wait()
        lines.locator("#approve").dblclick()
        late.tell()
        lines.wait_for_url("**/scenes/")
    expect(lines.locator(".notes").first).to_contain_text("Approved.")


def test_the_beats_of_the_last_correction_are_drawn(lines: Page) -> None:
    wave, beats = lines.locator("#wave"), lines.locator("#beats")
    expect(wave).to_have_attribute("data-marks", re.compile(r"\d+"))
    marks = wave.get_attribute("data-marks") or ""
    with held(lines, "**/song/data/") as late:
        lines.get_by_role("button", name="Half tempo").click()
        expect(beats).to_contain_text("60 bpm")
        late.wait()
        lines.get_by_role("button", name="As heard").click()
        expect(beats).to_contain_text("120 bpm")
        late.wait(2)
        wave.evaluate("wave => { wave.dataset.marks = ''; }")
        late.answers.reverse()
        late.tell()
        expect(wave).to_have_attribute("data-marks", marks)
        late.tell()
        rested(lines)
    expect(wave).to_have_attribute("data-marks", marks)


def test_words_that_were_written_before_the_workbench_was_there_stay(
    page: Page, project_at: Callable[..., str]
) -> None:
    text = page.get_by_label("Lyrics with their times")
    with held(page, "**/song/data/") as late:
        page.goto(f"/p/{project_at('lyrics')}/song/")
        late.wait()
        text.fill("[00:01.000]Snow on the harbor")
    expect(page.locator("#wave canvas").first).to_be_visible()
    expect(text).to_have_value("[00:01.000]Snow on the harbor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#lines .line")).to_have_count(1)
    expect(words(page, 1)).to_have_value("Snow on the harbor")


@pytest.fixture
def board(page: Page, project_at: Callable[..., str]) -> Page:
    """The Images board of a project whose pictures wait to be reviewed, open."""
    page.goto(f"/p/{project_at('images')}/images/")
    return page


def card(page: Page, index: int) -> Locator:
    return page.locator("#board .scene").nth(index)


def state(page: Page, index: int) -> Locator:
    return card(page, index).locator(".live")


def sheet_of(page: Page, index: int) -> None:
    card(page, index).focus()
    page.keyboard.press(" ")
    expect(page.locator("#sheet-title")).to_contain_text(f"Scene {index + 1}")


def test_keys_wait_for_the_scene_that_they_are_meant_for(board: Page) -> None:
    sheet_of(board, 0)
    with held(board, SHEETS) as late:
        board.keyboard.press("ArrowRight")
        late.wait()
        board.keyboard.press("ArrowRight")
        board.keyboard.press("a")
        late.tell()
        late.wait()
    expect(state(board, 2)).to_have_attribute("data-state", "approved")
    expect(board.locator("#sheet-title")).to_contain_text("Scene 3")
    expect(board.locator(".sheet-head .badge")).to_contain_text("Approved")
    for index in range(2):
        expect(state(board, index)).to_have_attribute("data-state", "review")


def test_the_scene_that_was_opened_last_is_shown(board: Page) -> None:
    with held(board, SHEETS) as late:
        card(board, 0).locator(".open").click()
        card(board, 1).locator(".open").click()
        late.wait(2)
        late.answers.reverse()
        late.tell()
        expect(board.locator("#sheet-title")).to_contain_text("Scene 2")
        late.tell()
        rested(board)
    expect(board.locator("#sheet-title")).to_contain_text("Scene 2")


def test_a_sheet_is_not_loaded_anew_under_who_writes_in_it(board: Page) -> None:
    sheet_of(board, 0)
    text = board.locator("#words-text")
    with held(board, SHEETS) as late:
        board.keyboard.press("a")
        late.wait()
        text.fill("a glass whale")
        late.tell()
        rested(board)
        board.keyboard.type(" above")
    expect(text).to_be_focused()
    expect(text).to_have_value("a glass whale above")
    expect(board.locator(".sheet-head .badge")).not_to_contain_text("Approved")
    board.locator("#sheet-close").focus()  # who wrote is done
    expect(board.locator(".sheet-head .badge")).to_contain_text("Approved")
    expect(text).to_have_value("a glass whale above")


def test_words_that_are_written_while_others_are_saved_stay(board: Page) -> None:
    sheet_of(board, 0)
    text = board.locator("#words-text")
    text.fill("a glass whale")
    with held(board, "**/prompt/") as late:
        board.get_by_role("button", name="Save and redraw").dblclick()
        late.wait()
        text.press_sequentially(" above")
        late.tell()
        expect(board.locator("#toasts")).to_contain_text("Your words are saved.")
        rested(board)
        assert late.answers == []
    expect(text).to_have_value("a glass whale above")
    expect(text).to_be_focused()
    board.locator("#sheet-close").focus()
    expect(board.get_by_text("Words that you had not saved are back.")).to_be_visible()
    expect(text).to_have_value("a glass whale above")


def test_the_newest_verdict_is_taken_back_also_before_it_is_answered(board: Page) -> None:
    card(board, 0).focus()
    board.keyboard.press("a")
    expect(board.locator("#toasts")).to_contain_text("Undo")
    expect(card(board, 1)).to_be_focused()
    with held(board, "**/reject/") as late:
        board.keyboard.press("x")
        late.wait()
        board.keyboard.press("u")
        with board.expect_response("**/undo/**"):
            late.tell()
    expect(state(board, 1)).to_have_attribute("data-state", "review")
    expect(state(board, 0)).to_have_attribute("data-state", "approved")
