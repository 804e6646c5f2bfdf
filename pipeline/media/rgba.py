"""Pictures with transparency: read, brought to a size, laid over others. Straight alpha, (height, width, 4)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.run import MediaError

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


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


def fitted(picture: Bytes, room_w: float, room_h: float) -> Bytes:
    """The picture, enlarged or made smaller until it just fits into a room of these pixels."""
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


def lay(panel: Floats, part: Bytes | Floats, x: float, y: float) -> None:
    """Lay an RGBA picture over the panel around (x, y)."""
    h, w = part.shape[:2]
    left, top = round(x - w / 2), round(y - h / 2)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(panel.shape[1], left + w), min(panel.shape[0], top + h)
    cut = part[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32)
    alpha = cut[..., 3:] / 255
    panel[y0:y1, x0:x1] = panel[y0:y1, x0:x1] * (1 - alpha) + cut[..., :3] * alpha


def rounded(width: int, height: int, radius: int) -> Floats:
    """How much of each pixel (0..1) a field with round corners covers; sides and radius in pixels."""
    mask = np.zeros((height, width), np.uint8)
    r = max(1, min(radius, width // 2 - 1, height // 2 - 1))
    cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 255, -1)
    for cx in (r, width - 1 - r):
        for cy in (r, height - 1 - r):
            cv2.circle(mask, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return np.asarray(mask / np.float32(255), np.float32)
