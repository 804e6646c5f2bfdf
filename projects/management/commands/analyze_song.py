"""manage.py analyze_song: what the studio hears in a song."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pipeline.media.audio.analysis import analyze_song
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.run import MediaError


class Command(BaseCommand):
    help = "Listen to a song: tempo, beats, sections, key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("song", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, song: Path, **options: Any) -> None:
        if not song.is_file():
            raise CommandError(f"There is no file {song}.")
        try:
            heard = analyze_song(song, max_seconds=settings.OMVEE_MAX_SONG_SECONDS)
        except MediaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(facts(heard)) if options["json"] else words(heard))


def facts(heard: SongAnalysis) -> dict[str, Any]:
    """The analysis as JSON types; tempo in beats per minute, times in milliseconds."""
    return {
        "duration_ms": heard.duration_ms,
        "tempo_bpm": heard.tempo_mbpm / 1000,
        "tempo_alternatives": [tempo / 1000 for tempo in heard.tempo_alternatives_mbpm],
        "beats_ms": list(heard.beats_ms),
        "downbeats_ms": list(heard.downbeats_ms),
        "sections": [{"start_ms": s.start_ms, "end_ms": s.end_ms, "label": s.label} for s in heard.sections],
        "key": heard.key,
    }


def words(heard: SongAnalysis) -> str:
    """The analysis for a person to read."""
    lines = [
        f"{_clock(heard.duration_ms)} long, {heard.tempo_mbpm / 1000:.1f} bpm, {heard.key or 'no clear key'}",
        f"{len(heard.beats_ms)} beats, {len(heard.downbeats_ms)} bars",
    ]
    lines += [f"{_clock(s.start_ms)} - {_clock(s.end_ms)}  {s.label}" for s in heard.sections]
    return "\n".join(lines)


def _clock(ms: int) -> str:
    return f"{ms // 60000}:{ms // 1000 % 60:02d}"
