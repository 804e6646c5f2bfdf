"""Water: what stands above the shore is mirrored, broken by ripples in perspective, and the light draws its path."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import Floats, mix
from pipeline.media.painting.noise import enlarged, fbm, profile, remapped, smooth


def ripples(canvas: Canvas, name: str, height: int, width: int, *, swell: float = 1.0) -> Floats:
    """Ripples on a plane seen in perspective, height x width, about -1..1; finer toward the horizon at row 0."""
    rng = canvas.rng(name)
    tile = fbm(rng, 768, 768, 40 / swell, 4, 0.62, 5.0)
    below = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    far = 1 / (below * 1.1 + 0.085)
    v = (far - far.min()) / (far.max() - far.min()) * 700
    u = (
        np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
        * (0.32 + 0.68 * (1 - below))
        * np.float32(min(1.0, width / height / 1.6))
    )
    return np.asarray(
        (remapped(tile, (u + 0.5) * 767, v + 0 * u) - 0.5) * 2.1,
        np.float32,
    )


def paint_water(
    canvas: Canvas,
    shore: float,
    *,
    bottom: float | None = None,
    calm: float = 0.6,
    path: float = 1.0,
    dark: float = 0.22,
    name: str = "water",
    tint: Floats | None = None,
) -> None:
    """Turn everything from row `shore` down to `bottom` into water.

    `calm` 1 is a mirror, 0 a choppy sea; `path` the strength of the light's path; `dark` how much the water's own
    color shows.
    """
    colors, width = canvas.colors, canvas.width
    line = int(max(4, min(canvas.height - 3, shore)))
    end = canvas.height if bottom is None else min(canvas.height, int(bottom))
    height = end - line
    if height < 3:
        return
    small = (max(4, width // 2), max(3, height // 2))
    wave = ripples(canvas, name, small[1], small[0], swell=1.0 if calm > 0.5 else 1.35)
    below = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
    reach = canvas.unit * (1 - calm) * (0.008 + 0.075 * below)
    x = np.linspace(0, width - 1, small[0], dtype=np.float32)[None] + wave * reach * 0.5
    mirror = line - 1 - below * height * min(0.95, (line - 2) / max(height, 1))
    y = np.clip(mirror + wave * reach * 1.15, 0, line - 1)
    full_x, full_y = enlarged(x, width, height), enlarged(np.asarray(y, np.float32), width, height)
    mirrored = remapped(canvas.image[:line], full_x, full_y)
    own = mix(colors.near, colors.sky[1], 0.42) if tint is None else tint
    share = enlarged((dark + (0.42 - 0.2 * calm) * below**1.2).astype(np.float32) + 0 * wave, width, height)
    mirrored += (own - mirrored) * share[..., None]
    crests = 1 + np.clip(wave, -0.6, 0.7) * np.float32(0.08 + 0.34 * (1 - calm))
    mirrored *= enlarged(crests.astype(np.float32), width, height)[..., None]
    canvas.image[line:end] = np.clip(mirrored, 0, 1)
    _light_path(canvas, wave, line, end, path)
    haze = np.exp(-np.linspace(0, 1, height, dtype=np.float32) / 0.035)[:, None] * np.float32(0.42)
    canvas.lay(mix(colors.sky[4], colors.far, 0.25), np.repeat(haze, width, 1), line)
    depths = (55 + 175 * np.linspace(0, 1, height) ** 1.2).astype(np.uint8)
    canvas.depth[line:end] = depths[:, None]
    canvas.water = (line, depths)


def _light_path(canvas: Canvas, wave: Floats, line: int, end: int, strength: float) -> None:
    if strength <= 0:
        return
    height, width = wave.shape
    below = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(0, canvas.width, width, dtype=np.float32)[None]
    wide = canvas.unit * (0.035 + 0.17 * below)
    across = (x - canvas.light[0]) / wide
    glints = smooth(0.02, 0.42, wave) * np.exp(-across * across) * (1 - 0.45 * below)
    sheen = np.exp(-across * across * 0.35) * 0.16 * (1 - 0.7 * below)
    light = (glints * 0.95 + sheen) * np.float32(strength)
    canvas.shine_soft(np.asarray(light, np.float32)[..., None] * canvas.colors.glow, line, end)


def paint_foam(canvas: Canvas, rows: tuple[float, float], name: str, count: int = 4) -> None:
    """Lines of surf that run in toward the viewer, wider and thicker the nearer they are."""
    rng = canvas.rng("foam-" + name)
    start, end = int(max(0, rows[0])), int(min(canvas.height, rows[1]))
    if end - start < 8:
        return
    width, height = max(8, canvas.width // 2), max(8, (end - start) // 2)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    lace = fbm(rng, width, height, 9, 5, 0.6, 3.5)
    alpha = np.zeros((height, width), np.float32)
    for index in range(count):
        place = ((index + float(rng.uniform(0.2, 0.8))) / count) ** 1.3
        bend = (profile(rng, width, 3, 4) - 0.5) * 0.10 + np.linspace(-0.5, 0.5, width) * float(
            rng.uniform(-0.06, 0.06)
        )
        gap = (y - place - bend[None].astype(np.float32)) / np.float32(0.012 + 0.045 * place)
        face = np.where(gap < 0, np.exp(-((gap * 2.2) ** 2)), np.exp(-gap * 0.55))
        alpha = np.maximum(alpha, face * smooth(0.40, 0.62, lace + 0.25 * np.exp(-gap * gap)) * (0.35 + 0.6 * place))
    white = mix(np.ones(3, np.float32), canvas.colors.sky[4], 0.35)
    if canvas.colors.dark:
        white = mix(white, canvas.colors.sky[3], 0.5)
    canvas.lay(white, enlarged(alpha.astype(np.float32), canvas.width, end - start), start)
