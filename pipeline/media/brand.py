"""What an advertiser's film wears: the logo in a corner, and an end card with logo, product and call to action.

Both are drawn once as stills with transparency and laid over the shots by the encoder, inside the part of the frame
that apps leave free. The end card stands on the brand's own color; ink on it is black or white, whichever is read
better (WCAG 2.2 relative luminance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pipeline.media.captions.fontfolder import FONTS, link_fonts
from pipeline.media.captions.looks import LOOKS
from pipeline.media.captions.rows import typeset
from pipeline.media.captions.script import row_script
from pipeline.media.captions.typefaces import Face, faces_of
from pipeline.media.captions.values import Look
from pipeline.media.profile import Profile
from pipeline.media.run import MediaError, run_ffmpeg
from pipeline.media.timeline import frame_at
from pipeline.media.values import Value

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
FADE_MS = 400
DARK_INK, LIGHT_INK = "111318", "FFFFFF"
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


def draw_brand(brand: Brand, files: BrandFiles, profile: Profile, film_frames: range, folder: Path) -> list[Sheet]:
    """Write the stills that these frames of the film need into `folder`. Raises MediaError."""
    sheets = []
    if files.logo is not None and brand.hide_ms > brand.show_ms:
        sheet, x, y = _logo_sheet(brand, read_rgba(files.logo), profile)
        sheets.append(_sheet("logo.png", sheet, x, y, (brand.show_ms, brand.hide_ms), profile, film_frames, folder))
    if brand.end is not None:
        panel = draw_end_panel(brand.end, files, profile, folder)
        times = (brand.end.show_ms, brand.end.hide_ms)
        sheets.append(_sheet("end.png", panel, 0, 0, times, profile, film_frames, folder, ends=False))
    return [sheet for sheet in sheets if sheet.last > sheet.first]


def _sheet(
    name: str,
    rgba: Bytes,
    x: int,
    y: int,
    times: tuple[int, int],
    profile: Profile,
    film_frames: range,
    folder: Path,
    *,
    ends: bool = True,
) -> Sheet:
    """Only the frames that are needed: the rest of its time is other shots'."""
    if not cv2.imwrite(str(folder / name), cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGRA)):
        raise MediaError("The logo could not be drawn.", detail=name)
    first, last = (frame_at(time, profile.fps) for time in times)
    fade = frame_at(FADE_MS, profile.fps)
    fade_in, fade_out = fade, fade if ends else 0
    if film_frames.start > first + fade:
        first, fade_in = film_frames.start, 0
    if film_frames.stop < last - fade_out:
        last, fade_out = film_frames.stop, 0
    return Sheet(name, x, y, first, last, fade_in, fade_out)


def read_rgba(path: Path) -> Bytes:
    """A picture as (height, width, 4) RGBA. Raises MediaError."""
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim not in (2, 3):
        raise MediaError("A picture of this ad could not be read.", detail=path.name)
    if picture.dtype != np.uint8:
        picture = (picture / 257).astype(np.uint8)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGRA)
    code = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGBA
    return np.asarray(cv2.cvtColor(picture, code), np.uint8)


def _logo_sheet(brand: Brand, logo: Bytes, profile: Profile) -> tuple[Bytes, int, int]:
    """The logo with a soft edge around it that keeps it readable on any picture, and its place."""
    left, top, right, _bottom = safe_area(profile.width, profile.height)
    short = min(profile.width, profile.height)
    mark = _fitted(logo, short * brand.percent * 1.5 / 100, short * brand.percent / 100)
    height, width = mark.shape[:2]
    margin = max(4, round(0.16 * height)) // 2 * 2
    sheet = cv2.copyMakeBorder(mark, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    x = {"top_left": left, "top_right": right - width, "top_center": (profile.width - width) // 2}[brand.corner]
    shaded = _with_glow(np.asarray(sheet, np.uint8), 0.5 * margin)
    return shaded, max(0, x - margin) // 2 * 2, max(0, top - margin) // 2 * 2


def _fitted(picture: Bytes, room_w: float, room_h: float) -> Bytes:
    h, w = picture.shape[:2]
    scale = min(room_w / w, room_h / h)
    size = (max(2, round(w * scale)), max(2, round(h * scale)))
    # premultiplied, or the colors of what is clear would bleed into the edge
    alpha = picture[..., 3:].astype(np.float32) / 255
    plain = np.dstack([picture[..., :3].astype(np.float32) * alpha, alpha[..., 0]])
    small = cv2.resize(plain, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    small_alpha = np.clip(small[..., 3:], 0, 1)
    color = small[..., :3] / np.maximum(small_alpha, 1 / 255)
    return np.asarray(np.clip(np.dstack([color, small_alpha * 255]), 0, 255), np.uint8)


def _with_glow(rgba: Bytes, wide: float) -> Bytes:
    """A light edge behind a dark logo, a dark one behind a light logo."""
    alpha = rgba[..., 3].astype(np.float32) / 255
    seen = rgba[..., :3][alpha > 0.5]
    dark = seen.size > 0 and luminance(seen.mean(axis=0)) < 0.2
    glow = np.clip(cv2.GaussianBlur(alpha, (0, 0), max(1.0, wide)) * 1.5, 0, 1) * (0.8 if dark else 0.5)
    behind = 255.0 if dark else 0.0
    whole = alpha + glow * (1 - alpha)
    color = (rgba[..., :3] * alpha[..., None] + behind * (glow * (1 - alpha))[..., None]) / np.maximum(
        whole[..., None], 1 / 255
    )
    return np.asarray(np.clip(np.dstack([color, whole * 255]), 0, 255), np.uint8)


def luminance(rgb: NDArray[np.floating] | tuple[int, ...]) -> float:
    """Relative luminance (0..1) of 8-bit sRGB (WCAG 2.2)."""
    c = np.asarray(rgb, np.float64) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def rgb_of(color: str) -> tuple[int, int, int]:
    return int(color[:2], 16), int(color[2:4], 16), int(color[4:6], 16)


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two colors, 1 to 21."""
    high, low = sorted((luminance(rgb_of(one)), luminance(rgb_of(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever is read better on a color."""
    return max((LIGHT_INK, DARK_INK), key=lambda ink: contrast(ink, ground))


def draw_end_panel(end: EndPanel, files: BrandFiles, profile: Profile, folder: Path) -> Bytes:
    """The end card as a whole frame, RGBA."""
    width, height = profile.width, profile.height
    left, top, right, bottom = safe_area(width, height)
    panel = _ground(end.ground, width, height)
    upright = height > width
    middle, room = width / 2, float(right - left)
    if files.product is not None:
        product = read_rgba(files.product)
        if upright:
            rows = (top, top + (bottom - top) * 0.52)
            _set(panel, _fitted(product, room * 0.8, rows[1] - rows[0]), middle, (rows[0] + rows[1]) / 2)
            top = round(rows[1] + 0.02 * height)
        else:
            _set(panel, _fitted(product, room * 0.36, (bottom - top) * 0.82), left + room * 0.22, height / 2)
            middle, room = left + room * 0.71, room * 0.52
    _column(panel, end, files, (middle, room * 0.94, float(top), float(bottom)), folder)
    return np.asarray(np.dstack([np.clip(panel, 0, 255), np.full((height, width), 255.0)]), np.uint8)


def _column(
    panel: Floats, end: EndPanel, files: BrandFiles, place: tuple[float, float, float, float], folder: Path
) -> None:
    """Logo, name and button under one another, around the middle of the room that is left."""
    middle, room, top, bottom = place
    short = float(min(panel.shape[:2]))
    for _ in range(3):  # long words need more rows: then all of it is set smaller
        parts = _column_parts(end, files, short, (room, bottom - top), folder)
        total = sum(part.shape[0] + gap for part, gap in parts)
        if total <= bottom - top:
            break
        short *= 0.97 * (bottom - top) / total
    y = (top + bottom - total) / 2
    for part, gap in parts:
        _lay(panel, part, middle, y + part.shape[0] / 2)
        y += part.shape[0] + gap


def _column_parts(
    end: EndPanel, files: BrandFiles, short: float, room: tuple[float, float], folder: Path
) -> list[tuple[Bytes, float]]:
    """(picture, gap below it) from top to bottom, for a frame whose shorter side is `short`."""
    parts = []
    if files.logo is not None:
        side = short * end.logo_percent / 100
        mark = _fitted(read_rgba(files.logo), min(room[0], 1.5 * side), min(0.62 * side, 0.34 * room[1]))
        parts.append((_readable_on(mark, end.ground), 0.05 * short))
    parts.append((text_block(end.title, end.look, 0.085 * short, room[0], ink_on(end.ground), folder), 0.055 * short))
    parts.append((_button(end, 0.05 * short, room[0], folder), 0.0))
    return parts


def _readable_on(mark: Bytes, ground: str) -> Bytes:
    """A logo that is too near to the ground's color stands on a light or dark plate."""
    seen = mark[..., :3][mark[..., 3] > 128]
    if seen.size == 0:
        return mark
    mean = "".join(f"{round(value):02X}" for value in seen.mean(axis=0))
    if contrast(mean, ground) >= 2.0:
        return mark
    pad = max(4, round(0.14 * mark.shape[0]))
    whole = cv2.copyMakeBorder(mark, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0)).astype(np.float32)
    plate = _rounded(whole.shape[1], whole.shape[0], pad)
    alpha = whole[..., 3:] / 255
    color = np.array(rgb_of(ink_on(mean)), np.float32) * (1 - alpha) + whole[..., :3] * alpha
    return np.asarray(np.dstack([color, plate * 255]), np.uint8)


def _button(end: EndPanel, em: float, room: float, folder: Path) -> Bytes:
    """The call to action in a rounded field of the accent color."""
    text = text_block(end.call, end.look, em, room - 2.4 * em, ink_on(end.accent), folder)
    h, w = text.shape[:2]
    height, width = round(h + 1.1 * em), round(w + 2.2 * em)
    field = np.zeros((height, width, 4), np.float32)
    field[..., :3] = rgb_of(end.accent)
    field[..., 3] = 255 * _rounded(width, height, min(height // 2, round(1.05 * em)))
    y, x = (height - h) // 2, (width - w) // 2
    alpha = text[..., 3:].astype(np.float32) / 255
    spot = field[y : y + h, x : x + w]
    spot[..., :3] = spot[..., :3] * (1 - alpha) + text[..., :3] * alpha
    return np.asarray(np.clip(field, 0, 255), np.uint8)


def text_block(text: str, look: Look, em: float, room: float, ink: str, folder: Path) -> Bytes:
    """Words in one color in at most two rows, RGBA, cut to what is seen. Any script that the captions know."""
    shown, faces = faces_of(LOOKS[look].shown(text), look, "")
    if not shown.strip():
        return np.zeros((1, 1, 4), np.uint8)
    block = typeset(shown, faces, em=em, room=room, most=2)
    size = em * block.scale
    rows = []
    for number, (start, end) in enumerate(block.rows):
        name = f"row-{number}.png"
        rows.append(_row_mask(shown[start:end], faces[start:end], size, room, folder, name))
    wide = max(row.shape[1] for row in rows)
    step = round(1.25 * size)
    mask = np.zeros((step * (len(rows) - 1) + rows[-1].shape[0], wide), np.uint8)
    for number, row in enumerate(rows):
        x, y = (wide - row.shape[1]) // 2, number * step
        spot = mask[y : y + row.shape[0], x : x + row.shape[1]]
        np.maximum(spot, row[: spot.shape[0]], out=spot)
    ys = np.nonzero(mask.max(axis=1) > 8)[0]
    mask = mask[ys.min() : ys.max() + 1] if ys.size else mask[:1]
    color = np.empty((*mask.shape, 3), np.uint8)
    color[:] = rgb_of(ink)
    return np.asarray(np.dstack([color, mask]), np.uint8)


def _row_mask(text: str, faces: Sequence[Face], em: float, room: float, folder: Path, name: str) -> Bytes:
    """How much of each pixel a row of text covers, all rows of a block with the same height."""
    width, height = round(room + 2 * em) // 2 * 2, round(1.7 * em) // 2 * 2
    frame = Profile(width=max(64, width), height=max(32, height))
    script = row_script(text, faces, em, (frame.width / 2, 1.15 * em), frame)
    (folder / "row.ass").write_text(script, encoding="utf-8")
    env = link_fonts(folder, sorted({face.path for face in faces}))
    clear = f"color=c=black@0:s={frame.width}x{frame.height}:r=1:d=1,format=rgba"
    drawn = f"{clear},ass=filename=row.ass:fontsdir={FONTS}:shaping=complex:alpha=1"
    run_ffmpeg(["-f", "lavfi", "-i", drawn, "-frames:v", "1", "-update", "1", name], folder=folder, env=env)
    picture = cv2.imread(str(folder / name), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        raise MediaError("The end card could not be drawn.", detail=text)
    alpha = np.asarray(picture[..., 3], np.uint8)
    xs = np.nonzero(alpha.max(axis=0) > 8)[0]
    return alpha[:, xs.min() : xs.max() + 1] if xs.size else alpha[:, :1]


def _ground(color: str, width: int, height: int) -> Floats:
    """The brand's color, a little lighter in the middle and darker at the edges."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    far = np.hypot((x / width - 0.5) * 1.1, y / height - 0.45)
    light = np.clip(1.12 - 0.42 * far, 0.7, 1.12)
    return np.asarray(np.array(rgb_of(color), np.float32) * light[..., None], np.float32)


def _set(panel: Floats, product: Bytes, x: float, y: float) -> None:
    """Lay the product over the panel with a light behind it: it is often of the brand's own color, as the ground is."""
    height, width = panel.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = 0.62 * np.hypot(*product.shape[:2]), 0.5 * np.hypot(*product.shape[:2])
    far = ((columns - x) / reach[1]) ** 2 + ((rows - y) / reach[0]) ** 2
    panel += (0.4 * np.exp(-1.6 * far))[..., None] * (255 - panel)
    _lay(panel, product, x, y)


def _lay(panel: Floats, part: Bytes | Floats, x: float, y: float) -> None:
    """Lay an RGBA picture over the panel around (x, y)."""
    h, w = part.shape[:2]
    left, top = round(x - w / 2), round(y - h / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(panel.shape[1], left + w), min(panel.shape[0], top + h)
    cut = part[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)
    alpha = cut[..., 3:] / 255
    panel[y0:y1, x0:x1] = panel[y0:y1, x0:x1] * (1 - alpha) + cut[..., :3] * alpha


def _rounded(width: int, height: int, radius: int) -> Floats:
    mask = np.zeros((height, width), np.uint8)
    r = max(1, min(radius, width // 2 - 1, height // 2 - 1))
    cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 255, -1)
    for cx in (r, width - 1 - r):
        for cy in (r, height - 1 - r):
            cv2.circle(mask, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return np.asarray(mask / np.float32(255), np.float32)
