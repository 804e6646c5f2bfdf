"""From lyric text to sung notes: which line falls on which bars, and a tune for it.

A tune is chord tones on the strong beats and steps between them, in an arch that comes to rest; the same stanza always
gets the same tune, so that choruses return.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.media.audio.synth.arrangement import Score
from pipeline.media.audio.synth.phonemes import Syllable, syllables
from pipeline.media.audio.synth.singing import Note
from pipeline.media.audio.values import SungLine, SungWord

_LOWEST, _HIGHEST = 57, 74
"""A comfortable alto."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One syllable of a tune: how many beats it takes, how much of them it sounds, and its pitch."""

    beats: float
    midi: int
    syllable: Syllable
    word: int
    """Index of the word it belongs to."""
    sounds: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """A lyric line with its tune, beginning at a beat of the song."""

    text: str
    words: tuple[str, ...]
    tones: tuple[Tone, ...]
    beat: float
    chorus: bool = False

    def notes(self, score: Score) -> list[Note]:
        notes, beat = [], self.beat
        for number, tone in enumerate(self.tones):
            start, end = score.time_at(beat), score.time_at(beat + tone.beats * tone.sounds)
            legato = tone.sounds >= 1 and number + 1 < len(self.tones)
            notes.append(Note(start, end, tone.midi, tone.syllable, legato))
            beat += tone.beats
        return notes

    def sung_line(self, score: Score) -> SungLine:
        """When each word is sung."""
        notes = self.notes(score)
        words = []
        for number, word in enumerate(self.words):
            own = [note for note, tone in zip(notes, self.tones, strict=True) if tone.word == number]
            words.append(SungWord(text=word, start_ms=round(own[0].start_s * 1000), end_ms=round(own[-1].end_s * 1000)))
        return SungLine(text=self.text, start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=tuple(words))


def stanzas(lyrics: str) -> list[list[str]]:
    """Lines by stanza: blank lines separate, tags in brackets ("[Chorus]") are left out."""
    found: list[list[str]] = [[]]
    for raw in lyrics.splitlines():
        line = raw.strip()
        if not line:
            found.append([])
        elif not (line.startswith("[") and line.endswith("]")):
            found[-1].append(line)
    return [stanza for stanza in found if stanza]


def phrases(score: Score, lyrics: str) -> list[Phrase]:
    """Lay the stanzas over the sung sections: the second stanza is the chorus, the others are verses in turn."""
    found = stanzas(lyrics)
    if not found:
        return []
    chorus = found[1] if len(found) > 1 else found[0]
    verses = [found[0], *found[2:]]
    laid: list[Phrase] = []
    bar, verse = 0, 0
    for label, bars in score.form:
        if label == "chorus":
            laid += _section_phrases(score, chorus, label, bar, bars)
        elif label in ("verse", "bridge") and (label == "verse" or verse < len(verses)):
            laid += _section_phrases(score, verses[verse % len(verses)], label, bar, bars)
            verse += 1
        bar += bars
    return laid


def _section_phrases(score: Score, lines: Sequence[str], label: str, first: int, bars: int) -> list[Phrase]:
    per_line = max(1, bars // len(lines))
    per_bar = score.mood.beats_per_bar
    laid = []
    for number, line in enumerate(lines[: bars // per_line]):
        bar = number * per_line
        tones = _tune(score, line, label, bar, per_line, number)
        beat = float((first + bar) * per_bar)
        laid.append(Phrase(line, tuple(line.split()), tones, beat, chorus=label == "chorus"))
    return laid


def _tune(score: Score, line: str, label: str, bar: int, bars: int, number: int) -> tuple[Tone, ...]:
    parts = [(syllable, i) for i, word in enumerate(line.split()) for syllable in syllables(word)]
    per_bar = score.mood.beats_per_bar
    room = bars * per_bar - 0.5
    unit = float(np.clip(np.floor(room / len(parts) * 2) / 2, 0.25, 1.0))
    if unit * len(parts) > room:
        unit = room / len(parts)
    rng = np.random.default_rng([score.seed, 5, ord(label[0]), number % 2])
    center = 66 if label == "chorus" else 62
    pitch, beat, tones = center, 0.0, []
    for place, (syllable, word) in enumerate(parts):
        last = place == len(parts) - 1
        chord = score.chord(label, bar + int(beat // per_bar))
        arch = center + round(5 * np.sin(np.pi * (place + 0.5) / len(parts))) - 2
        strong = beat % 1 == 0 or last
        choices = _tones_of(chord) if strong else _scale(score)
        near = sorted(choices, key=lambda note: (abs(note - arch) + 0.6 * abs(note - pitch), note))
        pitch = near[0] if last or rng.random() < 0.7 else near[1]
        beats = min(2.0, room - beat) if last else unit
        tones.append(Tone(max(unit, beats), pitch, syllable, word, sounds=0.9 if last else 1.0))
        beat += unit
    return tuple(tones)


def _tones_of(chord: Sequence[int]) -> list[int]:
    classes = {note % 12 for note in chord}
    return [note for note in range(_LOWEST, _HIGHEST + 1) if note % 12 in classes]


def _scale(score: Score) -> list[int]:
    return _tones_of([score.mood.note(degree) for degree in range(7)])
