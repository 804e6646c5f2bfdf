"""The embedded picture maker: paints stylized, poster-like scenes from words, with no model and no network.

`paint` reads a prompt, chooses a kind of scene, palette, time, weather, season and foreground from its words (the
seed chooses what they leave open), paints it for the shape of the frame and returns the picture with its depth.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Bytes, Canvas
from pipeline.media.painting.compose import composed
from pipeline.media.painting.finish import finished, finished_depth
from pipeline.media.painting.foreground import paint_near_things, paint_sky_things
from pipeline.media.painting.life import living
from pipeline.media.painting.palettes import palette_colors
from pipeline.media.painting.scenes import SCENES
from pipeline.media.painting.weather import paint_weather, particles_of

__all__ = ["Painting", "paint"]

_SMALLEST = 240  # pixels: below this nothing reads, so smaller pictures are painted larger and reduced
_LONGEST = 5  # times the shorter side: beyond it a frame is painted at this shape and stretched


@dataclass(frozen=True, eq=False)
class Painting:
    """A picture. `image` is uint8 H x W x 3 (RGB), `depth` uint8 H x W (255 near), `focus_permille` where the eye
    should go. `life` (uint8 h x w x 2, smaller) tells how much each place is open water, and open sky.
    """

    image: Bytes
    depth: Bytes
    life: Bytes
    kind: str
    palette: str
    particles: str
    focus_permille: tuple[int, int]


def paint(prompt: str, *, seed: int, width: int, height: int, palette: str = "", bare: bool = False) -> Painting:
    """Paint what the prompt's words ask for; the same arguments always give the same picture.

    Any prompt works: where no word is known the seed decides. `palette` is a name from `words.PALETTES` to hold a
    color mood, or free words for one. `bare`: without the figures that the painter adds where the words name none.
    Raises ValueError for a width or height below 1.
    """
    if width < 1 or height < 1:
        raise ValueError("A picture needs a width and a height of at least 1 pixel.")
    key = hashlib.sha256(f"{seed}|{palette}|{prompt}".encode("utf-8", "replace")).digest()
    brief = composed(prompt, palette, np.random.default_rng(int.from_bytes(key[:8], "big")), bare=bare)
    inner = _inner_size(width, height)
    colors = palette_colors(brief.palette, brief.time, np.random.default_rng(int.from_bytes(key[8:16], "big")))
    canvas = Canvas(*inner, key, colors)
    place = SCENES[brief.kind](canvas, brief)
    _add(canvas, brief, place)
    life = living(canvas)
    depth = finished_depth(canvas)
    image = finished(canvas)
    if inner != (width, height):
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        depth = np.asarray(cv2.resize(depth, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return Painting(image, depth, life, brief.kind, brief.palette, particles_of(brief), _focus(canvas))


def _inner_size(width: int, height: int) -> tuple[int, int]:
    wide, tall = min(width, height * _LONGEST), min(height, width * _LONGEST)
    scale = max(1.0, _SMALLEST / min(wide, tall))
    return round(wide * scale), round(tall * scale)


def _focus(canvas: Canvas) -> tuple[int, int]:
    """Where the eye should go, in permille of the frame: the subject, else toward the light."""
    if canvas.focus is not None:
        x, y = canvas.focus[0] / canvas.width, canvas.focus[1] / canvas.height
        return int(np.clip(1000 * x, 0, 1000)), int(np.clip(1000 * y, 0, 1000))
    x, y = canvas.light[0] / canvas.width, canvas.light[1] / canvas.height
    return int(1000 * np.clip(x, 0.2, 0.8)), int(1000 * np.clip(y, 0.3, 0.7))


def _add(canvas: Canvas, brief: Brief, place: Place) -> None:
    """Put in what the words ask for, and the weather: fog behind what is near, rain and snow before it."""
    paint_sky_things(canvas, brief, place)
    outdoors = place.surface != "room"
    if outdoors and brief.weather == "fog":
        paint_weather(canvas, brief, place.horizon)
    paint_near_things(canvas, brief, place)
    if outdoors and brief.weather != "fog":
        paint_weather(canvas, brief, place.horizon)
