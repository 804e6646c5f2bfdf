"""Title and end cards: composed once as a still with transparency, laid over the first or last scene by the encoder.

moviepy composes them (it sets, places and layers the clips); frame by frame it would cost six times the encode. Rows
that Pillow cannot shape by itself (Arabic, Hebrew, Devanagari, Thai, or two fonts in one row) are drawn by libass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont
from pydantic import Field, model_validator

from pipeline.media.captions.looks import LOOKS
from pipeline.media.captions.rows import typeset
from pipeline.media.captions.typefaces import COMPLEX, Face, faces_of
from pipeline.media.captions.values import Look
from pipeline.media.inks import rgb_of
from pipeline.media.lettering import row_still
from pipeline.media.profile import Profile
from pipeline.media.run import MediaError
from pipeline.media.timeline import frame_at
from pipeline.media.values import Value

if TYPE_CHECKING:
    from moviepy import VideoClip

Bytes = NDArray[np.uint8]
FADE_MS = 600
SHADE = 0.62  # how dark the soft shade behind the words is at most
INK = "#ffffff"


class Card(Value):
    """Words over the beginning or the end of the film, shown from `show_ms` to `hide_ms` of the song, with fades.

    `accent` (RRGGBB) colors the rule between the title and what stands under it.
    """

    kind: Literal["title", "end"] = "title"
    title: str
    subtitle: str = ""
    look: Look = "bold"
    accent: str = Field(default="FFD84D", pattern="^[0-9A-Fa-f]{6}$")
    language: str = ""
    show_ms: int = Field(ge=0)
    hide_ms: int

    @model_validator(mode="after")
    def _is_seen(self) -> Card:
        if self.hide_ms - self.show_ms < 2 * FADE_MS:
            raise ValueError("a card is shown for at least 1.2 seconds")
        return self


@dataclass(frozen=True)
class _Row:
    """One row to be set: its middle is at `y` of the frame, in pixels."""

    text: str
    faces: tuple[Face, ...]
    em: float
    y: float


def card_span(card: Card, fps: int) -> tuple[int, int, int]:
    """(first film frame, film frame after the last, frames of a fade)."""
    return frame_at(card.show_ms, fps), frame_at(card.hide_ms, fps), frame_at(FADE_MS, fps)


def draw_card(card: Card, profile: Profile, out: Path) -> tuple[int, int] | None:
    """Write the card's still (RGBA PNG, cut to what is not clear) and return its place (x, y) in the frame.

    Both are even, so that the overlay falls on the chroma grid. None when nothing of the text can be drawn.
    """
    rows, rule = _layout(card, profile)
    if not rows:
        return None
    rgba = _composed(rows, rule, card, profile, out.parent)
    ys, xs = np.nonzero(rgba[..., 3] > 1)
    left, top = int(xs.min()) // 2 * 2, int(ys.min()) // 2 * 2
    right, bottom = (int(xs.max()) + 2) // 2 * 2, (int(ys.max()) + 2) // 2 * 2
    cut = rgba[top:bottom, left:right]
    if not cv2.imwrite(str(out), cv2.cvtColor(cut, cv2.COLOR_RGBA2BGRA)):
        raise MediaError("The title card could not be written.", detail=str(out))
    return left, top


def _layout(card: Card, profile: Profile) -> tuple[list[_Row], float | None]:
    """Rows from top to bottom around the frame's middle, and the height of the rule under the title."""
    short = min(profile.width, profile.height)
    upright = profile.height > profile.width
    em = short * (0.15 if card.kind == "title" else 0.105)
    if upright:
        em *= 0.9
    y = profile.height * (0.42 if upright else 0.46)
    title, title_height = _rows(card.title, card, em, 0.84 * profile.width)
    subtitle, subtitle_height = _rows(card.subtitle, card, em * 0.42, 0.8 * profile.width)
    gap = 0.32 * em if title and subtitle else 0.0
    top = y - (title_height + subtitle_height + 2 * gap) / 2
    under = top + title_height + 2 * gap
    rows = [_Row(r.text, r.faces, r.em, top + r.y) for r in title]
    rows += [_Row(r.text, r.faces, r.em, under + r.y) for r in subtitle]
    return rows, (top + title_height + gap * 0.9 if gap else None)


def _rows(raw: str, card: Card, em: float, room: float) -> tuple[list[_Row], float]:
    """Rows of one text, `y` counted from its top, and its height."""
    text, faces = faces_of(LOOKS[card.look].shown(raw), card.look, card.language)
    if not text.strip():
        return [], 0.0
    block = typeset(text, faces, em=em, room=room, most=2)
    size = em * block.scale
    step = 1.2 * size
    rows = [
        _Row(text[start:end], tuple(faces[start:end]), size, (number + 0.5) * step)
        for number, (start, end) in enumerate(block.rows)
    ]
    return rows, step * len(rows)


def _composed(rows: Sequence[_Row], rule: float | None, card: Card, profile: Profile, folder: Path) -> Bytes:
    """The card on a clear ground of the film's size, RGBA with straight alpha."""
    from moviepy import ColorClip, CompositeVideoClip, ImageClip  # its import takes half a second; only cards need it

    size = (profile.width, profile.height)
    words: list[VideoClip] = [_row_clip(row, card, profile, folder) for row in rows]
    if rule is not None:
        length, weight = max(8, round(rows[0].em * 1.1)), max(2, round(rows[0].em * 0.04))
        words.append(ColorClip((length, weight), color=rgb_of(card.accent)).with_position(("center", round(rule))))
    ink = CompositeVideoClip([clip.with_duration(1) for clip in words], size=size, bg_color=None)
    alpha = np.asarray(ink.mask.get_frame(0), dtype=np.float32)
    mask = ImageClip(_shade(alpha, rows[0].em, rows[-1].em), is_mask=True).with_duration(1)
    shade = ColorClip(size, color=(0, 0, 0)).with_mask(mask).with_duration(1)
    whole = CompositeVideoClip([shade, ink], size=size, bg_color=None)
    # moviepy lays the clips over black, so its colors are already multiplied with their alpha; the overlay wants them
    # plain.
    opacity = np.clip(np.asarray(whole.mask.get_frame(0), dtype=np.float32), 0, 1)[..., None]
    color_plane = np.asarray(whole.get_frame(0), dtype=np.float32) / np.maximum(opacity, 1 / 255)
    return np.asarray(np.rint(np.dstack([np.clip(color_plane, 0, 255), opacity * 255])), dtype=np.uint8)


def _shade(alpha: NDArray[np.float32], large: float, small: float) -> NDArray[np.float64]:
    """How dark the picture gets behind the words: a wide cloud, and an edge that draws even small letters on snow."""
    depths = ((0.34 * large, 2.0, 0.8), (0.12 * small, 1.6, 1.0), (0.04 * small, 1.2, 1.2))
    clouds = [np.clip(cv2.GaussianBlur(alpha, (0, 0), wide) * gain, 0, 1) * dark for wide, gain, dark in depths]
    return np.asarray(np.clip(SHADE * np.max(clouds, axis=0), 0, 1), dtype=np.float64)


def _row_clip(row: _Row, card: Card, profile: Profile, folder: Path) -> VideoClip:
    """One row as a clip at its place."""
    from moviepy import ImageClip, TextClip

    baseline = row.y + 0.36 * row.em
    face = row.faces[0]
    if len(set(row.faces)) > 1 or face in COMPLEX:
        shaped = row_still(row.text, row.faces, row.em, (profile.width / 2, baseline), profile, folder)
        return ImageClip(shaped, transparent=True)
    pixels = max(8, round(row.em * face.scale / 100))
    # TextClip measures a text by the letter A and clips what hangs below or leans out, so it gets a margin all around.
    margin = round(0.4 * row.em)
    clip = TextClip(font=str(face.path), text=row.text, font_size=pixels, color=INK, margin=(margin, margin))
    ascent = ImageFont.truetype(str(face.path), pixels).getmetrics()[0]
    return clip.with_position(("center", round(baseline) - ascent - margin))
