"""Pictures without a place: ink that follows a current, silk, and geometric posters."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, lookup, mix, ramp, rgb
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth, stretched

_WHITE = np.ones(3, np.float32)


def _nowhere(canvas: Canvas) -> Place:
    """Room for silhouettes at the foot of an abstract picture."""
    return Place(canvas.height * 0.62, canvas.height, canvas.height * 0.95, canvas.unit * 0.36, (canvas.width * 0.2, canvas.width * 0.8), "none", None, ledge=True)


def _orb(canvas: Canvas, brief: Brief, rng: np.random.Generator, chance: float) -> None:
    """A sun or moon as a plain disc, when asked for or by chance."""
    if not brief.skies & {"sun", "moon", "crescent"} and rng.random() > chance:
        return
    x, y, radius = canvas.width * float(rng.uniform(0.25, 0.75)), canvas.height * float(rng.uniform(0.22, 0.55)), canvas.unit * float(rng.uniform(0.12, 0.24))
    canvas.light = (x, y)
    canvas.glow(x, y, radius * 1.5, canvas.colors.glow, 0.35)
    pen = Pen(canvas)
    pen.dot(x, y, radius)
    if "crescent" in brief.skies:
        pen.dot(x + radius * 0.45, y - radius * 0.15, radius * 0.92, 0)
    pen.stamp(mix(canvas.colors.glow, canvas.colors.accents[0], float(rng.choice([0.05, 0.6]))), depth=60)


def ink(canvas: Canvas, brief: Brief) -> Place:
    """Thousands of strokes that follow one current, over paper or night."""
    rng = canvas.rng("ink")
    width, height, unit = canvas.width, canvas.height, canvas.unit
    dark = canvas.colors.dark or rng.random() < 0.3
    paper = mix(rgb("#f6efe2"), canvas.colors.sky[4], 0.45)
    first, last = (canvas.colors.near, mix(canvas.colors.near, canvas.colors.sky[1], 0.6)) if dark else (paper, mix(paper, canvas.colors.sky[3], 0.35))
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    canvas.image[:] = first * (1 - rows) + last * rows
    canvas.depth[:] = 30
    canvas.light = (width * 0.5, height * 0.3)
    _orb(canvas, brief, rng, 0.45)
    turn = _current(canvas, rng)
    _strokes(canvas, rng, turn, dark)
    return _nowhere(canvas)


def _current(canvas: Canvas, rng: np.random.Generator) -> Floats:
    """Directions (radians) on a grid of a quarter of the size: a gentle flow, whirls, or waves."""
    width, height = max(8, canvas.width // 4), max(8, canvas.height // 4)
    style = str(rng.choice(["noise", "whirl", "waves", "fall"]))
    noise = cv2.GaussianBlur(fbm(rng, width, height, 1.5, 3, 0.45), (0, 0), max(1.0, width / 80))
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    if style == "whirl":
        turn = np.zeros((height, width), np.float32)
        for _ in range(int(rng.integers(1, 4))):
            cx, cy, way = width * float(rng.uniform(0.15, 0.85)), height * float(rng.uniform(0.15, 0.85)), float(rng.choice([-1, 1]))
            pull = np.exp(-np.hypot(x - cx, y - cy) / (min(width, height) * 0.5))
            turn += pull * (np.arctan2(y - cy, x - cx) + way * np.pi / 2.3)
        return np.asarray(turn * 1.5 + (noise - 0.5) * 3.5, np.float32)
    if style == "waves":
        return np.asarray(0.9 * np.sin(x / width * float(rng.uniform(5, 10)) + y / height * 3) + (noise - 0.5) * 3.0, np.float32)
    if style == "fall":
        return np.asarray(np.pi / 2 + (noise - 0.5) * 5.0, np.float32)
    return np.asarray(noise * np.pi * float(rng.uniform(3.0, 5.5)), np.float32)


def _strokes(canvas: Canvas, rng: np.random.Generator, turn: Floats, dark: bool) -> None:
    width, height, unit = canvas.width, canvas.height, canvas.unit
    count, steps = int(1500 * width * height / unit**2 / 1.78) + 400, 46
    at = np.stack([rng.random(count) * width * 1.1 - width * 0.05, rng.random(count) * height * 1.1 - height * 0.05], 1).astype(np.float32)
    place = np.empty((count, steps, 2), np.float32)
    step = unit * 0.0075
    for k in range(steps):
        place[:, k] = at
        column = np.clip(at[:, 0] / 4, 0, turn.shape[1] - 1).astype(int)
        row = np.clip(at[:, 1] / 4, 0, turn.shape[0] - 1).astype(int)
        angle = turn[row, column]
        at = at + np.stack([np.cos(angle), np.sin(angle)], 1) * np.float32(step)
    colors = canvas.colors
    table = ramp([colors.accents[0], colors.accents[1], colors.accents[3], colors.accents[2], colors.sky[3] if dark else colors.far], 64)
    zone = fbm(rng, 64, 64, 2, 3)
    tint = zone[(place[:, 0, 1] / height * 63).clip(0, 63).astype(int), (place[:, 0, 0] / width * 63).clip(0, 63).astype(int)]
    index = np.clip((stretched(tint) * 63 + rng.normal(0, 6, count)), 0, 63).astype(int)
    thick = rng.choice([1, 1, 2, 3, 5, 9], count, p=[0.3, 0.22, 0.2, 0.14, 0.1, 0.04])
    length = rng.integers(steps // 4, steps, count)
    points = np.round(place * 16).astype(np.int32)
    picture = np.clip(canvas.image * 255, 0, 255).astype(np.uint8)
    order = np.argsort(-thick + rng.normal(0, 1.5, count))
    for group in range(3):
        layer = picture.copy()
        for k in order[group::3]:
            color = table[index[k]] * 255 * float(rng.uniform(0.78, 1.12))
            cv2.polylines(layer, [points[k, : length[k]]], False, tuple(int(min(255, v)) for v in color), max(1, round(int(thick[k]) * unit / 1080)), cv2.LINE_AA, 4)
        cv2.addWeighted(picture, 0.25, layer, 0.75, 0, picture)
    canvas.image[:] = picture.astype(np.float32) / 255


def silk(canvas: Canvas, brief: Brief) -> Place:
    """Cloth in slow folds: few wide waves laid over one another, each lit along its crest."""
    rng = canvas.rng("silk")
    width, height, unit = canvas.width, canvas.height, canvas.unit
    colors = canvas.colors
    stops = [mix(colors.near, colors.sky[0], 0.4), colors.sky[1], mix(colors.sky[2], colors.accents[0], 0.35), mix(colors.sky[3], colors.accents[1], 0.3), mix(colors.sky[4], colors.glow, 0.4)]
    canvas.light = (width * float(rng.uniform(0.2, 0.8)), height * float(rng.uniform(0.1, 0.4)))
    small = (max(8, width // 2), max(8, height // 2))
    x = np.linspace(0, width / unit, small[0], dtype=np.float32)[None]
    y = np.linspace(0, height / unit, small[1], dtype=np.float32)[:, None]
    lean = float(rng.uniform(-0.9, 0.9)) + (np.pi / 2 if canvas.tall and rng.random() < 0.5 else 0.0)
    along, across = x * np.cos(lean) + y * np.sin(lean), y * np.cos(lean) - x * np.sin(lean)
    table = ramp(stops, 512)
    image = lookup(table, np.clip(0.25 + 0.35 * across + 0 * along, 0, 1).astype(np.float32))
    layers = int(rng.integers(5, 9))
    low, high = float(across.min()), float(across.max())
    style = str(rng.choice(["folds", "ribbons"]))
    for k in range(layers):
        base = low + (high - low) * (k + 0.4) / layers
        waves = [(float(rng.uniform(0.6, 1.7)), float(rng.uniform(0, 6.28)), float(rng.uniform(0.05, 0.16))) for _ in range(2)]
        line = base + sum(tall * np.sin(along * rate * 2 + shift) for rate, shift, tall in waves)
        below = across - line
        depth = float(rng.uniform(0.22, 0.42))
        share = np.clip(below / depth, 0, 1)
        fold = 0.5 + 0.5 * np.cos(np.sqrt(np.clip(below, 0, None)) * float(rng.uniform(7, 13)) + along * float(rng.uniform(0.4, 1.4)))
        tone = np.clip(0.78 * np.exp(-share * 2.6) + 0.34 * fold * (1 - 0.5 * share) + 0.12 + 0.10 * np.sin(along * 1.7 + k), 0, 1)
        alpha = smooth(-0.003, 0.003, below.astype(np.float32))
        if style == "ribbons":
            alpha = alpha * smooth(depth * 1.25, depth * 0.9, below.astype(np.float32))
        shadow = np.exp(-np.clip(-below, 0, 1) / 0.055) * (below < 0) * 0.42
        image *= (1 - shadow)[..., None].astype(np.float32)
        paint = lookup(table, np.clip(tone * (0.75 + 0.25 * k / layers), 0, 1).astype(np.float32))
        edge = np.exp(-np.abs(below) / 0.006) * (below >= -0.004) * 0.55
        paint += edge[..., None].astype(np.float32) * (colors.glow - paint)
        image += (paint - image) * alpha[..., None]
    canvas.image[:] = enlarged(np.clip(image, 0, 1).astype(np.float32), width, height)
    canvas.depth[:] = (40 + 150 * enlarged(stretched(np.asarray(across + 0 * along, np.float32)), width, height)).astype(np.uint8)
    _orb(canvas, brief, rng, 0.12)
    _dust(canvas, rng)
    return _nowhere(canvas)


def _dust(canvas: Canvas, rng: np.random.Generator) -> None:
    for _ in range(70):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        canvas.glow(x, y, canvas.unit * float(rng.uniform(0.001, 0.004)), canvas.colors.glow, float(rng.uniform(0.3, 0.9)))


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
    shade = (1 + 0.14 * enlarged(paper, canvas.width, canvas.height)) * (0.86 + 0.28 * enlarged(light, canvas.width, canvas.height))
    canvas.image *= shade[..., None].astype(np.float32)
    return _nowhere(canvas)


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
            _tile(canvas, rng, x, y, size, tints[j], tints[m], tints[i])


def _tile(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float, first: Floats, second: Floats, ground: Floats) -> None:
    pen = Pen(canvas)
    kind = int(rng.integers(0, 8))
    corner = int(rng.integers(4))
    cx, cy = x + size * (corner % 2), y + size * (corner // 2)
    start = [0.0, np.pi / 2, -np.pi / 2, np.pi][corner]

    def quarter(radius: float, color: Floats) -> None:
        part = Pen(canvas)
        arc = [(cx + radius * float(np.cos(t)), cy + radius * float(np.sin(t))) for t in np.linspace(start, start + np.pi / 2, 26)]
        part.polygon([(cx, cy), *arc])
        part.stamp(color, depth=90)

    if kind < 3:
        quarter(size, first)
        if kind:
            quarter(size * 0.62, second)
            quarter(size * 0.30, ground)
        return
    if kind == 3:
        pen.dot(x + size / 2, y + size / 2, size * 0.38)
    elif kind == 4:
        pen.polygon([(x, y), (x + size, y), (x, y + size)] if corner % 2 else [(x + size, y + size), (x + size, y), (x, y + size)])
    elif kind == 5:
        for k in range(4):
            pen.polygon([(x, y + size * k / 4), (x + size, y + size * k / 4), (x + size, y + size * (k + 0.5) / 4), (x, y + size * (k + 0.5) / 4)])
    elif kind == 6:
        pen.oval(x + size / 2, y + size / 2, size * 0.62, size * 0.26, np.pi / 4 * (1 if corner % 2 else -1))
    else:
        for a, b in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
            pen.dot(x + size * a, y + size * b, size * 0.14)
    left, top, right, bottom = (int(v) for v in (x, y, x + size + 1, y + size + 1))
    keep = np.zeros_like(pen.mask)
    keep[max(0, top) : bottom, max(0, left) : right] = pen.mask[max(0, top) : bottom, max(0, left) : right]
    pen.mask = keep
    pen.stamp(first, depth=90)


def _arcs(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    canvas.image[:] = mix(tints[5], tints[6], 0.25)
    for group in range(int(rng.integers(4, 8))):
        x, y = canvas.width * float(rng.random()), canvas.height * float(rng.random())
        outer = canvas.unit * float(rng.uniform(0.18, 0.48))
        start = float(rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]))
        span = float(rng.choice([np.pi, np.pi, np.pi / 2, 2 * np.pi]))
        rings = int(rng.integers(4, 7))
        order = rng.permutation(len(tints))
        for k in range(rings):
            radius = outer * (1 - k / rings)
            pen = Pen(canvas)
            arc = [(x + radius * float(np.cos(t)), y + radius * float(np.sin(t))) for t in np.linspace(start, start + span, 60)]
            pen.polygon(arc if span > 6 else [(x, y), *arc])
            pen.stamp(tints[int(order[k % len(tints)])], depth=60 + 22 * group)


def _paper_hills(canvas: Canvas, rng: np.random.Generator, tints: list[Floats]) -> None:
    """A cut-paper landscape: bands of hills with shadows under a disc with rings."""
    rows = np.linspace(0, 1, canvas.height, dtype=np.float32)[:, None, None]
    canvas.image[:] = canvas.colors.sky[2] * (1 - rows) + canvas.colors.sky[4] * rows
    x, y, radius = canvas.width * float(rng.uniform(0.25, 0.75)), canvas.height * float(rng.uniform(0.2, 0.4)), canvas.unit * float(rng.uniform(0.13, 0.22))
    for k in range(4, -1, -1):
        pen = Pen(canvas)
        pen.dot(x, y, radius * (1 + 0.34 * k))
        pen.stamp(mix(tints[5], canvas.colors.sky[3], k / 5), depth=20)
    layers = int(rng.integers(5, 8))
    for layer in range(layers):
        base = canvas.height * (0.42 + 0.58 * layer / layers)
        line = base + canvas.unit * 0.24 * (profile(rng, canvas.width, 1.3 + 0.4 * layer, 2, 0.35) - 0.5)
        columns = np.arange(0, canvas.width + 4, 4).clip(0, canvas.width - 1)
        for shift, color, opacity in ((-0.014, canvas.colors.near, 0.20), (0.0, mix(tints[layer % 4], canvas.colors.land(layer / layers), 0.35), 1.0)):
            pen = Pen(canvas)
            pen.polygon([(-2, canvas.height + 4), *[(float(c), float(line[c]) + shift * canvas.unit) for c in columns], (canvas.width + 2, canvas.height + 4)])
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
    grid = np.stack(np.meshgrid(np.arange(columns) - 1.0, np.arange(rows) - 1.0), -1) * size + rng.normal(0, size * 0.21, (rows, columns, 2))
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
