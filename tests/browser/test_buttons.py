"""What a person does while work goes on, and after: cancel, go on, skip, try again, delete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.media.audio.synth.songs import test_song as clear_song
from pipeline.media.audio.synth.songs import write_encoded
from tests.browser.conftest import begin, sign_in_here
from tests.browser.hands import WORK_WITHIN_MS
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import until
from tests.services import wait_until

pytestmark = pytest.mark.browser


def working(studio: Studio, code: str) -> int:
    query = "select count(*) from pipeline_job j join projects_project p on p.id = j.project_id where p.code = ?"
    return int(studio.rows(f"{query} and j.state in ('queued', 'running', 'waiting')", uuid_hex(code))[0][0])


@pytest.fixture(scope="module")
def long_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough that its film is not finished before anybody could press a button, on the fastest machine."""
    path = tmp_path_factory.mktemp("songs") / "Long Way.mp3"
    write_encoded(clear_song(120, 60.0, form="short"), path)
    return path


def test_cancel_stops_the_running_work(page: Page, studio: Studio, long_song: Path) -> None:
    code = begin(page, long_song, title="Canceled", size="1080p")
    expect(page.locator(".live[data-state=running]").first).to_be_visible(timeout=WORK_WITHIN_MS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pulse/" in request.url else None)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Canceled. What was made is kept.").first).to_be_visible()
    wait_until(lambda: not working(studio, code), what="the end of the work")
    expect(page.locator("#pulse[hx-get]")).to_have_count(0)
    del asked[:]
    page.wait_for_timeout(2600)
    assert asked == []
    go_on = page.get_by_role("button", name="Go on")
    go_on.evaluate("button => { button.click(); button.click(); }")  # twice before any answer, as by an eager hand
    expect(page.locator("#pulse")).to_have_attribute("data-busy", "true")
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Delete this project?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Delete")).to_be_focused()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    expect(page.locator(f"#project-{code}")).to_have_count(0)


def playing(page: Page, code: str) -> Locator:
    """The film on the project's page, which runs without end and is marked, so that another one would be noticed."""
    page.goto(f"/p/{code}/")
    video = page.locator("video")
    until(page, lambda: video.evaluate("video => video.readyState >= 2"), what="the film")
    video.evaluate("video => { video.muted = true; video.loop = true; video.kept = 'kept'; return video.play(); }")
    return video


@pytest.mark.long
def test_a_failure_is_told_and_tried_again_while_the_film_plays(
    page: Page, studio: Studio, film: dict[str, Any], project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    scene = fail_last_scene(studio, code)
    video, card = playing(page, code), page.locator(f"#card-{scene}")
    expect(card).to_contain_text("The picture could not be read.")
    expect(page.locator(".note.error")).to_contain_text("The picture could not be read.")
    expect(page.locator(".step[data-state=failed]")).to_be_visible()
    card.get_by_role("button", name="Try again").click()
    expect(page.locator(".toast")).to_contain_text("Trying again.")
    expect(page.locator(".live[data-state=done]")).to_have_count(film["scenes"], timeout=WORK_WITHIN_MS)
    expect(page.locator("#pulse")).to_have_attribute("data-busy", "false", timeout=WORK_WITHIN_MS)
    expect(page.locator(".note.error")).to_have_count(0)
    assert video.evaluate("video => [video.kept, video.paused]") == ["kept", False]


@pytest.mark.long
def test_a_skipped_scene_makes_another_film_which_is_told_and_not_put_under_the_one_that_plays(
    page: Page, film: dict[str, Any], project_at: Callable[..., str]
) -> None:
    video = playing(page, project_at("film"))
    card = page.locator("#board .scene").last
    card.get_by_role("button", name="Skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Skipped.")
    expect(card.locator(".live")).to_have_attribute("data-state", "skipped")
    expect(page.get_by_text("A new version of the film is ready.")).to_be_visible(timeout=WORK_WITHIN_MS)
    assert video.evaluate("video => [video.kept, video.paused]") == ["kept", False]
    before = video.evaluate("video => video.currentSrc")
    page.get_by_role("link", name="Show it").click()
    expect(page.locator("video")).not_to_have_js_property("currentSrc", before)
    page.locator("#board .scene").last.get_by_role("button", name="Bring it back").click()
    expect(page.locator(".live[data-state=done]")).to_have_count(film["scenes"], timeout=WORK_WITHIN_MS)
    expect(page.locator("#pulse")).to_have_attribute("data-busy", "false", timeout=WORK_WITHIN_MS)


def fail_last_scene(studio: Studio, code: str) -> str:
    """Take the last scene's shot away, as if it had never been rendered and its job had failed."""
    found = studio.rows(
        "select s.id, s.code, p.id from projects_scene s join projects_project p on p.id = s.project_id"
        " where p.code = ? order by s.start_frame desc limit 1",
        uuid_hex(code),
    )
    scene, hexed, project = found[0]
    dashed = "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))
    studio.rows("delete from projects_shot where scene_id = ?", scene)
    studio.rows(
        "update pipeline_job set state = 'failed', error = 'The picture could not be read.'"
        " where project_id = ? and step = 'render_shot' and subject like ?",
        project,
        f"scene:{dashed}:%",
    )
    return str(dashed)


def test_signed_out_elsewhere_the_page_says_so_and_goes_on_after_the_login(
    page: Page, film: dict[str, Any], project_at: Callable[..., str]
) -> None:
    page.goto(f"/p/{project_at('film')}/")
    page.context.clear_cookies(name="sessionid")
    skip = page.locator("#board .scene").last.get_by_role("button", name="Skip")
    skip.click()
    expect(page.locator("#signed-out")).to_contain_text("not signed in")
    with page.expect_popup() as opened:
        page.locator("#signed-out").get_by_role("link", name="Sign in").click()
    sign_in_here(opened.value)
    expect(opened.value.locator("#board .scene")).to_have_count(film["scenes"])
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # whoever comes back to this tab
    expect(page.locator("#signed-out")).to_have_count(0)
    skip.click()
    expect(page.locator(".toast").last).to_contain_text("Skipped.")
