"""Land: mountain ridges, rolling hills, dunes, near banks and mist, from far and hazy to near and dark."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import Floats, mix
from pipeline.media.painting.noise import enlarged, fbm, profile, smooth, stretched


def crest(
    canvas: Canvas, name: str, base: float, rise: float, cells: float, *, ridged: bool = True, gain: float = 0.5
) -> Floats:
    """The upper edge of a piece of land: a row for each column, between `base` - `rise` and `base`."""
    line = profile(
        canvas.rng(name), canvas.width, cells * canvas.width / canvas.height / 1.78 + 0.4, 8, gain, ridged=ridged
    )
    return np.asarray(base - rise * stretched(line), np.float32)


def peak_crest(canvas: Canvas, name: str, base: float, rise: float, x: float, spread: float) -> Floats:
    """A crest with one great summit near column `x`, `spread` of the width wide."""
    rng = canvas.rng(name)
    at = (np.arange(canvas.width, dtype=np.float32) - x) / (canvas.width * spread)
    bulk = np.clip(1 - np.abs(at), 0, 1) ** 1.15
    rough = profile(rng, canvas.width, 7, 7, 0.52, ridged=True)
    low = profile(rng, canvas.width, 3, 5)
    return np.asarray(
        base - rise * (0.80 * bulk * (0.8 + 0.3 * rough) + 0.2 * rough * (0.4 + bulk) + 0.1 * low), np.float32
    )


def paint_ridge(
    canvas: Canvas,
    top: Floats,
    nearness: float,
    *,
    name: str,
    bottom: float | None = None,
    rise: float = 0.0,
    snow: float = 0.0,
    texture: float = 1.0,
    fog: float = 0.75,
    tint: Floats | None = None,
    depth: int | None = None,
) -> None:
    """Paint land below a crest with light from the sun's side, haze at its foot and snow on its heights.

    `nearness` 0 far to 1 near; `rise` is the height in pixels over which texture and haze change (the crest's own by
    default).
    """
    colors, width = canvas.colors, canvas.width
    start = max(0, int(top.min()) - 2)
    end = canvas.height if bottom is None else min(canvas.height, int(bottom))
    if end - start < 3:
        return
    tall = rise or max(8.0, float(np.ptp(top)))
    height = end - start
    half = (max(2, width // 2), max(2, height // 2))
    rows = np.linspace(start, end, half[1], dtype=np.float32)[:, None]
    line = cv2.resize(top[None], (half[0], 1), interpolation=cv2.INTER_LINEAR)
    below = rows - line
    share = np.clip(below / tall, 0, 1)
    shade = _relief(canvas, name, half, height, tall, nearness, share) if texture else np.zeros(half[::-1], np.float32)
    shade *= np.float32(texture)
    base = tint if tint is not None else colors.land(nearness)
    painted = base * (1 + shade)[..., None]
    if snow > 0:
        cold = mix(np.ones(3, np.float32), colors.sky[2], 0.22 + 0.3 * (1 - nearness) * (1 if colors.dark else 0.4))
        cover = smooth(0.30 + 0.5 * snow, 0.05, share - 0.25 * shade) * smooth(-0.28, 0.14, shade + 0.08 * snow)
        painted += (cold * (1 + 0.55 * shade)[..., None] - painted) * (cover * np.float32(0.88))[..., None]
    columns = np.linspace(0, width, half[0], dtype=np.float32)[None]
    lit_side = np.exp(-np.abs(columns - canvas.light[0]) / (width * 0.30))
    edge = np.exp(-np.clip(below, -3, 400) / (canvas.unit * (0.006 + 0.012 * nearness)))
    painted += (edge * lit_side * np.float32(0.34 * (1 - nearness) + 0.10))[..., None] * mix(
        colors.sky[4], colors.glow, 0.5
    )
    haze = np.float32(fog * (1 - nearness) ** 0.8) * smooth(0.05, 1.05, share) * (0.8 + 0.2 * lit_side)
    painted += (mix(colors.sky[4], colors.far, 0.30 + 0.4 * nearness) - painted) * haze[..., None]
    full = enlarged(np.clip(painted, 0, 1).astype(np.float32), width, height)
    alpha = np.clip(np.arange(start, end, dtype=np.float32)[:, None] - top[None] + 0.5, 0, 1)
    canvas.lay(full, alpha, start, depth=int(40 + 170 * nearness) if depth is None else depth)


def _relief(
    canvas: Canvas, name: str, half: tuple[int, int], height: int, tall: float, nearness: float, share: Floats
) -> Floats:
    """Light and shade of rock: the slope of ridged noise toward the light, about -0.35 to 0.45."""
    rng = canvas.rng(name + "-relief")
    cells = (3.0 + 3 * nearness) * max(0.3, height / tall) * 0.9
    rock = fbm(rng, half[0], half[1], cells, 5, 0.52, 0.75, fold="ridged")
    side = 1.0 if canvas.light[0] < canvas.width / 2 else -1.0
    slope = cv2.Sobel(rock, cv2.CV_32F, 1, 0, ksize=3) * np.float32(side)
    slope += cv2.Sobel(rock, cv2.CV_32F, 0, 1, ksize=3) * np.float32(0.45)
    scale = half[1] / (cells * 67)
    return np.asarray(np.clip(slope * scale, -0.36, 0.46) * (1 - 0.45 * share), np.float32)


def paint_hill(
    canvas: Canvas,
    top: Floats,
    nearness: float,
    *,
    name: str,
    light: Floats,
    shadow: Floats,
    bottom: float | None = None,
    fog: float = 0.5,
    depth: int | None = None,
    stripes: float = 0.0,
    swell: float = 0.0,
) -> None:
    """Paint a smooth hill: bright where it turns to the light, darker in its hollow, fine brush marks along it.

    `stripes` draws furrows or ripples with that contrast; `swell` is the height in pixels over which the light falls
    off.
    """
    colors, width = canvas.colors, canvas.width
    start = max(0, int(top.min()) - 2)
    end = canvas.height if bottom is None else min(canvas.height, int(bottom))
    if end - start < 3:
        return
    height = end - start
    half = (max(2, width // 2), max(2, height // 2))
    rng = canvas.rng(name + "-marks")
    rows = np.linspace(start, end, half[1], dtype=np.float32)[:, None]
    line = cv2.resize(top[None], (half[0], 1), interpolation=cv2.INTER_LINEAR)
    below = np.clip(rows - line, 0, None)
    share = np.clip(below / (swell or max(10.0, canvas.height * 0.22)), 0, 1)
    slope = np.gradient(cv2.GaussianBlur(line, (0, 0), max(1.0, half[0] * 0.012))[0]) * 1.0
    side = 1.0 if canvas.light[0] < width / 2 else -1.0
    facing = smooth(-0.42, 0.42, np.asarray(-slope * -side, np.float32))[None]
    marks = fbm(rng, half[0], half[1], 14 * height / canvas.unit + 4, 4, 0.6, 5.0) - 0.5
    amount = np.clip(
        0.22 + 0.62 * facing * (1 - 0.35 * share) + 0.30 * np.exp(-share * 7) + marks * 0.42 - 0.30 * share, 0, 1
    )
    if stripes:
        wave = fbm(rng, half[0], half[1], 2.2, 3) * 9
        ripple = np.sin(np.sqrt(below / canvas.unit) * 120 + wave * 4 + np.float32(nearness * 3))
        amount = np.clip(amount + ripple * np.float32(stripes) * smooth(0.02, 0.25, share), 0, 1)
    painted = shadow + (light - shadow) * amount[..., None]
    columns = np.linspace(0, width, half[0], dtype=np.float32)[None]
    lit_side = np.exp(-np.abs(columns - canvas.light[0]) / (width * 0.3))
    edge = np.exp(-below / (canvas.unit * 0.007)) * (0.08 + 0.34 * lit_side)
    painted += (edge * np.float32(1 - 0.6 * nearness))[..., None] * colors.glow
    veil = np.float32(fog * (1 - nearness) ** 1.3)
    painted += (colors.haze - painted) * veil
    alpha = np.clip(np.arange(start, end, dtype=np.float32)[:, None] - top[None] + 0.5, 0, 1)
    full = enlarged(np.clip(painted, 0, 1).astype(np.float32), width, height)
    canvas.lay(full, alpha, start, depth=int(40 + 180 * nearness) if depth is None else depth)


def paint_mist(canvas: Canvas, row: float, thickness: float, amount: float, name: str) -> None:
    """A bank of mist around a row."""
    start, end = max(0, int(row - 2.2 * thickness)), min(canvas.height, int(row + 2.2 * thickness))
    if end - start < 8 or amount <= 0:
        return
    width, height = max(4, canvas.width // 4), max(4, (end - start) // 4)
    drift = smooth(0.30, 0.74, fbm(canvas.rng("mist-" + name), width, height, 2.2, 4, 0.55, 4.0))
    rows = np.linspace(start, end, height, dtype=np.float32)[:, None]
    alpha = np.exp(-(((rows - row) / thickness) ** 2)) * drift * np.float32(amount)
    canvas.lay(
        mix(canvas.colors.sky[4], canvas.colors.far, 0.25),
        enlarged(alpha.astype(np.float32), canvas.width, end - start),
        start,
    )


def bank(canvas: Canvas, name: str, row: float, rough: float) -> Floats:
    """The upper edge of a near, dark bank around a row, uneven by `rough` pixels and sloping a little."""
    rng = canvas.rng(name)
    line = profile(rng, canvas.width, 2.0, 6, 0.45) - 0.5
    lean = float(rng.uniform(-1, 1))
    at = np.linspace(-1, 1, canvas.width)
    return np.asarray(row - rough * (1.2 * line + 0.8 * lean * at), np.float32)
