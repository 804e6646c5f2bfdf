"""Grooves: who hits what on which part of the bar, per section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth import instruments


@dataclass(frozen=True, slots=True)
class Hit:
    """One stroke: which drum, where in the bar (in beats) and how loud."""

    drum: str
    beat: float
    gain: float


# drum: ((beat, gain), ...) for one bar
_Pattern = dict[str, tuple[tuple[float, float], ...]]

_EIGHTHS = tuple((beat / 2, 0.5 if beat % 2 == 0 else 0.38) for beat in range(8))
_OFFBEATS = tuple((beat + 0.5, 0.5) for beat in range(4))
_FOUR = tuple((beat, 1.0) for beat in range(4))
GROOVES: dict[str, dict[str, _Pattern]] = {
    "soft": {
        "verse": {"kick": ((0, 0.8), (2.5, 0.55)), "rim": ((1, 0.6), (3, 0.65)), "hat": _EIGHTHS},
        "chorus": {
            "kick": ((0, 0.95), (1.5, 0.5), (2, 0.8)),
            "snare": ((1, 0.7), (3, 0.75)),
            "hat": _EIGHTHS,
            "open": _OFFBEATS,
        },
    },
    "pop": {
        "verse": {"kick": ((0, 0.9), (2, 0.8)), "snare": ((1, 0.65), (3, 0.7)), "hat": _EIGHTHS},
        "chorus": {
            "kick": ((0, 1.0), (1.5, 0.5), (2, 0.9)),
            "snare": ((1, 0.85), (3, 0.9)),
            "hat": _EIGHTHS,
            "open": _OFFBEATS,
        },
    },
    "four": {
        "verse": {"kick": tuple((beat, 0.85) for beat in range(4)), "hat": _OFFBEATS},
        "chorus": {"kick": _FOUR, "snare": ((1, 0.75), (3, 0.8)), "open": _OFFBEATS, "hat": _EIGHTHS},
    },
    "swing": {
        "verse": {"kick": ((0, 0.8), (2, 0.5)), "rim": ((1, 0.6), (3, 0.6)), "hat": _EIGHTHS},
        "chorus": {
            "kick": ((0, 0.9), (2, 0.7)),
            "snare": ((1, 0.65), (3, 0.7)),
            "hat": _EIGHTHS,
            "open": ((1.5, 0.25), (3.5, 0.3)),
        },
    },
    "break": {
        "verse": {"kick": ((0, 0.9), (2.5, 0.75)), "snare": ((1, 0.8), (3, 0.85)), "hat": _EIGHTHS},
        "chorus": {
            "kick": ((0, 1.0), (2.5, 0.85)),
            "snare": ((1, 0.9), (3, 0.95)),
            "hat": _EIGHTHS,
            "open": ((0, 0.3), (2, 0.3)),
        },
    },
    "waltz": {
        "verse": {"kick": ((0, 0.8),), "rim": ((1, 0.45), (2, 0.45)), "hat": ((0, 0.3), (1, 0.45), (2, 0.45))},
        "chorus": {
            "kick": ((0, 0.95),),
            "snare": ((1, 0.45), (2, 0.5)),
            "hat": tuple((beat / 2, 0.4) for beat in range(6)),
        },
    },
    "none": {},
}

_PLAYS_LIKE = {"intro": "", "verse": "verse", "chorus": "chorus", "bridge": "", "instrumental": "verse", "outro": ""}


def kit(seed: int) -> dict[str, Floats]:
    """The drums of one song."""
    rng = np.random.default_rng([seed, 7])
    return {
        "kick": instruments.kick(),
        "snare": instruments.snare(rng),
        "rim": instruments.rim(rng),
        "hat": instruments.hat(rng),
        "open": instruments.hat(rng, decay=15.0),
        "crash": instruments.crash(rng),
        "swell": instruments.swell(rng, 1.2),
    }


PAN = {"kick": 0.0, "snare": 0.0, "rim": -0.2, "hat": 0.3, "open": 0.35, "swell": 0.0}


def bar_hits(groove: str, label: str, bar: int, bars: int, *, beats_per_bar: int) -> Iterator[Hit]:
    """The strokes of bar `bar` of a section of `bars` bars; the last bar ends with a small fill."""
    pattern = GROOVES[groove].get(_PLAYS_LIKE[label], {})
    for drum, strokes in pattern.items():
        for beat, gain in strokes:
            if beat < beats_per_bar:
                yield Hit(drum, beat, gain)
    if pattern and bar == bars - 1 and bars >= 4 and "snare" in GROOVES[groove]["chorus"]:
        for step in range(1, 4):
            yield Hit("snare", beats_per_bar - 1 + step / 4, 0.2 + 0.12 * step)
