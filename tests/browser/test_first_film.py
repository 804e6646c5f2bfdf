"""From the login to a film that plays: what a first visitor does."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import new_context, sign_in
from tests.browser.studio import EMAIL, Studio
from tests.browser.watching import until, watched

pytestmark = pytest.mark.browser


def test_a_visitor_signs_in(browser: Browser, studio: Studio) -> None:
    context = new_context(browser, base_url=studio.url)
    with watched(context):
        page = context.new_page()
        page.goto("/new/")
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill("a wrong one")
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".errorlist")).to_contain_text("not correct")
        sign_in(page)
        page.get_by_label("Account").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_a_song_becomes_a_film(film: dict[str, Any], page: Page) -> None:
    page.goto(f"/p/{film['code']}/")
    assert film["scenes"] >= 2
    expect(page.locator("#board .scene")).to_have_count(film["scenes"])
    expect(page.locator(".live[data-state=done]")).to_have_count(film["scenes"])
    for picture in page.locator("#board img").all():
        picture.scroll_into_view_if_needed()
        until(page, partial(picture.evaluate, "image => image.naturalWidth > 200"), what="the picture")
    expect(page.locator(".step[data-state=done]").first).to_be_visible()
    expect(page.get_by_text("Drawn on this server").first).to_be_visible()
    expect(page.locator("svg.wave text").first).to_be_visible()


def test_the_page_polls_at_the_servers_pace_until_the_film_is_there(film: dict[str, Any]) -> None:
    """A page that is loaded anew, as for the first scenes, begins its interval again: gaps may only be longer."""
    every, gaps = film["polls"]["every"], film["polls"]["gaps"]
    assert len(every) == film["polls"]["ended"]
    assert gaps
    for gap, pace in zip(gaps, every[1:], strict=True):
        assert gap > pace - 0.1, film["polls"]
    assert every == sorted(every)
    assert set(every) <= {2, 5, 10}
    assert set(film["polls"]["answers"]) <= {200, 204}


def test_the_film_plays_and_seeks(film: dict[str, Any], studio: Studio, page: Page) -> None:
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status) if "/media/film/" in response.url else None)
    page.goto(f"/p/{film['code']}/")
    video = page.locator("video")
    expect(video).to_have_js_property("readyState", 4)
    length_s = studio.slots(film["code"])[-1][1] / 30
    assert abs(video.evaluate("video => video.duration") - length_s) < 0.1
    assert video.evaluate("video => [video.videoWidth, video.videoHeight]") == [854, 480]
    last = page.locator(".strip button").last
    last.click()
    expect(last).to_have_attribute("aria-current", "true")
    expect(video).to_have_js_property("seeking", False)
    at = video.evaluate("video => video.currentTime")
    assert abs(at - int(last.get_attribute("data-start-ms") or 0) / 1000) < 0.1
    video.evaluate("video => { video.muted = true; return video.play(); }")
    expect(video).not_to_have_js_property("currentTime", at)
    assert set(statuses) == {206}


def test_the_captions_are_there_and_off_where_they_are_burned_in(film: dict[str, Any], page: Page) -> None:
    page.goto(f"/p/{film['code']}/")
    track = "document.querySelector('video').textTracks[0]"
    assert page.evaluate(f"{track}.mode") == "disabled"
    page.evaluate(f"{track}.mode = 'hidden'")
    expect(page.locator("track")).to_have_js_property("readyState", 2)
    words = page.evaluate(f"[...{track}.cues].map(cue => cue.text).join(' ')")
    assert "neon on the bay" in words


def test_the_film_and_its_captions_are_saved_under_the_title(film: dict[str, Any], page: Page) -> None:
    page.goto(f"/p/{film['code']}/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the film").click()
    assert saved.value.suggested_filename == "Harbor Lights.mp4"
    assert saved.value.path().stat().st_size > 50_000
    with page.expect_download() as saved:
        page.get_by_role("link", name="Captions (VTT)").click()
    assert saved.value.suggested_filename == "Harbor Lights-captions.vtt"
    assert saved.value.path().read_text().startswith("WEBVTT")


def test_the_certificate_speaks_plainly(film: dict[str, Any], studio: Studio, page: Page) -> None:
    frames = studio.slots(film["code"])[-1][1]
    page.goto(f"/p/{film['code']}/")
    certificate = page.locator(".cert")
    expect(certificate).to_contain_text(f"{frames} of {frames} frames, evenly timed.")
    certificate.get_by_text("All numbers").click()
    expect(certificate.get_by_text("LUFS").last).to_be_visible()


def test_the_projects_page_shows_it(film: dict[str, Any], page: Page) -> None:
    page.goto("/")
    card = page.locator(f"#project-{film['code']}")
    expect(card).to_contain_text("Harbor Lights")
    expect(card.locator(".badge")).to_have_text("Done")
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Harbor Lights")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
