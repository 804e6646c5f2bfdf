"""The packets of a finished film: their times, and its groups of pictures with the digests of their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.media.containers import VIDEO_FORMATS, open_media
from pipeline.media.profile import Profile
from pipeline.media.run import Stop, Stopped, never

VERSION = b"2"  # raise it when facts are computed in another way
COLORS = {1: "BT.709", 5: "BT.601", 6: "BT.601", 9: "BT.2020"}


@dataclass
class Group:
    """One closed group of pictures: the digest of its packets and which frames of the film it shows."""

    digest: str
    first: int
    frames: int


@dataclass
class Scan:
    """What the packets and headers of a film say, without decoding."""

    groups: list[Group]
    counted: int
    even: bool
    codec: str
    pixels: str
    color: str
    width: int
    height: int
    has_sound: bool
    sound_digest: str
    video_start_us: int
    video_end_us: int


def scan_packets(film: Path, profile: Profile, *, stop: Stop = never) -> Scan:
    """Read every packet once. Raises MediaError for a file that cannot be read, Stopped."""
    with open_media(film, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        seen = _Packets(bytes(codec.extradata or b""), profile)
        for number, packet in enumerate(container.demux()):
            if number % 256 == 0 and stop():
                raise Stopped
            if packet.pts is not None:
                seen.add(packet)
        seen.close()
    with open_media(film, formats=VIDEO_FORMATS) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        return Scan(
            groups=seen.groups,
            counted=len(seen.times),
            even=seen.even(float(stream.time_base or 0) * profile.timescale),
            codec=f"H.264 {codec.profile}" if codec.name == "h264" else codec.name,
            pixels=str(codec.pix_fmt),
            color=_color(container, codec),
            width=codec.width,
            height=codec.height,
            has_sound=bool(container.streams.audio),
            sound_digest=seen.sound.hexdigest(),
            video_start_us=min(seen.times, default=0) * 1_000_000 // profile.timescale,
            video_end_us=(max(seen.times, default=-seen.step) + seen.step) * 1_000_000 // profile.timescale,
        )


def _color(container: Any, codec: Any) -> str:
    """The color that both the container and the stream's own header name; they are read by different players."""
    ranges, tags = {codec.color_range}, {codec.color_primaries, codec.color_trc, codec.colorspace}
    for frame in container.decode(video=0):
        ranges.add(frame.color_range)
        tags |= {frame.color_primaries, frame.color_trc, frame.colorspace}
        break
    if ranges != {1}:
        return "full range"
    return COLORS.get(tags.pop(), "unknown") if len(tags) == 1 else "different things in different places"


def index_first(film: Path) -> bool:
    """Whether an MP4's index (moov) stands before its data, so that a player begins without reading to the end."""
    with film.open("rb") as file:
        while len(head := file.read(8)) == 8:
            size, kind = int.from_bytes(head[:4], "big"), head[4:]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size < 8:
                return False
            file.seek(size - 8, 1)
    return False


class _Packets:
    """Groups and times, gathered packet by packet."""

    def __init__(self, header: bytes, profile: Profile) -> None:
        self.step = profile.ticks_per_frame
        self.times: list[int] = []
        self.decoding: list[int] = []
        self.groups: list[Group] = []
        self.sound = hashlib.sha256(VERSION)
        self._header = VERSION + header
        self._digest = hashlib.sha256()
        self._in_group: list[int] = []

    def add(self, packet: Any) -> None:
        if packet.stream.type == "audio":
            self.sound.update(f"{packet.pts}".encode())
            self.sound.update(memoryview(packet))
        if packet.stream.type != "video":
            return
        if packet.is_keyframe:
            self.close()
            self._digest = hashlib.sha256(self._header)
        self._digest.update(memoryview(packet))
        # Where a frame is shown within its group belongs to the group, where the group stands in the film does not.
        self._in_group.append(packet.pts)
        self.times.append(packet.pts)
        self.decoding.append(packet.dts)

    def close(self) -> None:
        """End the group that is open, if any."""
        if self._in_group:
            first = min(self._in_group)
            self._digest.update(repr([time - first for time in self._in_group]).encode())
            self.groups.append(Group(self._digest.hexdigest(), first // self.step, len(self._in_group)))
        self._in_group = []

    def even(self, scale: float) -> bool:
        """Whether frames are shown at 0, 1, 2 ... steps and decoded one step apart."""
        shown = sorted(self.times) == [n * self.step for n in range(len(self.times))]
        steps = {b - a for a, b in zip(self.decoding, self.decoding[1:], strict=False)}
        return scale == 1.0 and shown and steps <= {self.step}
