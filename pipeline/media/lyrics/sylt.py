"""Synchronized lyrics (SYLT) of an ID3v2.3 or 2.4 tag, which FFmpeg does not read.

Source: https://id3.org/id3v2.4.0-frames section 4.9 and id3v2.3.0 section 4.10; unsynchronization in
id3v2.4.0-structure section 6.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline.media.lyrics.timing import likely_sung_ms
from pipeline.media.lyrics.values import Line, Word

MAX_TAG_BYTES = 32 << 20
MAX_FRAME_BYTES = 1 << 20
_ENCODINGS = {0: "cp1252", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_MILLISECONDS = 2
_LYRICS, _TRANSCRIPTION = 1, 2


def sylt_lines(file: BinaryIO) -> tuple[list[Line], str]:
    """(lines with word times, ISO 639-2 language) of the first SYLT frame with lyrics in milliseconds.

    Nothing for any other file.
    """
    for frame in _sylt_frames(file):
        found = _read_frame(frame)
        if found is not None:
            return found
    return [], ""


def _sylt_frames(file: BinaryIO) -> Iterator[bytes]:
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3" or head[3] not in (3, 4):
        return
    version, flags, size = head[3], head[5], _synchsafe(head[6:10])
    if size > MAX_TAG_BYTES:
        return
    body = file.read(size)
    if flags & 0x80 and version == 3:
        body = _synchronized(body)
    at = _after_extended_header(body, version) if flags & 0x40 else 0
    while at + 10 <= len(body) and body[at : at + 4].strip(b"\x00"):
        name = body[at : at + 4]
        length = _synchsafe(body[at + 4 : at + 8]) if version == 4 else int.from_bytes(body[at + 4 : at + 8])
        frame_flags = body[at + 9]
        data = body[at + 10 : at + 10 + length]
        at += 10 + length
        if name == b"SYLT" and length <= MAX_FRAME_BYTES:
            plain = _plain_frame(data, version, frame_flags, bool(flags & 0x80))
            if plain is not None:
                yield plain


def _synchsafe(four: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(four, (21, 14, 7, 0), strict=True))


def _synchronized(data: bytes) -> bytes:
    return data.replace(b"\xff\x00", b"\xff")


def _after_extended_header(body: bytes, version: int) -> int:
    return _synchsafe(body[:4]) if version == 4 else 4 + int.from_bytes(body[:4])


def _plain_frame(data: bytes, version: int, flags: int, all_unsynchronized: bool) -> bytes | None:
    """The frame's content; None when it is compressed or encrypted, which no known writer does to lyrics."""
    if version == 3:
        return None if flags & 0xC0 else data[1:] if flags & 0x20 else data
    if flags & 0x0C:
        return None
    data = data[1:] if flags & 0x40 else data
    data = data[4:] if flags & 0x01 else data
    return _synchronized(data) if flags & 0x02 or all_unsynchronized else data


def _read_frame(frame: bytes) -> tuple[list[Line], str] | None:
    if (
        len(frame) < 7
        or frame[0] not in _ENCODINGS
        or frame[4] != _MILLISECONDS
        or frame[5] not in (_LYRICS, _TRANSCRIPTION)
    ):
        return None
    encoding = _ENCODINGS[frame[0]]
    wide = frame[0] in (1, 2)
    _, at = _text(frame, 6, encoding, wide)
    pieces: list[tuple[str, int]] = []
    while at < len(frame):
        text, at = _text(frame, at, encoding, wide)
        if at + 4 > len(frame):
            break
        pieces.append((text, int.from_bytes(frame[at : at + 4])))
        at += 4
    return _lines(pieces), frame[1:4].decode("ascii", "ignore").lower()


def _text(data: bytes, at: int, encoding: str, wide: bool) -> tuple[str, int]:
    """The text that ends with NUL, and where the next byte is.

    UTF-16 without its mark is taken as little-endian, as writers mean it.
    """
    end = at
    if wide:
        while end + 1 < len(data) and data[end : end + 2] != b"\x00\x00":
            end += 2
    else:
        end = data.find(b"\x00", at)
        end = len(data) if end < 0 else end
    raw = data[at:end]
    if encoding == "utf-16" and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-le"
    return raw.decode(encoding, "replace").lstrip("\ufeff"), end + (2 if wide else 1)


def _lines(pieces: list[tuple[str, int]]) -> list[Line]:
    """A piece that begins with a line feed begins a line; where none does, every piece is a line of its own."""
    broken = any(re.search(r"[\r\n]", text.strip(" ")) for text, _ in pieces[1:])
    rows: list[list[tuple[str, int]]] = []
    for text, start in pieces:
        if (
            not rows
            or not broken
            or text.lstrip(" ").startswith(("\n", "\r"))
            or (rows[-1] and rows[-1][-1][0].endswith(("\n", "\r")))
        ):
            rows.append([])
        rows[-1].append((text, start))
    lines = []
    for index, row in enumerate(rows):
        text = " ".join("".join(piece for piece, _ in row).split())
        if not text:
            continue
        following = rows[index + 1][0][1] if index + 1 < len(rows) else row[-1][1] + likely_sung_ms(row[-1][0])
        words = _words(row, following) if broken and len(row) > 1 else ()
        lines.append(Line(text=text, start_ms=row[0][1], end_ms=max(following, row[0][1]), words=words))
    return lines


def _words(row: list[tuple[str, int]], end_ms: int) -> tuple[Word, ...]:
    """Syllables joined to words: a piece that begins with a space (or follows one) begins a word."""
    groups: list[tuple[str, int]] = []
    for text, start in row:
        if groups and not text[:1].isspace() and not groups[-1][0][-1:].isspace():
            groups[-1] = (groups[-1][0] + text, groups[-1][1])
        else:
            groups.append((text, start))
    starts = [start for _, start in groups]
    ends = [*starts[1:], end_ms]
    return tuple(
        Word(text=" ".join(text.split()), start_ms=start, end_ms=max(start, end))
        for (text, start), end in zip(groups, ends, strict=True)
        if text.strip()
    )
