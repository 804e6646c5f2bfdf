"""The page's one poll."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from projects.flow.status import project_status
from projects.models import Project
from projects.views.answers import changes, main_rendition
from projects.views.finding import owned_project

FOREVER = 2**62


@require_GET
@never_cache
def project_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read); else what changed. The server sets the pace and ends the polling."""
    since, every = _number(request.GET.get("since")), _number(request.GET.get("every"))
    row = Project.objects.of(request.user).filter(code=code).only("pk", "rev", "updated_at").first()
    if row is not None and row.rev == since and every:
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    status = project_status(project)
    if _needs_whole_page(request, project, busy=status.busy):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return changes(request, project, since)


def _needs_whole_page(request: HttpRequest, project: Project, *, busy: bool) -> bool:
    """A poll never puts a player or new cards into a page: for the first film, and for other scenes, it is loaded anew."""
    film = main_rendition(project).final
    first_film = film is not None and not busy and _number(request.GET.get("film")) == 0
    return first_film or ("scenes" in request.GET and project.scenes.count() != _number(request.GET["scenes"]))


def _number(text: str | None) -> int:
    """A whole number from a query string; 0 for anything else."""
    return min(int(text), FOREVER) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
