"""A film from the command line: the same project, jobs and gates, found again by its song and choices."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from projects.actions.control import resume_project, retry_failed
from projects.actions.create import create_music_video
from projects.models import Asset, Project

LOCAL_EMAIL = "studio@localhost"


def local_owner(email: str = "") -> User:
    """Who owns what the command line makes: the named user, else the first administrator, else a local account.

    Raises User.DoesNotExist for a name nobody has.
    """
    users = get_user_model()
    if email:
        return users.objects.get(email__iexact=email)
    admin = users.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if admin is not None:
        return admin
    owner, made = users.objects.get_or_create(username=LOCAL_EMAIL, defaults={"email": LOCAL_EMAIL, "is_active": False})
    if made:
        owner.set_unusable_password()
        owner.save(update_fields=["password"])
    return owner


def find_or_create_film(asset: Asset, *, by: User, lyrics: str, choices: dict[str, Any]) -> Project:
    """The project of this song, lyrics and choices: the earlier one, set going again, or a new one."""
    fingerprint = _fingerprint(asset, lyrics, choices)
    project = Project.objects.filter(owner=by, fingerprint=fingerprint, trashed_at=None).first()
    if project is None:
        return create_music_video(asset, by=by, lyrics=lyrics, fingerprint=fingerprint, **choices)
    if project.stopped_at is not None:
        resume_project(project, by=by)
    retry_failed(project, by=by)
    project.refresh_from_db()
    return project


def _fingerprint(asset: Asset, lyrics: str, choices: dict[str, Any]) -> str:
    text = json.dumps([asset.sha256, lyrics, choices], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
