"""What is to be written over a film, and which of it a shot needs."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field

from pipeline.media.lyrics.values import Line
from pipeline.media.values import Value

Mode = Literal["karaoke", "subtitle", "title", "none"]
Look = Literal["bold", "elegant", "clean"]

LEAD_MS = 250  # a line stands a little before it is sung, so that a singer can read ahead
LINGER_MS = 450
SHORTEST_MS = 700
TITLE_START_MS, TITLE_END_MS = 700, 6200


class CaptionTrack(Value):
    """Captions in milliseconds of the song. `accent` is the color (RRGGBB) of words that have been sung,
    `language` (ISO 639-1 or empty) decides between Chinese, Japanese and Korean shapes of the same characters.


    `title` and `artist` are what the title mode shows near the beginning; the other modes do not use them.
    """

    lines: tuple[Line, ...] = ()
    mode: Mode = "karaoke"
    look: Look = "bold"
    title: str = ""
    artist: str = ""
    accent: str = Field(default="FFD84D", pattern="^[0-9A-Fa-f]{6}$")
    language: str = ""
    ad: bool = False
    """Higher up in an upright film: under an ad, apps show more of their own than under a film."""
    until_ms: int | None = None
    """No words from then on: a transition begins that moves the picture, and words that move under the same words of
    the next shot read as a fault. The next shot shows them.
    """


def display_spans(lines: tuple[Line, ...]) -> list[tuple[int, int]]:
    """(show_ms, hide_ms) of every line: a little longer than it is sung, and never two at once.

    A line's span hangs on its neighbors' times only, so that both sides of a cut come to the same one.
    """
    spans = [(max(0, line.start_ms - LEAD_MS), line.end_ms + LINGER_MS) for line in lines]
    for i, (left, right) in enumerate(pairwise(lines)):
        # The gap between two lines belongs to the first for as long as it lingers, then to the second.
        meet = max(left.start_ms + 1, min(max(left.end_ms, right.start_ms - LEAD_MS), right.start_ms))
        spans[i] = (spans[i][0], min(spans[i][1], meet))
        spans[i + 1] = (max(spans[i + 1][0], meet), spans[i + 1][1])
    return [
        (show, min(max(hide, show + SHORTEST_MS), spans[i + 1][0]) if i + 1 < len(spans) else hide)
        for i, (show, hide) in enumerate(spans)
    ]


def captions_within(
    track: CaptionTrack, start_ms: int, end_ms: int, *, until_ms: int | None = None
) -> CaptionTrack | None:
    """The part of `track` that a shot over [start_ms, end_ms) draws, for its recipe; None when it draws nothing.

    Neighbors of the kept lines stay as bare times (they decide when a line comes and goes), so that changing a word of
    a line touches only the shots that show it. `until_ms`: as `CaptionTrack.until_ms`.
    """
    if track.mode == "none":
        return None
    if track.mode == "title":
        return track.model_copy(update={"lines": ()}) if start_ms < TITLE_END_MS and track.title else None
    lines = tuple(line for line in track.lines if line.text.strip() and line.end_ms > line.start_ms)
    spans = display_spans(lines)
    shown = [i for i, (show, hide) in enumerate(spans) if show < end_ms and hide > start_ms]
    if not shown:
        return None
    first, last = shown[0], shown[-1]
    inner = lines[first : last + 1]
    alone = display_spans(inner)
    # a neighbor is kept only where it decides when a shown line comes or goes: far away, its times change nothing here
    before = (_bare(lines[first - 1]),) if first and alone[0] != spans[first] else ()
    after = (_bare(lines[last + 1]),) if last + 1 < len(lines) and alone[-1] != spans[last] else ()
    kept = (*before, *inner, *after)
    cut = until_ms if until_ms is not None and spans[last][1] > until_ms else None
    return track.model_copy(update={"lines": tuple(kept), "title": "", "artist": "", "until_ms": cut})


def _bare(line: Line) -> Line:
    return Line(text="", start_ms=line.start_ms, end_ms=line.end_ms)
