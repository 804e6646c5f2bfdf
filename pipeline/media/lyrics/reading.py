"""Lyrics from what a creator pastes or uploads, decided by what is inside and never by a file's name."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.media.lyrics.cues import cue_lines, is_cues
from pipeline.media.lyrics.decoding import decoded_text
from pipeline.media.lyrics.lrc import is_lrc, lrc_text
from pipeline.media.lyrics.plain import plain_lines
from pipeline.media.lyrics.timing import repaired_lines
from pipeline.media.lyrics.values import Line, Lyrics, Source
from pipeline.media.run import MediaError

MAX_BYTES = 200_000
MAX_LINES = 2000
MAX_CHARACTERS = 500


def read_lyrics(data: str | bytes, *, name: str = "") -> Lyrics:
    """Lyrics from LRC (plain or enhanced), SRT, WebVTT or plain text in any common encoding.

    Overlapping or backward times are repaired and told in `notes`. `name` is only used to say what was read. Raises
    MediaError for more than 200 KB, 2,000 lines or 500 characters in a line, and for what is no text.
    """
    size = len(data.encode("utf-8", "surrogatepass")) if isinstance(data, str) else len(data)
    if size > MAX_BYTES:
        raise MediaError(
            f"These lyrics are too large: {size // 1000} KB, while {MAX_BYTES // 1000} KB is the most.",
            detail=f"{name!r} {size}",
        )
    decoded = decoded_text(data)
    notes = [decoded.note] if decoded.note else []
    if is_cues(decoded.text):
        source: Source = "vtt" if decoded.text.lstrip().startswith("WEBVTT") else "srt"
        lyrics = _timed(cue_lines(decoded.text), notes, source)
    elif is_lrc(decoded.text):
        found = lrc_text(decoded.text)
        lyrics = _timed(found.lines, notes + found.notes, "lrc")
        lyrics = lyrics.model_copy(
            update={"title": found.title, "artist": found.artist, "language": found.language[:2].lower()}
        )
    else:
        lines, more = plain_lines(decoded.text)
        _check(lines)
        if PurePath(name).suffix.lower() in {".lrc", ".srt", ".vtt"} and lines:
            more = ["The file holds no times that can be read; its words are used as plain text.", *more]
        lyrics = Lyrics(lines=tuple(lines), source="text", notes=tuple(notes + more))
    return lyrics


def _timed(lines: list[Line], notes: list[str], source: Source) -> Lyrics:
    _check(lines)
    repaired, more = repaired_lines(lines)
    return Lyrics(lines=repaired, source=source, timed=bool(repaired), notes=(*notes, *more))


def _check(lines: list[Line]) -> None:
    if len(lines) > MAX_LINES:
        raise MediaError(f"These lyrics have {len(lines)} lines; {MAX_LINES} is the most.")
    for number, line in enumerate(lines, start=1):
        if len(line.text) > MAX_CHARACTERS:
            raise MediaError(
                f"Line {number} of the lyrics has {len(line.text)} characters; {MAX_CHARACTERS} is the most. "
                "Break it into shorter lines."
            )
