"""Writing an export: one run of ffmpeg."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.exporting.arguments import export_arguments
from pipeline.media.exporting.values import ExportSpec
from pipeline.media.run import Progress, Stop, never, run_ffmpeg


def write_export(
    spec: ExportSpec, film: Path, *, folder: Path, stop: Stop = never, progress: Progress | None = None
) -> Path:
    """Write the file into `folder` and return its path. Raises MediaError, Stopped."""
    with open_media(film, formats=VIDEO_FORMATS) as container:
        has_sound = bool(container.streams.audio)
    name = f"export.{spec.facts.extension}"

    def tell(frame: int) -> None:
        if progress is not None:
            progress(min(frame, spec.frames), spec.frames)

    arguments = export_arguments(spec, film.resolve(), name, has_sound=has_sound)
    run_ffmpeg(arguments, folder=folder, stop=stop, on_frame=tell)
    return folder / name
