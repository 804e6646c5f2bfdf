"""How fast and how right song analysis is, on songs of our own and on any real ones.

    python -m bench.analysis [SONG ...]

Speeds are multiples of real time by CPU (user and system, decoding included). Matrix products are kept to one thread:
on a busy machine idle BLAS threads spin and would be counted. The songs come from our own synthesizer, so the scores
flatter; real songs given as arguments have no truth, and what was heard in them is printed for people to judge.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported

import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.media.audio.analysis import analysis_of, analyze_song
from pipeline.media.audio.decoding import decode_song
from pipeline.media.audio.synth import Song, compose_song, sample_song, test_song, write_encoded
from pipeline.media.audio.values import GRID_MS, SongAnalysis, SongTruth

LYRICS = """\
The morning is a window
and the city is a song
we were running through the winter
we were waiting for so long

Take me to the river
where the silver water glows
carry me forever
where the summer never goes
"""

CASES: dict[str, dict[str, Any]] = {
    "90 swing": {"bpm": 90, "mood": "night"},
    "120 pop": {"bpm": 120, "mood": "sunny"},
    "128 club": {"bpm": 128, "mood": "dance"},
    "174 breaks": {"bpm": 174, "mood": "rush"},
    "104 uneven": {"bpm": 104, "mood": "dream", "drift": 0.03, "humanize_ms": 12},
    "72 ballad": {"bpm": 72, "mood": "ballad"},
    "138 waltz": {"bpm": 138, "mood": "waltz"},
}


def f_score(truth: Sequence[int], found: Sequence[int], tolerance_ms: int) -> float:
    hits, places = 0, sorted(found)
    for moment in truth:
        near = next((place for place in places if abs(place - moment) <= tolerance_ms), None)
        if near is not None:
            places.remove(near)
            hits += 1
    return 2 * hits / max(1, len(truth) + len(found))


def share_found(truth: Sequence[int], found: Sequence[int], tolerance_ms: int) -> float:
    return sum(any(abs(place - moment) <= tolerance_ms for place in found) for moment in truth) / max(1, len(truth))


def borders(song: SongTruth | SongAnalysis) -> list[int]:
    return [section.start_ms for section in song.sections[1:]]


def singing_contrast(truth: SongTruth, analysis: SongAnalysis) -> str:
    """Mean vocal activity inside and outside of the sung lines."""
    sung = {step for line in truth.lines for step in range(line.start_ms // GRID_MS, line.end_ms // GRID_MS)}
    inside = [value for step, value in enumerate(analysis.vocal_activity) if step in sung]
    outside = [value for step, value in enumerate(analysis.vocal_activity) if step not in sung]
    return f"{statistics.mean(inside):4.0f} : {statistics.mean(outside):3.0f}" if inside and outside else ""


def report(name: str, truth: SongTruth, path: Path) -> tuple[float, float, float]:
    started = time.process_time()
    samples = decode_song(path)
    decoded = time.process_time()
    analysis = analysis_of(samples)
    done = time.process_time()
    seconds = truth.duration_ms / 1000
    beats = f_score(truth.beats_ms, analysis.beats_ms, 70)
    found = share_found(borders(truth), borders(analysis), 500)
    speed = seconds / (done - started)
    print(
        f"{name:12s} {seconds:5.0f} {seconds / (decoded - started):8.0f}x {seconds / (done - decoded):8.0f}x"
        f" {speed:8.0f}x {beats:7.3f} {f_score(truth.downbeats_ms, analysis.downbeats_ms, 70):6.3f}"
        f" {analysis.tempo_mbpm / 1000:7.2f}"
        f" {found:7.2f} {share_found(borders(analysis), borders(truth), 500):6.2f}"
        f"  {truth.key:9s} {analysis.key:9s} {singing_contrast(truth, analysis)}"
    )
    return speed, beats, found


def own_songs(folder: Path) -> None:
    print(
        f"{'song (mp3)':12s} {'s':>5s} {'decoding':>9s} {'hearing':>9s} {'both':>9s} {'beat F':>7s} {'bar F':>6s}"
        f" {'bpm':>7s} {'border':>7s} {'exact':>6s}  {'key':9s} {'heard':9s} sung : not"
    )
    songs: dict[str, Song] = {name: test_song(seconds=180, seed=1, **case) for name, case in CASES.items()}
    songs["sung dream"] = compose_song(mood="dream", seconds=90, seed=2, lyrics=LYRICS, polish=False)
    songs["sung dance"] = compose_song(mood="dance", seconds=90, seed=3, lyrics=LYRICS, polish=False)
    songs["the sample"] = sample_song()
    results = []
    for name, song in songs.items():
        path = folder / "song.mp3"
        write_encoded(song, path)
        results.append(report(name, song.truth, path))
    speeds, beats, found = (statistics.mean(column) for column in zip(*results, strict=True))
    print(f"{'mean':12s} {speeds:35.0f}x {beats:7.3f} {found:22.2f}")


def making_songs() -> None:
    for name, make in (
        ("test_song, 180 s", lambda: test_song(120, seconds=180)),
        ("sample_song", sample_song.__wrapped__),
    ):
        started = time.process_time()
        song = make()
        print(f"{name}: {song.truth.duration_ms / 1000 / (time.process_time() - started):.0f}x real time")


def real_songs(paths: Sequence[Path]) -> None:
    for path in paths:
        started = time.process_time()
        heard = analyze_song(path)
        speed = heard.duration_ms / 1000 / (time.process_time() - started)
        labels = " ".join(f"{section.label[:6]}@{section.start_ms / 1000:.0f}" for section in heard.sections)
        others = ", ".join(f"{tempo / 1000:.0f}" for tempo in heard.tempo_alternatives_mbpm)
        voice = sum(heard.vocal_activity) // len(heard.vocal_activity)
        print(
            f"{path.name}: {heard.duration_ms / 1000:.0f} s at {speed:.0f}x,"
            f" {heard.tempo_mbpm / 1000:.1f} bpm ({others}),"
            f" {len(heard.beats_ms)} beats, {len(heard.downbeats_ms)} bars, {heard.key},"
            f" {heard.loudness_clufs / 100:.1f} LUFS, voice {voice}\n    {labels}"
        )


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        own_songs(Path(name))
    making_songs()
    real_songs([Path(argument) for argument in sys.argv[1:]])


if __name__ == "__main__":
    main()
