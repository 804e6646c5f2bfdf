"""What was heard in a song, for its panel on the project's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import ValidationError

from pipeline.media.audio.values import SongAnalysis
from projects.models import Song
from projects.views.cards import SECTION_LABELS

PEAK = 127
BARS = 240
HEIGHT = 100
"""Of the drawing's own units; the page stretches it."""


def song_context(song: Song | None) -> dict[str, Any] | None:
    """Tempo, key, sections and the waveform as an SVG path; None until somebody has listened."""
    if song is None or song.analysis is None:
        return None
    try:
        heard = song.heard()
    except ValidationError:
        return None
    return {
        "facts": _facts(heard),
        "sections": _sections(heard),
        "waveform": waveform_path(heard.peaks),
        "width": BARS,
        "height": HEIGHT,
    }


def _facts(heard: SongAnalysis) -> list[str]:
    if heard.silent:
        return [_("silent")]
    count = len(heard.sections)
    facts = [
        _("%(bpm)s bpm") % {"bpm": round(heard.tempo_mbpm / 1000)},
        heard.key,
        ngettext("%(count)s section", "%(count)s sections", count) % {"count": count},
        ngettext("%(count)s bar", "%(count)s bars", len(heard.downbeats_ms)) % {"count": len(heard.downbeats_ms)},
    ]
    return [fact for fact in facts if fact]


def _sections(heard: SongAnalysis) -> list[dict[str, Any]]:
    """Each section with its place in percent of the song: written with a point, whatever the language."""
    length = max(1, heard.duration_ms)
    return [
        {
            "name": section.label,
            "label": SECTION_LABELS[section.label],
            "start_ms": section.start_ms,
            "x": f"{100 * section.start_ms / length:.3f}%",
            "width": f"{100 * section.duration_ms / length:.3f}%",
        }
        for section in heard.sections
    ]


def waveform_path(peaks: Sequence[int]) -> str:
    """The `d` of a path with BARS upright strokes, mirrored around the middle of HEIGHT units; "" without peaks."""
    if not peaks:
        return ""
    middle = HEIGHT / 2
    strokes = []
    for bar in range(BARS):
        first, after = bar * len(peaks) // BARS, (bar + 1) * len(peaks) // BARS
        half = max(0.8, middle * max(peaks[first : max(after, first + 1)]) / PEAK)
        strokes.append(f"M{bar + 0.5:g} {middle - half:.1f}V{middle + half:.1f}")
    return "".join(strokes)
