"""The best part of a film: where its music is strongest, cut where the music and the pictures are cut."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from pipeline.media.audio.values import GRID_MS, SongAnalysis


def teaser_start(heard: SongAnalysis, cuts_ms: Sequence[int], seconds: int) -> int:
    """When the strongest stretch of `seconds` begins, in milliseconds; 0 for a song that is not longer.

    Strong is loud, sung, and a chorus. Among beginnings that are nearly as strong one on a cut of the film wins, then
    one on a downbeat.
    """
    length = seconds * 1000
    last = heard.duration_ms - length
    if last <= 0:
        return 0
    begins = {0, last, *(ms for ms in (*heard.downbeats_ms, *cuts_ms) if 0 <= ms <= last)}
    cuts = sorted(cuts_ms)
    beats = sorted(heard.downbeats_ms)
    return max(
        sorted(begins),
        key=lambda ms: _strength(heard, ms, ms + length) + 25 * _is_near(cuts, ms) + 15 * _is_near(beats, ms),
    )


def _strength(heard: SongAnalysis, start_ms: int, end_ms: int) -> float:
    """0 to about 1300: mean energy, and what a chorus and a voice add."""
    cells = slice(start_ms // GRID_MS, end_ms // GRID_MS)
    energy, voice = heard.energy[cells], heard.vocal_activity[cells]
    chorus = sum(
        max(0, min(part.end_ms, end_ms) - max(part.start_ms, start_ms))
        for part in heard.sections
        if part.label == "chorus"
    )
    level = sum(energy) / len(energy) if energy else 0.0
    sung = sum(voice) / len(voice) if voice else 0.0
    return level + 200 * chorus / (end_ms - start_ms) + 0.1 * sung


def _is_near(times: Sequence[int], ms: int) -> bool:
    """Whether one of the sorted times is this one, to within 40 ms."""
    at = bisect_left(times, ms - 40)
    return at < len(times) and times[at] <= ms + 40
