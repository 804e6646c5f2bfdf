"""The two other ways in, as a person takes them on their pages: from an idea, and from an ad template."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

from tests.browser.hands import Pointer

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
    hands: Pointer, *, idea: str = IDEA, title: str = "Fox under Ice", seconds: int = 10, deciding: bool = True
) -> str:
    """Fill in the form of an idea and send it; the code of the new project, whose page is open then."""
    page = hands.page
    page.goto("/new/idea/")
    hands.write(page.locator("[name=idea]"), idea)
    hands.rewrite(page.locator("[name=seconds]"), str(seconds))
    hands.write(page.locator("[name=title]"), title)
    return _send(hands, "Make the video", deciding=deciding)


def fill_ad(
    hands: Pointer,
    *,
    template: str = "product_showcase",
    product: str = "Nordo Bottle",
    points: str = f"{CLAIM}\nNo plastic",
    shape: str = "16:9",
    seconds: int = 15,
) -> None:
    """Fill in the form of an ad, to be sent by `send_ad`."""
    page = hands.page
    page.goto(f"/new/ad/{template}/")
    hands.write(page.locator("[name=product]"), product)
    hands.write(page.locator("[name=what]"), "a steel bottle that keeps tea hot for a day")
    hands.write(page.locator("[name=points]"), points)
    hands.write(page.locator("[name=call_to_action]"), "Order yours at nordo.example")
    hands.choose(page.locator("[name=shots]"), bottle())
    hands.choose(page.locator("[name=logo]"), logo())
    hands.tick(page.locator(f"[name=length][value='{seconds}']"))
    hands.tick(page.locator(f"[name=aspect][value='{shape}']"))


def send_ad(hands: Pointer, *, deciding: bool = True) -> str:
    """The code of the new project, whose page is open then."""
    return _send(hands, "Make the ad", deciding=deciding)


def begin_ad(hands: Pointer, *, deciding: bool = True, **given: str) -> str:
    """An ad of 15 seconds, filled in and sent."""
    fill_ad(hands, **given)  # type: ignore[arg-type]  # words alone
    return send_ad(hands, deciding=deciding)


def _send(hands: Pointer, button: str, *, deciding: bool) -> str:
    page = hands.page
    hands.select(page.locator("[name=resolution]"), "480p")
    hands.tick(page.locator(f"[name=way][value={'deciding' if deciding else 'autopilot'}]"))
    hands.press(page.get_by_role("button", name=button))
    page.wait_for_url("**/p/**")
    return page.url.split("/p/")[1].split("/")[0]
