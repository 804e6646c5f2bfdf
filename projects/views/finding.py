"""Finding a row for its owner: what is not yours does not exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import Http404
from django.shortcuts import get_object_or_404

from projects.models import Project, Scene

User = AbstractBaseUser | AnonymousUser


def owned_project(user: User, code: UUID, *, trashed: bool = False) -> Project:
    """The project of this code, if it is the user's; else Http404. `trashed`: one in the trash as well."""
    rows: Any = Project.objects.filter(owner_id=user.pk, purged_at=None) if trashed else Project.objects.of(user)
    found: Project = get_object_or_404(rows.select_related("transcript", "song__asset"), code=code)
    return found


def owned_scene(user: User, code: UUID) -> Scene:
    """The scene of this code, if its project is the user's; else Http404."""
    scene = Scene.objects.select_related("project", "content").filter(code=code).first()
    if scene is None or scene.project.owner_id != user.pk or scene.project.trashed_at is not None:
        raise Http404
    return scene
