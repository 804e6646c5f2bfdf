"""A product's photo in a picture: cut out of its ground where that is possible, else framed, and set into a scene.

A photo with transparency is taken as it is. One before a plain ground (`grounds`) is cut out with GrabCut (Rother,
Kolmogorov, Blake, SIGGRAPH 2004), which begins from what is neither ground nor shadow. Where neither fits, or what is
left is no whole product (glass, white on white), the photo stays whole and is shown in a frame, and that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.grounds import (
    Ground,
    Mask,
    edges_left,
    lies_on_edges,
    plain_ground,
    reached_from_border,
    see_through,
    shadows,
)
from pipeline.media.values import Value

Bytes = NDArray[np.uint8]
Method = Literal["alpha", "background", "framed"]

WORK_SIDE = 480
"""The mask is found at this size: GrabCut's time grows with the pixels, and edges are smooth anyway."""
CRUMB = 0.03  # pieces of less than this share of the largest are none of the product
CLEAR_SHARE = 0.3  # so much of a product may have the ground's own color: more, and it is glass, or white on white
LOST_SHARE = 0.25  # so many edges may lie beside it, as a share of its outline
EDGE_SHARE = 0.85  # so much of its outline lies on edges of the picture
LEAST, MOST = 0.02, 0.9  # share of the photo that a product may fill
NEAR = 236  # depth of the product: in front, as one flat thing
FRAME_SHARE = 0.035


@dataclass(frozen=True, eq=False)
class Cutout:
    """RGBA pixels cut to what is seen, with straight alpha, and how they were found."""

    rgba: Bytes
    method: Method


class Placing(Value):
    """Where a product stands in a picture: its middle in permille, and how much of the free room it fills."""

    x: int = 500
    size_percent: int = 100
    under_logo: bool = False
    """A logo stands in the middle above it: there is room left for what a camera that comes closer adds."""


def cut_out(picture: Bytes) -> Cutout:
    """Cut the product out of a photo (H x W x 3 or 4, RGB or RGBA)."""
    if picture.ndim == 3 and picture.shape[2] == 4:
        clear = float((picture[..., 3] < 128).mean())
        if 0.02 < clear < 0.98:
            return Cutout(_trimmed(picture), "alpha")
    rgb = np.ascontiguousarray(picture[..., :3])
    mask = _plain_mask(rgb)
    if mask is None:
        return Cutout(_framed(rgb), "framed")
    return Cutout(_trimmed(np.dstack([_without_fringe(rgb, mask), mask])), "background")


def _plain_mask(rgb: Bytes) -> Bytes | None:
    """Alpha of what stands before a plain ground; None where the ground is not plain or nothing sensible is left."""
    height, width = rgb.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    calm = cv2.bilateralFilter(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), 5, 18, 3)  # noise goes, edges stay
    small = np.asarray(calm, np.uint8)
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    ground = plain_ground(np.asarray(lab, np.float32))
    if ground is None:
        return None
    dark = shadows(ground)
    outside = ground.outside | dark
    if not _plausible(~outside):
        return None
    kept = _refined(small, ground, outside, dark)
    solid = ~reached_from_border(~kept)
    holes = see_through(ground, solid & ~kept | solid & (ground.distance < ground.reach))
    if not _plausible(solid) or not _is_whole(solid & ~holes, ground):
        return None
    soft = cv2.GaussianBlur((solid & ~holes).astype(np.float32), (0, 0), 1.1)
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    # a little inside of the edge, so that no line of the old ground goes along
    return np.asarray(np.clip((large - 0.6) / 0.3, 0, 1) * 255, np.uint8)


def _without_fringe(rgb: Bytes, mask: Bytes) -> Bytes:
    """The photo with the product's own colors up to its edge, into which a camera mixes some of the ground."""
    width = max(2, round(0.004 * max(rgb.shape[:2])))
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    core = cv2.erode((mask > 250).astype(np.uint8), disk, borderValue=1).astype(np.float32)
    spread = np.maximum(cv2.GaussianBlur(core, (0, 0), width), 1e-4)[..., None]
    inner = cv2.GaussianBlur(rgb * core[..., None], (0, 0), width) / spread
    thin = (spread[..., 0] < 0.02)[..., None]  # too far from any core: it stays as it is
    mixed = np.where((core[..., None] > 0) | thin, rgb, np.clip(inner, 0, 255))
    return np.asarray(mixed, np.uint8)


def _refined(small: Bytes, ground: Ground, outside: Mask, dark: Mask) -> Mask:
    """The product's pixels: GrabCut, from what is surely ground or shadow and what surely is not."""
    labels = np.where(outside, cv2.GC_PR_BGD, cv2.GC_PR_FGD).astype(np.uint8)
    inner = cv2.distanceTransform(outside.astype(np.uint8), cv2.DIST_L2, 3)
    labels[outside & (inner > 0.02 * WORK_SIDE)] = cv2.GC_BGD
    labels[dark & (inner > 2)] = cv2.GC_BGD
    labels[~outside & (ground.distance > 3 * ground.reach)] = cv2.GC_FGD
    cv2.setRNGSeed(1)  # GrabCut draws: the same photo is always cut the same
    nothing: Any = None
    colors = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    cv2.grabCut(colors, labels, nothing, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    kept = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    kept = np.asarray(cv2.morphologyEx(kept.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), bool)
    return _without_crumbs(kept)


def _without_crumbs(kept: Mask) -> Mask:
    """Without the pieces that are far smaller than the largest one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(kept.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.isin(labels, [n for n in range(1, count) if areas[n] > CRUMB * areas.max()])


def _is_whole(kept: Mask, ground: Ground) -> bool:
    """Whether this is a whole product: its outline lies on edges, no others lie beside it, and one does not see the
    ground in it.
    """
    if not kept.any() or float((ground.distance[kept] < ground.reach).mean()) > CLEAR_SHARE:
        return False
    light = ground.lab[..., 0]
    return lies_on_edges(kept, light, ground.noise) > EDGE_SHARE and edges_left(kept, light, ground.noise) < LOST_SHARE


def _plausible(kept: NDArray[np.bool_]) -> bool:
    return LEAST < float(kept.mean()) < MOST


def _trimmed(rgba: Bytes) -> Bytes:
    ys, xs = np.nonzero(rgba[..., 3] > 8)
    return np.ascontiguousarray(rgba[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])


def _framed(rgb: Bytes) -> Bytes:
    """The whole photo as a print: a white edge and slightly rounded corners."""
    height, width = rgb.shape[:2]
    edge = max(2, round(FRAME_SHARE * min(height, width)))
    whole = cv2.copyMakeBorder(rgb, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(250, 250, 248))
    alpha = np.zeros(whole.shape[:2], np.uint8)
    bottom, right = whole.shape[0] - 1, whole.shape[1] - 1
    cv2.rectangle(alpha, (edge, 0), (right - edge, bottom), 255, -1)
    cv2.rectangle(alpha, (0, edge), (right, bottom - edge), 255, -1)
    for x in (edge, right - edge):
        for y in (edge, bottom - edge):
            cv2.circle(alpha, (x, y), edge, 255, -1, cv2.LINE_AA)
    return np.dstack([whole, alpha])


def product_box(cutout: Bytes, width: int, height: int, placing: Placing) -> tuple[int, int, int, int]:
    """(left, top, width, height) in pixels of a frame: between the logo above and the captions below."""
    upright = height > 1.5 * width
    room_h, middle_y = (0.29, 0.39) if upright else (0.5, 0.48) if width > height else (0.46, 0.46)
    if placing.under_logo:
        room_h, middle_y = (0.25, 0.41) if upright else (0.45, 0.515) if width > height else (0.40, 0.49)
    room_w = (0.72 if upright else 0.44 if width > height else 0.6) * width
    h, w = cutout.shape[:2]
    scale = min(room_w / w, room_h * height / h) * placing.size_percent / 100
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    x = 0.5 if upright else placing.x / 1000
    return round(x * width - size[0] / 2), round(middle_y * height - size[1] / 2), size[0], size[1]


def with_product(image: Bytes, depth: Bytes | None, cutout: Bytes, placing: Placing) -> tuple[Bytes, Bytes | None]:
    """The picture (H x W x 3, RGB) with the product in front, and its depth map (any size, 255 near) with it.

    The ground loses focus a little and a light stands behind the product, so that it is what one looks at.
    """
    height, width = image.shape[:2]
    left, top, w, h = product_box(cutout, width, height, placing)
    shape = cv2.resize(cutout, (w, h), interpolation=cv2.INTER_AREA if w < cutout.shape[1] else cv2.INTER_CUBIC)
    alpha = np.zeros((height, width), np.float32)
    color = np.zeros((height, width, 3), np.float32)
    ys, xs, cut = _inside(left, top, w, h, width, height)
    alpha[ys, xs] = shape[cut][..., 3].astype(np.float32) / 255
    color[ys, xs] = shape[cut][..., :3]
    soft = np.asarray(cv2.GaussianBlur(image, (0, 0), max(1.0, 0.005 * height)), np.float32)
    ground = _lit(soft, alpha, h)
    ground *= 1 - 0.55 * _shadow(left, top, w, h, width, height)[..., None]
    whole = ground * (1 - alpha[..., None]) + color * alpha[..., None]
    return np.asarray(np.clip(whole, 0, 255), np.uint8), None if depth is None else _deep(depth, alpha)


def _inside(left: int, top: int, w: int, h: int, width: int, height: int) -> tuple[slice, slice, tuple[slice, slice]]:
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + w), min(height, top + h)
    return slice(y0, y1), slice(x0, x1), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))


def _lit(ground: NDArray[np.float32], alpha: NDArray[np.float32], h: int) -> NDArray[np.float32]:
    """Darker at a distance from the product, and a soft light close around it."""
    height, width = alpha.shape
    small = cv2.resize(alpha, (max(8, width // 8), max(8, height // 8)), interpolation=cv2.INTER_AREA)
    near = np.asarray(cv2.GaussianBlur(small, (0, 0), max(1.0, 0.16 * h / 8)), np.float32)
    wide = cv2.resize(near / np.float32(max(0.05, near.max())), (width, height), interpolation=cv2.INTER_CUBIC)
    halo = np.clip(np.asarray(wide, np.float32), 0, 1)[..., None]
    return np.asarray(ground * (0.72 + 0.28 * halo) + 70 * halo * halo, np.float32)


def _shadow(left: int, top: int, w: int, h: int, width: int, height: int) -> NDArray[np.float32]:
    """The contact shadow under the product, 0..1."""
    dark = np.zeros((height // 4 + 1, width // 4 + 1), np.float32)
    center = ((left + w // 2) // 4, (top + h - max(1, h // 60)) // 4)
    cv2.ellipse(dark, center, (max(2, int(0.46 * w) // 4), max(1, int(0.05 * h) // 4)), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(dark, (0, 0), max(1.0, 0.03 * h / 4))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _deep(depth: Bytes, alpha: NDArray[np.float32]) -> Bytes:
    height, width = depth.shape[:2]
    mask: Any = cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    around = max(3, round(0.03 * height) | 1)
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (around, around)))
    mask = cv2.GaussianBlur(mask, (0, 0), max(1.0, 0.012 * height))
    # what stands behind is pushed back, so that nothing of the ground passes before the product
    behind = np.minimum(depth.astype(np.float32), 190.0)
    return np.asarray(np.clip(behind * (1 - mask) + NEAR * mask, 0, 255), np.uint8)


def are_all_the_same(pictures: list[Bytes], *, most: float = 2.5) -> bool:
    """Whether two or more photos show the very same: small copies of them differ by less than `most` gray steps."""
    if len(pictures) < 2:
        return False
    small = [cv2.resize(p[..., :3], (24, 24), interpolation=cv2.INTER_AREA).astype(np.float32) for p in pictures]
    return all(float(np.abs(other - small[0]).mean()) < most for other in small[1:])
