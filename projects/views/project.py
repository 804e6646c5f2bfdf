"""One project: how far it is, its scenes, and the finished film."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pipeline.models import Job
from projects.flow.inputs import profile
from projects.flow.status import project_status
from projects.models import Captions, Event, FinalVideo, Rendition
from projects.views import cards
from projects.views.answers import main_rendition, project_context
from projects.views.certificates import certificate_context
from projects.views.finding import owned_project


@require_safe
@never_cache
def project(request: HttpRequest, code: UUID) -> HttpResponse:
    """The project's page, whole; polls replace its live parts."""
    row = owned_project(request.user, code)
    rendition = main_rendition(row)
    status = project_status(row)
    scenes = cards.SceneCards(row, rendition).cards(cards.scenes_of(row))
    context = project_context(row, status, rendition.final) | {
        "rendition": rendition,
        "scenes": scenes,
        "failed_job": Job.objects.filter(project=row, state="failed", dismissed=False).order_by("finished_at").first(),
        "notes": Event.objects.filter(project=row, verb="lyrics_note").values_list("text", flat=True)[:5],
    }
    if rendition.final is not None:
        context |= {"player": player(rendition, rendition.final, scenes), "certificate": certificate_context(rendition.final)}
    return render(request, "projects/project.html", context)


def player(rendition: Rendition, final: FinalVideo, scenes: list[dict[str, Any]]) -> dict[str, Any]:
    """What the player fragment is given. The caption track is off by default where captions are burned in."""
    shape = profile(rendition)
    film, captions = cards.media_url("film", final.code), cards.media_url("captions", final.code)
    burned_in = rendition.captions in (Captions.KARAOKE, Captions.SUBTITLE)
    tracks = [{"url": captions, "lang": "en", "label": _("Lyrics"), "default": not burned_in}] if final.captions_file else []
    downloads = [{"url": f"{film}?download", "label": _("Download the film"), "size_bytes": final.size_bytes}]
    if final.captions_file:
        downloads.append({"url": f"{captions}?download", "label": _("Captions (VTT)"), "size_bytes": None})
    return {
        "code": final.code,
        "video_url": film,
        "poster_url": cards.media_url("poster", final.code),
        "width": shape.width,
        "height": shape.height,
        "tracks": tracks,
        "downloads": downloads,
        "scenes": scenes,
    }
