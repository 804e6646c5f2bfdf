"""Lyrics that a song file carries itself: ID3 (USLT, SYLT), MP4, Vorbis comments of FLAC, Ogg and Opus."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import av
import av.error

from pipeline.media.lyrics.reading import read_lyrics
from pipeline.media.lyrics.sylt import sylt_lines
from pipeline.media.lyrics.timing import repaired_lines
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.run import AUDIO_FORMATS, PROTOCOLS, MediaError

_TIMED_KEYS = ("syncedlyrics", "synchronizedlyrics", "lyrics-synced")
# ISO 639-2, as ID3 writes it, to ISO 639-1.
# fmt: off
_LANGUAGES = {
    "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de",
    "por": "pt", "ita": "it", "rus": "ru", "jpn": "ja", "kor": "ko", "zho": "zh",
    "chi": "zh", "ukr": "uk", "pol": "pl", "nld": "nl", "dut": "nl", "swe": "sv",
    "heb": "he", "ara": "ar", "hin": "hi", "tha": "th", "tur": "tr",
}
# fmt: on


def read_tags(path: Path | str) -> Lyrics | None:
    """Lyrics inside a song file, timed ones first; None where it has none or is no song.

    Tags are a gift, not a demand: what cannot be read in them is left alone, and no error is raised for it.
    """
    with Path(path).open("rb") as file:
        lines, language = sylt_lines(file)
        file.seek(0)
        tags = _metadata(file)
    title, artist = _first(tags, "title"), _first(tags, "artist")
    if lines:
        repaired, notes = repaired_lines(lines)
        code = _LANGUAGES.get(language, "")
        return Lyrics(lines=repaired, source="tags", language=code, timed=True, title=title, artist=artist, notes=notes)
    best: Lyrics | None = None
    for key, text in _lyrics_tags(tags):
        lyrics = _read(text)
        if lyrics is not None and (best is None or (lyrics.timed and not best.timed)):
            code = lyrics.language or _LANGUAGES.get(key.rpartition("-")[2], "")
            update = {
                "source": "tags",
                "language": code,
                "title": lyrics.title or title,
                "artist": lyrics.artist or artist,
            }
            best = lyrics.model_copy(update=update)
    return best


def _metadata(file: BinaryIO) -> dict[str, str]:
    """All text tags of the container and its audio streams, keys in lower case.

    Formats and protocols are whitelisted.
    """
    options = {"format_whitelist": AUDIO_FORMATS, "protocol_whitelist": PROTOCOLS}
    try:
        with av.open(file, options=options, metadata_errors="replace") as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
            for stream in container.streams.audio:
                for key, value in stream.metadata.items():
                    tags.setdefault(key.lower(), value)
            return tags
    except (av.error.FFmpegError, ValueError, OSError):
        return {}


def _lyrics_tags(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """(key, text) of every tag with lyrics, those that promise times first."""
    keys = [key for key in tags if "lyrics" in key.replace("_", "") and tags[key].strip()]
    keys.sort(key=lambda key: (key not in _TIMED_KEYS, key != "lyrics-eng", key))
    return [(key, tags[key]) for key in keys]


def _read(text: str) -> Lyrics | None:
    try:
        lyrics = read_lyrics(text)
    except MediaError:
        return None
    return lyrics if lyrics.lines else None


def _first(tags: Mapping[str, str], key: str) -> str:
    return " ".join(tags.get(key, "").split())[:200]
