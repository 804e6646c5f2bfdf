"""Edits of scenes are remembered with what was there before, so that they can be taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from projects import flow
from projects.actions.places import Place, places_of, put_places
from projects.models import Event, Project, Scene
from projects.states import LostRace

EDITS = (
    "scene_edited", "boundary_moved", "scene_split", "scenes_merged", "scene_added", "scene_deleted", "scene_moved",
    "scenes_swapped", "scenes_replanned", "scene_lasted", "scene_revised", "edit_undone",
)  # fmt: skip


def put(
    project: Project, verb: str, before: Sequence[Place], after: Sequence[Place], *, by: User | None, **data: Any
) -> Event:
    """Change these places into those, remember both, and let the flow go on. Inside a transaction that holds the
    project's lock.
    """
    pks = put_places(project, before, after)
    if not project.song_led and after:
        project.length_frames = Scene.objects.filter(project=project).aggregate(end=Max("end_frame"))["end"]
        project.save(update_fields=["length_frames"])
    record = {
        "undo": str(uuid.uuid4()),
        "before": [place.model_dump() for place in before],
        "after": [place.model_dump() for place in after],
    }
    event = Event.objects.create(project=project, verb=verb, by=by, data={**record, **data})
    flow.changed(project, pks or None)
    return event


def undo_edit(project: Project, code: str, *, by: User | None) -> Event:
    """Take an edit back, found by its `undo` code. Raises LostRace where something has changed there since."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        edit = Event.objects.filter(project=project, verb__in=EDITS, data__undo=code).first()
        if edit is None or edit.data.get("undone"):
            raise LostRace(_("This has been taken back already."))
        before = [Place.model_validate(place) for place in edit.data["before"]]
        after = [Place.model_validate(place) for place in edit.data["after"]]
        places = places_of(project)
        if edit.verb == "scenes_replanned":
            after = _untouched_plan(project, edit, places)
        else:
            wanted = {place.code for place in (*before, *after)}
            now = [place for place in places if place.code in wanted]
            if now != sorted(after, key=lambda place: place.start_frame):
                raise LostRace(_("These scenes have changed since, so this cannot be taken back."))
        Event.objects.filter(pk=edit.pk).update(data={**edit.data, "undone": True})
        return put(project, "edit_undone", after, before, by=by, of=edit.verb)


def _untouched_plan(project: Project, edit: Event, places: list[Place]) -> list[Place]:
    """The new plan, if nobody has edited it."""
    later = Event.objects.filter(project=project, verb__in=EDITS, pk__gt=edit.pk)
    if any(not event.data.get("undone") for event in later if event.verb != "edit_undone"):
        raise LostRace(_("The new scenes have been edited since, so the earlier plan cannot come back."))
    return places


def last_edit(project: Project) -> Event | None:
    """The newest edit of scenes that can be taken back."""
    edits = Event.objects.filter(project=project, verb__in=EDITS).order_by("-pk")[:20]
    return next((edit for edit in edits if edit.verb != "edit_undone" and not edit.data.get("undone")), None)
