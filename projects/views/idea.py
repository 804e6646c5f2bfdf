"""The idea that a film is made from: its words, its pictures, and the music that is made for it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from projects.models import Idea, Project
from projects.views.answers import pulse_answer
from projects.views.finding import owned_project
from projects.views.music import COMPOSING, music_live, music_mark, music_page


@require_safe
@never_cache
def idea(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole; a poll replaces a line and the steps, and loads it anew when other music is there."""
    return music_page(request, _found(request, code))


def _found(request: HttpRequest, code: UUID) -> Project:
    project = owned_project(request.user, code)
    if project.song_led or not Idea.objects.filter(project=project).exists():
        raise Http404
    return project


@require_GET
@never_cache
def idea_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; the page anew once the music that it waits for is there."""
    project = _found(request, code)
    anew = mark == COMPOSING and music_mark(project) != COMPOSING
    return pulse_answer(request, music_live(project, "idea-pulse"), project, anew)
