"""What an advertiser's film wears: the logo in a corner, and an end card with logo, product and call to action.

Both stay inside the part of the frame that apps leave free. `brand_stills` draws them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.media.captions.values import Look
from pipeline.media.values import Value

FADE_MS = 400
_COLOR = "^[0-9A-Fa-f]{6}$"


class EndPanel(Value):
    """The end card. Colors are RRGGBB; `accent` fills the button around the call to action."""

    title: str
    call: str
    ground: str = Field(default="1B2A41", pattern=_COLOR)
    accent: str = Field(default="FFD84D", pattern=_COLOR)
    logo_percent: int = Field(default=34, ge=10, le=60)
    look: Look = "clean"
    show_ms: int = Field(ge=0)
    hide_ms: int


class Brand(Value):
    """The logo, shown from `show_ms` to `hide_ms` of the film, and the end card after it."""

    corner: Literal["top_left", "top_right", "top_center"] = "top_right"
    percent: int = Field(default=16, ge=6, le=30)
    show_ms: int = 0
    hide_ms: int = 0
    end: EndPanel | None = None


@dataclass(frozen=True)
class BrandFiles:
    """The pictures a brand is drawn with: RGBA."""

    logo: Path | None = None
    product: Path | None = None


@dataclass(frozen=True)
class Sheet:
    """A still over the film: its file, place, frames [first, last) and the frames of its fades."""

    path: str
    x: int
    y: int
    first: int
    last: int
    fade_in: int
    fade_out: int


def safe_area(width: int, height: int) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) in pixels: where nothing is cut off or covered.

    5% of each side is the title-safe area of EBU R 95. An upright film is shown under an app's own buttons and words:
    Meta asks to leave 14% above, 35% below and 6% beside free (its ads guide for Reels), which is the widest demand.
    """
    shares = (0.06, 0.14, 0.94, 0.65) if height > 1.5 * width else (0.05, 0.05, 0.95, 0.95)
    return (
        round(shares[0] * width),
        round(shares[1] * height),
        round(shares[2] * width),
        round(shares[3] * height),
    )


def brand_within(brand: Brand | None, start_ms: int, end_ms: int) -> Brand | None:
    """What of it a shot over [start_ms, end_ms) shows, for its recipe; None for nothing."""
    if brand is None:
        return None
    logo = brand.hide_ms > brand.show_ms and brand.show_ms < end_ms and brand.hide_ms > start_ms
    end = brand.end is not None and brand.end.show_ms < end_ms and brand.end.hide_ms > start_ms
    if not (logo or end):
        return None
    changes = {} if end else {"end": None}
    return brand.model_copy(update=changes if logo else {**changes, "show_ms": 0, "hide_ms": 0})
