"""Choosing, sending and being refused: what is wrong is said at its place, and nothing typed is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.studio import Studio
from tests.browser.watching import Watch, tab_to

pytestmark = pytest.mark.browser


def test_a_file_that_is_no_song_is_refused_where_it_was_chosen(page: Page, watch: Watch, tmp_path: Path) -> None:
    watch.expected.append("422")
    wrong = tmp_path / "playlist.mp3"
    wrong.write_text("#EXTM3U\nsong.wav\n")
    page.goto("/new/")
    page.locator("#id_song").set_input_files(wrong)
    expect(page.locator("#field-song .chosen")).to_contain_text("playlist.mp3")
    expect(page.get_by_role("textbox", name="Title")).to_have_attribute("placeholder", "playlist")
    page.get_by_role("textbox", name="Lyrics").fill("These words\nare not lost")
    page.locator("input[name=style][value=winter]").check(force=True)
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator("#field-song .errorlist")).to_contain_text("not a song")
    expect(page.locator("#id_song")).to_be_focused()
    expect(page.get_by_role("textbox", name="Lyrics")).to_have_value("These words\nare not lost")
    expect(page.locator("input[name=style][value=winter]")).to_be_checked()
    assert page.url.endswith("/new/")


def test_a_file_that_is_too_large_or_empty_is_never_sent(page: Page, tmp_path: Path) -> None:
    large, empty = tmp_path / "large.wav", tmp_path / "empty.wav"
    with large.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    empty.touch()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/new/")
    for path, says in ((large, "larger than this server accepts"), (empty, "This file is empty.")):
        page.locator("#id_song").set_input_files(path)
        expect(page.locator("#field-song .drop-error")).to_contain_text(says)
        page.get_by_role("button", name="Make the video").click()
    assert sent == []


@pytest.mark.usefixtures("intercepted")
def test_sending_shows_its_progress_is_canceled_lost_and_tried_again(
    page: Page, watch: Watch, studio: Studio, short_song: Path
) -> None:
    watch.expected.append("ERR_FAILED")

    def hold(route: Route) -> None:
        page.wait_for_timeout(300)
        route.abort()

    page.goto("/new/")
    page.locator("#id_song").set_input_files(short_song)
    page.get_by_role("textbox", name="Title").fill("Sent at last")
    page.get_by_label("Size").select_option("480p")
    page.route("**/new/", lambda route: None)  # never answered
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator(".sending")).to_be_visible()
    expect(page.locator(".sending").get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".form-errors")).to_contain_text("Stopped. Nothing was saved.")
    expect(page.locator(".sending")).to_be_hidden()
    page.unroute("**/new/")
    page.route("**/new/", hold)
    page.get_by_role("button", name="Make the video").click()
    expect(page.locator(".form-errors")).to_contain_text("The connection was lost on the way.")
    page.unroute_all()
    page.get_by_role("button", name="Make the video").click()
    page.wait_for_url("**/p/*/")
    expect(page.get_by_role("heading", name="Sent at last")).to_be_visible()
    studio.stop(page.url.rstrip("/").rsplit("/", 1)[-1])


def test_a_file_dropped_beside_the_zone_does_not_replace_the_page(page: Page) -> None:
    page.goto("/new/")
    prevented = page.evaluate(
        "() => { const event = new DragEvent('drop', {bubbles: true, cancelable: true});"
        " document.querySelector('h1').dispatchEvent(event); return event.defaultPrevented; }"
    )
    assert prevented is True


def test_it_can_be_filled_in_by_keyboard_alone(page: Page) -> None:
    page.goto("/new/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#id_song"))
    page.locator("input[name=style]:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=style][value=neon-noir]")).to_be_checked()
    page.locator("input[name=aspect]:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=aspect][value='9:16']")).to_be_checked()
