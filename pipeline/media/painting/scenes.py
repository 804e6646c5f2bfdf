"""The table of scene kinds: each paints the canvas and tells where things may be added."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.media.painting import scenes_heights, scenes_water
from pipeline.media.painting.brief import Brief, Place
from pipeline.media.painting.canvas import Canvas

Scene = Callable[[Canvas, Brief], Place]

SCENES: Mapping[str, Scene] = {
    "mountains": scenes_heights.mountains,
    "lake": scenes_heights.lake,
    "ocean": scenes_water.ocean,
    "harbor": scenes_water.harbor,
    "forest": scenes_heights.forest,
    "village": scenes_heights.village,
    "underwater": scenes_water.underwater,
}
_UNPAINTED = {"skyline": "harbor", "street": "harbor", "rooftops": "village", "window": "lake", "space": "mountains", "desert": "mountains",
              "synthwave": "ocean", "meadow": "mountains", "garden": "forest", "road": "mountains", "rails": "lake", "stage": "underwater",
              "lights": "harbor", "clouds": "mountains", "ink": "underwater", "silk": "underwater", "geometric": "mountains"}
SCENES = {**SCENES, **{name: SCENES[other] for name, other in _UNPAINTED.items()}}
