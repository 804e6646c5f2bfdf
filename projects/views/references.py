"""What an ad's pictures go by: its animatic, its product cut out, and a picture of the look."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from projects.flow import ads
from projects.models import GatePass, Project, Reference
from projects.views.animatics import animatic_context
from projects.views.answers import first_failure, main_rendition, pulse_answer
from projects.views.brief import found_ad, gate_context, live
from projects.views.cards import media_url

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
    project = found_ad(request, code)
    context = live(project, "references-pulse", _mark(project)) | {
        "ad": project.ad,
        "animatic": animatic_context(project, main_rendition(project).aspect),
        "products": _products(project),
        "guide_url": media_url("guide", project.ad.code) if project.ad.guide_file else "",
        "animatic_gate": gate_context(project, GatePass.Gate.ANIMATIC),
        "references_gate": gate_context(project, GatePass.Gate.REFERENCES),
        "failed_job": first_failure(project),
    }
    return render(request, "projects/references.html", context)


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
    anew = NOTHING in mark.split("-") and _mark(project) != mark
    return pulse_answer(request, live(project, "references-pulse", mark), project, anew)
