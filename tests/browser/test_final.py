"""The page of the finished film in a browser: seeking, shapes, versions, a film that plays on, tabs, no script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LINES
from tests.browser.hands import WORK_WITHIN_MS
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import Watch, findings, overflow, watched

pytestmark = pytest.mark.browser
REFUSED = ["409 (Conflict)", "Response Status Error Code 409"]


@pytest.fixture
def code(project_at: Callable[..., str]) -> str:
    """A project of the test's own, whose film is finished."""
    return project_at("film")


def at_ms(page: Page) -> int:
    return round(1000 * float(page.locator("video").evaluate("film => film.currentTime")))


def test_the_filmstrip_and_the_chapters_seek(page: Page, code: str) -> None:
    page.goto(f"/p/{code}/final/")
    strip = page.locator(".strip button")
    start = int(strip.nth(1).get_attribute("data-start-ms") or 0)
    strip.nth(1).click()
    expect(strip.nth(1)).to_have_attribute("aria-current", "true")
    assert start <= at_ms(page) < start + 100
    page.locator(".chapters summary").click()
    chapters = page.locator(".chapters a")
    chapters.last.click()
    expect(strip.last).to_have_attribute("aria-current", "true")
    expect(chapters.last).to_have_attribute("aria-current", "true")
    assert page.url.endswith("/final/")
    strip.last.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".strip [aria-current] .num")).to_have_text(str(strip.count() - 1))


@pytest.mark.long
def test_captions_are_off_where_they_are_burned_in_and_chapters_load(page: Page, code: str) -> None:
    page.goto(f"/p/{code}/final/")
    tracks = "film => [...film.textTracks].map(track => [track.kind, track.mode])"
    assert page.locator("video").evaluate(tracks)[0] == ["captions", "disabled"]
    page.locator("video").evaluate(
        "film => { film.textTracks[1].mode = 'hidden'; film.textTracks[0].mode = 'hidden'; }"
    )
    for track in page.locator("track").all():
        expect(track).to_have_js_property("readyState", 2)
    texts = page.locator("video").evaluate("film => [...film.textTracks].map(t => [...t.cues].map(cue => cue.text))")
    assert texts[0] == list(LINES)
    assert len(texts[1]) == page.locator(".strip button").count()
    assert texts[1][0].startswith("Scene 1 · ")


@pytest.mark.long
def test_every_file_is_downloaded_under_its_title(page: Page, code: str) -> None:
    page.goto(f"/p/{code}/final/")
    for name, extension in (
        ("Download the film", "mp4"),
        ("SRT", "srt"),
        ("LRC", "lrc"),
        ("VTT", "vtt"),
        ("TXT", "txt"),
    ):
        with page.expect_download() as saved:
            page.get_by_role("link", name=name).first.click()
        assert saved.value.suggested_filename == f"Harbor Lights.{extension}"


def play(page: Page) -> None:
    """Let the film run without end, and count how often somebody takes it away."""
    page.evaluate("window.resets = 0")
    page.locator("video").evaluate(
        "film => { film.muted = true; film.loop = true; film.dataset.same = '1'; film.play();"
        " film.addEventListener('emptied', () => { window.resets += 1; }); }"
    )


@pytest.mark.long
def test_the_film_plays_on_while_another_version_is_made_and_told(studio: Studio, page: Page, code: str) -> None:
    page.goto(f"/p/{code}/final/")
    version = int(page.locator(".version.shown .name").inner_text().split()[-1])
    switch = page.get_by_role("button", name="Pictures pulse with the beat")
    expect(switch).to_have_attribute("aria-pressed", "true")
    with studio.paused(code, "render_shot"):
        switch.click()
        expect(page.locator(".notes").first).to_contain_text("rendered again")
        expect(switch).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#final-work")).to_contain_text("Rendering")
        play(page)
    expect(page.locator("#final-news")).to_contain_text(f"Version {version + 1} is ready", timeout=WORK_WITHIN_MS)
    assert page.locator("video").evaluate("film => [film.paused, film.dataset.same, window.resets]") == [False, "1", 0]
    expect(page.locator("#pulse")).to_have_attribute("data-busy", "false")
    expect(page.locator("#pulse[hx-get]")).to_have_count(0)
    page.get_by_role("link", name="Show it").click()
    expect(page.locator(".version.shown .name")).to_have_text(f"Version {version + 1}")
    expect(page.locator(".version.shown")).to_contain_text("Pictures stand still on the beat.")
    the_older_one_stands_by_choice_and_the_newest_again(page)


def the_older_one_stands_by_choice_and_the_newest_again(page: Page) -> None:
    older = page.locator(".version").last
    name = older.locator(".name").inner_text()
    older.get_by_role("button", name="Let it stand").click()
    expect(page.locator("#final-news")).to_contain_text("You let version")
    expect(page.locator(".version.shown .name")).to_have_text(name)
    page.get_by_role("button", name="Let the newest stand").click()
    expect(page.locator("#final-news .note")).to_have_count(0)
    expect(page.locator(".version").first.locator(".badge").first).to_contain_text("Stands")


@pytest.mark.long
def test_another_shape_is_made_while_one_watches_and_removed(studio: Studio, page: Page, code: str) -> None:
    page.goto(f"/p/{code}/final/")
    page.locator("#add input[name=aspect][value='9:16']").check(force=True)
    with studio.paused(code, "generate_image"):
        page.get_by_role("button", name="Add this shape").click()
        expect(page.locator("#final-work")).to_contain_text("Drawing")
        expect(page.locator(".no-film")).to_be_visible()
        expect(page.locator(".shape-tab[aria-current]")).to_contain_text("9:16")
    expect(page.locator("video")).to_be_visible(timeout=WORK_WITHIN_MS)  # the page loads itself anew
    box = page.locator("video").bounding_box()
    assert box is not None
    assert box["height"] <= 0.8 * 800
    assert overflow(page) == 0
    page.get_by_role("button", name="Remove this shape").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator(".notes").first).to_contain_text("Removed: 9:16")
    expect(page.locator(".shape-tab")).to_have_count(2)  # the film as it was, and the way to another one


def test_two_tabs_never_overwrite_each_other(
    studio: Studio, page: Page, watch: Watch, code: str, context: BrowserContext
) -> None:
    watch.expected += REFUSED
    page.goto(f"/p/{code}/final/")
    other = context.new_page()
    other.goto(f"/p/{code}/final/")
    page.locator("#captions").select_option("subtitle")
    page.get_by_role("button", name="Change").click()
    expect(page.locator(".notes").first).to_contain_text("Saved")
    other.locator("#captions").select_option("none")
    other.get_by_role("button", name="Change").click()
    expect(other.locator("#final-refusal")).to_contain_text("changed meanwhile")
    expect(other.locator("#captions")).to_have_value("subtitle")
    page.locator("#captions").select_option("karaoke")
    page.get_by_role("button", name="Change").click()
    expect(page.locator(".notes").first).to_contain_text("Saved")


@pytest.mark.long
def test_a_list_out_of_date_is_replaced_under_the_playing_film(
    studio: Studio, page: Page, watch: Watch, code: str
) -> None:
    watch.expected += REFUSED
    page.goto(f"/p/{code}/final/")
    mine = "(select id from projects_project where code = ?)"
    failed = studio.rows(
        f"select id from pipeline_job where project_id = {mine} and step = 'render_shot' order by id desc limit 2",
        uuid_hex(code),
    )
    spoil = "update pipeline_job set state = 'failed', error = 'The disk is full.', dismissed = 0 where id = ?"
    studio.rows(spoil, failed[0][0])
    page.reload()
    expect(page.locator("#final-work")).to_contain_text("The disk is full.")
    page.locator("video").evaluate("film => { film.dataset.same = '1'; }")
    studio.rows(spoil, failed[1][0])
    page.locator("#rebuild").click()
    expect(page.locator("#final-refusal")).to_contain_text("has changed meanwhile")
    expect(page.locator("#final-work .failures li")).to_have_count(2)
    assert page.locator("video").get_attribute("data-same") == "1"
    page.locator("#rebuild").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("On its way")
    expect(page.locator("#final-refusal")).to_be_empty()
    expect(page.locator("#final-work .failures")).to_have_count(0)
    assert page.locator("video").get_attribute("data-same") == "1"


@pytest.mark.long
def test_it_works_without_a_script(studio: Studio, open_browser: Callable[..., BrowserContext], code: str) -> None:
    plain = open_browser(java_script_enabled=False).new_page()
    plain.goto(f"/p/{code}/final/")
    plain.locator(".chapters summary").click()
    plain.locator(".chapters a").nth(1).click()
    source = plain.locator("video source").get_attribute("src") or ""
    assert "#t=" in source
    with studio.paused(code, "render_shot"):
        plain.locator("#captions").select_option("title")
        plain.get_by_role("button", name="Change").click()
        expect(plain.locator(".notes").first).to_contain_text("Saved")
        expect(plain.locator("#captions")).to_have_value("title")
        expect(plain.locator("meta[http-equiv=refresh]")).to_have_count(1)
    plain.locator("#captions").select_option("karaoke")
    plain.get_by_role("button", name="Change").click()
    expect(plain.locator("#captions")).to_have_value("karaoke")
    plain.get_by_role("link", name="Song").first.click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Song and lyrics")


@pytest.mark.long
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_at_any_size(
    studio: Studio, open_browser: Callable[..., BrowserContext], code: str, theme: str
) -> None:
    found: dict[str, Any] = {}
    for width in (1440, 390, 320):
        context = open_browser(viewport={"width": width, "height": 844}, has_touch=width < 500, color_scheme=theme)
        with watched(context):
            page = context.new_page()
            for path in (f"/p/{code}/final/", f"/p/{code}/final/?version=1", f"/p/{code}/final/versions/"):
                page.goto(path)
                page.emulate_media(reduced_motion="reduce")
                if page.locator(".chapters summary").count():
                    page.locator(".chapters summary").click()
                found[f"{path} {width}"] = [*findings(page), *(["too wide"] if overflow(page) else [])]
    assert {path: problems for path, problems in found.items() if problems} == {}
