"""The words of a film as files for players, platforms and other editors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pipeline.media.captions import CaptionTrack
from pipeline.media.captions.script import ass_script
from pipeline.media.lyrics import write_lrc, write_srt, write_txt, write_vtt
from pipeline.media.lyrics.values import Lyrics
from pipeline.providers.local.styles import style_named
from projects.flow.inputs import profile
from projects.models import Rendition

WRITERS: Final[dict[str, tuple[Callable[[Lyrics], str], str]]] = {
    "lrc": (write_lrc, "text/plain"),
    "srt": (write_srt, "application/x-subrip"),
    "vtt": (write_vtt, "text/vtt"),
    "txt": (write_txt, "text/plain"),
}
KINDS: Final = (*WRITERS, "ass")


def content_type(kind: str) -> str:
    """KeyError for a kind that there is not."""
    return "text/x-ssa" if kind == "ass" else WRITERS[kind][1]


def caption_text(kind: str, lyrics: Lyrics, rendition: Rendition) -> str:
    """The words as the text of such a file; ASS is karaoke in the film's own look. KeyError for an unknown kind."""
    if kind != "ass":
        return WRITERS[kind][0](lyrics)
    lines = tuple(line for line in lyrics.lines if line.end_ms > line.start_ms)
    look = style_named(rendition.project.style).look
    track = CaptionTrack(lines=lines, mode="karaoke", look=look, language=lyrics.language)
    last = max((line.end_ms for line in lines), default=0)
    return ass_script(track, profile(rendition), start_ms=0, duration_ms=last + 1000)
