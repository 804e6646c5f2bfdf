"""The scenes of a film: a list and a timeline, edited with what becomes stale shown before it is saved."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from projects.flow.status import project_status
from projects.models import Project, Rendition, Scene
from projects.views import scene_rows
from projects.views.animatics import animatic_context, animatic_pace
from projects.views.answers import first_failure, heard_rev, is_idle, load_anew, main_rendition, number, project_context
from projects.views.finding import owned_project, owned_scene


@require_safe
@never_cache
def scenes(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole. A script asks for the list alone, after an edit here or in another tab."""
    project = owned_project(request.user, code)
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return work(request, project)
    return scenes_page(request, project)


def scenes_page(
    request: HttpRequest,
    project: Project,
    *,
    status: int = 200,
    editor: dict[str, Any] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """The page; with an open editor, or with the reason why an edit was refused, for a browser without a script."""
    rendition = main_rendition(project)
    context = scene_rows.work_context(project, rendition)
    context |= live_context(project, rendition, context["work_mark"], len(context["rows"]))
    context |= {
        "here": "scenes",
        "failed_job": first_failure(project),
        "timeline": scene_rows.timeline_context(getattr(project, "song", None)),
        "cuts": scene_rows.cut_marks(context["rows"], context["total_frames"]),
        "editor": editor,
        "refusal": refusal,
    }
    return render(request, "projects/scenes.html", context, status=status)


def work(request: HttpRequest, project: Project, *, toast: dict[str, Any] | None = None) -> HttpResponse:
    """The list of scenes, for a script that puts it into the page."""
    response = render(request, "projects/_scenes_work.html", scene_rows.work_context(project, main_rendition(project)))
    if toast is not None:
        # Undo in a toast is pressed outside of this page's script, which hears of it by the event
        response["HX-Trigger"] = json.dumps({"toast": toast, "scenes-changed": {}})
    return response


def live_context(project: Project, rendition: Rendition, mark: str, count: int) -> dict[str, Any]:
    """What the poll keeps up to date."""
    animatic = animatic_context(project, rendition.aspect)
    context = project_context(project, project_status(project), film=0, scenes=count)
    pulse = context["pulse"]
    pulse["url"] = reverse("scenes-pulse", args=[project.code, mark])
    pulse["every_s"] = animatic_pace(animatic, pulse["every_s"])
    return context | {"animatic": animatic, "rendition": rendition}


@require_GET
@never_cache
def scenes_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; else pictures, states and the animatic's progress. Inputs and players stay alone.

    Where the scenes themselves changed (in another tab, or by a plan) it says so, and the page asks for the list.
    """
    if is_idle(request, code):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    if (mark == scene_rows.NO_SCENES) == project.scenes.exists():
        return load_anew()  # the first scenes, or none any more
    return changes(request, project, since=number(request.GET.get("since")), seen=mark)


def changes(
    request: HttpRequest, project: Project, *, since: int | None = None, seen: str = "", toast: str = ""
) -> HttpResponse:
    """What changed on this page after revision `since`, out of band."""
    since = heard_rev(request, project) if since is None else since
    project.refresh_from_db()
    rendition = main_rendition(project)
    context = scene_rows.work_context(project, rendition)
    mark = context["work_mark"]
    changed = set(Scene.objects.filter(project=project, rev__gt=since).values_list("code", flat=True))
    context |= live_context(project, rendition, mark, len(context["rows"])) | {
        "oob": True,
        "here": "scenes",
        "failed_job": first_failure(project),
        "looks": [row for row in context["rows"] if row["code"] in changed],
    }
    response = render(request, "projects/_scenes_changes.html", context)
    told: dict[str, Any] = {"toast": {"text": toast}} if toast else {}
    if seen and seen != mark:
        told["scenes-changed"] = {"mark": mark}
    if told:
        response["HX-Trigger"] = json.dumps(told)
    return response


@require_GET
@never_cache
def scene_editor(request: HttpRequest, code: UUID) -> HttpResponse:
    """One scene's form: the form alone for a script, the page with the form in it for everybody else."""
    scene = owned_scene(request.user, code)
    editor = scene_rows.editor_context(scene)
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return render(request, "projects/_scene_editor.html", {"editor": editor})
    return scenes_page(request, owned_project(request.user, scene.project.code), editor=editor)
