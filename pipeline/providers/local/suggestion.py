"""One more scene for a film that is planned already."""

from __future__ import annotations

from pipeline.media.audio.values import GRID_MS, Section
from pipeline.media.timeline import frame_at
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest
from pipeline.providers.local.planner import plan_scenes

_LABELS = ("intro", "verse", "chorus", "bridge", "instrumental", "outro")


def suggested_scene(request: PlanRequest, *, start_ms: int, end_ms: int, section: str, seed: int) -> PlannedScene:
    """What could be seen between two times of the song that `request` describes: planned as if they were all of it."""
    length = max(500, end_ms - start_ms)
    lines = tuple(
        line.model_copy(
            update={
                "start_ms": max(0, line.start_ms - start_ms),
                "end_ms": min(length, line.end_ms - start_ms),
                "words": (),
            }
        )
        for line in request.lines
        if start_ms <= line.start_ms < end_ms and line.end_ms > line.start_ms
    )
    label = section if section in _LABELS else "verse"
    part = request.model_copy(
        update={
            "duration_ms": length,
            "frames": max(1, frame_at(length, request.fps)),
            "beats_ms": (),
            "downbeats_ms": (),
            "sections": (Section.model_validate({"start_ms": 0, "end_ms": length, "label": label}),),
            "energy": request.energy[start_ms // GRID_MS : end_ms // GRID_MS],
            "lines": lines,
            "seed": seed,
            "min_ms": length,
            "max_ms": 2 * length,
        }
    )
    return plan_scenes(part)[0]
