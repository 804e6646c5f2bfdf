"""Lyrics: read in any format, repaired, laid over the singing, written again."""

from __future__ import annotations

from pipeline.media.lyrics.alignment import aligned_lyrics
from pipeline.media.lyrics.reading import read_lyrics
from pipeline.media.lyrics.tags import read_tags
from pipeline.media.lyrics.timing import fitted_lyrics, with_word_times
from pipeline.media.lyrics.values import Line, Lyrics, Word
from pipeline.media.lyrics.writing import write_lrc, write_srt, write_txt, write_vtt

__all__ = [
    "Line",
    "Lyrics",
    "Word",
    "aligned_lyrics",
    "fitted_lyrics",
    "read_lyrics",
    "read_tags",
    "with_word_times",
    "write_lrc",
    "write_srt",
    "write_txt",
    "write_vtt",
]
