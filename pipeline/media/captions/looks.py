"""The three looks, and where captions stand in a frame of each shape."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from pipeline.media.captions.typefaces import ANTON, MONTSERRAT, PLAYFAIR, Face
from pipeline.media.profile import Profile

TURKIC = frozenset("ıİğĞşŞəƏ")  # their i has a capital of its own, so such text stays as it is


@dataclass(frozen=True)
class Style:
    """How letters look. Colors are ASS's &HAABBGGRR (AA 00 is opaque); lengths are shares of the em."""

    face: Face
    text: str
    unsung: str
    outline: str
    shade: str
    border: float
    spread: float
    blur: float
    capitals: bool = False

    def shown(self, text: str, *, of: str = "") -> str:
        """The text, or a word `of` a text, as this look writes it."""
        if not self.capitals or TURKIC & set(of or text):
            return text
        # Greek capitals carry no accents.
        plain = "".join(c for c in unicodedata.normalize("NFD", text) if c != "\u0301") if _is_greek(text) else text
        return unicodedata.normalize("NFC", plain).upper()


def _is_greek(text: str) -> bool:
    return any(0x0370 <= ord(c) <= 0x03FF for c in text)


LOOKS: dict[str, Style] = {
    "bold": Style(
        ANTON, text="&H00FFFFFF", unsung="&H00FFFFFF", outline="&H10180C10", shade="&H70000000",
        border=0.055, spread=0.12, blur=0.16, capitals=True,
    ),
    "elegant": Style(
        PLAYFAIR, text="&H00F4FAFF", unsung="&H00F4FAFF", outline="&H30181008", shade="&H48000000",
        border=0.034, spread=0.10, blur=0.18,
    ),
    "clean": Style(
        MONTSERRAT, text="&H00FFFFFF", unsung="&H00FFFFFF", outline="&H30100C0C", shade="&H70000000",
        border=0.042, spread=0.09, blur=0.15,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where rows stand, in pixels.

    `x` is their middle, `bottom` the last baseline; with `middle` the block hangs around that height instead. `leading`
    is the distance of baselines as a share of the em.
    """

    x: float
    em: float
    room: float
    rows: int
    bottom: float
    middle: float | None = None
    leading: float = 1.22

    def baseline(self, number: int, count: int, em: float) -> float:
        """The baseline of row `number` of `count`."""
        step = self.leading * em
        if self.middle is None:
            return self.bottom - (count - 1 - number) * step
        return self.middle + 0.36 * em + (number - (count - 1) / 2) * step


def caption_place(mode: str, profile: Profile, *, ad: bool = False) -> Place:
    """Inside of the safe area: apps lay their buttons over the lowest fifth and the right edge of an upright film, and
    over its lowest third where it is an ad (`brand.safe_area`). Large words of an upright film hang above the people
    who stand in its lower third.
    """
    width, height = profile.width, profile.height
    small = mode == "subtitle"
    if width > height:
        em = (0.052 if small else 0.082) * height
        return Place(width / 2, em, 0.80 * width, 2, bottom=(0.93 if small else 0.90) * height)
    if height > 1.5 * width:
        em = (0.062 if small else 0.094) * width
        if ad:
            return Place(width / 2, em, 0.80 * width, 3, bottom=0.625 * height)
        return Place(width / 2, em, 0.80 * width, 3, bottom=0.76 * height, middle=None if small else 0.62 * height)
    em = (0.050 if small else 0.080) * width
    return Place(width / 2, em, 0.86 * width, 3 if not small else 2, bottom=0.91 * height)


def title_place(profile: Profile) -> Place:
    """Where the title mode's block ends: in the lower third, above an app's buttons in an upright film."""
    width, height = profile.width, profile.height
    if width > height:
        return Place(width / 2, 0.13 * height, 0.80 * width, 2, bottom=0.86 * height, leading=1.2)
    upright = height > 1.5 * width
    return Place(width / 2, 0.13 * width, 0.82 * width, 2, bottom=(0.72 if upright else 0.86) * height, leading=1.2)
