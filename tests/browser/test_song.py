"""Song and lyrics in a real browser: the waveform, the workbench, the gate, drafts that survive, two tabs at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Polls, sign_in_here
from tests.browser.studio import Studio
from tests.browser.watching import Watch, findings, overflow, watched

pytestmark = pytest.mark.browser
PLANNED_WITHIN_MS = 60_000


@pytest.fixture
def gate(page: Page, project_at: Callable[..., str]) -> str:
    """The code of a project that waits at the gate behind its lyrics; the page is open."""
    return deciding(page, project_at("lyrics"))


def deciding(page: Page, code: str) -> str:
    page.goto(f"/p/{code}/song/")
    expect(page.locator("#lines .line")).to_have_count(4)
    return code


def words(page: Page, number: int) -> Locator:
    return page.get_by_role("textbox", name=f"Words of line {number}", exact=True)


def start(page: Page, number: int) -> Locator:
    return page.get_by_role("textbox", name=f"Start of line {number}", exact=True)


def reword(page: Page, number: int, text: str) -> None:
    words(page, number).fill(text)
    words(page, number).press("Tab")


def slowly(page: Page) -> None:
    """Let the song play at a tenth of its pace, so that what is to be seen while it plays is there for long enough."""
    page.locator("#sound").evaluate("sound => { sound.playbackRate = 0.1; }")


def save(page: Page) -> None:
    page.locator("#save").click()
    expect(page.locator("#save")).to_be_hidden()


@pytest.mark.long
def test_the_wave_is_drawn_with_sections_and_beats_and_plays(page: Page, gate: str) -> None:
    expect(page.locator("#wave canvas").first).to_be_visible()
    assert int(page.locator("#wave").get_attribute("data-marks") or 0) > 10
    assert page.locator("#wave").evaluate("box => box.firstElementChild.shadowRoot.textContent.length") > 5
    slowly(page)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#clock-at")).not_to_have_text("0:00.0")
    page.get_by_role("button", name="Play line 3").click()
    expect(page.locator("#lines .line").nth(2)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Sections as a table").click()
    assert page.locator("#sections tbody tr").count() >= 1


@pytest.mark.long
def test_edits_are_told_saved_undone_and_spread_to_repeats(page: Page, gate: str) -> None:
    reword(page, 2, "calling you again")
    page.get_by_role("button", name="Change 1").click()
    expect(words(page, 4)).to_have_value("calling you again")
    expect(page.locator("#dock-more")).to_contain_text("Nothing has been rendered yet.")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(words(page, 4)).to_have_value("calling me again")
    page.get_by_role("button", name="Redo", exact=True).click()
    words(page, 1).click()
    page.get_by_role("button", name="100 ms later").click()
    expect(start(page, 1)).to_have_value("0:01.100")
    page.get_by_label("all lines").check()
    page.get_by_role("button", name="10 ms earlier", exact=True).click()
    expect(start(page, 3)).to_have_value("0:04.990")
    words(page, 3).click()
    words(page, 3).evaluate("field => field.setSelectionRange(4, 4)")
    page.get_by_role("button", name="Split").click()
    expect(words(page, 4)).to_have_value("on the bay")
    expect(words(page, 4)).to_be_focused()
    words(page, 3).focus()
    page.get_by_role("button", name="Merge").click()
    expect(words(page, 3)).to_have_value("neon on the bay")
    page.get_by_role("button", name="Add").click()
    page.keyboard.type("la la la")
    page.keyboard.press("Control+s")
    expect(page.locator("#save")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.reload()
    expect(page.locator("#lines .line")).to_have_count(5)
    expect(words(page, 4)).to_have_value("la la la")
    words(page, 4).focus()
    page.get_by_role("button", name="Delete", exact=True).click()
    save(page)
    expect(page.locator("#lines .line")).to_have_count(4)


@pytest.mark.long
def test_a_time_that_is_none_is_refused_where_it_stands(page: Page, gate: str) -> None:
    start(page, 2).fill("soon")
    start(page, 2).press("Tab")
    expect(start(page, 2)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#bench-notes")).to_contain_text("Write a time such as 1:02.5.")
    start(page, 2).fill("3.5")
    start(page, 2).press("Tab")
    expect(start(page, 2)).to_have_value("0:03.500")
    expect(start(page, 2)).not_to_have_attribute("aria-invalid", "true")
    start(page, 2).fill("99:99:99")  # four days: no song lasts so long, nor is such a time taken by the server
    start(page, 2).press("Tab")
    expect(start(page, 2)).to_have_attribute("aria-invalid", "true")
    start(page, 2).fill("3.5")
    start(page, 2).press("Tab")
    expect(start(page, 2)).not_to_have_attribute("aria-invalid", "true")
    start(page, 4).fill("59")
    start(page, 4).press("Tab")
    expect(page.locator("#lines .line").nth(3)).to_contain_text("Too late")
    expect(page.locator("#dock-more")).to_contain_text("when the song is over")


@pytest.mark.long
def test_the_song_is_played_by_keys(page: Page, gate: str) -> None:
    sound = page.locator("#sound")
    slowly(page)
    words(page, 3).focus()
    page.keyboard.press("Control+Space")
    expect(page.locator("#lines .line").nth(2)).to_have_attribute("aria-current", "true")
    expect(sound).to_have_js_property("paused", False)
    page.keyboard.press("Control+Space")
    expect(sound).to_have_js_property("paused", True)
    page.get_by_role("heading", name="Song and lyrics").click()  # no field any more
    page.keyboard.press("Space")
    expect(sound).to_have_js_property("paused", False)
    page.keyboard.press("Space")
    expect(sound).to_have_js_property("paused", True)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(sound).to_have_js_property("currentTime", 0)


@pytest.mark.long
def test_letters_that_are_being_composed_are_no_commands(page: Page, gate: str) -> None:
    words(page, 1).focus()
    words(page, 1).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(words(page, 1)).to_be_focused()
    words(page, 1).dispatch_event("keydown", {"key": "Enter", "isComposing": False})
    expect(words(page, 2)).to_be_focused()


@pytest.mark.long
def test_taps_on_the_space_bar_time_the_lines(page: Page, gate: str) -> None:
    slowly(page)
    words(page, 2).click()
    page.get_by_role("button", name="Tap to sync").click()
    expect(page.locator("#tap-next")).to_have_text("calling me again")
    expect(page.locator("#tap-now")).to_be_focused()
    begun = page.locator("#sound").evaluate("sound => sound.currentTime")
    expect(page.locator("#sound")).not_to_have_js_property("currentTime", begun)
    page.keyboard.press("Space")
    expect(page.locator("#tap-next")).to_have_text("neon on the bay")
    tapped = start(page, 2).input_value()
    assert tapped != "0:03.000"
    page.keyboard.press("Space")
    expect(page.locator("#tap-next")).to_have_text("calling me again")
    page.keyboard.press("Backspace")
    expect(page.locator("#tap-next")).to_have_text("neon on the bay")
    expect(start(page, 2)).to_have_value(tapped)
    page.get_by_role("heading", name="The words").click()  # the button has not the focus, and a tap is a tap
    page.keyboard.press("Space")
    expect(page.locator("#tap-next")).to_have_text("calling me again")
    expect(page.locator("#sound")).to_have_js_property("paused", False)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Tap to sync")).to_be_focused()
    assert page.locator("#sound").evaluate("sound => sound.paused")


@pytest.mark.long
def test_a_file_is_read_looked_at_and_only_then_saved(page: Page, gate: str) -> None:
    page.get_by_text("Bring a file, or paste lyrics").click()
    file = {"name": "new.srt", "mimeType": "text/plain", "buffer": b"1\n00:00:01,000 --> 00:00:02,000\nfrom a file\n"}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    expect(page.locator("#lines .line")).to_have_count(1)
    expect(page.locator("#bench-notes")).to_contain_text("1 lines read")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator("#lines .line")).to_have_count(4)
    expect(page.locator("#save")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="SRT").click()
    assert "Rain on the harbor" in Path(download.value.path()).read_text()


@pytest.mark.long
def test_the_beat_is_corrected_without_losing_what_is_typed(page: Page, gate: str) -> None:
    words(page, 1).fill("not saved yet")
    page.get_by_role("button", name="Half tempo").click()
    expect(page.locator("#beats")).to_contain_text("60 bpm")
    page.get_by_role("button", name="Beats 10 ms later").click()
    expect(page.locator("#beats")).to_contain_text("beats moved by 10 ms")
    page.get_by_role("button", name="As heard").click()
    expect(page.locator("#beats")).to_contain_text("120 bpm")
    expect(words(page, 1)).to_have_value("not saved yet")


def test_the_gate_is_passed_with_unsaved_words_by_keyboard(page: Page, gate: str, studio: Studio) -> None:
    reword(page, 1, "Rain on the old harbor")
    approve = page.get_by_role("button", name="Save and approve")
    approve.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/p/{gate}/scenes/")
    expect(page.locator(".notes").first).to_contain_text("Approved.")
    expect(page.locator(".srow").first).to_be_visible(timeout=PLANNED_WITHIN_MS)
    page.goto(f"/p/{gate}/song/")
    expect(page.locator("#dock-say")).to_contain_text("Approved, version 2.")
    expect(words(page, 1)).to_have_value("Rain on the old harbor")


def test_an_expired_session_loses_nothing(page: Page, watch: Watch, gate: str, context: BrowserContext) -> None:
    watch.expected += ["status of 40"]
    reword(page, 3, "written while signed out")
    context.clear_cookies(name="sessionid")
    page.locator("#save").click()
    expect(page.locator("#bench-notes")).to_contain_text("You are signed out. Your changes are kept in this browser.")
    page.get_by_role("link", name="Sign in").last.click()
    sign_in_here(page)
    page.wait_for_url(f"**/p/{gate}/song/")
    expect(page.locator("#bench-notes")).to_contain_text("Your unsaved changes are back.")
    expect(words(page, 3)).to_have_value("written while signed out")
    save(page)
    page.reload()
    expect(words(page, 3)).to_have_value("written while signed out")


@pytest.mark.long
def test_two_people_never_overwrite_each_other(
    page: Page, watch: Watch, gate: str, open_browser: Callable[..., BrowserContext]
) -> None:
    watch.expected += ["status of 409"]
    other_window = open_browser()
    with watched(other_window):
        other = other_window.new_page()
        other.goto(f"/p/{gate}/song/")
        reword(other, 1, "theirs")
        reword(page, 4, "mine")
        save(other)
    page.locator("#save").click()
    expect(page.locator("#bench-notes")).to_contain_text("changed somewhere else while you worked")
    expect(words(page, 4)).to_have_value("mine")
    page.get_by_role("button", name="Take the others").click()
    expect(words(page, 1)).to_have_value("theirs")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(words(page, 4)).to_have_value("mine")
    save(page)
    page.reload()
    expect(words(page, 4)).to_have_value("mine")


@pytest.mark.long
def test_a_lost_connection_keeps_the_words(page: Page, watch: Watch, gate: str, context: BrowserContext) -> None:
    watch.expected += ["ERR_INTERNET_DISCONNECTED"]
    context.set_offline(True)
    reword(page, 2, "typed in a tunnel")
    page.locator("#save").click()
    expect(page.locator("#bench-notes")).to_contain_text("No connection.")
    context.set_offline(False)
    save(page)
    page.reload()
    expect(words(page, 2)).to_have_value("typed in a tunnel")


@pytest.mark.usefixtures("intercepted")
@pytest.mark.long
def test_a_broken_server_keeps_the_words(page: Page, watch: Watch, gate: str) -> None:
    watch.expected += ["status of 500"]
    page.route("**/lyrics/save/", lambda route: route.fulfill(status=500, body="no"))
    reword(page, 2, "typed in vain")
    page.locator("#save").click()
    expect(page.locator("#bench-notes .error")).to_be_visible()
    expect(page.locator("#save")).to_be_enabled()
    page.unroute("**/lyrics/save/")
    expect(words(page, 2)).to_have_value("typed in vain")
    save(page)


def test_polls_leave_the_song_playing_and_the_words_alone(
    page: Page, studio: Studio, project_at: Callable[..., str]
) -> None:
    code = project_at("film")
    studio.hold(code, "write_prompts")
    deciding(page, code)
    polls = Polls().watch(page)
    page.get_by_role("button", name="Play", exact=True).click()
    words(page, 2).fill("half a wo")
    page.locator("#sound").evaluate(
        "sound => { sound.loop = true; window.broken = 0; const note = () => { window.broken += 1; };"
        " for (const name of ['pause', 'emptied']) sound.addEventListener(name, note); }"
    )
    for _ in range(3):
        studio.touch(code)
        polls.wait_for(200)
    assert page.evaluate("window.broken") == 0
    expect(words(page, 2)).to_have_value("half a wo")
    expect(words(page, 2)).to_be_focused()


@pytest.mark.long
def test_it_works_without_a_script(page: Page, gate: str, open_browser: Callable[..., BrowserContext]) -> None:
    plain = open_browser(java_script_enabled=False).new_page()
    plain.goto(f"/p/{gate}/song/")
    text = plain.get_by_label("Lyrics with their times")
    assert "[00:03.000]calling me again" in text.input_value()
    text.fill(text.input_value().replace("Rain on", "Snow on"))
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_text("Saved.")).to_be_visible()
    assert "Snow on the harbor" in plain.get_by_label("Lyrics with their times").input_value()
    plain.get_by_role("button", name="Double tempo").click()
    expect(plain.locator("#beats")).to_contain_text("240 bpm")
    plain.get_by_role("button", name="Approve the lyrics").click()
    expect(plain.get_by_text("Approved. The scenes are planned now")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing_and_no_state_is_wider_than_a_phone(
    open_browser: Callable[..., BrowserContext], project_at: Callable[..., str], film: dict[str, Any], theme: str
) -> None:
    found: dict[str, Any] = {}
    context = open_browser(color_scheme=theme, reduced_motion="reduce")
    with watched(context) as watch:
        watch.expected += ["status of 4", "style-src"]  # axe walks into the waveform's shadow root
        page = context.new_page()
        deciding(page, project_at("lyrics"))

        def look(name: str) -> None:
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 800})
                found[f"{name} {width}"] = findings(page) + (
                    [f"{overflow(page)} px too wide"] if overflow(page) else []
                )

        look("gate")
        page.get_by_text("Sections as a table").click()
        page.get_by_text("Bring a file, or paste lyrics").click()
        start(page, 4).fill("59")
        reword(page, 2, "calling you again")
        expect(page.locator("#dock-more")).to_contain_text("when the song is over")
        look("unsaved, with a line too late")
        page.get_by_role("button", name="Tap to sync").click()
        look("tapping")
        page.get_by_role("button", name="Done").click()
        page.goto(f"/p/{film['code']}/song/")
        expect(page.locator("#lines .line").first).to_be_visible()
        look("a finished film")
    assert {name: problems for name, problems in found.items() if problems} == {}
