"""What an ad's pictures go by: its animatic, its product cut out, and a picture of the look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.media.run import MediaError
from projects.actions.style_guide import set_style_guide
from projects.flow import ads
from projects.forms import PICTURE_ACCEPT
from projects.models import GatePass, Project, Reference
from projects.states import IllegalMove
from projects.views.animatics import animatic_context, animatic_pace
from projects.views.answers import first_failure, main_rendition, pulse_answer
from projects.views.brief import found_ad, gate_context, live
from projects.views.cards import media_url
from projects.views.uploads import saved_picture

METHODS = {
    "alpha": gettext_lazy("taken as it is: it came with a transparent ground"),
    "background": gettext_lazy("cut out of its plain ground"),
    "framed": gettext_lazy("shown whole in a frame: its ground is not plain enough to be taken away"),
}
NOTHING = "0"


@require_safe
@never_cache
def references(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole; a poll loads it anew when the animatic or the references are there."""
    return _page(request, found_ad(request, code))


def _page(request: HttpRequest, project: Project, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = _live(project, _mark(project)) | {
        "ad": project.ad,
        "products": _products(project),
        "guide_url": media_url("guide", project.ad.code) if ads.mark_of(project, GatePass.Gate.REFERENCES) else "",
        "own_style": project.ad.style_asset,
        "accept": PICTURE_ACCEPT,
        "refusal": refusal,
        "animatic_gate": gate_context(project, GatePass.Gate.ANIMATIC),
        "references_gate": gate_context(project, GatePass.Gate.REFERENCES),
        "failed_job": first_failure(project),
    }
    return render(request, "projects/references.html", context, status=status)


@require_POST
def style_guide(request: HttpRequest, code: UUID) -> HttpResponse:
    """Let an uploaded picture be the look; with `drawn` one that is drawn here again."""
    project, by = found_ad(request, code), request.user
    upload: Any = request.FILES.get("picture")
    try:
        picture = None if "drawn" in request.POST else saved_picture(upload, by)[0]
        set_style_guide(project, picture, by=by)  # type: ignore[arg-type]  # signed in: the middleware saw to it
    except (IllegalMove, MediaError) as error:
        return _page(request, project, status=422, refusal=str(error))
    return redirect("references", code=code)


def _live(project: Project, mark: str) -> dict[str, Any]:
    """What the poll keeps up to date. The animatic is work beside the film: while it is drawn the page asks on."""
    context = live(project, "references-pulse", mark)
    context["animatic"] = animatic_context(project, main_rendition(project).aspect)
    context["pulse"]["every_s"] = animatic_pace(context["animatic"], context["pulse"]["every_s"])
    return context


def _products(project: Project) -> list[dict[str, Any]]:
    rows = Reference.objects.filter(project=project).select_related("asset")
    return [
        {
            "name": row.asset.name,
            "photo_url": media_url("reference", row.asset.code),
            "cut_url": media_url("cutout", row.asset.code) if row.cut_preview else "",
            "method": METHODS.get(row.cut_method, ""),
        }
        for row in rows
    ]


def _mark(project: Project) -> str:
    """Which animatic and which references the page shows."""
    marks = [ads.mark_of(project, gate) for gate in (GatePass.Gate.ANIMATIC, GatePass.Gate.REFERENCES)]
    return "-".join(mark or NOTHING for mark in marks)


@require_GET
@never_cache
def references_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; the page anew once there is more to see."""
    project = found_ad(request, code)
    return pulse_answer(request, _live(project, mark), project, _mark(project) != mark)
