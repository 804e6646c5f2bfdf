"""The page's one poll."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from projects.models import Project
from projects.views.answers import SLOW_S, is_slow, number, polled
from projects.views.finding import owned_project


@require_GET
@never_cache
def project_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read), else what changed. It sets the pace and ends the polling."""
    since, every_s = number(request.GET.get("since")), number(request.GET.get("every"))
    row = Project.objects.of(request.user).filter(code=code).only("pk", "rev", "updated_at").first()
    if row is not None and row.rev == since and every_s and (every_s == SLOW_S or not is_slow(row)):
        return HttpResponse(status=204)
    return polled(request, owned_project(request.user, code), since)
