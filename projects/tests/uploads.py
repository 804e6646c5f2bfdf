"""Songs as people upload them: good ones, odd ones and hostile ones. Small, and made when they are needed."""

from __future__ import annotations

import io
import math
import struct
import wave
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile


@cache
def wav(seconds: float = 6.0, *, rate: int = 8000, loud: float = 0.4, beat_s: float = 0.5) -> bytes:
    """A mono song of clicks and a tone."""
    samples = bytearray()
    for index in range(int(seconds * rate)):
        at = index / rate
        click = math.exp(-30 * (at % beat_s)) * math.sin(2 * math.pi * 900 * at)
        samples += struct.pack("<h", int(32767 * loud * (0.7 * click + 0.2 * math.sin(2 * math.pi * 220 * at))))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(samples))
    return out.getvalue()


def silent_hours(seconds: int) -> bytes:
    """A WAV that plays for so long: one sample a second would be refused, so the lowest rate and 8 bits."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x90\x70" * (seconds * 4000))
    return out.getvalue()


def song_file(data: bytes | None = None, name: str = "song.wav") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, wav() if data is None else data, content_type="audio/wav")


def filled_in(**changes: Any) -> dict[str, Any]:
    """The form as it is sent; `song=None` leaves the file out."""
    form = {
        "song": song_file(),
        "title": "",
        "artist": "",
        "lyrics": "",
        "style": "cinematic",
        "aspect": "16:9",
        "captions": "karaoke",
        "resolution": "480p",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def part(name: str, value: str, *, filename: str = "") -> bytes:
    """One part of a multipart body, written by hand: what no client library would send."""
    kind = f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if filename else ""
    return f'--frontier\r\nContent-Disposition: form-data; name="{name}"{kind}\r\n\r\n{value}\r\n'.encode("latin-1")
