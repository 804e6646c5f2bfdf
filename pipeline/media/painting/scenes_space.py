"""Deep space."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import lookup, mix, ramp, rgb
from pipeline.media.painting.ground import crest, paint_ridge
from pipeline.media.painting.noise import fbm, remapped, smooth
from pipeline.media.painting.wonders import paint_comet, paint_stars, twinkle

_WHITE = np.ones(3, np.float32)


def space(canvas: Canvas, brief: Brief) -> Place:
    """A nebula with planets, a spiral galaxy, or the ground of a moon under a rising world."""
    rng = canvas.rng("space")
    height, width, unit = canvas.height, canvas.width, canvas.unit
    night = mix(canvas.colors.near, rgb("#02030a"), 0.6)
    canvas.image[:] = night
    canvas.depth[:] = 10
    canvas.light = (width * float(rng.choice([0.15, 0.85])), height * float(rng.uniform(0.1, 0.45)))
    style = (
        "galaxy"
        if brief.has("galaxy")
        else "surface"
        if brief.has("astronaut", "moon", "mars", "surface")
        else "planet"
        if brief.has("planet", "saturn", "orbit", "earth")
        else ""
    )
    style = style or str(rng.choice(["nebula", "planet", "galaxy", "surface"], p=[0.2, 0.36, 0.2, 0.24]))
    _nebula(canvas, rng, 0.55 if style in ("galaxy", "surface") else 1.0)
    paint_stars(canvas, height * 2.2, 1.0, count=1300)
    for _ in range(int(rng.integers(4, 9))):
        tint = mix(_WHITE, canvas.colors.accents[int(rng.integers(4))], 0.4)
        twinkle(
            canvas,
            width * float(rng.random()),
            height * float(rng.random()),
            unit * float(rng.uniform(0.012, 0.045)),
            tint,
        )
    if style == "galaxy":
        _galaxy(canvas, rng)
    elif style != "nebula":
        _worlds(canvas, brief, rng, style)
    if "comet" in brief.skies or rng.random() < 0.2:
        paint_comet(canvas, height * 0.8)
    if brief.has("rocket", "spaceship", "ship") or (style != "surface" and rng.random() < 0.16):
        _rocket(canvas, rng)
    if style == "surface":
        return _surface(canvas, brief, rng)
    if brief.has("astronaut", "float", "floating") or rng.random() < 0.2:
        _floating(canvas, rng)
    return Place(
        height * 0.6, height, height * 0.93, unit * 0.26, (width * 0.12, width * 0.88), "space", None, ledge=True
    )


def _nebula(canvas: Canvas, rng: np.random.Generator, strength: float) -> None:
    colors = canvas.colors
    width, height = max(8, canvas.width // 3), max(8, canvas.height // 3)
    warp_x, warp_y = fbm(rng, width, height, 2, 4, 0.5), fbm(rng, width, height, 2, 4, 0.5)
    base, dust = fbm(rng, width, height, 2.4, 6, 0.55), fbm(rng, width, height, 3, 6, 0.55)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    reach = min(width, height) * float(rng.uniform(0.5, 1.0))
    gas = remapped(base, x + (warp_x - 0.5) * reach, y + (warp_y - 0.5) * reach)
    veil = remapped(dust, x + (warp_y - 0.5) * reach, y + (gas - 0.5) * reach)
    lean = float(rng.uniform(-1.2, 1.2))
    across = (y / height - 0.5) + (x / width - 0.5) * lean + float(rng.uniform(-0.2, 0.2))
    band = np.exp(-((across / float(rng.uniform(0.3, 0.55))) ** 2))
    glow = smooth(0.38, 0.76, gas) * band
    stops = [colors.near, mix(colors.sky[2], colors.accents[3], 0.5), colors.accents[0], colors.accents[1], colors.glow]
    tint = lookup(
        ramp(stops, 512, (0, 0.32, 0.60, 0.84, 1)),
        np.clip((0.12 + 1.5 * (veil - 0.3)) * np.clip(glow * 1.6, 0, 1), 0, 1),
    )
    light = tint * (0.18 + 1.05 * glow)[..., None]
    light *= (1 - 0.65 * smooth(0.52, 0.66, veil) * smooth(0.35, 0.6, base) * band)[..., None]
    core_x, core_y = float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.8))
    core = np.exp(-(((x / width - core_x) / 0.16) ** 2 + ((y / height - core_y) / 0.2) ** 2)) * (0.3 + gas) * 0.4
    light += core[..., None] * colors.glow
    canvas.shine_soft(np.asarray(np.clip(light * strength, 0, 1), np.float32))


def _galaxy(canvas: Canvas, rng: np.random.Generator) -> None:
    """A spiral seen at a slant: arms of noise along a logarithmic spiral and a bright core."""
    colors = canvas.colors
    width, height = max(8, canvas.width // 2), max(8, canvas.height // 2)
    cx, cy = width * float(rng.uniform(0.35, 0.65)), height * float(rng.uniform(0.34, 0.6))
    size = canvas.unit / 2 * float(rng.uniform(0.42, 0.62))
    turn, flat = float(rng.uniform(0, np.pi)), float(rng.uniform(0.34, 0.75))
    x, y = np.arange(width, dtype=np.float32)[None] - cx, np.arange(height, dtype=np.float32)[:, None] - cy
    u = (x * np.cos(turn) + y * np.sin(turn)) / size
    v = (-x * np.sin(turn) + y * np.cos(turn)) / size / flat
    far = np.hypot(u, v)
    angle = np.arctan2(v, u)
    cloud = fbm(rng, width, height, 9, 5, 0.6)
    arms = 0.5 + 0.5 * np.cos(2 * angle - 5.2 * np.log(far + 0.07) + (cloud - 0.5) * 3.2)
    light = arms**2.2 * np.exp(-far * 2.1) * (0.35 + 1.2 * cloud) * 1.9
    core = np.exp(-((far / 0.13) ** 1.2)) * 1.3
    tint = lookup(
        ramp([mix(colors.accents[3], colors.sky[2], 0.4), colors.accents[0], colors.accents[1], colors.glow], 256),
        np.clip(1 - far * 1.1 + (cloud - 0.5) * 0.8, 0, 1),
    )
    canvas.shine_soft(np.clip(tint * light[..., None] + core[..., None] * colors.glow, 0, 1).astype(np.float32))
    count = 1500
    radius, theta = rng.exponential(0.34, count), rng.uniform(0, 2 * np.pi, count)
    phase = 2.6 * np.log(radius + 0.07) + np.round(theta / np.pi) * np.pi + rng.normal(0, 0.3, count)
    pu, pv = radius * np.cos(phase) * size * 2, radius * np.sin(phase) * size * 2 * flat
    px = cx * 2 + pu * np.cos(turn) - pv * np.sin(turn)
    py = cy * 2 + pu * np.sin(turn) + pv * np.cos(turn)
    ok = (px >= 0) & (px < canvas.width - 1) & (py >= 0) & (py < canvas.height - 1)
    specks = np.zeros((canvas.height, canvas.width), np.float32)
    specks[py[ok].astype(int), px[ok].astype(int)] = rng.uniform(0.3, 1.0, int(ok.sum()))
    canvas.shine((cv2.GaussianBlur(specks, (0, 0), 0.75) * 2.6)[..., None] * _WHITE)
    canvas.focus = (cx * 2, cy * 2)


def _worlds(canvas: Canvas, brief: Brief, rng: np.random.Generator, style: str) -> None:
    width, height, unit = canvas.width, canvas.height, canvas.unit
    side = 1 if canvas.light[0] < width / 2 else -1
    if style == "surface":
        _planet(
            canvas,
            rng,
            width * (0.5 + side * 0.2),
            height * float(rng.uniform(0.28, 0.42)),
            unit * float(rng.uniform(0.12, 0.24)),
            rings=bool(rng.random() < 0.4),
            name="risen",
        )
        return
    big = unit * float(rng.uniform(0.18, 0.46))
    x, y = width * (0.5 + side * float(rng.uniform(0.05, 0.34))), height * float(rng.uniform(0.4, 0.72))
    if rng.random() < 0.25:
        big, y = unit * float(rng.uniform(0.8, 1.2)), height * 1.0 + unit * 0.35
    moons = int(rng.integers(0, 3))
    for k in range(moons):
        _planet(
            canvas,
            rng,
            width * float(rng.uniform(0.1, 0.9)),
            height * float(rng.uniform(0.12, 0.5)),
            unit * float(rng.uniform(0.02, 0.07)),
            name=f"moon-{k}",
            rings=False,
        )
    _planet(
        canvas,
        rng,
        x,
        y,
        big,
        rings=brief.has("saturn", "ring") or bool(rng.random() < 0.45 and big < unit * 0.5),
        name="world",
    )
    canvas.focus = (x, min(y, height * 0.8))


def _planet(
    canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius: float, *, rings: bool, name: str
) -> None:
    """A lit ball with bands or continents, an edge of air, and rings that pass behind and before it."""
    if rings:
        _rings(canvas, rng, x, y, radius, front=False)
    colors, noise = canvas.colors, canvas.rng("planet-" + name)
    reach = radius + 2
    left, right = int(max(0, x - reach)), int(min(canvas.width, x + reach + 1))
    top, bottom = int(max(0, y - reach)), int(min(canvas.height, y + reach + 1))
    if right - left < 3 or bottom - top < 3:
        return
    u = (np.arange(left, right, dtype=np.float32)[None] - x) / radius
    v = (np.arange(top, bottom, dtype=np.float32)[:, None] - y) / radius
    far = np.hypot(u, v)
    z = np.sqrt(np.clip(1 - far * far, 0, 1))
    tilt = float(noise.uniform(-0.6, 0.6))
    ru, rv = u * np.cos(tilt) - v * np.sin(tilt), u * np.sin(tilt) + v * np.cos(tilt)
    banded = noise.random() < 0.55
    tile = fbm(noise, 1024, 512, 5, 6, 0.55, 6.0 if banded else 1.4)
    lon, lat = np.arctan2(ru, z + 1e-4) / np.pi * 0.5 + 0.5, np.arcsin(np.clip(rv, -1, 1)) / np.pi + 0.5
    read = remapped(tile, (lon * 1023).astype(np.float32), (lat * 511).astype(np.float32))
    order = noise.permutation(4)
    stops = [colors.accents[int(k)] for k in order] + [colors.glow]
    paint = lookup(
        ramp([mix(stops[0], colors.near, 0.4), stops[1], mix(stops[1], stops[2], 0.5), stops[4]], 256),
        np.clip((read - 0.3) * 2.3, 0, 1),
    )
    lx, ly = canvas.light[0] - x, canvas.light[1] - y
    length = max(1.0, float(np.hypot(lx, ly)))
    lx, ly, lz = lx / length * 0.93, ly / length * 0.93, 0.24
    day = np.clip((u * lx + v * ly + z * lz) * 1.15 + 0.05, 0, 1)
    air = np.clip(1 - z, 0, 1) ** 2.6 * smooth(-0.3, 0.5, u * lx + v * ly)
    lit = (
        paint * (0.015 + 1.1 * day[..., None] ** 0.9) + air[..., None] * mix(colors.glow, colors.accents[0], 0.3) * 0.9
    )
    alpha = smooth(1 + 1.3 / radius, 1 - 1.3 / radius, far)
    canvas.lay(np.clip(lit, 0, 1).astype(np.float32), alpha, top, left, depth=60 if name != "world" else 110)
    shift = radius * 0.12
    canvas.glow(x + lx * shift * 2, y + ly * shift * 2, radius * 1.15, mix(colors.glow, colors.accents[0], 0.5), 0.16)
    if rings:
        _rings(canvas, rng, x, y, radius, front=True)


def _rings(canvas: Canvas, rng: np.random.Generator, x: float, y: float, radius: float, *, front: bool) -> None:
    noise = canvas.rng("rings")
    tilt, flat = float(noise.uniform(-0.5, 0.5)), float(noise.uniform(0.16, 0.34))
    reach = radius * 2.3
    left, right = int(max(0, x - reach)), int(min(canvas.width, x + reach + 1))
    top, bottom = int(max(0, y - reach)), int(min(canvas.height, y + reach + 1))
    if right - left < 3 or bottom - top < 3:
        return
    u = (np.arange(left, right, dtype=np.float32)[None] - x) / radius
    v = (np.arange(top, bottom, dtype=np.float32)[:, None] - y) / radius
    ru, rv = u * np.cos(tilt) - v * np.sin(tilt), (u * np.sin(tilt) + v * np.cos(tilt)) / flat
    far = np.hypot(ru, rv)
    grooves = np.interp(far, np.linspace(1.25, 2.25, 64), noise.uniform(0.15, 1.0, 64)).astype(np.float32)
    alpha = smooth(1.28, 1.33, far) * smooth(2.22, 2.12, far) * grooves * 0.75
    alpha = alpha * ((rv > 0) if front else (rv <= 0))
    color = mix(canvas.colors.glow, canvas.colors.accents[0], 0.35)
    canvas.lay(color, alpha.astype(np.float32), top, left)


def _surface(canvas: Canvas, brief: Brief, rng: np.random.Generator) -> Place:
    """Cratered ground at the foot of the frame."""
    height, width, unit = canvas.height, canvas.width, canvas.unit
    horizon = height * float(rng.uniform(0.66, 0.8))
    tint = mix(canvas.colors.land(0.35), canvas.colors.accents[1], 0.18)
    for index in range(3):
        top = crest(
            canvas,
            f"moon-{index}",
            horizon + (height - horizon) * 0.30 * index,
            unit * (0.12 - 0.03 * index),
            2.5 + index,
            gain=0.45,
        )
        paint_ridge(
            canvas,
            top,
            0.3 + 0.3 * index,
            name=f"moon-{index}",
            fog=0.1,
            tint=mix(tint, canvas.colors.near, 0.25 + 0.25 * index),
            rise=unit * 0.14,
        )
    pen, rimmed = Pen(canvas), Pen(canvas)
    for _ in range(14):
        row = horizon + (height - horizon) * float(rng.uniform(0.35, 0.98))
        size = unit * float(rng.uniform(0.01, 0.06)) * (row - horizon) / (height - horizon)
        x = width * float(rng.random())
        rimmed.oval(x, row + size * 0.05, size * 1.12, size * 0.34)
        pen.oval(x, row, size, size * 0.26)
    rimmed.stamp(mix(tint, canvas.colors.glow, 0.3), opacity=0.5)
    pen.stamp(canvas.colors.near, opacity=0.65)
    if brief.has("astronaut") or (not brief.foregrounds and rng.random() < 0.7):
        tall = unit * float(rng.uniform(0.16, 0.3))
        row = height * float(rng.uniform(0.86, 0.94))
        x = width * float(rng.choice([0.3, 0.68]))
        _astronaut(canvas, x, row, tall, 0.0)
        canvas.focus = (x, row - tall * 0.6)
    return Place(horizon, horizon, height * 0.93, unit * 0.26, (width * 0.12, width * 0.88), "moon", None, ledge=False)


def _floating(canvas: Canvas, rng: np.random.Generator) -> None:
    x, y = canvas.width * float(rng.uniform(0.25, 0.75)), canvas.height * float(rng.uniform(0.35, 0.75))
    _astronaut(canvas, x, y, canvas.unit * float(rng.uniform(0.14, 0.26)), float(rng.uniform(-0.7, 0.7)))


def _astronaut(canvas: Canvas, x: float, foot: float, tall: float, turn: float) -> None:
    """A figure in a space suit, turned by `turn` radians about its feet."""
    cos, sin = float(np.cos(turn)), float(np.sin(turn))

    def at(px: float, py: float) -> tuple[float, float]:
        return x + (px * cos - py * sin) * tall, foot + (px * sin + py * cos) * tall

    suit = Pen(canvas)
    pack = Pen(canvas)
    pack.blob([at(-0.19, -0.80), at(0.19, -0.80), at(0.20, -0.48), at(-0.20, -0.48)])
    pack.stamp(mix(canvas.colors.near, _WHITE, 0.35), depth=205, rim=0.4)
    spread = 0.06 if turn == 0 else 0.13
    for out in (-1, 1):
        suit.limb(at(out * 0.075, -0.45), at(out * (0.08 + spread * 0.4), -0.22), tall * 0.145, tall * 0.125)
        suit.limb(at(out * (0.08 + spread * 0.4), -0.22), at(out * (0.07 + spread), -0.02), tall * 0.125, tall * 0.12)
        suit.oval(*at(out * (0.08 + spread), -0.01), tall * 0.075, tall * 0.038)
        suit.limb(at(out * 0.15, -0.74), at(out * (0.23 + spread), -0.58), tall * 0.115, tall * 0.10)
        suit.limb(at(out * (0.23 + spread), -0.58), at(out * (0.24 + spread * 2), -0.44), tall * 0.10, tall * 0.085)
    suit.blob([at(-0.15, -0.79), at(0.15, -0.79), at(0.16, -0.60), at(0.14, -0.42), at(-0.14, -0.42), at(-0.16, -0.60)])
    suit.oval(*at(0, -0.90), tall * 0.125, tall * 0.125)
    suit.soften(tall * 0.008)
    suit.stamp(mix(_WHITE, canvas.colors.sky[2], 0.38), depth=210, rim=0.8)
    visor = Pen(canvas)
    visor.oval(*at(0.015, -0.895), tall * 0.085, tall * 0.075, turn)
    visor.stamp(mix(canvas.colors.near, canvas.colors.accents[0], 0.45), depth=210)
    canvas.glow(*at(-0.02, -0.93), tall * 0.03, _WHITE, 0.8)


def _rocket(canvas: Canvas, rng: np.random.Generator) -> None:
    x, y = canvas.width * float(rng.uniform(0.25, 0.75)), canvas.height * float(rng.uniform(0.3, 0.6))
    size, turn = (
        canvas.unit * float(rng.uniform(0.10, 0.2)),
        float(rng.uniform(0.3, 1.0)) * (1 if rng.random() < 0.5 else -1),
    )
    cos, sin = float(np.cos(turn)), float(np.sin(turn))

    def at(px: float, py: float) -> tuple[float, float]:
        return x + (px * cos - py * sin) * size, y + (px * sin + py * cos) * size

    for k in range(18):
        share = k / 18
        canvas.glow(
            *at(0.02 * float(np.sin(k * 2)), 0.55 + 1.9 * share),
            size * (0.10 + 0.13 * share),
            mix(rgb("#fff1b8"), rgb("#ff6a2a"), min(1.0, share * 1.5)),
            0.75 * (1 - share),
        )
    fins = Pen(canvas)
    for out in (-1, 1):
        fins.polygon([at(out * 0.13, 0.15), at(out * 0.32, 0.52), at(out * 0.12, 0.42)])
    fins.stamp(canvas.colors.accents[0], depth=150, rim=0.4)
    hull = Pen(canvas)
    hull.blob(
        [
            at(0, -0.62),
            at(0.11, -0.35),
            at(0.16, 0.05),
            at(0.11, 0.45),
            at(-0.11, 0.45),
            at(-0.16, 0.05),
            at(-0.11, -0.35),
        ]
    )
    hull.stamp(mix(_WHITE, canvas.colors.sky[2], 0.3), depth=150, rim=0.8)
    port = Pen(canvas)
    port.dot(*at(0, -0.15), size * 0.07)
    port.stamp(mix(canvas.colors.accents[1], canvas.colors.near, 0.3), depth=150)
