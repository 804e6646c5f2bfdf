"""Clips that go on where another one ended: the last frame of one is the first of the next, joined into one file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import cv2

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.run import MediaError, Stop, guarded_input, never, run_ffmpeg

JOINED = "joined.mp4"
_QUALITY = "12"
"""x264's constant quality: nothing to be seen is lost before the shot's own encode."""


def write_last_frame(clip: Path, out: Path) -> Path:
    """The clip's last picture as PNG. Raises MediaError where there is none."""
    last: av.VideoFrame | None = None
    with open_media(clip, formats=VIDEO_FORMATS, sentence="A clip could not be read.") as container:
        if container.streams.video:
            for last in container.decode(container.streams.video[0]):  # noqa: B007 - the last one is what is wanted
                pass
    if last is None or not cv2.imwrite(str(out), last.to_ndarray(format="bgr24")):
        raise MediaError("A clip holds no picture to go on from.", detail=clip.name)
    return out


def join_clips(clips: Sequence[Path], *, folder: Path, stop: Stop = never) -> Path:
    """One file that plays the clips one after another, in the first one's size, without sound.

    They are encoded anew: two files of the same model need not share their decoder's set-up. The picture that two
    neighbors share is shown once. Raises MediaError or Stopped.
    """
    width, height = _size(clips[0])
    parts = [
        f"[{at}:v:0]{'trim=start_frame=1,' if at else ''}setpts=PTS-STARTPTS,scale={width}:{height},setsar=1,"
        f"format=yuv420p[v{at}]"
        for at in range(len(clips))
    ]
    pads = "".join(f"[v{at}]" for at in range(len(clips)))
    graph = ";".join([*parts, f"{pads}concat=n={len(clips)}:v=1:a=0[film]"])
    inputs = [word for clip in clips for word in guarded_input(clip)]
    encode = ["-an", "-c:v", "libx264", "-crf", _QUALITY, "-preset", "veryfast", "-movflags", "+faststart"]
    run_ffmpeg(
        [*inputs, "-filter_complex", graph, "-map", "[film]", *encode, "-f", "mp4", "-y", JOINED],
        folder=folder,
        deadline_s=300,
        stop=stop,
    )
    return folder / JOINED


def _size(clip: Path) -> tuple[int, int]:
    with open_media(clip, formats=VIDEO_FORMATS, sentence="A clip could not be read.") as container:
        if not container.streams.video:
            raise MediaError("A clip holds no picture.", detail=clip.name)
        context = container.streams.video[0].codec_context
        return context.width // 2 * 2, context.height // 2 * 2
