"""Posters of plain shapes."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, ramp
from pipeline.media.painting.noise import enlarged, fbm, profile
from pipeline.media.painting.scenes_abstract import nowhere


def geometric(canvas: Canvas, brief: Brief) -> Place:
    """A poster of plain shapes: quarter-circle tiles, rainbow arcs, a sun over striped hills, or facets."""
    rng = canvas.rng("geometric")
    style = str(rng.choice(["tiles", "arcs", "hills", "facets"]))
    if brief.has("mosaic", "tile", "pattern", "block"):
        style = "tiles"
    canvas.light = (canvas.width * 0.4, canvas.height * 0.3)
    colors = canvas.colors
    tints = [*colors.accents, colors.sky[0], colors.glow, colors.sky[2], mix(colors.near, colors.accents[0], 0.15)]
    {"tiles": _tiles, "arcs": _arcs, "hills": _paper_hills, "facets": _facets}[style](canvas, rng, tints)
    paper = fbm(rng, max(2, canvas.width // 2), max(2, canvas.height // 2), 90, 3, 0.7) - 0.5
    light = fbm(rng, 64, 64, 1.2, 2)
    shade = (1 + 0.14 * enlarged(paper, canvas.width, canvas.height)) * (
        0.86 + 0.28 * enlarged(light, canvas.width, canvas.height)
    )
    canvas.image *= shade[..., None].astype(np.float32)
    return nowhere(canvas)


def _tiles(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    count = int(rng.choice([4, 5, 6, 8]))
    size = canvas.unit / count
    canvas.depth[:] = 60
    for gy in range(int(canvas.height / size) + 1):
        for gx in range(int(canvas.width / size) + 1):
            x, y = gx * size, gy * size
            i, j, m = (int(k) for k in rng.choice(len(tints), 3, replace=False))
            back = Pen(canvas)
            back.polygon([(x, y), (x + size, y), (x + size, y + size), (x, y + size)])
            back.stamp(tints[i])
            _tile(canvas, rng, x, y, size, (tints[j], tints[m], tints[i]))


def _tile(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, tints: tuple[Floats, Floats, Floats]
) -> None:
    """One square of the pattern: quarter rings, a disc, a triangle, stripes, a leaf or dots."""
    first, second, ground = tints
    kind, corner = int(rng.integers(0, 8)), int(rng.integers(4))
    if kind < 3:
        start = (0.0, np.pi / 2, -np.pi / 2, np.pi)[corner]
        middle = (x + size * (corner % 2), y + size * (corner // 2))
        rings = [(size, first), (size * 0.62, second), (size * 0.30, ground)][: 3 if kind else 1]
        for radius, color in rings:
            _sector(canvas, middle, radius, start, np.pi / 2, color)
        return
    pen = Pen(canvas)
    if kind == 3:
        pen.dot(x + size / 2, y + size / 2, size * 0.38)
    elif kind == 4:
        a, b, low, high = (x, y), (x + size, y + size), (x, y + size), (x + size, y)
        pen.polygon([a if corner % 2 else b, high, low])
    elif kind == 5:
        for k in range(4):
            top, foot = y + size * k / 4, y + size * (k + 0.5) / 4
            pen.polygon([(x, top), (x + size, top), (x + size, foot), (x, foot)])
    elif kind == 6:
        pen.oval(x + size / 2, y + size / 2, size * 0.62, size * 0.26, np.pi / 4 * (1 if corner % 2 else -1))
    else:
        for u, v in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
            pen.dot(x + size * u, y + size * v, size * 0.14)
    left, top_row, right, bottom = (max(0, int(v)) for v in (x, y, x + size + 1, y + size + 1))
    keep = np.zeros_like(pen.mask)
    keep[top_row:bottom, left:right] = pen.mask[top_row:bottom, left:right]
    pen.mask = keep
    pen.stamp(first, depth=90)


def _sector(
    canvas: Canvas,
    middle: tuple[float, float],
    radius: float,
    start: float,
    span: float,
    color: Floats,
    depth: int = 90,
) -> None:
    """A filled part of a circle."""
    turns = np.linspace(start, start + span, 60)
    arc = [(middle[0] + radius * float(np.cos(t)), middle[1] + radius * float(np.sin(t))) for t in turns]
    pen = Pen(canvas)
    pen.polygon(arc if span > 6 else [middle, *arc])
    pen.stamp(color, depth=depth)


def _arcs(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    """Rings of color, whole, halved or quartered."""
    canvas.image[:] = mix(tints[5], tints[6], 0.25)
    for group in range(int(rng.integers(4, 8))):
        middle = (canvas.width * float(rng.random()), canvas.height * float(rng.random()))
        outer = canvas.unit * float(rng.uniform(0.18, 0.48))
        start = float(rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]))
        span = float(rng.choice([np.pi, np.pi, np.pi / 2, 2 * np.pi]))
        rings = int(rng.integers(4, 7))
        order = rng.permutation(len(tints))
        for k in range(rings):
            tint = tints[int(order[k % len(tints)])]
            _sector(canvas, middle, outer * (1 - k / rings), start, span, tint, 60 + 22 * group)


def _paper_hills(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    """A cut-paper landscape: bands of hills with shadows under a disc with rings."""
    rows = np.linspace(0, 1, canvas.height, dtype=np.float32)[:, None, None]
    canvas.image[:] = canvas.colors.sky[2] * (1 - rows) + canvas.colors.sky[4] * rows
    x, y, radius = (
        canvas.width * float(rng.uniform(0.25, 0.75)),
        canvas.height * float(rng.uniform(0.2, 0.4)),
        canvas.unit * float(rng.uniform(0.13, 0.22)),
    )
    for k in range(4, -1, -1):
        pen = Pen(canvas)
        pen.dot(x, y, radius * (1 + 0.34 * k))
        pen.stamp(mix(tints[5], canvas.colors.sky[3], k / 5), depth=20)
    layers = int(rng.integers(5, 8))
    for layer in range(layers):
        base = canvas.height * (0.42 + 0.58 * layer / layers)
        line = base + canvas.unit * 0.24 * (profile(rng, canvas.width, 1.3 + 0.4 * layer, 2, 0.35) - 0.5)
        columns = np.arange(0, canvas.width + 4, 4).clip(0, canvas.width - 1)
        for shift, color, opacity in (
            (-0.014, canvas.colors.near, 0.20),
            (0.0, mix(tints[layer % 4], canvas.colors.land(layer / layers), 0.35), 1.0),
        ):
            pen = Pen(canvas)
            pen.polygon(
                [
                    (-2, canvas.height + 4),
                    *[(float(c), float(line[c]) + shift * canvas.unit) for c in columns],
                    (canvas.width + 2, canvas.height + 4),
                ]
            )
            pen.stamp(color, depth=int(50 + 170 * layer / layers), opacity=opacity)
        if rng.random() < 0.5:
            stripes = Pen(canvas)
            for k in range(1, 4):
                path = [(float(c), float(line[c]) + canvas.unit * 0.024 * k) for c in columns]
                stripes.path(path, max(1.0, canvas.unit * 0.004))
            stripes.stamp(tints[5], opacity=0.55)


def _facets(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    """Triangles of a jittered grid, shaded across the frame like cut glass."""
    count = int(rng.choice([6, 8, 11]))
    size = canvas.unit / count
    columns, rows = int(canvas.width / size) + 3, int(canvas.height / size) + 3
    grid = np.stack(np.meshgrid(np.arange(columns) - 1.0, np.arange(rows) - 1.0), -1) * size + rng.normal(
        0, size * 0.21, (rows, columns, 2)
    )
    field = fbm(rng, columns, rows, 1.8, 2)
    table = ramp([tints[4], tints[0], tints[1], tints[3], tints[5]], 256)
    for r in range(rows - 1):
        for c in range(columns - 1):
            a, b, d, e = grid[r, c], grid[r, c + 1], grid[r + 1, c], grid[r + 1, c + 1]
            tone = float(np.clip((field[r, c] - 0.3) * 2.3, 0, 1))
            for part, corner in enumerate(((a, b, d), (b, e, d))):
                pen = Pen(canvas)
                pen.polygon(np.array(corner))
                share = float(np.clip(tone + rng.normal(0, 0.07) + 0.05 * part, 0, 1))
                pen.stamp(table[int(share * 255)], depth=int(40 + 160 * share))
