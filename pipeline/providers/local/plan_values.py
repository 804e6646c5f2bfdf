"""What the planner is asked and what it answers."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from pipeline.media.audio.values import Section
from pipeline.media.lyrics.values import Line
from pipeline.media.timeline import CUT, Transition, TransitionKind
from pipeline.media.values import Value


class PlannedBeat(Value):
    """A beat of an ad that is to become a scene: its frames and what the brief decided about it."""

    name: str
    section: str
    frames: int = Field(gt=0)
    description: str
    caption: str = ""
    camera: str = "push_in"
    transition: TransitionKind = "cut"
    palette: str = ""


class PlanRequest(Value):
    """A song, or the music under an idea, to be cut into scenes.

    `frames` is the film's exact length; times are milliseconds from the start of the music.

    `energy` holds one value of 0..1000 per 100 ms, as in `SongAnalysis`. Everything but the length may be empty.
    """

    duration_ms: int = Field(gt=0)
    fps: int = Field(default=30, gt=0, le=120)
    frames: int = Field(gt=0)
    beats_ms: tuple[int, ...] = ()
    downbeats_ms: tuple[int, ...] = ()
    sections: tuple[Section, ...] = ()
    energy: tuple[int, ...] = ()
    lines: tuple[Line, ...] = ()
    style: str = ""
    title: str = ""
    idea: str = ""
    """What the film is about, where no song says it: then every scene shows a part of it and lasts about `scene_ms`."""
    scene_ms: int = 0
    beats: tuple[PlannedBeat, ...] = ()
    """What a template decided: then there is one scene per beat, and nothing is left to plan but moods."""
    seed: int = 0
    min_ms: int = Field(default=2000, ge=500)
    max_ms: int = Field(default=12000)

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.max_ms < 2 * self.min_ms:
            raise ValueError("max_ms must be at least twice min_ms, or some lengths could not be cut")
        return self


class PlannedScene(Value):
    """One scene: its frames [start_frame, end_frame), what is shown and why.

    `camera` is a name of `Motion.camera`; `transition` leads to the next scene (a cut for the last). Scenes of a
    returning chorus share `imagery`. `palette` is a name of `pipeline.media.painting.words.PALETTES`.
    """

    start_frame: int
    end_frame: int
    section: str
    lyrics: str
    description: str
    mood: str
    camera: str
    transition: Transition = CUT
    reasoning: str
    imagery: str
    palette: str = ""
    caption: str = ""
    """The idea's own words for this scene, as they may be shown with it; empty on a song."""


class PromptText(Value):
    """What a picture is made from.

    Wanted, unwanted, how it moves, and its palette for a painter that knows it by name.
    """

    text: str
    negative: str
    motion: str
    palette: str = ""
