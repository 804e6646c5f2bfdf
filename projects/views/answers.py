"""The one response shape: a poll and every action answer with what changed, all out of band."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from pipeline.models import Job
from pipeline.states import JobState
from projects.flow.status import Status, project_status
from projects.models import Project, Rendition
from projects.views import cards

# seconds between two polls by stage; where nothing has changed for long, the page asks less often
PACES = {"song": 2, "scenes": 2, "images": 5, "clips": 10, "final": 10}
SLOW_AFTER_S, SLOW_S = 600, 30
MOST = 2**62


def pace(project: Project, status: Status) -> int:
    """Seconds until the next poll; 0 when there is nothing to wait for."""
    if not status.busy:
        return 0
    return SLOW_S if is_slow(project) else PACES[status.stage]


def is_slow(project: Project) -> bool:
    """Whether nothing has changed for so long that the page may look less often."""
    return (timezone.now() - project.updated_at).total_seconds() > SLOW_AFTER_S


def number(text: str | None) -> int:
    """A whole number from a query string or a form; 0 for anything else."""
    return min(int(text), MOST) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def shown_film(request: HttpRequest) -> int:
    """The version of the film in the page that asks; 0 where it shows none. Polls and buttons carry it along."""
    return number(request.POST.get("film") or request.GET.get("film"))


def main_rendition(project: Project) -> Rendition:
    return project.renditions.select_related("final").order_by("pk")[0]


def project_context(project: Project, status: Status, *, film: int) -> dict[str, Any]:
    """What every fragment of the project's page is given; `film` is the version that this page shows, 0 for none."""
    return {
        "project": project,
        "status": status,
        "stepper": cards.stepper(project, status),
        "code": project.code,
        "pulse": {
            "since": project.rev,
            "every_s": pace(project, status),
            "url": reverse("project-pulse", args=[project.code]),
            "busy": status.busy,
            "done": status.done,
            "total": status.total,
            "message": status.message,
            "eta_s": status.eta_s,
            "film": film,
            "scenes": project.scenes.count(),
        },
    }


def changes(request: HttpRequest, project: Project, since: int, toast: str = "") -> HttpResponse:
    """Everything on the project's page that changed after revision `since`."""
    project.refresh_from_db()
    status = project_status(project)
    rendition = main_rendition(project)
    seen = shown_film(request)
    changed = cards.scenes_of(project).filter(rev__gt=since)
    context = project_context(project, status, film=seen) | {
        "oob": True,
        "newer_film": newer_film(rendition, seen, busy=status.busy),
        "failed_job": first_failure(project),
        "scenes": cards.SceneCards(project, rendition).cards(changed),
    }
    response = render(request, "projects/_changes.html", context)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": {"text": toast}})
    return response


def newer_film(rendition: Rendition, seen: int, *, busy: bool) -> bool:
    """Whether another version than the one in the page stands now; it is told, never put under who is watching."""
    return bool(seen and rendition.final and rendition.final.version != seen and not busy)


def first_failure(project: Project) -> Job | None:
    """The earliest failure that nobody has answered yet."""
    return Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False).order_by("finished_at").first()


def acted(request: HttpRequest, project: Project, toast: str) -> HttpResponse:
    """The answer to an action: what changed for a script, the page again for a browser without one."""
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return changes(request, project, project.rev, toast)
    return redirect("project", code=project.code)
