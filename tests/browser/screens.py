"""`make screens`: pictures of every page and state, in both themes and on two windows, made by a whole studio at work.

    python -m tests.browser.screens [folder]     (data/screens by default)

Writes <theme>-<width>/<name>.png and one sheet.png per theme and width, to be looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from conftest import unavailable
from pipeline.media.audio.synth.sample import LYRICS
from pipeline.media.audio.synth.songs import sample_song, write_encoded
from tests.browser import scenery
from tests.browser.conftest import begin
from tests.browser.studio import EMAIL, PASSWORD, ROOT, Studio, end, start, uuid_hex
from tests.browser.watching import overflow

WINDOWS = ((1440, 900), (390, 844))
THEMES = ("dark", "light")
WORK_S = 900
STAGES = {
    "Listening": "song",
    "Reading": "song",
    "Planning": "scenes",
    "Writing": "scenes",
    "Drawing": "images",
    "Rendering": "clips",
    "Joining": "final",
}

ORDER = ("song", "scenes", "images", "clips", "final")


@dataclass
class Camera:
    """One window for every theme and size, all signed in alike."""

    browser: Browser
    studio: Studio
    folder: Path

    def __post_init__(self) -> None:
        self.contexts: dict[str, BrowserContext] = {}
        self.sign_out()

    def sign_out(self, state: Path | None = None) -> None:
        for context in self.contexts.values():
            context.close()
        for theme in THEMES:
            for width, height in WINDOWS:
                self.contexts[f"{theme}-{width}"] = self.browser.new_context(
                    base_url=self.studio.url,
                    viewport={"width": width, "height": height},
                    color_scheme=theme,
                    reduced_motion="reduce",
                    storage_state=state,
                )

    def take(self, name: str, path: str, *, press: str = "", open_: str = "", whole: bool = True) -> None:
        """A picture of a page in every window; `press`: a button to press; `open_`: a selector of what to click."""
        for place, context in self.contexts.items():
            page = context.new_page()
            page.goto(path)
            if press:
                page.evaluate("for (const form of document.forms) form.noValidate = true")
                page.get_by_role("button", name=press).last.click()
            if open_:
                page.locator(open_).first.click()
            if press or open_:
                page.wait_for_timeout(600)
            self._save(page, place, name, whole=whole and not page.locator("dialog[open]").count())
            page.close()

    def _save(self, page: Page, place: str, name: str, *, whole: bool) -> None:
        page.evaluate("document.fonts.ready")
        page.evaluate("document.querySelectorAll('img[loading=lazy]').forEach(image => { image.loading = 'eager'; })")
        page.evaluate(DRAWN)
        page.wait_for_timeout(300)
        if overflow(page):
            sys.stdout.write(f"{place} {name}: wider than its window\n")
        if whole:
            page.evaluate(UNROLLED)
        target = self.folder / place / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target, full_page=whole)


# every picture is there, or was waited for long enough
DRAWN = """() => Promise.race([new Promise(done => setTimeout(done, 8000)), Promise.all(
  [...document.images].map(image => image.decode().catch(() => {})))])"""
# in a picture of a whole page the dock stands at its end, and what is drawn only when it is scrolled to is drawn
UNROLLED = """() => {
  for (const row of document.querySelectorAll('.line, .srow')) row.style.contentVisibility = 'visible';
  scrollTo(0, 0);
  document.body.style.position = 'relative';
  for (const dock of document.querySelectorAll('.dock')) dock.style.position = 'absolute';
}"""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "screens"
    for old in folder.glob("*-*/*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory(prefix="omvee-screens-") as name,
        _studio(Path(name)) as studio,
        _browser() as browser,
    ):
        camera = Camera(browser, studio, folder)
        _entrance(camera)
        _first_pages(camera)
        song = studio.folder / "Salt and Neon.m4a"
        write_encoded(sample_song(), song)
        scenery.decided_song(camera, song)
        scenery.decided_idea(camera)
        scenery.decided_ad(camera)
        wide = _film(camera, song, "Salt and Neon", "16:9", watched=True)
        tall = _film(camera, song, "Salt and Neon, upright", "9:16")
        scenery.deliverables(camera, wide)
        _finished(camera, wide, tall)
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        sheet(place).save(place / "sheet.png")
        sys.stdout.write(f"{place / 'sheet.png'}\n")


@contextmanager
def _studio(folder: Path) -> Iterator[Studio]:
    found = start(folder, OMVEE_ADMIN_EMAIL="", OMVEE_ADMIN_PASSWORD="")
    try:
        yield Studio(str(found["url"]), folder)
    finally:
        end(int(found["pid"]))


@contextmanager
def _browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        unavailable("no Chromium was found")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])


def _entrance(camera: Camera) -> None:
    """Set-up, sign-in and the pages of errors; afterwards every window is signed in."""
    link = re.search(r"/setup/\S+", (camera.studio.folder / "log").read_text())
    assert link is not None
    camera.take("01-set-up", link[0])
    camera.take("02-sign-in", "/accounts/login/")
    camera.take("03-sign-in-refused", "/accounts/login/", press="Sign in")
    camera.take("04-not-found", "/accounts/nowhere/")
    context = camera.browser.new_context(base_url=camera.studio.url)
    page = context.new_page()
    page.goto(link[0])
    page.get_by_label("Email").fill(EMAIL)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Create the administrator").click()
    page.wait_for_load_state()
    page.goto("/")
    if "/login/" in page.url:
        page.get_by_label("Email").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    context.storage_state(path=camera.studio.folder / "cookies.json")
    camera.sign_out(camera.studio.folder / "cookies.json")


def _first_pages(camera: Camera) -> None:
    camera.take("10-projects-empty", "/")
    camera.take("11-new-video", "/new/")
    camera.take("12-new-video-refused", "/new/", press="Make the video")
    camera.take("13-new-idea", "/new/idea/")
    camera.take("14-new-idea-refused", "/new/idea/", press="Make the video")
    camera.take("15-ad-templates", "/new/ad/")
    camera.take("16-new-ad", "/new/ad/product_showcase/")
    camera.take("17-new-ad-refused", "/new/ad/product_showcase/", press="Make the ad")
    camera.take("18-providers", "/settings/providers/")
    camera.take("19-account", "/accounts/email/")


def _film(camera: Camera, song: Path, title: str, shape: str, *, watched: bool = False) -> str:
    """Make a film; `watched`: with a picture of every stage of its making."""
    page = next(iter(camera.contexts.values())).new_page()
    code = begin(page, song, title=title, lyrics=LYRICS, size="1080p" if watched else "480p", shape=shape)
    seen: set[str] = set()
    deadline = time.monotonic() + WORK_S
    while page.locator("video").count() == 0:
        ended = page.locator("#pulse").get_attribute("data-busy") == "false" and not page.locator("video").count()
        assert not ended and time.monotonic() < deadline, page.locator("main").inner_text()
        words = page.locator("#pulse").inner_text().strip().split(" ")[0]
        stage = STAGES.get(words, "")
        if watched and stage and stage not in seen:
            seen.add(stage)
            camera.take(f"2{1 + ORDER.index(stage)}-working-{stage}", f"/p/{code}/")
            if stage == "images":
                camera.take("26-projects-working", "/")
        page.wait_for_timeout(300)
    page.close()
    return code


def _finished(camera: Camera, wide: str, tall: str) -> None:
    camera.take("30-film", f"/p/{wide}/")
    camera.take("31-film-upright", f"/p/{tall}/")
    camera.take("36-final", f"/p/{wide}/final/")
    camera.take("37-final-upright", f"/p/{tall}/final/")
    camera.take("38-versions", f"/p/{wide}/final/versions/")
    rows, project = camera.studio.rows, "(select id from projects_project where code = ?)"
    rows("update projects_project set stopped_at = '2026-11-21 00:00:00' where code = ?", uuid_hex(tall))
    camera.take("32-canceled", f"/p/{tall}/")
    camera.take("40-final-canceled", f"/p/{tall}/final/")
    rows(
        "update pipeline_job set state = 'failed', error = 'The disk of this server is full. Free some space.'"
        f" where id in (select id from pipeline_job where project_id = {project} and step = 'render_shot' limit 2)",
        uuid_hex(wide),
    )
    camera.take("33-failed", f"/p/{wide}/")
    camera.take("39-final-failed", f"/p/{wide}/final/")
    camera.take("34-projects", "/")
    rows(f"update pipeline_job set dismissed = 1 where state = 'failed' and project_id = {project}", uuid_hex(wide))
    page = next(iter(camera.contexts.values())).new_page()
    page.goto(f"/p/{wide}/")
    page.get_by_role("button", name="Skip").nth(1).click()
    page.wait_for_timeout(800)
    camera.take("35-skipped", f"/p/{wide}/")
    page.close()


def sheet(folder: Path) -> Image.Image:
    """All pictures of a folder on one, small."""
    phone = folder.name.endswith("390")
    width, height = (195, 640) if phone else (480, 640)
    paths = sorted(path for path in folder.glob("*.png") if path.name != "sheet.png")
    across = 8 if phone else 4
    down = -(-len(paths) // across)
    found = Image.new("RGB", (across * (width + 8), down * (height + 26)), "#777")
    draw = ImageDraw.Draw(found)
    for index, path in enumerate(paths):
        left, top = index % across * (width + 8), index // across * (height + 26)
        picture = Image.open(path).convert("RGB")
        picture = picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
        found.paste(picture.crop((0, 0, width, min(height, picture.height))), (left, top + 20))
        draw.text((left + 4, top + 4), path.stem, "white")
    return found


if __name__ == "__main__":
    main()
