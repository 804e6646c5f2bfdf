"""A finished film made finer: graded, enlarged, smoothed, mastered, faded. All that touches the picture is one encode.

Without a change to the picture its packets are copied, and only the sound is made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from pydantic import Field

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.enlarging import exact_frames
from pipeline.media.grades import Table, cube_text, faded
from pipeline.media.mastering import Mastered, SoundSpec, master_sound
from pipeline.media.profile import KEYFRAME_SECONDS, Profile, color_filter, raw_input
from pipeline.media.run import FramePipe, Progress, Stop, Stopped, guarded_input, never, run_ffmpeg
from pipeline.media.smoothing import Frame, smoothed
from pipeline.media.values import Value

CUBE = "grade.cube"
UNSAID = 2
"""AVCOL_SPC_UNSPECIFIED: a video that does not say by which matrix its colors were made."""


class RefineSpec(Value):
    """`profile` is the size and quality of the result, `film_width` and `film_height` are those of the picture that it
    is made from: the film's, or those of its enlargement where somebody else enlarged it.

    `cuts` are the frames that begin a scene; nothing is smoothed across them.
    """

    profile: Profile
    film_width: int
    film_height: int
    frames: int = Field(ge=1)
    intensity_permille: int = Field(default=1000, ge=0, le=1000)
    smooth: bool = False
    loudness_tenths: int | None = Field(default=None, ge=-300, le=-80)
    fade_in_ms: int = Field(default=0, ge=0, le=10_000)
    fade_out_ms: int = Field(default=0, ge=0, le=10_000)
    bed_tenths_db: int = -80
    cuts: tuple[int, ...] = ()
    title: str = ""
    artist: str = ""
    comment: str = ""

    @property
    def enlarges(self) -> bool:
        return (self.profile.width, self.profile.height) != (self.film_width, self.film_height)

    @property
    def duration_ms(self) -> int:
        return self.frames * 1000 // self.profile.fps


class Refined(Value):
    """What was done: frames that were invented, what was measured in the sound (None where it was left alone)."""

    smoothed_frames: int = 0
    sound: Mastered | None = None
    copied_picture: bool = False


def write_refined(
    spec: RefineSpec,
    film: Path,
    *,
    table: Table | None,
    bed: Path | None,
    out: Path,
    folder: Path,
    enlarged: Path | None = None,
    stop: Stop = never,
    progress: Progress | None = None,
) -> Refined:
    """Write the refined film to `out` in `folder`. `table` is the look at its full strength, `bed` is music to lie
    under the film's own sound, `enlarged` the picture of the film as somebody else made it larger: its frames are taken
    one for one, the sound is the film's all the same. Raises MediaError, Stopped.
    """
    with open_media(film, formats=VIDEO_FORMATS) as container:
        has_sound = bool(container.streams.audio)
    sound = _mastered(spec, film, bed, folder, stop) if has_sound else None
    if table is not None:
        (folder / CUBE).write_text(cube_text(faded(table, spec.intensity_permille)), encoding="utf-8")
    track = folder / "sound.m4a" if sound else film
    touched = table is not None or spec.enlarges or spec.fade_in_ms or spec.fade_out_ms
    tags = _tags(spec)

    def tell(frame: int) -> None:
        if progress is not None:
            progress(min(frame, spec.frames), spec.frames)

    if spec.smooth or enlarged is not None:
        frames = _frames(film, stop) if enlarged is None else _enlarged_frames(spec, enlarged, stop)
        count = _write_frames(spec, frames, film, track, has_sound, table is not None, tags, out, folder, stop, tell)
        return Refined(smoothed_frames=count, sound=sound)
    inputs = [*guarded_input(film.resolve()), *(guarded_input(track.resolve()) if sound else [])]
    streams = ["-map", "0:v:0", *(["-map", "1:a:0" if sound else "0:a:0"] if has_sound else [])]
    if touched:
        keys = ["-force_key_frames", "source"]
        picture = ["-vf", _filters(spec, graded=table is not None), *_encoder(spec.profile), *keys]
    else:
        picture = ["-c:v", "copy"]
    arguments = [*inputs, *streams, *picture, "-c:a", "copy", "-map_chapters", "0", *tags, out.name]
    run_ffmpeg(arguments, folder=folder, stop=stop, on_frame=tell)
    return Refined(sound=sound, copied_picture=not touched)


def _mastered(spec: RefineSpec, film: Path, bed: Path | None, folder: Path, stop: Stop) -> Mastered | None:
    """What the sound has become; None where nothing was asked of it, and it is copied."""
    if spec.loudness_tenths is None and bed is None and not spec.fade_in_ms and not spec.fade_out_ms:
        return None
    wanted = SoundSpec(
        duration_ms=spec.duration_ms,
        loudness_tenths=spec.loudness_tenths,
        fade_in_ms=spec.fade_in_ms,
        fade_out_ms=spec.fade_out_ms,
        bed_tenths_db=spec.bed_tenths_db,
    )
    return master_sound(wanted, film, bed=bed, out=folder / "sound.m4a", folder=folder, stop=stop)


def _filters(spec: RefineSpec, *, graded: bool) -> str:
    profile = spec.profile
    found = []
    how = "lanczos+accurate_rnd" if spec.enlarges else "bicubic"
    size = f"scale={profile.width}:{profile.height}:flags={how}:in_color_matrix=bt709:in_range=tv"
    if graded:  # one scaler does both: the size and the way to RGB. lut3d is fast (AVX2) for 16 bits alone
        found += [f"{size}:out_range=pc,format=gbrp16le", f"lut3d=file={CUBE}:interp=tetrahedral"]
    elif spec.enlarges:
        found.append(f"{size}:out_color_matrix=bt709:out_range=tv")
    back = color_filter(from_rgb=graded)
    if spec.enlarges:  # a little of the crispness that enlarging takes; on luma alone, after the way back
        back = back.replace("format=yuv420p,", "format=yuv420p,unsharp=5:5:0.4:3:3:0,", 1)
    found.append(back)
    if spec.fade_in_ms:
        found.append(f"fade=in:st=0:d={spec.fade_in_ms / 1000}")
    if spec.fade_out_ms:
        begin = max(0, spec.duration_ms - spec.fade_out_ms) / 1000
        found.append(f"fade=out:st={begin}:d={spec.fade_out_ms / 1000}")
    return ",".join(found)


def _encoder(profile: Profile) -> list[str]:
    color = [word for name in ("color_primaries", "color_trc", "colorspace") for word in (f"-{name}", "bt709")]
    return [
        *("-c:v", "libx264", "-profile:v", "high", "-preset", profile.preset, "-crf", str(profile.crf)),
        *("-x264-params", "open-gop=0", "-g", str(profile.fps * KEYFRAME_SECONDS), "-pix_fmt", "yuv420p"),
        *("-r", str(profile.fps), "-fps_mode", "cfr", *color, "-color_range", "tv"),
    ]


def _tags(spec: RefineSpec) -> list[str]:
    said = {"title": spec.title, "artist": spec.artist, "comment": spec.comment}
    words = [word for name, text in said.items() if text for word in ("-metadata", f"{name}={' '.join(text.split())}")]
    layout = ["-movflags", "+faststart", "-video_track_timescale", str(spec.profile.timescale), "-f", "mp4"]
    return ["-sn", "-dn", "-map_metadata:g", "-1", "-map_metadata:s", "-1", *words, *layout]


def _write_frames(
    spec: RefineSpec,
    frames: Iterator[Frame],
    film: Path,
    track: Path,
    has_sound: bool,
    graded: bool,
    tags: list[str],
    out: Path,
    folder: Path,
    stop: Stop,
    tell: Any,
) -> int:
    """As the plain way, with the frames handed over by us, smoothed if asked; returns how many were invented."""
    source = spec.profile.model_copy(update={"width": spec.film_width, "height": spec.film_height})
    sound = [*guarded_input(film.resolve()), *(guarded_input(track.resolve()) if has_sound else [])]
    streams = ["-map", "0:v:0", *(["-map", "2:a:0", "-c:a", "copy"] if has_sound else []), "-map_chapters", "1"]
    keys = ",".join(f"{(frame - 0.5) / spec.profile.fps:.6f}" for frame in spec.cuts if 0 < frame < spec.frames)
    forced = ["-force_key_frames", keys] if keys else []
    tagged = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,"
    arguments = [
        *(*raw_input(source), *sound, *streams, "-vf", tagged + _filters(spec, graded=graded)),
        *(*_encoder(spec.profile), *forced, *tags, out.name),
    ]
    invented = 0
    with FramePipe(arguments, folder=folder, stop=stop, on_frame=tell) as pipe:
        even = smoothed(frames, frozenset(spec.cuts)) if spec.smooth else ((frame, False) for frame in frames)
        for frame, made in even:
            pipe.write(np.ascontiguousarray(frame))
            invented += made
    return invented


def _frames(film: Path, stop: Stop) -> Iterator[Frame]:
    with open_media(film, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number % 16 == 0 and stop():
                raise Stopped
            yield np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)


def _enlarged_frames(spec: RefineSpec, enlarged: Path, stop: Stop) -> Iterator[Frame]:
    """As many frames as the film has, in its size and our colors, whatever the vendor's encoder made of them."""
    for frame in exact_frames(enlarged, spec.frames, spec.profile.fps, stop):
        # many encoders leave the matrix unsaid, which for a film of this size means BT.709 and would be read as BT.601
        said = Colorspace.ITU709 if frame.colorspace == UNSAID else frame.colorspace
        even = frame.reformat(
            width=spec.film_width,
            height=spec.film_height,
            format="yuv420p",
            src_colorspace=said,
            src_color_range=ColorRange.JPEG if frame.color_range == ColorRange.JPEG else ColorRange.MPEG,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        yield np.asarray(even.to_ndarray(), np.uint8)
