"""From the upload to the downloaded film, every gate used: by pointer, by keys alone, on a phone, without a script."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import LINES, LYRICS, WORK_WITHIN_MS, WORK_WITHIN_S
from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import overflow, tab_to, watched
from tests.services import wait_until

pytestmark = pytest.mark.browser
TITLE = "Through Every Gate"


class Pointer:
    """How a person acts and waits, with a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, field: Locator, path: Path) -> None:
        field.set_input_files(path)

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def select(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def tick(self, field: Locator) -> None:
        field.check()

    def press(self, target: Locator) -> None:
        target.click(timeout=WORK_WITHIN_MS)

    def agree(self) -> None:
        """To the question that was asked."""
        self.press(self.page.locator("#confirm-yes"))

    def wait(self, target: Locator, count: int = 1) -> None:
        """The page brings it by itself."""
        expect(target).to_have_count(count, timeout=WORK_WITHIN_MS)


class Finger(Pointer):
    def press(self, target: Locator) -> None:
        assert overflow(self.page) == 0, self.page.url
        target.tap(timeout=WORK_WITHIN_MS)


class Keys(Pointer):
    """Tab, Enter, Space, arrows and letters."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.on("filechooser", lambda chooser: None)  # asked for early: the browser must not open its own window

    def choose(self, field: Locator, path: Path) -> None:
        tab_to(self.page, field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(path)

    def write(self, field: Locator, text: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.insert_text(text)

    def select(self, field: Locator, value: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.type(value)
        expect(field).to_have_value(value)

    def tick(self, field: Locator) -> None:
        group = self.page.locator(f"input[name={field.get_attribute('name')}]:checked")
        tab_to(self.page, group)
        while not field.is_checked():
            self.page.keyboard.press("ArrowDown")

    def press(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=WORK_WITHIN_MS)
        tab_to(self.page, target)
        self.page.keyboard.press("Enter")


class Plain(Pointer):
    """Without a script: questions are not asked, and what is new comes when the page is loaded again."""

    def agree(self) -> None:
        pass

    def wait(self, target: Locator, count: int = 1) -> None:
        def there() -> bool:
            if target.count() == count:
                return True
            self.page.reload()
            return False

        wait_until(there, what=str(target), within_s=WORK_WITHIN_S)


def through_every_gate(hands: Pointer, studio: Studio, song: Path, folder: Path) -> None:
    page = hands.page
    code = begun(hands, song)
    hands.wait(page.get_by_role("button", name="Approve the lyrics"))
    if not isinstance(hands, Plain):
        expect(page.locator("#lines .line")).to_have_count(len(LINES))
    assert steps(studio, code) == {"analyze_song", "transcribe_song"}
    hands.press(page.get_by_role("button", name="Approve the lyrics"))
    page.wait_for_url(f"**/p/{code}/scenes/")
    hands.wait(page.locator(".srow").first)
    scenes = len(studio.slots(code))
    assert scenes >= 2
    hands.wait(page.locator(".srow"), scenes)

    hands.press(page.locator("nav.steps").get_by_role("link", name="Images"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    assert "generate_clip" not in steps(studio, code)
    hands.press(page.locator(".live").nth(0).get_by_role("button", name="Redraw"))
    hands.wait(page.locator(".scene", has_text="take 2 of 2").locator(".live[data-state=review]"))
    hands.press(page.locator(".live").nth(0).get_by_role("button", name="Approve"))
    hands.wait(page.locator(".live[data-state=approved]"))
    hands.press(page.locator("#bulk-yes"))
    hands.agree()
    hands.wait(page.locator(".live[data-state=approved]"), scenes)

    hands.press(page.get_by_role("link", name="Go to clips"))
    hands.wait(page.locator(".live[data-state=review]"), scenes)
    assert "assemble_video" not in steps(studio, code)
    hands.press(page.locator(".live").nth(1).get_by_role("button", name="Approve"))
    hands.wait(page.locator(".live[data-state=approved]"))
    hands.press(page.locator("#bulk-yes"))
    hands.agree()
    hands.wait(page.locator(".live[data-state=approved]"), scenes)

    hands.press(page.locator("nav.steps").get_by_role("link", name="Final"))
    hands.wait(page.locator("video"))
    with page.expect_download() as saved:
        hands.press(page.get_by_role("link", name="Download the film"))
    assert saved.value.suggested_filename == f"{TITLE}.mp4"
    saved.value.save_as(folder / "film.mp4")
    is_the_whole_film(folder / "film.mp4", frames=studio.slots(code)[-1][1])


def begun(hands: Pointer, song: Path) -> str:
    page = hands.page
    page.goto("/new/")
    hands.choose(page.locator("#id_song"), song)
    hands.write(page.get_by_role("textbox", name="Title"), TITLE)
    hands.write(page.get_by_role("textbox", name="Lyrics"), LYRICS)
    hands.select(page.get_by_label("Size"), "480p")
    hands.tick(page.get_by_label("Let me decide at each step"))
    hands.press(page.get_by_role("button", name="Make the video"))
    page.wait_for_url("**/p/*/song/")
    return page.url.split("/p/")[1].split("/")[0]


def steps(studio: Studio, code: str) -> set[str]:
    """What has been made or begun for a project."""
    query = "select distinct step from pipeline_job j join projects_project p on p.id = j.project_id where p.code = ?"
    return {step for (step,) in studio.rows(query, uuid_hex(code))}


def is_the_whole_film(path: Path, *, frames: int) -> None:
    """Decoded from beginning to end: as many evenly timed pictures as its scenes have, and sound as long as they."""
    with av.open(path) as film:
        video, sound = film.streams.video[0], film.streams.audio[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 854, 480)
        times = [frame.pts * video.time_base for frame in film.decode(video)]
    assert times == [Fraction(at, 30) for at in range(frames)]
    with av.open(path) as film:
        heard = sum(frame.samples for frame in film.decode(film.streams.audio[0]))
    assert abs(heard / sound.rate - frames / 30) < 0.1


@pytest.mark.long
def test_by_pointer(page: Page, studio: Studio, short_song: Path, tmp_path: Path) -> None:
    through_every_gate(Pointer(page), studio, short_song, tmp_path)


@pytest.mark.long
def test_by_keys_alone(page: Page, studio: Studio, short_song: Path, tmp_path: Path) -> None:
    through_every_gate(Keys(page), studio, short_song, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 390])
def test_by_finger_on_a_phone(
    open_browser: Callable[..., BrowserContext], studio: Studio, short_song: Path, tmp_path: Path, width: int
) -> None:
    context = open_browser(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)
    with watched(context):
        through_every_gate(Finger(context.new_page()), studio, short_song, tmp_path)


@pytest.mark.long
def test_without_a_script(
    open_browser: Callable[..., BrowserContext], studio: Studio, short_song: Path, tmp_path: Path
) -> None:
    context = open_browser(java_script_enabled=False)
    with watched(context):
        through_every_gate(Plain(context.new_page()), studio, short_song, tmp_path)
