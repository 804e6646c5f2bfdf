"""What a song is made of: moods (harmony, tempo, groove) and forms (the order of sections)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.media.audio.harmony import key_label
from pipeline.media.audio.values import SectionLabel

Chord = tuple[int, ...]
"""Midi notes, root first."""

_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@dataclass(frozen=True, slots=True)
class Mood:
    """How a song feels. Progressions are scale degrees (0 = tonic), one per bar."""

    tonic: int
    """Midi note, in the octave of the chords."""
    mode: str
    bpm: float
    groove: str
    """A key of `drums.GROOVES`."""
    verse: tuple[int, ...]
    chorus: tuple[int, ...]
    bridge: tuple[int, ...]
    brightness: float = 0.5
    swing: float = 0.0
    """How late the off-beat comes, as a share of the beat."""
    seventh: bool = False
    beats_per_bar: int = 4
    keys: bool = False

    @property
    def key(self) -> str:
        return key_label(self.tonic, self.mode)

    def note(self, degree: int) -> int:
        """Midi note of a scale degree; degrees below 0 and above 6 are other octaves."""
        octave, step = divmod(degree, 7)
        return self.tonic + 12 * octave + _SCALES[self.mode][step]

    def chord(self, degree: int) -> Chord:
        """The triad (or seventh chord) on a degree, folded near the tonic so that chords lead smoothly."""
        steps = (0, 2, 4, 6) if self.seventh else (0, 2, 4)
        root = self.note(degree) - (12 if degree > 3 else 0)
        shift = root - self.note(degree)
        return tuple(self.note(degree + step) + shift for step in steps)


MOODS: dict[str, Mood] = {
    "dream": Mood(57, "minor", 100, "soft", (0, 5, 2, 6), (5, 6, 0, 2), (3, 0, 3, 6), 0.45, keys=True),
    "dance": Mood(53, "minor", 124, "four", (0, 5, 2, 6), (5, 6, 0, 0), (3, 3, 5, 6), 0.8),
    "sunny": Mood(55, "major", 112, "pop", (0, 4, 5, 3), (3, 0, 4, 5), (5, 3, 1, 4), 0.6, keys=True),
    "night": Mood(
        50, "minor", 88, "swing", (0, 3, 6, 2), (5, 1, 4, 0), (3, 6, 2, 5), 0.35, swing=0.14, seventh=True, keys=True
    ),
    "rush": Mood(52, "minor", 174, "break", (0, 0, 5, 6), (0, 2, 5, 6), (3, 3, 0, 0), 0.7),
    "ballad": Mood(60, "major", 72, "none", (0, 4, 5, 3), (3, 4, 0, 5), (1, 5, 3, 4), 0.3, keys=True),
    "waltz": Mood(55, "major", 138, "waltz", (0, 3, 4, 0), (5, 1, 4, 0), (3, 0, 1, 4), 0.4, beats_per_bar=3, keys=True),
}

Form = tuple[tuple[SectionLabel, int], ...]
"""Labels and lengths in bars."""

FORMS: dict[str, Form] = {
    "pop": (
        ("intro", 4),
        ("verse", 8),
        ("chorus", 8),
        ("verse", 8),
        ("chorus", 8),
        ("bridge", 4),
        ("chorus", 8),
        ("outro", 4),
    ),
    "short": (("intro", 2), ("verse", 4), ("chorus", 4), ("outro", 2)),
    "club": (
        ("intro", 8),
        ("verse", 8),
        ("chorus", 16),
        ("instrumental", 8),
        ("verse", 8),
        ("chorus", 16),
        ("outro", 8),
    ),
}


def form_for(name: str, bars: float) -> Form:
    """The form stretched or shrunk to about `bars` bars: sections stay whole bars, even ones where there is room."""
    form = FORMS[name]
    scale = bars / sum(length for _, length in form)
    step = 2 if scale >= 0.75 else 1
    return tuple((label, max(step, step * round(length * scale / step))) for label, length in form)
