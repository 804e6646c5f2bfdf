"""What the buttons of the film's page do. A script is answered with the live parts, a plain form with the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from projects.actions import control
from projects.actions import final as actions
from projects.actions.verdicts import take_back
from projects.forms import RenditionForm
from projects.models import Event, Project, Rendition, Scene
from projects.states import IllegalMove, LostRace
from projects.views.answers import number, shown_film
from projects.views.final import changes, final_page, owned_version, shown_rendition
from projects.views.finding import owned_project
from projects.views.shapes import final_url
from projects.views.versions import rendition_about

ADDED = gettext_lazy("Added. It is made now, free on this server; you can close this tab.")
ADDED_PRICED = gettext_lazy("Added. What this server makes is made now; what models make waits until you agree to it.")
Returned = TypeVar("Returned")


class Refused(Exception):
    """An action that is not possible, on the page of this rendition. The text is for the user."""

    def __init__(self, rendition: Rendition, words: str) -> None:
        super().__init__(words)
        self.rendition = rendition


def told(view: Callable[[HttpRequest, UUID], HttpResponse]) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """POST only. What is impossible or has changed meanwhile is a 409 with the state that is now, and why."""

    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, code: UUID) -> HttpResponse:
        try:
            return view(request, code)
        except Refused as refused:
            project = owned_project(request.user, refused.rendition.project.code)
            rows = project.renditions.filter(pk=refused.rendition.pk)
            rendition = shown_rendition(project, str(refused.rendition.code) if rows.exists() else None)
            if request.htmx:  # type: ignore[attr-defined]  # django-htmx
                return changes(request, project, rendition, shown_film(request), status=409, refusal=str(refused))
            return final_page(request, project, rendition, rendition.final, status=409, refusal=str(refused))

    return wrapped


def _done(request: HttpRequest, rendition: Rendition, said: str, undo: Event | None = None) -> HttpResponse:
    """The answer to what has worked: the live parts for a script, the page again for a browser without one. The toast
    offers to take `undo` back.
    """
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        project = owned_project(request.user, rendition.project.code)
        fresh = shown_rendition(project, str(rendition.code))
        response = changes(request, project, fresh, shown_film(request))
        told: dict[str, Any] = {"text": said}
        if undo is not None:
            query = urlencode({"shape": rendition.code, "film": shown_film(request)})
            url = f"{reverse('final-undo', args=[project.code])}?{query}"
            told["undo"] = {"url": url, "to": undo.data["token"]}
        response["HX-Trigger"] = json.dumps({"toast": told})
        return response
    messages.success(request, said)
    return redirect(final_url(rendition))


def _try(rendition: Rendition, act: Callable[[], Returned]) -> Returned:
    try:
        return act()
    except (IllegalMove, LostRace) as error:
        raise Refused(rendition, str(error)) from error


@told
def final_rebuild(request: HttpRequest, code: UUID) -> HttpResponse:
    """Render what waits, if the page showed just that."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    seen = request.POST.get("seen", "")
    _try(rendition, lambda: actions.rebuild(project, by=_user(request), seen=seen))
    return _done(request, rendition, _("On its way. You can close this tab: the work goes on."))


@told
def final_keep(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let what is out of date stay as it is, if the page showed just that."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    seen = request.POST.get("seen", "")
    event = _try(rendition, lambda: actions.keep_held(project, by=_user(request), seen=seen))
    return _done(request, rendition, _("Kept as it is. Nothing waits for that any more."), undo=event)


@told
def final_undo(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take back what a toast offered to."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.GET.get("shape"))
    token = request.POST.get("to", "")[:64]
    _try(rendition, lambda: take_back(project, token, by=_user(request)))
    return _done(request, rendition, _("Taken back."))


@told
def final_scene(request: HttpRequest, code: UUID) -> HttpResponse:
    """One scene that did not work, or is skipped. `scene` is a verb of SCENE_ACTS and a code, as in "skip:<code>"."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    verb, _colon, which = request.POST.get("scene", "").partition(":")
    scene = next((row for row in project.scenes.all() if str(row.code) == which), None)
    if scene is None or verb not in SCENE_ACTS:
        raise Http404
    act, said = SCENE_ACTS[verb]
    _try(rendition, lambda: act(scene, _user(request)))
    return _done(request, rendition, str(said()))


SCENE_ACTS: dict[str, tuple[Callable[[Scene, Any], object], Callable[[], str]]] = {
    "retry": (
        lambda scene, user: control.retry_failed(scene.project, by=user, scene=scene),
        lambda: _("Trying again."),
    ),
    "skip": (
        lambda scene, user: control.skip_scene(scene, by=user),
        lambda: _("Skipped. Its neighbor is held a little longer."),
    ),
    "still": (
        lambda scene, user: control.skip_scene(scene, by=user, still=True),
        lambda: _("Its picture stands still in the film."),
    ),
    "unskip": (lambda scene, user: control.unskip_scene(scene, by=user), lambda: _("The scene is back.")),
}


@told
def rendition_add(request: HttpRequest, code: UUID) -> HttpResponse:
    """One more shape; its page shows how far it is."""
    project = owned_project(request.user, code)
    shown = shown_rendition(project, None)
    form = RenditionForm(request.POST)
    if not form.is_valid():
        return final_page(request, project, shown, shown.final, status=422, add_form=form)
    given = form.cleaned_data
    try:
        crop = given["pictures"] == "crop"
        made = actions.add_rendition(
            project, given["aspect"], given["resolution"], given["captions"], by=_user(request), crop=crop
        )
    except IllegalMove as error:
        raise Refused(shown, str(error)) from error
    messages.success(request, ADDED_PRICED if project.providers else ADDED)
    return redirect(final_url(made))


@told
def rendition_captions(request: HttpRequest, code: UUID) -> HttpResponse:
    rendition = _rendition(request, code)
    wanted, seen = request.POST.get("captions", ""), request.POST.get("seen", "")
    _try(rendition, lambda: actions.set_captions(rendition, wanted, by=_user(request), seen=seen))
    return _done(request, rendition, _("Saved. What shows words is rendered again."))


@told
def rendition_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """The beat switch: from what the button showed to what it said."""
    rendition = _rendition(request, code)
    wanted, seen = number(request.POST.get("pulse")), number(request.POST.get("seen"))
    _try(rendition, lambda: actions.set_pulse(rendition, wanted, by=_user(request), seen=seen))
    return _done(request, rendition, _("Saved. The scenes are rendered again."))


@told
def rendition_remove(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take a shape away, never the last one."""
    rendition = _rendition(request, code)
    _try(rendition, lambda: actions.remove_rendition(rendition, by=_user(request)))
    said = _("Removed: %(shape)s. Add the same again, and it comes back with all it had.")
    messages.success(request, said % {"shape": rendition_about(rendition)})
    return redirect(reverse("final", args=[rendition.project.code]))


@told
def rendition_newest(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let the newest version stand again, and every newer one after it."""
    rendition = _rendition(request, code)
    _try(rendition, lambda: actions.follow_newest(rendition, by=_user(request)))
    messages.success(request, _("The newest version stands again."))
    return redirect(final_url(rendition))


@told
def version_pick(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let this version stand, if the page saw the one that does now."""
    version = owned_version(request, code)
    rendition = _rendition(request, version.rendition.code)
    seen = number(request.POST.get("seen"))
    _try(rendition, lambda: actions.pick_version(version, by=_user(request), seen=seen))
    messages.success(request, _("Version %(version)s stands now.") % {"version": version.version})
    return redirect(final_url(rendition))


def _rendition(request: HttpRequest, code: UUID) -> Rendition:
    """The rendition of this code, also one that was removed meanwhile, if its project is the user's; else Http404."""
    rows = Rendition.everything.select_related("project", "final")
    found = rows.filter(code=code, project__in=Project.objects.of(request.user)).first()
    if found is None:
        raise Http404
    return found


def _user(request: HttpRequest) -> Any:
    return request.user
