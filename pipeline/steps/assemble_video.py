"""Join the shots to the film, with its song, and certify what came out."""

from __future__ import annotations

from typing import Any

from pipeline.media.lyrics.values import Lyrics
from pipeline.media.profile import Profile
from pipeline.media.shots import ShotFacts
from pipeline.media.timeline import Transition
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step


class FilmShot(Value):
    """One shot in film order; `transition` leads to the next."""

    file: Stored
    start_frame: int
    end_frame: int
    transition: Transition
    section: str = ""
    facts: ShotFacts = how()


class Input(Value):
    profile: Profile
    frames: int
    shots: tuple[FilmShot, ...]
    song: Stored
    beats_ms: tuple[int, ...] = ()
    lyrics: Lyrics = Lyrics()
    title: str = ""
    artist: str = ""
    known: Stored | None = how(None)


class Output(Value):
    file: Stored
    poster: Stored
    captions: Stored | None = None
    facts: Stored
    certificate: Any
    frames: int
    duration_ms: int


def run(input: Input, ctx: Context) -> Output:
    raise RuntimeError("assembly is not there yet")


STEP = Step("assemble_video", Input, Output, run, priority=90, deadline_s=3600)
