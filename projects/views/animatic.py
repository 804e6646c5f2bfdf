"""The animatic: asked for with one press, shown in a player that no poll touches."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.actions.animatic import make_animatic
from projects.views.acts import act
from projects.views.answers import heard_rev, load_anew, main_rendition
from projects.views.finding import owned_project
from projects.views.review_cards import IMAGE
from projects.views.reviews import Desk
from projects.views.scenes import changes


@act
def animatic_make(request: HttpRequest, code: UUID) -> HttpResponse:
    """Begin to make it, in the shape that the form names, and tell how far it is."""
    project = owned_project(request.user, code)
    by: Any = request.user
    aspect = request.POST.get("aspect") or main_rendition(project).aspect
    made = make_animatic(project, aspect, by=by)
    toast = _("Making the animatic.") if made else _("It is up to date already.")
    page = request.POST.get("page")
    images = page == "images"
    if page == "references":
        if request.htmx:  # type: ignore[attr-defined]  # django-htmx
            return load_anew()
        return redirect("references", code=code)
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
        url = f"{reverse('images', args=[project.code])}?{urlencode({'aspect': aspect})}" if images else ""
        return redirect((url or reverse("scenes", args=[project.code])) + "#animatic")
    if not images:
        return changes(request, project, toast=toast)
    since = heard_rev(request, project)
    project.refresh_from_db()
    response = Desk(request, project, IMAGE, aspect).changes(since)
    response["HX-Trigger"] = json.dumps({"toast": {"text": toast}})
    return response
