"""The one poll of every page: its pace and its end, and what it must never do to whoever types or watches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Polls
from tests.browser.studio import Studio
from tests.browser.watching import Watch, until

pytestmark = [pytest.mark.browser, pytest.mark.long]
PAGES = ("", "song/", "scenes/", "images/", "clips/", "final/", "costs/")
PACE_S, SETTLED = 2, "[id=pulse][data-busy=false]"


def test_every_page_polls_at_the_servers_pace_until_the_work_ends(
    context: BrowserContext, watch: Watch, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    held = studio.hold(code, "write_prompts")
    polls = {path: Polls().watch(context.new_page()) for path in PAGES}
    for path, poll in polls.items():
        poll.open(f"/p/{code}/{path}")
    for poll in polls.values():
        poll.wait_for(204)
        poll.wait_for(204)
    studio.release(code, held)
    for path, poll in polls.items():
        expect(poll.tab.locator(SETTLED)).to_be_attached()
        expect(poll.tab.locator("#pulse[hx-get]"), path).to_have_count(0)
    ended = {path: len(poll.every) for path, poll in polls.items()}
    for poll in polls.values():
        gaps = poll.gaps()
        assert len(gaps) >= 2
        # on a busy machine one comes late and the next in time, so what counts is how many come within how long
        assert len(gaps) < sum(gaps) / PACE_S + 0.5
        assert set(poll.every) == {PACE_S}
        assert poll.answers[-1] == 200
    next(iter(polls.values())).tab.wait_for_timeout(1000 * PACE_S + 500)  # a further poll would have come
    assert {path: len(poll.every) for path, poll in polls.items()} == ended


@pytest.mark.parametrize(("step", "pace_s"), [("write_prompts", 2), ("generate_image", 5), ("render_shot", 10)])
def test_the_pace_is_that_of_the_work(
    page: Page, studio: Studio, project_at: Callable[..., str], step: str, pace_s: int
) -> None:
    code = project_at("film")
    studio.hold(code, step)
    page.goto(f"/p/{code}/")
    expect(page.locator("#pulse")).to_have_attribute("hx-trigger", f"every {pace_s}s")


@pytest.mark.usefixtures("intercepted")
def test_polls_outlive_a_broken_server_and_a_lost_connection(
    page: Page, context: BrowserContext, watch: Watch, studio: Studio, project_at: Callable[..., str]
) -> None:
    watch.expected += ["500 (Internal", "Status Error Code 500", "ERR_INTERNET_DISCONNECTED", "htmx:sendError"]
    watch.expected += ["htmx:afterRequest"]
    code = project_at("images")
    held = studio.hold(code, "write_prompts")
    page.goto(f"/p/{code}/images/")
    polls = Polls().watch(page)
    page.route("**/changes/**", lambda route: route.fulfill(status=500, body="no"))
    polls.wait_for(500)
    page.unroute("**/changes/**")
    polls.wait_for(204)
    sent = len(polls.every)
    context.set_offline(True)
    until(page, lambda: len(polls.every) > sent, what="a poll that is lost")
    expect(page.locator(".toast")).to_have_count(0)  # a missed poll is not worth a word
    studio.release(code, held)
    context.set_offline(False)
    expect(page.locator(SETTLED)).to_be_attached()


def test_a_poll_that_meets_the_login_shows_it(
    page: Page, context: BrowserContext, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    studio.hold(code, "write_prompts")
    page.goto(f"/p/{code}/")
    context.clear_cookies(name="sessionid")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_polls_leave_the_film_playing_and_a_choice_alone(
    page: Page, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    studio.hold(code, "write_prompts")
    page.goto(f"/p/{code}/final/")
    polls = Polls().watch(page)
    video = page.locator("video")
    video.evaluate(
        "film => { film.muted = true; film.loop = true; window.broken = 0;"
        " for (const name of ['pause', 'emptied']) film.addEventListener(name, () => { window.broken += 1; });"
        " return film.play(); }"
    )
    page.locator("#captions").select_option("title")
    page.locator(".chapters summary").click()
    for _ in range(3):
        studio.touch(code)
        polls.wait_for(200)
    assert page.evaluate("window.broken") == 0
    assert video.evaluate("film => film.currentTime") > 0
    expect(page.locator("#captions")).to_have_value("title")
    expect(page.locator(".chapters")).to_have_attribute("open", "")


def test_polls_leave_the_words_of_a_scene_and_the_cursor_alone(
    page: Page, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    studio.hold(code, "write_prompts")
    page.goto(f"/p/{code}/scenes/")
    polls = Polls().watch(page)
    page.locator("[data-open]").nth(1).click()
    text = page.locator("form[data-scene-form] textarea")
    text.fill("two foxes in the snow")
    text.evaluate("field => field.setSelectionRange(4, 9)")
    for _ in range(3):
        studio.touch(code)
        polls.wait_for(200)
    expect(text).to_have_value("two foxes in the snow")
    expect(text).to_be_focused()
    assert text.evaluate("field => [field.selectionStart, field.selectionEnd]") == [4, 9]
