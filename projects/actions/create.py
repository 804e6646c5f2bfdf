"""Beginning a project."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.lyrics import read_lyrics
from pipeline.providers.local.styles import DEFAULT_STYLE, STYLES
from projects import flow
from projects.models import Aspect, Asset, Captions, Event, Project, Rendition, Resolution, Song
from projects.states import IllegalMove


def create_music_video(
    asset: Asset,
    *,
    by: User,
    title: str,
    artist: str = "",
    style: str = DEFAULT_STYLE,
    aspect: str = Aspect.WIDE,
    resolution: str = Resolution.P1080,
    captions: str = Captions.KARAOKE,
    lyrics: str = "",
    lyrics_name: str = "",
    instrumental: bool = False,
    **fields: Any,
) -> Project:
    """A project for a song, its first rendition, and its first job. Raises IllegalMove or MediaError in words.

    `fields` are further fields of Project (fingerprint, seed, autopilot).
    """
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    if lyrics.strip():
        read_lyrics(lyrics, name=lyrics_name)  # lyrics that cannot be read are refused now, not in a job later
    with transaction.atomic():
        project = Project.objects.create(
            owner=by, title=title.strip()[:200], artist=artist.strip()[:200], style=style, **fields
        )
        Rendition.objects.create(project=project, aspect=aspect, resolution=resolution, captions=captions)
        Song.objects.create(
            project=project, asset=asset, lyrics_text=lyrics, lyrics_name=lyrics_name[:255], instrumental=instrumental
        )
        Event.objects.create(project=project, verb="created", by=by)
        flow.advance(flow.lock(project.pk))
    return project
