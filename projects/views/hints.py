"""Putting a hint of the sample project away."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from projects.templatetags.hints import COOKIE, HINTS, put_away

KEPT_S = 365 * 24 * 3600


@require_POST
def hint_dismiss(request: HttpRequest, name: str) -> HttpResponse:
    """Remember it in this browser. A form without a script goes back to its page."""
    if name not in HINTS:
        raise Http404
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        response = HttpResponse()
    else:
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
        response = redirect(back if safe else "projects")
    away = ".".join(sorted({*put_away(request), name}))
    response.set_cookie(
        COOKIE, away, max_age=KEPT_S, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
