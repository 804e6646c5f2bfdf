"""Small real files, as a model would return them: made once, kept for the process."""

from __future__ import annotations

import functools
import io
import math
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.media.run import FFMPEG

SIDE = 320


@functools.cache
def picture(width: int, height: int, seed: int, kind: str = "JPEG") -> bytes:
    """A picture of this shape, SIDE pixels on its longer side: a gradient that the seed turns."""
    scale = SIDE / max(width, height)
    size = (max(64, round(width * scale)), max(64, round(height * scale)))
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    turn = (seed % 360) * math.pi / 180
    waves = [np.sin(6 * (x * math.cos(turn + i) + y * math.sin(turn + i)) + i) for i in range(3)]
    pixels = ((np.stack(waves, axis=-1) + 1) * 127).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue()


def picture_size(data: bytes) -> tuple[int, int]:
    """Width and height of a picture that somebody handed in."""
    with Image.open(io.BytesIO(data)) as opened:
        return opened.size


def enlarged(data: bytes, times: float) -> bytes:
    """A picture that somebody handed in, so many times as large."""
    with Image.open(io.BytesIO(data)) as opened:
        out = io.BytesIO()
        opened.resize((round(opened.width * times), round(opened.height * times))).save(out, "PNG")
    return out.getvalue()


@functools.cache
def clip(seconds: int, width: int = 160, height: int = 90) -> bytes:
    """An H.264 clip of so many seconds at 12 frames a second."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clip.mp4"
        source = f"testsrc=size={width}x{height}:rate=12:duration={seconds}"
        args = ["-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-y"]
        subprocess.run([FFMPEG(), "-v", "error", *args, str(out)], check=True, capture_output=True)
        return out.read_bytes()


@functools.cache
def enlarged_film(data: bytes, short_side: int, fps: int) -> bytes:
    """A video in a larger size and at this rate, without its sound, as a model would return it."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "given.mp4", Path(folder) / "out.mp4"
        given.write_bytes(data)
        size = f"scale='if(gt(iw,ih),-2,{short_side})':'if(gt(iw,ih),{short_side},-2)',fps={fps}"
        args = ["-i", str(given), "-an", "-vf", size, "-c:v", "libx264", "-preset", "ultrafast", "-y", str(out)]
        subprocess.run([FFMPEG(), "-v", "error", *args], check=True, capture_output=True)
        return out.read_bytes()


@functools.cache
def music(seconds: int) -> bytes:
    """A tone as WAV, 8 kHz mono."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        times = np.arange(8000 * seconds) / 8000
        file.writeframes((np.sin(2 * math.pi * 220 * times) * 9000).astype("<i2").tobytes())
    return out.getvalue()


def flac_ms(data: bytes) -> int:
    """The length of a FLAC file by its header (STREAMINFO: 20 bits of rate, 36 bits of samples)."""
    assert data[:4] == b"fLaC", "not a FLAC file"
    packed = int.from_bytes(data[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return samples * 1000 // rate
