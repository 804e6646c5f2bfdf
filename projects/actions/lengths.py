"""How long scenes and the film last where no song says it: scenes move as a whole, and may last longer or shorter."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from pipeline.media.timeline import ms_at
from projects.actions.create import MusicWish, check_music
from projects.actions.ideas import check_seconds
from projects.actions.places import Place
from projects.models import FPS, Project, Soundtrack
from projects.states import IllegalMove


def retiled(places: Sequence[Place], start_frame: int = 0) -> list[Place]:
    """The places one after the other from `start_frame`, each as long as it is."""
    found = []
    for place in places:
        end = start_frame + place.frames
        found.append(place.model_copy(update={"start_frame": start_frame, "end_frame": end}))
        start_frame = end
    return found


def lasting(places: Sequence[Place], at: int, frames: int, *, keep_total: bool, shortest: int) -> list[Place]:
    """All places with the one at `at` lasting `frames`.

    With `keep_total` its neighbor gives or takes the difference: the next one, before the last scene the one before it.
    Raises IllegalMove in words where that would leave too little.
    """
    if frames < shortest:
        raise IllegalMove(_("A scene is at least half a second long."))
    change = frames - places[at].frames
    wanted = {at: frames}
    if keep_total:
        if len(places) == 1:
            raise IllegalMove(_("This is the only scene: with another length, the film's length changes too."))
        other = at + 1 if at + 1 < len(places) else at - 1
        wanted[other] = places[other].frames - change
        if wanted[other] < shortest:
            raise IllegalMove(_("The scene beside it would be too short. Let the film's length change instead."))
    resized = [
        place.model_copy(update={"end_frame": place.start_frame + wanted.get(index, place.frames)})
        for index, place in enumerate(places)
    ]
    return retiled(resized)


def check_length(project: Project, frames: int) -> None:
    """Raises IllegalMove in words for a length that no film has, or that its music does not reach."""
    check_seconds(-(-frames // FPS))
    check_seconds(frames // FPS)
    track = Soundtrack.objects.select_related("asset").get(project=project)
    if track.source == Soundtrack.Source.UPLOAD:
        check_music(MusicWish(track.source, "", track.asset), ms_at(frames, FPS))
