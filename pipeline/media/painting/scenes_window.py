"""Looking out of a window: a scene behind glass, the frame, the sill and what stands on it, perhaps someone there."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.media.painting import people
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.noise import blurred, enlarged
from pipeline.media.painting.scenes_city import skyline
from pipeline.media.painting.scenes_fields import garden, meadow
from pipeline.media.painting.scenes_heights import lake, mountains, village
from pipeline.media.painting.scenes_street import street
from pipeline.media.painting.scenes_water import ocean
from pipeline.media.painting.things import WARM
from pipeline.media.painting.weather import paint_rain, paint_snow

_VIEWS: dict[str, Callable[[Canvas, Brief], Place]] = {
    "city": skyline,
    "street": street,
    "mountain": mountains,
    "lake": lake,
    "ocean": ocean,
    "snow": village,
    "garden": garden,
    "meadow": meadow,
}

_WOOD = 238
"""The depth of bars; walls and curtains are a little nearer."""
_THINGS: dict[str, tuple[str, ...]] = {
    "cup": ("cup", "coffee", "tea"),
    "plant": ("plant", "fern"),
    "candle": ("candle",),
    "books": ("book", "read", "reading"),
    "cat": ("cat", "kitten"),
}


def window(canvas: Canvas, brief: Brief) -> Place:
    """A dark room before a bright window."""
    rng = canvas.rng("window")
    asked = [name for name in _VIEWS if brief.has(name)]
    usual = (
        ["city", "city", "street", "mountain", "ocean", "garden"]
        if brief.season != "winter"
        else ["city", "snow", "mountain", "street"]
    )
    view = asked[0] if asked else str(rng.choice(usual))
    wet = brief.weather in ("rain", "storm")
    _view(canvas, brief, view, wet)
    if wet or rng.random() < 0.12:
        _drops(canvas, rng)
    sill = _frame(canvas, rng)
    _stiffen(canvas)
    _still_life(canvas, brief, rng, sill)
    _sitter(canvas, brief, rng, sill)
    # Who is in the room stands before the window, seen from behind, with the feet below the frame.
    width, height = canvas.width, canvas.height
    tall = min(canvas.unit * 0.86, height * 0.8)
    return Place(sill, sill, height + tall * 0.34, tall, (width * 0.2, width * 0.8), "room", ledge=False)


def _view(canvas: Canvas, brief: Brief, name: str, wet: bool) -> None:
    """Paint the view at half the size, for it lies out of focus behind the glass."""
    outside = Canvas(max(120, canvas.width // 2), max(120, canvas.height // 2), canvas.key, canvas.colors)
    _VIEWS[name](outside, brief)
    if wet:
        paint_rain(outside, 0.7)
    elif brief.weather == "snow":
        paint_snow(outside, 0.7)
    soft = blurred(outside.image, outside.unit * (0.0065 if wet else 0.0024))
    canvas.image[:] = enlarged(soft, canvas.width, canvas.height)
    far = cv2.resize(outside.depth, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    canvas.depth[:] = (far * 0.4).astype(np.uint8)
    across, down = canvas.width / outside.width, canvas.height / outside.height
    canvas.light = (outside.light[0] * across, outside.light[1] * down)


def _drops(canvas: Canvas, rng: np.random.Generator) -> None:
    """Drops on the glass, each a small lens that shows the view upside down, and a few runs."""
    turned = cv2.flip(
        cv2.resize(canvas.image, (max(2, canvas.width // 4), max(2, canvas.height // 4)), interpolation=cv2.INTER_AREA),
        0,
    )
    bright = np.minimum(turned * 1.35 + 0.10, 1)
    big = cv2.resize(bright, (canvas.width, canvas.height), interpolation=cv2.INTER_LINEAR)
    drops, shine, shade, trace = (Pen(canvas) for _ in range(4))
    for _ in range(int(240 * canvas.width * canvas.height / canvas.unit**2)):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        size = canvas.unit * 0.0025 * float(rng.lognormal(0.0, 0.6))
        shade.oval(x, y - size * 0.25, size * 1.05, size * 1.2)
        drops.oval(x, y, size, size * 1.15)
        if size * 0.22 > 0.5:  # a smaller one would shine like a flake of snow
            shine.dot(x - size * 0.3, y - size * 0.4, size * 0.22)
    for _ in range(int(7 * canvas.width / canvas.unit)):
        x, y, long = (
            canvas.width * float(rng.random()),
            canvas.height * float(rng.uniform(-0.1, 0.6)),
            canvas.unit * float(rng.uniform(0.08, 0.30)),
        )
        size = canvas.unit * float(rng.uniform(0.003, 0.0048))
        # A run wipes the mist off: a narrow trace that hardly bends, with a drop at its end.
        at = np.linspace(0, 1, 16)
        sway = size * 1.1 * np.sin(at * 5 + x) * at
        trace.path(np.stack([x + sway, y + at * long], 1), size * 0.35, size * 0.9)
        drops.oval(x + float(sway[-1]), y + long, size, size * 1.5)
    trace.stamp(canvas.colors.near, opacity=0.22)
    shade.stamp(canvas.colors.near, opacity=0.35)
    left, top, right, bottom = drops.box
    drops.stamp(np.asarray(big[top:bottom, left:right], np.float32), opacity=0.85)
    shine.stamp(np.ones(3, np.float32), opacity=0.8)


def _frame(canvas: Canvas, rng: np.random.Generator) -> float:
    """Wall, frame and curtains in the dark of the room; returns the row of the sill."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    dark = mix(canvas.colors.near, rgb("#1a1210"), 0.35)
    sill = height * float(rng.uniform(0.80, 0.88))
    style = str(rng.choice(["wide", "arch", "cross", "wide"]))
    left, right = width * float(rng.uniform(0.03, 0.12)), width * float(rng.uniform(0.88, 0.97))
    if style == "arch":
        middle = width * float(rng.uniform(0.42, 0.58))
        half = min(width * 0.40, unit * 0.55)
        left, right = middle - half, middle + half
    top = height * float(rng.uniform(0.02, 0.07))
    wall = Pen(canvas)
    wall.polygon([(-3, -3), (width + 3, -3), (width + 3, height + 3), (-3, height + 3)])
    if style == "arch":
        half = (right - left) / 2
        arc = [
            ((left + right) / 2 - half * np.cos(t), top + half - half * np.sin(t)) for t in np.linspace(0, np.pi, 40)
        ]
        wall.polygon([*arc, (right, sill), (left, sill)], 0)
    else:
        wall.polygon([(left, top), (right, top), (right, sill), (left, sill)], 0)
    rows = np.linspace(1.5, 0.75, height, dtype=np.float32)[:, None, None]
    wall.box = [0, 0, width, height]
    wall.stamp(np.asarray(np.clip(np.broadcast_to(dark * rows, (height, width, 3)), 0, 1), np.float32), depth=235)
    _bars(canvas, rng, (left, top, right, sill), style, dark)
    ledge = Pen(canvas)
    ledge.polygon(
        [
            (left - unit * 0.04, sill),
            (right + unit * 0.04, sill),
            (right + unit * 0.07, sill + unit * 0.035),
            (left - unit * 0.07, sill + unit * 0.035),
        ]
    )
    ledge.stamp(mix(dark, canvas.colors.haze, 0.30), depth=240)
    if rng.random() < 0.7:
        _curtains(canvas, rng, left, right, height)
    return sill


def _stiffen(canvas: Canvas) -> None:
    """Lay the wood's depth over the panes beside it, as wide as parallax blurs depth (`planes.smooth_depth`).

    All along a bar the depth is then the same, so that it stays straight while the view moves behind it.
    """
    width, height = canvas.width, canvas.height
    small = (max(2, width // 8), max(2, height // 8))
    wood = cv2.resize(np.where(canvas.depth >= _WOOD, np.uint8(255), np.uint8(0)), small, interpolation=cv2.INTER_AREA)
    reach = max(1, round(0.05 * max(small)))
    near = cv2.dilate(np.minimum(wood, 1) * np.uint8(_WOOD), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    np.maximum(canvas.depth, cv2.resize(near, (width, height), interpolation=cv2.INTER_LINEAR), out=canvas.depth)


def _bars(
    canvas: Canvas, rng: np.random.Generator, box: tuple[float, float, float, float], style: str, dark: Floats
) -> None:
    """The frame's wood around and across the panes."""
    left, top, right, sill = box
    width, height, unit = canvas.width, canvas.height, canvas.unit
    bars = Pen(canvas)
    thick = unit * 0.014
    columns = {"wide": [1 / 3, 2 / 3] if width > height else [0.5], "arch": [0.5], "cross": [0.5]}[style]
    for share in columns:
        x = left + (right - left) * share
        bars.limb((x, top), (x, sill), thick)
    cross = top + (sill - top) * (0.5 if style == "cross" else 0.30)
    if style == "arch":
        cross = top + (right - left) / 2
    if style != "wide" or rng.random() < 0.4:
        bars.limb((left, cross), (right, cross), thick * 0.8)
    high = top + (right - left) / 2 if style == "arch" else top
    if style == "arch":
        half = (right - left) / 2
        bars.path(
            [((left + right) / 2 - half * np.cos(t), high - half * np.sin(t)) for t in np.linspace(0, np.pi, 40)],
            thick * 1.5,
        )
    for a, b in (((left, high), (left, sill)), ((right, high), (right, sill)), ((left, sill), (right, sill))):
        bars.limb(a, b, thick * 1.5)
    bars.stamp(mix(dark, canvas.colors.far, 0.12), depth=_WOOD, rim=0.6)


def _curtains(canvas: Canvas, rng: np.random.Generator, left: float, right: float, bottom: float) -> None:
    tint = mix(
        mix(canvas.colors.accents[int(rng.integers(4))], canvas.colors.near, float(rng.uniform(0.35, 0.7))),
        rgb("#2a1d1a"),
        0.25,
    )
    for side, edge in ((1, left), (-1, right)):
        wide = (right - left) * float(rng.uniform(0.10, 0.2))
        folds = 7
        for k in range(folds):
            pen = Pen(canvas)
            a, b = (
                edge - side * wide * 0.35 + side * wide * 1.35 * k / folds,
                edge - side * wide * 0.35 + side * wide * 1.35 * (k + 1.06) / folds,
            )
            tie = bottom * 0.62
            pull = side * wide * 0.55
            at = np.linspace(0, 1, 22)
            squeeze = np.exp(-(((at * bottom - tie) / (bottom * 0.22)) ** 2))
            near_edge = [
                (float(a - pull * s * (k / folds)), float(t * bottom)) for t, s in zip(at, squeeze, strict=True)
            ]
            far_edge = [
                (float(b - pull * s * ((k + 1) / folds)), float(t * bottom)) for t, s in zip(at, squeeze, strict=True)
            ]
            pen.polygon([*near_edge, *far_edge[::-1]])
            pen.stamp(mix(tint, canvas.colors.haze, 0.05 + 0.16 * (k % 2) + 0.12 * k / folds), depth=244, opacity=0.96)


def _still_life(canvas: Canvas, brief: Brief, rng: np.random.Generator, sill: float) -> None:
    """A cup that steams, a plant, a candle, books, a cat: what the words name, and what the seed adds."""
    dark = mix(canvas.colors.near, canvas.colors.far, 0.08)
    picks = [name for name, words in _THINGS.items() if brief.has(*words)]
    picks += [str(name) for name in rng.choice(list(_THINGS), 3, replace=False)]
    places = rng.permutation([0.22, 0.40, 0.62, 0.78])
    for name, place in zip(dict.fromkeys(picks), places, strict=False):
        x = canvas.width * float(place)
        if name == "candle":
            _candle(canvas, x, sill, dark)
        elif name == "books":
            _books(canvas, rng, x, sill, dark)
        else:
            pen = Pen(canvas)
            if name == "cup":
                _cup(canvas, pen, x, sill)
            elif name == "plant":
                _plant(canvas, pen, rng, x, sill)
            else:
                _cat(pen, x, sill, canvas.unit * 0.15)
            pen.stamp(dark, depth=246, rim=0.6)


def _cup(canvas: Canvas, pen: Pen, x: float, sill: float) -> None:
    unit = canvas.unit
    outline = ((-0.030, -0.055), (0.0, -0.057), (0.030, -0.055), (0.026, -0.01), (0.0, 0.0), (-0.026, -0.01))
    pen.blob([(x + unit * px, sill + unit * py) for px, py in outline])
    handle = ((0.028, -0.045), (0.046, -0.038), (0.044, -0.020), (0.026, -0.018))
    pen.path([(x + unit * px, sill + unit * py) for px, py in handle], unit * 0.007)
    for k in range(9):
        sway, rise = unit * 0.010 * float(np.sin(k * 1.1)), unit * (0.065 + 0.016 * k)
        canvas.glow(x + sway, sill - rise, unit * (0.008 + 0.002 * k), canvas.colors.haze, 0.28 * (1 - k / 9))


def _plant(canvas: Canvas, pen: Pen, rng: np.random.Generator, x: float, sill: float) -> None:
    unit = canvas.unit
    pot = ((-0.04, -0.075), (0.04, -0.075), (0.03, 0.0), (-0.03, 0.0))
    pen.polygon([(x + unit * px, sill + unit * py) for px, py in pot])
    for turn in np.linspace(-1.25, 1.25, 9) + rng.normal(0, 0.1, 9):
        long = unit * float(rng.uniform(0.09, 0.17))
        end = (x + long * float(np.sin(turn)), sill - unit * 0.075 - long * float(np.cos(turn)))
        mx = (x + end[0]) / 2 + unit * 0.012 * float(np.cos(turn))
        my = (sill - unit * 0.075 + end[1]) / 2 - unit * 0.015
        pen.blob([(x, sill - unit * 0.07), (mx - unit * 0.014, my), end, (mx + unit * 0.014, my + unit * 0.006)])


def _candle(canvas: Canvas, x: float, sill: float, dark: Floats) -> None:
    unit, pen, flame = canvas.unit, Pen(canvas), Pen(canvas)
    body = ((-0.014, 0.0), (-0.014, -0.07), (0.014, -0.07), (0.014, 0.0))
    pen.polygon([(x + unit * px, sill + unit * py) for px, py in body])
    pen.stamp(mix(dark, WARM, 0.35), depth=246)
    flame.blob(
        [
            (x + unit * px, sill + unit * py)
            for px, py in ((0.0, -0.112), (0.009, -0.085), (0.0, -0.074), (-0.009, -0.085))
        ]
    )
    flame.stamp(rgb("#fff0b0"), depth=246)
    canvas.glow(x, sill - unit * 0.088, unit * 0.03, WARM, 0.9)
    canvas.glow(x, sill - unit * 0.088, unit * 0.16, WARM, 0.35)


def _books(canvas: Canvas, rng: np.random.Generator, x: float, sill: float, dark: Floats) -> None:
    unit, row = canvas.unit, sill
    for k in range(int(rng.integers(2, 5))):
        thick, half = unit * float(rng.uniform(0.014, 0.024)), unit * float(rng.uniform(0.05, 0.075))
        left = x - half + unit * float(rng.normal(0, 0.006))
        book = Pen(canvas)
        book.polygon([(left, row), (left, row - thick), (left + 2 * half, row - thick), (left + 2 * half, row)])
        book.stamp(mix(dark, canvas.colors.accents[k % 4], 0.32), depth=246, rim=0.4)
        row -= thick


def _cat(pen: Pen, x: float, foot: float, tall: float) -> None:
    """A cat that sits and looks out."""
    pen.blob(
        [
            (x - tall * 0.30, foot),
            (x - tall * 0.30, foot - tall * 0.30),
            (x - tall * 0.12, foot - tall * 0.66),
            (x + tall * 0.10, foot - tall * 0.66),
            (x + tall * 0.28, foot - tall * 0.30),
            (x + tall * 0.28, foot),
        ]
    )
    pen.oval(x, foot - tall * 0.78, tall * 0.17, tall * 0.15)
    for out in (-1, 1):
        pen.polygon(
            [
                (x + out * tall * 0.16, foot - tall * 0.80),
                (x + out * tall * 0.15, foot - tall * 1.02),
                (x + out * tall * 0.03, foot - tall * 0.90),
            ]
        )
    pen.soften(tall * 0.012)
    pen.path(
        [
            (x + tall * 0.25, foot - tall * 0.05),
            (x + tall * 0.5, foot - tall * 0.02),
            (x + tall * 0.55, foot + tall * 0.12),
            (x + tall * 0.46, foot + tall * 0.24),
        ],
        tall * 0.075,
        tall * 0.05,
    )


def _sitter(canvas: Canvas, brief: Brief, rng: np.random.Generator, sill: float) -> None:
    """Someone on the sill, unless the words put other people there."""
    if set(brief.foregrounds) & {"person", "couple", "dancer", "musician", "child", "umbrella"} or rng.random() < 0.55:
        return
    pen = Pen(canvas)
    tall = min(canvas.unit * float(rng.uniform(0.55, 0.75)), canvas.height * 0.6)
    people.draw_person(pen, rng, canvas.width * float(rng.choice([0.27, 0.73])), sill - tall * 0.02, tall, "sit")
    pen.stamp(mix(canvas.colors.near, rgb("#1a1210"), 0.3), depth=248, rim=0.7)
