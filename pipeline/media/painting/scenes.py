"""The table of scene kinds: each paints the canvas and tells where things may be added."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.media.painting import (
    scenes_abstract,
    scenes_city,
    scenes_heights,
    scenes_open,
    scenes_space,
    scenes_stage,
    scenes_street,
    scenes_water,
    scenes_ways,
    scenes_window,
)
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
    "desert": scenes_open.desert,
    "meadow": scenes_open.meadow,
    "garden": scenes_open.garden,
    "clouds": scenes_open.clouds,
    "road": scenes_ways.road,
    "rails": scenes_ways.rails,
    "skyline": scenes_city.skyline,
    "rooftops": scenes_city.rooftops,
    "street": scenes_street.street,
    "window": scenes_window.window,
    "space": scenes_space.space,
    "synthwave": scenes_space.synthwave,
    "stage": scenes_stage.stage,
    "lights": scenes_stage.lights,
    "ink": scenes_abstract.ink,
    "silk": scenes_abstract.silk,
    "geometric": scenes_abstract.geometric,
}
