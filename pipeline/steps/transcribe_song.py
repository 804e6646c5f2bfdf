"""Find the song's words and their times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.values import Value
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import TranscriptionReply, TranscriptionRequest
from pipeline.providers.hearing import hear_song, hearing_calls
from pipeline.recipes import Stored, how
from pipeline.steps.base import Context, Step, Waiting


class Input(Value):
    """`text` is what the creator gave. An instrumental has no words, whatever the file's tags say."""

    song: Stored
    text: str = ""
    name: str = ""
    instrumental: bool = False
    language: str = ""
    """ISO 639-1, where somebody named it; else the model finds it out, which an intro without words can mislead."""
    analysis: SongAnalysis = how()
    provider: str = how("local")
    model: str = how("")


class Output(Value):
    lyrics: Lyrics


def run(input: Input, ctx: Context) -> Output | Waiting:
    if input.instrumental:
        return Output(lyrics=Lyrics())
    provider = ctx.provider("transcription", input.provider, input.model)
    reply: TranscriptionReply | Waiting = hear_song(ctx.once, provider, _request(input))
    return reply if isinstance(reply, Waiting) else Output(lyrics=reply.lyrics)


def _request(input: Input) -> TranscriptionRequest:
    fields = {"text": input.text, "name": input.name, "language": input.language}
    return TranscriptionRequest(song=input.song, analysis=input.analysis, **fields)


def calls(input: Input, provider: Provider[Any, Any]) -> Iterator[tuple[str, Value]]:
    return iter(()) if input.instrumental else hearing_calls(provider, _request(input))


STEP = Step(
    "transcribe_song",
    Input,
    Output,
    run,
    calls=calls,
    capability="transcription",
    queue="io",
    priority=20,
    deadline_s=300,
)
