"""From an export to the arguments of ffmpeg. Pure: nothing is run or read here.

Settings were measured against x264 veryfast at 1080p (CPU time): VP9 in realtime mode 0.6, SVT-AV1 preset 10 0.4, the
encoder `prores` 0.6 where `prores_ks` takes 2.6. Key frames stand where the film has them, so that the check after the
export compares the same pictures.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.media.captions.typefaces import JOINERS
from pipeline.media.exporting.values import ExportSpec, Format
from pipeline.media.profile import KEYFRAME_SECONDS, color_filter
from pipeline.media.run import guarded_input

AAC = ("-c:a", "aac", "-b:a", "256k", "-ar", "48000", "-ac", "2")
OPUS = ("-c:a", "libopus", "-b:a", "160k", "-ar", "48000", "-ac", "2")
PCM = ("-c:a", "pcm_s16le", "-ar", "48000", "-ac", "2")
SEEK_FRAMES = 90
VIDEO: dict[Format, tuple[str, ...]] = {
    "mp4": ("-c:v", "libx264", "-profile:v", "high", "-preset", "veryfast", "-crf", "20", "-x264-params", "open-gop=0"),
    "prores": ("-c:v", "prores", "-profile:v", "2"),
    "webm": (
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-tile-columns", "2"),
        *("-crf", "30", "-b:v", "0"),
    ),
    "av1": ("-c:v", "libsvtav1", "-preset", "10", "-crf", "30"),
}
VIDEO["mov"] = VIDEO["mp4"]
SOUND: dict[Format, tuple[str, ...]] = {"mp4": AAC, "mov": AAC, "prores": PCM, "webm": OPUS, "av1": OPUS}


def export_arguments(spec: ExportSpec, film: Path, name: str, *, has_sound: bool) -> list[str]:
    """All arguments of the one ffmpeg run that writes `name` (in the folder of the call) from `film`."""
    streams = ["-map", "0:v:0", *(["-map", "0:a:0"] if has_sound else [])]
    if spec.is_copy:
        return [*guarded_input(film), *streams, "-c", "copy", *_container(spec), name]
    return [
        *_input(spec, film),
        *streams,
        *_picture(spec),
        *(_sound(spec) if has_sound else []),
        *_container(spec),
        name,
    ]


def estimated_bytes(spec: ExportSpec, film_bytes: int) -> int:
    """About how large the file becomes, for telling before it is made."""
    if spec.is_copy:
        return film_bytes
    share = spec.frames / spec.film_frames
    pixels = spec.width * spec.height
    if spec.format == "prores":  # a constant rate by design: about 2.4 bits for a pixel
        return int(pixels * 0.3 * spec.frames + 192_000 * spec.frames / spec.fps)
    smaller = (pixels / (spec.film_width * spec.film_height)) ** 0.65  # as measured: bits grow slower than pixels
    return int(film_bytes * share * smaller * {"webm": 1.1, "av1": 0.6}.get(spec.format, 1.0))


def _input(spec: ExportSpec, film: Path) -> list[str]:
    begin = _seek(spec)
    # Half a frame early, so that a rounded time never lies behind its frame.
    return guarded_input(film, *(["-ss", f"{(begin - 0.5) / spec.fps:.6f}"] if begin else []))


def _seek(spec: ExportSpec) -> int:
    """The frame that reading begins at: a little before the part, for decoding all of a long film takes long."""
    return max(0, spec.start_frame - SEEK_FRAMES)


def _picture(spec: ExportSpec) -> list[str]:
    filters = []
    if not spec.is_whole:
        first = spec.start_frame - _seek(spec)
        filters.append(f"trim=start_frame={first}:end_frame={first + spec.frames},setpts=PTS-STARTPTS")
    if (spec.width, spec.height) != (spec.film_width, spec.film_height):
        size = f"scale={spec.width}:{spec.height}:flags=lanczos+accurate_rnd"
        filters.append(f"{size}:in_color_matrix=bt709:out_color_matrix=bt709:in_range=tv:out_range=tv")
    if spec.fade_frames:
        filters.append(f"fade=out:start_frame={spec.frames - spec.fade_frames}:nb_frames={spec.fade_frames}")
    filters.append(color_filter().replace("yuv420p", spec.facts.pixels))
    keys = ["-g", str(spec.fps * KEYFRAME_SECONDS)]
    if spec.is_whole:
        keys += ["-force_key_frames", "source"]
    color = [word for name in ("color_primaries", "color_trc", "colorspace") for word in (f"-{name}", "bt709")]
    return [
        *("-vf", ",".join(filters), "-frames:v", str(spec.frames), *VIDEO[spec.format]),
        *("-pix_fmt", spec.facts.pixels, "-r", str(spec.fps), "-fps_mode", "cfr", *keys, *color, "-color_range", "tv"),
    ]


def _sound(spec: ExportSpec) -> list[str]:
    length = f"{spec.frames / spec.fps:.6f}"
    if spec.is_whole and spec.facts.copies:
        return ["-c:a", "copy"]
    filters = [f"atrim=end={length}"]
    if not spec.is_whole:
        begin = _seek(spec)
        offset = (spec.start_frame - (begin - 0.5 if begin else 0)) / spec.fps
        filters = [f"atrim=start={offset:.6f}:duration={length},asetpts=PTS-STARTPTS"]
    if spec.fade_frames:
        seconds = spec.fade_frames / spec.fps
        filters.append(f"afade=t=out:st={spec.frames / spec.fps - seconds:.4f}:d={seconds:.4f}:curve=qsin")
    return ["-af", ",".join(filters), *SOUND[spec.format]]


def _container(spec: ExportSpec) -> list[str]:
    tags = spec.tags
    said = {"title": tags.title, "artist": tags.artist, "comment": tags.comment}
    if spec.facts.muxer == "webm":
        said["MADE_WITH_AI"] = "yes" if tags.made_with_ai else "no"
        layout = ["-cues_to_front", "1"]
    else:
        layout = ["-movflags", "+faststart", "-video_track_timescale", "30000"]
    words = [word for name, text in said.items() if text for word in ("-metadata", f"{name}={_plain(text)}")]
    chapters = ["-map_chapters", "0" if spec.is_whole else "-1"]
    return [
        "-sn",
        "-dn",
        "-map_metadata:g",
        "-1",
        "-map_metadata:s",
        "-1",
        *chapters,
        *words,
        *layout,
        "-f",
        spec.facts.muxer,
    ]


def _plain(text: str) -> str:
    """A tag is one line without control characters."""
    return " ".join("".join(char if char.isprintable() or char in JOINERS else " " for char in text).split())[:500]
