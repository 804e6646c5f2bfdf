"""Dark or light, kept in a cookie so that the page is right from its first byte."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR_S = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the chosen theme and go back to where the user was."""
    chosen, back = request.POST.get("theme", ""), request.POST.get("next", "/")
    local = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if local else "/")
    if chosen in ("light", "dark"):
        response.set_cookie("theme", chosen, max_age=YEAR_S, secure=request.is_secure(), httponly=True, samesite="Lax")
    return response
