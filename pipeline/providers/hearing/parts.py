"""A long song is heard in parts that overlap, cut where nobody sings, and joined without a word lost or doubled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.media.audio.values import GRID_MS, SongAnalysis
from pipeline.media.lyrics.values import Line
from pipeline.providers.capabilities import Heard

OVERLAP_MS = 8000
SEARCH_MS = 45_000
SAME_WORD_MS = 900


def song_parts(analysis: SongAnalysis, longest_ms: int) -> tuple[tuple[int, int], ...]:
    """(start_ms, end_ms) of the parts, none longer than `longest_ms` (0: no limit), each overlapping the next around
    the instant of its last stretch that is sung the least.
    """
    duration = analysis.duration_ms
    if longest_ms <= 0 or duration <= longest_ms:
        return ((0, duration),)
    half, room = OVERLAP_MS // 2, max(longest_ms - OVERLAP_MS, longest_ms // 2)
    seams, start = [0], 0
    while duration - start > longest_ms - half:
        latest = start + room
        seam = _quietest(analysis, max(start + room // 2, latest - SEARCH_MS), latest)
        seams.append(seam)
        start = seam
    seams.append(duration)
    return tuple((max(0, left - half), min(duration, right + half)) for left, right in pairwise(seams))


def _quietest(analysis: SongAnalysis, first_ms: int, last_ms: int) -> int:
    """The middle of the second with the least singing in [first, last]; the last such, so that parts stay long."""
    curve = analysis.vocal_activity or analysis.energy
    steps = range(first_ms // GRID_MS, max(first_ms // GRID_MS + 1, last_ms // GRID_MS))
    if not curve:
        return last_ms
    best = min(steps, key=lambda at: (sum(curve[max(0, at - 5) : at + 5]), -at))
    return best * GRID_MS


def joined_lines(parts: Sequence[tuple[Heard, Sequence[Line]]]) -> list[Line]:
    """The lines of all parts in order. Where two parts overlap, each line comes from the part that has its middle on
    its own side of the seam.
    """
    lines: list[Line] = []
    for index, (heard, found) in enumerate(parts):
        low = _seam(parts[index - 1][0], heard) if index else 0
        high = _seam(heard, parts[index + 1][0]) if index + 1 < len(parts) else heard.end_ms + 1
        for line in found:
            if not low <= (line.start_ms + line.end_ms) // 2 < high:
                continue
            fresh = _without_echo(lines[-1], line) if lines else line
            if fresh is not None:
                lines.append(fresh)
    return lines


def _seam(left: Heard, right: Heard) -> int:
    return (left.end_ms + right.start_ms) // 2


def _without_echo(before: Line, line: Line) -> Line | None:
    """The line without the words at its beginning that the line before has heard already at the same time."""
    words = list(line.words)
    known = {(word.text.lower().strip(".,!?"), word.start_ms) for word in before.words[-6:]}
    dropped = 0
    for word in words:
        bare = word.text.lower().strip(".,!?")
        if not any(bare == text and abs(word.start_ms - start) < SAME_WORD_MS for text, start in known):
            break
        if word.start_ms >= before.end_ms:
            break
        dropped += 1
    if not dropped:
        return line
    rest = words[dropped:]
    if not rest:
        return None
    text = " ".join(word.text for word in rest)
    return line.model_copy(update={"text": text, "start_ms": rest[0].start_ms, "words": tuple(rest)})
