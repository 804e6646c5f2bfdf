"""The canvas: a float picture with its depth, and the few strokes that everything is painted with."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.painting.color import Floats
from pipeline.media.painting.noise import enlarged
from pipeline.media.painting.palettes import Colors

Bytes = NDArray[np.uint8]
Point = tuple[float, float]
_SHIFT = 4  # OpenCV draws with coordinates in sixteenths of a pixel
_BAND = 16  # rows that are worked on at a time, so that what is between stays in the processor's cache


class Canvas:
    """What a scene paints on.

    `image` is float32 H x W x 3 (sRGB, 0..1), `depth` uint8 H x W (255 near). `unit` is the shorter side in pixels:
    sizes hang on it, places on width and height, so that every shape of frame is composed for itself. `light` is
    where sun or moon stands, in pixels.
    """

    def __init__(self, width: int, height: int, key: bytes, colors: Colors) -> None:
        self.width, self.height, self.key, self.colors = width, height, key, colors
        self.image: Floats = np.zeros((height, width, 3), np.float32)
        self.depth: Bytes = np.zeros((height, width), np.uint8)
        self.unit = float(min(width, height))
        self.tall = height > width * 1.12
        self.light: Point = (width * 0.5, height * 0.4)
        self.focus: Point | None = None  # where the eye should go, if a scene knows it
        self.water: tuple[int, Bytes] | None = None  # its first row, and the depth of each row from there

    def rng(self, name: str) -> np.random.Generator:
        """A generator for one named purpose: what one part draws never changes another part."""
        digest = hashlib.sha256(self.key + name.encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8], "big"))

    def rows(self) -> Floats:
        """Row numbers as a column, H x 1."""
        return np.arange(self.height, dtype=np.float32)[:, None]

    def columns(self) -> Floats:
        """Column numbers as a row, 1 x W."""
        return np.arange(self.width, dtype=np.float32)[None]

    def lay(self, color: Floats, alpha: Floats, top: int = 0, left: int = 0, *, depth: int | None = None) -> None:
        """Lay a color ((3,) or h x w x 3) over the picture with alpha h x w (0..1) whose corner is at left, top
        (inside).
        """
        height, width = alpha.shape
        part = self.image[top : top + height, left : left + width]
        over = np.broadcast_to(color, part.shape) if color.ndim == 3 else np.tile(color, (1, width, 1))
        for at in range(0, height, _BAND):
            below, share = part[at : at + _BAND], alpha[at : at + _BAND]
            change = np.subtract(over[at : at + _BAND] if len(over) == height else over, below)
            change *= cv2.merge([share, share, share])
            below += change
        if depth is not None:
            self.depth[top : top + height, left : left + width][alpha > 0.5] = depth

    def shine(self, light: Floats, top: int = 0, left: int = 0) -> None:
        """Add light (h x w x 3, 0..1) as a screen: bright stays bright and nothing burns out."""
        height, width = light.shape[:2]
        part = self.image[top : top + height, left : left + width]
        for at in range(0, height, _BAND):
            below = part[at : at + _BAND]
            room = np.subtract(np.float32(1), below)
            np.maximum(room, 0, out=room)
            room *= light[at : at + _BAND]
            below += room

    def shine_soft(self, light: Floats, top: int = 0, bottom: int | None = None) -> None:
        """Add light that was painted small (any h x w x 3) over the full width between two rows."""
        end = self.height if bottom is None else bottom
        if end > top:
            self.shine(enlarged(light, self.width, end - top), top)

    def glow(self, x: float, y: float, radius: float, color: Floats, strength: float = 1.0) -> None:
        """A soft round light of about `radius` pixels."""
        reach = radius * 2.6
        left, right = max(0, int(x - reach)), min(self.width, int(x + reach) + 1)
        top, bottom = max(0, int(y - reach)), min(self.height, int(y + reach) + 1)
        if right - left < 2 or bottom - top < 2 or radius <= 0:
            return
        step = max(1, int(radius / 24))
        across = (np.arange(left, right, step, dtype=np.float32)[None] - x) / radius
        down = (np.arange(top, bottom, step, dtype=np.float32)[:, None] - y) / radius
        fall = np.clip(np.exp(-(across * across + down * down) * 1.1) - 0.0006, 0, 1) * np.float32(strength)
        small = fall[..., None] * color.astype(np.float32)
        self.shine(enlarged(small, right - left, bottom - top) if step > 1 else small, top, left)

    def far_light(self, x: float) -> float:
        """How near a column is to the light, 0..1."""
        return float(np.exp(-abs(x - self.light[0]) / (self.width * 0.35)))


class Pen:
    """Draws smooth-edged shapes into a mask the size of the canvas; `stamp` then paints them in one go."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.mask: Bytes = np.zeros((canvas.height, canvas.width), np.uint8)
        self.box = [canvas.width, canvas.height, 0, 0]

    def _grow(self, points: NDArray[np.float64], margin: float = 2) -> None:
        low, high = points.min(0) - margin, points.max(0) + margin
        self.box[0] = int(max(0, min(self.box[0], low[0])))
        self.box[1] = int(max(0, min(self.box[1], low[1])))
        self.box[2] = int(min(self.canvas.width, max(self.box[2], high[0] + 1)))
        self.box[3] = int(min(self.canvas.height, max(self.box[3], high[1] + 1)))

    def polygon(self, points: Sequence[Sequence[float]] | NDArray[np.floating], value: int = 255) -> None:
        """A filled polygon; value 0 cuts a hole."""
        array = np.clip(np.asarray(points, np.float64), -30000, 30000)
        if len(array) < 3:
            return
        self._grow(array)
        cv2.fillPoly(self.mask, [np.round(array * 16).astype(np.int32)], value, cv2.LINE_AA, _SHIFT)

    def blob(self, points: Sequence[Point], value: int = 255) -> None:
        """A filled shape with a smooth outline through the points (closed Catmull-Rom curve)."""
        self.polygon(closed_curve(points), value)

    def soften(self, sigma: float) -> None:
        """Round corners and melt joints by about `sigma` pixels, keeping crisp edges."""
        if sigma < 0.7 or self.box[2] - self.box[0] < 3 or self.box[3] - self.box[1] < 3:
            return
        # Room around, so that the blur does not mirror the shape at the edge of the box.
        room = int(3 * sigma) + 1
        left, top = max(0, self.box[0] - room), max(0, self.box[1] - room)
        right, bottom = min(self.canvas.width, self.box[2] + room), min(self.canvas.height, self.box[3] + room)
        self.box = [left, top, right, bottom]
        soft = cv2.GaussianBlur(self.mask[top:bottom, left:right], (0, 0), sigma).astype(np.float32)
        self.mask[top:bottom, left:right] = np.clip(
            (soft - 116) * np.float32(max(1.0, sigma * 2.0)) + 127, 0, 255
        ).astype(np.uint8)

    def dot(self, x: float, y: float, radius: float, value: int = 255) -> None:
        """A filled circle."""
        self.oval(x, y, radius, radius, value=value)

    def oval(self, x: float, y: float, rx: float, ry: float, angle: float = 0.0, value: int = 255) -> None:
        """A filled ellipse, turned by `angle` radians."""
        turn = np.linspace(0, 2 * np.pi, max(12, min(64, int(6 + max(rx, ry)))), endpoint=False)
        px, py = np.cos(turn) * rx, np.sin(turn) * ry
        cos, sin = np.cos(angle), np.sin(angle)
        self.polygon(np.stack([x + px * cos - py * sin, y + px * sin + py * cos], 1), value)

    def limb(self, start: Point, end: Point, width: float, end_width: float | None = None, value: int = 255) -> None:
        """A tapered stroke with round ends, widths in pixels."""
        last = width if end_width is None else end_width
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = max(1e-6, float(np.hypot(dx, dy)))
        nx, ny = -dy / length / 2, dx / length / 2
        self.polygon(
            [
                (start[0] + nx * width, start[1] + ny * width),
                (end[0] + nx * last, end[1] + ny * last),
                (end[0] - nx * last, end[1] - ny * last),
                (start[0] - nx * width, start[1] - ny * width),
            ],
            value,
        )
        if width > 2.2:
            self.dot(*start, width / 2, value)
        if last > 2.2:
            self.dot(*end, last / 2, value)

    def path(
        self, points: Sequence[Point] | NDArray[np.floating], width: float, end_width: float | None = None
    ) -> None:
        """A tapered stroke through several points."""
        array = np.asarray(points, np.float64)
        last = width if end_width is None else end_width
        if len(array) < 2:
            return
        if max(width, last) < 3:
            self._grow(array)
            thick = max(1, round((width + last) / 2))
            cv2.polylines(
                self.mask,
                [np.round(np.clip(array, -30000, 30000) * 16).astype(np.int32)],
                False,
                255,
                thick,
                cv2.LINE_AA,
                _SHIFT,
            )
            return
        widths = np.linspace(width, last, len(array))
        for i in range(len(array) - 1):
            a, b = array[i], array[i + 1]
            self.limb((float(a[0]), float(a[1])), (float(b[0]), float(b[1])), float(widths[i]), float(widths[i + 1]))

    def stamp(
        self,
        color: Floats,
        *,
        depth: int | None = None,
        opacity: float = 1.0,
        rim: float = 0.0,
        rim_color: Floats | None = None,
    ) -> None:
        """Paint what was drawn in one color ((3,) or H x W x 3 of the box), with light along the edges that face the
        sun.
        """
        left, top, right, bottom = self.box
        if right <= left or bottom <= top:
            return
        canvas = self.canvas
        mask = self.mask[top:bottom, left:right]
        alpha = mask.astype(np.float32) * np.float32(opacity / 255)
        canvas.lay(color, alpha, top, left)
        if depth is not None:
            canvas.depth[top:bottom, left:right][mask > 127] = depth
        if rim > 0:
            self._rim(mask, rim, canvas.colors.glow if rim_color is None else rim_color)

    def _rim(self, mask: Bytes, strength: float, color: Floats) -> None:
        left, top, right, bottom = self.box
        canvas = self.canvas
        dx = canvas.light[0] - (left + right) / 2
        dy = min(canvas.light[1] - (top + bottom) / 2, -0.25 * canvas.unit)
        length = max(1.0, float(np.hypot(dx, dy)))
        reach = max(1.0, canvas.unit * 0.0022)
        shift = np.array([[1, 0, -dx / length * reach], [0, 1, -dy / length * reach]], np.float32)
        inner = cv2.warpAffine(mask, shift, (mask.shape[1], mask.shape[0]))
        edge = cv2.subtract(mask, inner).astype(np.float32) * np.float32(strength / 255)
        canvas.lay(color, edge, top, left)


def closed_curve(points: Sequence[Point], steps: int = 8) -> NDArray[np.float64]:
    """Points of a smooth closed outline through the given ones (uniform Catmull-Rom)."""
    at = np.asarray(points, np.float64)
    before, after, beyond = np.roll(at, 1, 0), np.roll(at, -1, 0), np.roll(at, -2, 0)
    share = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = before[:, None], at[:, None], after[:, None], beyond[:, None]
    curve = 0.5 * (
        2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share**2 + (3 * b - a - 3 * c + d) * share**3
    )
    return np.asarray(curve.reshape(-1, 2), np.float64)
