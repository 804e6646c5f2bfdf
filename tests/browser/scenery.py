"""What `make screens` shows of projects that a person decides about, and of what a finished film is made into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from pipeline.media.audio.synth.sample import LYRICS
from tests.browser.conftest import begin
from tests.browser.hands import WORK_WITHIN_MS, Pointer
from tests.browser.studio import uuid_hex
from tests.browser.test_every_state import judge
from tests.browser.ways import begin_ad, begin_idea

if TYPE_CHECKING:
    from tests.browser.screens import Camera

FULL = "The disk of this server is full. Free some space, and try again."
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen und andere Lieder vom langen Abschied am Hafen"
RIGHT_TO_LEFT = "[00:01.00]המטר על הנמל קורא לי שוב\n[00:05.00]ضوء النيون على الخليج\n[00:09.00]Straßenbahn\n"
WAITING = ".live[data-state=review]"


def _page(camera: Camera) -> Page:
    return next(iter(camera.contexts.values())).new_page()


def _wait(page: Page, selector: str) -> None:
    expect(page.locator(selector).first).to_be_visible(timeout=WORK_WITHIN_MS)


def _settled(page: Page) -> None:
    expect(page.locator("#pulse")).to_have_attribute("data-busy", "false", timeout=WORK_WITHIN_MS)


def decided_song(camera: Camera, song: Path) -> None:
    """A song from gate to gate, each page in the states that a person meets; and one with words of every kind."""
    page, studio = _page(camera), camera.studio
    odd = begin(page, song, title=LONG, lyrics=RIGHT_TO_LEFT, deciding=True)
    _wait(page, "#lines .line")
    camera.take("50-song-long-words", f"/p/{odd}/song/")
    code = begin(page, song, title="Salt and Neon, decided", lyrics=LYRICS, deciding=True)
    _wait(page, "#lines .line")
    camera.take("51-song", f"/p/{code}/song/")
    camera.take("52-scenes-none", f"/p/{code}/scenes/")
    camera.take("53-images-none", f"/p/{code}/images/")
    camera.take("54-clips-none", f"/p/{code}/clips/")
    camera.take("55-final-none", f"/p/{code}/final/")
    page.get_by_role("button", name="Approve the lyrics").click()
    _wait(page, ".srow")
    page.goto(f"/p/{code}/images/")
    _settled(page)
    camera.take("56-scenes", f"/p/{code}/scenes/")
    camera.take("57-scenes-editor", f"/p/{code}/scenes/", open_=".srow a:has-text('Edit')")
    camera.take("58-images", f"/p/{code}/images/")
    camera.take("59-image-sheet", f"/p/{code}/images/", open_=".scene .open")
    judge(studio, code, "approved", 0)
    judge(studio, code, "rejected", 1)
    studio.fail(code, "generate_image", FULL)
    camera.take("60-images-judged-and-failed", f"/p/{code}/images/")
    studio.release(code, studio.hold(code, "generate_image"))
    judge(studio, code, "pending", 0)
    judge(studio, code, "pending", 1)
    page.reload()
    page.locator("#bulk-yes").click()
    page.locator("#confirm-yes").click()
    expect(page.locator(WAITING)).to_have_count(0)
    page.goto(f"/p/{code}/clips/")
    _wait(page, WAITING)
    camera.take("61-clips-working", f"/p/{code}/clips/")
    _settled(page)
    camera.take("62-clips", f"/p/{code}/clips/")
    camera.take("63-clip-sheet", f"/p/{code}/clips/", open_=".scene .open")
    page.close()


def decided_idea(camera: Camera) -> None:
    """An idea: its page, its storyboard, and a change by words that is refused."""
    page = _page(camera)
    code = begin_idea(Pointer(page))
    camera.take("64-idea-working", f"/p/{code}/idea/")
    _wait(page, ".srow")
    page.goto(f"/p/{code}/images/")
    _settled(page)
    camera.take("65-idea", f"/p/{code}/idea/")
    camera.take("66-idea-scenes", f"/p/{code}/scenes/", open_=".srow a:has-text('Edit')")
    camera.take("67-idea-project", f"/p/{code}/")
    job = camera.studio.fail(code, "compose_music", FULL)
    camera.take("68-idea-failed", f"/p/{code}/idea/")
    camera.studio.release(code, job)
    page.close()


def decided_ad(camera: Camera) -> None:
    """An ad: its brief with a claim, its animatic and references, passed and not, busy and failed."""
    page, studio = _page(camera), camera.studio
    code = begin_ad(Pointer(page))
    _wait(page, ".beat")
    camera.take("70-brief", f"/p/{code}/brief/")
    camera.take("71-references-early", f"/p/{code}/references/")
    camera.take("72-music", f"/p/{code}/music/")
    page.get_by_role("button", name="Approve the brief").click()
    _wait(page, "#animatic-player video")
    camera.take("73-references", f"/p/{code}/references/")
    camera.take("74-brief-passed", f"/p/{code}/brief/")
    for what in ("animatic", "references"):
        page.get_by_role("button", name=f"Approve the {what}").click()
    camera.take("75-references-passed", f"/p/{code}/references/")
    page.goto(f"/p/{code}/images/")
    _settled(page)
    camera.take("76-ad-images", f"/p/{code}/images/")
    camera.take("77-ad-project", f"/p/{code}/")
    early = begin_ad(Pointer(page), shape="9:16")
    _wait(page, ".beat")
    studio.rows("update projects_ad set beats = '[]' where project_id = (select max(id) from projects_project)")
    job = studio.hold(early, "write_brief")
    camera.take("78-brief-working", f"/p/{early}/brief/")
    studio.rows("update pipeline_job set state = 'failed', error = ? where id = ?", FULL, job)
    studio.touch(early)
    camera.take("79-brief-failed", f"/p/{early}/brief/")
    page.close()


def deliverables(camera: Camera, code: str) -> None:
    """Files, refinement and costs of a finished film: none yet, at work, there, failed."""
    page, studio = _page(camera), camera.studio
    camera.take("80-exports-none", f"/p/{code}/exports/")
    for kind in ("mp4", "webm"):
        page.goto(f"/p/{code}/exports/")
        page.locator(f"[name=format][value={kind}]").check()
        page.get_by_label("Size").select_option("480p")
        page.get_by_role("button", name="Make this file").click()
    camera.take("81-exports-working", f"/p/{code}/exports/")
    expect(page.locator(".export[data-state=ready]")).to_have_count(2, timeout=WORK_WITHIN_MS)
    camera.take("82-exports", f"/p/{code}/exports/")
    job = studio.fail(code, "export_video", FULL)
    mine = "(select id from projects_project where code = ?)"
    studio.rows(f"update projects_export set file = '' where format = 'webm' and project_id = {mine}", uuid_hex(code))
    camera.take("83-exports-failed", f"/p/{code}/exports/")
    studio.release(code, job)
    camera.take("84-refine", f"/p/{code}/refine/")
    page.goto(f"/p/{code}/refine/")
    page.locator("[name=grade][value=noir]").check(force=True)
    page.get_by_role("button", name="Refine the film").click()
    camera.take("85-refine-working", f"/p/{code}/refine/")
    _wait(page, "#compare")
    camera.take("86-refine-compared", f"/p/{code}/refine/")
    job = studio.fail(code, "refine_video", FULL)
    camera.take("87-refine-failed", f"/p/{code}/refine/")
    studio.release(code, job)
    camera.take("88-costs", f"/p/{code}/costs/")
    camera.take("89-facts", f"/p/{code}/facts/")
    page.close()
