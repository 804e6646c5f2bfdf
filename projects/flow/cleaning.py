"""Intermediate files: what a project at rest made on its way, and what nothing can show any more, is deleted.

Pictures, clips, films and whatever a version of the film was joined from stay: they are what people chose among, and
what bundles hold. Shots, animatics and drawings are free, and made again by themselves should they be wanted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pipeline.models import Job
from pipeline.states import LIVE
from projects.flow.revision import lock
from projects.flow.versions import records
from projects.models import Animatic, Drawing, FinalVideo, Project, Shot


def clean(limit: int = 1) -> None:
    """Clean projects that have been at rest for their days, once after each change. The ticker calls it."""
    now = timezone.now()
    rests = Project.objects.filter(
        trashed_at=None, updated_at__lt=now - timedelta(days=settings.OMVEE_KEEP_PARTS_DAYS)
    ).filter(Q(cleaned_at=None) | Q(cleaned_at__lt=F("updated_at")))
    for pk, cleaned_at in list(rests.order_by("updated_at").values_list("pk", "cleaned_at")[:limit]):
        # one of all tickers cleans; the mark comes first, so that one that cannot be cleaned does not come every second
        if Project.objects.filter(pk=pk, cleaned_at=cleaned_at).update(cleaned_at=now):
            clean_project(pk)


def clean_project(pk: int) -> int:
    """Delete what a project has no more use for; returns how many files."""
    with transaction.atomic():
        project = lock(pk)
        if Job.objects.filter(project=project, state__in=LIVE).exists():
            return 0
        shots = _superseded_shots(project)
        rows: list[Any] = [*shots, *_superseded(Animatic, project, lambda row: row.aspect)]
        given = _given(project)
        drawings = _superseded(Drawing, project, lambda row: (row.content_id, row.aspect))
        rows += [row for row in drawings if row.sha256 not in given]
        # who brings a scene back finds its shots by their jobs
        Job.objects.filter(code__in=[shot.code for shot in shots]).update(output=None)
        for kind in (Shot, Animatic, Drawing):
            kind._default_manager.filter(pk__in=[row.pk for row in rows if isinstance(row, kind)]).delete()
        keys = {row.file for row in rows} - _named(project)
    for key in keys:  # the rows first: a file that nobody knows is a smaller harm than a row without its file
        default_storage.delete(key)
    return len(keys)


def _superseded_shots(project: Project) -> list[Shot]:
    """Those that are in no version of the film, and are not the newest of their scene and shape."""
    films = FinalVideo.objects.filter(rendition__project=project)
    found = records(films)
    if any(film.pk not in found for film in films):  # what it was joined from is not known any more
        return []
    joined = {shot["file"]["key"] for record in found.values() for shot in record.film.get("shots", [])}
    rows = Shot.objects.filter(scene__project=project).order_by("-pk")
    return [row for row in _older(rows, lambda row: (row.scene_id, row.rendition_id)) if row.file not in joined]


def _given(project: Project) -> set[str]:
    """The SHA-256 of all that models were given beside the words: without its drawing a picture is out of date."""
    asked = Job.objects.filter(project=project, step="generate_image").values_list("input__pictures", flat=True)
    return {picture["file"]["sha256"] for pictures in asked for picture in pictures or ()}


def _superseded(kind: type[Animatic] | type[Drawing], project: Project, of: Callable[[Any], Any]) -> list[Any]:
    return _older(kind._default_manager.filter(project=project).order_by("-pk"), of)


def _older(rows: Iterable[Any], of: Callable[[Any], Any]) -> list[Any]:
    """All but the first of each kind."""
    seen: set[Any] = set()
    older: list[Any] = []
    for row in rows:
        if of(row) in seen:
            older.append(row)
        seen.add(of(row))
    return older


def _named(project: Project) -> set[str]:
    """The files that rows still name: two recipes may have come to the same one."""
    shots = Shot.objects.filter(scene__project=project).values_list("file", flat=True)
    animatics = Animatic.objects.filter(project=project).values_list("file", flat=True)
    return {*shots, *animatics, *Drawing.objects.filter(project=project).values_list("file", flat=True)}
