"""Words as pictures with transparency, for cards. libass shapes them, as it does captions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.captions.fontfolder import FONTS, link_fonts
from pipeline.media.captions.looks import LOOKS
from pipeline.media.captions.rows import typeset
from pipeline.media.captions.script import row_script
from pipeline.media.captions.typefaces import Face, faces_of
from pipeline.media.captions.values import Look
from pipeline.media.inks import rgb_of
from pipeline.media.profile import Profile
from pipeline.media.run import MediaError, run_ffmpeg

Bytes = NDArray[np.uint8]


def text_block(text: str, look: Look, em: float, room: float, ink: str, folder: Path) -> Bytes:
    """Words in one color in at most two rows, RGBA, cut to what is seen. Any script that the captions know."""
    shown, faces = faces_of(LOOKS[look].shown(text), look, "")
    if not shown.strip():
        return np.zeros((1, 1, 4), np.uint8)
    block = typeset(shown, faces, em=em, room=room, most=2)
    size = em * block.scale
    rows = [_row_mask(shown[start:end], faces[start:end], size, room, folder) for start, end in block.rows]
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


def _row_mask(text: str, faces: Sequence[Face], em: float, room: float, folder: Path) -> Bytes:
    """How much of each pixel a row of text covers, all rows of a block with the same height."""
    width, height = round(room + 2 * em) // 2 * 2, round(1.7 * em) // 2 * 2
    frame = Profile(width=max(64, width), height=max(32, height))
    alpha = row_still(text, faces, em, (frame.width / 2, 1.15 * em), frame, folder)[..., 3]
    xs = np.nonzero(alpha.max(axis=0) > 8)[0]
    return alpha[:, xs.min() : xs.max() + 1] if xs.size else alpha[:, :1]


def row_still(
    text: str, faces: Sequence[Face], em: float, place: tuple[float, float], frame: Profile, folder: Path
) -> Bytes:
    """One row, white on a clear frame, with its baseline's middle at `place`: RGBA as large as the frame.

    `em` in pixels; `faces` has one face per character; `folder` is for files in between. Raises MediaError.
    """
    (folder / "row.ass").write_text(row_script(text, faces, em, place, frame), encoding="utf-8")
    env = link_fonts(folder, sorted({face.path for face in faces}))
    clear = f"color=c=black@0:s={frame.width}x{frame.height}:r=1:d=1,format=rgba"
    drawn = f"{clear},ass=filename=row.ass:fontsdir={FONTS}:shaping=complex:alpha=1"
    run_ffmpeg(["-f", "lavfi", "-i", drawn, "-frames:v", "1", "-update", "1", "row.png"], folder=folder, env=env)
    picture = cv2.imread(str(folder / "row.png"), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
        raise MediaError("The words of a card could not be drawn.", detail=text)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA), np.uint8)
