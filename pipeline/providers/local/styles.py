"""Looks a creator can choose for a whole video; the web form, the command and the local planner share this list.

A style decides palettes, favorite places, the words added to every prompt, how captions look and how sections meet. It never
decides what a scene is about: the lyrics do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pipeline.media.values import Value

CaptionLook = Literal["bold", "elegant", "clean"]


class Style(Value):
    """One preset. `palettes` and `kinds` are names of `pipeline.media.painting`; the first palette is the style's own.

    `transitions` are kinds of `pipeline.media.timeline.Transition`, the calmest first.
    """

    name: str
    label: str
    description: str
    palettes: tuple[str, ...]
    words: str
    kinds: tuple[str, ...]
    look: CaptionLook
    transitions: tuple[str, ...]


_ALL = (
    Style(
        name="cinematic",
        label="Cinematic",
        description="Wide, moody landscapes and city nights in teal shadow and warm light.",
        palettes=("teal", "sunset", "storm", "golden"),
        words="cinematic wide shot, deep shadows, warm light",
        kinds=("mountains", "city", "ocean", "desert", "forest"),
        look="clean",
        transitions=("crossfade", "fade_black"),
    ),
    Style(
        name="neon-noir",
        label="Neon noir",
        description="Rain on asphalt, lit windows and lonely silhouettes under pink and cyan signs.",
        palettes=("neon", "cyber", "noir", "night"),
        words="neon reflections, wet streets, night",
        kinds=("city", "bokeh", "synthwave", "ocean"),
        look="bold",
        transitions=("fade_black", "wipe_left", "zoom"),
    ),
    Style(
        name="golden-hour",
        label="Golden hour",
        description="Low sun, long shadows and the soft gold of a summer evening remembered.",
        palettes=("golden", "sunset", "desert", "dawn"),
        words="golden hour, low sun, warm haze",
        kinds=("mountains", "ocean", "desert", "forest"),
        look="elegant",
        transitions=("crossfade", "fade_white"),
    ),
    Style(
        name="dream-pop",
        label="Dream pop",
        description="Pastel skies, floating light and soft focus, halfway between waking and sleep.",
        palettes=("dream", "candy", "dawn"),
        words="dreamy pastel light, soft glow",
        kinds=("silk", "bokeh", "ocean", "mountains", "space"),
        look="elegant",
        transitions=("crossfade", "fade_white", "zoom"),
    ),
    Style(
        name="deep-forest",
        label="Deep forest",
        description="Misty woods, rivers and green light; quiet, old and alive.",
        palettes=("forest", "teal", "dawn", "arctic"),
        words="natural light, drifting mist, deep green",
        kinds=("forest", "mountains", "ocean", "ink"),
        look="elegant",
        transitions=("crossfade",),
    ),
    Style(
        name="ink-and-paper",
        label="Ink and paper",
        description="Flowing brush strokes and paper tones, like a painted scroll that moves.",
        palettes=("noir", "teal", "golden", "storm"),
        words="ink painting, brush strokes, paper texture",
        kinds=("ink", "mountains", "forest", "silk"),
        look="elegant",
        transitions=("crossfade", "wipe_left"),
    ),
    Style(
        name="cosmic",
        label="Cosmic",
        description="Nebulae, planets and star fields seen from small, human places.",
        palettes=("night", "neon", "arctic", "dream"),
        words="cosmic light, stars, vast scale",
        kinds=("space", "mountains", "desert", "ocean"),
        look="clean",
        transitions=("crossfade", "fade_white", "zoom"),
    ),
    Style(
        name="synthwave",
        label="Synthwave",
        description="An endless night drive through grids, palms and a banded retro sun.",
        palettes=("neon", "sunset", "cyber"),
        words="retro 80s synthwave glow",
        kinds=("synthwave", "city", "ocean", "space", "geo"),
        look="bold",
        transitions=("wipe_left", "slide_left", "zoom"),
    ),
    Style(
        name="winter",
        label="Winter",
        description="Snow, pale light and aurora over frozen lakes and silent towns.",
        palettes=("arctic", "storm", "dawn", "night"),
        words="cold winter air, snow, pale light",
        kinds=("mountains", "forest", "city", "ocean"),
        look="clean",
        transitions=("crossfade", "fade_white"),
    ),
    Style(
        name="monochrome",
        label="Monochrome",
        description="Black, white and one accent of red; graphic, stark and timeless.",
        palettes=("noir",),
        words="black and white, strong contrast",
        kinds=("city", "mountains", "ocean", "ink", "geo"),
        look="clean",
        transitions=("fade_black", "crossfade"),
    ),
    Style(
        name="summer",
        label="Summer",
        description="Bright beaches, blue water and candy skies; open windows and loud choruses.",
        palettes=("ocean", "candy", "golden", "sunset"),
        words="bright summer light, vivid color",
        kinds=("ocean", "desert", "mountains", "bokeh"),
        look="bold",
        transitions=("slide_left", "crossfade", "fade_white"),
    ),
    Style(
        name="bauhaus",
        label="Bauhaus",
        description="Bold geometric shapes and poster colors that move with the beat.",
        palettes=("candy", "teal", "noir", "golden"),
        words="bold geometric poster, flat shapes",
        kinds=("geo", "city", "silk", "mountains"),
        look="bold",
        transitions=("slide_left", "wipe_left", "zoom"),
    ),
    Style(
        name="fire-and-storm",
        label="Fire and storm",
        description="Burning skies, lightning and black ridges for songs that do not hold back.",
        palettes=("fire", "storm", "noir"),
        words="dramatic storm light, embers, high contrast",
        kinds=("mountains", "desert", "ocean", "city", "ink"),
        look="bold",
        transitions=("fade_black", "fade_white", "zoom"),
    ),
)

STYLES: Mapping[str, Style] = MappingProxyType({style.name: style for style in _ALL})
DEFAULT_STYLE = "cinematic"


def style_named(name: str) -> Style:
    """The style of that name or label, in any case; the default one for a name nobody knows."""
    slug = "-".join(name.lower().split())
    return STYLES.get(slug, STYLES[DEFAULT_STYLE])
