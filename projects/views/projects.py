"""All projects of a user."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from projects.models import Project
from projects.views.cards import project_cards

PAGE_SIZE = 24
MOST_TRASHED = 50


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    """Cards of the user's projects, the newest first; while one works, the page looks again by itself."""
    rows = Project.objects.of(request.user).select_related("song__asset").prefetch_related("renditions")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    cards = project_cards(list(page.object_list))
    busy = any(card["state"] == "running" for card in cards)
    context = {"cards": cards, "page": page, "busy": busy}
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return render(request, "projects/_projects.html", {**context, "oob": True})
    trash = Project.objects.trash_of(request.user).only("code", "title", "trashed_at")[:MOST_TRASHED]
    return render(
        request, "projects/projects.html", {**context, "trash": trash, "keep_days": settings.OMVEE_KEEP_TRASH_DAYS}
    )
