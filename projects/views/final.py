"""The finished film: watched, downloaded, made in more shapes, compared with earlier versions, rebuilt."""

from __future__ import annotations

import html
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from projects.actions.final import BEAT_PULSE
from projects.flow import caption_files
from projects.flow.outlook import outlooks
from projects.flow.status import project_status
from projects.flow.versions import Record, records
from projects.models import FinalVideo, Project, Rendition
from projects.views import shapes
from projects.views.answers import first_failure, is_idle, load_anew, number, project_context
from projects.views.certificates import certificate_context
from projects.views.deliverables import soon_gone
from projects.views.film_player import film_context, recorded_scenes
from projects.views.film_work import work
from projects.views.finding import owned_project
from projects.views.media import file_name
from projects.views.versions import again_context, rendition_about, version_rows

NEWEST_VERSIONS = 4
MOST_VERSIONS = 50


@require_safe
@never_cache
def final(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole. `shape` is the code of a rendition, `version` the film to watch, `t` where, in milliseconds."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.GET.get("shape"))
    version = number(request.GET.get("version"))
    film = get_object_or_404(rendition.finals, version=version) if version else rendition.final
    return final_page(request, project, rendition, film, at_ms=number(request.GET.get("t")))


def shown_rendition(project: Project, code: str | None) -> Rendition:
    """The rendition of this code, the first one without a code. Raises Http404 for any other."""
    rows = project.renditions.select_related("final").order_by("pk")
    found = rows.first() if not code else next((row for row in rows if str(row.code) == code), None)
    if found is None:
        raise Http404
    found.project = project
    return found


def final_page(
    request: HttpRequest,
    project: Project,
    rendition: Rendition,
    film: FinalVideo | None,
    *,
    status: int = 200,
    at_ms: int = 0,
    **more: Any,
) -> HttpResponse:
    """The page with `more` in its context: why something was refused, a form with its errors."""
    context = live_context(project, rendition, film.version if film else 0) | {
        "film": film,
        "versions": version_rows(rendition, film, most=NEWEST_VERSIONS),
        "more_versions": max(0, rendition.finals.count() - NEWEST_VERSIONS),
        "add": shapes.add_context(project, rendition, more.pop("add_form", None)),
        "shape": shapes.shape_context(project, rendition, BEAT_PULSE),
    }
    if film is not None:
        context |= {
            "player": film_context(rendition, film, at_ms),
            "certificate": certificate_context(film),
            "soon_gone": soon_gone(project),
        }
    return render(request, "projects/final.html", context | more, status=status)


def live_context(project: Project, rendition: Rendition, film: int) -> dict[str, Any]:
    """What every fragment of the page is given. `film` is the version in the page, 0 for none."""
    now = project_status(project)
    context = project_context(project, now, film=film, scenes=project.scenes.count())
    context["pulse"]["url"] = reverse("final-pulse", args=[project.code, rendition.code])
    found = outlooks(project)
    here = next(item for item in found if item.rendition.pk == rendition.pk)
    return context | {
        "here": "final",
        "rendition": rendition,
        "tabs": shapes.tabs(found, rendition),
        "work": work(project, here, now),
        "news": shapes.news(here, film),
        # what is about to be replaced is not worth refining
        "again": None if here.state == "working" else again_context(rendition),
        "failed_job": first_failure(project),
    }


@require_GET
@never_cache
def final_pulse(request: HttpRequest, code: UUID, shape: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read), else the live parts. A first film needs the page as a whole."""
    if is_idle(request, code):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, str(shape))
    film = number(request.GET.get("film"))
    if not film and rendition.final is not None:
        return load_anew()
    return changes(request, project, rendition, film)


def changes(
    request: HttpRequest, project: Project, rendition: Rendition, film: int, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The live parts, out of band: never the player, never a form that somebody fills in."""
    context = live_context(project, rendition, film) | {"oob": True, "refusal": refusal}
    return render(request, "projects/_final_changes.html", context, status=status)


@require_safe
@never_cache
def final_versions(request: HttpRequest, code: UUID) -> HttpResponse:
    """All versions of a shape, each with what changed since the one before it."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.GET.get("shape"))
    context = live_context(project, rendition, 0) | {
        "about": rendition_about(rendition),
        "versions": version_rows(rendition, None, most=MOST_VERSIONS),
        "older": max(0, rendition.finals.count() - MOST_VERSIONS),
    }
    return render(request, "projects/final_versions.html", context)


def owned_version(request: HttpRequest, code: UUID) -> FinalVideo:
    """The version of this code, if its project is the user's; else Http404."""
    rows = FinalVideo.objects.select_related("rendition__project", "job").filter(
        rendition__project__owner=request.user.pk, rendition__project__trashed_at=None
    )
    return get_object_or_404(rows, code=code)


@require_safe
def final_chapters(request: HttpRequest, code: UUID) -> HttpResponse:
    """A WebVTT track with one chapter per scene of this version."""
    version = owned_version(request, code)
    record = _record(version)
    cues = ["WEBVTT"]
    for scene in recorded_scenes(version.rendition, record):
        times = f"{_clock(scene['start_ms'])} --> {_clock(scene['end_ms'])}"
        cues.append(f"{scene['number']}\n{times}\n{_cue_text(scene)}")
    return _private(HttpResponse("\n\n".join(cues) + "\n", content_type="text/vtt; charset=utf-8"))


@require_safe
def final_captions(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """The words that this version was made with, as a file."""
    version = owned_version(request, code)
    lyrics = _record(version).lyrics
    if kind not in caption_files.KINDS or not lyrics.lines:
        raise Http404
    text = caption_files.caption_text(kind, lyrics, version.rendition)
    response = HttpResponse(text, content_type=f"{caption_files.content_type(kind)}; charset=utf-8")
    name = f"{file_name(version.rendition.project.title) or 'lyrics'}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return _private(response)


def _record(version: FinalVideo) -> Record:
    record = records([version]).get(version.pk)
    if record is None:
        raise Http404
    return record


def _private(response: HttpResponse) -> HttpResponse:
    """A version never changes, but it is its owner's alone."""
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _cue_text(scene: dict[str, Any]) -> str:
    title = _("Scene %(number)s") % {"number": scene["number"]}
    parts = [title, str(scene["section"]), scene["words"]]
    said = " · ".join(part for part in parts if part)
    return html.escape(" ".join(said.split()), quote=False).replace("-->", "→")


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
