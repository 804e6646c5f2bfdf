"""Files of the finished film: asked for, watched while they are made, downloaded, kept or let go."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from projects.actions import exports as actions
from projects.flow import exports as flow
from projects.flow.status import project_status
from projects.forms import ExportForm
from projects.models import Export, Project, Rendition
from projects.states import IllegalMove, LostRace
from projects.views import deliverables
from projects.views.answers import is_unchanged, project_context
from projects.views.final import shown_rendition
from projects.views.finding import owned_project
from projects.views.media import answer, owned_by

PACE_S = 3


@require_safe
@never_cache
def exports(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page. `shape` is the code of the rendition that files are asked of."""
    project = owned_project(request.user, code)
    return exports_page(request, project, shown_rendition(project, request.GET.get("shape")))


def exports_page(
    request: HttpRequest, project: Project, rendition: Rendition, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, with `more`: why something was refused, a form with its errors."""
    context = live_context(project, rendition) | deliverables.page_context(project, rendition)
    context |= {"form": ExportForm()} | more
    context["formats"] = deliverables.format_cards(context["form"])
    return render(request, "projects/exports.html", context, status=status)


def live_context(project: Project, rendition: Rendition) -> dict[str, Any]:
    """What the poll keeps up to date."""
    now, rows = project_status(project), flow.current(project)
    context = project_context(project, now, film=0, scenes=0)
    busy = flow.is_busy(rows)
    context["pulse"] |= {
        "url": reverse("exports-pulse", args=[project.code, rendition.code]),
        "every_s": PACE_S if busy or now.busy else 0,
        "busy": now.busy,
    }
    return context | {"here": "final", "rendition": rendition, "exports": deliverables.rows(project, rows)}


@require_GET
@never_cache
def exports_pulse(request: HttpRequest, code: UUID, shape: UUID) -> HttpResponse:
    """204 while nothing changed (one indexed read), else the list."""
    if is_unchanged(request, code):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    return changes(request, project, shown_rendition(project, str(shape)))


def changes(
    request: HttpRequest, project: Project, rendition: Rendition, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The live parts, out of band: never the form."""
    context = live_context(project, rendition) | {"oob": True, "refusal": refusal}
    return render(request, "projects/_exports_changes.html", context, status=status)


@require_POST
def export_add(request: HttpRequest, code: UUID) -> HttpResponse:
    """Ask for a file; what is there already is not made again."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    form = ExportForm(request.POST)
    if not form.is_valid():
        return exports_page(request, project, rendition, status=422, form=form)
    by: Any = request.user
    try:
        export, new = actions.ask_export(project, actions.Wish(**form.cleaned_data), by=by, shown=rendition)
    except IllegalMove as error:
        return exports_page(request, project, rendition, status=422, form=form, refusal=str(error))
    if new and export.rendition_id != rendition.pk:
        messages.success(request, _("On its way. The film is first made in this form, once; later files use it."))
    elif new:
        messages.success(request, _("On its way. You can close this tab: the work goes on."))
    else:
        messages.info(request, _("You have this file already, or it is on its way: see below."))
    return redirect(f"{reverse('exports', args=[project.code])}?shape={rendition.code}#files")


@require_POST
def bundle_add(request: HttpRequest, code: UUID) -> HttpResponse:
    """Ask for the hand-off bundle of a shape."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    by: Any = request.user
    try:
        _export, new = actions.ask_bundle(project, by=by, shown=rendition)
    except IllegalMove as error:
        return exports_page(request, project, rendition, status=422, refusal=str(error))
    messages.success(
        request, _("The bundle is being packed.") if new else _("You have this bundle already: see below.")
    )
    return redirect(f"{reverse('exports', args=[project.code])}?shape={rendition.code}#files")


@require_safe
def export_download(request: HttpRequest, code: UUID) -> HttpResponseBase:
    """The file. Counted once per download: not for looking ahead, nor for going on after a break."""
    export = owned_export(request, code)
    response = answer(request, "export", export.code, owned_by(request.user.pk))
    goes_on = request.headers.get("Range", "bytes=0-").startswith("bytes=0-") is False
    if request.method == "GET" and not goes_on:
        actions.count_download(export)
    return response


def owned_export(request: HttpRequest, code: UUID) -> Export:
    """The export of this code, if its project is the user's; else Http404."""
    rows = Export.objects.select_related("project", "rendition").filter(project__in=Project.objects.of(request.user))
    return get_object_or_404(rows, code=code)


def _act(view: Callable[[HttpRequest, Export], str]) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """POST only: do it to the export of this code, and tell; a refusal comes with the state that is now."""

    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, code: UUID) -> HttpResponse:
        export = owned_export(request, code)
        refusal, said = "", ""
        try:
            said = view(request, export)
        except (IllegalMove, LostRace) as error:
            refusal = str(error)
        project = owned_project(request.user, export.project.code)
        shape = request.POST.get("shape")
        rendition = shown_rendition(project, shape if _stands(project, shape) else None)
        if request.htmx:  # type: ignore[attr-defined]  # django-htmx
            response = changes(request, project, rendition, status=409 if refusal else 200, refusal=refusal)
            if said:
                response["HX-Trigger"] = json.dumps({"toast": {"text": said}})
            return response
        if refusal:
            return exports_page(request, project, rendition, status=409, refusal=refusal)
        messages.success(request, said)
        return redirect(f"{reverse('exports', args=[project.code])}?shape={rendition.code}#files")

    return wrapped


def _stands(project: Project, shape: str | None) -> bool:
    try:
        shown_rendition(project, shape)
    except Http404:
        return False
    return True


@_act
def export_cancel(request: HttpRequest, export: Export) -> str:
    """Stop making it, or delete it."""
    actions.cancel_export(export, by=_user(request))
    return _("Deleted.") if export.file else _("Canceled.")


@_act
def export_retry(request: HttpRequest, export: Export) -> str:
    """Try again what failed."""
    actions.retry_export(export, by=_user(request))
    return _("Trying again.")


@_act
def export_keep(request: HttpRequest, export: Export) -> str:
    """Keep it for another span of days."""
    actions.keep_export(export, by=_user(request))
    return _("Kept.")


def _user(request: HttpRequest) -> Any:
    return request.user
