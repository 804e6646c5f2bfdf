"""What a speech model invents over music, told from what is sung.

Whisper's own doubts decide first (compression, log-probability, no speech: the thresholds of its reference decoder),
then the phrases that it learned from subtitles, then loops. A chorus repeats too, and is kept: a loop is what repeats
faster than anybody sings, or where nobody does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from pipeline.media.audio.values import GRID_MS, SongAnalysis
from pipeline.media.lyrics.syllables import syllable_count
from pipeline.providers.capabilities import Heard, HeardSegment

MOST_COMPRESSION_PERCENT = 240
LEAST_LOG_PROBABILITY_CENTI = -100
MOST_NO_SPEECH_PERCENT = 60
LOOP = 4
FASTEST_SYLLABLE_MS = 70
SUNG = 250
"""Vocal activity (0..1000) under which nobody sings."""

_SUBTITLES = re.compile(
    r"^\W*(?:thank(?:s| you)(?: so much| very much)? for (?:watching|listening|viewing)|(?:please )?subscribe\b.*"
    r"|(?:sub)?titles? by\b.*|subtitles\b.*|captions? by\b.*|transcri(?:bed|ption) by\b.*|amara\.org.*|www\.\S+"
    r"|untertitel\b.*|sous-titr\w*\b.*|subtítulos\b.*|legendas\b.*|sottotitoli\b.*|ご視聴ありがとうございました"
    r"|字幕.*|请不吝点赞.*|\[?(?:music|applause|musik|musique|música)\]?|♪+"
    r"|see you (?:next time|in the next video))\W*$",
    re.IGNORECASE,
)


def believed(heard: Heard, analysis: SongAnalysis) -> Heard:
    """The same without the segments that were most likely invented, and without their words."""
    kept = [segment for segment in _without_loops(heard.segments, analysis) if not _invented(segment, analysis)]
    if len(kept) == len(heard.segments):
        return heard
    gone = [segment for segment in heard.segments if segment not in kept]
    words = tuple(
        word
        for word in heard.words
        if not any(segment.start_ms <= (word.start_ms + word.end_ms) // 2 < segment.end_ms for segment in gone)
    )
    return heard.model_copy(update={"segments": tuple(kept), "words": words})


def _invented(segment: HeardSegment, analysis: SongAnalysis) -> bool:
    if segment.compression_percent > MOST_COMPRESSION_PERCENT:
        return True
    doubtful = segment.log_probability_centi < LEAST_LOG_PROBABILITY_CENTI
    if doubtful and segment.no_speech_percent > MOST_NO_SPEECH_PERCENT:
        return True
    voice = sung_at(analysis, segment.start_ms, segment.end_ms)
    if _SUBTITLES.match(segment.text.strip()):
        return voice is None or voice < 2 * SUNG or segment.no_speech_percent > MOST_NO_SPEECH_PERCENT // 2
    silent = voice is not None and voice < SUNG // 3
    return silent and (doubtful or segment.no_speech_percent > MOST_NO_SPEECH_PERCENT)


def _without_loops(segments: Sequence[HeardSegment], analysis: SongAnalysis) -> list[HeardSegment]:
    """A line that comes LOOP times or more in a row stays once where it comes too fast to be sung, or where nobody
    sings; else all of it stays.
    """
    kept: list[HeardSegment] = []
    for _, group in groupby(segments, key=lambda segment: re.sub(r"\W+", " ", segment.text.lower()).strip()):
        run = list(group)
        if len(run) < LOOP:
            kept += run
            continue
        length = sum(segment.end_ms - segment.start_ms for segment in run)
        syllables = max(1, sum(syllable_count(segment.text) for segment in run))
        voice = sung_at(analysis, run[0].start_ms, run[-1].end_ms)
        looped = length < FASTEST_SYLLABLE_MS * syllables or (voice is not None and voice < SUNG)
        kept += run[:1] if looped else run
    return kept


def sung_at(analysis: SongAnalysis, start_ms: int, end_ms: int) -> int | None:
    """Mean vocal activity (0..1000) of a stretch; None where the analysis has none."""
    part = analysis.vocal_activity[start_ms // GRID_MS : max(start_ms // GRID_MS + 1, end_ms // GRID_MS)]
    return sum(part) // len(part) if part else None
