"""The two other ways in, as a person takes them on their pages: from an idea, and from an ad template."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page

IDEA = (
    "A red fox crosses a snowy pine forest at dawn. It finds a frozen lake with lights under the ice."
    " At night it sleeps under the northern lights."
)
CLAIM = "Guaranteed to keep tea hot for 24 hours"


def bottle(color: str = "#1f6f78") -> FilePayload:
    """A product photo before a plain ground."""
    photo = Image.new("RGB", (600, 800), "#f4f2ee")
    draw = ImageDraw.Draw(photo)
    draw.rounded_rectangle((205, 190, 395, 740), 48, color)
    draw.rectangle((250, 90, 350, 200), "#2b2f33")
    draw.rounded_rectangle((225, 230, 250, 700), 12, "#ffffff")
    draw.rounded_rectangle((240, 400, 360, 560), 10, "#ffd84d")
    return _payload("bottle.png", photo)


def logo() -> FilePayload:
    """A mark with a transparent ground."""
    mark = Image.new("RGBA", (480, 160))
    draw = ImageDraw.Draw(mark)
    draw.ellipse((10, 10, 150, 150), "#ffd84d")
    draw.rectangle((190, 55, 460, 105), "#ffffff")
    return _payload("logo.png", mark)


def _payload(name: str, picture: Image.Image) -> FilePayload:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def begin_idea(
    page: Page, *, idea: str = IDEA, title: str = "Fox under Ice", seconds: int = 10, deciding: bool = True
) -> str:
    """Fill in the form of an idea and send it; the code of the new project."""
    page.goto("/new/idea/")
    page.locator("textarea[name=idea]").fill(idea)
    page.locator("[name=seconds]").fill(str(seconds))
    page.locator("[name=title]").fill(title)
    return _send(page, "Make the video", deciding=deciding)


def begin_ad(
    page: Page,
    *,
    template: str = "product_showcase",
    product: str = "Nordo Bottle",
    points: str = f"{CLAIM}\nNo plastic",
    shape: str = "16:9",
    deciding: bool = True,
) -> str:
    """Fill in the form of an ad of 15 seconds and send it; the code of the new project."""
    page.goto(f"/new/ad/{template}/")
    page.locator("[name=product]").fill(product)
    page.locator("[name=what]").fill("a steel bottle that keeps tea hot for a day")
    page.locator("[name=points]").fill(points)
    page.locator("[name=call_to_action]").fill("Order yours at nordo.example")
    page.locator("[name=shots]").set_input_files(bottle())
    page.locator("[name=logo]").set_input_files(logo())
    page.locator(f"[name=aspect][value='{shape}']").check(force=True)
    page.locator("[name=length][value='15']").check(force=True)
    return _send(page, "Make the ad", deciding=deciding)


def _send(page: Page, button: str, *, deciding: bool) -> str:
    page.locator("[name=resolution]").select_option("480p")
    page.locator(f"[name=way][value={'deciding' if deciding else 'autopilot'}]").check()
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/p/**")
    return page.url.split("/p/")[1].split("/")[0]
