"""Scenes that lead away: road and rails."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting import vehicles
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb
from pipeline.media.painting.ground import crest, paint_mist, paint_ridge
from pipeline.media.painting.noise import profile
from pipeline.media.painting.plants import draw_grass, draw_pine
from pipeline.media.painting.scenes_fields import rolling
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.things import WARM, draw_poles, paint_lamp
from pipeline.media.painting.vehicles import paint_car


class Way:
    """A strip on level ground: where its middle lies and how wide it is at each share of the way from foot (0) to
    horizon (1).
    """

    def __init__(self, canvas: Canvas, horizon: float, half: float, bend: float, start: float) -> None:
        self.canvas, self.horizon, self.half, self.bend = canvas, horizon, half, bend
        self.start = start
        self.goal = canvas.width * 0.5 + bend * canvas.width * 0.30
        self.wave = float(canvas.rng("way").uniform(0.0, 1.0))

    def at(self, row: float) -> tuple[float, float]:
        """The middle column and half width at a row below the horizon."""
        share = max(0.0, (row - self.horizon) / (self.canvas.height - self.horizon))
        curve = self.bend * self.canvas.width * 0.42 * share * (1 - share) * (1.4 - self.wave * 2.4 * share)
        middle = self.goal + (self.start - self.goal) * share**1.0 - curve
        return middle, self.half * share

    def strip(self, left: float, right: float, first: float, last: float, steps: int = 48) -> list[tuple[float, float]]:
        """The outline between two offsets (in half widths) and two shares of the way down (0 horizon, 1 foot)."""
        shares = np.linspace(first, last, steps)
        rows = self.horizon + (self.canvas.height - self.horizon) * shares
        middles = [self.at(float(row)) for row in rows]
        edge = [(m + half * left, float(row)) for (m, half), row in zip(middles, rows, strict=True)]
        return edge + [(m + half * right, float(row)) for (m, half), row in zip(middles[::-1], rows[::-1], strict=True)]


def _fade(canvas: Canvas, pen: Pen, color: Floats, horizon: float, haze: float = 0.75) -> Floats:
    """The color over the pen's box, lost in haze toward the horizon."""
    left, top, right, bottom = pen.box
    rows = np.arange(top, max(bottom, top), dtype=np.float32)
    share = np.clip(1 - (rows - horizon) / max(1.0, (canvas.height - horizon) * 0.5), 0, 1)[
        :, None, None
    ] ** 1.5 * np.float32(haze)
    return np.asarray(
        np.broadcast_to(color * (1 - share) + canvas.colors.haze * share, (len(rows), max(0, right - left), 3)),
        np.float32,
    )


def road(canvas: Canvas, brief: Brief) -> Place:
    """A road that runs or winds to the horizon through the country."""
    rng = canvas.rng("road")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.42, 0.62))
    paint_sky(canvas, brief, horizon)
    if rng.random() < 0.75:
        top = crest(
            canvas,
            "road-hills",
            horizon * 1.01,
            unit * float(rng.uniform(0.05, 0.24)),
            2.4,
            ridged=bool(rng.random() < 0.6),
        )
        paint_ridge(canvas, top, 0.15, name="road-hills", fog=0.55, snow=0.8 if brief.snowy else 0)
    rolling(canvas, brief, horizon, tall=0.05, name="verge")
    paint_mist(canvas, horizon, unit * 0.03, 0.5, "road")
    bend = float(rng.choice([0.0, rng.uniform(0.35, 1.0), -rng.uniform(0.35, 1.0)]))
    way = Way(canvas, horizon, unit * float(rng.uniform(0.55, 0.9)), bend, width * float(rng.uniform(0.36, 0.64)))
    asphalt = mix(mix(canvas.colors.near, canvas.colors.sky[2], 0.38), rgb("#55535c"), 0.3)
    pen = Pen(canvas)
    pen.polygon(way.strip(-1.12, 1.12, 0.0, 1.06))
    pen.stamp(_fade(canvas, pen, mix(asphalt, canvas.colors.land(0.6), 0.55), horizon))
    pen = Pen(canvas)
    pen.polygon(way.strip(-1, 1, 0.0, 1.06))
    pen.stamp(_fade(canvas, pen, asphalt, horizon))
    _sheen(canvas, way, horizon, brief)
    _markings(canvas, way, horizon, rng)
    _roadside(canvas, brief, way, horizon, rng)
    if "wires" in brief.foregrounds:
        pen = Pen(canvas)
        _wires_along(canvas, pen, way, rng)
        pen.stamp(canvas.colors.near, depth=200, rim=0.2)
    if "car" in brief.foregrounds:
        row = horizon + (height - horizon) * float(rng.uniform(0.18, 0.6))
        middle, half = way.at(row)
        paint_car(canvas, middle + half * 0.48, row, half * 0.78)
        canvas.focus = (middle + half * 0.48, row - half * 0.3)
    row = height * float(rng.uniform(0.78, 0.93))
    middle, half = way.at(row)
    return Place(
        horizon,
        horizon + (height - horizon) * 0.08,
        row,
        unit * 0.26,
        (max(0.0, middle - half), min(float(width), middle + half)),
        "road",
        ledge=False,
    )


def _sheen(canvas: Canvas, way: Way, horizon: float, brief: Brief) -> None:
    """The light's reflection on the surface, longer when it is wet."""
    wet = brief.weather in ("rain", "storm")
    rows = np.linspace(0, 1, 60, dtype=np.float32)[:, None]
    columns = np.linspace(0, canvas.width, 120, dtype=np.float32)[None]
    row = horizon + rows * (canvas.height - horizon)
    middle = np.array([way.at(float(r))[0] for r in row[:, 0]], np.float32)[:, None]
    half = np.array([way.at(float(r))[1] + 1 for r in row[:, 0]], np.float32)[:, None]
    on = np.clip(1.3 - np.abs(columns - middle) / half, 0, 1)
    light = (
        on
        * np.exp(-rows * (1.6 if wet else 3.5))
        * np.exp(-(((columns - canvas.light[0]) / (canvas.width * 0.3)) ** 2))
    )
    canvas.shine_soft(
        (light * (0.62 if wet else 0.34))[..., None].astype(np.float32) * canvas.colors.glow, int(horizon)
    )


def _markings(canvas: Canvas, way: Way, horizon: float, rng: np.random.Generator) -> None:
    yellow = bool(rng.random() < 0.5)
    paint = mix(
        rgb("#f6c945") if yellow else np.ones(3, np.float32), canvas.colors.near, 0.30 if canvas.colors.dark else 0.08
    )
    pen = Pen(canvas)
    if rng.random() < 0.35:
        for offset in (-0.035, 0.035):
            pen.polygon(way.strip(offset - 0.012, offset + 0.012, 0.01, 1.05))
    else:
        # Dashes of equal length on the ground: equal steps of 1 / share.
        for k in range(40):
            a, b = 1 / (1 + (k - 0.3) * 0.55), 1 / (1 + (k + 0.28) * 0.55)
            if a > 0.012:
                pen.polygon(way.strip(-0.02, 0.02, b, min(1.06, a), 6))
    for offset in (-0.92, 0.92):
        pen.polygon(way.strip(offset - 0.012, offset + 0.012, 0.01, 1.05))
    pen.stamp(_fade(canvas, pen, paint, horizon, 0.6), opacity=0.9)


def _roadside(canvas: Canvas, brief: Brief, way: Way, horizon: float, rng: np.random.Generator) -> None:
    """Posts, lamps, firs or nothing along the road, from far to near."""
    style = str(rng.choice(["posts", "lamps", "firs", "none"], p=[0.3, 0.2, 0.25, 0.25]))
    if style == "none" or (style != "posts" and "wires" in brief.foregrounds):
        return
    for k in range(16, -1, -1):
        share = 1 / (1 + (k + float(rng.uniform(0, 0.3))) * 0.6)
        row = horizon + (canvas.height - horizon) * share * 0.98
        middle, half = way.at(row)
        far = 1 - share
        for out in (-1, 1):
            if style == "firs":
                pen = Pen(canvas)
                for _ in range(2):
                    x = middle + out * half * float(rng.uniform(1.35, 3.2))
                    draw_pine(pen, rng, x, row, half * float(rng.uniform(0.7, 1.5)))
                pen.stamp(
                    mix(canvas.colors.near, canvas.colors.haze, 0.75 * far**2), depth=int(70 + 150 * share), rim=0.2
                )
            elif style == "lamps" and (out < 0 or canvas.colors.dark):
                if half > 6:
                    paint_lamp(canvas, middle + out * half * 1.2, row, half * 1.5, depth=int(70 + 150 * share))
            elif style == "posts" and half > 3:
                pen = Pen(canvas)
                x = middle + out * half * 1.16
                pen.limb((x, row), (x, row - half * 0.16), max(1.0, half * 0.035))
                pen.stamp(
                    mix(mix(np.ones(3, np.float32), canvas.colors.near, 0.25), canvas.colors.haze, 0.6 * far),
                    depth=int(70 + 150 * share),
                )
                canvas.glow(x, row - half * 0.13, max(1.0, half * 0.02), rgb("#ff8a4a"), 0.8)


def rails(canvas: Canvas, brief: Brief) -> Place:
    """Railway tracks to the horizon, or a train that crosses the land."""
    rng = canvas.rng("rails")
    if brief.has("viaduct", "bridge") or ("train" in brief.foregrounds and rng.random() < 0.6):
        return _crossing_train(canvas, brief, rng)
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.38, 0.58))
    paint_sky(canvas, brief, horizon)
    top = crest(canvas, "rail-hills", horizon * 1.01, unit * float(rng.uniform(0.03, 0.16)), 2.4, ridged=False)
    paint_ridge(canvas, top, 0.15, name="rail-hills", fog=0.55, snow=0.7 if brief.snowy else 0)
    rolling(canvas, brief, horizon, tall=0.04, name="verge")
    way = Way(
        canvas,
        horizon,
        unit * float(rng.uniform(0.5, 0.72)),
        float(rng.choice([0.0, 0.0, rng.uniform(0.2, 0.6), -rng.uniform(0.2, 0.6)])),
        width * float(rng.uniform(0.38, 0.62)),
    )
    gravel = Pen(canvas)
    gravel.polygon(way.strip(-1.25, 1.25, 0, 1.06))
    gravel.stamp(_fade(canvas, gravel, mix(canvas.colors.land(0.7), rgb("#8d8178"), 0.35), horizon))
    ties = Pen(canvas)
    for k in range(70):
        a, b = 1 / (1 + k * 0.105), 1 / (1 + (k + 0.45) * 0.105)
        ties.polygon(way.strip(-0.86, 0.86, b * 1.02, a * 1.02, 3))
    ties.stamp(_fade(canvas, ties, mix(canvas.colors.near, rgb("#4a3226"), 0.35), horizon))
    for offset in (-0.55, 0.55):
        side = Pen(canvas)
        side.polygon(way.strip(offset - 0.045, offset + 0.045, 0.004, 1.06))
        side.stamp(_fade(canvas, side, canvas.colors.near, horizon, 0.5))
        shine = Pen(canvas)
        shine.polygon(way.strip(offset - 0.022, offset + 0.020, 0.004, 1.06))
        shine.stamp(
            _fade(canvas, shine, mix(canvas.colors.sky[4], canvas.colors.glow, 0.5), horizon, 0.2), opacity=0.85
        )
    paint_mist(canvas, horizon, unit * 0.03, 0.5, "rails")
    _rail_side(canvas, brief, rng, way)
    if "train" in brief.foregrounds:
        _coming_train(canvas, way, horizon + (height - horizon) * float(rng.uniform(0.08, 0.3)))
    row = height * float(rng.uniform(0.74, 0.9))
    middle, half = way.at(row)
    return Place(
        horizon,
        horizon + (height - horizon) * 0.1,
        row,
        unit * 0.25,
        (middle - half * 0.6, middle + half * 0.6),
        "rails",
        ledge=False,
    )


def _wires_along(canvas: Canvas, pen: Pen, way: Way, rng: np.random.Generator) -> None:
    """Poles beside the way at equal distances on the ground, that follow its bends and grow smaller toward the
    horizon; one stands behind the viewer, so that the wires come from there.
    """
    side = 1 if way.at(canvas.height)[0] < canvas.width / 2 else -1
    poles = []
    for k in range(17):
        row = way.horizon + (canvas.height - way.horizon) * 0.78 / (1 + 0.62 * k)
        middle, half = way.at(row)
        if half * 1.75 < canvas.unit * 0.11:  # farther off they would melt into a wall
            break
        poles.append((middle + side * half * 1.45, row, half * 1.75))
    first, second = poles[0], poles[1]
    beyond = canvas.width * (1.12 if side > 0 else -0.12)
    poles.insert(0, (beyond, 2 * first[1] - second[1], 2.2 * first[2]))
    draw_poles(pen, rng, poles)


def _rail_side(canvas: Canvas, brief: Brief, rng: np.random.Generator, way: Way) -> None:
    pen = Pen(canvas)
    if rng.random() < 0.7 or "wires" in brief.foregrounds:
        _wires_along(canvas, pen, way, rng)
    for out in (0, 1):
        line = np.full(canvas.width, canvas.height * 1.01, np.float32)
        at = np.abs(np.arange(canvas.width) / canvas.width - out)
        line += (np.clip(at - 0.2, 0, 1) * canvas.unit).astype(np.float32)
        draw_grass(pen, rng, line, canvas.unit * 0.12, int(70 * canvas.width / canvas.unit), ears=0.2)
    pen.stamp(canvas.colors.near, depth=225, rim=0.2)


def _coming_train(canvas: Canvas, way: Way, row: float) -> None:
    middle, half = way.at(row)
    tall = half * 2.3
    canvas.glow(middle, row - tall * 0.35, tall * 1.5, WARM, 0.4)
    pen = Pen(canvas)
    pen.blob(
        [
            (middle - half * 0.85, row),
            (middle - half * 0.92, row - tall * 0.5),
            (middle - half * 0.7, row - tall * 0.92),
            (middle, row - tall),
            (middle + half * 0.7, row - tall * 0.92),
            (middle + half * 0.92, row - tall * 0.5),
            (middle + half * 0.85, row),
        ]
    )
    pen.stamp(mix(canvas.colors.near, canvas.colors.accents[1], 0.15), depth=130, rim=0.3)
    glass = Pen(canvas)
    glass.polygon(
        [
            (middle - half * 0.55, row - tall * 0.55),
            (middle - half * 0.5, row - tall * 0.82),
            (middle + half * 0.5, row - tall * 0.82),
            (middle + half * 0.55, row - tall * 0.55),
        ]
    )
    glass.stamp(mix(canvas.colors.sky[3], WARM, 0.3), depth=130)
    for out in (-0.5, 0.5, 0.0):
        y = row - tall * (0.28 if out else 0.92)
        canvas.glow(middle + half * out, y, half * 0.14, np.ones(3, np.float32), 1.0)
        canvas.glow(middle + half * out, y, half * 0.6, WARM, 0.6)
    canvas.focus = (middle, row - tall * 0.5)


def _crossing_train(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> Place:
    """A train on a viaduct or an embankment, seen from the side."""
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.56, 0.72))
    paint_sky(canvas, brief, horizon)
    for index in range(3):
        top = crest(
            canvas,
            f"cross-{index}",
            horizon * (0.96 + 0.06 * index),
            unit * float(rng.uniform(0.08, 0.28)) * (1 - 0.2 * index),
            1.8 + index,
        )
        paint_ridge(canvas, top, 0.1 + 0.22 * index, name=f"cross-{index}", fog=0.7, snow=0.8 if brief.snowy else 0)
        paint_mist(canvas, horizon * (0.98 + 0.06 * index), unit * 0.06, 0.5, f"cross-{index}")
    deck = height * float(rng.uniform(0.60, 0.74))
    stone = canvas.colors.land(0.72)
    pen = Pen(canvas)
    pen.polygon([(-5, deck), (width + 5, deck), (width + 5, height + 5), (-5, height + 5)])
    span = unit * float(rng.uniform(0.17, 0.25))
    x = -span * float(rng.random())
    while x < width + span:
        arch = [
            (x + span * 0.44 * np.cos(t) + span / 2, deck + span * 0.52 - span * 0.40 * np.sin(t))
            for t in np.linspace(0, np.pi, 18)
        ]
        pen.polygon([*arch, (x + span * 0.06, height + 6), (x + span * 0.94, height + 6)], 0)
        x += span
    pen.stamp(stone, depth=150, rim=0.35)
    vehicles.paint_train(canvas, deck, unit * 0.052, rng, embankment=False)
    base = height * 0.97 - unit * 0.04 * profile(rng, width, 3, 4)
    wood = Pen(canvas)
    for place in rng.uniform(0, 1, int(34 * width / unit)):
        draw_pine(
            wood,
            rng,
            float(place) * width,
            float(base[int(place * (width - 1))]) + unit * 0.03,
            unit * float(rng.uniform(0.05, 0.13)),
        )
    wood.polygon([(0, height + 4), *[(float(k), float(base[k])) for k in range(0, width, 8)], (width, height + 4)])
    wood.stamp(canvas.colors.near, depth=215, rim=0.2)
    return Place(horizon * 0.9, deck, height * 0.96, unit * 0.24, (width * 0.1, width * 0.9), ledge=True)
