"""The picture that stands for a film before it plays."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.run import guarded_input, run_ffmpeg

WIDTH = 1280


def write_poster(film: Path, out: Path, *, frame: int, fps: int, folder: Path) -> Path:
    """One frame of the film as a JPEG at most WIDTH wide. Raises MediaError."""
    seek = ["-ss", f"{frame / fps:.3f}"]
    scale = f"scale='min({WIDTH},iw)':-2"
    run_ffmpeg([*guarded_input(film, *seek), "-frames:v", "1", "-vf", scale, "-q:v", "3", str(out)], folder=folder)
    return out
