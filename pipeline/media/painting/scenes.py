"""The table of scene kinds: each paints the canvas and tells where things may be added."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.media.painting import (
    scenes_abstract,
    scenes_city,
    scenes_fields,
    scenes_heights,
    scenes_lights,
    scenes_open,
    scenes_posters,
    scenes_space,
    scenes_stage,
    scenes_street,
    scenes_synthwave,
    scenes_underwater,
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
    "underwater": scenes_underwater.underwater,
    "desert": scenes_open.desert,
    "meadow": scenes_fields.meadow,
    "garden": scenes_fields.garden,
    "clouds": scenes_open.clouds,
    "road": scenes_ways.road,
    "rails": scenes_ways.rails,
    "skyline": scenes_city.skyline,
    "rooftops": scenes_city.rooftops,
    "street": scenes_street.street,
    "window": scenes_window.window,
    "space": scenes_space.space,
    "synthwave": scenes_synthwave.synthwave,
    "stage": scenes_stage.stage,
    "lights": scenes_lights.lights,
    "ink": scenes_abstract.ink,
    "silk": scenes_abstract.silk,
    "geometric": scenes_posters.geometric,
}
