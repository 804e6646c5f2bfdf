"""Pictures with transparency, and previews."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from pipeline.media.rgba import fitted, lay, read_rgba
from pipeline.providers.local.painter import THUMB_WIDTH, write_thumb


def test_a_preview_is_never_wider_than_it_has_to_be_nor_enlarged(tmp_path: Path) -> None:
    for width, wanted in ((4 * THUMB_WIDTH, THUMB_WIDTH), (THUMB_WIDTH // 2, THUMB_WIDTH // 2)):
        made = write_thumb(tmp_path / f"{width}.jpg", np.zeros((width // 2, width, 3), np.uint8))
        assert cv2.imread(str(made)).shape == (wanted // 2, wanted, 3)


def test_any_picture_is_read_with_its_transparency(tmp_path: Path) -> None:
    for name, pixels in {
        "gray": np.full((4, 6), 7, np.uint8),
        "deep": np.full((4, 6, 3), 257 * 7, np.uint16),
        "clear": np.full((4, 6, 4), (7, 7, 7, 0), np.uint8),
    }.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
        read = read_rgba(tmp_path / f"{name}.png")
        assert read.shape == (4, 6, 4)
        assert read[0, 0].tolist() == [7, 7, 7, 0 if name == "clear" else 255]


def test_it_is_fitted_without_bleeding_and_laid_where_it_belongs() -> None:
    red = np.zeros((40, 80, 4), np.uint8)
    red[:, 40:] = (255, 0, 0, 255)  # the clear half is black, and must not darken the edge
    small = fitted(red, 20, 20)
    assert small.shape == (10, 20, 4)
    assert (small[small[..., 3] > 100][:, 0] > 250).all()
    panel = np.zeros((30, 30, 3), np.float32)
    lay(panel, small, 15, 15)
    assert panel[15, 20].tolist() == [255, 0, 0]
    assert not panel[:9].any() and not panel[21:].any() and not panel[:, :14].any()
