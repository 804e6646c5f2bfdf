"""Looks a creator can choose for a whole video; the web form, the command and the local planner share this list.

A style decides palettes, favorite places, the words added to every prompt, how captions look and how sections meet. It
never decides what a scene is about: the lyrics do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pipeline.media.values import Value

CaptionLook = Literal["bold", "elegant", "clean"]


class Style(Value):
    """One preset. `palettes`, `kinds`, `times` and `weathers` are names of `pipeline.media.painting.words`.

    The first palette is the style's own, the choruses wear it; `times` is the day's course over the song, first to
    last.

    `transitions` are kinds of `pipeline.media.timeline.Transition`, the calmest first.
    """

    name: str
    label: str
    description: str
    palettes: tuple[str, ...]
    words: str
    kinds: tuple[str, ...]
    times: tuple[str, ...]
    weathers: tuple[str, ...]
    look: CaptionLook
    transitions: tuple[str, ...]
    season: str = ""
    """The season of the whole film; "" leaves it to the lyrics and the seed."""


_ALL = (
    Style(
        name="cinematic",
        label="Cinematic",
        description="Wide, moody landscapes and city nights in teal shadow and warm light.",
        palettes=("teal", "sunset", "storm", "golden", "noir"),
        words="wide film still, rich contrast",
        kinds=("mountains", "skyline", "ocean", "road", "street", "desert", "rails"),
        times=("dusk", "night", "dawn", "day", "sunset"),
        weathers=("clear", "fog", "clear", "rain", "cloudy"),
        look="clean",
        transitions=("crossfade", "fade_black", "blur"),
    ),
    Style(
        name="neon-noir",
        label="Neon noir",
        description="Rain on asphalt, lit windows and lonely silhouettes under pink and cyan signs.",
        palettes=("neon", "cyber", "noir", "royal"),
        words="glossy surfaces, glowing signs, hard contrast",
        kinds=("street", "skyline", "rooftops", "window", "rails", "harbor", "synthwave", "lights"),
        times=("dusk", "night", "night", "night", "dawn"),
        weathers=("rain", "clear", "fog", "clear"),
        look="bold",
        transitions=("fade_black", "wipe_left", "zoom"),
    ),
    Style(
        name="golden-hour",
        label="Golden hour",
        description="Low sun, long shadows and the soft gold of a summer evening remembered.",
        palettes=("golden", "sunset", "autumn", "dune"),
        words="backlit, long cast silhouettes, film grain",
        kinds=("meadow", "road", "ocean", "lake", "village", "desert", "garden", "mountains"),
        times=("dawn", "sunset", "sunset", "dusk", "sunset"),
        weathers=("clear", "wind", "clear", "fog"),
        look="elegant",
        transitions=("crossfade", "fade_white"),
        season="summer",
    ),
    Style(
        name="dream-pop",
        label="Dream pop",
        description="Pastel skies, floating light and soft focus, halfway between waking and sleep.",
        palettes=("dream", "candy", "rose", "dawn"),
        words="hazy focus, glowing specks, airy tones",
        kinds=("clouds", "lake", "garden", "silk", "underwater", "lights", "space", "window"),
        times=("dawn", "dusk", "night", "dawn", "sunset"),
        weathers=("fog", "clear", "wind", "clear"),
        look="elegant",
        transitions=("crossfade", "fade_white", "zoom"),
    ),
    Style(
        name="deep-forest",
        label="Deep forest",
        description="Misty woods, rivers and green light; quiet, old and alive.",
        palettes=("verdant", "teal", "dawn", "autumn"),
        words="natural tones, layered distance",
        kinds=("forest", "lake", "mountains", "meadow", "garden", "village", "road"),
        times=("dawn", "day", "dusk", "night", "dawn"),
        weathers=("fog", "clear", "rain", "wind"),
        look="elegant",
        transitions=("crossfade", "dissolve"),
    ),
    Style(
        name="ink-and-paper",
        label="Ink and paper",
        description="Flowing brush strokes and paper tones, like a painted scroll that moves.",
        palettes=("noir", "teal", "autumn", "storm"),
        words="paper texture, few colors, much left white",
        kinds=("ink", "mountains", "lake", "forest", "silk", "harbor", "village"),
        times=("dawn", "day", "dusk", "night", "dawn"),
        weathers=("fog", "clear", "wind", "rain"),
        look="elegant",
        transitions=("crossfade", "wipe_left"),
    ),
    Style(
        name="cosmic",
        label="Cosmic",
        description="Nebulae, planets and star fields seen from small, human places.",
        palettes=("royal", "night", "arctic", "dream"),
        words="vast scale, luminous and quiet",
        kinds=("space", "mountains", "desert", "lake", "clouds", "ocean", "rooftops"),
        times=("dusk", "night", "night", "night", "dawn"),
        weathers=("clear", "clear", "fog"),
        look="clean",
        transitions=("crossfade", "fade_white", "zoom"),
    ),
    Style(
        name="synthwave",
        label="Synthwave",
        description="An endless night drive through grids, palms and a banded retro sun.",
        palettes=("neon", "sunset", "cyber", "royal"),
        words="chrome shine, video scan, 1985",
        kinds=("synthwave", "road", "skyline", "ocean", "street", "rooftops", "space", "geometric"),
        times=("sunset", "dusk", "night", "night", "dawn"),
        weathers=("clear", "fog", "clear"),
        look="bold",
        transitions=("wipe_left", "slide_left", "zoom"),
        season="summer",
    ),
    Style(
        name="winter",
        label="Winter",
        description="Snow, pale light and aurora over frozen lakes and silent towns.",
        palettes=("arctic", "storm", "dawn", "night"),
        words="pale air, frosted detail",
        kinds=("village", "mountains", "forest", "lake", "rails", "street", "harbor", "window"),
        times=("dawn", "day", "dusk", "night", "dawn"),
        weathers=("snow", "clear", "fog", "snow"),
        look="clean",
        transitions=("crossfade", "fade_white"),
        season="winter",
    ),
    Style(
        name="monochrome",
        label="Monochrome",
        description="Black, white and one accent of red; graphic, stark and timeless.",
        palettes=("noir",),
        words="monochrome, strong contrast, grain",
        kinds=("street", "rails", "ocean", "skyline", "mountains", "window", "road", "ink"),
        times=("dawn", "dusk", "night", "day", "dusk"),
        weathers=("fog", "rain", "clear", "cloudy"),
        look="clean",
        transitions=("fade_black", "crossfade"),
    ),
    Style(
        name="summer",
        label="Summer",
        description="Bright beaches, blue water and candy skies; open windows and loud choruses.",
        palettes=("azure", "candy", "golden", "sunset"),
        words="vivid color, open air",
        kinds=("ocean", "road", "meadow", "garden", "harbor", "rooftops", "clouds", "stage"),
        times=("dawn", "day", "day", "sunset", "dusk"),
        weathers=("clear", "clear", "wind"),
        look="bold",
        transitions=("slide_left", "crossfade", "fade_white"),
        season="summer",
    ),
    Style(
        name="bauhaus",
        label="Bauhaus",
        description="Bold geometric shapes and poster colors that move with the beat.",
        palettes=("candy", "teal", "noir", "golden"),
        words="flat graphic composition, screen print grain",
        kinds=("geometric", "skyline", "stage", "rooftops", "synthwave", "mountains", "silk", "harbor"),
        times=("day", "day", "dusk", "night", "dawn"),
        weathers=("clear", "cloudy"),
        look="bold",
        transitions=("slide_left", "wipe_left", "zoom"),
    ),
    Style(
        name="fire-and-storm",
        label="Fire and storm",
        description="Burning skies, lightning and black ridges for songs that do not hold back.",
        palettes=("fire", "storm", "noir", "ember"),
        words="dramatic contrast, glowing edges",
        kinds=("mountains", "ocean", "desert", "road", "stage", "forest", "skyline", "ink"),
        times=("dusk", "night", "night", "dawn", "dusk"),
        weathers=("storm", "embers", "clear", "rain", "wind"),
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
