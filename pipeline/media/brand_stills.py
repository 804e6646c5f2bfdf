"""Logo and end card as stills with transparency, drawn once and laid over the shots by the encoder."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.brand import FADE_MS, Brand, BrandFiles, Sheet, safe_area
from pipeline.media.end_card import draw_end_card
from pipeline.media.inks import luminance
from pipeline.media.profile import Profile
from pipeline.media.rgba import fitted, read_rgba
from pipeline.media.run import MediaError
from pipeline.media.timeline import frame_at

Bytes = NDArray[np.uint8]


def draw_brand(brand: Brand, files: BrandFiles, profile: Profile, film_frames: range, folder: Path) -> list[Sheet]:
    """Write the stills that these frames of the film need into `folder`. Raises MediaError."""
    sheets = []
    if files.logo is not None and brand.hide_ms > brand.show_ms:
        sheet, x, y = _logo_sheet(brand, read_rgba(files.logo), profile)
        sheets.append(_sheet("logo.png", sheet, x, y, (brand.show_ms, brand.hide_ms), profile, film_frames, folder))
    if brand.end is not None:
        panel = draw_end_card(brand.end, files, profile, folder)
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


def _logo_sheet(brand: Brand, logo: Bytes, profile: Profile) -> tuple[Bytes, int, int]:
    """The logo with a soft edge around it that keeps it readable on any picture, and its place."""
    left, top, right, _bottom = safe_area(profile.width, profile.height)
    short = min(profile.width, profile.height)
    mark = fitted(logo, short * brand.percent * 1.5 / 100, short * brand.percent / 100)
    height, width = mark.shape[:2]
    margin = max(4, round(0.16 * height)) // 2 * 2
    sheet = cv2.copyMakeBorder(mark, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    x = {"top_left": left, "top_right": right - width, "top_center": (profile.width - width) // 2}[brand.corner]
    shaded = _with_glow(np.asarray(sheet, np.uint8), 0.5 * margin)
    return shaded, max(0, x - margin) // 2 * 2, max(0, top - margin) // 2 * 2


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
