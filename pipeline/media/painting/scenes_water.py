"""Scenes by and under the sea: open ocean, beach, harbor, underwater."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import lookup, mix, ramp, rgb
from pipeline.media.painting.creatures import draw_fish, draw_whale
from pipeline.media.painting.ground import crest, paint_ridge
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth, stretched
from pipeline.media.painting.sky import paint_sky
from pipeline.media.painting.things import WARM, draw_sailboat
from pipeline.media.painting.water import paint_foam, paint_water


def ocean(canvas: Canvas, brief: Brief) -> Place:
    """Open sea with far islands, cliffs at one side, or a beach with surf."""
    rng = canvas.rng("ocean")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.38, 0.66))
    paint_sky(canvas, brief, horizon)
    style = str(rng.choice(["open", "islands", "cliffs", "beach"], p=[0.24, 0.26, 0.22, 0.28]))
    if brief.has("beach", "sand", "surf", "shore"):
        style = "beach"
    if style == "islands" or brief.has("island"):
        for index in range(2):
            top = crest(canvas, f"island-{index}", horizon * 1.01, unit * float(rng.uniform(0.05, 0.13)), 2 + 2 * index, ridged=index == 1)
            gate = smooth(0.42, 0.62, profile(canvas.rng(f"gate-{index}"), width, 2.5, 2))
            paint_ridge(canvas, np.asarray(horizon + 3 - (horizon + 3 - top) * gate, np.float32), 0.15 + 0.25 * index, name=f"island-{index}", bottom=horizon + 6, fog=0.5, rise=unit * 0.08)
    if style == "cliffs":
        _cliffs(canvas, rng, horizon)
    calm = float(rng.uniform(0.05, 0.5)) if brief.weather not in ("storm", "wind") else 0.0
    path = 1.25 if canvas.light[1] < horizon else 0.6
    tint = mix(mix(canvas.colors.near, canvas.colors.sky[1], 0.5), rgb("#0c6f86"), 0.0 if canvas.colors.dark else 0.28)
    paint_water(canvas, horizon, calm=calm, path=path, dark=0.24, tint=tint)
    near = height * 0.95
    if style == "beach":
        near = _beach(canvas, brief, rng, horizon)
    elif brief.weather in ("storm", "wind") or rng.random() < 0.3 or brief.has("wave"):
        paint_foam(canvas, (horizon + (height - horizon) * 0.12, height), "open", 4)
    span = (width * 0.1, width * 0.9)
    return Place(horizon, horizon, near, unit * 0.28, span, "land", (horizon, height * (0.8 if style == "beach" else 1.0)), ledge=style != "beach")


def _cliffs(canvas: Canvas, rng: np.random.Generator, horizon: float) -> None:
    side = 1 if canvas.light[0] < canvas.width / 2 else -1
    for index in range(3):
        near = 0.25 + 0.28 * index
        reach = canvas.width * (0.62 - 0.17 * index) * float(rng.uniform(0.8, 1.1))
        tall = canvas.unit * (0.10 + 0.10 * index) * float(rng.uniform(0.85, 1.2))
        at = np.arange(canvas.width, dtype=np.float32)
        inward = (canvas.width - at if side > 0 else at) / max(reach, 1)
        shape = np.clip(1 - inward, 0, 1) ** 0.42
        rough = stretched(profile(canvas.rng(f"cliff-{index}"), canvas.width, 6, 6, 0.5, ridged=True))
        foot = horizon + canvas.unit * 0.012 * index
        top = np.where(inward < 1, foot + 4 - tall * shape * (0.7 + 0.4 * rough), foot + 40)
        paint_ridge(canvas, np.asarray(top, np.float32), near, name=f"cliff-{index}", bottom=foot + 8, fog=0.45, rise=tall)


def _beach(canvas: Canvas, brief: Brief, rng: np.random.Generator, horizon: float) -> float:
    height, width, unit = canvas.height, canvas.width, canvas.unit
    row = height * float(rng.uniform(0.76, 0.86))
    lean = float(rng.uniform(-0.12, 0.12)) * unit
    at = np.linspace(-1, 1, width, dtype=np.float32)
    edge = row + lean * at + unit * 0.03 * (profile(rng, width, 2.2, 3) - 0.5)
    paint_foam(canvas, (horizon + (height - horizon) * 0.35, row - unit * 0.01), "surf", 3)
    start = max(0, int(edge.min()) - int(unit * 0.03))
    rows = np.arange(start, height, dtype=np.float32)[:, None]
    below = (rows - edge[None]) / max(1.0, height - row)
    sand = mix(rgb("#e3c08c"), canvas.colors.sky[4], 0.3)
    sand = mix(sand, canvas.colors.land(0.75), 0.62 if canvas.colors.dark or brief.time in ("dusk", "sunset") else 0.22)
    wet = mix(mix(sand, canvas.colors.near, 0.45), canvas.colors.sky[3], 0.35)
    table = ramp([wet, mix(wet, sand, 0.45), sand, mix(sand, canvas.colors.near, 0.35)], 256, (0, 0.22, 0.55, 1.4 / 1.4))
    grains = enlarged(fbm(canvas.rng("sand"), width // 2, max(2, (height - start) // 2), 30, 4, 0.75, 3.0), width, height - start) - 0.5
    color = lookup(table, np.clip(below, 0, 1)) * (1 + grains * 0.16)[..., None]
    canvas.lay(np.clip(color, 0, 1).astype(np.float32), smooth(-0.004, 0.012, below), start, depth=225)
    lace = fbm(canvas.rng("lace"), width // 2, max(2, (height - start) // 2), 16, 4, 0.6, 2.0)
    swash = np.exp(-((below / 0.035) ** 2)) * (0.35 + 0.65 * smooth(0.42, 0.58, enlarged(lace, width, height - start)))
    foam = mix(np.ones(3, np.float32), canvas.colors.sky[4], 0.35)
    canvas.lay(mix(foam, canvas.colors.sky[2], 0.45 if canvas.colors.dark else 0.0), np.clip(swash, 0, 0.9).astype(np.float32), start)
    return min(height * 0.965, row + (height - row) * 0.6)


def harbor(canvas: Canvas, brief: Brief) -> Place:
    """Water with a far lit shore, moored boats and a pier in the foreground."""
    rng = canvas.rng("harbor")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    shore = height * float(rng.uniform(0.46, 0.6))
    paint_sky(canvas, brief, shore)
    top = crest(canvas, "coast", shore, unit * float(rng.uniform(0.07, 0.2)), 2.0, ridged=bool(rng.random() < 0.5))
    paint_ridge(canvas, top, 0.35, name="coast", bottom=shore + 4, fog=0.5)
    _quay_houses(canvas, rng, shore)
    masts = Pen(canvas)
    for _ in range(int(rng.integers(5, 12))):
        draw_sailboat_bare(masts, rng, width * float(rng.random()), shore + unit * 0.012, unit * float(rng.uniform(0.08, 0.17)))
    masts.stamp(canvas.colors.land(0.8), depth=100)
    paint_water(canvas, shore + unit * 0.012, calm=float(rng.uniform(0.45, 0.75)), path=0.7)
    if rng.random() < 0.65 or brief.has("pier", "dock"):
        near = _pier(canvas, rng, shore)
        return Place(shore, shore, near, unit * 0.26, (width * 0.3, width * 0.7), "pier", (shore, float(height)), ledge=False)
    return Place(shore, shore, height * 0.95, unit * 0.27, (width * 0.1, width * 0.9), "land", (shore, float(height)))


def draw_sailboat_bare(pen: Pen, rng: np.random.Generator, x: float, row: float, size: float) -> None:
    """A moored boat with its sails down."""
    if rng.random() < 0.2:
        draw_sailboat(pen, rng, x, row, size)
        return
    pen.blob([(x - size * 0.42, row - size * 0.12), (x, row - size * 0.09), (x + size * 0.45, row - size * 0.15), (x + size * 0.3, row), (x - size * 0.34, row)])
    pen.path([(x, row), (x + size * 0.01, row - size)], max(1.0, size * 0.018))
    pen.path([(x, row - size * 0.25), (x - size * 0.34, row - size * 0.22)], max(1.0, size * 0.03))
    pen.path([(x, row - size), (x + size * 0.43, row - size * 0.14)], 1.0)
    pen.path([(x, row - size), (x - size * 0.40, row - size * 0.12)], 1.0)


def _quay_houses(canvas: Canvas, rng: np.random.Generator, shore: float) -> None:
    unit = canvas.unit
    x = -unit * 0.03
    glowing = canvas.colors.dark or canvas.colors.time != "day"
    while x < canvas.width:
        wide, tall = unit * float(rng.uniform(0.025, 0.055)), unit * float(rng.uniform(0.03, 0.085))
        if rng.random() < 0.80:
            pen = Pen(canvas)
            roof = wide * float(rng.uniform(0.25, 0.6))
            pen.polygon([(x, shore + 3), (x, shore - tall), (x + wide / 2, shore - tall - roof), (x + wide, shore - tall), (x + wide, shore + 3)])
            wall = mix(canvas.colors.land(0.55), canvas.colors.accents[int(rng.integers(4))], float(rng.uniform(0.05, 0.3)))
            pen.stamp(wall, depth=80, rim=0.25)
            for _ in range(int(rng.integers(1, 5))):
                wx, wy = x + wide * float(rng.uniform(0.2, 0.8)), shore - tall * float(rng.uniform(0.2, 0.85))
                if glowing:
                    canvas.glow(wx, wy, unit * 0.0032, WARM, 1.0)
                    canvas.glow(wx, wy, unit * 0.011, WARM, 0.4)
        x += wide * float(rng.uniform(0.9, 1.5))


def _pier(canvas: Canvas, rng: np.random.Generator, shore: float) -> float:
    """A wooden pier that runs out from the viewer; returns the row on which someone at its end stands."""
    width, height = canvas.width, canvas.height
    end = shore + (height - shore) * float(rng.uniform(0.34, 0.5))
    middle = width * float(rng.uniform(0.4, 0.6))
    bottom = width * float(rng.uniform(0.3, 0.7))
    half_far, half_near = canvas.unit * 0.10, canvas.unit * float(rng.uniform(0.42, 0.6))
    posts = Pen(canvas)
    planks = 26
    for k in range(planks, -1, -4):
        share = (k / planks) ** 1.7
        row, half, center = end + (height * 1.06 - end) * share, half_far + (half_near - half_far) * share, middle + (bottom - middle) * share
        for out in (-1, 1):
            x = center + out * half * 1.02
            size = canvas.unit * (0.016 + 0.05 * share)
            posts.limb((x, row - size * 1.5), (x, row + size * 3.2), size * 0.62)
    posts.stamp(canvas.colors.near, depth=175, rim=0.3)
    wood = mix(rgb("#7a5a44"), canvas.colors.land(0.7), 0.55 if canvas.colors.dark else 0.35)
    for k in range(planks):
        a, b = (k / planks) ** 1.7, ((k + 0.90) / planks) ** 1.7
        pen = Pen(canvas)
        corners = []
        for share, outs in ((a, (-1, 1)), (b, (1, -1))):
            row, half, center = end + (height * 1.06 - end) * share, half_far + (half_near - half_far) * share, middle + (bottom - middle) * share
            corners += [(center + out * half, row) for out in outs]
        pen.polygon(corners)
        lit = 0.30 * (1 - a) + float(rng.uniform(-0.06, 0.06))
        pen.stamp(mix(mix(wood, canvas.colors.near, 0.45 + 0.2 * a), canvas.colors.glow, max(0.0, lit)), depth=int(150 + 80 * a))
    return end + (height - end) * 0.16


def underwater(canvas: Canvas, brief: Brief) -> Place:
    """Beneath the surface: shafts of light, reefs, weeds, fish, sometimes a whale or jellyfish."""
    rng = canvas.rng("underwater")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    colors = canvas.colors
    sea = [mix(c, rgb("#0b7fa3"), 0.35) for c in (colors.sky[3], colors.sky[2], colors.sky[1])]
    deep = mix(mix(colors.near, colors.sky[0], 0.4), rgb("#04243c"), 0.4)
    table = ramp([mix(sea[0], np.ones(3, np.float32), 0.35), sea[0], sea[1], sea[2], deep], 512, (0, 0.12, 0.4, 0.7, 1))
    canvas.light = (width * float(rng.uniform(0.2, 0.8)), -unit * 0.1)
    x = np.linspace(0, width, max(2, width // 4), dtype=np.float32)[None]
    y = np.linspace(0, height, max(2, height // 4), dtype=np.float32)[:, None]
    # How deep the viewer is: near the surface all is light, far down only a little comes through.
    sunk = float(rng.uniform(-0.12, 0.42)) if not brief.has("deep", "dark") else 0.45
    share = np.clip(sunk + y / height * (0.86 - 0.6 * max(0.0, sunk)) + 0.30 * np.abs(x - canvas.light[0]) / width, 0, 1)
    canvas.image[:] = enlarged(lookup(table, share.astype(np.float32)), width, height)
    canvas.depth[:] = 20
    if sunk < 0.2:
        _surface(canvas)
    _shafts(canvas, rng)
    setting = str(rng.choice(["reef", "kelp", "arch", "open"]))
    _rocks(canvas, rng, setting, deep, sea[1])
    whale = brief.has("whale") or rng.random() < 0.3
    if whale:
        pen = Pen(canvas)
        side = 1.0 if rng.random() < 0.5 else -1.0
        draw_whale(pen, width * float(rng.uniform(0.36, 0.64)), height * float(rng.uniform(0.32, 0.5)), min(width * 0.62, unit * float(rng.uniform(0.5, 0.85))), side)
        pen.stamp(mix(deep, sea[1], 0.34), depth=110, rim=0.4, rim_color=sea[0])
    if brief.has("jellyfish") or (not whale and rng.random() < 0.45):
        for _ in range(int(rng.integers(2, 6))):
            _jellyfish(canvas, rng, width * float(rng.uniform(0.1, 0.9)), height * float(rng.uniform(0.15, 0.6)), unit * float(rng.uniform(0.04, 0.12)))
    _shoal(canvas, rng, deep)
    if setting != "open":
        _reef(canvas, brief, rng, deep, sea[1])
    for _ in range(60):
        bx, by = width * float(rng.random()), height * float(rng.random())
        canvas.glow(bx, by, unit * float(rng.uniform(0.0012, 0.005)), sea[0], 0.55)
    return Place(height * 0.35, height * 0.85, height * 0.93, unit * 0.25, (width * 0.2, width * 0.8), "floor", None, ledge=False)


def _rocks(canvas: Canvas, rng: np.random.Generator, setting: str, deep: np.ndarray, sea: np.ndarray) -> None:
    """A kelp forest, or rock walls that frame the view as an arch."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    if setting == "kelp":
        for layer in range(3):
            near, pen = (layer + 1) / 3, Pen(canvas)
            for x in rng.uniform(0, width, int((16, 10, 5)[layer] * width / unit)):
                sway, rate, size = unit * float(rng.uniform(0.01, 0.035)), float(rng.uniform(3, 7)), unit * (0.006 + 0.012 * near)
                top = height * float(rng.uniform(-0.05, 0.45))
                at = np.linspace(0, 1, 22)
                stem = np.stack([x + sway * np.sin(at * rate + x), height - (height - top) * at], 1)
                pen.path(stem, size * 0.5, size * 0.25)
                for k in range(2, 22):
                    out = 1 if k % 2 else -1
                    pen.oval(float(stem[k, 0]) + out * size * 1.6, float(stem[k, 1]) - size, size * 2.1, size * 0.55, -0.6 * out)
            pen.stamp(mix(mix(sea, deep, 0.25 + 0.6 * near), rgb("#2f7d4a"), 0.25), depth=int(50 + 130 * near))
    elif setting == "arch":
        for layer in range(2):
            near, pen = 0.5 + 0.5 * layer, Pen(canvas)
            reach = width * float(rng.uniform(0.14, 0.26)) * (1.15 - 0.45 * layer)
            at = np.linspace(0, 1, 40)
            for side in (-1, 1):
                rough = profile(rng, 40, 5, 4) - 0.5
                inner = reach * (1.0 - 0.45 * np.sin(np.pi * at)) + unit * 0.12 * rough
                xs = inner if side < 0 else width - inner
                edge = [(float(px), float(height * t)) for px, t in zip(xs, at, strict=True)]
                out = -5.0 if side < 0 else width + 5.0
                pen.polygon([(out, -5.0), *edge, (out, height + 5.0)])
            brow = height * float(rng.uniform(0.02, 0.14))
            roof = [(float(width * t), float(brow + unit * 0.10 * r + height * 0.22 * (2 * t - 1) ** 2)) for t, r in zip(at, profile(rng, 40, 5, 4), strict=True)]
            pen.polygon([(-5.0, -5.0), *roof, (width + 5.0, -5.0)])
            pen.stamp(mix(sea, deep, 0.45 + 0.45 * near), depth=int(90 + 110 * near), rim=0.25)


def _surface(canvas: Canvas) -> None:
    width, height = canvas.width // 2, max(4, canvas.height // 8)
    net = fbm(canvas.rng("surface"), max(4, width), height, 3.0, 4, 0.6, 2.6, fold="ridged")
    rows = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    light = smooth(0.55, 0.85, net) * rows**1.6 * 0.75
    canvas.shine_soft(np.asarray(light, np.float32)[..., None] * mix(canvas.colors.glow, rgb("#c9fff4"), 0.5), 0, canvas.height // 4)


def _shafts(canvas: Canvas, rng: np.random.Generator) -> None:
    width, height = max(8, canvas.width // 6), max(8, canvas.height // 6)
    x = np.linspace(0, canvas.width, width, dtype=np.float32)[None]
    y = np.linspace(0, canvas.height, height, dtype=np.float32)[:, None]
    source = -canvas.unit * float(rng.uniform(0.4, 0.9))
    fan = (x - canvas.light[0]) / (y - source) * 1.2
    spokes = profile(rng, 512, 26, 4, 0.65)
    read = np.interp(np.clip((fan + 1.2) / 2.4, 0, 1).ravel(), np.linspace(0, 1, 512), spokes).reshape(fan.shape).astype(np.float32)
    light = smooth(0.46, 0.74, read) * np.exp(-y / (canvas.height * 0.55)) * np.exp(-((fan / 0.75) ** 2))
    canvas.shine_soft(light[..., None] * mix(canvas.colors.glow, rgb("#aef5ff"), 0.5) * np.float32(0.55))


def _jellyfish(canvas: Canvas, rng: np.random.Generator, x: float, y: float, size: float) -> None:
    color = mix(canvas.colors.accents[int(rng.integers(4))], np.ones(3, np.float32), 0.35)
    canvas.glow(x, y, size * 2.2, color, 0.38)
    threads = Pen(canvas)
    for k in range(9):
        start = x + size * (k - 4) / 4.6
        wave, long = float(rng.uniform(2, 5)), size * float(rng.uniform(1.6, 3.4))
        at = np.linspace(0, 1, 14)
        threads.path(np.stack([start + size * 0.16 * np.sin(at * wave + k), y + size * 0.2 + at * long], 1), max(1.0, size * 0.05), 1.0)
    threads.stamp(color, opacity=0.5, depth=130)
    bell = Pen(canvas)
    arc = [(x - size * np.cos(t), y + size * 0.28 - size * 0.95 * np.sin(t)) for t in np.linspace(0, np.pi, 22)]
    rim = [(x + size * (1 - 2 * t), y + size * (0.28 + 0.09 * np.sin(t * 22))) for t in np.linspace(0, 1, 22)]
    bell.polygon([*arc, *rim])
    bell.stamp(color, opacity=0.62, depth=130, rim=0.7, rim_color=np.ones(3, np.float32))
    inner = Pen(canvas)
    inner.oval(x, y - size * 0.12, size * 0.52, size * 0.36)
    inner.stamp(np.ones(3, np.float32), opacity=0.25)


def _shoal(canvas: Canvas, rng: np.random.Generator, deep: np.ndarray) -> None:
    for group in range(2):
        pen = Pen(canvas)
        cx, cy = canvas.width * float(rng.uniform(0.15, 0.85)), canvas.height * float(rng.uniform(0.3, 0.72))
        side = 1.0 if rng.random() < 0.5 else -1.0
        size = canvas.unit * float(rng.uniform(0.012, 0.034)) * (1 + group)
        for _ in range(int(rng.integers(12, 34)) // (1 + group)):
            draw_fish(pen, cx + float(rng.normal(0, size * 6)), cy + float(rng.normal(0, size * 2.6)), size * float(rng.uniform(0.7, 1.2)), side)
        pen.stamp(mix(deep, canvas.colors.accents[group], 0.25 + 0.3 * group), depth=120 + 40 * group, rim=0.4)


def _reef(canvas: Canvas, brief: Brief, rng: np.random.Generator, deep: np.ndarray, sea: np.ndarray) -> None:
    low = float(rng.uniform(0.72, 0.88))
    for index in range(3):
        near = (index + 1) / 3
        row = canvas.height * (low + 0.075 * index)
        top = crest(canvas, f"reef-{index}", row + canvas.unit * 0.05, canvas.unit * (0.10 + 0.05 * index), 3.2, gain=0.55)
        pen = Pen(canvas)
        columns = np.arange(0, canvas.width, 3)
        pen.polygon([*np.stack([columns, top[columns]], 1).tolist(), (canvas.width, canvas.height + 4), (0, canvas.height + 4)])
        for _ in range(int(10 * canvas.width / canvas.unit)):
            x = canvas.width * float(rng.random())
            foot = float(top[int(x)]) + 4
            size = canvas.unit * float(rng.uniform(0.03, 0.10)) * (0.5 + near)
            style = rng.random()
            if style < 0.5:
                at = np.linspace(0, 1, 9)
                sway = float(rng.uniform(0.1, 0.3)) * size
                pen.path(np.stack([x + sway * np.sin(at * 4 + x), foot - at * size * 1.6], 1), size * 0.13, size * 0.04)
            elif style < 0.8:
                for turn in np.linspace(-0.9, 0.9, 6):
                    pen.limb((x, foot), (x + size * 0.7 * float(np.sin(turn)), foot - size * 0.7 * float(np.cos(turn))), size * 0.12, size * 0.09)
            else:
                pen.oval(x, foot, size * 0.5, size * 0.36)
        tone = mix(mix(sea, deep, 0.35 + 0.6 * near), canvas.colors.accents[index], 0.14)
        pen.stamp(tone, depth=int(120 + 110 * near), rim=0.3)
