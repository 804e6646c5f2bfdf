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
from projects.models import FinalVideo, Project, Rendition
from projects.views import cards

# seconds between two polls by stage, and how they stretch with age (seconds since the last change: pace)
PACES = {"song": 2, "scenes": 2, "images": 5, "clips": 5, "final": 5}
SLOW_AFTER_S, SLOW_S = 600, 10


def pace(project: Project, status: Status) -> int:
    """Seconds until the next poll; 0 when there is nothing to wait for."""
    if not status.busy:
        return 0
    age = (timezone.now() - project.updated_at).total_seconds()
    return SLOW_S if age > SLOW_AFTER_S else PACES[status.stage]


def main_rendition(project: Project) -> Rendition:
    return project.renditions.select_related("final").order_by("pk")[0]


def project_context(project: Project, status: Status, final: FinalVideo | None) -> dict[str, Any]:
    """What every fragment of the project's page is given."""
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
            "film": final.version if final else 0,
            "scenes": project.scenes.count(),
        },
        "final": final,
    }


def changes(request: HttpRequest, project: Project, since: int, toast: str = "") -> HttpResponse:
    """Everything on the project's page that changed after revision `since`."""
    project.refresh_from_db()
    status = project_status(project)
    rendition = main_rendition(project)
    context = project_context(project, status, rendition.final)
    changed = cards.scenes_of(project).filter(rev__gt=since)
    seen = request.GET.get("film", "")
    context |= {"newer_film": bool(rendition.final and seen not in ("", "0", str(rendition.final.version)) and not status.busy)}
    failed = Job.objects.filter(project=project, state=JobState.FAILED, dismissed=False).order_by("finished_at").first()
    context |= {"failed_job": failed, "oob": True, "scenes": cards.SceneCards(project, rendition).cards(changed)}
    response = render(request, "projects/_changes.html", context)
    if toast:
        response["HX-Trigger"] = json.dumps({"toast": {"text": toast}})
    return response


def acted(request: HttpRequest, project: Project, toast: str) -> HttpResponse:
    """The answer to an action: what changed for a script, the page again for a browser without one."""
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return changes(request, project, project.rev, toast)
    return redirect("project", code=project.code)
