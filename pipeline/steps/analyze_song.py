"""Listen to the song: tempo, beats, sections, energy, key, waveform."""

from __future__ import annotations

from pipeline.media.audio.analysis import analyze_song
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.values import Value
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step


class Input(Value):
    song: Stored
    max_seconds: int = how(1200)


class Output(Value):
    analysis: SongAnalysis


def run(input: Input, ctx: Context) -> Output:
    path = ctx.fetch(input.song)
    return Output(analysis=analyze_song(path, max_seconds=input.max_seconds, stop=ctx.stop, progress=ctx.progress))


STEP = Step("analyze_song", Input, Output, run, priority=10)
