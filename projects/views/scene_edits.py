"""Edits of scenes. Each is one function from a form to an action; saving and rehearsing call the very same one.

A script posts and gets the new list, with Undo in a toast. Without one, a form says first what would be made again and
is saved by a second press; what was typed comes back whenever something is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from projects.actions import scenes as actions
from projects.actions.revise import revise_scene
from projects.actions.scene_history import undo_edit
from projects.flow.rehearsal import rehearse
from projects.models import FPS, Event, Project, Scene
from projects.states import IllegalMove, LostRace
from projects.views import scene_rows
from projects.views.answers import number
from projects.views.finding import owned_project, owned_scene
from projects.views.rehearsals import rehearsal_text, sure_page
from projects.views.scenes import scene_editor, scenes_page, work

MOST_SECONDS = 600
Change = Callable[[], Event | None]
FIELDS = ("description", "mood", "camera", "transition", "transition_frames", "caption")
DONE = {
    "edit": gettext_lazy("Scene saved."),
    "boundary": gettext_lazy("Cut moved."),
    "split": gettext_lazy("Scene split in two."),
    "merge": gettext_lazy("Scenes merged."),
    "add": gettext_lazy("Scene added."),
    "delete": gettext_lazy("Scene deleted; its neighbor takes its time."),
    "reorder": gettext_lazy("Scene moved."),
    "swap": gettext_lazy("Scenes exchanged."),
    "length": gettext_lazy("Length changed."),
    "revise": gettext_lazy("Scene changed. Its picture is made anew."),
    "replan": gettext_lazy("Planning the scenes anew."),
}
ASKED = {
    "boundary": gettext_lazy("Move this cut?"),
    "split": gettext_lazy("Split this scene in two?"),
    "merge": gettext_lazy("Merge this scene with the next one?"),
    "add": gettext_lazy("Add a scene after this one?"),
    "delete": gettext_lazy("Delete this scene?"),
    "reorder": gettext_lazy("Move this scene?"),
    "swap": gettext_lazy("Exchange these two scenes?"),
    "length": gettext_lazy("Change the length of this scene?"),
    "replan": gettext_lazy("Plan all scenes anew?"),
}


def _edit(scene: Scene, data: QueryDict, by: User) -> Event | None:
    now = scene_rows.editor_context(scene)["now"]
    given = {name: data.get(name, now[name]) for name in FIELDS}
    frames = number(given.pop("transition_frames"))
    return actions.edit_scene(scene, by=by, transition_frames=frames, seen=_seen(data), **given)


def _boundary(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.move_boundary(scene, number(data.get("frame")), by=by, seen=_seen(data))


def _split(scene: Scene, data: QueryDict, by: User) -> Event | None:
    frame = number(data.get("frame")) if data.get("frame") else None
    return actions.split_scene(scene, frame, by=by, seen=_seen(data))


def _merge(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.merge_scenes(scene, by=by, seen=_seen(data))


def _add(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.add_scene(scene, data.get("description", ""), by=by, seen=_seen(data))


def _delete(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.delete_scene(scene, by=by, seen=_seen(data))


def _reorder(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.move_scene(scene, number(data.get("position")), by=by, seen=_seen(data))


def _swap(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return actions.swap_scenes(scene, number(data.get("position")), by=by, seen=_seen(data))


def _length(scene: Scene, data: QueryDict, by: User) -> Event | None:
    keep = data.get("total", "keep") == "keep"
    return actions.set_length(scene, _frames(data.get("seconds", "")), keep_total=keep, by=by, seen=_seen(data))


def _frames(seconds: str) -> int:
    """Frames of a length typed in seconds, with a point or a comma."""
    try:
        length = Decimal(seconds.strip().replace(",", "."))
    except InvalidOperation as error:
        raise IllegalMove(_("Write the length in seconds, for example 4.5.")) from error
    if not length.is_finite() or not 0 < length < MOST_SECONDS:
        raise IllegalMove(_("Write the length in seconds, for example 4.5."))
    return round(length * FPS)


def _revise(scene: Scene, data: QueryDict, by: User) -> Event | None:
    return revise_scene(scene, data.get("change", ""), by=by, seen=_seen(data))


def _seen(data: QueryDict) -> str:
    return data.get("seen", "")


EDITS: dict[str, Callable[[Scene, QueryDict, User], Event | None]] = {
    "edit": _edit,
    "boundary": _boundary,
    "split": _split,
    "merge": _merge,
    "add": _add,
    "delete": _delete,
    "reorder": _reorder,
    "swap": _swap,
    "length": _length,
    "revise": _revise,
}


@require_http_methods(["GET", "POST"])
def scene_edit(request: HttpRequest, code: UUID) -> HttpResponse:
    """The form of one scene, and its saving."""
    if request.method == "GET":
        return scene_editor(request, code)
    scene = owned_scene(request.user, code)
    by: Any = request.user
    data = request.POST
    sure = _scripted(request) or "sure" in data
    try:
        if not sure:
            found = rehearse(scene.project, lambda: _edit(scene, data, by))
            return _reopened(request, code, data, forecast=rehearsal_text(found))
        event = _edit(scene, data, by)
    except (IllegalMove, LostRace) as error:
        status = 409 if isinstance(error, LostRace) else 422
        return _reopened(request, code, data, status=status, refusal=str(error))
    return _saved(request, scene.project, "edit", event, f"row-{scene.code}")


def _reopened(
    request: HttpRequest, code: UUID, data: QueryDict, *, status: int = 200, refusal: str = "", forecast: str = ""
) -> HttpResponse:
    """The form again, with what was typed in it; after a conflict, with what stands now beside it."""
    scene = owned_scene(request.user, code)
    given = {name: data.get(name, "") for name in (*FIELDS, "change") if name in data}
    editor = scene_rows.editor_context(scene, given)
    more = {"refusal": refusal, "forecast": forecast, "conflict": status == 409}
    if status != 409:
        editor["seen"] = _seen(data) or editor["seen"]
    if _scripted(request):
        return render(request, "projects/_scene_editor.html", {"editor": editor | more}, status=status)
    return scenes_page(request, owned_project(request.user, scene.project.code), status=status, editor=editor | more)


def _act(name: str) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """The view that does one edit of a scene."""

    @require_POST
    def view(request: HttpRequest, code: UUID) -> HttpResponse:
        scene = owned_scene(request.user, code)
        by: Any = request.user
        return _done(request, scene.project, name, lambda: EDITS[name](scene, _data(request), by), f"row-{scene.code}")

    view.__name__ = f"scene_{name}"
    return view


scene_boundary, scene_split, scene_merge = _act("boundary"), _act("split"), _act("merge")
scene_add, scene_delete, scene_reorder = _act("add"), _act("delete"), _act("reorder")
scene_swap, scene_length = _act("swap"), _act("length")


@require_POST
def scene_revise(request: HttpRequest, code: UUID) -> HttpResponse:
    """Change a scene by a few words; what could not be done comes back with the words and the reason."""
    scene = owned_scene(request.user, code)
    by: Any = request.user
    data = request.POST
    try:
        event = _revise(scene, data, by)
    except (IllegalMove, LostRace) as error:
        return _reopened(request, code, data, status=409 if isinstance(error, LostRace) else 422, refusal=str(error))
    return _saved(request, scene.project, "revise", event, f"row-{scene.code}")


@require_POST
def scenes_replan(request: HttpRequest, code: UUID) -> HttpResponse:
    """All scenes anew, from the song and the words as they are now."""
    project = owned_project(request.user, code)
    by: Any = request.user
    seen = _seen(_data(request))
    return _done(request, project, "replan", lambda: actions.replan_scenes(project, by=by, seen=seen), "")


@require_POST
def scenes_undo(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take one edit back; `to` says which."""
    project = owned_project(request.user, code)
    by: Any = request.user
    try:
        undo_edit(project, request.POST.get("to", ""), by=by)
    except LostRace as error:
        return _refused(request, project, str(error), 409)
    return _answer(request, project, {"text": _("Taken back.")}, "")


@require_POST
def scenes_preview(request: HttpRequest, code: UUID) -> HttpResponse:
    """What an edit (`edit`, of the scene `scene`) would make again; nothing is changed. 409 and 422 as for saving."""
    project = owned_project(request.user, code)
    name, by, data = request.POST.get("edit", ""), request.user, request.POST
    change = _change(project, name, data, by)
    try:
        found = rehearse(project, change)
    except (IllegalMove, LostRace) as error:
        return JsonResponse({"text": str(error)}, status=409 if isinstance(error, LostRace) else 422)
    return JsonResponse({"text": rehearsal_text(found), "nothing": found.nothing})


def _change(project: Project, name: str, data: QueryDict, by: Any) -> Change:
    if name == "replan":
        return lambda: actions.replan_scenes(project, by=by, seen=_seen(data))
    scene = project.scenes.select_related("content", "project").filter(code=_uuid(data.get("scene", ""))).first()
    if name not in EDITS or scene is None:
        raise Http404
    found = scene
    return lambda: EDITS[name](found, data, by)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _data(request: HttpRequest) -> QueryDict:
    """The form's fields; buttons of the list carry theirs in their address, since one form serves all of them."""
    data = request.GET.copy()
    data.update(request.POST)
    return data


def _done(request: HttpRequest, project: Project, name: str, change: Change, anchor: str) -> HttpResponse:
    """Do it; without a script and without `sure`, say first what it would make again."""
    try:
        if not _scripted(request) and "sure" not in request.POST:
            return _asked(request, project, name, rehearsal_text(rehearse(project, change)))
        event = change()
    except (IllegalMove, LostRace) as error:
        return _refused(request, project, str(error), 409 if isinstance(error, LostRace) else 422)
    return _saved(request, project, name, event, anchor)


def _asked(request: HttpRequest, project: Project, name: str, text: str) -> HttpResponse:
    fields = [(key, value) for key, value in _data(request).items() if key != "csrfmiddlewaretoken"]
    return sure_page(request, project, ASKED[name], text, fields)


def _refused(request: HttpRequest, project: Project, text: str, status: int) -> HttpResponse:
    if _scripted(request):
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return scenes_page(request, owned_project(request.user, project.code), status=status, refusal=text)


def _saved(request: HttpRequest, project: Project, name: str, event: Event | None, anchor: str) -> HttpResponse:
    if event is None:
        return _answer(request, project, {"text": _("Nothing was changed.")}, anchor)
    undo = {"url": scene_rows.undo_url(project), "to": event.data["undo"]}
    return _answer(request, project, {"text": str(DONE[name]), "undo": undo}, anchor)


def _answer(request: HttpRequest, project: Project, toast: dict[str, Any], anchor: str) -> HttpResponse:
    if _scripted(request):
        return work(request, owned_project(request.user, project.code), toast=toast)
    messages.success(request, toast["text"])
    return redirect(reverse("scenes", args=[project.code]) + (f"#{anchor}" if anchor else ""))


def _scripted(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]  # django-htmx
