"""Make the music of a film that is not led by a song: composed, cut from an uploaded piece, or silence.

Whatever it is made from, the file is as long as the film to the sample, and it ends: a composition with its last chord,
a longer piece with a fade.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.media.audio.synth.beds import bed_analysis, silent_bed
from pipeline.media.audio.synth.songs import write_samples
from pipeline.media.audio.trimming import write_trimmed
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import MusicReply, MusicRequest
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting

KIND = "music"


class Input(Value):
    """`music` is the uploaded piece for "upload". A composition differs with its mood, its length, its `take`, and the
    `cuts` of the film (frames) that it is to meet.
    """

    source: Literal["compose", "upload", "none"] = "compose"
    frames: int = Field(gt=0)
    fps: int = Field(default=30, gt=0, le=120)
    mood: str = ""
    prompt: str = how("")
    """The music in words, for a model that is told in words."""
    take: int = 1
    cuts: tuple[int, ...] = ()
    seed: int = how(0)
    music: Stored | None = None
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    """`analysis` None: somebody has still to listen to it."""

    file: Stored
    analysis: SongAnalysis | None = None
    provider: str = "local"


def run(input: Input, ctx: Context) -> Output | Waiting:
    if input.source == "none":
        audio = silent_bed(input.frames, input.fps)
        path = ctx.folder / "music.wav"
        write_samples(audio, path)
        analysis = bed_analysis(audio, "", input.seed, input.frames, input.fps)
        return Output(file=ctx.store(_encoded(path, input, ctx), KIND), analysis=analysis)
    if input.source == "upload":
        if input.music is None:
            raise ValueError("an upload without its file")
        return Output(file=ctx.store(_encoded(ctx.fetch(input.music), input, ctx), KIND))
    provider = ctx.provider("music", input.provider, input.model)
    reply: MusicReply | Waiting = ctx.once("music", provider, _request(input))
    if isinstance(reply, Waiting):
        return reply
    if reply.analysis is not None:
        return Output(file=reply.file, analysis=reply.analysis, provider=input.provider)
    return Output(file=ctx.store(_encoded(ctx.fetch(reply.file), input, ctx), KIND), provider=input.provider)


def _request(input: Input) -> MusicRequest:
    return MusicRequest(
        prompt=input.prompt,
        seconds=max(1, -(-input.frames // input.fps)),
        seed=input.seed,
        mood=input.mood,
        cuts=input.cuts,
        frames=input.frames,
        fps=input.fps,
    )


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    if input.source == "compose":
        yield "music", _request(input)


def _encoded(path: Path, input: Input, ctx: Context) -> Path:
    out = ctx.folder / "bed.flac"
    write_trimmed(path, out, frames=input.frames, fps=input.fps, stop=ctx.stop)
    return out


# After the pictures, which people wait to see, and before the shots, which pulse with its beat.
STEP = Step("compose_music", Input, Output, run, calls=calls, capability="music", priority=65)
