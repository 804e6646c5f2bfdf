"""Beginning a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.media.audio.synth.beds import BED_MOODS
from pipeline.media.audio.trimming import SHORT_MS, too_short
from pipeline.media.lyrics import read_lyrics
from pipeline.providers.local.styles import DEFAULT_STYLE, STYLES
from projects import flow
from projects.actions.ideas import DEFAULT_SECONDS, MAX_REFERENCES, check_seconds, checked_idea, title_of
from projects.models import (
    FPS,
    Aspect,
    Asset,
    Captions,
    Event,
    Idea,
    Project,
    Reference,
    Rendition,
    Resolution,
    Song,
    Soundtrack,
)
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


@dataclass(frozen=True)
class MusicWish:
    """The music of a film without a song. `mood` "" is as the words suggest; `asset` is the piece for "upload"."""

    source: str = Soundtrack.Source.COMPOSE
    mood: str = ""
    asset: Asset | None = None


def create_prompt_video(
    text: str,
    *,
    by: User,
    seconds: int = DEFAULT_SECONDS,
    title: str = "",
    style: str = DEFAULT_STYLE,
    aspect: str = Aspect.WIDE,
    resolution: str = Resolution.P1080,
    narration: bool = True,
    title_card: bool = False,
    music: MusicWish | None = None,
    references: Sequence[Reference] = (),
    guided: bool = False,
    **fields: Any,
) -> Project:
    """A project for an idea, its first rendition, and its first jobs. Raises IllegalMove in words.

    `references` are unsaved rows, in order; `fields` are further fields of Project.
    """
    idea = checked_idea(text)
    music = music or MusicWish()
    check_seconds(seconds, idea)
    check_music(music, seconds * 1000)
    if style not in STYLES:
        raise IllegalMove(_("There is no style called “%(style)s”.") % {"style": style})
    if len(references) > MAX_REFERENCES:
        raise IllegalMove(_("At most %(count)s reference pictures, please.") % {"count": MAX_REFERENCES})
    captions = Captions.SUBTITLE if narration else Captions.TITLE if title_card else Captions.NONE
    with transaction.atomic():
        project = Project.objects.create(
            owner=by,
            kind=Project.Kind.PROMPT_VIDEO,
            title=title.strip()[:200] or title_of(idea),
            style=style,
            length_frames=seconds * FPS,
            **fields,
        )
        Rendition.objects.create(project=project, aspect=aspect, resolution=resolution, captions=captions)
        Idea.objects.create(
            project=project, text=idea, narration=narration, title_card=title_card and narration, guided=guided
        )
        Soundtrack.objects.create(project=project, source=music.source, mood=music.mood, asset=music.asset)
        for position, reference in enumerate(references, 1):
            reference.project, reference.position = project, position
            reference.save()
        Event.objects.create(project=project, verb="created", by=by)
        flow.advance(flow.lock(project.pk))
    return project


def check_music(music: MusicWish, film_ms: int) -> None:
    """Raises IllegalMove for a wish that cannot be met: an unknown mood, a piece that ends before the film."""
    if music.source not in Soundtrack.Source.values or (music.mood and music.mood not in BED_MOODS):
        raise IllegalMove(_("There is no such music."))
    if music.source != Soundtrack.Source.UPLOAD:
        return
    if music.asset is None:
        raise IllegalMove(_("Choose the music that you want to use."))
    length_ms = music.asset.duration_ms or 0
    if length_ms < film_ms - SHORT_MS:
        raise IllegalMove(too_short(length_ms, film_ms))
