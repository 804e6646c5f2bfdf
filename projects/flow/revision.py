"""The row lock that every change takes first, and the counter that every visible change raises."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from projects.models import Project, Scene


def lock(project_id: int) -> Project:
    """The project, locked until the transaction ends: always the first lock. Raises Project.DoesNotExist."""
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


def touch(project: Project, scenes: Iterable[int] = ()) -> int:
    """Raise the revision, and stamp it on the scenes (primary keys) that changed with it; returns the new revision.

    Runs under the project's lock, so no page is ever given a revision that is lower than one it has seen.
    """
    Project.objects.filter(pk=project.pk).update(rev=F("rev") + 1, updated_at=timezone.now())
    project.refresh_from_db(fields=["rev", "updated_at"])
    changed = list(scenes)
    if changed:
        Scene.objects.filter(pk__in=changed).update(rev=project.rev)
    return project.rev
