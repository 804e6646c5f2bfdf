"""One project: how far it is, its scenes, and the finished film."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pipeline.providers.local.styles import STYLES
from projects.flow.inputs import profile
from projects.flow.status import project_status
from projects.models import Captions, Event, FinalVideo, Project, Rendition
from projects.views import cards
from projects.views.answers import first_failure, main_rendition, project_context
from projects.views.certificates import certificate_context
from projects.views.finding import owned_project
from projects.views.songs import song_context

MOST_NOTES = 5


@require_safe
@never_cache
def project(request: HttpRequest, code: UUID) -> HttpResponse:
    """The project's page, whole; polls replace its live parts."""
    row = owned_project(request.user, code)
    rendition = main_rendition(row)
    final = rendition.final
    scenes = cards.SceneCards(row, rendition).cards(cards.scenes_of(row))
    context = project_context(row, project_status(row), film=final.version if final else 0, scenes=len(scenes)) | {
        "rendition": rendition,
        "about": about(row, rendition),
        "song": song_context(getattr(row, "song", None)),
        "scenes": scenes,
        "failed_job": first_failure(row),
        "notes": _notes(row),
    }
    if final is not None:
        context |= {
            "final": final,
            "player": player(rendition, final, scenes),
            "certificate": certificate_context(final),
        }
    return render(request, "projects/project.html", context)


def about(project: Project, rendition: Rendition) -> list[Any]:
    """What was chosen, for the line under the title."""
    style = STYLES.get(project.style)
    return [part for part in (rendition.aspect, rendition.resolution, style.label if style else "") if part]


def _notes(project: Project) -> list[str]:
    """What was noticed about the lyrics, each said once however often they were read."""
    texts = (
        Event.objects.filter(project=project, verb__in=("lyrics_note", "idea_note"))
        .order_by("pk")
        .values_list("text", flat=True)
    )
    return list(dict.fromkeys(texts))[:MOST_NOTES]


def player(rendition: Rendition, final: FinalVideo, scenes: list[dict[str, Any]]) -> dict[str, Any]:
    """What the player fragment is given. The caption track is off by default where captions are burned in."""
    shape = profile(rendition)
    film, captions = cards.media_url("film", final.code), cards.media_url("captions", final.code)
    burned_in = rendition.captions in (Captions.KARAOKE, Captions.SUBTITLE)
    tracks = (
        [{"url": captions, "lang": "en", "label": _("Lyrics"), "default": not burned_in}] if final.captions_file else []
    )
    downloads = [{"url": f"{film}?download", "label": _("Download the film"), "size_bytes": final.size_bytes}]
    if final.captions_file:
        downloads.append({"url": f"{captions}?download", "label": _("Captions (VTT)"), "size_bytes": None})
    return {
        "code": final.code,
        "video_url": film,
        "poster_url": cards.media_url("poster", final.code) if final.poster_file else "",
        "aspect": rendition.aspect,
        "width": shape.width,
        "height": shape.height,
        "tracks": tracks,
        "downloads": downloads,
        "scenes": scenes,
    }
