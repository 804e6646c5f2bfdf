"""What a person corrects in what was heard: the tempo read at half or double speed, beats a little early or late."""

from __future__ import annotations

from itertools import pairwise

from pipeline.media.audio.values import SongAnalysis

TEMPO_PERCENTS = (25, 50, 100, 200, 400)
"""Trackers err by octaves; other factors would be another song."""

MAX_SHIFT_MS = 500
"""Beats later than this are another beat: half a second is a whole one at 120 bpm."""

SLOWEST_MBPM, FASTEST_MBPM = 20_000, 400_000


def corrected_analysis(heard: SongAnalysis, *, tempo_percent: int = 100, shift_ms: int = 0) -> SongAnalysis:
    """The analysis with its beats counted `tempo_percent` as fast and all of them `shift_ms` later.

    A bar keeps its number of beats, so at double tempo there are twice as many bars. Sections, energy and peaks are
    what they were. Beats that leave the song are dropped. Raises ValueError for a factor not in TEMPO_PERCENTS or a
    shift beyond MAX_SHIFT_MS.
    """
    if tempo_percent not in TEMPO_PERCENTS or abs(shift_ms) > MAX_SHIFT_MS:
        raise ValueError(f"no such correction: {tempo_percent} %, {shift_ms} ms")
    beats, bars = heard.beats_ms, heard.downbeats_ms
    percent = tempo_percent
    while percent > 100:
        beats, bars = _doubled(beats, bars)
        percent //= 2
    while percent < 100:
        beats, bars = _halved(beats, bars)
        percent *= 2
    tempo = heard.tempo_mbpm * tempo_percent // 100
    others = tuple(other for other in (heard.tempo_mbpm, *heard.tempo_alternatives_mbpm) if other != tempo)
    return heard.model_copy(
        update={
            "tempo_mbpm": tempo,
            "tempo_alternatives_mbpm": others if tempo_percent != 100 else heard.tempo_alternatives_mbpm,
            "beats_ms": _shifted(beats, shift_ms, heard.duration_ms),
            "downbeats_ms": _shifted(bars, shift_ms, heard.duration_ms),
        }
    )


def possible_percent(heard: SongAnalysis, percent: int) -> bool:
    """Whether this factor is one of ours and leaves a tempo that music has."""
    return percent in TEMPO_PERCENTS and SLOWEST_MBPM <= heard.tempo_mbpm * percent // 100 <= FASTEST_MBPM


Times = tuple[int, ...]


def _doubled(beats: Times, bars: Times) -> tuple[Times, Times]:
    """A new beat between every two; every bar of n beats becomes two of n, so a bar begins in its middle as well."""
    twice = tuple(sorted({*beats, *((left + right) // 2 for left, right in pairwise(beats))}))
    index = {beat: at for at, beat in enumerate(twice)}
    places = [index[bar] for bar in bars if bar in index]
    middles = [(left + right) // 2 for left, right in pairwise(places)]
    if len(places) > 1:
        after = places[-1] + (places[-1] - places[-2]) // 2
        middles += [after] if after < len(twice) else []
    return twice, tuple(sorted({*(twice[at] for at in places), *(twice[at] for at in middles)}))


def _halved(beats: Times, bars: Times) -> tuple[Times, Times]:
    """Every second beat, those that bars begin on; two bars become one."""
    first = beats.index(bars[0]) if bars and bars[0] in beats else 0
    kept = beats[first % 2 :: 2]
    return kept, tuple(bar for bar in bars[::2] if bar in set(kept))


def _shifted(times: Times, shift_ms: int, duration_ms: int) -> Times:
    return tuple(time + shift_ms for time in times if 0 <= time + shift_ms < duration_ms)
