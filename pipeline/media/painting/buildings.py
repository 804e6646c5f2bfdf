"""Buildings: facades with rows of windows, and towers with two faces, setbacks, roofs and antennas."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb

Rng = np.random.Generator
_LAMPS = tuple(rgb(code) for code in ("#ffd38a", "#ffe6b8", "#ffb86b", "#dfeaff", "#ffcf9a"))


@dataclass(frozen=True)
class Facade:
    """A wall's look: `paint` h x w x 3 by daylight and `light` h x w x 3 of what glows."""

    paint: Floats
    light: Floats


def facade(
    canvas: Canvas, rng: Rng, width: int, height: int, wall: Floats, cell: float, *, lit: float, style: str = ""
) -> Facade:
    """A facade of width x height pixels with windows about `cell` pixels wide, of which the share `lit` glows.

    Styles: "grid" of single windows, "bands" of glass by floors, "ribs" upright, "glass" a mirror of the sky.
    """
    width, height = max(2, width), max(2, height)
    look = style or str(rng.choice(["grid", "grid", "bands", "ribs", "glass"]))
    colors = canvas.colors
    down = np.linspace(1.12, 0.80, height, dtype=np.float32)[:, None, None]
    paint = np.asarray(np.clip(wall * down, 0, 1) * np.ones((1, width, 1), np.float32), np.float32)
    light = np.zeros((height, width, 3), np.float32)
    across, floors = max(1, int(width / (cell * 1.7))), max(1, int(height / (cell * 2.1)))
    if cell < 1.3 or across < 1:
        return Facade(paint, light)
    glass = mix(mix(colors.sky[2], wall, 0.55), colors.near, 0.35 if colors.dark else 0.2)
    pattern = rng.random((floors, across)) < lit * float(rng.uniform(0.5, 1.4))
    if look == "bands":
        pattern = (rng.random((floors, 1)) < lit * 1.2) & (rng.random((floors, across)) < 0.85)
    tone = mix(
        _LAMPS[int(rng.integers(len(_LAMPS)))],
        colors.accents[int(rng.integers(4))],
        0.10 if rng.random() < 0.75 else 0.55,
    )
    power = (pattern * rng.uniform(0.45, 1.0, (floors, across))).astype(np.float32)
    fill_x, fill_y = {"grid": (0.56, 0.58), "bands": (0.96, 0.50), "ribs": (0.50, 0.90), "glass": (0.90, 0.90)}[look]
    x = (np.arange(width, dtype=np.float32) + 0.5) / width * across
    y = (np.arange(height, dtype=np.float32) + 0.5) / height * floors
    soft_x, soft_y = max(0.02, 0.6 * across / width), max(0.02, 0.6 * floors / height)
    in_x = np.clip((fill_x / 2 - np.abs(x % 1 - 0.5)) / soft_x + 0.5, 0, 1)
    in_y = np.clip((fill_y / 2 - np.abs(y % 1 - 0.5)) / soft_y + 0.5, 0, 1)
    window = in_y[:, None] * in_x[None]
    if cell > 9 and look in ("grid", "bands"):
        _trim(paint, x, y, fill_y, wall)
        # Glazing bars and a blind that hangs at its own height in every window.
        bars = 1 - 0.8 * (np.abs(x % 1 - 0.5) < 0.022)[None] * np.ones((height, 1), np.float32)
        blind = rng.uniform(0.30, 1.0, (floors, across))[np.minimum(y.astype(int), floors - 1)][
            :, np.minimum(x.astype(int), across - 1)
        ]
        bars = bars * (0.62 + 0.38 * ((y % 1)[:, None] > 0.9 - blind * 0.7))
        window = window * bars.astype(np.float32)
    per_pixel = power[np.minimum(y.astype(int), floors - 1)][:, np.minimum(x.astype(int), across - 1)]
    dim = 0.55 if look != "glass" else 0.9
    if look == "glass":
        shine = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None, None]
        glass_rows = mix(colors.sky[1], glass, 0.4) * (1 - shine) + mix(colors.sky[4], glass, 0.35) * shine
        paint += (glass_rows - paint) * (window * np.float32(dim))[..., None]
    else:
        paint += (glass - paint) * (window * np.float32(dim))[..., None]
    light += (window * per_pixel)[..., None] * tone
    return Facade(paint, light)


def _trim(paint: Floats, x: Floats, y: Floats, fill_y: float, wall: Floats) -> None:
    """Sills and cornices: a light line under each window and one between floors, dark below it."""
    sill = (np.abs(y % 1 - 0.5 - fill_y / 2 - 0.035) < 0.03)[:, None] & (np.abs(x % 1 - 0.5) < 0.36)[None]
    paint[sill] = np.minimum(wall * 1.35, 1)
    paint[np.abs(y % 1 - 0.985) < 0.018] *= np.float32(0.66)


def put(
    canvas: Canvas,
    glow: Floats,
    left: float,
    top: float,
    wall: Facade,
    *,
    fade: float = 0.0,
    strength: float = 1.0,
    depth: int = 90,
) -> None:
    """Set a facade upright with its corner at left, top; haze rises over its foot by `fade`."""
    height, width = wall.paint.shape[:2]
    x0, y0 = int(round(left)), int(round(top))
    xa, xb, ya, yb = max(0, x0), min(canvas.width, x0 + width), max(0, y0), min(canvas.height, y0 + height)
    if xb <= xa or yb <= ya:
        return
    paint, light = wall.paint[ya - y0 : yb - y0, xa - x0 : xb - x0], wall.light[ya - y0 : yb - y0, xa - x0 : xb - x0]
    rows = np.linspace(0.25, 1, height, dtype=np.float32)[ya - y0 : yb - y0, None, None] * np.float32(fade)
    canvas.image[ya:yb, xa:xb] = paint * (1 - rows) + canvas.colors.haze * rows
    glow[ya:yb, xa:xb] = light * np.float32(strength)
    canvas.depth[ya:yb, xa:xb] = depth


def tower(
    canvas: Canvas, glow: Floats, rng: Rng, x: float, foot: float, wide: float, tall: float, near: float, lit: float
) -> None:
    """A tower with a light and a dark face, setbacks and a roof, its middle at x, standing on row `foot`."""
    colors = canvas.colors
    body = mix(colors.land(0.16 + 0.72 * near), colors.accents[int(rng.integers(4))], float(rng.uniform(0.0, 0.14)))
    sunny = mix(body, colors.glow, (0.14 if colors.dark else 0.24) * (0.6 + 0.4 * canvas.far_light(x)))
    shaded = mix(body, colors.near, 0.42)
    split = float(rng.uniform(0.55, 0.75))
    light_left = canvas.light[0] < x
    cell = max(1.6, wide * float(rng.uniform(0.045, 0.075)))
    style = str(rng.choice(["grid", "grid", "bands", "ribs", "glass"]))
    fade, strength = 0.62 * (1 - near), 0.45 + 0.5 * near
    steps = int(rng.choice([1, 1, 2, 3]))
    row, size = foot, wide
    for step in range(steps):
        part = tall / steps * (1.35 if step == 0 and steps > 1 else (0.8 if steps > 1 else 1.0))
        front = int(size * (split if light_left else 1 - split))
        whole = int(size)
        for left, width, tone, dim in (
            (x - size / 2, front, sunny if light_left else shaded, 1.0),
            (x - size / 2 + front, whole - front, shaded if light_left else sunny, 0.7),
        ):
            wall = facade(
                canvas,
                rng,
                width,
                int(part),
                tone,
                cell * (1.0 if width == front else 0.72),
                lit=lit * dim,
                style=style,
            )
            put(
                canvas,
                glow,
                left,
                row - part,
                wall,
                fade=fade * (1 if step == 0 else 0.5),
                strength=strength,
                depth=int(45 + 75 * near),
            )
        row -= part
        size *= float(rng.uniform(0.62, 0.85))
    _roof(canvas, glow, rng, x, row, size / 0.75 if steps > 1 else size, tall, body, near)


def _roof(
    canvas: Canvas, glow: Floats, rng: Rng, x: float, row: float, wide: float, tall: float, body: Floats, near: float
) -> None:
    pen = Pen(canvas)
    style = str(rng.choice(["flat", "plant", "spire", "slope", "dome", "mast"], p=[0.2, 0.25, 0.14, 0.13, 0.08, 0.2]))
    half = wide * 0.36
    if style == "plant":
        for u, w, h in ((-0.12, 0.2, 0.06), (0.16, 0.12, 0.10)):
            pen.polygon(
                [
                    (x + (u - w / 2) * wide, row + 1),
                    (x + (u - w / 2) * wide, row - h * wide),
                    (x + (u + w / 2) * wide, row - h * wide),
                    (x + (u + w / 2) * wide, row + 1),
                ]
            )
    elif style == "spire":
        pen.polygon(
            [
                (x - half, row + 1),
                (x - half * 0.5, row - wide * 0.22),
                (x, row - wide * float(rng.uniform(0.6, 1.3))),
                (x + half * 0.5, row - wide * 0.22),
                (x + half, row + 1),
            ]
        )
    elif style == "slope":
        side = 1 if rng.random() < 0.5 else -1
        pen.polygon([(x - wide * 0.5, row + 1), (x + side * wide * 0.5, row - wide * 0.42), (x + wide * 0.5, row + 1)])
    elif style == "dome":
        pen.polygon([(x + half * np.cos(t), row + 1 - half * 0.8 * np.sin(t)) for t in np.linspace(0, np.pi, 16)])
        pen.limb((x, row - half * 0.7), (x, row - half * 1.4), max(1.0, wide * 0.02))
    if (style in ("mast", "flat", "plant") and rng.random() < 0.7) or style == "mast":
        top = row - tall * float(rng.uniform(0.08, 0.24))
        at = x + wide * float(rng.uniform(-0.25, 0.25))
        pen.limb((at, row + 1), (at, top), max(1.0, wide * 0.022), 1.0)
        if near > 0.2 and canvas.colors.dark and 0 < top < canvas.height - 2 and 0 < at < canvas.width - 2:
            spot = max(1, round(canvas.unit / 540))
            pen.stamp(mix(body, canvas.colors.near, 0.3), depth=int(45 + 75 * near))
            glow[int(top) : int(top) + spot, int(at) : int(at) + spot] = rgb("#ff4b3b")
            canvas.glow(at, top, canvas.unit * 0.006, rgb("#ff4b3b"), 0.8)
            return
    pen.stamp(mix(body, canvas.colors.near, 0.3), depth=int(45 + 75 * near), rim=0.25)


def add_glow(canvas: Canvas, glow: Floats, strength: float = 1.0) -> None:
    """Add what glows to the picture: itself, and a wide shine around it."""
    unit = canvas.unit
    np.add(canvas.image, glow * np.float32(0.9 * strength), out=canvas.image)
    np.minimum(canvas.image, 1, out=canvas.image)
    small = cv2.resize(glow, (max(2, canvas.width // 6), max(2, canvas.height // 6)), interpolation=cv2.INTER_AREA)
    shine = cv2.GaussianBlur(small, (0, 0), max(0.5, unit * 0.0009)) * 0.7
    shine += (
        cv2.GaussianBlur(small, (0, 0), max(0.6, unit * 0.004)) * 0.9
        + cv2.GaussianBlur(small, (0, 0), max(0.7, unit * 0.015)) * 1.1
    )
    canvas.shine_soft(np.asarray(np.minimum(shine * np.float32(strength), 1), np.float32))
