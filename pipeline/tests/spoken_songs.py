"""Songs with speech laid over them at known times: as near to recorded singing as one comes without a recording.

espeak-ng speaks each line; the synthesizer plays the band. Lines begin on, before and after beats, as singers do. Real
singing is not measured by this.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.media.audio.synth.songs import Song, compose_song, write_wav
from pipeline.media.audio.values import SungLine

SPEAKER = shutil.which("espeak-ng") or ""
NO_SPEAKER = "espeak-ng is not installed, so no speech can be laid over a song"

# Each sheet: verse, chorus, second verse.
_SHEETS = (
    """\
Walking down an empty street
The city sleeps beneath my feet
Every window holds a light
I keep on waiting through the night

We are running to the ocean
We are fire, we are motion
Hold me till the morning comes
Dancing with a thousand suns

Your old letters in the rain
Waiting for the midnight train
All the things I did not say
Somehow got in the way
""",
    """\
I was a child of the northern snow
Counting the stars that I did not know
Every voice had a story to tell
Somewhere beyond the sound of the bell

Oh, stay
Stay for a while in the golden light
Everything changes
Stay till the end of the night

Now I am older and far from home
Writing you letters from stations of stone
Nobody asks where the river will end
Only the wind is a patient friend
""",
)
LYRICS = tuple(tuple(sheet.strip().split("\n\n")) for sheet in _SHEETS)
_STANZA = {"verse": (0, 2), "chorus": (1,), "bridge": (2,)}


@dataclass(frozen=True)
class SpokenSong:
    """A song whose `song.truth.lines` are spoken, and the sheet that a creator would paste."""

    song: Song
    sheet: str


def spoken_song(mood: str, *, seed: int, seconds: float = 60.0) -> SpokenSong:
    """A band of that mood with speech about 2 dB above it; starts are jittered by 30 ms and by parts of a bar."""
    dice = np.random.default_rng(seed)
    band = compose_song(mood=mood, seconds=seconds, seed=seed, polish=False)
    truth, audio = band.truth, band.audio.copy()
    bar_ms = float(np.median(np.diff(truth.downbeats_ms)))
    loudness = float(np.sqrt((audio**2).mean()))
    lines: list[SungLine] = []
    sheet: list[str] = []
    turns = dict.fromkeys(_STANZA, 0)
    for section in truth.sections:
        if section.label not in _STANZA:
            continue
        order = _STANZA[section.label]
        stanza = LYRICS[seed % len(LYRICS)][order[turns[section.label] % len(order)]].split("\n")
        turns[section.label] += 1
        apart = section.duration_ms / len(stanza)
        if apart < 1500:
            continue
        for place, text in enumerate(stanza):
            voice = speech(
                text,
                words_per_minute=int(dice.integers(110, 150)),
                pitch=int(dice.integers(30, 80)),
                rate=band.sample_rate,
            )
            room = apart - len(voice) * 1000 / band.sample_rate > bar_ms / 2
            late = dice.choice((0.0, 0.0, 0.25, 0.5, -0.125)) * bar_ms if room else 0.0
            start = section.start_ms + place * apart + late + dice.normal(0, 30)
            start = max(start, lines[-1].end_ms + 80 if lines else 0)
            first = int(start * band.sample_rate / 1000)
            voice = voice[: max(0, len(audio) - first)]
            audio[first : first + len(voice)] += (voice * 1.3 * loudness / np.sqrt((voice**2).mean()))[:, None]
            lines.append(
                SungLine(text=text, start_ms=int(start), end_ms=int(start + len(voice) * 1000 / band.sample_rate))
            )
        sheet.append("\n".join(stanza))
    audio *= 0.9 / np.abs(audio).max()
    song = Song(audio, truth.model_copy(update={"lines": tuple(lines)}), band.sample_rate)
    return SpokenSong(song, "\n\n".join(sheet))


def speech(text: str, *, words_per_minute: int, pitch: int, rate: int) -> NDArray[np.float32]:
    """The spoken text without silence around it, at `rate` samples per second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        command = [SPEAKER, "-s", str(words_per_minute), "-p", str(pitch), "-w", str(path), text]
        subprocess.run(command, check=True, capture_output=True, timeout=30)
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
            spoken_rate = file.getframerate()
    count = int(len(samples) * rate / spoken_rate)
    voice = np.interp(np.arange(count) * spoken_rate / rate, np.arange(len(samples)), samples).astype(np.float32)
    heard = np.flatnonzero(np.abs(voice) > 0.02)
    return np.asarray(voice[heard[0] : heard[-1]])


def sheet_of(song: Song) -> str:
    """The words of a composed song as a creator would paste them: a stanza per section."""
    rows: list[str] = []
    last = -1
    for line in song.truth.lines:
        inside = [i for i, s in enumerate(song.truth.sections) if s.start_ms <= line.start_ms + 200 < s.end_ms]
        section = inside[0] if inside else last
        if rows and section != last:
            rows.append("")
        rows.append(line.text)
        last = section
    return "\n".join(rows)


def written(song: Song, folder: Path) -> Path:
    """The song as a WAV file in a folder."""
    path = folder / "song.wav"
    write_wav(song, path)
    return path
