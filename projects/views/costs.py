"""A project's money: who makes what, what that costs at most, what was spent, and where more is best spent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.budget import limits
from projects.actions import consent, makers
from projects.flow import board as boards
from projects.flow import spending
from projects.flow.estimates import Estimate, PriceList
from projects.flow.makers import LOCAL
from projects.flow.status import project_status
from projects.flow.upgrades import Upgrade, upgrade_estimate, worthwhile
from projects.models import Consent, Project, Scene
from projects.states import IllegalMove, LostRace
from projects.views.answers import first_failure, is_idle, project_context
from projects.views.cards import SECTION_LABELS
from projects.views.finding import owned_project
from projects.views.money import (
    FIELDS,
    STEP_WORDS,
    maker_field,
    maker_fields,
    part_words,
    posted_makers,
    scenes_differ,
)
from projects.views.vendor_cards import model_words

LIMIT_WORDS = {
    "project": gettext_lazy("left for this project"),
    "month": gettext_lazy("left for you this month"),
    "day": gettext_lazy("left for the studio today"),
}
MOST_DOLLARS = 10_000


@require_safe
@never_cache
def costs(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole. `?sum=` and makers: where that sum is best spent."""
    return _page(request, owned_project(request.user, code))


@require_GET
@never_cache
def costs_pulse(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page's one poll: 204 while nothing changed, else the live parts: the bill, what is asked for, the steps."""
    if is_idle(request, code):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    return render(request, "projects/_costs_changes.html", _live_context(project) | {"oob": True})


@require_POST
def costs_makers(request: HttpRequest, code: UUID) -> HttpResponse:
    """Say who makes what from now on; it spends nothing."""
    project = owned_project(request.user, code)
    chosen = posted_makers(request.POST)
    fallback = bool(request.POST.get("fallback"))

    def do() -> None:
        makers.choose_makers(project, chosen, fallback=fallback, by=_user(request))

    return _done(request, project, do, _("Saved. Nothing is spent before you agree to a price."), chosen=chosen)


@require_POST
def costs_agree(request: HttpRequest, code: UUID) -> HttpResponse:
    """Agree to what the film still costs; `seen` is the mark of the sum that the page showed."""
    project = owned_project(request.user, code)
    status = 200
    try:
        makers.agree(project, by=_user(request), seen=request.POST.get("seen", ""))
        messages.success(request, _("Agreed. The work goes on."))
    except (IllegalMove, LostRace) as refusal:
        if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
            return _page(request, project, refusal=str(refusal), status=409)
        messages.error(request, str(refusal))
        status = 409
    if request.htmx:  # type: ignore[attr-defined]  # django-htmx
        response = HttpResponse(status=status)
        response["HX-Refresh"] = "true"  # the note stands on many pages: the one that it was pressed on comes anew
        return response
    return redirect("costs", code=code)


@require_POST
def costs_withdraw(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take all consents back: what was sent is paid and kept, nothing more is bought."""
    project = owned_project(request.user, code)

    def do() -> None:
        for row in Consent.objects.filter(project=project, withdrawn_at=None):
            consent.withdraw_consent(row, by=_user(request))

    return _done(request, project, do, _("Nothing more is bought. What was sent already is paid and kept."))


@require_POST
def costs_upgrade(request: HttpRequest, code: UUID) -> HttpResponse:
    """One press: agree to the price that was shown, and have these scenes made again."""
    project = owned_project(request.user, code)
    choices = {step: key for step, key in posted_makers(request.POST).items() if key != "keep"}
    codes = [text for text in request.POST.getlist("scene") if _is_code(text)]
    scenes = list(project.scenes.select_related("content").filter(code__in=codes))

    def do() -> None:
        makers.upgrade_scenes(project, scenes, choices, by=_user(request), seen=request.POST.get("seen", ""))

    return _done(request, project, do, _("Agreed. These scenes are made again; the old takes stay."))


def _done(request: HttpRequest, project: Project, do: Callable[[], None], toast: str, **typed: Any) -> HttpResponse:
    """Call an action and show the page again; a refusal is told with a 409 and what was chosen."""
    try:
        do()
    except (IllegalMove, LostRace) as refusal:
        return _page(request, project, refusal=str(refusal), status=409, **typed)
    messages.success(request, toast)
    return redirect("costs", code=project.code)


def _page(
    request: HttpRequest,
    project: Project,
    *,
    refusal: str = "",
    status: int = 200,
    chosen: dict[str, str] | None = None,
) -> HttpResponse:
    project.refresh_from_db()
    context = _live_context(project) | {
        "refusal": refusal,
        "fields": maker_fields(project, chosen),
        "differ": scenes_differ(project),
        "consents": _consents(project),
        "spend": _spend(request, project),
    }
    return render(request, "projects/costs.html", context, status=status)


def _live_context(project: Project) -> dict[str, Any]:
    """What changes by itself while work is done."""
    rows = project_context(project, project_status(project), film=0, scenes=project.scenes.count())
    rows["pulse"]["url"] = reverse("costs-pulse", args=[project.code])
    report = spending.report(project)
    return rows | {
        "here": "costs",
        "failed_job": first_failure(project),
        "bill": [_bill_row(row) for row in report.rows],
        "report": report,
        "to_come": report.to_come.total,
        "limits": _limits(project),
    }


def _bill_row(row: spending.Row) -> dict[str, Any]:
    words = {"step": STEP_WORDS.get(row.step, row.step), "model": model_words(row.provider, row.model)}
    names = ("requests", "estimated", "reserved", "spent", "written_off", "to_come")
    return words | {name: getattr(row, name if name == "requests" else f"{name}_microusd") for name in names}


def _consents(project: Project) -> list[dict[str, Any]]:
    rows = project.consents.filter(withdrawn_at=None).select_related("by").order_by("-pk")[:20]
    return [
        {"at": row.at, "by": row.by.email or row.by.get_username() if row.by else "", "microusd": row.ceiling_microusd}
        for row in rows
    ]


def _limits(project: Project) -> list[dict[str, Any]]:
    found = limits.accounts(project.code, project.owner_id, timezone.now(), limits.studio_limits())
    rooms = [(account.kind, account.room()) for account in found]
    return [{"words": LIMIT_WORDS[kind], "microusd": max(0, room)} for kind, room in rooms if room is not None]


def _spend(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Where a sum is best spent, as the form asks; without one only the form."""
    offers = {step: maker_field(step) for step in ("generate_image", "generate_clip")}
    if not project.scenes.exists() or all(len(field["options"]) < 2 for field in offers.values()):
        return {}
    get = request.GET
    choices = {}
    fields = []
    for step, field in offers.items():
        options = [{"value": "keep", "label": _("As they are")}, *field["options"][1:]]
        usual = options[min(1, len(options) - 1)]["value"] if step == "generate_clip" else "keep"
        now = get.get(f"maker-{step}", usual)
        known = now if now in {option["value"] for option in options} else "keep"
        if known != "keep":
            choices[step] = known
        fields.append(field | {"options": options, "now": known, "label": FIELDS[step]})
    found: dict[str, Any] = {"fields": fields, "sum": get.get("sum", "")}
    if "sum" not in get:
        return found
    budget = _microusd(get["sum"])
    if not budget or not choices:
        return found | {"why": _("Enter a sum in dollars, for example 2.50, and choose who makes the scenes.")}
    return found | _proposal(project, choices, budget)


def _proposal(project: Project, choices: dict[str, str], budget: int) -> dict[str, Any]:
    found = worthwhile(project, choices, budget)
    estimate = _sum_of(project, found, choices)
    return {
        "asked": True,
        "choices": [{"name": f"maker-{step}", "value": key} for step, key in choices.items()],
        "scenes": [_scene_words(item) for item in found],
        "estimate": estimate,
        "parts": [part_words(part) for part in estimate.parts],
    }


def _sum_of(project: Project, found: list[Upgrade], choices: dict[str, str]) -> Estimate:
    """All of them together, as the action will count it again."""
    board = boards.load(project, None)
    wanted = {item.scene.pk for item in found}
    scenes = [scene for scene in board.scenes if scene.pk in wanted]
    makers_now = {step: key or LOCAL for step, key in choices.items()}
    return upgrade_estimate(board, scenes, makers_now, board.aspects, PriceList())


def _scene_words(item: Upgrade) -> dict[str, Any]:
    scene: Scene = item.scene
    return {
        "code": scene.code,
        "number": item.number,
        "section": SECTION_LABELS.get(scene.section, scene.section),
        "description": scene.content.description,
        "why": item.reason,
        "microusd": item.estimate.microusd,
    }


def _microusd(text: str) -> int:
    """A sum in dollars as micro-USD; 0 for anything else."""
    try:
        sum_of = Decimal(text.strip().lstrip("$").replace(",", "."))
    except InvalidOperation:
        return 0
    return int(sum_of * 1_000_000) if sum_of.is_finite() and 0 < sum_of <= MOST_DOLLARS else 0


def _is_code(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _user(request: HttpRequest) -> Any:
    return request.user
