"""A piece of music made as long as a film, to the sample."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.containers import open_media
from pipeline.media.run import MediaError, Stop, guarded_input, never, run_ffmpeg

SAMPLE_RATE = 44_100
FADE_MS = 2500
SHORT_MS = 500
"""So much may be missing at the end of a piece before it counts as too short."""


def write_trimmed(source: Path, out: Path, *, frames: int, fps: int, stop: Stop = never) -> None:
    """Write the beginning of `source` as 16-bit stereo FLAC, exactly `frames` frames long.

    A longer piece fades out at the film's end; nothing is ever looped. Raises MediaError when it is shorter than the
    film by more than SHORT_MS, or holds no sound.
    """
    samples = (2 * frames * SAMPLE_RATE + fps) // (2 * fps)
    film_ms = samples * 1000 // SAMPLE_RATE
    length_ms = _length_ms(source)
    if length_ms < film_ms - SHORT_MS:
        raise MediaError(too_short(length_ms, film_ms), detail=f"{length_ms} < {film_ms}")
    graph = [f"aresample={SAMPLE_RATE}", f"atrim=end_sample={samples}", "asetpts=N/SR/TB"]
    if length_ms > film_ms + 50:
        fade_ms = min(FADE_MS, film_ms // 3)
        graph.append(f"afade=t=out:st={(film_ms - fade_ms) / 1000:.3f}:d={fade_ms / 1000:.3f}:curve=hsin")
    graph.append(f"apad=whole_len={samples}")
    args = [*guarded_input(source.resolve()), "-map", "0:a:0", "-af", ",".join(graph), "-map_metadata", "-1"]
    run_ffmpeg([*args, "-ac", "2", "-sample_fmt", "s16", "-c:a", "flac", out.name], folder=out.parent, stop=stop)


def too_short(length_ms: int, film_ms: int) -> str:
    """The sentence for a person whose music ends before the film."""
    return (
        f"The music lasts {length_ms / 1000:.1f} seconds and the film {film_ms / 1000:.1f}. Make the film shorter, or "
        "choose longer music: it is never looped."
    )


def _length_ms(source: Path) -> int:
    with open_media(source) as container:
        if not container.streams.audio:
            raise MediaError("There is no sound in this file.")
        stream = container.streams.audio[0]
        if stream.duration and stream.time_base:
            return round(1000 * float(stream.duration * stream.time_base))
        return round((container.duration or 0) / 1000)
