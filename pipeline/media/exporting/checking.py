"""The certificate of an export: the finished file measured against the film that it was made from.

Every packet is counted and timed. A copy must hold the very packets of the film. What was encoded again is decoded at
its key frames, which are the film's, and compared picture by picture; its sound is decoded whole, measured, and
compared with the film's for where it lies. So a check costs a few percent of the encoding.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.certificate import Certificate, Finding
from pipeline.media.certificate.packets import COLORS, index_first
from pipeline.media.certificate.sound import measure_sound
from pipeline.media.certificate.values import SYNC_TOLERANCE_US, SoundFact
from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.exporting.values import ExportSpec
from pipeline.media.run import Stop, Stopped, never
from pipeline.media.timeline import ms_at

PRINT_SIZE = (96, 54)
SAME = 7.0
"""Mean gray levels that scaling and encoding may change in a print; a wrong range or another frame changes more."""
PATCHES = (16, 18)
SAME_PATCH = 10.0
"""Mean gray levels within one of PATCHES: encoding hardly moves it, a line of words that is lacking does."""
MOST_COMPARED = 24
CODEC_WORDS = {"h264": "H.264 High", "vp9": "VP9", "av1": "AV1", "prores": "ProRes 422"}
EBML_CUES, EBML_CLUSTER = b"\x1c\x53\xbb\x6b", b"\x1f\x43\xb6\x75"

Prints = dict[int, NDArray[np.uint8]]


@dataclass
class Packets:
    """What the packets and headers of a file say. Times in microseconds."""

    times_us: list[int] = field(default_factory=list)
    keys_us: list[int] = field(default_factory=list)
    pictures: str = ""
    sound: str = ""
    codec: str = ""
    pixels: str = ""
    color: str = ""
    width: int = 0
    height: int = 0
    has_sound: bool = False


def read_packets(path: Path, *, stop: Stop = never) -> Packets:
    """Read every packet once. Raises MediaError, Stopped."""
    found = Packets()
    hashes = {"video": hashlib.sha256(), "audio": hashlib.sha256()}
    with open_media(path, formats=VIDEO_FORMATS) as container:
        for number, packet in enumerate(container.demux()):
            if number % 256 == 0 and stop():
                raise Stopped
            if packet.pts is None or packet.stream.type not in hashes:
                continue
            hashes[packet.stream.type].update(memoryview(packet))
            if packet.stream.type == "video":
                moment = round(packet.pts * packet.time_base * 1_000_000)
                found.times_us.append(moment)
                if packet.is_keyframe:
                    found.keys_us.append(moment)
        codec = container.streams.video[0].codec_context
        found.codec, found.pixels = codec.codec.canonical_name, str(codec.pix_fmt)
        found.width, found.height = codec.width, codec.height
        found.has_sound = bool(container.streams.audio)
    found.pictures, found.sound = hashes["video"].hexdigest(), hashes["audio"].hexdigest()
    found.color = _color(path)
    return found


def certify_export(
    spec: ExportSpec, out: Path, film: Path, *, of_film: Certificate | None, folder: Path, stop: Stop = never
) -> Certificate:
    """Measure `out` against `spec` and the film. `of_film` is the film's certificate: what a copy has not changed is
    taken from there. Raises MediaError where the file cannot be read at all, Stopped.
    """
    made, source = read_packets(out, stop=stop), read_packets(film, stop=stop)
    copied = spec.is_copy and made.pictures == source.pictures
    sound = _sound(spec, out, film, made, source, of_film, folder, stop)
    decoded, wrong = (0, []) if copied else _compared(spec, out, film, stop)
    timeline = of_film if of_film is not None and spec.is_whole else None
    begin, end = min(made.times_us, default=0), max(made.times_us, default=0) + 1_000_000 // spec.fps
    certificate = Certificate(
        ok=True,
        fps=spec.fps,
        expected_frames=spec.frames,
        counted_frames=len(made.times_us),
        even_timestamps=_is_even(made.times_us, spec.fps),
        width=made.width,
        height=made.height,
        video_codec=CODEC_WORDS.get(made.codec, made.codec),
        pixels=made.pixels,
        color=made.color,
        index_first=cues_first(out) if spec.facts.muxer == "webm" else index_first(out),
        cuts=timeline.cuts if timeline is not None and copied else (),
        sound=sound,
        start_difference_us=sound.start_us - begin if sound else 0,
        end_difference_us=sound.end_us - end if sound else 0,
        black=timeline.black if timeline else (),
        frozen=timeline.frozen if timeline else (),
        meant=timeline.meant if timeline else (),
        decoded_frames=decoded,
        reused_frames=spec.frames - decoded,
        findings=(),
    )
    faults = [*_faults(spec, certificate, made, source, copied), *wrong]
    findings = tuple(Finding(severity="fault", text=text) for text in faults)
    return certificate.model_copy(update={"ok": not findings, "findings": findings})


def _sound(
    spec: ExportSpec,
    out: Path,
    film: Path,
    made: Packets,
    source: Packets,
    of_film: Certificate | None,
    folder: Path,
    stop: Stop,
) -> SoundFact | None:
    if not made.has_sound:
        return None
    if of_film is not None and of_film.sound is not None and made.sound == source.sound:
        return of_film.sound
    return measure_sound(out, song=film if spec.is_whole else None, folder=folder, stop=stop)


def _faults(spec: ExportSpec, c: Certificate, made: Packets, source: Packets, copied: bool) -> list[str]:
    found = []
    if c.counted_frames != c.expected_frames:
        found.append(f"The file shows {c.counted_frames} frames instead of {c.expected_frames}.")
    if not c.even_timestamps:
        found.append("Its frames are not evenly timed.")
    if (c.width, c.height) != (spec.width, spec.height):
        found.append(f"The picture is {c.width} × {c.height} instead of {spec.width} × {spec.height}.")
    if (made.codec, made.pixels) != (spec.facts.codec, spec.facts.pixels):
        found.append(f"It is encoded as {c.video_codec} ({c.pixels}), which was not asked for.")
    if c.color != "BT.709":
        found.append(f"Its colors are marked as {c.color} instead of BT.709.")
    if not c.index_first:
        found.append("Its index is at the end, so players must load all of it before they begin.")
    if spec.is_copy and not copied:
        found.append("Its pictures are not those of the film.")
    if source.has_sound and c.sound is None:
        found.append("It has no sound, though the film has.")
    return [*found, *_sound_faults(spec, c)]


def _sound_faults(spec: ExportSpec, c: Certificate) -> list[str]:
    if c.sound is None:
        return []
    found = []
    for word, apart in (("begin", c.start_difference_us), ("end", c.end_difference_us)):
        if abs(apart) > SYNC_TOLERANCE_US:
            found.append(f"Sound and picture {word} {abs(apart) // 1000} ms apart.")
    if not spec.is_copy and c.sound.song_offset_ms:
        found.append(f"Its sound lies {abs(c.sound.song_offset_ms)} ms beside the film's.")
    return found


def _is_even(times_us: list[int], fps: int) -> bool:
    """Whether frames are shown at 0, 1, 2 ... frame lengths; Matroska counts whole milliseconds."""
    return all(abs(moment - n * 1_000_000 / fps) <= 1_000 for n, moment in enumerate(sorted(times_us)))


def _compared(spec: ExportSpec, out: Path, film: Path, stop: Stop) -> tuple[int, list[str]]:
    """(pictures compared, faults): key frames of the file against the same frames of the film."""
    keys = {n: pts for n, pts in _keys(out, spec.fps).items() if n < spec.frames - spec.fade_frames}
    of_film = _keys(film, spec.fps) if spec.is_whole else {}
    shared = _some(sorted(keys.keys() & of_film.keys()))
    if of_film and len(keys.keys() & of_film.keys()) >= 0.8 * len(of_film):
        source = _key_prints(film, {n: of_film[n] for n in shared}, stop)  # sought, not decoded up to there
    else:
        shared = _some(sorted(keys))
        found = _prints_at(film, {n + spec.start_frame for n in shared}, spec.fps, stop)
        source = {n - spec.start_frame: picture for n, picture in found.items()}
    made = _key_prints(out, {n: keys[n] for n in shared}, stop)
    both = [n for n in shared if n in made and n in source]
    if not both:
        return 0, ["None of its pictures could be compared with the film."]
    for n in both:
        where = f"{ms_at(n, spec.fps) / 1000:.1f} s"
        apart = made[n].astype(np.float32) - source[n]
        if float(np.abs(apart).mean()) > SAME:
            return len(both), [f"Its picture at {where} is not that of the film."]
        if float(np.abs(cv2.resize(apart, PATCHES, interpolation=cv2.INTER_AREA)).max()) > SAME_PATCH:
            return len(both), [f"Something is missing in its picture at {where}, words perhaps."]
    return len(both), []


def _some(frames: list[int]) -> list[int]:
    """At most MOST_COMPARED of them, spread over the film."""
    return frames[:: max(1, -(-len(frames) // MOST_COMPARED))]


def _keys(path: Path, fps: int) -> dict[int, int]:
    """Key frames: number -> time in the file's own ticks."""
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        base = float(stream.time_base or 0)
        times = [packet.pts for packet in container.demux(stream) if packet.is_keyframe and packet.pts is not None]
    return {round(pts * base * fps): pts for pts in times}


def _key_prints(path: Path, keys: dict[int, int], stop: Stop) -> Prints:
    """Small luma pictures of these key frames (number -> time in ticks)."""
    found: Prints = {}
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        for number, pts in keys.items():
            if stop():
                raise Stopped
            container.seek(pts, stream=stream)
            packet = next((p for p in container.demux(stream) if p.pts == pts), None)
            codec = stream.codec_context
            # The key frame alone: without the flush a decoder first takes in all that it might have to reorder.
            frames = [*codec.decode(packet), *codec.decode(None)] if packet is not None else []
            codec.flush_buffers()
            if frames:
                found[number] = _print(frames[0])
    return found


def _prints_at(path: Path, wanted: set[int], fps: int, stop: Stop) -> Prints:
    """Small luma pictures of these frames of a film."""
    found: Prints = {}
    if not wanted:
        return found
    with open_media(path, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = float(stream.time_base or 1)
        container.seek(int(max(0, min(wanted) - 1) / fps / base), stream=stream)
        for frame in container.decode(stream):
            number = round((frame.pts or 0) * base * fps)
            if number in wanted:
                found[number] = _print(frame)
            if number >= max(wanted):
                break
            if number % 32 == 0 and stop():
                raise Stopped
    return found


def _print(frame: Any) -> NDArray[np.uint8]:
    plane = frame.planes[0]
    if "10" in frame.format.name:
        deep = np.frombuffer(plane, np.uint16).reshape(frame.height, -1)[:, : frame.width]
        luma = (deep >> 2).astype(np.uint8)
    else:
        luma = np.ascontiguousarray(np.frombuffer(plane, np.uint8).reshape(frame.height, -1)[:, : frame.width])
    return np.asarray(cv2.resize(luma, PRINT_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _color(path: Path) -> str:
    with open_media(path, formats=VIDEO_FORMATS) as container:
        for frame in container.decode(video=0):
            tags = {frame.color_primaries, frame.color_trc, frame.colorspace}
            if frame.color_range not in (0, 1):
                return "full range"
            return COLORS.get(tags.pop(), "unknown") if len(tags) == 1 else "different things in different places"
    return "unknown"


def cues_first(path: Path) -> bool:
    """Whether a WebM's index (Cues) stands before its first cluster."""
    with path.open("rb") as file:
        head = file.read(4 << 20)
    cluster = head.find(EBML_CLUSTER)
    # The seek head at the beginning names the index too; the element itself comes after it.
    named = head.find(EBML_CUES)
    return named >= 0 and head.find(EBML_CUES, named + 4, cluster if cluster >= 0 else None) >= 0
