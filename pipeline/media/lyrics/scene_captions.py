"""Captions that belong to scenes: each is shown while its scene is."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.timeline import ms_at

LEAD_MS, TAIL_MS = 280, 480
"""Left free at both ends of a scene: captions come a little before their time and linger after it, and a scene's words
are shown with no other scene.
"""
CARD_MS = 2600
"""The first caption waits so long for a title card, where its scene leaves it SHORTEST_MS; else there is no card."""
SHORTEST_MS = 900
"""A caption that an end card would leave less than this is not shown: the card says more."""


def caption_lyrics(
    rows: Iterable[tuple[str, int, int]], *, fps: int, card: bool = False, ends_ms: int | None = None
) -> Lyrics:
    """The captions of scenes (text, first frame, frame after the last) in film order, as timed lines.

    `card`: a title is shown at the beginning. `ends_ms`: an end card follows, over which no caption stands.
    """
    lines = []
    for text, start_frame, end_frame in rows:
        start, end = ms_at(start_frame, fps) + LEAD_MS, ms_at(end_frame, fps) - TAIL_MS
        if card and start_frame == 0 and end - CARD_MS >= SHORTEST_MS:
            start = CARD_MS
        if ends_ms is not None and end > ends_ms - TAIL_MS:
            end = ends_ms - TAIL_MS if ends_ms - TAIL_MS - start >= SHORTEST_MS else start
        if end > start and text:
            lines.append(Line(text=text, start_ms=start, end_ms=end))
    return Lyrics(lines=tuple(lines), source="edited", timed=True)
