"""A studio, a signed-in browser whose every error fails the test, and one small film."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect

from pipeline.media.audio.synth.songs import test_song as clear_song
from pipeline.media.audio.synth.songs import write_encoded
from tests.browser.studio import EMAIL, PASSWORD, Studio, shared_studio
from tests.browser.watching import Watch, watched

expect.set_options(timeout=20_000)
FILM_WITHIN_MS = 150_000
LYRICS = "[00:01.00]Rain on the harbor\n[00:03.50]neon on the bay\n[00:06.00]calling me again\n"


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[Studio]:
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "popen" in shared.name else shared  # above the folders of parallel processes
    with shared_studio(shared / f"studio-{testrun_uid}") as found:
        yield found


@pytest.fixture(scope="session")
def song(studio: Studio) -> Path:
    """Ten seconds, 9.87 to be exact, at 120 beats a minute: a few scenes."""
    path = studio.folder / "Harbor Lights.mp3"
    with studio.alone():
        if not path.exists():
            write_encoded(clear_song(120, 6.0, form="short"), path)
    return path


@pytest.fixture(scope="session")
def signed_in(studio: Studio, browser: Browser) -> str:
    """The file with the cookies of a login."""
    path = studio.folder / "cookies.json"
    with studio.alone():
        if not path.exists():
            context = browser.new_context(base_url=studio.url)
            with watched(context):
                sign_in(context.new_page())
            context.storage_state(path=path)
            context.close()
    return str(path)


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


@pytest.fixture
def open_browser(browser: Browser, studio: Studio, signed_in: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a window for the signed-in user; closed after the test."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        settings = {"base_url": studio.url, "storage_state": signed_in, "viewport": {"width": 1280, "height": 800}}
        contexts.append(browser.new_context(**(settings | options)))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def context(open_browser: Callable[..., BrowserContext]) -> BrowserContext:
    return open_browser()


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    with watched(context) as found:
        yield found


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """A page of the signed-in user. An error in its console fails the test."""
    return context.new_page()


def begin(page: Page, song: Path, *, title: str, lyrics: str = "", size: str = "480p", shape: str = "") -> str:
    """Fill in the form, send it, and return the code of the new project once its page is open."""
    page.goto("/new/")
    page.locator("#id_song").set_input_files(song)
    page.get_by_role("textbox", name="Title").fill(title)
    page.get_by_role("textbox", name="Lyrics").fill(lyrics)
    page.get_by_label("Size").select_option(size)
    if shape:
        page.locator(f"input[name=aspect][value='{shape}']").check(force=True)
    page.get_by_role("button", name="Make the video").click()
    page.wait_for_url("**/p/*/")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


@dataclass
class Polls:
    """The polls that a page sent: when, in seconds, at which pace, and what came back."""

    started: float = field(default_factory=time.monotonic)
    at: list[float] = field(default_factory=list)
    every: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def watch(self, page: Page) -> Polls:
        page.on("request", self._request)
        page.on("response", self._response)
        return self

    def _request(self, request: Request) -> None:
        if "/pulse/" in request.url:
            self.at.append(time.monotonic() - self.started)
            self.every.append(int(request.url.split("every=")[1].split("&")[0]))

    def _response(self, response: Response) -> None:
        if "/pulse/" in response.url:
            self.answers.append(response.status)


@pytest.fixture(scope="session")
def film(studio: Studio, signed_in: str, song: Path, browser: Browser) -> dict[str, Any]:
    """The one film, made through the page by a person who watches; and what was seen on the way."""
    with studio.alone() as shared:
        if "film" not in shared:
            shared["film"] = _made(studio, signed_in, song, browser)
        return dict(shared["film"])


def _made(studio: Studio, signed_in: str, song: Path, browser: Browser) -> dict[str, Any]:
    context = browser.new_context(base_url=studio.url, storage_state=signed_in)
    with watched(context):
        page = context.new_page()
        polls = Polls().watch(page)
        code = begin(page, song, title="Harbor Lights", lyrics=LYRICS)
        expect(page.locator("#board .scene").first).to_be_visible(timeout=FILM_WITHIN_MS)
        scenes = page.locator("#board .scene").count()
        expect(page.locator("video")).to_be_visible(timeout=FILM_WITHIN_MS)
        ended = len(polls.at)
        page.wait_for_timeout(2500)
        late = len(polls.at) - ended
    context.close()
    return {
        "code": code,
        "scenes": scenes,
        "polls_s": polls.at,
        "every_s": polls.every,
        "answers": polls.answers,
        "late_polls": late,
    }
