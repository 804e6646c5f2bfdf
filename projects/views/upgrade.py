"""One scene made again by another maker, or of milder words, at the price that was shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.actions import makers, milder
from projects.states import IllegalMove, LostRace
from projects.views.finding import owned_scene
from projects.views.prices import STEPS
from projects.views.reviews import board_url


@require_POST
def scene_upgrade(request: HttpRequest, code: UUID) -> HttpResponse:
    """`maker` is the key and, after a blank, the mark of its price; `kind` and `aspect` say what is made."""
    scene = owned_scene(request.user, code)
    kind, aspect = request.POST.get("kind", ""), request.POST.get("aspect", "")
    key, _blank, seen = request.POST.get("maker", "").partition(" ")
    by: Any = request.user
    if kind not in STEPS or not key or aspect not in {row.aspect for row in scene.project.renditions.all()}:
        return HttpResponse(_("This form was not complete. Load the page again."), status=400)
    try:
        makers.upgrade_scenes(scene.project, [scene], {STEPS[kind]: key}, by=by, seen=seen, aspects=[aspect])
    except (IllegalMove, LostRace) as refusal:
        return render(request, "refused.html", {"message": str(refusal), "status": 409}, status=409)
    messages.success(request, _("Another take is being made. The old one stays until it is there."))
    return redirect(f"{board_url(scene.project, kind)}?aspect={aspect}#card-{scene.code}")


@require_POST
def scene_follow(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let the scene be made by whoever makes the film's; `kind` says what of it."""
    scene = owned_scene(request.user, code)
    kind, aspect = request.POST.get("kind", ""), request.POST.get("aspect", "")
    by: Any = request.user
    if kind not in STEPS:
        return HttpResponse(_("This form was not complete. Load the page again."), status=400)
    makers.follow_film(scene.content, STEPS[kind], by=by)
    messages.success(request, _("From now on this scene is made as the film is. What is there stays."))
    aspects = {row.aspect for row in scene.project.renditions.all()}
    query = f"?aspect={aspect}" if aspect in aspects else ""
    return redirect(f"{board_url(scene.project, kind)}{query}#card-{scene.code}")


@require_POST
def scene_milder(request: HttpRequest, code: UUID) -> HttpResponse:
    """Milder words for what a vendor refused; `seen` is the mark of their price."""
    scene = owned_scene(request.user, code)
    kind = request.POST.get("kind", "image")
    by: Any = request.user
    try:
        milder.soften(scene.content, by=by, seen=request.POST.get("seen", ""))
    except (IllegalMove, LostRace) as refusal:
        return render(request, "refused.html", {"message": str(refusal), "status": 409}, status=409)
    messages.success(request, _("Milder words are being written; the scene is made of them by itself."))
    return redirect(f"{board_url(scene.project, kind if kind in STEPS else 'image')}#card-{scene.code}")
