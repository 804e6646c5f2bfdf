"""The one encoder profile of a rendition.

Shots and transitions of one film are encoded apart and joined by copying packets. A decoder then reads all of them
with the headers (SPS and PPS) of the first: where another file's headers differ by one byte it shows garbage without
any error. So everything that reaches those headers is pinned here: size, rate, preset, H.264 profile, color tags,
sample aspect. `stitchable` keeps them equal for every crf, and neither length, threads nor key frames touch them
(test_profile proves it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, field_validator

from pipeline.media.values import Value

Aspect = Literal["16:9", "9:16", "1:1", "4:5"]
Resolution = Literal["480p", "720p", "1080p"]
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
Analysis = Literal["any", "camera", "blend"]

SHORT_SIDES: dict[str, int] = {"480p": 480, "720p": 720, "1080p": 1080}
RATIOS: dict[str, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1), "4:5": (4, 5)}
KEYFRAME_SECONDS = 2
# How much x264 looks for, by what is known of the pictures; none of it reaches the headers. Under a moving camera one
# vector serves a whole macroblock: without splits 8 to 12% less CPU and 1 to 3% fewer bytes at the same SSIM. In a
# blend no vector fits well: -43% CPU and +10% bytes on those few frames, SSIM 0.9881 instead of 0.9883.
ANALYSES: dict[Analysis, str] = {
    "any": "",
    "camera": ":partitions=i8x8,i4x4",
    "blend": ":partitions=i8x8,i4x4:subme=1",
}


class Profile(Value):
    """Size, rate and quality of a rendition. Two profiles may share a film only if all but `crf` agree."""

    width: int = Field(ge=16, le=4096, multiple_of=2)
    height: int = Field(ge=16, le=4096, multiple_of=2)
    fps: int = Field(default=30, ge=1, le=60)
    crf: int = Field(default=19, ge=0, le=51)
    preset: Preset = "veryfast"

    @field_validator("fps")
    @classmethod
    def _whole_ticks(cls, fps: int) -> int:
        if 30_000 % fps:
            raise ValueError("the frame rate divides 30000, so that a frame is a whole number of ticks")
        return fps

    @property
    def timescale(self) -> int:
        """Ticks in a second of the MP4 track."""
        return 30_000

    @property
    def ticks_per_frame(self) -> int:
        return self.timescale // self.fps

    @property
    def frame_bytes(self) -> int:
        """Bytes of one raw yuv420p frame."""
        return self.width * self.height * 3 // 2


def frame_size(aspect: str, resolution: str) -> tuple[int, int]:
    """(width, height) of an aspect at a resolution, which names the shorter side. KeyError for unknown words."""
    across, down = RATIOS[aspect]
    short = SHORT_SIDES[resolution]
    long = short * max(across, down) // min(across, down)
    long += long % 2
    return (long, short) if across > down else (short, long)


def color_filter(*, from_rgb: bool = False) -> str:
    """The end of every filter chain before the encoder: pins what the headers say about color and shape.

    Raw pipes leave primaries and transfer unknown whatever -color_* options say. `from_rgb` converts with the BT.709
    matrix first; YUV that comes through a pipe must already be BT.709 in limited range (cv2's own is BT.601).
    """
    convert = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd," if from_rgb else ""
    tags = "range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:chroma_location=left"
    return f"{convert}format=yuv420p,setsar=1,setparams=field_mode=prog:{tags}"


def raw_input(profile: Profile, *, pixels: str = "yuv420p") -> list[str]:
    """Input arguments for raw frames on stdin, for `run.FramePipe`."""
    size = f"{profile.width}x{profile.height}"
    shape = ["-pixel_format", pixels, "-video_size", size, "-framerate", str(profile.fps)]
    return ["-f", "rawvideo", *shape, "-i", "pipe:0"]


def encoder_args(
    profile: Profile, *, keyframes: Sequence[int] = (), threads: int = 1, analysis: Analysis = "any"
) -> list[str]:
    """Output arguments of the one profile; put them after the filter (which ends in `color_filter()`), before the name.

    `keyframes` are frame numbers in this output that must be key frames (frame 0 always is one).
    """
    return [
        *_video_args(profile, threads, analysis),
        *_keyframe_args(profile, keyframes),
        *("-video_track_timescale", str(profile.timescale)),
        *("-movflags", "+faststart"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-f", "mp4"),
    ]


def _video_args(profile: Profile, threads: int, analysis: Analysis) -> list[str]:
    fps = str(profile.fps)
    keyint = profile.fps * KEYFRAME_SECONDS
    x264 = f"stitchable=1:open-gop=0:keyint={keyint}:min-keyint=1{ANALYSES[analysis]}"
    color = [f"-{name}" for name in ("color_primaries", "color_trc", "colorspace")]
    return [
        *("-an", "-sn", "-dn", "-c:v", "libx264", "-profile:v", "high", "-preset", profile.preset),
        *("-crf", str(profile.crf), "-pix_fmt", "yuv420p", "-r", fps, "-fps_mode", "cfr"),
        *("-x264-params", x264, "-threads", str(threads)),
        *[word for name in color for word in (name, "bt709")],
        *("-color_range", "tv"),
    ]


def _keyframe_args(profile: Profile, keyframes: Sequence[int]) -> list[str]:
    wanted = sorted({frame for frame in keyframes if frame > 0})
    if not wanted:
        return []
    # Half a frame early: ffmpeg forces the first frame at or after a time, and a rounded one may lie behind its frame.
    times = ",".join(f"{(frame - 0.5) / profile.fps:.6f}" for frame in wanted)
    return ["-force_key_frames", times, "-forced-idr", "1"]
