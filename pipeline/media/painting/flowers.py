"""Which flowers, in which colors, and rows of them."""

from __future__ import annotations

import numpy as np

from pipeline.media.painting import plants
from pipeline.media.painting.brief import Brief
from pipeline.media.painting.canvas import Canvas, Pen
from pipeline.media.painting.color import Floats, mix, rgb


def flower_style(brief: Brief, rng: np.random.Generator) -> str:
    """The kind of flower that the words name, or any."""
    for word in ("tulip", "daisy", "poppy", "rose", "sunflower", "lavender"):
        if brief.has(word):
            return word
    return str(
        rng.choice(["tulip", "daisy", "poppy", "rose", "sunflower", "lavender"], p=[0.2, 0.22, 0.24, 0.14, 0.1, 0.1])
    )


def flower_colors(canvas: Canvas, brief: Brief, style: str, rng: np.random.Generator) -> tuple[list[Floats], Floats]:
    """Petal colors, natural ones bent toward the palette's accents, and the color of the heart."""
    codes = {
        "tulip": ("#e8475c", "#f5b83d", "#c65bb5"),
        "daisy": ("#fffaf0", "#fff0f5"),
        "poppy": ("#e63b2e", "#f0592a"),
        "rose": ("#d81e4a", "#f2a0b5"),
        "sunflower": ("#ffc22b", "#ffd75e"),
        "lavender": ("#8f6fd6", "#b08be8"),
    }[style]
    colors = [mix(rgb(code), canvas.colors.accents[int(rng.integers(4))], 0.22) for code in codes]
    if canvas.colors.dark:
        colors = [mix(color, canvas.colors.near, 0.28) for color in colors]
    return colors, rgb("#5a3413") if style in ("sunflower", "poppy") else rgb("#f2b233")


def paint_flower_row(canvas: Canvas, brief: Brief, ground: Floats, radius: float, count: int) -> None:
    """Flowers along a ground line, near ones larger."""
    rng = canvas.rng("flower-row")
    style = flower_style(brief, rng)
    colors, heart = flower_colors(canvas, brief, style, rng)
    stems = Pen(canvas)
    spots = []
    for x in np.sort(rng.uniform(0.01, 0.99, count)) * canvas.width:
        size = radius * float(rng.uniform(0.6, 1.5))
        foot = float(ground[int(np.clip(x, 0, canvas.width - 1))]) + radius
        spots.append((float(x), foot - size * float(rng.uniform(2.0, 5.2)), size, foot))
    heads = [(x, y, size, foot, colors[int(rng.integers(len(colors)))]) for x, y, size, foot in spots]
    for x, y, size, foot, color in heads:
        plants.paint_flower(canvas, rng, x, y, size, color, heart, style, stems, foot)
    # Stems were drawn after their heads were known but lie behind them: cut the heads out.
    below = Pen(canvas)
    below.mask, below.box = stems.mask, stems.box
    for x, y, size, _, _ in heads:
        below.dot(x, y, size * 0.5, 0)
    below.stamp(mix(canvas.colors.near, rgb("#2f6b3a"), 0.3), depth=225)
