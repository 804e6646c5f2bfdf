"""A street in one-point perspective: facades, shops, signs, lamps, a wet road that mirrors them."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.buildings import Facade, add_glow, facade
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, ramp, rgb
from pipeline.media.painting.scenes_city import paint_city
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.things import WARM, paint_lamp

_EYE = 1.0  # the camera's height: a street's width is a few of these


class Street:
    """The perspective of a street: `point` gives the pixel of (across, up, along) in eye heights."""

    def __init__(self, canvas: Canvas, vanish: tuple[float, float], lens: float, half: float) -> None:
        self.canvas, self.vanish, self.focal, self.half = canvas, vanish, canvas.unit * lens, half

    def point(self, across: float, up: float, along: float) -> tuple[float, float]:
        return self.vanish[0] + self.focal * across / along, self.vanish[1] - self.focal * (up - _EYE) / along

    def quad(self, across: float, up: float, near: float, far: float) -> Floats:
        """A wall's corners: top near, top far, foot far, foot near."""
        places = ((up, near), (up, far), (0.0, far), (0.0, near))
        return np.array([self.point(across, height, along) for height, along in places], np.float32)


def street(canvas: Canvas, brief: Brief) -> Place:
    """Down a street between tall facades toward the light."""
    rng = canvas.rng("street")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    vanish = (width * float(rng.uniform(0.24, 0.76)), height * float(rng.uniform(0.46, 0.68)))
    paint_sky(canvas, brief, vanish[1] * 1.05, clouds=0.8)
    canvas.light = (vanish[0] + unit * float(rng.normal(0, 0.06)), canvas.light[1])
    if brief.time in ("sunset", "dawn", "dusk"):
        canvas.glow(vanish[0], vanish[1] - unit * 0.08, unit * 0.4, canvas.colors.glow, 0.55)
    paint_city(canvas, brief, vanish[1] + 4, unit * float(rng.uniform(0.2, 0.36)), layers=2, name="street-end")
    half = float(rng.uniform(1.5, 4.2)) * (0.75 if canvas.tall else 1.0)
    way = Street(canvas, vanish, float(rng.uniform(0.40, 0.72)), half)
    glow = np.zeros_like(canvas.image)
    # What the road mirrors is smeared anyway: a third of the size is enough.
    mirror = np.zeros((max(8, canvas.height // 3), max(8, canvas.width // 3), 3), np.float32)
    _ground(canvas, way)
    _walls(canvas, brief, way, glow, mirror, rng)
    wet = 0.85 if brief.weather in ("rain", "storm") else float(rng.uniform(0.45, 0.8))
    _mirror(canvas, way, mirror, wet)
    _marks(canvas, way, rng)
    add_glow(canvas, glow, 0.9)
    if canvas.colors.dark or brief.time == "dusk":
        for along in (14.0, 9.0, 6.0, 4.0):
            for side in (-1, 1):
                x, foot = way.point(side * half * 0.80, 0.0, along)
                if 0.02 * width < x < 0.98 * width:
                    paint_lamp(canvas, x, foot, way.focal * 3.4 / along, depth=int(90 + 260 / along))
    if rng.random() < 0.5:
        _garlands(canvas, way, rng)
    # Feet at a row: the eye looks from a little over head height.
    row = height * float(rng.uniform(0.82, 0.93))
    tall = min((row - vanish[1]) * 1.06, height * 0.42)
    # Between the curbs at that row; the eye is one unit over the road.
    reach = half * 0.55 * (row - vanish[1])
    span = (max(width * 0.14, vanish[0] - reach), min(width * 0.86, vanish[0] + reach))
    return Place(vanish[1], vanish[1] + 8, row, tall, span, "street", ledge=False)


def _ground(canvas: Canvas, way: Street) -> None:
    top = int(way.vanish[1])
    rows = np.linspace(0, 1, canvas.height - top, dtype=np.float32)
    table = ramp(
        [
            mix(canvas.colors.haze, canvas.colors.near, 0.35),
            mix(canvas.colors.near, canvas.colors.sky[1], 0.40),
            canvas.colors.near,
        ],
        256,
    )
    canvas.image[top:] = table[(rows * 255).astype(int)][:, None]
    canvas.depth[top:] = (60 + 185 * rows).astype(np.uint8)[:, None]
    for side in (-1, 1):
        walk = Pen(canvas)
        walk.polygon(
            [
                way.point(side * way.half * 0.72, 0, 60),
                way.point(side * way.half * 0.72, 0, 0.3),
                way.point(side * way.half * 4, 0, 0.3),
                way.point(side * way.half, 0, 60),
            ]
        )
        walk.stamp(mix(canvas.colors.near, canvas.colors.far, 0.32), opacity=0.8)


def _walls(canvas: Canvas, brief: Brief, way: Street, glow: Floats, mirror: Floats, rng: np.random.Generator) -> None:
    lit = {"night": 0.42, "dusk": 0.36, "sunset": 0.18, "dawn": 0.12, "day": 0.0}[brief.time]
    if canvas.colors.dark:
        lit = max(lit, 0.32)
    jobs = []
    heights = float(rng.uniform(3.6, 8.5))
    for side in (-1, 1):
        # The first house begins just outside the frame.
        edge = way.vanish[0] if side < 0 else canvas.width - way.vanish[0]
        along = max(0.3, 0.85 * way.focal * way.half / max(edge, 1.0))
        while along < 26:
            length = float(rng.uniform(1.2, 2.6)) * (1 + along * 0.10)
            jobs.append((along, side, length, heights * float(rng.uniform(0.7, 1.5))))
            along += length
    for lot in sorted(jobs, reverse=True):
        _wall(canvas, way, (glow, mirror), rng, lot, lit)


def _wall(
    canvas: Canvas,
    way: Street,
    layers: tuple[Floats, Floats],
    rng: np.random.Generator,
    lot: tuple[float, int, float, float],
    lit: float,
) -> None:
    """One house: its wall into the picture, its lamps into the glow, both again upside down for the wet road.

    `layers` are the pictures of what glows and of what the road mirrors; `lot` is where the house starts, its side,
    length and height.
    """
    glow, mirror = layers
    along, side, length, tall = lot
    colors, across = canvas.colors, side * way.half
    near = float(np.clip(1 - along / 16, 0.05, 1.0))
    sunny = 0.20 if (side > 0) == (canvas.light[0] < way.vanish[0]) else 0.05
    wall = mix(mix(colors.land(0.35 + 0.5 * near), colors.accents[int(rng.integers(4))], 0.10), rgb("#7a5a4a"), 0.18)
    wall = mix(wall, colors.glow, sunny * (0.5 if colors.dark else 1.0))
    scale = float(np.clip(way.focal / along * 0.9, 14, 300 * canvas.unit / 1080))
    scale = min(scale, float(np.sqrt(420_000 * (canvas.unit / 1080) ** 2 / (length * tall))))
    wide, high = max(8, int(length * scale)), max(8, int(tall * scale))
    style = str(rng.choice(["grid", "grid", "bands", "ribs"]))
    look = facade(canvas, rng, wide, high, wall, scale * float(rng.uniform(0.24, 0.36)), lit=lit, style=style)
    _shop(canvas, rng, look, scale, lit)
    haze = float(0.70 * (1 - near) ** 1.2)
    paint = np.asarray(look.paint * (1 - haze) + colors.haze * haze, np.float32)
    upright = way.quad(across, tall, along, along + length)
    _warped(canvas, canvas.image, paint, upright, int(70 + 160 * near))
    _warped(canvas, glow, look.light * np.float32(0.85 - 0.22 * near), upright, None)
    below = way.quad(across, -tall, along, along + length)
    _warped(canvas, mirror, np.asarray(paint * 0.55 + look.light, np.float32), below, None)
    if rng.random() < 0.7 and lit > 0:
        _sign(canvas, way, glow, mirror, rng, across, along + length * 0.3, side, near)


def _shop(canvas: Canvas, rng: np.random.Generator, look: Facade, scale: float, lit: float) -> None:
    """A lit shop front on the ground floor, with an awning."""
    height, width = look.paint.shape[:2]
    top = int(height - 1.75 * scale)
    if top < 2 or width < 10:
        return
    base = mix(canvas.colors.near, canvas.colors.land(0.7), 0.4)
    look.paint[top:] = base
    look.light[top:] = 0
    low = int(height - 0.06 * scale)
    fronts = max(1, round(width / (scale * 1.25)))
    for k in range(fronts):
        a, b = int(width * (k + 0.07) / fronts), int(width * (k + 0.93) / fronts)
        if rng.random() < 0.05 or b - a < 4:
            continue
        rows, columns = max(1, low - top - int(scale * 0.30)), b - a
        fall = np.linspace(1.0, 0.45, rows, dtype=np.float32)[:, None]
        pane = np.repeat(fall, columns, 1)
        for shelf in (0.34, 0.58, 0.80):
            line = int(rows * shelf)
            pane[line : line + max(1, rows // 50)] *= 0.45
            at = int(columns * 0.04)
            while at < columns * 0.94:
                wide, tall = (
                    max(1, int(columns * float(rng.uniform(0.015, 0.05)))),
                    int(rows * float(rng.uniform(0.04, 0.18))),
                )
                if rng.random() < 0.7:
                    pane[max(0, line - tall) : line, at : at + wide] *= np.float32(rng.uniform(0.25, 0.8))
                at += int(wide * float(rng.uniform(1.1, 2.2))) + 1
        for _ in range(int(rng.integers(0, 3))):
            # Someone in the shop, dark against its light.
            at, size = int(rng.integers(0, columns)), rows * float(rng.uniform(0.55, 0.72))
            half = max(1, int(size * 0.12))
            pane[int(rows - size) :, max(0, at - half) : at + half] *= 0.30
            pane[
                max(0, int(rows - size * 1.22)) : int(rows - size * 1.02), max(0, at - half // 2) : at + half // 2 + 1
            ] *= 0.30
        door = int(columns * float(rng.uniform(0.1, 0.8)))
        pane[:, door : door + max(1, columns // 60 + 1)] *= 0.3
        warm = mix(WARM, canvas.colors.accents[int(rng.integers(4))], float(rng.choice([0.08, 0.2, 0.55])))
        if lit > 0:
            look.light[low - rows : low, a:b] = pane[..., None] * warm * np.float32(0.72)
        else:
            look.paint[low - rows : low, a:b] = mix(canvas.colors.sky[2], canvas.colors.near, 0.35) * pane[..., None]
    stripe = canvas.colors.accents[int(rng.integers(4))]
    awning = slice(max(0, top), top + max(2, int(0.22 * scale)))
    look.paint[awning] = mix(stripe, canvas.colors.near, 0.45 if canvas.colors.dark else 0.15)


def _warped(canvas: Canvas, target: Floats, texture: Floats, corners: Floats, depth: int | None) -> None:
    """Lay a texture over a quadrilateral (top near, top far, foot far, foot near) of the target.

    Corners are in pixels of the canvas; the target may be a smaller picture of the same view.
    """
    height, width = texture.shape[:2]
    corners = corners * np.array([target.shape[1] / canvas.width, target.shape[0] / canvas.height], np.float32)
    low, high = corners.min(0), corners.max(0)
    left, top = int(max(0, low[0] - 1)), int(max(0, low[1] - 1))
    right, bottom = int(min(target.shape[1], high[0] + 2)), int(min(target.shape[0], high[1] + 2))
    if right - left < 1 or bottom - top < 1:
        return
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners - np.array([left, top], np.float32))
    size = (right - left, bottom - top)
    picture = cv2.warpPerspective(texture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(
        mask,
        [np.round((corners - np.array([left, top])) * 16).clip(-400000, 400000).astype(np.int32)],
        255,
        cv2.LINE_AA,
        4,
    )
    alpha = mask.astype(np.float32)[..., None] / np.float32(255)
    part = target[top:bottom, left:right]
    part += (picture - part) * alpha
    if depth is not None:
        canvas.depth[top:bottom, left:right][mask > 127] = depth


def _sign(
    canvas: Canvas,
    way: Street,
    glow: Floats,
    mirror: Floats,
    rng: np.random.Generator,
    across: float,
    along: float,
    side: int,
    near: float,
) -> None:
    """A neon sign that hangs into the street, without letters: bars, a ring, an arrow."""
    color = canvas.colors.accents[int(rng.integers(4))]
    low, high = float(rng.uniform(1.7, 2.4)), float(rng.uniform(2.9, 4.6))
    inner = across - side * float(rng.uniform(0.34, 0.6))
    for flip, target in ((1, glow), (-1, mirror)):
        box = np.array(
            [
                way.point(inner, high * flip, along),
                way.point(across, high * flip, along),
                way.point(across, low * flip, along),
                way.point(inner, low * flip, along),
            ],
            np.float32,
        )
        wide, tall = 60, max(40, int(60 * (high - low) / 0.5))
        plate = np.zeros((min(tall, 300), wide, 3), np.float32)
        rows = plate.shape[0]
        cv2.rectangle(plate, (3, 3), (wide - 4, rows - 4), tuple(float(v) for v in color * 0.9), 4)
        for y in range(26, rows - 20, 34):
            kind = int(rng.integers(3)) if flip == 1 else 0
            tone = tuple(float(v) for v in mix(color, np.ones(3, np.float32), 0.4))
            if kind == 0:
                cv2.line(plate, (16, y), (wide - 16, y), tone, 6)
            elif kind == 1:
                cv2.circle(plate, (wide // 2, y), 10, tone, 5)
            else:
                cv2.polylines(
                    plate, [np.array([[16, y - 8], [wide // 2, y + 8], [wide - 16, y - 8]], np.int32)], False, tone, 5
                )
        _warped(canvas, target, plate * np.float32(0.5 + 0.5 * near), box, None)


def _mirror(canvas: Canvas, way: Street, mirror: Floats, wet: float) -> None:
    """The wet road's reflection: smeared downward, strongest far away."""
    top = int(way.vanish[1])
    small = mirror[round(top * mirror.shape[0] / canvas.height) :]
    if small.shape[0] < 4:
        return
    smear = max(3, int(small.shape[0] * 0.09)) | 1
    soft = cv2.GaussianBlur(cv2.blur(small, (3, smear)), (0, 0), 1.0)
    wave = canvas.rng("puddles").random((max(4, small.shape[0] // 3), 24), dtype=np.float32)
    puddle = cv2.resize(wave, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_CUBIC)
    share = (0.45 + 0.55 * np.clip(puddle, 0, 1)) * np.float32(wet)
    canvas.shine_soft(np.asarray(np.clip(soft * share[..., None], 0, 1), np.float32), top)


def _marks(canvas: Canvas, way: Street, rng: np.random.Generator) -> None:
    pen = Pen(canvas)
    for k in range(14):
        a, b = 0.75 * 1.32**k, 0.75 * 1.32**k * 1.14
        pen.polygon([way.point(-0.03, 0, a), way.point(0.03, 0, a), way.point(0.03, 0, b), way.point(-0.03, 0, b)])
    if rng.random() < 0.5:
        for k in range(-5, 6):
            u = k * way.half * 0.125
            pen.polygon(
                [
                    way.point(u - 0.05, 0, 1.55),
                    way.point(u + 0.05, 0, 1.55),
                    way.point(u + 0.05, 0, 2.0),
                    way.point(u - 0.05, 0, 2.0),
                ]
            )
    pen.stamp(np.ones(3, np.float32), opacity=0.22)


def _garlands(canvas: Canvas, way: Street, rng: np.random.Generator) -> None:
    """Strings of lamps across the street."""
    for along in (11.0, 7.0, 4.6, 3.1):
        a, b = way.point(-way.half, 3.7, along), way.point(way.half, 3.7, along)
        at = np.linspace(0, 1, 19)
        sag = way.focal * 0.35 / along
        line = np.stack([a[0] + (b[0] - a[0]) * at, a[1] + 4 * sag * at * (1 - at)], 1)
        pen = Pen(canvas)
        pen.path(line, 1.1)
        pen.stamp(canvas.colors.near)
        for x, y in line[1:-1]:
            size = way.focal * 0.022 / along
            canvas.glow(float(x), float(y) + size, max(1.0, size), np.ones(3, np.float32), 0.95)
            canvas.glow(float(x), float(y) + size, size * 3.5, WARM, 0.5)
