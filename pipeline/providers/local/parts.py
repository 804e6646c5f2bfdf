"""The song's parts as a viewer feels them: the audio's sections, joined with what the words repeat.

A block of lines that returns is a chorus whatever the audio said; parts that sing the same words (or, without words,
sound alike) share a theme, and a theme keeps its pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from pipeline.media.lyrics.values import Line
from pipeline.media.values import Value
from pipeline.providers.local.plan_values import PlanRequest

_ALIKE = 0.82
_MANY_LINES = 300


class Part(Value):
    """A stretch of the song with one label and one theme.

    Parts tile the song. Equal `theme` above 0 means: it returns.
    """

    start_ms: int
    end_ms: int
    label: str
    theme: int = 0


def song_parts(request: PlanRequest) -> tuple[Part, ...]:
    """Parts in order. A song without sections and words is one part."""
    runs = repeated_runs(request.lines)
    borders = _borders(request, runs)
    lines = request.lines
    parts: list[Part] = []
    for start, end in pairwise(borders):
        label, group = _section_at(request, (start + end) // 2)
        theme = _theme_of(lines, runs, start, end)
        if theme:
            label = "chorus"
        elif group is not None and label == "chorus" and not any(runs):
            theme = 1000 + group
        elif label == "chorus" and any(runs) and any(start <= line.start_ms < end for line in lines):
            label = "verse"  # the audio heard a chorus, the words say that it is sung only once
        parts.append(Part(start_ms=start, end_ms=end, label=label, theme=theme))
    return tuple(parts)


def repeated_runs(lines: Sequence[Line]) -> tuple[int, ...]:
    """For each line the number (from 1) of the repeated block it belongs to, or 0.

    Lines are compared loosely, so that "oh" or a changed word does not hide a chorus. A line that returns only right
    after itself is an echo and no chorus.
    """
    classes = _line_classes([_plain(line.text) for line in lines])
    places: dict[int, list[int]] = {}
    for index, name in enumerate(classes):
        places.setdefault(name, []).append(index)
    returning = [places[name][-1] - places[name][0] > 2 for name in classes]
    themes: list[set[int]] = []
    numbers = [0] * len(lines)
    index = 0
    while index < len(lines):
        stop = index
        while stop < len(lines) and returning[stop] and (stop == index or _close(lines[stop - 1], lines[stop])):
            stop += 1
        if stop - index >= 2:
            numbers[index:stop] = [_theme_number(themes, set(classes[index:stop]))] * (stop - index)
        index = max(stop, index + 1)
    counts = Counter(
        number for number, before in zip(numbers, [0, *numbers], strict=False) if number and number != before
    )
    return tuple(number if counts[number] > 1 else 0 for number in numbers)


def _close(left: Line, right: Line) -> bool:
    """Two lines of one block: no long break between them, and no other stanza begins."""
    return right.start_ms - left.end_ms < 6000 and (left.block == right.block or not right.heading)


def _theme_number(themes: list[set[int]], block: set[int]) -> int:
    for number, known in enumerate(themes, start=1):
        if 2 * len(known & block) >= min(len(known), len(block)):
            themes[number - 1] = known | block
            return number
    themes.append(set(block))
    return len(themes)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _line_classes(texts: Sequence[str]) -> list[int]:
    """Equal numbers for lines that say nearly the same."""
    known: dict[str, int] = {}
    for text in texts:
        if text in known:
            continue
        alike = next((name for name in known if _alike(name, text)), None) if len(known) < _MANY_LINES else None
        known[text] = len(known) if alike is None else known[alike]
    return [known[text] for text in texts]


def _alike(left: str, right: str) -> bool:
    if not left or not right or max(len(left), len(right)) > 2 * min(len(left), len(right)):
        return False
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _borders(request: PlanRequest, runs: Sequence[int]) -> list[int]:
    """Section borders, and where a repeated block begins or ends far (two scenes) from any of them."""
    apart = 2 * request.min_ms
    borders = {0, request.duration_ms} | {section.start_ms for section in request.sections if section.start_ms > 0}
    lines = request.lines
    for index in range(1, len(runs)):
        if runs[index] != runs[index - 1] or (
            runs[index] and lines[index].heading and lines[index].block != lines[index - 1].block
        ):
            at = lines[index].start_ms
            if all(abs(at - border) >= apart for border in borders):
                borders.add(at)
    if runs and runs[0] and all(abs(lines[0].start_ms - border) >= apart for border in borders):
        borders.add(lines[0].start_ms)
    return sorted(border for border in borders if border <= request.duration_ms)


def _section_at(request: PlanRequest, ms: int) -> tuple[str, int | None]:
    for section in request.sections:
        if section.start_ms <= ms < section.end_ms:
            return section.label, section.group
    return "verse", None


def _theme_of(lines: Sequence[Line], runs: Sequence[int], start_ms: int, end_ms: int) -> int:
    """The repeated block that most of the sung time between two borders belongs to."""
    sung: Counter[int] = Counter()
    for line, number in zip(lines, runs, strict=True):
        sung[number] += max(0, min(line.end_ms, end_ms) - max(line.start_ms, start_ms))
    if not sung or not sung.total():
        return 0
    number, time = sung.most_common(1)[0]
    return number if number and 2 * time > sung.total() else 0
