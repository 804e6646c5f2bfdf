"""Plain lyrics laid over the sung parts of a song, without understanding a single word of the singing.

A shortest path places every line on the time axis: time inside a line should be sung, time between lines should not, a
line should last as its syllables do, begin where the voice sets in and end where it stops; a stanza likes to begin
after a rest or near a section's border. The technique is a semi-Markov Viterbi search (segments with a duration model),
as in text-to-speech alignment; the costs are our own. Times are estimates, and every line says how sure it is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.singing import Curve, Singing, singing_of
from pipeline.media.lyrics.syllables import syllable_count
from pipeline.media.lyrics.timing import MIN_LINE_MS, spread_words, with_word_times
from pipeline.media.lyrics.values import Line, Lyrics

FASTEST_MS, SLOWEST_MS = 130, 750
"""Limits of a sung syllable's mean length."""

_WEIGHT_SILENT = 1.0
_WEIGHT_DURATION = 8.0
_WEIGHT_ONSET, _WEIGHT_OFFSET = 2.5, 0.6
_WEIGHT_BEAT = 0.8
_EVENNESS = 0.4  # melodies stretch short lines: part of a line's length comes from the mean of all
_STANZA_GAP, _STANZA_BORDER = 3.0, 4.0
_HABIT = 4.0
_WRONG_SECTION = 0.2
_MAX_CELLS = 2_000_000
_SNAP_MS = 140
_HOLD_MS = 150


@dataclass(frozen=True)
class _Task:
    """Lines in steps: `wanted` lengths, which lines begin a stanza, and a price per step for the wrong kind of
    section.
    """

    singing: Singing
    sung: Curve
    rises: Curve
    wanted: list[float]
    stanza: list[bool]
    chorus: list[bool]
    borders: Curve
    beats: Curve
    off_chorus: Curve
    periods: tuple[float, ...]
    """Ideas of how many steps apart lines of a stanza begin."""


@dataclass(frozen=True)
class _Path:
    cost: float
    spans: list[tuple[int, int]]
    agreed: list[int] = field(default_factory=list)
    """For each line, how many percent of all paths let it begin here."""


def aligned_lyrics(lyrics: Lyrics, analysis: SongAnalysis) -> Lyrics:
    """The lyrics with a time for every line and word, and a confidence per line.

    Lyrics that have times keep them; only missing word times are estimated. Without a voice the lines are laid over the
    strong sections, at a low confidence.
    """
    if lyrics.timed or not lyrics.lines:
        return with_word_times(lyrics)
    coarser = 1
    while len(lyrics.lines) * analysis.duration_ms / (100 * coarser) > _MAX_CELLS and coarser < 10:
        coarser += 1
    singing = singing_of(analysis, coarser=coarser)
    task = _task(lyrics.lines, analysis, singing)
    sure = 3 * len(lyrics.lines) < singing.steps
    path = _best_path(task) if sure else _even_path(len(lyrics.lines), singing.steps)
    sure = sure and singing.heard
    lines = _timed_lines(lyrics.lines, path, task, analysis, sure=sure)
    note = (
        "The times of these lyrics are estimated from where the song is sung: listen whether they fit."
        if sure
        else "No singing was found, so the lines are spread over the strong parts of the song. Please set their times."
    )
    return lyrics.model_copy(
        update={"lines": lines, "source": "aligned", "timed": True, "notes": (*lyrics.notes, note)}
    )


def _task(lines: Sequence[Line], analysis: SongAnalysis, singing: Singing) -> _Task:
    syllables = [max(1, syllable_count(line.text)) for line in lines]
    pace = singing.total * singing.step_ms / sum(syllables)
    pace = min(max(pace, FASTEST_MS), SLOWEST_MS) / singing.step_ms
    room = 0.95 * singing.steps / (sum(syllables) + len(lines))
    beat = min(pace, room)
    mean = sum(syllables) / len(syllables)
    wanted = [max(1.0, beat * (0.5 + (1 - _EVENNESS) * count + _EVENNESS * mean)) for count in syllables]
    stanza = [index > 0 and line.block != lines[index - 1].block for index, line in enumerate(lines)]
    border_ms = [section.start_ms for section in analysis.sections if section.start_ms > 0]
    return _Task(
        singing=singing,
        sung=singing.sums(),
        rises=singing.rises(),
        wanted=wanted,
        stanza=stanza,
        chorus=_chorus_lines(lines),
        borders=_nearness(border_ms, singing, 1500),
        beats=_nearness(analysis.beats_ms, singing, 200),
        off_chorus=_outside_choruses(analysis, singing),
        periods=_periods(lines, analysis, singing),
    )


def _chorus_lines(lines: Sequence[Line]) -> list[bool]:
    """Lines of a stanza that is called a chorus, or whose words return."""
    times = Counter(line.text.casefold() for line in lines)
    named = any(line.heading == "chorus" for line in lines)
    return [line.heading == "chorus" if named else times[line.text.casefold()] > 1 for line in lines]


def _nearness(times_ms: Sequence[int], singing: Singing, reach_ms: int) -> Curve:
    """1 at the given times, falling to 0 within `reach_ms`, for every border between steps."""
    near = np.zeros(singing.steps + 1)
    reach = reach_ms // singing.step_ms + 1
    for time in times_ms:
        center = round(time / singing.step_ms)
        low, high = max(0, center - reach), min(len(near), center + reach + 1)
        distance = np.abs(np.arange(low, high) * singing.step_ms - time)
        near[low:high] = np.maximum(near[low:high], 1 - distance / reach_ms)
    return near


def _periods(lines: Sequence[Line], analysis: SongAnalysis, singing: Singing) -> tuple[float, ...]:
    """Ideas of how many steps apart lines begin.

    One, two and four bars, and what a stanza gives that fills a section.
    """
    found: list[float] = []
    bars = np.diff(analysis.downbeats_ms)
    if len(bars) >= 2:
        bar = float(np.median(bars)) / singing.step_ms
        found += [bar, 2 * bar, 4 * bar]
    stanzas = Counter(Counter(line.block for line in lines).values())
    sections = [section.duration_ms for section in analysis.sections if section.label in {"verse", "chorus"}]
    for size, _ in stanzas.most_common(2):
        for length in {min(sections, default=0), sorted(sections)[len(sections) // 2] if sections else 0}:
            period = length / size / singing.step_ms
            if period > 5 and all(abs(math.log(period / other)) > 0.06 for other in found):
                found.append(period)
    return tuple(found)


def _outside_choruses(analysis: SongAnalysis, singing: Singing) -> Curve:
    """Running sum of steps outside choruses; flat where the audio knows no chorus."""
    inside = np.zeros(singing.steps)
    for section in analysis.sections:
        if section.label == "chorus":
            inside[section.start_ms // singing.step_ms : -(-section.end_ms // singing.step_ms)] = 1
    outside = 1 - inside if inside.any() else inside
    return np.concatenate([[0.0], np.cumsum(outside)])


def _best_path(task: _Task) -> _Path:
    """The cheapest path over all ideas of how far apart lines begin, and how many of them agree about each line."""
    paths = [_path(task, period) for period in (0.0, *task.periods)]
    best = min(paths, key=lambda path: path.cost)
    agreed = [
        sum(abs(path.spans[index][0] - start) <= 3 for path in paths) * 100 // len(paths)
        for index, (start, _) in enumerate(best.spans)
    ]
    return _Path(best.cost, best.spans, agreed)


def _path(task: _Task, period: float) -> _Path:
    """The cheapest path when lines of a stanza like to begin `period` steps apart (0: no such habit).

    State: where a line begins. From there its end is the best one before the next line's beginning, which is a running
    minimum, so one loop over distances serves both.
    """
    sung = task.sung
    begins = _begin_prices(task)
    cost = sung + begins(0)
    before: list[NDArray[np.int32]] = []
    ends: list[NDArray[np.int32]] = []
    for index in range(len(task.wanted) - 1):
        cost, origin, end = _next_begins(task, index, cost, period)
        cost = cost + begins(index + 1)
        before.append(origin)
        ends.append(end)
    closing, end = _last_ends(task, cost)
    start = int(np.argmin(closing))
    spans = [(start, int(end[start]))]
    total = float(closing[start])
    for origin, stop in zip(reversed(before), reversed(ends), strict=True):
        spans.append((int(origin[start]), int(stop[start])))
        start = int(origin[start])
    return _Path(total, spans[::-1])


def _begin_prices(task: _Task) -> Callable[[int], Curve]:
    """What it costs line `index` to begin at each step.

    Less where the voice rises, on a beat, and for stanzas at a border.
    """
    plain = -_WEIGHT_ONSET * task.rises - _WEIGHT_BEAT * task.beats
    stanza = plain - _STANZA_BORDER * task.borders
    return lambda index: stanza if task.stanza[index] or index == 0 else plain


def _line_prices(task: _Task, index: int, d: int) -> Curve:
    """For each beginning, the price of lasting `d` steps, less what is sung until the end (so that waiting is
    additive).
    """
    sung, rises = task.sung, task.rises
    missed = _WEIGHT_SILENT * (d - (sung[d:] - sung[:-d]))
    if task.chorus[index]:
        missed = missed + _WRONG_SECTION * (task.off_chorus[d:] - task.off_chorus[:-d])
    length = _WEIGHT_DURATION * math.log(d / task.wanted[index]) ** 2
    return np.asarray(missed + length + _WEIGHT_OFFSET * rises[d:] - sung[d:])


def _next_begins(
    task: _Task, index: int, cost: Curve, period: float
) -> tuple[Curve, NDArray[np.int32], NDArray[np.int32]]:
    """For each step: the cheapest way for the next line to begin there, where this line began then, and where it
    ended.
    """
    steps, sung = task.singing.steps, task.sung
    shortest, longest = _length_limits(task.wanted[index], steps, len(task.wanted))
    new_stanza = task.stanza[index + 1]
    best = np.full(steps + 1, math.inf)
    origin, ended = np.zeros(steps + 1, np.int32), np.zeros(steps + 1, np.int32)
    held = np.full(steps + 1, math.inf)
    held_length = np.zeros(steps + 1, np.int32)
    farthest = min(steps, max(longest, round(2 * period) if not new_stanza else 0))
    for d in range(shortest, farthest + 1):
        live = slice(0, steps + 1 - d)
        if d <= longest:
            price = _line_prices(task, index, d)
            better = price < held[live]
            held[live][better] = price[better]
            held_length[live][better] = d
        habit = _habit(d, period) if not new_stanza else 0.0
        rest = np.where(d - held_length[live] < 3, _STANZA_GAP, 0.0) if new_stanza else habit
        total = cost[live] + held[live] + sung[d:] + rest
        better = total < best[d:]
        best[d:][better] = total[better]
        origin[d:][better] = np.flatnonzero(better)
        ended[d:][better] = np.flatnonzero(better) + held_length[live][better]
    waited = np.full(steps + 1, math.inf)
    waited[farthest:] = (cost + held)[: steps + 1 - farthest]
    cheapest = np.minimum.accumulate(waited)
    at = np.maximum.accumulate(np.where(waited <= cheapest, np.arange(steps + 1), 0)) - farthest
    later = cheapest + sung < best
    best = np.where(later, cheapest + sung, best)
    origin = np.where(later, at, origin).astype(np.int32)
    ended = np.where(later, at + held_length[np.maximum(at, 0)], ended).astype(np.int32)
    return best, origin, ended


def _habit(d: int, period: float) -> float:
    """A reward for beginning exactly one period after the line before (or half, or two, a little less)."""
    if not period:
        return 0.0
    return -max(
        share * math.exp(-0.5 * ((d - factor * period) / 1.5) ** 2)
        for factor, share in ((1, _HABIT), (0.5, _HABIT / 2), (2, _HABIT / 2))
    )


def _last_ends(task: _Task, cost: Curve) -> tuple[Curve, NDArray[np.int32]]:
    """For each beginning of the last line: the whole cost, and the best end."""
    steps, sung = task.singing.steps, task.sung
    index = len(task.wanted) - 1
    shortest, longest = _length_limits(task.wanted[index], steps, len(task.wanted))
    held = np.full(steps + 1, math.inf)
    end = np.zeros(steps + 1, np.int32)
    for d in range(shortest, longest + 1):
        price = _line_prices(task, index, d)
        better = price < held[: steps + 1 - d]
        held[: steps + 1 - d][better] = price[better]
        end[: steps + 1 - d][better] = np.flatnonzero(better) + d
    return cost + held + sung[-1], end


def _length_limits(wanted: float, steps: int, lines: int) -> tuple[int, int]:
    """Between 0.45 and 2.3 times the wanted length, less where there is little room."""
    shortest = max(1, min(round(0.45 * wanted), steps // (2 * lines)))
    return shortest, max(shortest, min(round(2.3 * wanted) + 1, steps - 1))


def _even_path(count: int, steps: int) -> _Path:
    """More lines than the song can hold: each gets the same share."""
    spans = [(steps * index // count, steps * (index + 1) // count) for index in range(count)]
    return _Path(0.0, spans, [0] * count)


def _timed_lines(
    lines: Sequence[Line], path: _Path, task: _Task, analysis: SongAnalysis, *, sure: bool
) -> tuple[Line, ...]:
    """Lines with snapped times, words and confidence; none overlaps, none leaves the song."""
    step_ms, duration_ms = task.singing.step_ms, analysis.duration_ms
    starts = [min(_snapped(start * step_ms, analysis.beats_ms), duration_ms) for start, _ in path.spans]
    timed: list[Line] = []
    earliest = 0
    for index, (line, (_, last)) in enumerate(zip(lines, path.spans, strict=True)):
        start = max(starts[index], earliest)
        following = max(start, starts[index + 1] if index + 1 < len(starts) else duration_ms)
        end = min(max(last * step_ms + _HOLD_MS, start + MIN_LINE_MS), following)
        confidence = _confidence(task, path, index, sure=sure)
        placed = line.model_copy(update={"start_ms": start, "end_ms": end, "confidence": confidence, "words": ()})
        timed.append(spread_words(placed))
        earliest = end
    return tuple(timed)


def _snapped(ms: int, beats_ms: Sequence[int]) -> int:
    """The nearest beat when it is within a quarter of a beat (at most 140 ms).

    Voices set in on beats more often than beside them.
    """
    at = bisect_left(beats_ms, ms)
    near = beats_ms[max(0, at - 1) : at + 1]
    if not near:
        return ms
    beat = min(near, key=lambda time: abs(time - ms))
    period = beats_ms[min(at, len(beats_ms) - 1)] - beats_ms[max(0, min(at, len(beats_ms) - 1) - 1)]
    return beat if abs(beat - ms) <= min(_SNAP_MS, max(60, period // 4)) else ms


def _confidence(task: _Task, path: _Path, index: int, *, sure: bool) -> int:
    """0..90 percent.

    Is it sung inside, does the voice set in at its start, does it last as long as it should, and do other paths agree?
    """
    start, end = path.spans[index]
    inside = float(task.singing.curve[start : max(start + 1, end)].mean()) if start < task.singing.steps else 0.0
    rise = float(np.clip(task.rises[start], 0, 1))
    length = math.exp(-2 * math.log(max(1, end - start) / task.wanted[index]) ** 2)
    percent = 0.9 * (0.4 + 0.3 * rise + 0.3 * length) * inside * (35 + 0.65 * path.agreed[index])
    return int(percent if sure else percent / 4)
