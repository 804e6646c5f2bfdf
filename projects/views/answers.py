"""The one response shape: a poll and every action answer with what changed, all out of band."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from pipeline.models import Job
from projects.flow.status import Status, project_status, unanswered
from projects.models import Project, Rendition
from projects.views import cards
from projects.views.money import money_context

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


def is_idle(request: HttpRequest, code: UUID) -> bool:
    """Whether a poll has nothing to hear: the project is as its page saw it, which asks at the right pace. One indexed
    read.
    """
    since, every_s = number(request.GET.get("since")), number(request.GET.get("every"))
    row = Project.objects.of(request.user).filter(code=code).only("pk", "rev", "updated_at").first()
    return row is not None and row.rev == since and every_s > 0 and (every_s == SLOW_S or not is_slow(row))


def is_unchanged(request: HttpRequest, code: UUID) -> bool:
    """As `is_idle`, for a poll whose pace is not its answer's business."""
    row = Project.objects.of(request.user).filter(code=code).only("pk", "rev").first()
    return row is not None and row.rev == number(request.GET.get("since"))


def load_anew() -> HttpResponse:
    """The answer to a poll whose page cannot be mended by parts: it is loaded as a whole."""
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def pulse_answer(request: HttpRequest, context: dict[str, Any], project: Project, anew: bool) -> HttpResponse:
    """What the poll of a page that begins a film gets; the page anew (`anew`) once what it waits for is there."""
    same_pace = context["pulse"]["every_s"] == number(request.GET.get("every"))
    if project.rev == number(request.GET.get("since")) and same_pace:
        return HttpResponse(status=204)
    if anew:
        return load_anew()
    return render(request, "projects/_idea_changes.html", context | {"oob": True})


def number(text: str | None) -> int:
    """A whole number from a query string or a form; 0 for anything else."""
    return min(int(text), MOST) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def heard_rev(request: HttpRequest, project: Project) -> int:
    """The revision up to which the page that asks has heard everything; where it says nothing, as it was found.

    Buttons carry it as polls do (js/app.js): an answer moves the page's cursor to the revision now, so what changed
    between its last poll and the press has to come with it, or never comes.
    """
    said = request.headers.get("Omvee-Since", "")
    return min(number(said), project.rev) if said else project.rev


def shown_film(request: HttpRequest) -> int:
    """The version of the film in the page that asks; 0 where it shows none. Polls and buttons carry it along."""
    return number(request.POST.get("film") or request.GET.get("film"))


def main_rendition(project: Project) -> Rendition:
    return project.renditions.select_related("final").order_by("pk")[0]


def project_context(project: Project, status: Status, *, film: int, scenes: int) -> dict[str, Any]:
    """What every fragment of the project's page is given.

    `film` is the version that this page shows, 0 for none, `scenes` the number of scenes there are.
    """
    return {
        "project": project,
        "status": status,
        "stepper": cards.stepper(project, status),
        "code": project.code,
        "money": money_context(project),
        "pulse": {
            "since": project.rev,
            "every_s": pace(project, status),
            "url": reverse("project-pulse", args=[project.code]),
            "busy": status.busy,
            "done": status.done,
            "total": status.total,
            "message": status.message,
            "eta_s": status.eta_s,
            "waits_at": cards.where_it_waits(project, status),
            "film": film,
            "scenes": scenes,
        },
    }


def polled(request: HttpRequest, project: Project, since: int) -> HttpResponse:
    """The answer to a poll: what changed after revision `since`, or word to load the page anew.

    A poll never puts a player or new cards into a page, so a first film or other scenes need the page as a whole.
    """
    status, rendition, scenes = project_status(project), main_rendition(project), project.scenes.count()
    first_film = rendition.final is not None and not status.busy and shown_film(request) == 0
    if first_film or ("scenes" in request.GET and scenes != number(request.GET["scenes"])):
        return load_anew()
    return _changes(request, project, status, rendition, since=since, scenes=scenes)


def acted(request: HttpRequest, project: Project, toast: str) -> HttpResponse:
    """The answer to an action: what changed for a script, the page again for a browser without one."""
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return redirect("project", code=project.code)
    since = heard_rev(request, project)  # as it was found, before the action
    project.refresh_from_db()
    status, rendition, scenes = project_status(project), main_rendition(project), project.scenes.count()
    response = _changes(request, project, status, rendition, since=since, scenes=scenes)
    response["HX-Trigger"] = json.dumps({"toast": {"text": toast}})
    return response


def _changes(
    request: HttpRequest, project: Project, status: Status, rendition: Rendition, *, since: int, scenes: int
) -> HttpResponse:
    """The one response shape: everything on the project's page that changed after revision `since`."""
    seen = shown_film(request)
    changed = cards.scenes_of(project).filter(rev__gt=since)
    context = project_context(project, status, film=seen, scenes=scenes) | {
        "oob": True,
        "newer_film": newer_film(rendition, seen, busy=status.busy),
        "failed_job": first_failure(project),
        "scenes": cards.SceneCards(project, rendition).cards(changed),
    }
    return render(request, "projects/_changes.html", context)


def newer_film(rendition: Rendition, seen: int, *, busy: bool) -> bool:
    """Whether another version than the one in the page stands now; it is told, never put under who is watching."""
    return bool(seen and rendition.final and rendition.final.version != seen and not busy)


def first_failure(project: Project) -> Job | None:
    """The earliest failure that nobody has answered yet."""
    return unanswered(project).order_by("finished_at").first()
