"""Joining video files by their packets, with one sound beside them. Nothing is decoded.

Every packet gets its place in whole frames: presentation times come from the file, decoding times are the film's
packet count minus the profile's reordering delay. Only a few packets are held at any time, whatever the length of the
film. Why it is sound: a closed group of pictures begins with an IDR picture, and nothing after it refers to anything
before it (ITU-T H.264, 7.4.1.2.4), so with equal parameter sets the groups may follow each other in any order.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from pipeline.media.containers import VIDEO_FORMATS, full_disk, open_media
from pipeline.media.profile import Profile, color_filter, encoder_args
from pipeline.media.run import MediaError, Stop, Stopped, never, run_ffmpeg


@dataclass(frozen=True)
class Stretch:
    """Frames [first, last) of a file; both are edges of closed groups of pictures."""

    path: Path
    first: int
    last: int

    @property
    def frames(self) -> int:
        return self.last - self.first


@dataclass(frozen=True)
class Header:
    """What a decoder is set up with (avcC: SPS and PPS), and by how many frames decoding runs ahead of showing."""

    extradata: bytes
    delay: int


@dataclass(frozen=True)
class Chapter:
    """A named part of the film, in frames."""

    start_frame: int
    end_frame: int
    title: str


@functools.lru_cache(maxsize=16)
def profile_header(profile: Profile) -> Header:
    """The header that every file of this profile has, found by encoding a few frames once per process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graph = f"color=s={profile.width}x{profile.height}:r={profile.fps},format=yuv420p"  # plain: what costs least
        args = ["-f", "lavfi", "-i", graph, "-frames:v", "9", "-vf", color_filter()]
        run_ffmpeg([*args, *encoder_args(profile), "header.mp4"], folder=folder, deadline_s=60)
        with open_media(folder / "header.mp4", formats=VIDEO_FORMATS) as container:
            packet = next(container.demux(video=0))
            if packet.pts is None or packet.dts is None:
                raise MediaError("The video program wrote a file without times.")
            delay = (packet.pts - packet.dts) // profile.ticks_per_frame
            return Header(extradata=_extradata(container), delay=delay)


def file_header(path: Path) -> bytes:
    """The decoder's set-up (avcC) of a video file."""
    with open_media(path, formats=VIDEO_FORMATS) as container:
        return _extradata(container)


def join_packets(
    stretches: Sequence[Stretch],
    *,
    profile: Profile,
    header: Header,
    sound: Path | None,
    out: Path,
    metadata: Mapping[str, str] | None = None,
    chapters: Sequence[Chapter] = (),
    stop: Stop = never,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Write the packets of all stretches one after another into `out` (MP4, index first); returns the count of frames.

    `sound` is an AAC file in MP4; its packets are copied until the last frame ends. `tell(n)` hears how many frames of
    a stretch are done. Raises MediaError where a header differs or a stretch is not whole: never writes garbage.
    """
    options = {"movflags": "+faststart", "video_track_timescale": str(profile.timescale)}
    try:
        with av.open(str(out), "w", format="mp4", options=options) as film:
            film.metadata.update(metadata or {})
            if chapters:
                film.set_chapters([_chapter(chapter, n, profile.fps) for n, chapter in enumerate(chapters)])
            return _Join(film, profile, header, stop).run(stretches, sound, tell)
    except (av.FFmpegError, OSError) as error:
        raise MediaError(full_disk(error) or "The film could not be written.", detail=repr(error)) from error


class _Join:
    """The state of one joining: where the film stands and the sound that waits."""

    def __init__(self, film: OutputContainer, profile: Profile, header: Header, stop: Stop) -> None:
        self._film, self._profile, self._header, self._stop = film, profile, header, stop
        self._step = profile.ticks_per_frame
        self._time_base = Fraction(1, profile.timescale)
        self._written = 0

    def run(self, stretches: Sequence[Stretch], sound: Path | None, tell: Callable[[int], None]) -> int:
        total = sum(stretch.frames for stretch in stretches)
        with open_media(stretches[0].path, formats=VIDEO_FORMATS) as first:
            self._video = self._film.add_stream_from_template(first.streams.video[0])
            self._video.time_base = self._time_base
            if sound is None:
                self._all(stretches, iter(()), tell)
                return self._written
            with open_media(sound) as song:
                stream = song.streams.audio[0]
                self._audio = self._film.add_stream_from_template(stream)
                self._all(stretches, _sound_packets(song, Fraction(total, self._profile.fps)), tell)
        return self._written

    def _all(self, stretches: Sequence[Stretch], sound: Iterator[Packet[Any]], tell: Callable[[int], None]) -> None:
        waiting = next(sound, None)
        for stretch in stretches:
            if self._stop():
                raise Stopped
            for packet in self._placed(stretch):
                # In the order of decoding times, so that a player finds sound beside the picture and nothing piles up.
                while waiting is not None and _decoded_at(waiting) <= _decoded_at(packet):
                    waiting.stream = self._audio
                    self._film.mux_one(waiting)
                    waiting = next(sound, None)
                packet.stream = self._video
                self._film.mux_one(packet)
            tell(stretch.frames)
        while waiting is not None:
            waiting.stream = self._audio
            self._film.mux_one(waiting)
            waiting = next(sound, None)

    def _placed(self, stretch: Stretch) -> Iterator[Packet[Any]]:
        """The packets of a stretch with their times in the film."""
        start, shown = self._written, 0
        for packet, frame in _stretch_packets(stretch, self._step, self._header):
            dts = self._written - self._header.delay
            pts = start + frame - stretch.first
            if pts < dts:
                raise MediaError("A scene's frames are out of order.", detail=f"{stretch.path.name}: frame {frame}")
            packet.pts, packet.dts, packet.duration = pts * self._step, dts * self._step, self._step
            packet.time_base = self._time_base
            shown += pts - start
            self._written += 1
            yield packet
        count = self._written - start
        # Distinct whole numbers below n that sum to n(n-1)/2 are all of them.
        if count != stretch.frames or shown != count * (count - 1) // 2:
            raise MediaError(
                "A scene does not hold the frames that its place in the film needs.",
                detail=f"{stretch.path.name}: {count} packets for frames {stretch.first} to {stretch.last}",
            )


def _stretch_packets(stretch: Stretch, step: int, header: Header) -> Iterator[tuple[Packet[Any], int]]:
    with open_media(stretch.path, formats=VIDEO_FORMATS) as container:
        if _extradata(container) != header.extradata:
            raise MediaError(
                "A scene was encoded differently from the rest of the film.", detail=f"{stretch.path.name}: SPS or PPS"
            )
        stream = container.streams.video[0]
        container.seek(stretch.first * step, stream=stream)
        begun = False
        seen: set[int] = set()
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            frame, rest = divmod(packet.pts, step)
            if packet.is_keyframe:
                if frame >= stretch.last:
                    return
                begun = begun or frame == stretch.first
                seen.clear()
            if begun:
                if rest or not stretch.first <= frame < stretch.last or frame in seen:
                    where = f"{stretch.path.name}: time {packet.pts} in {stretch.first} to {stretch.last}"
                    raise MediaError("A scene's frames are not where they should be.", detail=where)
                seen.add(frame)
                yield packet, frame


def _sound_packets(song: InputContainer, ends: Fraction) -> Iterator[Packet[Any]]:
    """The song's packets up to `ends` (seconds); the last one is told to end there, though its samples run on."""
    held: Packet[Any] | None = None
    for packet in song.demux(song.streams.audio[0]):
        if packet.pts is None or packet.dts is None:
            continue
        if packet.pts * packet.time_base >= ends:
            break
        if held is not None:
            yield held
        held = packet
    if held is not None:
        left = int((ends - (held.pts or 0) * held.time_base) / held.time_base)
        held.duration = min(held.duration, left) if held.duration else left
        yield held


def _decoded_at(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _extradata(container: InputContainer) -> bytes:
    if not container.streams.video:
        raise MediaError("A scene's file holds no video.")
    return bytes(container.streams.video[0].codec_context.extradata or b"")


def _chapter(chapter: Chapter, number: int, fps: int) -> Any:
    return {
        "id": number,
        "start": chapter.start_frame * 1000 // fps,
        "end": chapter.end_frame * 1000 // fps,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }
