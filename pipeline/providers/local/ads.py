"""Scenes of an ad: one per beat of its template, as long as the template says."""

from __future__ import annotations

from pipeline.media.timeline import CUT, Slot, Transition, fitted_transition
from pipeline.providers.local.lexicon import reading_of
from pipeline.providers.local.moods import mood_of
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest

TRANSITION_FRAMES = 12


def ad_scenes(request: PlanRequest) -> tuple[PlannedScene, ...]:
    """The scenes of a film made of `request.beats`. Raises ValueError where these do not fill it."""
    if sum(beat.frames for beat in request.beats) != request.frames:
        raise ValueError("the beats do not fill the film")
    whole = reading_of(" ".join(beat.description for beat in request.beats))
    places = []
    start = 0
    for beat in request.beats:
        places.append(Slot(start_frame=start, end_frame=start + beat.frames))
        start += beat.frames
    found = []
    for index, (beat, slot) in enumerate(zip(request.beats, places, strict=True)):
        near = reading_of(beat.description)
        transition = CUT
        if beat.transition != "cut" and index + 1 < len(places):
            wished = Transition(kind=beat.transition, frames=TRANSITION_FRAMES)
            transition = fitted_transition(wished, slot, places[index + 1])
        found.append(
            PlannedScene(
                start_frame=slot.start_frame,
                end_frame=slot.end_frame,
                section=beat.section,
                lyrics="",
                description=beat.description,
                mood=mood_of(near, near, whole, label="verse", energy=500, turn=index),
                camera=beat.camera,
                transition=transition,
                reasoning=f"The template's beat “{beat.name}”, {beat.frames / request.fps:g} s.",
                imagery=beat.name,
                palette=beat.palette,
                caption=beat.caption,
            )
        )
    return tuple(found)
