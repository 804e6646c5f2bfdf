"""What happens to a request before any view: its id and log line, and the gate for bodies that are too large."""

from __future__ import annotations

import errno
import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from pipeline.logcontext import bind
from projects.templatetags.typed import typed_words

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = logging.getLogger("omvee.request")

# A form around the largest file: boundaries, lyrics, other fields.
FORM_ALLOWANCE_BYTES = 1024 * 1024
# Nobody has shown who they are yet on these pages, and none of them takes a file.
OPEN_PREFIXES = ("/accounts/", "/setup/")
OPEN_LIMIT_BYTES = 256 * 1024
NO_ROOM = ("disk is full", "No space left on device")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_\-]{8,64}")


def request_log(get_response: GetResponse) -> GetResponse:
    """Give the request an id (a proxy's own one is kept), bind it for all log lines, answer it, and write one line.

    Query strings are never logged: they may carry signed links.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with bind(request_id=request_id):
            response = get_response(request)
            response["X-Request-ID"] = request_id
            _write_line(request, response, started)
        return response

    return middleware


def _write_line(request: HttpRequest, response: HttpResponseBase, started: float) -> None:
    # Idle polls and probes every few seconds would bury everything else.
    routine = response.status_code == 204 or request.path in ("/healthz", "/readyz")
    level = logging.DEBUG if routine else logging.INFO
    if not log.isEnabledFor(level):
        return
    duration_ms = round((time.perf_counter() - started) * 1000)
    # `_cached_user` is there only if somebody asked: a log line must not cause a query.
    user = getattr(request, "_cached_user", None)
    with bind(user=getattr(user, "pk", None)):
        log.log(
            level,
            "%s %s %s %d ms",
            request.method,
            request.path,
            response.status_code,
            duration_ms,
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": duration_ms,
            },
        )


def body_gate(get_response: GetResponse) -> GetResponse:
    """Refuse a body that is too large, or of unstated length, before anything reads it.

    CSRF protection reads `request.POST`, which would write a file of any size to the temporary folder first.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        limit = _limit_bytes(request.path)
        stated = str(request.META.get("CONTENT_LENGTH") or "0")
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            return _refused(request, 411, _("The upload must state its size. Please send it again from the page."))
        if not (stated.isascii() and stated.isdigit() and len(stated) < 19):
            return _refused(request, 400, _("The request states a size that is not a number."))
        if int(stated) > limit:
            megabytes = settings.OMVEE_MAX_UPLOAD_BYTES // (1024 * 1024)
            return _refused(
                request,
                413,
                _("This upload is too large. Files of up to %(size)s MB are accepted.") % {"size": megabytes},
            )
        return get_response(request)

    return middleware


def _limit_bytes(path: str) -> int:
    if path.startswith(OPEN_PREFIXES):
        return OPEN_LIMIT_BYTES
    return int(settings.OMVEE_MAX_UPLOAD_BYTES) + FORM_ALLOWANCE_BYTES


def wants_json(request: HttpRequest) -> bool:
    """True for programs, `fetch` and htmx; false for a person whose browser asks for a page."""
    return "HX-Request" in request.headers or not request.accepts("text/html") or request.path.startswith("/api/")


class SignInFirst(LoginRequiredMiddleware):
    """Sends strangers to the login page, and back to a page afterwards, never to an address that only takes forms.

    Whoever was signed out while filling in a form is shown what they had typed.
    """

    def handle_no_permission(  # type: ignore[override]  # a page is as good an answer as a redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") or wants_json(request):
            return super().handle_no_permission(request, view_func)
        login_url = str(self.get_login_url(view_func))
        to_login = redirect_to_login(_page_before(request), login_url, self.get_redirect_field_name(view_func))
        # With the end of a session, in time or in another tab, its cookie goes; that of the forms' token stays.
        was_here = not {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}.isdisjoint(request.COOKIES)
        if was_here and typed_words(request):
            return render(request, "signed_out.html", {"login_url": to_login.url}, status=403)
        return to_login


class FullDisk:
    """Says that the disk takes no more where that is why something could not be saved, and shows what was typed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """507 with a sentence; None for any other error."""
        if not _is_full(error):
            return None
        log.error("The disk is full", exc_info=error)
        said = str(_("The disk of this server is full, so nothing was saved. Free some space, and try again."))
        if "HX-Request" in request.headers:
            toast = json.dumps({"toast": {"text": said, "level": "bad"}})
            return HttpResponse(status=507, headers={"HX-Trigger": toast})
        if wants_json(request):
            return JsonResponse({"error": said}, status=507)
        return render(request, "refused.html", {"message": said, "status": 507}, status=507)


def _is_full(error: BaseException | None) -> bool:
    """Whether a full disk is the error, or what led to it. Databases say it in their own words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, DatabaseError) and any(words in str(error) for words in NO_ROOM):
            return True
        error = error.__cause__ or error.__context__
    return False


def _page_before(request: HttpRequest) -> str:
    """The page of ours that a form was sent from; "/" where the browser does not say."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path


def _refused(request: HttpRequest, status: int, message: str) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": message}, status=status)
    else:
        response = HttpResponse(render_to_string("refused.html", {"message": message, "status": status}), status=status)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response
