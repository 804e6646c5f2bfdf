"""The music of a film that no song leads: other music, another mood, one's own, or none."""

from __future__ import annotations

from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.recipes import digest
from projects import flow
from projects.actions.create import MusicWish, check_music
from projects.flow import beds
from projects.models import Event, Project, Soundtrack
from projects.states import LostRace


def mark_of(track: Soundtrack) -> str:
    """Which music is wished for, in short."""
    return digest([track.source, track.mood, track.take, str(track.asset.code) if track.asset else ""])[:12]


def set_music(project: Project, wish: MusicWish, *, by: User | None, seen: str = "") -> Soundtrack:
    """Wish for this music, composed for the cuts as they are. The film is joined anew on it; shots that pulse with its
    beat are rendered again. `seen` is `mark_of` the music that the form showed, "" not to ask.

    Raises IllegalMove in words for a mood nobody knows or a piece that ends before the film, LostRace where other music
    was chosen meanwhile.
    """
    if project.kind == Project.Kind.AD and wish.source == Soundtrack.Source.COMPOSE and not wish.mood:
        wish = replace(wish, mood=project.ad.as_template().music_mood)
    check_music(wish, beds.film_ms(project))
    with transaction.atomic():
        project = flow.lock(project.pk)
        track = Soundtrack.objects.get(project=project)
        if (track.source, track.mood, track.asset) == (wish.source, wish.mood, wish.asset):
            return track
        if seen and seen != mark_of(track):
            raise LostRace(_("Other music has been chosen meanwhile. Listen to it first."))
        track.source, track.mood, track.asset = wish.source, wish.mood, wish.asset
        track.cuts = beds.fitted_cuts(project, track)
        track.save(update_fields=["source", "mood", "asset", "cuts"])
        data = {"source": wish.source, "mood": wish.mood}
        Event.objects.create(project=project, verb="music_set", by=by, data=data)
        flow.changed(project, None)
    return track


def other_music(project: Project, *, by: User | None, seen_take: int) -> Soundtrack:
    """Compose once more in the same mood, for the cuts as they are.

    `seen_take` is the take that the form showed; two presses make one.
    """
    with transaction.atomic():
        project = flow.lock(project.pk)
        track = Soundtrack.objects.get(project=project)
        if track.take != seen_take:
            raise LostRace(_("Other music has been composed meanwhile. Listen to it first."))
        track.take, track.cuts = track.take + 1, beds.fitted_cuts(project, track)
        track.save(update_fields=["take", "cuts"])
        Event.objects.create(project=project, verb="music_recomposed", by=by, data={"take": track.take})
        flow.changed(project, None)
    return track
