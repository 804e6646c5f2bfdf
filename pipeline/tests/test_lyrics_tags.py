"""Lyrics inside song files, written by PyAV or by hand, and hostile files."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.media.lyrics import read_tags

PLAIN = "Over the sea\nHome again\n\nAnd away"
TIMED = "[00:00.50]Over the sea\n[00:02.00]Home again\n[00:04.00]\n"


def write_song(path: Path, *, container: dict[str, str] | None = None, stream: dict[str, str] | None = None) -> Path:
    codec = {".mp3": "libmp3lame", ".m4a": "aac", ".flac": "flac", ".ogg": "libopus", ".opus": "libopus"}[path.suffix]
    with av.open(str(path), "w") as out:
        out.metadata.update(container or {})
        audio = out.add_stream(codec, rate=48000, layout="mono")
        audio.metadata.update(stream or {})
        samples = (np.sin(np.arange(48000) / 20) * 8000).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.rate = 48000
        for packet in (*audio.encode(frame), *audio.encode(None)):
            out.mux(packet)
    return path


def synchsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, body: bytes, *, version: int, flags: int = 0) -> bytes:
    size = synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    return name + size + bytes((0, flags)) + body


def sylt(pieces: list[tuple[str, int]], *, encoding: int = 3, unit: int = 2, kind: int = 1) -> bytes:
    codec = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}[encoding]
    end = b"\0\0" if encoding in (1, 2) else b"\0"
    body = bytes((encoding,)) + b"eng" + bytes((unit, kind)) + "about".encode(codec) + end
    return body + b"".join(text.encode(codec) + end + struct.pack(">I", at) for text, at in pieces)


def tagged(path: Path, *frames: bytes, version: int = 4, flags: int = 0) -> Path:
    body = b"".join(frames)
    if flags & 0x80 and version == 3:
        body = body.replace(b"\xff", b"\xff\x00")
    song = write_song(path.with_name("plain.mp3")).read_bytes()
    song = song[10 + sum((byte & 0x7F) << shift for byte, shift in zip(song[6:10], (21, 14, 7, 0), strict=True)) :]
    path.write_bytes(b"ID3" + bytes((version, 0, flags)) + synchsafe(len(body)) + body + song)
    return path


@pytest.mark.parametrize(
    ("name", "where", "key"),
    [
        ("a.mp3", "container", "lyrics-eng"),
        ("a.mp3", "container", "lyrics"),
        ("a.m4a", "container", "lyrics"),
        ("a.flac", "container", "LYRICS"),
        ("a.ogg", "stream", "LYRICS"),
        ("a.opus", "stream", "UNSYNCEDLYRICS"),
    ],
)
def test_it_reads_plain_lyrics_of_every_format(tmp_path, name, where, key):
    lyrics = read_tags(write_song(tmp_path / name, **{where: {key: PLAIN, "title": "Salt", "artist": "Harbor"}}))
    assert lyrics is not None
    assert [line.text for line in lyrics.lines] == ["Over the sea", "Home again", "And away"]
    assert (lyrics.source, lyrics.timed, lyrics.title, lyrics.artist) == ("tags", False, "Salt", "Harbor")


def test_it_prefers_timed_lyrics(tmp_path):
    path = write_song(tmp_path / "a.opus", stream={"LYRICS": PLAIN, "SYNCEDLYRICS": TIMED})
    lyrics = read_tags(path)
    assert lyrics is not None
    assert lyrics.timed
    assert [(line.start_ms, line.end_ms) for line in lyrics.lines] == [(500, 2000), (2000, 4000)]


def test_it_reads_lrc_inside_a_plain_tag_and_the_language(tmp_path):
    lyrics = read_tags(write_song(tmp_path / "a.mp3", container={"lyrics-fra": TIMED}))
    assert lyrics is not None
    assert lyrics.timed
    assert lyrics.language == "fr"


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
def test_it_reads_synchronized_lyrics_with_words(tmp_path, version, encoding):
    pieces = [("Over ", 500), ("the ", 800), ("sea", 1000), ("\nHo", 2000), ("me ", 2300), ("again", 2600)]
    lyrics = read_tags(
        tagged(tmp_path / "a.mp3", frame(b"SYLT", sylt(pieces, encoding=encoding), version=version), version=version)
    )
    assert lyrics is not None
    assert [(line.text, line.start_ms) for line in lyrics.lines] == [("Over the sea", 500), ("Home again", 2000)]
    assert [(word.text, word.start_ms) for word in lyrics.lines[0].words] == [
        ("Over", 500),
        ("the", 800),
        ("sea", 1000),
    ]
    assert [(word.text, word.start_ms) for word in lyrics.lines[1].words] == [("Home", 2000), ("again", 2600)]
    assert lyrics.language == "en"


def test_it_reads_lines_without_line_feeds(tmp_path):
    lyrics = read_tags(
        tagged(tmp_path / "a.mp3", frame(b"SYLT", sylt([("Over the sea", 500), ("Home", 2000)]), version=4))
    )
    assert lyrics is not None
    assert [(line.text, line.start_ms) for line in lyrics.lines] == [("Over the sea", 500), ("Home", 2000)]


def test_it_undoes_unsynchronization(tmp_path):
    body = sylt([("Over", 0xFF00), ("\nsea", 0x1FFE0)], encoding=1)
    whole = tagged(tmp_path / "v3.mp3", frame(b"SYLT", body, version=3), version=3, flags=0x80)
    stuffed = body.replace(b"\xff", b"\xff\x00")
    single = tagged(tmp_path / "v4.mp3", frame(b"SYLT", struct.pack(">I", len(body)) + stuffed, version=4, flags=0x03))
    for path in (whole, single):
        lyrics = read_tags(path)
        assert lyrics is not None, path.name
        assert [(line.text, line.start_ms) for line in lyrics.lines] == [("Over", 0xFF00), ("sea", 0x1FFE0)]


def test_it_skips_other_frames_and_other_units(tmp_path):
    chords = frame(b"SYLT", sylt([("Am", 500)], kind=5), version=4)
    frames_unit = frame(b"SYLT", sylt([("late", 500)], unit=1), version=4)
    title = frame(b"TIT2", b"\x03Salt", version=4)
    good = frame(b"SYLT", sylt([("Over", 700)]), version=4)
    lyrics = read_tags(tagged(tmp_path / "a.mp3", title, chords, frames_unit, good))
    assert lyrics is not None
    assert [(line.text, line.start_ms) for line in lyrics.lines] == [("Over", 700)]
    assert lyrics.title == "Salt"


def test_it_finds_nothing_where_there_is_nothing(tmp_path):
    assert read_tags(write_song(tmp_path / "a.mp3")) is None
    (tmp_path / "text.mp3").write_text("just text")
    assert read_tags(tmp_path / "text.mp3") is None
    (tmp_path / "empty.mp3").write_bytes(b"")
    assert read_tags(tmp_path / "empty.mp3") is None


def test_it_opens_no_other_file_for_a_script_that_calls_itself_a_song(tmp_path):
    write_song(tmp_path / "secret.mp3", container={"lyrics-eng": PLAIN})
    (tmp_path / "song.mp3").write_text("ffconcat version 1.0\nfile secret.mp3\n")
    assert read_tags(tmp_path / "song.mp3") is None


def test_it_survives_broken_tags(tmp_path):
    good = tagged(
        tmp_path / "a.mp3", frame(b"SYLT", sylt([("Over", 500), ("\nsea", 900)], encoding=1), version=4)
    ).read_bytes()
    dice = np.random.default_rng(5)
    for _ in range(150):
        broken = bytearray(good[: int(dice.integers(12, 400))] if dice.random() < 0.3 else good[:2000])
        for place in dice.integers(3, min(90, len(broken)), size=4):
            broken[place] = int(dice.integers(0, 256))
        (tmp_path / "b.mp3").write_bytes(broken)
        lyrics = read_tags(tmp_path / "b.mp3")
        assert lyrics is None or all(line.text for line in lyrics.lines)
