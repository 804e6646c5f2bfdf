"""What buttons do. Each finds the row for its owner, calls one action, and answers with what changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.actions import control
from projects.states import IllegalMove, LostRace
from projects.views.answers import acted
from projects.views.cards import STAGE_PAGES
from projects.views.finding import owned_project, owned_scene
from projects.views.rehearsals import sure_page

View = Callable[[HttpRequest, UUID], HttpResponse]


def act(view: View) -> View:
    """POST only; what is impossible or has changed meanwhile is told in words, as a 409."""

    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, code: UUID) -> HttpResponse:
        try:
            return view(request, code)
        except (IllegalMove, LostRace) as error:
            if request.htmx:  # type: ignore[attr-defined]  # django-htmx
                return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
            return render(request, "refused.html", {"message": str(error), "status": 409}, status=409)

    return wrapped


@act
def project_stop(request: HttpRequest, code: UUID) -> HttpResponse:
    project = owned_project(request.user, code)
    control.stop_project(project, by=_user(request))
    return acted(request, project, _("Canceled. What was made is kept."))


@act
def project_resume(request: HttpRequest, code: UUID) -> HttpResponse:
    project = owned_project(request.user, code)
    control.resume_project(project, by=_user(request))
    return acted(request, project, _("Going on."))


@act
def project_retry(request: HttpRequest, code: UUID) -> HttpResponse:
    project = owned_project(request.user, code)
    control.retry_failed(project, by=_user(request))
    back = request.POST.get("back", "")
    if back in (*STAGE_PAGES, "costs"):
        return redirect(back, code=project.code)
    return acted(request, project, _("Trying again."))


@act
def project_trash(request: HttpRequest, code: UUID) -> HttpResponse:
    project = owned_project(request.user, code)
    control.trash_project(project, by=_user(request))
    said = _("“%(title)s” is in the trash, below; from there you can bring it back.")
    messages.success(request, said % {"title": project.title})
    return redirect("projects")


@act
def project_restore(request: HttpRequest, code: UUID) -> HttpResponse:
    project = owned_project(request.user, code, trashed=True)
    control.restore_project(project, by=_user(request))
    messages.success(request, _("It is back, with all it had."))
    return redirect("project", code=project.code)


@act
def project_purge(request: HttpRequest, code: UUID) -> HttpResponse:
    """Asks first; `sure` is what the page that asks sends."""
    project = owned_project(request.user, code, trashed=True)
    if "sure" not in request.POST and project.trashed_at is not None:
        text = _("Its pictures, clips and films are deleted, and so are the uploads that no other project uses.")
        question = _("Delete “%(title)s” for good?") % {"title": project.title}
        return sure_page(request, project, question, text, [], reverse("projects"))
    control.purge_project(project, by=_user(request))
    messages.success(request, _("“%(title)s” is deleted for good.") % {"title": project.title})
    return redirect("projects")


@act
def scene_retry(request: HttpRequest, code: UUID) -> HttpResponse:
    scene = owned_scene(request.user, code)
    control.retry_failed(scene.project, by=_user(request), scene=scene)
    return acted(request, scene.project, _("Trying again."))


@act
def scene_skip(request: HttpRequest, code: UUID) -> HttpResponse:
    scene = owned_scene(request.user, code)
    control.skip_scene(scene, by=_user(request))
    return acted(request, scene.project, _("Skipped. Its neighbor is held a little longer."))


@act
def scene_unskip(request: HttpRequest, code: UUID) -> HttpResponse:
    scene = owned_scene(request.user, code)
    control.unskip_scene(scene, by=_user(request))
    return acted(request, scene.project, _("The scene is back."))


def _user(request: HttpRequest) -> Any:
    return request.user
