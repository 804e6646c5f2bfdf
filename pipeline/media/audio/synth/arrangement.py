"""The band plays a score: chords, bass, drums and a lead, section by section, onto three stems."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.spectrum import Floats
from pipeline.media.audio.synth import drums, instruments
from pipeline.media.audio.synth.instruments import SAMPLE_RATE
from pipeline.media.audio.synth.moods import Chord, Form, Mood
from pipeline.media.audio.values import Section

_PAD_GAIN = {"intro": 0.95, "verse": 0.6, "chorus": 0.9, "bridge": 0.9, "instrumental": 0.7, "outro": 0.9}
_BRIGHTER = {"intro": -0.15, "verse": -0.1, "chorus": 0.25, "bridge": 0.1, "instrumental": 0.0, "outro": -0.15}


@dataclass(frozen=True)
class Score:
    """A song on paper."""

    mood: Mood
    form: Form
    bpm: float
    seed: int
    lead_in_s: float = 0.12
    drift: float = 0.0
    """How far the tempo wanders, as a share of itself (0.03 = 3 %)."""
    humanize_s: float = 0.0
    """Standard deviation of each stroke's timing."""
    ring_s: float = 2.4
    """How long the last chord rings after the last bar."""
    meter: tuple[int, ...] = ()
    """The beats of each bar, where they are not all the mood's."""

    @cached_property
    def bars(self) -> int:
        return sum(length for _, length in self.form)

    def bar_beats(self, bar: int) -> int:
        """How many beats a bar has."""
        return self.meter[bar] if self.meter else self.mood.beats_per_bar

    @cached_property
    def bar_starts(self) -> tuple[int, ...]:
        """The first beat of each bar, and of the one after the last."""
        return (0, *accumulate(self.bar_beats(bar) for bar in range(self.bars)))

    @cached_property
    def beats_s(self) -> NDArray[np.float64]:
        """Times of all beats, and of the one after the last."""
        count = self.bar_starts[-1]
        pace = self.bpm * (1 + self.drift * np.sin(np.linspace(0, 2 * np.pi, count)))
        return self.lead_in_s + np.concatenate([[0.0], np.cumsum(60.0 / pace)])

    @cached_property
    def duration_s(self) -> float:
        return float(self.beats_s[-1] + self.ring_s)

    def time_at(self, beat: float) -> float:
        """Seconds at a beat counted from the first, fractions included, off-beats swung."""
        whole, part = divmod(beat, 1.0)
        swing = self.mood.swing
        if swing and part:
            part = part * (0.5 + swing) / 0.5 if part <= 0.5 else 1 - (1 - part) * (0.5 - swing) / 0.5
        return float(np.interp(whole + part, np.arange(len(self.beats_s)), self.beats_s))

    def chord(self, label: str, bar: int) -> Chord:
        progression = getattr(self.mood, label if label in ("verse", "chorus", "bridge") else "verse")
        return self.mood.chord(progression[bar % len(progression)])

    def sections(self) -> tuple[Section, ...]:
        """The truth about the form; the first begins at 0 and the last ends with the song."""
        starts = np.cumsum([0, *(length for _, length in self.form)])
        edges = [round(1000 * self.beats_s[self.bar_starts[bar]]) for bar in starts]
        edges[0], edges[-1] = 0, round(1000 * self.duration_s)
        names = list(dict.fromkeys(label for label, _ in self.form))
        return tuple(
            Section(start_ms=edges[i], end_ms=edges[i + 1], label=label, group=names.index(label))
            for i, (label, _) in enumerate(self.form)
        )


@dataclass
class Stems:
    """What the band played, before the mix. Each of shape (samples, 2)."""

    drums: Floats
    music: Floats
    voice: Floats


@dataclass
class Band:
    """Plays one score. Sounds are rendered once and laid down many times."""

    score: Score
    sung_bars: frozenset[int] = frozenset()
    """Bars in which somebody sings: the lead leaves them room."""
    stems: Stems = field(init=False)
    _sounds: dict[tuple[Hashable, ...], Floats] = field(default_factory=dict)

    def play(self) -> Stems:
        count = int(self.score.duration_s * SAMPLE_RATE)
        self.stems = Stems(*(np.zeros((count, 2), np.float32) for _ in range(3)))
        self._rng = np.random.default_rng([self.score.seed, 1])
        self._kit = drums.kit(self.score.seed)
        first = 0
        for number, (label, bars) in enumerate(self.score.form):
            self._play_section(number, label, first, bars)
            first += bars
        self._play_last_chord()
        return self.stems

    def _sound(self, make: Callable[..., Floats], *notes: Hashable, **shape: float) -> Floats:
        key = (make.__name__, *notes, *shape.values())
        if key not in self._sounds:
            self._sounds[key] = make(*notes, **shape)
        return self._sounds[key]

    def _lay(self, stem: Floats, sound: Floats, at_s: float, gain: float, pan: float = 0.0) -> None:
        if self.score.humanize_s:
            at_s += float(self._rng.normal(0, self.score.humanize_s))
        start = max(0, int(at_s * SAMPLE_RATE))
        length = min(len(sound), len(stem) - start)
        if length <= 0:
            return
        if sound.ndim == 2:
            stem[start : start + length] += sound[:length] * np.float32(gain)
        else:
            for side, share in ((0, 1 - max(0.0, pan)), (1, 1 + min(0.0, pan))):
                stem[start : start + length, side] += sound[:length] * np.float32(gain * share)

    def _play_section(self, number: int, label: str, first: int, bars: int) -> None:
        if label == "chorus":
            start_s = self.score.beats_s[self.score.bar_starts[first]]
            self._lay(self.stems.drums, self._kit["swell"], start_s - 1.2, 0.35)
            self._lay(self.stems.drums, self._kit["crash"], start_s, 0.6)
        last = number == len(self.score.form) - 1
        for bar in range(bars):
            chord = self.score.chord(label, bar)
            if last and bar == bars - 1:
                chord = self.score.mood.chord(0)  # come home
            beat, per_bar = self.score.bar_starts[first + bar], self.score.bar_beats(first + bar)
            self._play_chords(label, chord, beat, per_bar)
            self._play_bass(label, chord, beat, per_bar)
            self._play_lead(label, chord, beat, first + bar)
            for hit in drums.bar_hits(self.score.mood.groove, label, bar, bars, beats_per_bar=per_bar):
                at_s = self.score.time_at(beat + hit.beat)
                self._lay(self.stems.drums, self._kit[hit.drum], at_s, hit.gain, drums.PAN.get(hit.drum, 0.0))

    def _play_chords(self, label: str, chord: Chord, beat: int, per_bar: int) -> None:
        mood = self.score.mood
        start, end = self.score.time_at(beat), self.score.time_at(beat + per_bar)
        seconds = round(end - start + 0.3, 2)
        bright = float(np.clip(mood.brightness + _BRIGHTER[label], 0.1, 1))
        notes = (*chord, chord[0] + 12) if label in ("chorus", "bridge") else chord
        sound = self._sound(instruments.pad, notes, seconds, brightness=bright)
        self._lay(self.stems.music, sound, start, _PAD_GAIN[label])
        if mood.keys and label != "intro":
            voicing = tuple(note + 12 for note in chord)
            for offset, gain in (
                ((0.0, 0.5), (1.5, 0.32), (2.5, 0.36)) if per_bar == 4 else ((0.0, 0.45), (1.0, 0.28), (2.0, 0.28))
            ):
                if offset >= per_bar:
                    continue
                note = self._sound(instruments.keys, voicing, 1.1)
                self._lay(self.stems.music, note, self.score.time_at(beat + offset), gain)

    def _play_bass(self, label: str, chord: Chord, beat: int, per_bar: int) -> None:
        if label in ("intro", "bridge"):
            return
        root = chord[0] - 24 if chord[0] > 52 else chord[0] - 12
        length = 60 / self.score.bpm
        steps = [(0.0, 1.6, 0.9), (2.0, 1.4, 0.75)] if per_bar == 4 else [(0.0, min(2.0, per_bar), 0.9)]
        if label in ("chorus", "instrumental"):
            steps = [(float(step), 0.9, 0.85) for step in range(per_bar)]
        if label == "outro":
            steps = [(0.0, per_bar - 0.4, 0.8)]
        if label in ("verse", "chorus") and self._rng.random() < 0.5:
            steps.append((per_bar - 0.5, 0.45, 0.6))
        for offset, beats, gain in steps:
            seconds = round(beats * length, 2)
            note = root + (7 if offset > 2 and self._rng.random() < 0.25 else 0)
            sound = self._sound(instruments.bass, note, seconds)
            self._lay(self.stems.music, sound, self.score.time_at(beat + offset), gain)

    def _play_lead(self, label: str, chord: Chord, beat: int, bar: int) -> None:
        """Plucked notes of the chord: an arpeggio where nobody sings, a few answers where somebody does."""
        sung = bar in self.sung_bars
        chance = {"intro": 0.75, "verse": 0.2, "chorus": 0.55, "bridge": 0.6, "instrumental": 0.9, "outro": 0.5}[label]
        if sung:
            chance *= 0.35
        height = 12 if label in ("intro", "verse", "outro") else 24
        for step in range(2 * self.score.bar_beats(bar)):
            if self._rng.random() >= chance:
                continue
            note = int(self._rng.choice(chord)) + height
            sound = self._sound(instruments.pluck, note)
            gain = (0.55 if step % 2 == 0 else 0.42) * (1.4 if label in ("intro", "outro") else 1.0)
            self._lay(
                self.stems.music, sound, self.score.time_at(beat + step / 2), gain, pan=0.4 if step % 4 < 2 else -0.4
            )

    def _play_last_chord(self) -> None:
        mood, end = self.score.mood, float(self.score.beats_s[-1])
        chord = mood.chord(0)
        seconds = self.score.ring_s
        if seconds < 0.5:
            return
        self._lay(
            self.stems.music, instruments.pad((*chord, chord[0] + 12), seconds, brightness=0.3, attack_s=0.03), end, 0.7
        )
        self._lay(
            self.stems.music, instruments.bass(chord[0] - 24 if chord[0] > 52 else chord[0] - 12, seconds), end, 0.8
        )
        for number, note in enumerate(chord):
            self._lay(self.stems.music, instruments.pluck(note + 12, min(1.6, seconds)), end + 0.06 * number, 0.5)
        if mood.groove != "none":
            self._lay(self.stems.drums, self._kit["kick"], end, 0.6)
