"""Places and figures in words that the painter shows: the sentences of every description are built from these.

A place phrase holds words of its own kind only, so that the painter never has to guess; a figure stands only where it
belongs.
"""

from __future__ import annotations

from collections.abc import Mapping

# Kind -> "preposition|place". Every phrase reads after "A lone figure ...".
PLACES: Mapping[str, tuple[str, ...]] = {
    "mountains": (
        "before|a range of jagged mountain peaks",
        "on|a bare ridge over a wide mountain valley",
        "below|a single sharp summit",
        "among|high ridges that fade one behind another",
        "at|the foot of a sheer cliff",
        "over|a canyon between two mountains",
    ),
    "lake": (
        "beside|a still lake, smooth as a mirror",
        "along|a slow river that bends out of sight",
        "at|the reedy edge of a small pond",
        "on|the stony shore of a narrow fjord",
        "by|a lake that holds a perfect reflection",
    ),
    "ocean": (
        "on|an empty beach before long ocean waves",
        "facing|the open sea",
        "on|a rocky coast where the surf breaks",
        "near|a small island in a glassy sea",
        "before|one great ocean wave",
        "at|the wet edge of the tide",
    ),
    "harbor": (
        "at|the end of a wooden pier",
        "in|a sleeping harbor full of masts",
        "along|the stone docks of a harbor",
        "by|a canal lined with moored hulls",
        "near|the harbor wall",
    ),
    "skyline": (
        "before|a glittering city skyline",
        "facing|the skyscrapers of downtown",
        "under|the highest tower of the city",
        "outside|a dense metropolis of glass towers",
        "looking at|the distant city skyline",
    ),
    "street": (
        "on|a narrow street between glowing signs",
        "in|an alley hung with neon",
        "at|an empty crosswalk on a wide avenue",
        "along|a boulevard of closed doors",
        "under|the signs of a side street",
    ),
    "rooftops": (
        "on|a rooftop among chimneys",
        "over|a maze of tiled roofs",
        "on|a small balcony over crowded rooftops",
        "on|a terrace facing roof after roof",
        "at|the edge of a flat rooftop",
    ),
    "window": (
        "at|the window of a dim room",
        "behind|a half-drawn curtain in a bedroom window",
        "by|the steamed window of a cafe",
        "beside|a wide window with a thin curtain",
        "in|a bare room with one tall window",
    ),
    "space": (
        "under|a ringed planet and its nebula in space",
        "before|a spiral galaxy",
        "in|orbit around a blue planet",
        "among|the colors of a vast nebula",
        "on|the rim of a small planet in the cosmos",
    ),
    "forest": (
        "in|a tall pine forest",
        "at|the edge of a forest of bare trunks",
        "on|a path through the woods",
        "in|a forest clearing full of ferns",
        "between|the first pines of a grove",
    ),
    "desert": (
        "crossing|the high dunes of a desert",
        "under|a lone mesa in the desert",
        "on|rippled desert sand",
        "near|a small oasis among the dunes",
        "before|an endless line of dunes",
    ),
    "synthwave": (
        "on|a glowing synthwave grid",
        "before|a retro sun cut into stripes over a grid",
        "racing over|an 80s laser grid",
        "between|retro wireframe slopes on a grid",
        "within|an arcade dream of retro laser beams",
    ),
    "meadow": (
        "in|a wide meadow of high grass",
        "across|a field of ripe wheat",
        "on|a long slope of open prairie",
        "in|a pasture where the grass bends",
        "at|the end of a countryside field",
    ),
    "garden": (
        "in|a garden in full bloom",
        "among|tulips and blossom in a garden",
        "under|an orchard in blossom",
        "in|a walled rose garden",
        "between|rows of sunflowers in a garden",
    ),
    "village": (
        "outside|a small village of crooked cottages",
        "near|a cabin with one lit pane",
        "before|a wooden chalet and its village",
        "at|the gate of a lonely cottage",
        "on|the only path of a sleeping village",
    ),
    "underwater": (
        "over|a coral reef underwater",
        "among|drifting jellyfish underwater",
        "beneath|slow shafts of brightness underwater",
        "beside|a passing whale underwater",
        "among|the coral columns of a reef",
    ),
    "road": (
        "on|an open highway that runs straight ahead",
        "along|a winding road",
        "at|the side of an empty highway",
        "on|a road with a broken center line of asphalt",
        "on|a long drive down an empty highway",
    ),
    "rails": (
        "along|railway tracks that meet far away",
        "on|the platform of a small train station",
        "at|the mouth of a railway tunnel",
        "beside|a long curve of railroad tracks",
        "by|the railway signals, where the line bends away",
    ),
    "stage": (
        "on|a stage in a single spotlight",
        "facing|the beams of a concert stage",
        "before|a festival stage",
        "behind|the microphone on a bare stage",
        "under|the crossing spotlights of a concert",
    ),
    "lights": (
        "in|a blur of bokeh, near and far",
        "under|the chandelier of a grand ballroom",
        "among|party lights out of focus, all bokeh",
        "among|candles and bokeh",
        "beneath|strings of lanterns melting to bokeh",
    ),
    "clouds": (
        "over|a slow, endless floor of clouds",
        "among|towering clouds",
        "floating in|a wide sky of broken clouds",
        "over|the clouds, where the sky is thin",
        "under|one great cloud lit from behind",
    ),
    "ink": (
        "in|swirls of ink on paper",
        "among|flowing brush strokes of ink",
        "within|a painting of ink currents",
        "in|calligraphy that will not hold still, drawn in ink",
    ),
    "silk": (
        "in|folds of flowing silk",
        "among|ribbons of colored smoke and silk",
        "within|liquid velvet, abstract and slow",
        "in|slow satin that moves like honey",
    ),
    "geometric": (
        "in|a mosaic of bold geometric shapes",
        "among|the circles and arcs of a bauhaus poster",
        "within|a geometric pattern of tiles",
        "in|a bold geometric pop mosaic",
    ),
}

_OUTDOORS = (
    "mountains",
    "lake",
    "ocean",
    "harbor",
    "skyline",
    "street",
    "rooftops",
    "forest",
    "desert",
    "meadow",
    "garden",
    "village",
    "road",
    "rails",
    "synthwave",
    "stage",
)

# Foreground -> (phrase, kinds where it belongs).
FIGURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "person": ("a lone figure", (*_OUTDOORS, "window", "space", "clouds")),
    "couple": ("two lovers", (*_OUTDOORS, "window", "lights")),
    "dancer": ("a dancer", ("stage", "lights", "ocean", "rooftops", "street", "meadow", "ink", "silk", "synthwave")),
    "crowd": ("a cheering crowd", ("stage",)),
    "musician": ("a guitarist", ("stage", "street", "road", "rooftops", "meadow", "rails", "window", "village")),
    "child": (
        "a child with a balloon",
        ("meadow", "ocean", "garden", "street", "village", "rooftops", "road", "mountains"),
    ),
    "umbrella": ("a walker with an umbrella", ("street", "road", "lake", "harbor", "rooftops", "rails", "garden")),
    "tree": ("a single oak tree", ("meadow", "lake", "mountains", "road", "village", "desert")),
    "palm": ("a row of palms", ("ocean", "road", "desert", "synthwave")),
    "birds": ("a flock of birds", (*_OUTDOORS, "clouds")),
    "boat": ("a small boat", ("lake", "ocean", "harbor")),
    "wires": ("telephone wires", ("road", "rooftops", "meadow", "desert", "rails")),
    "train": ("a passing train", ("rails",)),
    "tram": ("a tram that comes closer", ("street",)),
    "stalls": ("market stalls under awnings", ("street",)),
    "lighthouse": ("a lighthouse", ("harbor", "ocean")),
    "bridge": ("a long bridge", ("harbor", "skyline", "lake")),
    "car": ("a car with lit headlights", ("road", "street")),
    "flowers": ("red poppies", ("meadow",)),
    "fire": ("a campfire", ("mountains", "lake", "forest", "desert", "ocean", "meadow")),
    "balloon": ("an airballoon", ("clouds", "mountains", "desert", "meadow", "lake")),
    "lanterns": ("paper lanterns rising", ("lights", "lake", "village", "ocean", "harbor")),
    "lamp": ("a single lamppost", ("street", "harbor", "village", "rails", "garden")),
    "deer": ("a watching deer", ("forest", "meadow", "mountains", "lake")),
    "horse": ("a patient horse", ("meadow", "village", "desert", "mountains", "lake")),
    "bicycle": (
        "a cyclist",
        tuple(kind for kind in _OUTDOORS if kind not in ("synthwave", "stage", "rooftops", "rails")),
    ),
    "fence": ("a crooked fence", ("meadow", "village")),
    "bench": ("an empty bench", ("lake", "garden", "harbor", "rails", "ocean", "street")),
    "windmill": ("a turning windmill", ("meadow", "village")),
    "plane": ("a silver airplane", ("clouds",)),
    "grass": ("tall reeds", ("lake", "meadow")),
    "cactus": ("a tall cactus", ("desert",)),
}

# Kind -> what is seen of it through a window, in a word that the painter knows.
VIEWS: Mapping[str, str] = {
    "skyline": "city",
    "rooftops": "city",
    "street": "street",
    "ocean": "ocean",
    "harbor": "ocean",
    "lake": "lake",
    "mountains": "mountain",
    "meadow": "meadow",
}


def view_from(kind: str, votes: Mapping[str, float], least: float) -> str:
    """What lies outside of a place's window: the part of the film's world that its words name most; "" where none."""
    if kind not in INDOORS:
        return ""
    seen = {name: votes.get(name, 0.0) for name in VIEWS}
    most = max(seen, key=lambda name: seen[name])
    return VIEWS[most] if seen[most] >= least else ""


NAMED_ONLY = frozenset({"fire", "bicycle"})
"""Figures that come only where words name them: somebody must have lit a fire, and nobody cycles past by chance."""

# Where a weather or a time of day makes sense. Anything unlisted takes all.
NO_WEATHER = frozenset({"space", "underwater", "ink", "silk", "geometric", "synthwave", "stage", "lights"})
INDOORS = frozenset({"window"})
TIMELESS = frozenset({"space", "underwater", "ink", "silk", "geometric", "stage", "lights", "synthwave"})

_ODD_WEATHER = frozenset(
    {("desert", "rain"), ("desert", "snow"), ("desert", "fog"), ("clouds", "fog"), ("clouds", "rain")}
)


def fits_weather(kind: str, weather: str) -> bool:
    """Whether a weather that no word asked for may come to a place."""
    return (kind, weather) not in _ODD_WEATHER and (
        kind not in INDOORS or weather in {"clear", "rain", "snow", "storm"}
    )


WEATHER_PHRASES: Mapping[str, tuple[str, ...]] = {
    "clear": (),
    "cloudy": ("a low, heavy overcast", "a pale overcast"),
    "rain": ("rain falling", "a fine drizzle", "steady rain"),
    "snow": ("snow falling", "slow snowflakes", "thick snow"),
    "fog": ("mist drifting in", "thin fog", "a pale haze"),
    "storm": ("a thunderstorm coming", "lightning far off"),
    "wind": ("a strong wind", "a warm breeze"),
    "embers": ("sparks and embers in the air", "fireflies"),
}

# {a} stands for "a summer" or "an autumn": naming the season keeps snow out of a film that has none.
TIME_PHRASES: Mapping[str, tuple[str, ...]] = {
    "dawn": ("at {a} dawn", "on {a} morning", "at {a} daybreak"),
    "day": ("on {a} day", "at {a} noon", "on {a} afternoon"),
    "sunset": ("at {a} sunset", "at {a} sundown"),
    "dusk": ("on {a} evening", "in {a} twilight", "at {a} dusk"),
    "night": ("on {a} night", "at {a} midnight", "late on {a} night"),
}

SKY_PHRASES: Mapping[str, tuple[str, ...]] = {
    "sun": ("the sun low", "sunlight ahead"),
    "moon": ("a full moon", "moonlight on everything"),
    "crescent": ("a thin crescent moon",),
    "stars": ("countless stars", "a starry dome"),
    "comet": ("a comet passing",),
    "aurora": ("an aurora unfolding",),
    "rainbow": ("a faint rainbow",),
    "lightning": ("lightning far off",),
    "fireworks": ("fireworks bursting",),
    "rays": ("sunbeams breaking through",),
}
