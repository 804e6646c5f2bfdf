"""What the buttons of both boards do alike: approve, reject, pick, all at once, undo, try again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects import states
from projects.actions import control, review, verdicts
from projects.models import Event, Pick
from projects.views.finding import owned_project
from projects.views.review_cards import CLIP, IMAGE
from projects.views.reviews import decide, owned_pick, owned_take, scene_number

APPROVED = gettext_lazy("Scene %(number)s approved.")
REJECTED = gettext_lazy("Scene %(number)s rejected.")
REOPENED = gettext_lazy("Scene %(number)s is to review again.")
KEPT = {
    IMAGE: gettext_lazy("The picture of scene %(number)s is kept for its words as they are."),
    CLIP: gettext_lazy("The clip of scene %(number)s is kept as it is."),
}
Act = Callable[..., Event]


@dataclass(frozen=True)
class Verbs:
    """The actions of one kind of take."""

    approve: Act
    reject: Act
    reopen: Act
    pick: Act
    approve_all: Act
    keep: Act


VERBS = {
    IMAGE: Verbs(
        review.approve_image,
        review.reject_image,
        review.reopen_image,
        review.pick_image,
        review.approve_images,
        review.keep_image,
    ),
    CLIP: Verbs(
        review.approve_clip,
        review.reject_clip,
        review.reopen_clip,
        review.pick_clip,
        review.approve_clips,
        review.keep_clip,
    ),
}


def approve(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Approve the standing take; pressed on an approved one, take the approval back."""
    reopen = request.POST.get("seen") == states.APPROVED
    act = VERBS[kind].reopen if reopen else VERBS[kind].approve
    return _judged(request, code, kind, act, str(REOPENED if reopen else APPROVED))


def reject(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Reject the standing take, with a reason or none; on a rejected one, say why, or without words take it back."""
    reason = request.POST.get("reason", "")
    if request.POST.get("seen") != states.REJECTED:
        return _judged(request, code, kind, VERBS[kind].reject, str(REJECTED), reason=reason)
    if not reason.strip():
        return _judged(request, code, kind, VERBS[kind].reopen, str(REOPENED))

    def explain(take: Any, **more: Any) -> None:
        VERBS[kind].reject(take, reason=reason, **more)  # another reason replaces it: nothing is to be taken back

    return _judged(request, code, kind, explain, _("Reason saved."))


def _judged(
    request: HttpRequest, code: UUID, kind: str, act: Callable[..., Event | None], words: str, **more: str
) -> HttpResponse:
    """Give a verdict: `act` gets the take and the verdict that the form showed."""
    scene, take = owned_take(request, code, kind)
    seen = request.POST.get("seen", "")
    if seen not in states.VERDICTS:
        return HttpResponse(_("This form was not complete. Load the page again."), status=400)
    toast = words % {"number": scene_number(scene)}

    def do() -> Event | None:
        return act(take, by=request.user, seen=seen, **more)

    return decide(request, scene.project, kind, do, toast, scene=scene, aspect=str(take.aspect))


def pick(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Let an older take stand; `seen` is the code of the take that stood."""
    scene, take = owned_take(request, code, kind)

    def do() -> Event:
        row = Pick.objects.select_related("content").get(content=take.content_id, aspect=take.aspect)
        return VERBS[kind].pick(row, take, by=request.user, seen=request.POST.get("seen", ""))

    toast = _("Take %(number)s stands.") % {"number": take.take}
    return decide(request, scene.project, kind, do, toast, scene=scene, aspect=take.aspect)


def keep(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Let the standing take stay for its scene as it is now; `seen` says which take and which words the page showed."""
    scene, row = owned_pick(request, code)
    seen, reason = request.POST.get("seen", ""), request.POST.get("reason", "")

    def do() -> Event:
        return VERBS[kind].keep(row, by=request.user, seen=seen, reason=reason)

    toast = KEPT[kind] % {"number": scene_number(scene)}
    return decide(request, scene.project, kind, do, toast, scene=scene, aspect=row.aspect)


def approve_all(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Approve all that waits and can be seen; `seen` says which takes the page showed."""
    project = owned_project(request.user, code)
    aspect, seen = request.POST.get("aspect", ""), request.POST.get("seen", "")

    def do() -> Event:
        return VERBS[kind].approve_all(project, aspect, by=request.user, seen=seen or "none")

    return decide(request, project, kind, do, _("Approved all that waited for you."), aspect=aspect)


def undo(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Take back what a toast offered to."""
    project = owned_project(request.user, code)
    token, by = request.POST.get("to", "")[:64], _by(request)
    aspect = request.GET.get("aspect") or request.POST.get("aspect") or ""

    def do() -> None:
        verdicts.take_back(project, token, by=by)

    return decide(request, project, kind, do, _("Taken back."), aspect=aspect)


def retry(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """Try again what failed in this scene."""
    scene, row = owned_pick(request, code)

    def do() -> None:
        control.retry_failed(scene.project, by=_by(request), scene=scene)

    return decide(request, scene.project, kind, do, _("Trying again."), scene=scene, aspect=row.aspect)


def _by(request: HttpRequest) -> Any:
    return request.user
