"""A film from the command line: the same project, jobs and gates, found again by its song and choices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction

from pipeline.ads.values import Template
from projects.actions.ads import AdWish, create_ad
from projects.actions.control import resume_project, retry_failed
from projects.actions.create import MusicWish, create_music_video, create_prompt_video
from projects.actions.ideas import checked_idea
from projects.models import Asset, Project, Reference

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
    fingerprint = _fingerprint([asset.sha256, lyrics, choices])
    with _earlier(by, fingerprint) as project:
        if project is None:
            return create_music_video(asset, by=by, lyrics=lyrics, fingerprint=fingerprint, **choices)
        return _going_on(project, by)


def find_or_create_idea_film(
    text: str, *, by: User, music: MusicWish, references: Sequence[Reference], choices: dict[str, Any]
) -> Project:
    """As `find_or_create_film`, for an idea: the same words, music, pictures and choices are the same film."""
    pictures = [reference.asset.sha256 for reference in references]
    heard = [music.source, music.mood, music.asset.sha256 if music.asset else ""]
    fingerprint = _fingerprint(["idea", checked_idea(text), heard, pictures, choices])
    with _earlier(by, fingerprint) as project:
        if project is not None:
            return _going_on(project, by)
        return create_prompt_video(text, by=by, music=music, references=references, fingerprint=fingerprint, **choices)


def find_or_create_ad_film(template: Template, wish: AdWish, *, by: User, choices: dict[str, Any]) -> Project:
    """As `find_or_create_film`, for an ad: the same template, brief, brand, pictures and choices are the same film."""
    music = wish.music or MusicWish()
    heard = [music.source, music.mood, music.asset.sha256 if music.asset else ""]
    pictures = [shot.asset.sha256 for shot in wish.shots] + [wish.logo.sha256 if wish.logo else ""]
    brief = wish.brief.model_dump(mode="json")
    whole = ["ad", template.model_dump(mode="json"), brief, list(wish.colors), pictures, heard, choices]
    whole += [wish.grade] if wish.grade else []
    fingerprint = _fingerprint(whole)
    with _earlier(by, fingerprint) as project:
        if project is not None:
            return _going_on(project, by)
        return create_ad(template, wish, by=by, fingerprint=fingerprint, **choices)


@contextmanager
def _earlier(by: User, fingerprint: str) -> Iterator[Project | None]:
    """The project of an earlier call, if there is one; of two calls at the same moment one is the earlier."""
    with transaction.atomic():
        get_user_model().objects.select_for_update(no_key=True).get(pk=by.pk)
        yield Project.objects.filter(owner=by, fingerprint=fingerprint, trashed_at=None).first()


def _going_on(project: Project, by: User) -> Project:
    if project.stopped_at is not None:
        resume_project(project, by=by)
    retry_failed(project, by=by)
    project.refresh_from_db()
    return project


def _fingerprint(parts: list[Any]) -> str:
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
