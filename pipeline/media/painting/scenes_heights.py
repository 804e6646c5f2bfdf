"""Scenes of high country: mountains, the mountain lake, the forest, the snow village."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.ground import crest, paint_hill, paint_mist, paint_ridge, peak_crest
from pipeline.media.painting.landmarks import paint_house
from pipeline.media.painting.plants import draw_pine, leaf_color, paint_pines
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.water import paint_water
from pipeline.media.painting.weather import paint_rays


def _snow(brief: Brief, rng: np.random.Generator) -> float:
    if brief.snowy or brief.has("alps", "summit", "glacier"):
        return float(rng.uniform(0.7, 1.0))
    return float(rng.choice([0.0, 0.0, 0.45])) if brief.season != "summer" else 0.0


def _range(
    canvas: Canvas, brief: Brief, base: float, rise: float, count: int, snow: float, *, lift: float, last: float = 1.0
) -> None:
    """Several ridges from far to near, `lift` pixels of height apart, with mist between."""
    rng = canvas.rng("range")
    lone = bool(rng.random() < 0.42) or brief.has("peak", "summit", "volcano", "mountain")
    for index in range(count):
        near = (index / max(1, count - 1)) ** 1.1 * last
        foot = base + lift * index / max(1, count - 1)
        tall = rise * (1 - 0.45 * index / max(1, count - 1)) * float(rng.uniform(0.75, 1.2))
        if lone and index == 0:
            x = canvas.width * float(np.clip(1 - canvas.light[0] / canvas.width + rng.normal(0, 0.1), 0.2, 0.8))
            top = peak_crest(
                canvas, "peak", foot, tall * 1.35, x, float(rng.uniform(0.28, 0.5)) * (1.5 if canvas.tall else 1.0)
            )
        else:
            top = crest(canvas, f"ridge-{index}", foot, tall, 1.6 + 1.5 * index, gain=0.48)
        below = None if index == count - 1 else foot + lift / max(1, count - 1) + canvas.unit * 0.08
        paint_ridge(
            canvas, top, near, name=f"ridge-{index}", snow=snow if index < 2 else snow * 0.5, bottom=below, rise=tall
        )
        if index < count - 1:
            paint_mist(canvas, foot, canvas.unit * 0.05, 0.55 * (1 - near), f"range-{index}")


def mountains(canvas: Canvas, brief: Brief) -> Place:
    """Ridges that fade into the distance; before them woods, meadows or bare rock."""
    rng = canvas.rng("mountains")
    height = canvas.height
    horizon = height * float(rng.uniform(0.50, 0.80))
    paint_sky(canvas, brief, horizon)
    if "rays" in brief.skies or (rng.random() < 0.12 and not brief.night):
        paint_rays(canvas)
    rise = min(height * 0.36, canvas.unit * 0.42) * float(rng.uniform(0.75, 1.15))
    count = int(rng.integers(3, 6))
    snow = _snow(brief, rng)
    _range(canvas, brief, horizon * 0.93, rise, count, snow, lift=height - horizon * 1.0, last=0.85)
    woods = str(rng.choice(["pines", "meadow", "pines", "none"]))
    if woods == "pines":
        count_pines = int(34 * canvas.width / canvas.unit) + 12
        paint_pines(
            canvas, "mid", height * 0.93, canvas.unit * 0.13, count_pines * 2, canvas.colors.land(0.82), 190, fog=0.3
        )
        paint_mist(canvas, height * 0.93, canvas.unit * 0.05, 0.35, "woods")
        paint_pines(
            canvas,
            "front",
            height * 1.01,
            canvas.unit * float(rng.uniform(0.16, 0.30)),
            count_pines,
            canvas.colors.near,
            215,
        )
    elif woods == "meadow":
        _slope(canvas, brief, height * 0.90)
    return Place(horizon, height * 0.9, height * 0.95, canvas.unit * 0.30, (canvas.width * 0.08, canvas.width * 0.92))


def _slope(canvas: Canvas, brief: Brief, row: float) -> None:
    top = crest(canvas, "slope", row, canvas.unit * 0.09, 1.2, ridged=False, gain=0.4)
    green = rgb("#dfe8f4") if brief.snowy else mix(rgb("#7fae4f"), canvas.colors.accents[0], 0.3)
    light = mix(green, canvas.colors.land(0.5), 0.65 if canvas.colors.dark else 0.25)
    paint_hill(
        canvas,
        top,
        0.8,
        name="slope",
        light=mix(light, canvas.colors.glow, 0.2),
        shadow=mix(light, canvas.colors.near, 0.7),
    )


def lake(canvas: Canvas, brief: Brief) -> Place:
    """Still water that mirrors sky, ridges and a wooded shore."""
    rng = canvas.rng("lake")
    height = canvas.height
    shore = height * float(rng.uniform(0.40, 0.74))
    paint_sky(canvas, brief, shore)
    rise = min(shore * 0.55, canvas.unit * 0.36) * float(rng.uniform(0.5, 1.1))
    _range(canvas, brief, shore * 0.97, rise, int(rng.integers(2, 4)), _snow(brief, rng), lift=shore * 0.05, last=0.72)
    if rng.random() < 0.8:
        paint_pines(
            canvas,
            "shore",
            shore + 2,
            canvas.unit * float(rng.uniform(0.05, 0.12)),
            int(90 * canvas.width / canvas.unit),
            canvas.colors.land(0.84),
            105,
        )
    paint_mist(canvas, shore, canvas.unit * 0.035, float(rng.uniform(0.2, 0.7)), "shore")
    paint_water(canvas, shore, calm=float(rng.uniform(0.62, 0.93)), path=0.5 if brief.night else 0.8)
    return Place(
        shore,
        shore,
        height * 0.95,
        canvas.unit * 0.28,
        (canvas.width * 0.08, canvas.width * 0.92),
        "land",
        (shore, float(height)),
    )


def forest(canvas: Canvas, brief: Brief) -> Place:
    """Woods: rows of conifers in mist, or tall trunks with the light behind them."""
    rng = canvas.rng("forest")
    if rng.random() < 0.5 or brief.has("path", "grove", "autumn", "birch"):
        return _trunks(canvas, brief, rng)
    height, unit = canvas.height, canvas.unit
    horizon = height * float(rng.uniform(0.30, 0.70))
    paint_sky(canvas, brief, min(height * 0.9, horizon * 1.2), clouds=0.6)
    canvas.light = (canvas.light[0], min(canvas.light[1], horizon * 0.8))
    if rng.random() < 0.5:
        top = crest(canvas, "behind", horizon * 1.02, unit * float(rng.uniform(0.08, 0.22)), 2.2)
        paint_ridge(canvas, top, 0.12, name="behind", snow=0.8 if brief.snowy else 0.0)
    layers = 5
    for index in range(layers):
        near = index / (layers - 1)
        row = horizon + (height * 1.05 - horizon) * near**1.15 * 0.98
        tall = unit * (0.10 + 0.34 * near**1.4) * float(rng.uniform(0.85, 1.2))
        count = int((150, 95, 60, 34, 17)[index] * canvas.width / canvas.height / 1.78) + 5
        color = mix(canvas.colors.land(0.08 + 0.9 * near), rgb("#20402c"), 0.22)
        if brief.snowy:
            color = mix(color, np.ones(3, np.float32), 0.22 * (1 - near * 0.6))
        paint_pines(
            canvas, f"row-{index}", row, tall, count, color, int(60 + 160 * near), fog=0.85 * (1 - near), rough=0.5
        )
        if index < layers - 1:
            paint_mist(canvas, row, unit * 0.07, 0.75 * (1 - near), f"row-{index}")
        if index == 1 and not brief.night:
            paint_rays(canvas, 0.7, float(rng.uniform(0.2, 0.5)))
    if rng.random() < 0.5:
        _framing_pines(canvas, rng)
    return Place(horizon, height * 0.85, height * 0.96, unit * 0.26, (canvas.width * 0.12, canvas.width * 0.88))


def _framing_pines(canvas: Canvas, rng: np.random.Generator) -> None:
    """Great firs at one or both sides, cut by the frame."""
    pen = Pen(canvas)
    for side in [0, 1] if rng.random() < 0.5 else [int(rng.integers(2))]:
        for _ in range(int(rng.integers(1, 4))):
            x = canvas.width * (side + (0.5 - side) * 2 * float(rng.uniform(-0.02, 0.16)))
            draw_pine(pen, rng, x, canvas.height * 1.03, canvas.unit * float(rng.uniform(0.6, 1.15)))
    pen.stamp(canvas.colors.near, depth=235, rim=0.2)


def _trunks(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> Place:
    height, width, unit = canvas.height, canvas.width, canvas.unit
    ground = height * float(rng.uniform(0.74, 0.84))
    paint_sky(canvas, brief, ground * 1.02, clouds=0.0)
    canvas.light = (canvas.light[0], ground * float(rng.uniform(0.3, 0.7)))
    canvas.glow(*canvas.light, unit * 0.45, canvas.colors.glow, 0.5 if not brief.night else 0.3)
    birch = brief.has("birch") or rng.random() < 0.3
    leaves = leaf_color(canvas, brief, rng)
    layers = 5
    for index in range(layers):
        near = index / (layers - 1)
        pen = Pen(canvas)
        count = int((30, 20, 13, 7, 3)[index] * max(0.55, width / height / 1.5))
        foot = ground + (height * 1.02 - ground) * near**1.6
        for place in np.linspace(-0.02, 1.02, count) + rng.normal(0, 0.5 / count, count):
            if index == layers - 1 and 0.28 < place < 0.72:
                continue
            x = float(place) * width
            wide = unit * (0.008 + 0.060 * near**1.5) * float(rng.uniform(0.7, 1.3))
            lean = float(rng.normal(0, 0.02)) * height
            pen.polygon(
                [
                    (x - wide * 0.75, foot),
                    (x - wide * 0.5, foot - wide * 2),
                    (x + lean - wide * 0.36, -5),
                    (x + lean + wide * 0.36, -5),
                    (x + wide * 0.5, foot - wide * 2),
                    (x + wide * 0.75, foot),
                ]
            )
            for _ in range(3 if index < 4 else 1):
                row = foot * float(rng.uniform(0.05, 0.6))
                out = float(rng.choice([-1, 1])) * unit * (0.05 + 0.12 * near)
                pen.path(
                    [(x, row), (x + out * 0.5, row - abs(out) * 0.35), (x + out, row - abs(out) * 0.9)],
                    wide * 0.35,
                    1.0,
                )
        color = mix(canvas.colors.haze, canvas.colors.near, near**0.8)
        pen.stamp(
            mix(color, np.ones(3, np.float32), 0.45 * (1 - 0.5 * near)) if birch and not canvas.colors.dark else color,
            depth=int(60 + 170 * near),
            rim=0.25 * near,
        )
        _canopy(canvas, brief, rng, leaves, near, index)
        if index < layers - 1:
            paint_mist(canvas, foot, unit * 0.10, 0.6 * (1 - near), f"trunks-{index}")
        if index == 2:
            paint_rays(canvas, 0.9, 0.42 if not brief.night else 0.2)
            _floor(canvas, brief, ground, leaves)
    return Place(ground, ground, height * 0.93, unit * 0.30, (width * 0.3, width * 0.7), ledge=False)


def _canopy(canvas: Canvas, brief: Brief, rng: np.random.Generator, leaves: Floats, near: float, index: int) -> None:
    if brief.season == "winter" or rng.random() < 0.15:
        return
    pen = Pen(canvas)
    for _ in range(130):
        x = canvas.width * float(rng.random())
        edge = canvas.height * (0.10 + 0.20 * abs(x / canvas.width - 0.5) * 2)
        y = edge * float(rng.uniform(-0.3, 1.0)) + float(rng.normal(0, canvas.unit * 0.02))
        size = canvas.unit * float(rng.uniform(0.006, 0.018)) * (0.6 + near)
        for _ in range(4):
            pen.oval(
                x + float(rng.normal(0, size * 2.2)),
                y + float(rng.normal(0, size * 1.4)),
                size,
                size * 0.6,
                float(rng.uniform(0, 3)),
            )
    tint = mix(mix(canvas.colors.haze, leaves, 0.35 + 0.4 * near), canvas.colors.near, 0.55 * near)
    pen.stamp(tint, depth=int(60 + 170 * near), opacity=0.9)


def _floor(canvas: Canvas, brief: Brief, ground: float, leaves: Floats) -> None:
    top = crest(canvas, "floor", ground + canvas.unit * 0.02, canvas.unit * 0.03, 1.5, ridged=False)
    base = (
        mix(np.ones(3, np.float32), canvas.colors.sky[2], 0.3)
        if brief.snowy
        else mix(leaves, canvas.colors.land(0.6), 0.4)
    )
    paint_hill(
        canvas,
        top,
        0.75,
        name="floor",
        light=mix(base, canvas.colors.glow, 0.25),
        shadow=mix(base, canvas.colors.near, 0.65),
        fog=0.4,
    )


def village(canvas: Canvas, brief: Brief) -> Place:
    """Cabins with warm windows among snow and firs."""
    rng = canvas.rng("village")
    height, unit, width = canvas.height, canvas.unit, canvas.width
    horizon = height * float(rng.uniform(0.48, 0.62))
    paint_sky(canvas, brief, horizon)
    rise = min(horizon * 0.5, unit * 0.30)
    snowy = brief.season == "winter"
    _range(canvas, brief, horizon * 0.98, rise, 2, 0.95 if snowy else 0.2, lift=horizon * 0.08, last=0.4)
    base = (
        mix(np.ones(3, np.float32), canvas.colors.sky[2], 0.28)
        if snowy
        else mix(rgb("#86a95a"), canvas.colors.land(0.5), 0.4)
    )
    if canvas.colors.dark:
        base = mix(base, canvas.colors.sky[1], 0.45)
    layers = 3
    for index in range(layers):
        row = horizon + (height - horizon) * (0.10 + 0.26 * index)
        top = crest(canvas, f"snowfield-{index}", row, unit * (0.04 + 0.04 * index), 1.3, ridged=False, gain=0.35)
        paint_pines(
            canvas,
            f"firs-{index}",
            row,
            unit * (0.07 + 0.075 * index),
            int((60, 30, 12)[index] * width / height / 1.78) + 4,
            mix(canvas.colors.land(0.35 + 0.25 * index), rgb("#1d3b33"), 0.3),
            int(80 + 40 * index),
            fog=0.25,
        )
        paint_hill(
            canvas,
            top,
            0.25 + 0.3 * index,
            name=f"snowfield-{index}",
            light=mix(base, canvas.colors.glow, 0.22),
            shadow=mix(base, canvas.colors.sky[1], 0.5),
            fog=0.35,
        )
        count = (4, 3, 1)[index] if width > height else (3, 2, 1)[index]
        for k in range(count):
            x = width * (float(rng.uniform(0.06, 0.94)) if count > 1 else float(rng.choice([0.24, 0.76])))
            wide = unit * (0.065 + 0.085 * index) * float(rng.uniform(0.85, 1.2))
            foot = float(top[int(np.clip(x, 0, width - 1))]) + wide * 0.12
            paint_house(
                canvas,
                x,
                foot,
                wide,
                name=f"{index}-{k}",
                snow=snowy,
                lit=brief.time != "day",
                depth=int(100 + 40 * index),
            )
    return Place(horizon, height * 0.86, height * 0.96, unit * 0.22, (width * 0.1, width * 0.9), ledge=False)
