"""A studio, a signed-in browser whose every error fails the test, and one small film.

Nobody changes the one film: a test that changes something has a copy of its own (`project_at`), or makes a project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect

from pipeline.media.audio.synth.songs import test_song as clear_song
from pipeline.media.audio.synth.songs import write_encoded
from tests.browser.copying import copied_film
from tests.browser.hands import WORK_WITHIN_MS, WORK_WITHIN_S, Pointer
from tests.browser.studio import EMAIL, PASSWORD, SEED, Studio, shared_studio
from tests.browser.watching import Watch, asked, watched
from tests.browser.ways import begin_ad, begin_idea
from tests.services import wait_until

FILMS = {"film", "idea_film", "ad_film"}
SCENES = 4  # of the one film, in every run
PATIENCE_MS = 60_000  # when a test gives up, on the slowest machine
expect.set_options(timeout=PATIENCE_MS)
# What is said in a toast is held until a test has read it, as by a pointer that lies on it.
HELD_TOASTS = """new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes)
    if (node.classList?.contains('toast')) node.dispatchEvent(new Event('mouseenter'));
}).observe(document, { childList: true, subtree: true });"""
LINES = ("Rain on the harbor", "calling me again", "neon on the bay", "calling me again")
LYRICS = "".join(f"[00:0{1 + 2 * at}.00]{line}\n" for at, line in enumerate(LINES))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs no film comes first: one process does that while the other one sees to the film."""
    items.sort(key=lambda item: "browser" in item.keywords and not FILMS.isdisjoint(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Iterator[Studio]:
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "popen" in shared.name else shared  # above the folders of parallel processes
    with shared_studio(shared / f"studio-{testrun_uid}") as found:
        yield found


@pytest.fixture(scope="session")
def song(studio: Studio) -> Path:
    """A quarter of a minute at 120 beats a minute: four scenes, by the studio's seed."""
    return _song(studio, "Harbor Lights.mp3", 16.0)


@pytest.fixture(scope="session")
def short_song(studio: Studio) -> Path:
    """Ten seconds: two scenes, by the studio's seed."""
    return _song(studio, "Short.mp3", 6.0)


def _song(studio: Studio, name: str, length_s: float) -> Path:
    path = studio.folder / name
    with studio.alone():
        if not path.exists():
            write_encoded(clear_song(120, length_s, form="short"), path)
    return path


@pytest.fixture(scope="session")
def signed_in(studio: Studio, browser: Browser) -> str:
    """The file with the cookies of a login."""
    path = studio.folder / "cookies.json"
    with studio.alone():
        if not path.exists():
            context = new_context(browser, base_url=studio.url)
            with watched(context):
                sign_in(context.new_page())
            context.storage_state(path=path)
            context.close()
    return str(path)


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A window for a test."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(HELD_TOASTS)
    return context


def sign_in_here(page: Page) -> None:
    """On the page that asks for it."""
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page) -> None:
    page.goto("/")
    sign_in_here(page)
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


@pytest.fixture
def open_browser(browser: Browser, studio: Studio, signed_in: str) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a window for the signed-in user; closed after the test."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        settings = {"base_url": studio.url, "storage_state": signed_in, "viewport": {"width": 1280, "height": 800}}
        contexts.append(new_context(browser, **(settings | options)))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def context(open_browser: Callable[..., BrowserContext]) -> BrowserContext:
    return open_browser()


@pytest.fixture
def intercepted(context: BrowserContext) -> None:
    """For tests that hold or break a request of a page that stands already.

    Once the browser is told to let requests be intercepted, its pages take a moment to do so, and what is asked in that
    moment goes past the test, now and then on a busy machine. So the pages of these tests do it from their beginning.
    """
    context.route("**/nobody-asks-for-this", lambda route: route.abort())


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    with watched(context) as found:
        yield found


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """A page of the signed-in user. An error in its console fails the test."""
    return context.new_page()


def begin(
    page: Page,
    song: Path,
    *,
    title: str,
    lyrics: str = "",
    size: str = "480p",
    shape: str = "",
    deciding: bool = False,
) -> str:
    """Fill in the form, send it, and return the code of the new project once its page is open; the Song page where a
    person decides.
    """
    page.goto("/new/")
    page.locator("#id_song").set_input_files(song)
    page.get_by_role("textbox", name="Title").fill(title)
    page.get_by_role("textbox", name="Lyrics").fill(lyrics)
    page.get_by_label("Size").select_option(size)
    if shape:
        page.locator(f"input[name=aspect][value='{shape}']").check(force=True)
    if deciding:
        page.get_by_label("Let me decide at each step").check()
    page.get_by_role("button", name="Make the video").click()
    page.wait_for_url("**/p/*/song/" if deciding else "**/p/*/")
    return page.url.split("/p/")[1].split("/")[0]


NOTED_POLLS = """document.addEventListener('htmx:beforeRequest', ({ target }) => {
  const now = performance.timeOrigin + performance.now();
  if (target.id === 'pulse') sessionStorage.polls = `${sessionStorage.polls ?? ''} ${now}`;
});"""


@dataclass
class Polls:
    """The polls that a page sent: at which pace, in seconds, and what came back."""

    every: list[int] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    page: Page | None = None

    def watch(self, page: Page) -> Polls:
        """Before the page is opened, if `gaps` are asked for."""
        self.page = page
        page.add_init_script(NOTED_POLLS)
        page.on("request", self._request)
        page.on("response", self._response)
        return self

    @property
    def tab(self) -> Page:
        assert self.page is not None
        return self.page

    def open(self, path: str) -> None:
        self.tab.goto(path)

    def gaps(self) -> list[float]:
        """The seconds between polls as the page itself knows them: a paused test would see two at the same time."""
        noted = str(asked(self.tab, lambda: self.tab.evaluate("sessionStorage.polls ?? ''")))
        return [(after - before) / 1000 for before, after in pairwise(map(float, noted.split()))]

    def wait_for(self, status: int) -> None:
        """Wait for one more poll that is answered so, and for what the page does with the answer."""
        with self.tab.expect_response(lambda found: is_poll(found.url) and found.status == status):
            pass
        rested = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"
        asked(self.tab, lambda: self.tab.evaluate(rested))

    def _request(self, request: Request) -> None:
        if is_poll(request.url):
            self.every.append(int(request.url.split("every=")[1].split("&")[0]))

    def _response(self, response: Response) -> None:
        if is_poll(response.url):
            self.answers.append(response.status)


def is_poll(url: str) -> bool:
    """Whether a request is a page's poll, whatever the page; not one that a script sends once after an edit."""
    return ("/pulse/" in url or "/changes/" in url) and "every=" in url


@pytest.fixture(scope="session")
def film(studio: Studio, signed_in: str, song: Path, browser: Browser) -> dict[str, Any]:
    """The one film, made by itself from what was sent on the page: its `code`, how many `scenes` it has, and the
    `polls` of its page.
    """
    with studio.alone() as shared:
        if "film" not in shared:
            context = new_context(browser, base_url=studio.url, storage_state=signed_in)
            with watched(context):
                page = context.new_page()
                polls = Polls().watch(page)
                code = begin(page, song, title="Harbor Lights", lyrics=LYRICS)
                expect(page.locator("#board .scene").first).to_be_visible(timeout=WORK_WITHIN_MS)
                expect(page.locator("video")).to_be_visible(timeout=WORK_WITHIN_MS)
                expect(page.locator("#pulse[hx-get]")).to_have_count(0)
                ended = len(polls.every)
                page.wait_for_timeout(2500)  # longer than the shortest pace: a poll would have come
                seen = {"every": polls.every, "gaps": polls.gaps(), "answers": polls.answers, "ended": ended}
            context.close()
            assert studio.films(code) == 1
            assert len(studio.slots(code)) == SCENES, (
                f"the studio's seed {SEED} gives {SCENES} scenes no more: choose another"
            )
            shared["film"] = {"code": code, "scenes": len(studio.slots(code)), "polls": seen}
        return dict(shared["film"])


@pytest.fixture(scope="session")
def idea_film(studio: Studio, signed_in: str, browser: Browser) -> str:
    """The code of the one film of an idea, made by itself."""
    return _made_once(studio, signed_in, browser, "idea film", begin_idea)


@pytest.fixture(scope="session")
def ad_film(studio: Studio, signed_in: str, browser: Browser) -> str:
    """The code of the one ad, made by itself, with a claim that needs proof."""
    return _made_once(studio, signed_in, browser, "ad film", begin_ad)


def _made_once(studio: Studio, signed_in: str, browser: Browser, name: str, begin: Callable[..., str]) -> str:
    with studio.alone() as shared:
        if name not in shared:
            context = new_context(browser, base_url=studio.url, storage_state=signed_in)
            with watched(context):
                code = begin(Pointer(context.new_page()), deciding=False)
            context.close()
            wait_until(lambda: studio.films(code) == 1, what=f"the {name}", within_s=WORK_WITHIN_S)
            shared[name] = code
        return str(shared[name])


@pytest.fixture
def project_like(studio: Studio) -> Iterator[Callable[..., str]]:
    """Makes a project of the test's own, a copy of a finished one: its code."""
    made: list[str] = []

    def make(code: str, *, stage: str = "film") -> str:
        made.append(copied_film(studio, code, stage=stage))
        return made[-1]

    yield make
    for code in made:
        studio.stop(code)


@pytest.fixture
def project_at(studio: Studio, film: dict[str, Any]) -> Iterator[Callable[..., str]]:
    """Makes a project of the test's own, a copy of the film, as it stood before a gate: its code.

    `film` is finished; before `clips` and `images` somebody has to review them, before `lyrics` to approve them.
    """

    made: list[str] = []

    def make(stage: str) -> str:
        made.append(copied_film(studio, film["code"], stage=stage))
        return made[-1]

    yield make
    for code in made:
        studio.stop(code)
