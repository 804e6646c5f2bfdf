"""Answers that come late, and presses that come early: nothing is lost between them, and nothing is done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.studio import Studio
from tests.browser.watching import Watch, until

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.usefixtures("intercepted")]


class Held:
    """Requests that a page sent and whose answers do not come before they are let go."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def wait(self, count: int = 1) -> None:
        until(self.page, lambda: len(self.routes) >= count, what="the request")


@pytest.fixture
def busy(page: Page, studio: Studio, project_at: Callable[..., str]) -> str:
    """A project at work, whose page is open and polls."""
    code = project_at("film")
    studio.hold(code, "write_prompts")
    page.goto(f"/p/{code}/")
    return code


def replaced(page: Page, studio: Studio, code: str, button: Locator) -> None:
    """A poll puts another button into the place of this one."""
    button.evaluate("button => { button.dataset.old = ''; }")
    studio.touch(code)
    expect(page.locator("[data-old]")).to_have_count(0)
    expect(button).to_be_visible()


def test_what_a_press_did_is_told_though_a_poll_replaced_the_button_meanwhile(
    page: Page, studio: Studio, busy: str
) -> None:
    held = Held(page, "**/skip/")
    skip = page.locator("#board .scene").last.get_by_role("button", name="Skip")
    skip.click()
    held.wait()
    replaced(page, studio, busy, skip)
    held.routes[0].continue_()
    expect(page.locator("#toasts")).to_contain_text("Skipped.")
    expect(page.locator("#board .live").last).to_have_attribute("data-state", "skipped")


def test_a_failure_is_told_though_a_poll_replaced_the_button_meanwhile(
    page: Page, watch: Watch, studio: Studio, busy: str
) -> None:
    watch.expected += ["500 (Internal", "Status Error Code 500", "ERR_FAILED", "htmx:sendError", "htmx:afterRequest"]
    held = Held(page, "**/skip/")
    skip = page.locator("#board .scene").last.get_by_role("button", name="Skip")
    for answer, says in (
        (lambda route: route.fulfill(status=500, body="no"), "did not work"),
        (lambda route: route.abort(), "connection"),
    ):
        skip.click()
        held.wait()
        replaced(page, studio, busy, skip)
        answer(held.routes.pop())
        expect(page.locator(".toast.bad")).to_contain_text(says)
        page.locator(".toast").evaluate("toast => toast.remove()")


def test_a_link_that_was_pressed_is_followed_though_a_poll_would_load_the_page_anew(page: Page, busy: str) -> None:
    polls, link = Held(page, "**/pulse/**"), Held(page, "**/costs/")
    polls.wait()
    page.evaluate("document.querySelector('[id^=costs-of-]').click()")
    link.wait()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    with page.expect_event("requestfinished", lambda request: "/pulse/" in request.url):
        polls.routes[0].fulfill(status=204, headers={"HX-Refresh": "true"})
    link.routes[0].continue_()
    page.wait_for_url("**/costs/")
    assert asked == []


def test_a_question_is_answered_by_its_own_yes_alone(page: Page, project_at: Callable[..., str]) -> None:
    """A dialog's `close` comes later than the next press, when the same question may stand there again."""
    page.goto(f"/p/{project_at('film')}/")
    page.get_by_role("button", name="Delete").evaluate(
        "button => { const dialog = document.getElementById('confirm');"
        " const closed = new Promise((done) => dialog.addEventListener('close', done, { once: true }));"
        " button.click(); dialog.close(); button.click(); return closed; }"
    )
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


HELD_FETCHES = """() => {
  const send = window.fetch;
  window.held = [];
  window.fetch = (...asked) => new Promise((done, fail) => { held.push(() => send(...asked).then(done, fail)); });
}"""
LATEST_FIRST = """async () => {
  for (let count = 0; count < 2; count += 1) {
    while (!held.length) await new Promise((done) => { setTimeout(done, 10); });
    await held.pop()();
  }
}"""


def test_the_last_of_two_quick_presses_is_the_theme_that_is_kept(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    page.evaluate(HELD_FETCHES)
    page.get_by_role("button", name="Switch to the light theme").click()
    page.get_by_role("button", name="Switch to the dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.evaluate(LATEST_FIRST)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def chosen(page: Page, song: Path) -> Locator:
    page.goto("/new/")
    page.locator("#id_song").set_input_files(song)
    page.get_by_label("Size").select_option("480p")
    return page.get_by_role("button", name="Make the video")


PRESSED_AGAIN = """() => {
  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    this.addEventListener('loadend', () => document.forms['new-video'].requestSubmit()); // the next page is on its way
    send.call(this, body);
  };
}"""


def test_a_press_while_the_page_of_the_new_video_still_loads_makes_no_second_one(
    page: Page, studio: Studio, short_song: Path
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    send = chosen(page, short_song)
    page.evaluate(PRESSED_AGAIN)
    send.click()
    page.wait_for_url("**/p/*/")
    studio.stop(page.url.rstrip("/").rsplit("/", 1)[-1])
    assert len(sent) == 1


def test_what_was_sent_before_it_was_canceled_may_have_arrived(page: Page, studio: Studio, short_song: Path) -> None:
    send = chosen(page, short_song)
    page.get_by_role("textbox", name="Title").fill("Sent too early")
    path = studio.folder / "data" / "db.sqlite3"
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
        database.execute("begin immediate")  # nothing can be saved, so that no answer comes
        send.click()
        expect(page.locator("[data-progress-text]")).to_contain_text("Sent.")
        page.locator(".sending").get_by_role("button", name="Cancel").click()
        expect(page.locator(".form-errors")).to_contain_text("look whether it has arrived")
        expect(page.locator(".form-errors")).not_to_contain_text("Nothing was saved")
        database.execute("rollback")
    made = "select code from projects_project where title = 'Sent too early'"
    until(page, lambda: studio.rows(made), what="the video")
    for (code,) in studio.rows(made):
        studio.stop(code)
