"""Clouds: wisps high up, bands along the horizon, heaped banks and closed decks, lit from where the light stands."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas
from pipeline.media.painting.color import Floats, mix
from pipeline.media.painting.noise import enlarged, fbm, remapped, smooth

_STYLES = ("wisps", "bands", "heaps", "scattered", "none")


def paint_clouds(canvas: Canvas, brief: Brief, horizon: float, amount: float = 1.0) -> None:
    """Clouds above row `horizon`, by weather and seed."""
    rng = canvas.rng("clouds")
    if amount <= 0:
        return
    if brief.weather in ("storm", "rain"):
        styles = ["deck", "bands"]
    elif brief.weather in ("cloudy", "snow", "fog"):
        styles = [str(rng.choice(["deck", "scattered", "heaps"]))]
    elif brief.weather == "clear" or "aurora" in brief.skies:
        styles = [str(rng.choice(["none", "wisps", "none"]))]
    else:
        weights = [0.27, 0.25, 0.24, 0.18, 0.06] if not brief.night else [0.3, 0.3, 0.12, 0.16, 0.12]
        styles = [str(rng.choice(_STYLES, p=weights))]
        if rng.random() < 0.3:
            styles.append("bands")
    for style in styles:
        if style == "heaps":
            paint_heaps(canvas, brief, horizon, float(rng.uniform(0.10, 0.30)) * amount)
        elif style != "none":
            _sheet(canvas, brief, horizon, style, amount)


def _sheet(canvas: Canvas, brief: Brief, horizon: float, style: str, amount: float) -> None:
    """A layer of clouds seen in perspective, from noise read along rays that meet at the horizon."""
    rng = canvas.rng("clouds-" + style)
    width, height = max(8, canvas.width // 3), max(8, int(min(horizon, canvas.height)) // 3)
    stretch = {"wisps": 3.4, "bands": 7.0, "deck": 1.5, "scattered": 1.35}[style]
    tile = fbm(rng, 768, 512, 3.2, 7, 0.56, stretch)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    far = 1 / (1.14 - y) if style != "bands" else np.ones_like(y)
    across = x * far * (0.42 if style != "wisps" else 0.30) * min(1.0, canvas.width / canvas.height / 1.3)
    slant = float(rng.uniform(-0.35, 0.35)) if style == "wisps" else float(rng.uniform(-0.05, 0.05))
    down = (far - 0.877) * 0.16 + across * slant if style != "bands" else y * 0.55 + across * slant
    u = ((across + 0.5) * 767).astype(np.float32)
    v = ((down + 0.04) * 511 + 0 * u).astype(np.float32)
    density = remapped(tile, u, v, cubic=True)
    dx, dy = canvas.light[0] / canvas.width - 0.5, 0.7 if brief.time == "sunset" else -1.0
    shaded = remapped(tile, u + np.float32(14 * dx), v + np.float32(7 * dy), cubic=True)
    cover = {"wisps": 0.53, "bands": 0.535, "deck": 0.40, "scattered": 0.52}[style] + float(rng.uniform(-0.03, 0.03))
    alpha = smooth(cover, cover + (0.24 if style == "wisps" else 0.13), density)
    envelope = smooth(1.0, 0.84, y) if style != "bands" else smooth(0.25, 0.6, y) * smooth(1.0, 0.93, y)
    weight = {"wisps": 0.62, "bands": 0.8, "deck": 0.92, "scattered": 0.94}[style] * amount
    alpha = alpha * envelope * np.float32(weight)
    color = _lit(canvas, brief, density - shaded, 1 - smooth(cover, cover + 0.3, density), y, x)
    canvas_rows = int(min(horizon, canvas.height))
    canvas.lay(
        enlarged(color, canvas.width, canvas_rows), enlarged(alpha.astype(np.float32), canvas.width, canvas_rows)
    )


def _lit(canvas: Canvas, brief: Brief, slope: Floats, thin: Floats, y: Floats, x: Floats) -> Floats:
    """Cloud colors from the slope toward the light, the thinness and the distance from the light."""
    colors = canvas.colors
    gloomy = brief.weather in ("storm", "rain")
    shadow = mix(mix(colors.sky[1], colors.far, 0.45), colors.near, 0.30 if gloomy else 0.06)
    light = mix(colors.sky[4], colors.glow, 0.25 if gloomy else 0.6)
    if brief.night:
        light = mix(colors.sky[3], colors.glow, 0.30)
    lx, ly = canvas.light[0] / canvas.width - 0.5, canvas.light[1] / canvas.height
    ratio = canvas.width / canvas.height
    near = np.exp(-np.hypot((x - lx) * ratio, y * 0.7 - ly) / 0.42)
    share = 0.30 + 4.2 * slope + 0.34 * thin + 0.55 * near * (0.35 + thin)
    share = np.clip(share * (0.72 if gloomy else 1.0), 0, 1)[..., None]
    return np.asarray(shadow * (1 - share) + light * share, np.float32)


class Puffs:
    """A sheet on which round puffs of cloud are heaped, each a soft ball lit from the light's side."""

    def __init__(self, canvas: Canvas, brief: Brief, top: int, bottom: int, name: str, near: float = 0.6) -> None:
        colors = canvas.colors
        self.canvas, self.top, self.bottom = canvas, top, bottom
        self.width, self.height = max(8, canvas.width // 2), max(4, (bottom - top) // 2)
        self.alpha = np.zeros((self.height, self.width), np.float32)
        self.rough = fbm(canvas.rng("puff-" + name), 256, 256, 9, 4, 0.6) - 0.5
        pale = mix(colors.sky[4], colors.glow, 0.72)
        shade = mix(mix(colors.sky[0], colors.sky[2], 0.60), colors.far, 0.25)
        if brief.night:
            pale, shade = mix(colors.sky[3], colors.glow, 0.34), mix(colors.sky[1], colors.sky[2], 0.6)
        if brief.weather in ("rain", "storm"):
            pale, shade = mix(pale, colors.far, 0.45), mix(shade, colors.near, 0.3)
        self.pale, self.shade = (
            mix(pale, colors.sky[3], 0.30 * (1 - near)),
            mix(shade, colors.sky[3], 0.45 * (1 - near)),
        )
        self.color = np.empty((self.height, self.width, 3), np.float32)
        self.color[:] = mix(self.pale, self.shade, 0.4)

    def add(self, x: float, y: float, radius: float, *, squash: float = 0.86) -> None:
        """One puff around canvas pixel (x, y)."""
        cx, cy, r = x / 2, (y - self.top) / 2, max(2.0, radius / 2)
        left, right = int(max(0, cx - r * 1.15)), int(min(self.width, cx + r * 1.15 + 1))
        top, bottom = int(max(0, cy - r * 1.1)), int(min(self.height, cy + r * 1.1 + 1))
        if right - left < 2 or bottom - top < 2:
            return
        u = (np.arange(left, right, dtype=np.float32)[None] - cx) / r
        v = (np.arange(top, bottom, dtype=np.float32)[:, None] - cy) / (r * squash)
        scale = 130 / r if r < 130 else 1.0
        ox, oy = (x * 7.3) % 120, (y * 5.1) % 120
        map_x = np.repeat(((np.arange(right - left, dtype=np.float32) * scale + ox) % 255)[None], bottom - top, 0)
        map_y = np.repeat(((np.arange(bottom - top, dtype=np.float32) * scale + oy) % 255)[:, None], right - left, 1)
        rough = remapped(self.rough, map_x, map_y)
        far = np.sqrt(u * u + v * v) + rough * 0.42
        lx, ly = self.canvas.light[0] - x, min(self.canvas.light[1] - y, -0.25 * self.canvas.unit)
        length = max(1.0, float(np.hypot(lx, ly)))
        lit = 0.30 + 0.66 * (u * lx + v * ly) / length * np.clip(far, 0, 1) + rough * 0.22
        lit += 0.25 * float(np.exp(-abs(lx) / (self.canvas.unit * 0.5)))
        tone = np.clip(lit, 0, 1)[..., None]
        alpha = smooth(1.0, 0.72, far)
        part, cover = self.color[top:bottom, left:right], self.alpha[top:bottom, left:right]
        part += (self.shade + (self.pale - self.shade) * tone - part) * alpha[..., None]
        cover += (1 - cover) * alpha

    def lay(
        self, opacity: float = 1.0, *, foot: float | None = None, fade: float = 1.0, depth: int | None = None
    ) -> None:
        """Lay the sheet on the canvas; below row `foot` it thins out over `fade` pixels."""
        alpha = self.alpha * np.float32(opacity)
        if foot is not None:
            rows = np.arange(self.height, dtype=np.float32)[:, None] * 2 + self.top
            alpha = alpha * smooth(foot + fade, foot - fade * 0.4, rows)
        size = (self.canvas.width, self.bottom - self.top)
        self.canvas.lay(
            enlarged(self.color, *size), enlarged(np.asarray(alpha, np.float32), *size), self.top, depth=depth
        )


def paint_heaps(
    canvas: Canvas, brief: Brief, horizon: float, rise: float, *, layers: int = 2, foot: float = 1.0
) -> None:
    """Heaped clouds: banks of round, lit puffs, `rise` of the height tall, standing on row `horizon` * `foot`."""
    rng = canvas.rng("heaps")
    for layer in range(layers):
        near = (layer + 1) / layers
        base = min(float(canvas.height - 4), horizon * foot - canvas.height * rise * 0.20 * (layers - 1 - layer))
        tall = min(canvas.height * rise, canvas.unit * 0.42) * float(rng.uniform(0.8, 1.2)) * (1.15 - 0.35 * layer)
        top, bottom = max(0, int(base - tall * 1.5)), min(canvas.height, int(base + tall * 0.15))
        if bottom - top < 12:
            continue
        sheet = Puffs(canvas, brief, top, bottom, f"heap-{layer}", near)
        for _ in range(int(rng.integers(2, 5))):
            heap(
                sheet,
                rng,
                canvas.width * float(rng.uniform(-0.05, 1.05)),
                base,
                tall * float(rng.uniform(0.5, 1.0)),
                tall * float(rng.uniform(0.9, 2.2)),
            )
        sheet.lay(0.55 + 0.4 * near, foot=base - tall * 0.04, fade=tall * 0.12)


def heap(sheet: Puffs, rng: np.random.Generator, x: float, base: float, tall: float, wide: float) -> None:
    """One heaped cloud: puffs within a dome, high and far ones first, small ones along its edge."""
    spots = []
    for _ in range(34):
        u = float(rng.uniform(-1, 1))
        crest = (1 - u * u) ** 0.8 * float(rng.uniform(0.75, 1.0))
        up = float(rng.random()) ** 0.8 * crest
        spots.append(
            (up, x + u * wide / 2, base - up * tall, tall * (0.13 + 0.17 * (1 - up)) * float(rng.uniform(0.75, 1.35)))
        )
    for _, px, py, radius in sorted(spots, reverse=True):
        sheet.add(px, py, radius)
