"""Every page of a project in every state, dark on a desk and light on a phone: nothing that axe-core finds, nothing
wider than the window, nothing that cannot be pressed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import findings, overflow, settled, unreachable, watched

pytestmark = [pytest.mark.browser, pytest.mark.long]
PAGES = ("", "song/", "scenes/", "images/", "clips/", "final/")
MORE = ("final/versions/", "exports/", "refine/", "costs/", "facts/", "images/{scene}/", "clips/{scene}/")
IDEA = ("", "idea/", "music/", "scenes/", "images/", "clips/", "final/", "exports/", "refine/", "costs/")
AD = ("", "brief/", "references/", "music/", "scenes/", "images/", "clips/", "final/", "exports/", "refine/", "costs/")
ALONE = (
    "/",
    "/new/",
    "/new/idea/",
    "/new/ad/",
    "/new/ad/lifestyle_ad/",
    "/settings/providers/",
    "/accounts/email/",
    "/nowhere/",
)
FULL = "The disk of this server is full. Free some space, and try again."
MINE = "(select id from projects_project where code = ?)"
WINDOWS: dict[str, Any] = {
    "dark": {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"},
    "light": {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce", "has_touch": True},
}
UNHEARD = (
    f"update projects_song set analysis = null, recipe = '' where project_id = {MINE}",
    "update projects_project set transcript_id = null where code = ?",
)


def listening(studio: Studio, code: str) -> None:
    for change in UNHEARD:
        studio.rows(change, uuid_hex(code))
    studio.hold(code, "analyze_song")


def unheard(studio: Studio, code: str) -> None:
    for change in UNHEARD:
        studio.rows(change, uuid_hex(code))
    studio.fail(code, "analyze_song", "This song could not be read.")


def skipped(studio: Studio, code: str) -> None:
    studio.rows(
        "insert into projects_skip (scene_id, at, still) select id, '2026-01-01', 1 from projects_scene"
        f" where project_id = {MINE} order by start_frame limit 1",
        uuid_hex(code),
    )
    judge(studio, code, "rejected", 1)
    judge(studio, code, "approved", 2)


def judge(studio: Studio, code: str, verdict: str, at: int) -> None:
    picture = (
        f"select i.id from projects_image i join projects_scene s on s.content_id = i.content_id"
        f" where s.project_id = {MINE} order by s.start_frame limit 1 offset {at}"
    )
    studio.rows(f"update projects_image set verdict = '{verdict}' where id = ({picture})", uuid_hex(code))


def drawing(studio: Studio, code: str) -> None:
    """One scene is drawn for the first time, another one again."""
    studio.hold(code, "generate_image")
    studio.rows(
        "update projects_pick set image_id = null where content_id ="
        f" (select content_id from projects_scene where project_id = {MINE} order by start_frame desc limit 1)",
        uuid_hex(code),
    )


# name -> the stage that the copy stands at, and what happens to it
STATES: dict[str, tuple[str, Callable[[Studio, str], Any]]] = {
    "finished": ("film", lambda studio, code: None),
    "clips to review": ("clips", lambda studio, code: None),
    "pictures to review": ("images", lambda studio, code: None),
    "lyrics to approve, all else empty": ("lyrics", lambda studio, code: None),
    "busy listening": ("lyrics", listening),
    "busy planning": ("images", lambda studio, code: studio.hold(code, "write_prompts")),
    "busy drawing": ("images", drawing),
    "busy rendering": ("clips", lambda studio, code: studio.hold(code, "render_shot")),
    "busy joining": ("film", lambda studio, code: studio.hold(code, "assemble_video")),
    "song failed": ("lyrics", unheard),
    "picture failed": ("images", lambda studio, code: studio.fail(code, "generate_image", FULL)),
    "clip failed": ("film", lambda studio, code: studio.fail(code, "render_shot", FULL)),
    "canceled": ("clips", lambda studio, code: studio.stop(code)),
    "skipped, rejected, approved": ("images", skipped),
}


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("state", STATES)
def test_every_page_is_for_everybody(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str], state: str, theme: str
) -> None:
    stage, prepare = STATES[state]
    code = project_at(stage)
    prepare(studio, code)
    scene = studio.rows(f"select code from projects_scene where project_id = {MINE}", uuid_hex(code))
    paths = [*PAGES, *(path for path in MORE if scene and state in ("finished", "skipped, rejected, approved"))]
    found: dict[str, list[str]] = {}
    context = open_browser(color_scheme=theme, **WINDOWS[theme])
    with watched(context) as watch:
        watch.expected += ["style-src"]  # axe walks into the waveform's shadow root
        page = context.new_page()
        for path in paths:
            address = f"/p/{code}/{path}".format(scene=dashed(scene[0][0]) if scene else "")
            page.goto(address)
            found[address] = problems(page)
    assert {place: said for place, said in found.items() if said} == {}


def dashed(hexed: str) -> str:
    return "-".join((hexed[:8], hexed[8:12], hexed[12:16], hexed[16:20], hexed[20:]))


def problems(page: Page) -> list[str]:
    settled(page)
    expect(page.locator("h1")).to_be_visible()
    wide = overflow(page)
    return [*findings(page), *([f"{wide} px too wide"] if wide else []), *unreachable(page)]


def nothing(studio: Studio, code: str) -> None:
    """It stays as it is."""


def unwritten(studio: Studio, code: str) -> None:
    """An ad whose beats are still to be filled."""
    studio.rows(f"update projects_ad set beats = '[]' where project_id = {MINE}", uuid_hex(code))


def writing(studio: Studio, code: str) -> None:
    unwritten(studio, code)
    studio.hold(code, "write_brief")


def not_written(studio: Studio, code: str) -> None:
    unwritten(studio, code)
    studio.fail(code, "write_brief", FULL)


# kind, the stage that the copy stands at, and what happens to it
OTHERS: dict[str, tuple[str, str, Callable[[Studio, str], Any]]] = {
    "idea finished": ("idea", "film", nothing),
    "idea busy composing": ("idea", "film", lambda studio, code: studio.hold(code, "compose_music")),
    "idea failed": ("idea", "film", lambda studio, code: studio.fail(code, "compose_music", FULL)),
    "ad finished": ("ad", "film", nothing),
    "ad to decide": ("ad", "lyrics", nothing),
    "ad busy writing": ("ad", "lyrics", writing),
    "ad busy drawing the animatic": ("ad", "film", lambda studio, code: studio.hold(code, "draw_animatic")),
    "ad failed": ("ad", "lyrics", not_written),
}


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("state", OTHERS)
def test_every_page_of_the_other_ways_is_for_everybody(
    open_browser: Callable[..., BrowserContext],
    studio: Studio,
    idea_film: str,
    ad_film: str,
    project_like: Callable[..., str],
    state: str,
    theme: str,
) -> None:
    kind, stage, prepare = OTHERS[state]
    code = project_like(idea_film if kind == "idea" else ad_film, stage=stage)
    prepare(studio, code)
    found: dict[str, list[str]] = {}
    context = open_browser(color_scheme=theme, **WINDOWS[theme])
    with watched(context):
        page = context.new_page()
        for path in IDEA if kind == "idea" else AD:
            page.goto(f"/p/{code}/{path}")
            found[path] = problems(page)
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_pages_of_no_project_are_for_everybody(open_browser: Callable[..., BrowserContext], theme: str) -> None:
    found: dict[str, list[str]] = {}
    context = open_browser(color_scheme=theme, **WINDOWS[theme])
    with watched(context) as watch:
        watch.expected += ["404"]
        page = context.new_page()
        for path in ALONE:
            page.goto(path)
            found[path] = problems(page)
    assert {place: said for place, said in found.items() if said} == {}


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_refusal_on_a_page_of_its_own_is_for_everybody(
    open_browser: Callable[..., BrowserContext], studio: Studio, project_at: Callable[..., str], theme: str
) -> None:
    context = open_browser(color_scheme=theme, **WINDOWS[theme])
    with watched(context) as watch:
        watch.expected += ["409"]
        page, code = context.new_page(), project_at("images")
        page.goto(f"/p/{code}/images/")
        judge(studio, code, "rejected", 0)
        approve = page.locator(".live").first.locator("[data-verb=approved]")
        approve.evaluate(  # as a browser without a script sends it
            "button => { const form = button.form, seen = document.createElement('input'); seen.name = button.name;"
            " seen.value = button.value; form.append(seen); form.action = button.formAction; form.submit(); }"
        )
        expect(page.get_by_text("judged meanwhile")).to_be_visible()
        assert problems(page) == []
