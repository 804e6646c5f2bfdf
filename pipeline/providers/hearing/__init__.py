"""What a transcription model heard, made into lyrics: parts joined, inventions left out, given words kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pipeline.media.lyrics import fitted_lyrics, read_lyrics, with_word_times
from pipeline.media.lyrics.alignment import aligned_lyrics
from pipeline.media.lyrics.timing import repaired_lines
from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.run import MediaError
from pipeline.providers.base import Provider
from pipeline.providers.capabilities import Heard, TranscriptionReply, TranscriptionRequest
from pipeline.providers.hearing.doubts import believed
from pipeline.providers.hearing.given import aligned_to_heard
from pipeline.providers.hearing.lines import heard_lines
from pipeline.providers.hearing.parts import joined_lines, song_parts
from pipeline.providers.local.writer import LocalTranscription

NOTHING_HEARD = (
    "No words were heard. If somebody sings, paste the lyrics; if nobody does, mark the song as instrumental."
)
OTHER_WORDS = "What was heard hardly matches the lyrics given, so their times were estimated from the singing alone."


def song_lyrics(request: TranscriptionRequest, parts: Sequence[Heard]) -> Lyrics:
    """The song's lyrics from all that was heard. Words that the creator gave win, with the times at which they were
    heard.
    """
    kept = [believed(part, request.analysis) for part in parts]
    language = next((part.language for part in parts if part.language), request.language)
    dropped = sum(len(part.segments) - len(less.segments) for part, less in zip(parts, kept, strict=True))
    notes = (f"{dropped} passages that the model most likely invented were left out.",) if dropped else ()
    lines = joined_lines([(part, heard_lines(part)) for part in kept])
    duration = request.analysis.duration_ms
    given = read_lyrics(request.text, name=request.name) if request.text.strip() else Lyrics()
    if given.lines:
        found = aligned_to_heard(given, [word for line in lines for word in line.words], request.analysis)
        if found is None:
            estimated = aligned_lyrics(given, request.analysis)
            notes = (*notes, OTHER_WORDS)
            return _finished(estimated, estimated.lines, duration, language, (*given.notes, *notes))
        return _finished(found, found.lines, duration, language, (*given.notes, *notes))
    if not lines:
        return Lyrics(source="transcript", language=language, notes=(*notes, NOTHING_HEARD))
    heard = Lyrics(source="transcript", timed=True)
    return _finished(heard, lines, duration, language, notes)


def _finished(base: Lyrics, lines: Sequence[Line], duration_ms: int, language: str, notes: Sequence[str]) -> Lyrics:
    """Inside the song, in order, without overlaps; a model's times are known to pass the song's end."""
    repaired, _ = repaired_lines(lines)
    whole = base.model_copy(
        update={
            "lines": repaired,
            "timed": bool(repaired),
            "language": base.language or language,
            "notes": tuple(dict.fromkeys(notes)),
        }
    )
    return with_word_times(fitted_lyrics(whole, duration_ms))


def hearing_calls(
    provider: Provider[Any, Any], request: TranscriptionRequest
) -> Iterator[tuple[str, TranscriptionRequest]]:
    """(call, request) of each part in which this provider hears the song, in order; nothing where it is not asked."""
    if provider.repeatable or _may_have_times(request):
        return
    spans = song_parts(request.analysis, provider_part_ms(provider))
    for number, (start_ms, end_ms) in enumerate(spans, start=1):
        part = request.model_copy(update={"start_ms": start_ms, "end_ms": end_ms})
        yield "transcribe" if len(spans) == 1 else f"transcribe-{number}", part


def has_times(text: str, name: str) -> bool:
    """Whether the words given say when they are sung, so that nobody has to listen. Raises MediaError."""
    return bool(text.strip()) and read_lyrics(text, name=name).timed


def _may_have_times(request: TranscriptionRequest) -> bool:
    try:
        return has_times(request.text, request.name)
    except MediaError:  # whoever hears the song says so, before anything is asked
        return False


def hear_song(
    once: Callable[[str, Provider[Any, Any], TranscriptionRequest], Any],
    provider: Provider[Any, Any],
    request: TranscriptionRequest,
) -> Any:
    """The song's lyrics by this provider, a long song in parts, each a call of its own that is paid and recorded.

    `once` is the context's door to providers. Lyrics given with times need no model and cost nothing. The reply, or
    whatever else `once` handed back (a Waiting). Raises ProviderError.
    """
    if provider.repeatable or has_times(request.text, request.name):
        return once("transcribe", provider if provider.repeatable else LocalTranscription(), request)
    replies = []
    for call, part in hearing_calls(provider, request):
        reply = once(call, provider, part)
        if not isinstance(reply, TranscriptionReply):
            return reply
        replies.append(reply)
    heard = [reply.heard for reply in replies if reply.heard is not None]
    return TranscriptionReply(lyrics=song_lyrics(request, heard))


def provider_part_ms(provider: Provider[Any, Any]) -> int:
    """The longest part of a song that this provider's model takes; 0 means any length."""
    return int(getattr(provider, "part_ms", 0))
