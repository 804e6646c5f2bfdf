"""Words made on this machine: lyrics laid over the song, scenes planned, prompts written, all by rules."""

from __future__ import annotations

from pipeline.ads.writing import filled_beats
from pipeline.media.lyrics import aligned_lyrics, fitted_lyrics, read_lyrics, read_tags, with_word_times
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.values import Value
from pipeline.providers.base import Provider, Reply, Work
from pipeline.providers.capabilities import (
    BriefReply,
    BriefRequest,
    PlanReply,
    PlanRequest,
    PromptAsk,
    PromptsReply,
    PromptsRequest,
    PromptText,
    RewriteReply,
    RewriteRequest,
    TranscriptionReply,
    TranscriptionRequest,
)
from pipeline.providers.local.milder import milder
from pipeline.providers.local.planner import plan_scenes, write_prompt


class LocalTranscription(Provider[TranscriptionRequest, TranscriptionReply]):
    """Reads the lyrics the creator gave or the file carries; it cannot listen to words, and does not pretend to."""

    name = "local"
    label = "Lyrics given, laid over the singing on this server"
    capability = "transcription"
    reply = TranscriptionReply
    repeatable = True

    def send(self, request: TranscriptionRequest, work: Work) -> TranscriptionReply:
        lyrics = self._given(request, work)
        if lyrics.lines and not lyrics.timed:
            lyrics = aligned_lyrics(lyrics, request.analysis)
        return TranscriptionReply(lyrics=with_word_times(fitted_lyrics(lyrics, request.analysis.duration_ms)))

    def _given(self, request: TranscriptionRequest, work: Work) -> Lyrics:
        if request.text.strip():
            return read_lyrics(request.text, name=request.name)
        return read_tags(work.fetch(request.song)) or Lyrics()


class LocalText(Provider[Value, Reply]):
    """Plans scenes and writes prompts by rules over the lyric's words and the song's shape."""

    name = "local"
    label = "Planned on this server"
    capability = "text"
    reply = Reply
    repeatable = True

    def reply_type(self, request: Value) -> type[Reply]:
        if isinstance(request, RewriteRequest):
            return RewriteReply
        if isinstance(request, BriefRequest):
            return BriefReply
        return PlanReply if isinstance(request, PlanRequest) else PromptsReply

    def send(self, request: Value, work: Work) -> Reply:
        if isinstance(request, PlanRequest):
            return PlanReply(scenes=plan_scenes(request))
        if isinstance(request, RewriteRequest):
            return RewriteReply(text=milder(request.text))
        if isinstance(request, PromptsRequest):
            return PromptsReply(prompts=tuple(_prompt(ask) for ask in request.asks))
        if isinstance(request, BriefRequest):
            return BriefReply(beats=filled_beats(request.template, request.seconds, request.brief))
        raise TypeError(f"no rules for {type(request).__name__}")


def _prompt(ask: PromptAsk) -> PromptText:
    return write_prompt(ask.description, mood=ask.mood, style=ask.style, camera=ask.camera, palette=ask.palette)
