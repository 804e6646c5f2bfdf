"""The page's one poll."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from projects.flow.status import project_status
from projects.models import Project
from projects.views.answers import SLOW_S, changes, is_slow, main_rendition, number, shown_film
from projects.views.finding import owned_project


@require_GET
@never_cache
def project_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read), else what changed. It sets the pace and ends the polling."""
    since, every_s = number(request.GET.get("since")), number(request.GET.get("every"))
    row = Project.objects.of(request.user).filter(code=code).only("pk", "rev", "updated_at").first()
    if row is not None and row.rev == since and every_s and (every_s == SLOW_S or not is_slow(row)):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    status = project_status(project)
    if _needs_whole_page(request, project, busy=status.busy):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return changes(request, project, since)


def _needs_whole_page(request: HttpRequest, project: Project, *, busy: bool) -> bool:
    """A poll never puts a player or new cards into a page: for a first film or other scenes it is loaded anew."""
    film = main_rendition(project).final
    first_film = film is not None and not busy and shown_film(request) == 0
    return first_film or ("scenes" in request.GET and project.scenes.count() != number(request.GET["scenes"]))
