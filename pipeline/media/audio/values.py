"""What listening to a song yields, and what is known of a song that we made ourselves."""

from __future__ import annotations

from typing import Literal

from pipeline.media.values import Value

SectionLabel = Literal["intro", "verse", "chorus", "bridge", "instrumental", "outro"]

GRID_MS = 100
"""Length of one step of `SongAnalysis.energy` and `SongAnalysis.vocal_activity`."""

ENERGY_RANGE_DB = 45
"""An energy of 0 lies this far below an energy of 1000."""


class Section(Value):
    """A stretch of a song. Sections are in order and tile the song from 0 to its duration without gap or overlap."""

    start_ms: int
    end_ms: int
    label: SectionLabel
    group: int = 0
    """Sections of equal group sound alike (a chorus that returns); numbered by first appearance from 0."""
    energy: int = 0
    """Mean of the song's energy over the section, 0..1000."""

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms


class SongAnalysis(Value):
    """What `analyze_song` heard. Times are milliseconds from the start of the song."""

    duration_ms: int
    """Length by decoding, not by header."""
    tempo_mbpm: int
    """Beats per minute times 1000."""
    tempo_alternatives_mbpm: tuple[int, ...] = ()
    """Other plausible readings (half, double, 3:2 ...), the likeliest first; never holds `tempo_mbpm`."""
    beats_ms: tuple[int, ...]
    """Strictly increasing, 0 <= beat < duration_ms."""
    downbeats_ms: tuple[int, ...]
    """A subset of `beats_ms`: the first beat of each bar."""
    sections: tuple[Section, ...]
    key: str = ""
    """For example "A minor" or "Eb major"; empty when nothing tonal was heard."""
    energy: tuple[int, ...] = ()
    """Loudness per GRID_MS in decibels: 1000 is the song's loudest, 0 lies ENERGY_RANGE_DB below."""
    vocal_activity: tuple[int, ...] = ()
    """How likely somebody sings, per GRID_MS, 0..1000."""
    peaks: tuple[int, ...] = ()
    """About 900 waveform peaks, 0..127, evenly spaced over the song; draw them mirrored."""
    loudness_clufs: int = -7000
    """Integrated loudness (EBU R 128, mono mix) in hundredths of LUFS; -7000 means silent."""
    silent: bool = False
    """Nothing audible was found: beats are a plain grid of 120 bpm."""
    truncated: bool = False
    """The file broke off or was damaged; what could be decoded (at least a second) was analyzed."""


class SungWord(Value):
    """A word of a composed song and when it is sung."""

    text: str
    start_ms: int
    end_ms: int


class SungLine(Value):
    """A lyric line of a composed song and when it is sung."""

    text: str
    start_ms: int
    end_ms: int
    words: tuple[SungWord, ...] = ()


class SongTruth(Value):
    """Everything known of a composed song, because we composed it: the yardstick of tests and benchmarks."""

    title: str = ""
    artist: str = ""
    duration_ms: int
    tempo_mbpm: int
    beats_ms: tuple[int, ...]
    downbeats_ms: tuple[int, ...]
    sections: tuple[Section, ...]
    key: str
    lines: tuple[SungLine, ...] = ()
