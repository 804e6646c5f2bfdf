"""What a person corrects in what was heard, and whether the project makes itself."""

from __future__ import annotations

import copy

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.audio.corrections import MAX_SHIFT_MS, possible_percent
from pipeline.media.audio.values import SongAnalysis
from projects import flow
from projects.flow.forecast import Forecast, forecast
from projects.models import Event, Project, Song
from projects.states import IllegalMove, LostRace

Beats = tuple[int, int]
"""(percent of the heard tempo, milliseconds later than heard)"""


def set_beats(project: Project, beats: Beats, *, by: User | None, seen: Beats) -> Song:
    """Count the beat faster, slower, earlier or later. Cuts that are planned stay where they are; what pulses with the
    beat is rendered again. Raises IllegalMove for a tempo no music has, LostRace when `seen` is not what stands.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        song = Song.objects.select_related("asset").get(project=project)
        if seen != (song.tempo_percent, song.beat_shift_ms):
            raise LostRace(_("The beat was changed meanwhile. Look at it again."))
        corrected = _corrected(song, beats)
        stale = forecast(project, song=corrected)
        song.tempo_percent, song.beat_shift_ms = beats
        song.save(update_fields=["tempo_percent", "beat_shift_ms"])
        Event.objects.create(project=project, verb="beats_set", by=by, data={"percent": beats[0], "shift_ms": beats[1]})
        flow.changed(project, stale.pks)
    return song


def forecast_beats(project: Project, beats: Beats) -> Forecast:
    """The scenes that this correction would render again. Raises IllegalMove like `set_beats`."""
    song = Song.objects.select_related("asset").get(project=project)
    return forecast(project, song=_corrected(song, beats))


def _corrected(song: Song, beats: Beats) -> Song:
    """An unsaved copy of the song with other corrections."""
    percent, shift_ms = beats
    if song.analysis is None:
        raise IllegalMove(_("The song is still being listened to. Wait a moment."))
    if not possible_percent(SongAnalysis.model_validate(song.analysis), percent):
        raise IllegalMove(_("No music is that fast or that slow."))
    if abs(shift_ms) > MAX_SHIFT_MS:
        raise IllegalMove(_("Beats can be moved by half a second at most."))
    other = copy.copy(song)
    other.tempo_percent, other.beat_shift_ms = percent, shift_ms
    return other


def set_autopilot(project: Project, on: bool, *, by: User | None) -> None:
    """Let the project make itself, or let its owner decide at each step. What is made already stays."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.autopilot == on:
            return
        project.autopilot = on
        project.save(update_fields=["autopilot"])
        Event.objects.create(project=project, verb="autopilot_on" if on else "autopilot_off", by=by)
        flow.touch(project, project.scenes.values_list("pk", flat=True))
        flow.advance(project)
