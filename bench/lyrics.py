"""How near aligned lyrics come to the truth, on songs whose truth we know. Run with `python -m bench.lyrics`.

Two kinds of songs: our synthetic singer, and speech by espeak-ng laid over our synthetic band. Neither is a recorded
singer: real singing is unverified.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from pathlib import Path

import numpy as np

from pipeline.media.audio.analysis import analyze_song
from pipeline.media.audio.synth.moods import MOODS
from pipeline.media.audio.synth.songs import Song, compose_song
from pipeline.media.lyrics import aligned_lyrics, read_lyrics
from pipeline.tests.spoken_songs import LYRICS, NO_SPEAKER, SPEAKER, sheet_of, spoken_song, written

CLOSE_MS = 500


def measure(name: str, song: Song, sheet: str) -> tuple[np.ndarray, np.ndarray]:
    """Absolute start errors in ms and confidences; prints one row."""
    with tempfile.TemporaryDirectory() as folder:
        analysis = analyze_song(written(song, Path(folder)))
    begun = time.process_time()
    lyrics = aligned_lyrics(read_lyrics(sheet), analysis)
    spent = time.process_time() - begun
    errors = np.array([abs(a.start_ms - b.start_ms) for a, b in zip(lyrics.lines, song.truth.lines, strict=True)])
    sure = np.array([line.confidence for line in lyrics.lines])
    times = analysis.duration_ms / 1000 / spent
    print(
        f"{name:14} {len(errors):3d} lines  "
        f"median {np.median(errors):5.0f} ms  90% {np.percentile(errors, 90):5.0f} ms  "
        f"within {CLOSE_MS} ms {np.mean(errors < CLOSE_MS):4.0%}  confidence {sure.mean():3.0f}  "
        f"{times:6.0f}x real time"
    )
    return errors, sure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moods", type=int, default=6, help="how many moods of the synthesizer to measure")
    chosen = list(MOODS)[: parser.parse_args().moods]
    print(f"{platform.machine()}, Python {platform.python_version()}; real singing is unverified")
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"sung by our synthesizer": [], "spoken over a band": []}
    for number, mood in enumerate(chosen):
        lyrics = "\n\n".join(LYRICS[number % len(LYRICS)])
        song = compose_song(mood=mood, seconds=90, seed=number + 1, lyrics=lyrics, polish=False)
        found["sung by our synthesizer"].append(measure(f"sung {mood}", song, sheet_of(song)))
        if SPEAKER:
            spoken = spoken_song(mood, seed=number + 11, seconds=100)
            found["spoken over a band"].append(measure(f"spoken {mood}", spoken.song, spoken.sheet))
    if not SPEAKER:
        print(NO_SPEAKER)
    for name, rows in found.items():
        if rows:
            errors, sure = (np.concatenate(part) for part in zip(*rows, strict=True))
            close = errors < CLOSE_MS
            print(
                f"{name}: median {np.median(errors):.0f} ms, {np.mean(close):.0%} of {len(errors)} lines "
                f"within {CLOSE_MS} ms; confidence where right {sure[close].mean():.0f}, "
                f"where wrong {sure[~close].mean() if (~close).any() else 0:.0f}"
            )


if __name__ == "__main__":
    main()
