"""The page's one poll."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from projects.views.answers import is_idle, number, polled
from projects.views.finding import owned_project


@require_GET
@never_cache
def project_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read), else what changed. It sets the pace and ends the polling."""
    if is_idle(request, code):
        return HttpResponse(status=204)
    return polled(request, owned_project(request.user, code), number(request.GET.get("since")))
