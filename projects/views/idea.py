"""The idea that a film is made from: its words, its pictures, and the music that is made for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.media.run import MediaError
from projects.actions import music
from projects.actions.create import MusicWish
from projects.actions.upload import save_song
from projects.flow import beds
from projects.flow.status import project_status
from projects.forms import MUSIC_MOODS, SONG_ACCEPT
from projects.models import Idea, Project, Soundtrack
from projects.states import IllegalMove, LostRace
from projects.views.answers import first_failure, number, project_context, pulse_answer
from projects.views.cards import media_url
from projects.views.finding import owned_project
from projects.views.songs import song_context

COMPOSING = "composing"


@require_safe
@never_cache
def idea(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole; a poll replaces a line and the steps, and loads it anew when other music is there."""
    return _page(request, _found(request, code))


def _found(request: HttpRequest, code: UUID) -> Project:
    project = owned_project(request.user, code)
    if project.song_led or not Idea.objects.filter(project=project).exists():
        raise Http404
    return project


def _page(request: HttpRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _live(project)
    track = Soundtrack.objects.select_related("asset").get(project=project)
    song = beds.standing_song(project)
    context |= {
        "idea": project.idea,
        "references": project.references.select_related("asset"),
        "track": track,
        "mood_label": MUSIC_MOODS.get(beds.bed_mood(project, track), ""),
        "moods": MUSIC_MOODS.items(),
        "accept": SONG_ACCEPT,
        "song": song_context(song),
        "audio_url": media_url("song", song.asset.code) if song is not None else "",
        "failed_job": first_failure(project),
    }
    return render(request, "projects/idea.html", context | more, status=status)


def _live(project: Project) -> dict[str, Any]:
    context = project_context(project, project_status(project), film=0, scenes=project.scenes.count())
    context["pulse"]["url"] = reverse("idea-pulse", args=[project.code, _mark(project)])
    return context | {"here": "song"}


def _mark(project: Project) -> str:
    """Which music the page shows."""
    song = beds.standing_song(project)
    return str(song.asset.code) if song is not None else COMPOSING


@require_GET
@never_cache
def idea_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; the page anew once the music that it waits for is there."""
    project = _found(request, code)
    return pulse_answer(request, _live(project), project, mark == COMPOSING and _mark(project) != COMPOSING)


@require_POST
def idea_music(request: HttpRequest, code: UUID) -> HttpResponse:
    """Other music: composed again, in another mood, one's own, or none."""
    project = _found(request, code)
    by: Any = request.user
    try:
        if "again" in request.POST:
            music.other_music(project, by=by, seen_take=number(request.POST.get("again")))
        else:
            music.set_music(project, _wish(request, by), by=by)
    except (IllegalMove, MediaError) as error:
        return _page(request, project, status=422, refusal=str(error))
    except LostRace as error:
        return _page(request, owned_project(request.user, code), status=409, refusal=str(error))
    messages.success(request, _("The film is made on this music."))
    return redirect("idea", code=code)


def _wish(request: HttpRequest, by: Any) -> MusicWish:
    upload = request.FILES.get("music_file")
    source = request.POST.get("music", "")
    if upload is not None:
        asset, _probe = save_song(upload, upload.name or "", by=by)
        return MusicWish(Soundtrack.Source.UPLOAD, "", asset)
    if source == Soundtrack.Source.UPLOAD:
        raise IllegalMove(_("Choose the music that you want to use."))
    return MusicWish(source, request.POST.get("mood", "") if source == Soundtrack.Source.COMPOSE else "")
