"""Beneath the surface of the sea."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import lookup, mix, ramp, rgb
from pipeline.media.painting.creatures import draw_fish, draw_whale
from pipeline.media.painting.ground import crest
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth


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
    share = np.clip(
        sunk + y / height * (0.86 - 0.6 * max(0.0, sunk)) + 0.30 * np.abs(x - canvas.light[0]) / width, 0, 1
    )
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
        draw_whale(
            pen,
            width * float(rng.uniform(0.36, 0.64)),
            height * float(rng.uniform(0.32, 0.5)),
            min(width * 0.62, unit * float(rng.uniform(0.5, 0.85))),
            side,
        )
        pen.stamp(mix(deep, sea[1], 0.34), depth=110, rim=0.4, rim_color=sea[0])
    if brief.has("jellyfish") or (not whale and rng.random() < 0.45):
        for _ in range(int(rng.integers(2, 6))):
            _jellyfish(
                canvas,
                rng,
                width * float(rng.uniform(0.1, 0.9)),
                height * float(rng.uniform(0.15, 0.6)),
                unit * float(rng.uniform(0.04, 0.12)),
            )
    _shoal(canvas, rng, deep)
    if setting != "open":
        _reef(canvas, brief, rng, deep, sea[1])
    for _ in range(60):
        bx, by = width * float(rng.random()), height * float(rng.random())
        canvas.glow(bx, by, unit * float(rng.uniform(0.0012, 0.005)), sea[0], 0.55)
    return Place(
        height * 0.35, height * 0.85, height * 0.93, unit * 0.25, (width * 0.2, width * 0.8), "floor", None, ledge=False
    )


def _rocks(canvas: Canvas, rng: np.random.Generator, setting: str, deep: np.ndarray, sea: np.ndarray) -> None:
    """A kelp forest, or rock walls that frame the view as an arch."""
    width, height, unit = canvas.width, canvas.height, canvas.unit
    if setting == "kelp":
        for layer in range(3):
            near, pen = (layer + 1) / 3, Pen(canvas)
            for x in rng.uniform(0, width, int((16, 10, 5)[layer] * width / unit)):
                sway, rate, size = (
                    unit * float(rng.uniform(0.01, 0.035)),
                    float(rng.uniform(3, 7)),
                    unit * (0.006 + 0.012 * near),
                )
                top = height * float(rng.uniform(-0.05, 0.45))
                at = np.linspace(0, 1, 22)
                stem = np.stack([x + sway * np.sin(at * rate + x), height - (height - top) * at], 1)
                pen.path(stem, size * 0.5, size * 0.25)
                for k in range(2, 22):
                    out = 1 if k % 2 else -1
                    pen.oval(
                        float(stem[k, 0]) + out * size * 1.6,
                        float(stem[k, 1]) - size,
                        size * 2.1,
                        size * 0.55,
                        -0.6 * out,
                    )
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
                border = -5.0 if side < 0 else width + 5.0
                pen.polygon([(border, -5.0), *edge, (border, height + 5.0)])
            brow = height * float(rng.uniform(0.02, 0.14))
            roof = [
                (float(width * t), float(brow + unit * 0.10 * r + height * 0.22 * (2 * t - 1) ** 2))
                for t, r in zip(at, profile(rng, 40, 5, 4), strict=True)
            ]
            pen.polygon([(-5.0, -5.0), *roof, (width + 5.0, -5.0)])
            pen.stamp(mix(sea, deep, 0.45 + 0.45 * near), depth=int(90 + 110 * near), rim=0.25)


def _surface(canvas: Canvas) -> None:
    width, height = canvas.width // 2, max(4, canvas.height // 8)
    net = fbm(canvas.rng("surface"), max(4, width), height, 3.0, 4, 0.6, 2.6, fold="ridged")
    rows = np.linspace(1, 0, height, dtype=np.float32)[:, None]
    light = smooth(0.55, 0.85, net) * rows**1.6 * 0.75
    canvas.shine_soft(
        np.asarray(light, np.float32)[..., None] * mix(canvas.colors.glow, rgb("#c9fff4"), 0.5), 0, canvas.height // 4
    )


def _shafts(canvas: Canvas, rng: np.random.Generator) -> None:
    width, height = max(8, canvas.width // 6), max(8, canvas.height // 6)
    x = np.linspace(0, canvas.width, width, dtype=np.float32)[None]
    y = np.linspace(0, canvas.height, height, dtype=np.float32)[:, None]
    source = -canvas.unit * float(rng.uniform(0.4, 0.9))
    fan = (x - canvas.light[0]) / (y - source) * 1.2
    spokes = profile(rng, 512, 26, 4, 0.65)
    read = (
        np.interp(np.clip((fan + 1.2) / 2.4, 0, 1).ravel(), np.linspace(0, 1, 512), spokes)
        .reshape(fan.shape)
        .astype(np.float32)
    )
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
        threads.path(
            np.stack([start + size * 0.16 * np.sin(at * wave + k), y + size * 0.2 + at * long], 1),
            max(1.0, size * 0.05),
            1.0,
        )
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
            draw_fish(
                pen,
                cx + float(rng.normal(0, size * 6)),
                cy + float(rng.normal(0, size * 2.6)),
                size * float(rng.uniform(0.7, 1.2)),
                side,
            )
        pen.stamp(mix(deep, canvas.colors.accents[group], 0.25 + 0.3 * group), depth=120 + 40 * group, rim=0.4)


def _reef(canvas: Canvas, brief: Brief, rng: np.random.Generator, deep: np.ndarray, sea: np.ndarray) -> None:
    low = float(rng.uniform(0.72, 0.88))
    for index in range(3):
        near = (index + 1) / 3
        row = canvas.height * (low + 0.075 * index)
        top = crest(
            canvas, f"reef-{index}", row + canvas.unit * 0.05, canvas.unit * (0.10 + 0.05 * index), 3.2, gain=0.55
        )
        pen = Pen(canvas)
        columns = np.arange(0, canvas.width, 3)
        pen.polygon(
            [*np.stack([columns, top[columns]], 1).tolist(), (canvas.width, canvas.height + 4), (0, canvas.height + 4)]
        )
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
                    pen.limb(
                        (x, foot),
                        (x + size * 0.7 * float(np.sin(turn)), foot - size * 0.7 * float(np.cos(turn))),
                        size * 0.12,
                        size * 0.09,
                    )
            else:
                pen.oval(x, foot, size * 0.5, size * 0.36)
        tone = mix(mix(sea, deep, 0.35 + 0.6 * near), canvas.colors.accents[index], 0.14)
        pen.stamp(tone, depth=int(120 + 110 * near), rim=0.3)
