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
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.singing import Curve, Singing, singing_of
from pipeline.media.lyrics.syllables import syllable_count
from pipeline.media.lyrics.timing import MIN_LINE_MS, spread_words, with_word_times
from pipeline.media.lyrics.values import Line, Lyrics

FASTEST_MS, SLOWEST_MS = 130, 750
"""Limits of a sung syllable's mean length."""

_WEIGHT_DURATION = 8.0
_WEIGHT_ONSET, _WEIGHT_OFFSET = 2.5, 1.2
_STANZA_GAP, _STANZA_BORDER = 1.5, 1.5
_WRONG_SECTION = 0.12
_MAX_CELLS = 12_000_000
_SNAP_MS = 140


@dataclass(frozen=True)
class _Task:
    """Lines in steps: `wanted` lengths, which lines begin a stanza, and a price per step for the wrong kind of
    section.
    """

    singing: Singing
    wanted: list[float]
    stanza: list[bool]
    chorus: list[bool]
    borders: Curve
    off_chorus: Curve


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
    if 3 * len(lyrics.lines) >= singing.steps:
        spans, sure = _even_spans(len(lyrics.lines), analysis.duration_ms), False
    else:
        spans, sure = [(start * singing.step_ms, end * singing.step_ms) for start, end in _best_spans(task)], True
    lines = _timed_lines(lyrics.lines, spans, task, analysis, sure=sure and singing.heard)
    note = (
        "The times of these lyrics are estimated from where the song is sung. Check them before you render."
        if singing.heard and sure
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
    wanted = [max(1.0, min(pace, room) * count + 0.5 * min(pace, room)) for count in syllables]
    stanza = [index > 0 and line.block != lines[index - 1].block for index, line in enumerate(lines)]
    border_ms = [section.start_ms for section in analysis.sections if section.start_ms > 0]
    return _Task(
        singing=singing,
        wanted=wanted,
        stanza=stanza,
        chorus=_chorus_lines(lines),
        borders=_nearness(border_ms, singing),
        off_chorus=_outside_choruses(analysis, singing),
    )


def _chorus_lines(lines: Sequence[Line]) -> list[bool]:
    """Lines of a stanza that is called a chorus, or whose words return."""
    times = Counter(line.text.casefold() for line in lines)
    named = any(line.heading == "chorus" for line in lines)
    return [line.heading == "chorus" if named else times[line.text.casefold()] > 1 for line in lines]


def _nearness(times_ms: Sequence[int], singing: Singing) -> Curve:
    """1 at the given times, falling to 0 within 1.5 s, for every border between steps."""
    near = np.zeros(singing.steps + 1)
    at = np.arange(singing.steps + 1) * singing.step_ms
    for time in times_ms:
        near = np.maximum(near, 1 - np.abs(at - time) / 1500)
    return near


def _outside_choruses(analysis: SongAnalysis, singing: Singing) -> Curve:
    """Running sum of steps outside choruses; flat where the audio knows no chorus."""
    inside = np.zeros(singing.steps)
    for section in analysis.sections:
        if section.label == "chorus":
            inside[section.start_ms // singing.step_ms : -(-section.end_ms // singing.step_ms)] = 1
    outside = 1 - inside if inside.any() else inside
    return np.concatenate([[0.0], np.cumsum(outside)])


def _best_spans(task: _Task) -> list[tuple[int, int]]:
    """[start, end) in steps for every line: the cheapest path through all of them."""
    steps = task.singing.steps
    sung, rises = task.singing.sums(), task.singing.rises()
    begun = -_WEIGHT_ONSET * rises
    ended = _WEIGHT_OFFSET * rises
    finished = sung.copy()  # before the first line: everything sung so far was missed
    lengths: list[NDArray[np.int16]] = []
    origins: list[NDArray[np.int32]] = []
    for index, wanted in enumerate(task.wanted):
        waiting, origin = _after_a_rest(finished, sung, apart=3 if task.stanza[index] else 0)
        origins.append(origin)
        begin = waiting + begun - (_STANZA_BORDER * task.borders if task.stanza[index] or index == 0 else 0.0)
        shortest, longest = _length_limits(wanted, steps, len(task.wanted))
        best = np.full(steps + 1, math.inf)
        length = np.zeros(steps + 1, np.int16)
        for d in range(shortest, longest + 1):
            missed = d - (sung[d:] - sung[:-d])
            if task.chorus[index]:
                missed = missed + _WRONG_SECTION * (task.off_chorus[d:] - task.off_chorus[:-d])
            price = begin[:-d] + missed + _WEIGHT_DURATION * math.log(d / wanted) ** 2
            better = price < best[d:]
            best[d:][better] = price[better]
            length[d:][better] = d
        finished = best + ended
        lengths.append(length)
    return _traced(finished + (sung[-1] - sung), lengths, origins)


def _after_a_rest(finished: Curve, sung: Curve, *, apart: int) -> tuple[Curve, NDArray[np.int32]]:
    """The cheapest way to wait until each border, singing missed on the way included, and where the waiting began.

    A stanza that begins less than `apart` steps after the line before pays for it.
    """
    relative = finished - sung
    cheapest = np.minimum.accumulate(relative)
    origin = np.maximum.accumulate(np.where(relative <= cheapest, np.arange(len(relative)), 0)).astype(np.int32)
    waiting = cheapest + sung
    if apart:
        rested = np.full_like(waiting, math.inf)
        rested[apart:] = cheapest[:-apart] + sung[apart:]
        hurried = waiting + _STANZA_GAP
        late = rested <= hurried
        shifted = np.zeros_like(origin)
        shifted[apart:] = origin[:-apart]
        return np.where(late, rested, hurried), np.where(late, shifted, origin)
    return waiting, origin


def _length_limits(wanted: float, steps: int, lines: int) -> tuple[int, int]:
    """Between 0.45 and 2.3 times the wanted length, less where there is little room."""
    shortest = max(1, min(round(0.45 * wanted), steps // (2 * lines)))
    return shortest, max(shortest, min(round(2.3 * wanted) + 1, steps - 1))


def _traced(
    total: Curve, lengths: Sequence[NDArray[np.int16]], origins: Sequence[NDArray[np.int32]]
) -> list[tuple[int, int]]:
    end = int(np.argmin(total))
    spans = []
    for length, origin in zip(reversed(lengths), reversed(origins), strict=True):
        start = end - int(length[end])
        spans.append((start, end))
        end = int(origin[start])
    return spans[::-1]


def _even_spans(count: int, duration_ms: int) -> list[tuple[int, int]]:
    """More lines than the song can hold: each gets the same share."""
    return [(duration_ms * index // count, duration_ms * (index + 1) // count) for index in range(count)]


def _timed_lines(
    lines: Sequence[Line], spans: Sequence[tuple[int, int]], task: _Task, analysis: SongAnalysis, *, sure: bool
) -> tuple[Line, ...]:
    """Lines with snapped times, words and confidence; none overlaps, none leaves the song."""
    timed: list[Line] = []
    earliest = 0
    for index, (line, (start_ms, end_ms)) in enumerate(zip(lines, spans, strict=True)):
        start = max(_snapped(start_ms, analysis.beats_ms), earliest)
        following = _snapped(spans[index + 1][0], analysis.beats_ms) if index + 1 < len(spans) else analysis.duration_ms
        end = max(min(end_ms + 150, following), min(start + MIN_LINE_MS, analysis.duration_ms), start)
        confidence = _confidence(task, index, start_ms, end_ms, sure=sure)
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


def _confidence(task: _Task, index: int, start_ms: int, end_ms: int, *, sure: bool) -> int:
    """0..90 percent: is it sung inside, does the voice set in at its start, does it last as long as it should."""
    singing = task.singing
    start, end = start_ms // singing.step_ms, max(start_ms // singing.step_ms + 1, end_ms // singing.step_ms)
    inside = float(singing.curve[start:end].mean()) if start < singing.steps else 0.0
    rise = float(np.clip(singing.rises()[min(start, singing.steps)], 0, 1))
    length = math.exp(-2 * math.log((end - start) / task.wanted[index]) ** 2)
    percent = 90 * inside * (0.45 + 0.3 * rise + 0.25 * length)
    return int(percent if sure else percent / 4)
