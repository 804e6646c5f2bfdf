"""What a song says and when: words, lines and lyrics as values."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.media.values import Value

Source = Literal["lrc", "srt", "vtt", "text", "tags", "aligned", "transcript", "edited", "none"]


class Word(Value):
    """One sung word. `text` stands in its line's `text`, in the same order, without the spaces around it."""

    text: str
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)


class Line(Value):
    """One line as it is shown. A line without times has `start_ms == end_ms == 0`.

    `confidence` (percent) says how sure the times are: 100 for times that came with the lyrics. `words_estimated` is
    true where the line's time is known or guessed but its words were spread over it by their syllables, so that a
    karaoke highlight is an estimate. `block` counts stanzas from 0; `heading` is the kind of stanza where the text
    named one ("chorus", "verse", ...).
    """

    text: str
    start_ms: int = Field(default=0, ge=0)
    end_ms: int = Field(default=0, ge=0)
    confidence: int = Field(default=100, ge=0, le=100)
    words: tuple[Word, ...] = ()
    words_estimated: bool = False
    block: int = Field(default=0, ge=0)
    heading: str = ""


class Lyrics(Value):
    """All lines of a song in the order they are sung. `timed` is true when every line has its time.

    `language` is an ISO 639-1 code or "" where unknown; `notes` tells in plain words what was repaired or left out.
    """

    lines: tuple[Line, ...] = ()
    source: Source = "none"
    language: str = ""
    timed: bool = False
    title: str = ""
    artist: str = ""
    notes: tuple[str, ...] = ()
