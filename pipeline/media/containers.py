"""Opening media in this process: with whitelists, and with PyAV's errors turned into sentences."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

from pipeline.media.run import AUDIO_FORMATS, PROTOCOLS, MediaError

VIDEO_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"


@contextmanager
def open_media(path: Path, *, formats: str = AUDIO_FORMATS, sentence: str = "") -> Iterator[InputContainer]:
    """Open a file for reading, whatever its name says.

    A playlist or a script is refused by the whitelists even when it calls itself song.mp3. Every error of PyAV inside
    of the block becomes a MediaError that says `sentence`, or that the file is damaged.
    """
    said = sentence or "This file is damaged, or is not a song or video that can be read."
    try:
        with path.open("rb") as file:
            options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": formats}
            # A file object, not a name: nothing in the file can be resolved against the folder it lies in.
            with av.open(file, mode="r", options=options, metadata_errors="replace") as container:
                yield container
    except av.FFmpegError as error:
        raise MediaError(full_disk(error) or said, detail=f"{path.name}: {error!r}") from error
    except FileNotFoundError as error:
        raise MediaError("A file that is needed is missing.", detail=str(path)) from error


def publish(made: Path, out: Path) -> None:
    """Give a finished file its name in one step, also where that lies on another disk."""
    try:
        os.replace(made, out)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(made, part)
            os.replace(part, out)
        finally:
            part.unlink(missing_ok=True)
        made.unlink()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def full_disk(error: OSError | av.FFmpegError) -> str:
    """The sentence for a disk that takes no more, else an empty text."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full, so the file could not be written."
    if error.errno == errno.EFBIG:
        return "The file grew beyond the limit for one file."
    return ""
