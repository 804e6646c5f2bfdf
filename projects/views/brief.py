"""An ad's brief: what was said about the product, the beats that came of it, and what needs proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.ads.writing import most_letters
from projects.actions import ads as acts
from projects.ad_forms import BriefForm, grade_choices, look_words
from projects.flow import ads, gates
from projects.flow.rehearsal import rehearse
from projects.flow.status import project_status
from projects.models import Ad, ClaimTopic, GatePass, Project
from projects.states import IllegalMove, LostRace
from projects.views.answers import first_failure, number, project_context, pulse_answer
from projects.views.finding import owned_project
from projects.views.rehearsals import rehearsal_text, sure_page

WRITING = "writing"
CONFLICT = 409
Typed = tuple[Mapping[str, str], Mapping[str, str]]
NOTHING_TYPED: Typed = ({}, {})
GATE_PAGES = {"brief": "brief", "animatic": "references", "references": "references"}


def found_ad(request: HttpRequest, code: UUID) -> Project:
    """The user's project, if it is an ad; else Http404."""
    project = owned_project(request.user, code)
    if project.kind != Project.Kind.AD:
        raise Http404
    return project


@require_safe
@never_cache
def brief(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole; a poll loads it anew when the brief is there."""
    return _page(request, found_ad(request, code))


def _page(
    request: HttpRequest, project: Project, *, status: int = 200, typed: Typed = NOTHING_TYPED, **more: Any
) -> HttpResponse:
    ad = project.ad
    template = ad.as_template()
    planned = project.scenes.exists()
    form = BriefForm(
        template=template,
        seconds=ad.seconds,
        initial={**ad.brief, "points": "\n".join(ad.brief.get("points", []))},
    )
    context = live(project, "brief-pulse", _mark(project)) | {
        "ad": ad,
        "template": template,
        "look": _look(ad),
        "grades": grade_choices(template),
        "form": form,
        "planned": planned,
        "beats": _beats(ad, *typed, conflict=status == CONFLICT),
        "claims": _claims(ad),
        "gate": gate_context(project, GatePass.Gate.BRIEF),
        "failed_job": first_failure(project),
    }
    return render(request, "projects/brief.html", context | more, status=status)


def live(project: Project, pulse: str, mark: str) -> dict[str, Any]:
    """What the polled parts of an ad's pages are given."""
    context = project_context(project, project_status(project), film=0, scenes=project.scenes.count())
    context["pulse"]["url"] = reverse(pulse, args=[project.code, mark])
    return context | {"here": "song"}


def gate_context(project: Project, gate: str) -> dict[str, Any]:
    """A gate: whether it is open, by whom, and the mark of what stands behind it."""
    return {
        "name": gate,
        "mark": ads.mark_of(project, gate),
        "open": gates.gate_open(project, gate),
        "passed": gates.standing_pass(project, gate),
    }


def _beats(
    ad: Ad, captions: Mapping[str, str], prompts: Mapping[str, str], *, conflict: bool = False
) -> list[dict[str, Any]]:
    """The beats with what was typed into them; after a conflict, with what stands now beside it."""
    findings = ad.found()
    rows = []
    start = 0
    for beat in ad.filled():
        row = {
            "beat": beat,
            "role": ads.ROLES[beat.role],
            "caption": captions.get(beat.name, beat.caption),
            "prompt": prompts.get(beat.name, beat.prompt),
            "stands": [
                stands
                for typed, stands in ((captions, beat.caption), (prompts, beat.prompt))
                if conflict and typed.get(beat.name, stands) != stands
            ],
            "start_ms": start * 1000,
            "letters": most_letters(beat.seconds),
            "findings": [finding for finding in findings if finding.place == beat.name],
        }
        rows.append(row)
        start += beat.seconds
    return rows


def _claims(ad: Ad) -> list[dict[str, Any]]:
    """The topics of the claims that were found, with the public rules behind them."""
    names = {finding.topic for finding in ad.found() if finding.topic}
    return [
        {"label": topic.label, "why": topic.why, "sources": topic.sources}
        for topic in ClaimTopic.objects.filter(name__in=names)
    ]


def _look(ad: Ad) -> str:
    """The color look of the whole ad, in words; "" for none."""
    grade = ad.grade_of("")
    return look_words(grade.name, grade.percent) if grade is not None else ""


@require_POST
def brief_look(request: HttpRequest, code: UUID) -> HttpResponse:
    """Another color look. Without `sure`, what it makes again is said first."""
    project = found_ad(request, code)
    by: Any = request.user
    grade, seen = request.POST.get("grade", ""), request.POST.get("seen")

    def change() -> None:
        acts.set_grade(project, grade, by=by, seen=seen)

    try:
        if "sure" not in request.POST:
            text, back_url = rehearsal_text(rehearse(project, change)), reverse("brief", args=[code])
            fields = [("grade", grade), *([("seen", seen)] if seen is not None else [])]
            return sure_page(request, project, _("Use this color look?"), text, fields, back_url)
        change()
    except (IllegalMove, LostRace) as error:
        return _refused(request, project, error)
    messages.success(request, _("The film is made in this look."))
    return redirect("brief", code=code)


def _mark(project: Project) -> str:
    return ads.mark_of(project, GatePass.Gate.BRIEF) or WRITING


@require_GET
@never_cache
def brief_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; the page anew once the brief that it waits for is there."""
    project = found_ad(request, code)
    return pulse_answer(
        request, live(project, "brief-pulse", mark), project, mark == WRITING and _mark(project) != mark
    )


@require_POST
def brief_save(request: HttpRequest, code: UUID) -> HttpResponse:
    """What beats say and show, changed."""
    project = found_ad(request, code)
    by: Any = request.user
    typed = _typed(request)
    try:
        acts.edit_beats(project, *typed, by=by, seen=request.POST.get("mark", ""))
    except (IllegalMove, LostRace) as error:
        return _refused(request, project, error, typed=typed)
    messages.success(request, _("Saved."))
    return redirect("brief", code=code)


def _refused(request: HttpRequest, project: Project, error: Exception, **more: Any) -> HttpResponse:
    """The page as it is now, with the reason and with what was typed."""
    status = CONFLICT if isinstance(error, LostRace) else 422
    return _page(request, found_ad(request, project.code), status=status, refusal=str(error), **more)


def _typed(request: HttpRequest) -> Typed:
    """Captions and prompts of the form by their beats."""
    captions = {key[8:]: str(value) for key, value in request.POST.items() if key.startswith("caption-")}
    return captions, {key[7:]: str(value) for key, value in request.POST.items() if key.startswith("prompt-")}


@require_POST
def brief_rewrite(request: HttpRequest, code: UUID) -> HttpResponse:
    """What was said about the product, changed; the beats are filled anew."""
    project = found_ad(request, code)
    by: Any = request.user
    form = BriefForm(request.POST, template=project.ad.as_template(), seconds=project.ad.seconds)
    if not form.is_valid():
        return _page(request, project, status=422, form=form)
    seen = number(request.POST.get("seen_take")) if "seen_take" in request.POST else None
    try:
        acts.rewrite_brief(project, form.cleaned_data["brief"], by=by, seen_take=seen)
    except (IllegalMove, LostRace) as error:
        return _refused(request, project, error, form=form)
    messages.success(request, _("The beats are filled anew."))
    return redirect("brief", code=code)


@require_POST
def gate_pass(request: HttpRequest, code: UUID, gate: str) -> HttpResponse:
    """Let the ad go on behind a gate."""
    project = found_ad(request, code)
    by: Any = request.user
    if gate not in GATE_PAGES:
        raise Http404
    seen, typed = request.POST.get("mark", ""), _typed(request)
    if gate == GatePass.Gate.BRIEF and typed != NOTHING_TYPED:
        try:
            acts.approve_brief(project, *typed, by=by, seen=seen)
        except (IllegalMove, LostRace) as error:
            return _refused(request, project, error, typed=typed)
        return redirect("references", code=code)
    try:
        acts.pass_gate(project, gate, by=by, seen=seen)
    except (IllegalMove, LostRace) as error:
        return render(request, "refused.html", {"message": str(error), "status": 409}, status=409)
    return redirect("references" if gate == "brief" else GATE_PAGES[gate], code=code)
