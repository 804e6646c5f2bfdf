"""What of a picture moves by itself: open water and open sky."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.canvas import Bytes, Canvas


def living(canvas: Canvas) -> Bytes:
    """uint8 h x w x 2 at a quarter of the picture's size: how much each place is open water, and open sky.

    Both are read from the finished depth: whatever was painted over water or sky has a depth of its own.
    """
    depth = canvas.depth
    water = np.zeros_like(depth)
    if canvas.water is not None:
        top, depths = canvas.water
        end = top + len(depths)
        water[top:end][depth[top:end] == depths[:, None]] = 255
    sky = np.where(depth == 0, 255, 0).astype(np.uint8)
    size = (max(2, canvas.width // 4), max(2, canvas.height // 4))
    return np.dstack([cv2.resize(mask, size, interpolation=cv2.INTER_AREA) for mask in (water, sky)])
