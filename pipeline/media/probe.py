"""What an uploaded file really is, decided by decoding it within limits. Its name and declared type do not count."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pydantic import Field

from pipeline.media.audio.decoding import preroll_seconds
from pipeline.media.captions.typefaces import JOINERS
from pipeline.media.containers import open_media
from pipeline.media.run import MAX_PIXELS, MediaError
from pipeline.media.values import Value

MIN_SONG_SECONDS = 5
MAX_SONG_SECONDS = 1200
MAX_SONG_BYTES = 50 * 1024 * 1024
MAX_IMAGE_BYTES = 20 * 1024 * 1024
MIN_IMAGE_SIDE, MAX_IMAGE_SIDE = 64, 4096
DECODE_DEADLINE_S = 60
SILENT_PEAK = 0.001  # -60 dBFS
NO_SONG = "This file is not a song that can be read. MP3, WAV, FLAC, OGG, Opus, M4A and AAC files work."
TOO_LARGE = f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels, which is the limit."
MOVES = "This picture moves. Only still pictures work here; save one frame of it as a PNG or JPEG."
NO_IMAGE = "This file is not a picture that can be read. PNG, JPEG and WebP files work."
_FULL_SCALE = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0, "s64": 9.223372036854776e18, "flt": 1.0, "dbl": 1.0}


class SongProbe(Value):
    """A song as it was decoded. `container` is ffmpeg's first name for the format (mp3, wav, flac, ogg, mov, aac)."""

    container: str
    codec: str
    duration_ms: int = Field(ge=0)
    sample_rate: int
    channels: int
    title: str = ""
    artist: str = ""


class ImageProbe(Value):
    """A picture as it was written again: nothing of the uploaded file but its pixels is left.

    `focus_x` and `focus_y` are where the eye goes, in permille, where somebody has looked.
    """

    width: int
    height: int
    extension: str
    content_type: str
    focus_x: int = 500
    focus_y: int = 500


def probe_song(path: Path, *, max_seconds: int = MAX_SONG_SECONDS) -> SongProbe:
    """Decode a song and tell what it is. Raises MediaError when it cannot be read or is longer than `max_seconds`."""
    probe, _ = _decoded_song(path, max_seconds)
    return probe


def check_song_upload(
    path: Path,
    *,
    max_seconds: int = MAX_SONG_SECONDS,
    max_bytes: int = MAX_SONG_BYTES,
    min_seconds: int = MIN_SONG_SECONDS,
) -> SongProbe:
    """Decide whether an uploaded file is a song to work with. Raises MediaError with the reason."""
    _check_size(path, max_bytes, "song")
    probe, peak = _decoded_song(path, max_seconds)
    if probe.duration_ms < min_seconds * 1000:
        played = f"{probe.duration_ms / 1000:.1f}".removesuffix(".0")
        raise MediaError(f"This song is only {played} seconds long; it takes at least {min_seconds}.")
    if peak < SILENT_PEAK:
        raise MediaError("This song is silent from beginning to end.")
    return probe


def check_image_upload(path: Path, *, out: Path, max_bytes: int = MAX_IMAGE_BYTES) -> ImageProbe:
    """Decode an uploaded picture and write its pixels to `out`: upright, sRGB, without metadata, at most 4096 across.

    PNG where the upload was one or has transparency, else JPEG; the result says which. Raises MediaError.
    """
    _check_size(path, max_bytes, "picture")
    try:
        with Image.open(path, formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise MediaError(TOO_LARGE)
            if min(opened.size) < MIN_IMAGE_SIDE:
                raise MediaError(f"This picture is too small; both sides need at least {MIN_IMAGE_SIDE} pixels.")
            if getattr(opened, "n_frames", 1) > 1:
                raise MediaError(MOVES)
            lossless = opened.format == "PNG"
            opened.load()
            image = _plain_image(opened)
    except Image.DecompressionBombError as error:
        raise MediaError(TOO_LARGE, detail=repr(error)) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MediaError(NO_IMAGE, detail=repr(error)) from error
    image.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE), Image.Resampling.LANCZOS)
    if lossless or image.mode == "RGBA":
        image.save(out, "PNG")
        return ImageProbe(width=image.width, height=image.height, extension="png", content_type="image/png")
    image.save(out, "JPEG", quality=92, subsampling=0)
    return ImageProbe(width=image.width, height=image.height, extension="jpg", content_type="image/jpeg")


def _check_size(path: Path, max_bytes: int, what: str) -> None:
    size = path.stat().st_size
    if size == 0:
        raise MediaError("This file is empty.")
    if size > max_bytes:
        raise MediaError(f"This {what} is larger than {max_bytes // (1024 * 1024)} MB, which is the limit.")


def _decoded_song(path: Path, max_seconds: int) -> tuple[SongProbe, float]:
    """(probe, loudest sample)."""
    with open_media(path, sentence=NO_SONG) as container:
        if not container.streams.audio:
            raise MediaError("There is no sound in this file.")
        seconds, peak = _measure(container, max_seconds)
        if not seconds:
            raise MediaError(NO_SONG, detail="nothing could be decoded")
        declared = _declared_seconds(container, path)
        if declared is not None and seconds < declared - max(1.0, 0.02 * declared):
            raise MediaError(
                f"This file ends early: it should play {_clock(declared)} but holds {_clock(seconds)}. "
                "Perhaps it was not copied whole."
            )
        codec = container.streams.audio[0].codec_context
        tags = {**container.streams.audio[0].metadata, **container.metadata}
        probe = SongProbe(
            container=container.format.name.split(",")[0],
            codec=codec.codec.canonical_name,
            duration_ms=round(seconds * 1000),
            sample_rate=codec.sample_rate,
            channels=codec.channels,
            title=_tag(tags, "title"),
            artist=_tag(tags, "artist"),
        )
    return probe, peak


def _measure(container: InputContainer, max_seconds: int) -> tuple[float, float]:
    """(seconds of sound, loudest sample 0..1); decodes everything, but never longer than the limits."""
    samples, rate, peak, bad, lead = 0, 0, 0.0, 0, -1.0
    ends = time.monotonic() + DECODE_DEADLINE_S
    for frames in _decoded_packets(container):
        if frames is None:
            bad += 1
            if bad > 100:
                raise MediaError("This file is damaged in too many places.")
            continue
        for frame in frames:
            rate = rate or frame.sample_rate
            lead = preroll_seconds(frame) if lead < 0 else lead
            samples += frame.samples
            scale = _FULL_SCALE.get(frame.format.name.removesuffix("p"), 1.0)
            peak = max(peak, float(np.abs(frame.to_ndarray().astype(np.float32) - (scale == 128) * 128).max()) / scale)
        if rate and samples > (max_seconds + 1) * rate:
            raise MediaError(f"This song is longer than {_clock(max_seconds)}, which is the limit.")
        if time.monotonic() > ends:
            raise MediaError("Reading this song takes too long.")
    return (max(0.0, samples / rate - lead) if rate else 0.0), peak


def _decoded_packets(container: InputContainer) -> Iterator[list[AudioFrame] | None]:
    """The frames of every packet, None for one that cannot be decoded (one bad frame does not spoil an MP3)."""
    for packet in container.demux(container.streams.audio[0]):
        try:
            yield packet.decode()
        except av.InvalidDataError:
            yield None


def _declared_seconds(container: InputContainer, path: Path) -> float | None:
    """How long the file says it plays; None where ffmpeg only estimates it from the bit rate."""
    name = container.format.name.split(",")[0]
    exact = name in ("wav", "flac", "mov", "aiff") or (name == "mp3" and _has_frame_count(path))
    if not exact or not container.duration or container.duration < 0:
        return None
    seconds = float(container.duration) / av.time_base
    return seconds * _missing_share(path) if name == "wav" else seconds


def _missing_share(path: Path) -> float:
    """Declared size of a WAV by its real size, at least 1: ffmpeg believes the size of the file, not its header."""
    with path.open("rb") as file:
        head = file.read(8)
    declared = int.from_bytes(head[4:8], "little") + 8
    streamed = declared >= 0xFFFFFFFF
    return 1.0 if streamed else max(1.0, declared / path.stat().st_size)


def _has_frame_count(path: Path) -> bool:
    """Whether an MP3 begins with a Xing or Info frame, which counts its frames."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":  # a tag of "syncsafe" length (seven bits per byte) stands before the first frame
            length = sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
            file.seek(10 + length)
        else:
            file.seek(0)
        first = file.read(400)
    return b"Xing" in first or b"Info" in first


def _tag(tags: dict[str, str], name: str) -> str:
    found = next((value for key, value in tags.items() if key.lower() == name), "")
    return "".join(char for char in found if char.isprintable() or char in JOINERS).strip()[:200]


def _plain_image(image: Image.Image) -> Image.Image:
    """Upright pixels in 8-bit sRGB, with an alpha channel only where something shows through."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16 bits of gray, which Pillow's own conversion would clip to white
        upright = Image.fromarray((np.asarray(upright, np.uint32) >> 8).astype(np.uint8))
    upright = _in_srgb(upright)
    if upright.has_transparency_data:
        alpha = upright.convert("RGBA")
        if alpha.getchannel("A").getextrema() != (255, 255):
            return _bare(alpha)
    return _bare(upright.convert("RGB"))


def _in_srgb(image: Image.Image) -> Image.Image:
    profile: Any = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return image  # a broken profile is no reason to refuse a picture
    return converted if converted is not None else image


def _bare(image: Image.Image) -> Image.Image:
    """A copy of the pixels alone: no EXIF place, no text chunks, no profile."""
    return Image.frombytes(image.mode, image.size, image.tobytes())


def _clock(seconds: float) -> str:
    """3:05"""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"
