"""The sheet of one scene in a browser: a crop's frame and the point it keeps in sight, the ways to its neighbors."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.studio import Studio, uuid_hex
from tests.browser.watching import asked, overflow, until

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.usefixtures("intercepted")]
UPRIGHT = 9 / 16
SHEETS = re.compile(r"/images/[-0-9a-f]{36}/\?aspect=")
FOCUS = """select image.focus_x, image.focus_y, image.provider from projects_pick pick
  join projects_image image on image.id = pick.image_id join projects_scene scene on scene.content_id = pick.content_id
  join projects_project project on project.id = scene.project_id
  where project.code = ? and pick.aspect = '9:16' order by scene.start_frame limit 1"""


@pytest.fixture
def cropped(page: Page, project_at: Callable[..., str]) -> str:
    """The code of a project to which an upright shape was added whose pictures are cropped; its board is open."""
    code = project_at("images")
    page.goto(f"/p/{code}/final/")
    page.locator("input[name=aspect][value='9:16']").check(force=True)
    page.get_by_label("Pictures, in a new aspect ratio").select_option("crop")
    page.get_by_role("button", name="Add this shape").click()
    page.wait_for_url("**/final/?shape=*")
    page.goto(f"/p/{code}/images/?aspect=9:16")
    return code


def opened(page: Page, index: int) -> Locator:
    """The sheet of a scene, with its focal point unfolded."""
    page.locator("#board .scene .open").nth(index).click()
    page.locator("#focus > summary").click()
    expect(page.locator("[data-focus-frame] .eye")).to_be_visible()
    return page.locator("[data-focus-frame]")


def middle(page: Page) -> float:
    """Where the middle of the crop lies across the picture, from 0 to 1, once its shape is seen to be upright."""
    sizes = asked(
        page,
        lambda: page.evaluate(
            """() => [...document.querySelectorAll('[data-focus-frame], [data-focus-frame] .crop')].map(node => {
          const box = node.getBoundingClientRect(); return [box.left, box.width, box.top, box.height]; })"""
        ),
    )
    (left, wide, top, tall), (crop_left, crop_wide, crop_top, crop_tall) = sizes
    assert abs(crop_wide / crop_tall - UPRIGHT) < 0.02
    assert left - 1 <= crop_left
    assert crop_left + crop_wide <= left + wide + 1
    assert abs(crop_top - top) < 2
    assert abs(crop_tall - tall) < 2
    return float((crop_left + crop_wide / 2 - left) / wide)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_crop_follows_the_point_that_is_dragged(page: Page, studio: Studio, cropped: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    frame = opened(page, 0)
    assert overflow(page) == 0
    expect(frame).to_be_in_viewport(ratio=0.8)  # where it is dragged, however far down its fold is
    frame.hover()  # once it stands still
    box = frame.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] * 0.3
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, y)
    assert abs(middle(page) - 0.3) < 0.02  # while it is dragged
    page.mouse.move(box["x"] + box["width"] * 0.99, y)
    kept_inside = middle(page)
    assert kept_inside > 0.8
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("The eye goes there now.")
    across, down, maker = studio.rows(FOCUS, uuid_hex(cropped))[0]
    assert maker == "crop"
    assert abs(across - 990) <= 10
    assert abs(down - 300) <= 10
    page.reload()
    opened(page, 0)
    assert abs(middle(page) - kept_inside) < 0.01
    picture = page.locator("#board .scene img").first
    shown = [float(part.rstrip("%")) for part in picture.evaluate("node => node.style.objectPosition").split()]
    assert shown == [across / 10, down / 10]  # the card is cropped there as well


def test_a_crop_is_moved_by_keys(page: Page, studio: Studio, cropped: str) -> None:
    opened(page, 0)
    slider = page.locator("#focus-form input[name=x]")
    slider.focus()
    page.keyboard.press("Home")
    at_the_edge = middle(page)
    assert at_the_edge < 0.2
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    assert middle(page) > at_the_edge
    wanted = int(slider.input_value())
    page.get_by_role("button", name="Move it there").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("The eye goes there now.")
    assert studio.rows(FOCUS, uuid_hex(cropped))[0][0] == wanted


def test_arrows_lead_from_scene_to_scene_and_verdicts_are_given_there(
    page: Page, project_at: Callable[..., str]
) -> None:
    page.goto(f"/p/{project_at('images')}/images/")
    cards, title = page.locator("#board .scene"), page.locator("#sheet-title")
    cards.first.focus()
    page.keyboard.press(" ")
    expect(title).to_contain_text("Scene 1")
    expect(page.locator("#sheet-before")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(title).to_contain_text("Scene 2")
    page.keyboard.press("a")
    expect(cards.nth(1).locator(".live")).to_have_attribute("data-state", "approved")
    expect(page.locator(".sheet-head .badge")).to_contain_text("Approved")
    page.locator("#words-text").focus()
    page.keyboard.press("ArrowLeft")  # moves the cursor there
    page.keyboard.type("xr")
    expect(title).to_contain_text("Scene 2")
    page.evaluate("localStorage.clear()")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(cards.nth(1)).to_be_focused()
    expect(cards.first.locator(".live")).to_have_attribute("data-state", "review")


def test_a_sheet_that_was_closed_stays_closed_whatever_comes_late(page: Page, project_at: Callable[..., str]) -> None:
    page.goto(f"/p/{project_at('images')}/images/")
    cards = page.locator("#board .scene")
    late: list[Route] = []

    def hold(route: Route) -> None:
        if late:
            route.continue_()
        late.append(route)

    cards.first.focus()
    page.keyboard.press(" ")
    expect(page.locator("#sheet-title")).to_contain_text("Scene 1")
    page.route(SHEETS, hold)
    page.keyboard.press("a")
    until(page, lambda: late, what="the sheet to be asked for anew")
    page.keyboard.press("Escape")
    expect(cards.first).to_be_focused()
    with page.expect_response(SHEETS):
        late[0].continue_()
    expect(page.locator("#sheet-body")).to_be_empty()
    expect(page.locator("#sheet")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(cards.nth(1)).to_be_focused()


def test_who_went_on_before_a_sheet_was_gone_is_not_called_back(page: Page, project_at: Callable[..., str]) -> None:
    page.goto(f"/p/{project_at('images')}/images/")
    cards = page.locator("#board .scene")
    cards.first.focus()
    page.keyboard.press(" ")
    expect(page.locator("#sheet-title")).to_contain_text("Scene 1")
    page.evaluate(
        """async () => {
          const sheet = document.querySelector('#sheet');
          const told = new Promise(done => sheet.addEventListener('close', done));
          sheet.close();
          document.querySelectorAll('#board .scene')[1].focus();
          await told;  // comes later than what a quick hand does next
        }"""
    )
    expect(cards.nth(1)).to_be_focused()
