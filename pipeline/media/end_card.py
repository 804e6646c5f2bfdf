"""The end card of an ad: logo, product, name and call to action on the brand's own color.

Ink on a color is black or white, whichever is read better.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.brand import BrandFiles, EndPanel, safe_area
from pipeline.media.inks import contrast, ink_on, rgb_of
from pipeline.media.lettering import text_block
from pipeline.media.profile import Profile
from pipeline.media.rgba import fitted, lay, read_rgba, rounded

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def draw_end_card(end: EndPanel, files: BrandFiles, profile: Profile, folder: Path) -> Bytes:
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
            _set(panel, fitted(product, room * 0.8, rows[1] - rows[0]), middle, (rows[0] + rows[1]) / 2)
            top = round(rows[1] + 0.02 * height)
        else:
            _set(panel, fitted(product, room * 0.36, (bottom - top) * 0.82), left + room * 0.22, height / 2)
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
        lay(panel, part, middle, y + part.shape[0] / 2)
        y += part.shape[0] + gap


def _column_parts(
    end: EndPanel, files: BrandFiles, short: float, room: tuple[float, float], folder: Path
) -> list[tuple[Bytes, float]]:
    """(picture, gap below it) from top to bottom, for a frame whose shorter side is `short`."""
    parts = []
    if files.logo is not None:
        side = short * end.logo_percent / 100
        mark = fitted(read_rgba(files.logo), min(room[0], 1.5 * side), min(0.62 * side, 0.34 * room[1]))
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
    plate = rounded(whole.shape[1], whole.shape[0], pad)
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
    field[..., 3] = 255 * rounded(width, height, min(height // 2, round(1.05 * em)))
    y, x = (height - h) // 2, (width - w) // 2
    alpha = text[..., 3:].astype(np.float32) / 255
    spot = field[y : y + h, x : x + w]
    spot[..., :3] = spot[..., :3] * (1 - alpha) + text[..., :3] * alpha
    return np.asarray(np.clip(field, 0, 255), np.uint8)


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
    lay(panel, product, x, y)
