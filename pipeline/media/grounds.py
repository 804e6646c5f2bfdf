"""The plain ground behind a product: its color and light as a smooth surface, its noise, and the shadows on it.

A studio's ground is of one color, but its light falls off, and things throw soft shadows on it. So the ground is a
surface of second order in Lab, fitted to the border and then to all that fits it, and a shadow is what is as colored as
the ground, darker, and reached from it without crossing a sharp edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

PLAIN_SHARE = 0.82  # so much of the border has to fit the surface
NOISIEST = 5.0  # median distance of the border from it, in Lab: more is a texture
CLOSEST, FARTHEST = 5.0, 14.0  # what differs by less is ground, whatever the noise
SHADOW_CHROMA = 7.0
DARKEST = 0.3  # share of the ground's lightness that is left in a shadow
SHARP = 5.0  # steps of lightness per pixel: no soft shadow is as steep
DIMMEST = 35.0  # on a darker ground nobody sees a shadow
ENTERED = 0.3
FADES = 1.6
LINE = 3.5  # so steep is a line that somebody sees: the rim of a glass, another thing


@dataclass(frozen=True, eq=False)
class Ground:
    """`distance` of every pixel from the surface, in Lab; `reach` is how far ground itself differs from it."""

    lab: Floats
    surface: Floats
    distance: Floats
    reach: float
    noise: float

    @property
    def outside(self) -> Mask:
        """The ground that hangs together with the border."""
        return reached_from_border(self.distance < self.reach)


def plain_ground(lab: Floats) -> Ground | None:
    """The ground of a picture (H x W x 3, Lab); None where its border is not plain."""
    height, width = lab.shape[:2]
    edge = max(2, round(0.03 * min(height, width)))
    border = np.zeros((height, width), bool)
    border[:edge], border[-edge:], border[:, :edge], border[:, -edge:] = True, True, True, True
    terms = _terms(height, width)
    surface = _fitted(terms, lab, border)
    apart = np.linalg.norm(lab - surface, axis=2)
    noise = float(np.median(apart[border]))
    reach = float(np.clip(4 * noise, CLOSEST, FARTHEST))
    if noise > NOISIEST or float((apart[border] < reach).mean()) < PLAIN_SHARE:
        return None
    for _ in range(2):  # what lies further in says more about the light
        surface = _fitted(terms, lab, reached_from_border(apart < reach))
        apart = np.linalg.norm(lab - surface, axis=2)
    return Ground(lab, surface, np.asarray(apart, np.float32), reach, noise)


def _terms(height: int, width: int) -> Floats:
    """(H, W, 6): the terms of a surface of second order."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)


def _fitted(terms: Floats, lab: Floats, where: Mask) -> Floats:
    """The surface through most of the pixels of `where`; what does not fit is left out step by step."""
    at, colors = terms[where], lab[where]
    if len(at) > 20_000:
        step = len(at) // 20_000 + 1
        at, colors = at[::step], colors[::step]
    kept = np.ones(len(at), bool)
    for _ in range(8):
        found = np.linalg.lstsq(at[kept], colors[kept], rcond=None)[0]
        apart = np.linalg.norm(at @ found - colors, axis=1)
        kept = apart <= max(2.0, 2.5 * float(np.median(apart)))
    return np.asarray(terms @ found, np.float32)


def shadows(ground: Ground) -> Mask:
    """The shadows that fall on the ground. A part that may be the product itself, which is gray and entered where its
    own shadow touches it, is none: sharp edges lie between it and the ground.
    """
    light, under = ground.lab[..., 0], ground.surface[..., 0]
    chroma = np.linalg.norm(ground.lab[..., 1:] - ground.surface[..., 1:], axis=2)
    outside, steep = ground.outside, steepness(light)
    dark = (chroma < max(SHADOW_CHROMA, 2 * ground.noise)) & (light < under) & (light > DARKEST * under)
    soft = dark & (steep < SHARP) & (under > DIMMEST)
    near_ground = _wider(outside, 4)
    reached = reached_from_border(outside | soft) & ~outside
    found = np.zeros_like(outside)
    count, labels = cv2.connectedComponents(reached.astype(np.uint8), connectivity=8)
    for number in range(1, count):
        part = labels == number
        between = (steep >= SHARP) & near_ground & _wider(part, 4) & ~outside & ~part
        if float(between.sum()) <= ENTERED * float((_wider(part, 1) & ~part).sum()):
            found |= part
    return found


def steepness(light: Floats) -> Floats:
    """Steps of lightness per pixel, of what is left when noise is smoothed away."""
    calm = cv2.GaussianBlur(light, (0, 0), 1.0)
    across, down = (cv2.Sobel(calm, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
    return np.asarray(np.hypot(across, down), np.float32)


def see_through(ground: Ground, holes: Mask) -> Mask:
    """The holes of a silhouette through which one sees the ground: as colored as it, even, and with nothing in them.

    Ground that is overexposed looks like any white label, so nothing is seen through there.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(holes.astype(np.uint8), connectivity=4)
    found = np.zeros_like(holes)
    for number in range(1, count):
        hole = labels == number
        inner = cv2.erode(hole.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        if stats[number, cv2.CC_STAT_AREA] < 0.003 * holes.size or not inner.any():
            continue
        mean = np.linalg.norm((ground.lab - ground.surface)[inner].mean(axis=0))
        even = float(np.median(ground.distance[inner])) < ground.noise * 2 + 1
        if mean < 3 and even and ground.surface[..., 0][inner].mean() < 97 and not _holds_something(hole):
            found |= hole
    return found


def _holds_something(hole: Mask) -> bool:
    """Whether there are islands in it, like the words of a label."""
    filled = ~reached_from_border(~hole)
    return int((filled & ~hole).sum()) > 0.002 * int(hole.sum())


def lies_on_edges(kept: Mask, light: Floats, noise: float) -> float:
    """The share of a silhouette's outline on which the picture has an edge; what ends at the border counts not."""
    inner = kept.copy()
    inner[:2], inner[-2:], inner[:, :2], inner[:, -2:] = False, False, False, False
    outline = inner & _wider(~kept, 1)
    if not outline.any():
        return 0.0
    steep = cv2.dilate(steepness(light), np.ones((5, 5), np.uint8))
    return float((steep[outline] > max(FADES, 0.6 * noise)).mean())


def edges_left(kept: Mask, light: Floats, noise: float) -> float:
    """How much of the picture's sharp edges lies outside of a silhouette, against the length of its own outline."""
    lost = (steepness(light) > max(LINE, 2 * noise)) & ~_wider(kept, 6)
    outline = kept & _wider(~kept, 1)
    return float(lost.sum()) / max(1.0, float(outline.sum()))


def reached_from_border(open_: Mask) -> Mask:
    """The part of the true pixels that hangs together with the picture's border."""
    _, labels = cv2.connectedComponents(open_.astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.isin(labels, np.unique(rim[rim > 0]))


def _wider(mask: Mask, by: int) -> Mask:
    size = 2 * by + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)).astype(bool)
