"""Every page in both themes: nothing that axe-core finds, nothing wider than a phone, a film that fits its window."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.watching import asked, findings, overflow, settled, watched

pytestmark = pytest.mark.browser
SIGNED_OUT = ("/accounts/login/", "/accounts/password/reset/")
SIGNED_IN = ("/", "/new/", "/p/{film}/", "/accounts/email/", "/accounts/password/change/")


def opened(page: Page, path: str) -> None:
    page.goto(path)
    settled(page)
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("theme", ["dark", pytest.param("light", marks=pytest.mark.long)])
def test_axe_finds_nothing(open_browser: Callable[..., BrowserContext], film: dict[str, Any], theme: str) -> None:
    found: dict[str, list[str]] = {}
    signed_in = open_browser(color_scheme=theme)
    with watched(signed_in) as watch:
        watch.expected += ["404", "422"]
        page = signed_in.new_page()
        for path in SIGNED_IN:
            opened(page, path.format(film=film["code"]))
            found[path] = findings(page)
        page.locator(".menu summary").click()
        found["the open menu"] = findings(page)
        opened(page, "/new/")
        page.locator("#new-video").evaluate("form => { form.noValidate = true; }")
        page.get_by_role("button", name="Make the video").click()
        expect(page.locator("#field-song .errorlist")).to_be_visible()
        found["/new/ refused"] = findings(page)
        opened(page, "/nowhere/")
        found["404"] = findings(page)
    signed_out = open_browser(color_scheme=theme, storage_state=None)
    with watched(signed_out):
        page = signed_out.new_page()
        for path in SIGNED_OUT:
            opened(page, path)
            found[path] = findings(page)
    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("width", [pytest.param(1440, marks=pytest.mark.long), 390, 320])
def test_no_page_is_wider_than_its_window(
    open_browser: Callable[..., BrowserContext], film: dict[str, Any], width: int
) -> None:
    context = open_browser(viewport={"width": width, "height": 844}, has_touch=width < 500)
    with watched(context):
        page = context.new_page()
        for path in SIGNED_IN:
            page.goto(path.format(film=film["code"]))
            assert overflow(page) == 0, path
        page.goto("/new/")
        if width < 500:
            assert (page.locator(".dock .btn").bounding_box() or {})["height"] >= 42


@pytest.mark.parametrize(("window", "shape"), [((1440, 900), (9, 16)), ((1440, 900), (1, 1)), ((390, 844), (9, 16))])
def test_a_film_of_any_shape_fits_its_window(
    page: Page, film: dict[str, Any], window: tuple[int, int], shape: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": window[0], "height": window[1]})
    page.goto(f"/p/{film['code']}/")
    across, down = shape
    page.locator("video").evaluate(
        "(video, [width, height]) => { video.removeAttribute('src'); video.replaceChildren(); video.load();"
        " video.width = width; video.height = height; video.closest('.player').classList.remove('wide'); }",
        [across * 60, down * 60],
    )
    box = page.locator("video").bounding_box()
    assert box is not None
    assert box["height"] <= window[1] * 0.8
    assert box["width"] <= window[0]
    assert overflow(page) == 0


def test_the_theme_button_changes_the_theme_at_once_and_for_good(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto("/")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Switch to the light theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.get_by_role("button", name="Switch to the dark theme")).to_be_focused()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_watch_sees_a_broken_policy_and_axe_a_nameless_button(open_browser: Callable[..., BrowserContext]) -> None:
    context = open_browser()
    with pytest.raises(AssertionError, match="style"), watched(context):
        page = context.new_page()
        page.goto("/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p><button></button>')")
        assert [problem for problem in findings(page) if problem.startswith("button-name: <button></button>")]


def test_a_page_that_leaves_while_it_is_asked_is_answered_for_by_the_one_that_comes(page: Page) -> None:
    page.goto("/")
    leaving = "new Promise(() => location.assign('/new/'))"  # never answered by the page it is asked of
    questions = chain((leaving,), repeat("location.pathname"))
    assert asked(page, lambda: page.evaluate(next(questions))) == "/new/"
