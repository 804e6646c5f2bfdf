from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.media.profile import ANALYSES, Analysis, Profile, color_filter, encoder_args, frame_size, raw_input
from pipeline.media.run import FramePipe, run_ffmpeg

PROFILE = Profile(width=320, height=180)


def encode(
    folder: Path,
    profile: Profile,
    *,
    frames: int,
    threads: int = 1,
    source: str = "testsrc2",
    keys: tuple[int, ...] = (),
    analysis: Analysis = "any",
) -> Path:
    graph = f"{source}=s={profile.width}x{profile.height}:r={profile.fps}"
    out = folder / f"{len(list(folder.iterdir()))}.mp4"
    args = ["-f", "lavfi", "-i", graph, "-frames:v", str(frames), "-vf", color_filter(from_rgb=True)]
    encoding = encoder_args(profile, keyframes=keys, threads=threads, analysis=analysis)
    run_ffmpeg([*args, *encoding, out.name], folder=folder)
    return out


def headers(path: Path) -> bytes:
    with av.open(str(path)) as file:
        return bytes(file.streams.video[0].codec_context.extradata or b"")


def test_it_writes_the_same_headers_for_every_shot(tmp_path: Path) -> None:
    first = headers(encode(tmp_path, PROFILE, frames=60))
    assert len(first) > 20
    others = [
        encode(tmp_path, PROFILE, frames=1),
        encode(tmp_path, PROFILE, frames=200, threads=2, source="mandelbrot"),
        encode(tmp_path, PROFILE, frames=30, keys=(7, 20)),
        encode(tmp_path, PROFILE.model_copy(update={"crf": 35}), frames=30),
        encode(tmp_path, PROFILE, frames=30, source="rgbtestsrc"),
        *(encode(tmp_path, PROFILE, frames=30, analysis=analysis) for analysis in ANALYSES),
    ]
    assert {headers(path) for path in others} == {first}


def test_it_writes_the_same_headers_from_a_pipe_and_from_a_phone_video(tmp_path: Path) -> None:
    first = headers(encode(tmp_path, PROFILE, frames=10))
    args = [*raw_input(PROFILE), "-vf", color_filter(), *encoder_args(PROFILE, threads=1), "pipe.mp4"]
    with FramePipe(args, folder=tmp_path) as pipe:
        for _ in range(10):
            pipe.write(np.full(PROFILE.frame_bytes, 90, np.uint8))
    odd = "testsrc2=s=320x180:r=30,format=yuvj444p,setsar=4/3,setparams=range=pc:color_primaries=bt470bg:field_mode=tff"
    args = ["-f", "lavfi", "-i", odd, "-frames:v", "9", "-vf", color_filter(from_rgb=True)]
    run_ffmpeg([*args, *encoder_args(PROFILE, threads=1), "phone.mp4"], folder=tmp_path)
    assert headers(tmp_path / "pipe.mp4") == first
    assert headers(tmp_path / "phone.mp4") == first


@pytest.mark.parametrize("change", [{"preset": "medium"}, {"width": 322}, {"fps": 25}])
def test_it_writes_other_headers_for_another_profile(tmp_path: Path, change: dict[str, object]) -> None:
    other = Profile(**{**PROFILE.model_dump(), **change})
    assert headers(encode(tmp_path, PROFILE, frames=5)) != headers(encode(tmp_path, other, frames=5))


def test_it_tags_the_stream_as_bt709(tmp_path: Path) -> None:
    with av.open(str(encode(tmp_path, PROFILE, frames=3))) as file:
        codec = file.streams.video[0].codec_context
        frame = next(file.decode(video=0))
    assert (codec.profile, codec.pix_fmt) == ("High", "yuv420p")
    assert (codec.color_primaries, codec.color_trc, codec.colorspace, codec.color_range) == (1, 1, 1, 1)
    assert (frame.color_range, frame.colorspace) == (1, 1)


def test_it_keeps_colors_through_the_matrix(tmp_path: Path) -> None:
    graph = "color=c=0xC81E50:s=320x180:r=30"
    args = ["-f", "lavfi", "-i", graph, "-frames:v", "2", "-vf", color_filter(from_rgb=True)]
    run_ffmpeg([*args, *encoder_args(PROFILE), "c.mp4"], folder=tmp_path)
    with av.open(str(tmp_path / "c.mp4")) as file:
        planes = next(file.decode(video=0)).to_ndarray()
    y, u, v = int(planes[90, 160]), int(planes[180 + 20, 80]), int(planes[225 + 20, 80])
    red, green, blue = 0xC8, 0x1E, 0x50
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = (
        16 + luma * 219 / 255,
        128 + (blue - luma) / 1.8556 * 224 / 255,
        128 + (red - luma) / 1.5748 * 224 / 255,
    )
    assert max(abs(a - b) for a, b in zip((y, u, v), expected, strict=True)) < 2.5


@pytest.mark.parametrize("fps", [24, 30, 60])
def test_it_puts_keyframes_exactly_where_they_are_wanted(tmp_path: Path, fps: int) -> None:
    profile = Profile(width=64, height=64, fps=fps)
    wanted = (1, 7, 10, 11, 53)
    with av.open(str(encode(tmp_path, profile, frames=60, keys=wanted, threads=2))) as file:
        stream = file.streams.video[0]
        assert stream.time_base == Fraction(1, profile.timescale)
        packets = [p for p in file.demux(stream) if p.pts is not None]
    keys = [p.pts // profile.ticks_per_frame for p in packets if p.is_keyframe]
    assert keys == [0, *wanted]
    assert sorted(p.pts for p in packets) == [i * profile.ticks_per_frame for i in range(60)]


@pytest.mark.parametrize(
    ("aspect", "resolution", "size"),
    [
        ("16:9", "480p", (854, 480)),
        ("16:9", "1080p", (1920, 1080)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "1080p", (1080, 1080)),
        ("4:5", "720p", (720, 900)),
        ("4:5", "1080p", (1080, 1350)),
    ],
)
def test_it_knows_the_sizes(aspect: str, resolution: str, size: tuple[int, int]) -> None:
    assert frame_size(aspect, resolution) == size


def test_it_refuses_a_rate_that_has_no_whole_ticks() -> None:
    with pytest.raises(ValidationError):
        Profile(width=320, height=180, fps=29 + 18)
    with pytest.raises(ValidationError):
        Profile(width=321, height=180)
