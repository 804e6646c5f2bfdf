"""Refining the film: looks tried on a still, choices with what they take, before and after side by side."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from PIL import Image as Pillow

from pipeline.media.grades import Grade, Table, faded, in_look, read_cube, shipped_look
from pipeline.media.run import MediaError
from pipeline.states import JobState
from projects.actions import refine as actions
from projects.actions.upload import save_song
from projects.flow import refinements
from projects.flow.refinements import Choices
from projects.flow.status import project_status
from projects.forms import GRADE_LABELS, RefineForm
from projects.models import FinalVideo, Look, Pick, Project, Rendition
from projects.states import IllegalMove, LostRace
from projects.views.answers import is_unchanged, load_anew, number, project_context
from projects.views.cards import media_url
from projects.views.enlargers import enlarger_options
from projects.views.final import shown_rendition
from projects.views.finding import owned_project
from projects.views.shapes import final_url
from projects.views.versions import about_time, again_context, refinement_words, rendition_about

PACE_S = 3
WIDTHS = (320, 960)
WAITS = (JobState.QUEUED, JobState.PAUSED_BUDGET)
"""States in which a job's sentence says what it waits for."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def refine(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, and its form. `shape` is the code of a rendition."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape") or request.GET.get("shape"))
    if request.method != "POST":
        return _page(request, project, rendition)
    by: Any = request.user
    form = RefineForm(request.POST, request.FILES, looks=_looks(by))
    if not form.is_valid():
        return _page(request, project, rendition, status=422, form=form)
    if rendition.final is None:
        return _page(request, project, rendition, status=422, form=form, refusal=_NO_FILM())
    seen = form.cleaned_data["upscale_by"].partition(" ")[2]
    try:
        made = actions.refine_film(rendition.final, _choices(form, by), by=by, seen=seen)
    except (IllegalMove, MediaError) as error:
        return _page(request, project, rendition, status=422, form=form, refusal=str(error))
    except LostRace as error:  # another price: the page shows it
        return _page(request, project, rendition, status=409, form=form, refusal=str(error))
    return _went(request, project, rendition, made)


@require_POST
def refine_again(request: HttpRequest, code: UUID) -> HttpResponse:
    """Refine the version that stands as the one before it was."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    by: Any = request.user
    version, _space, price = request.POST.get("again", "").partition(" ")
    try:
        made = actions.refine_again(rendition, by=by, seen=number(version), price=price)
    except (IllegalMove, LostRace) as error:
        return _page(request, project, rendition, status=409, refusal=str(error))
    return _went(request, project, rendition, made)


def _went(request: HttpRequest, project: Project, rendition: Rendition, made: Any) -> HttpResponse:
    if isinstance(made, FinalVideo):
        messages.success(request, _("Version %(version)s is just that: it stands again.") % {"version": made.version})
    else:
        messages.success(request, _("On its way. You can close this tab: the work goes on."))
    return redirect(_url(project, rendition))


def _NO_FILM() -> str:  # noqa: N802 - a constant in the reader's language
    return _("There is no film yet. It can be refined as soon as it is finished.")


def _choices(form: RefineForm, by: Any) -> Choices:
    given = form.cleaned_data
    kind, _colon, look = given["grade"].rpartition(":")
    bed = str(save_song(given["bed"], given["bed"].name, by=by)[0].code) if given["bed"] else ""
    return Choices(
        grade="" if kind else given["grade"],
        look=look if kind else "",
        intensity_permille=given["intensity"] * 10,
        smooth=given["smooth"],
        upscale=given["upscale"],
        upscale_by=given["upscale_by"].partition(" ")[0],
        loudness_tenths=given["loudness"],
        bed=bed,
        fade_in_ms=round(given["fade_in"] * 1000),
        fade_out_ms=round(given["fade_out"] * 1000),
    )


def _url(project: Project, rendition: Rendition) -> str:
    return f"{reverse('refine', args=[project.code])}?shape={rendition.code}"


def _looks(user: Any) -> list[tuple[str, str]]:
    return [(str(code), name) for code, name in Look.objects.filter(owner=user.pk).values_list("code", "name")]


def _page(
    request: HttpRequest, project: Project, rendition: Rendition, *, status: int = 200, **more: Any
) -> HttpResponse:
    own = _looks(request.user)
    film = rendition.final
    form = more.pop("form", None) or RefineForm(initial=_initial(film), looks=own)
    root = refinements.root_of(film) if film is not None else None
    context = live_context(project, rendition) | {
        "form": form,
        "film": film,
        "looks": _look_cards(project, rendition, own, str(form["grade"].value() or "")),
        "still": _still_url(project, rendition, str(form["grade"].value() or ""), 960, form["intensity"].value()),
        "own_looks": own,
        "compare": _compare(rendition, film),
        "takes": {name: about_time(s) for name, s in refinements.estimates(root).items()} if root else {},
        "about": rendition_about(rendition),
        "can_grow": root is not None and refinements.can_grow(root),
        "enlargers": enlarger_options(root, str(form["upscale_by"].value() or "")) if root is not None else [],
    }
    return render(request, "projects/refine.html", context | more, status=status)


def _initial(film: FinalVideo | None) -> dict[str, Any]:
    """What the standing version was refined with, else an earlier film, to go on from there."""
    if film is None:
        return {"loudness": "-140"}
    found = refinements.again(film.rendition)
    if not film.refined_from_id and found is None:
        return {"loudness": "-140"}
    known = refinements.choices_of(found.earlier if found is not None else film)
    own = known.get("look") and Look.objects.filter(owner=film.rendition.project.owner_id, code=known["look"]).exists()
    look = f"look:{known['look']}" if own else known.get("grade", "")
    loudness = known.get("loudness_tenths")
    return {
        "grade": look,
        "intensity": known.get("intensity_permille", 1000) // 10,
        "loudness": "" if loudness is None else str(loudness),
        "smooth": known.get("smooth", False),
        "upscale": known.get("upscale", False),
        "upscale_by": known.get("upscale_by", ""),
        "fade_in": known.get("fade_in_ms", 0) / 1000,
        "fade_out": known.get("fade_out_ms", 0) / 1000,
    }


def _still_url(project: Project, rendition: Rendition, grade: str, width: int, intensity: Any = 100) -> str:
    query = f"shape={rendition.code}&grade={grade}&width={width}&intensity={intensity}"
    return f"{reverse('refine-preview', args=[project.code])}?{query}"


def _look_cards(
    project: Project, rendition: Rendition, own: list[tuple[str, str]], chosen: str
) -> list[dict[str, Any]]:
    named = [("", _("None")), *((name, str(label)) for name, label in GRADE_LABELS.items())]
    named += [(f"look:{code}", name) for code, name in own]
    return [
        {
            "value": value,
            "label": label,
            "checked": value == chosen,
            "url": _still_url(project, rendition, value, 320),
        }
        for value, label in named
    ]


def _compare(rendition: Rendition, film: FinalVideo | None) -> dict[str, Any] | None:
    """The standing version beside the one that it was refined from; None for a plain one."""
    if film is None or film.refined_from is None:
        return None
    sides = [(_("Before"), film.refined_from), (_("After"), film)]
    return {
        "words": refinement_words(film),
        "aspect": rendition.aspect.replace(":", " / "),
        "sides": [
            {
                "label": label,
                "version": row.version,
                "url": media_url("film", row.code),
                "poster_url": media_url("poster", row.code) if row.poster_file else "",
            }
            for label, row in sides
        ],
        "before": film.refined_from.code,
        "final_url": final_url(rendition),
        "standing": film.version,
    }


def live_context(project: Project, rendition: Rendition) -> dict[str, Any]:
    """What the poll keeps up to date."""
    now, job = project_status(project), refinements.job_of(rendition)
    context = project_context(project, now, film=rendition.final.version if rendition.final else 0, scenes=0)
    failed = job is not None and job.state == JobState.FAILED
    busy = job is not None and not failed
    context["pulse"] |= {
        "url": reverse("refine-pulse", args=[project.code, rendition.code]),
        "every_s": PACE_S if busy or now.busy else 0,
        "busy": now.busy,
    }
    return context | {
        "here": "final",
        "rendition": rendition,
        "again": None if now.busy else again_context(rendition),
        "work": {
            "busy": busy,
            "percent": job.progress_done * 100 // job.progress_total if job and job.progress_total else None,
            "error": job.error if job is not None and failed else "",
            "enlarging": job is not None and job.step == refinements.ENLARGING,
            "asks": job is not None and job.state == JobState.NEEDS_CONSENT,
            "waits": job.error if job is not None and not failed and job.state in WAITS else "",
        },
    }


@require_GET
@never_cache
def refine_pulse(request: HttpRequest, code: UUID, shape: UUID) -> HttpResponse:
    """204 while nothing changed, else how far it is. A new version needs the page as a whole."""
    if is_unchanged(request, code):
        return HttpResponse(status=204)
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, str(shape))
    if rendition.final is not None and rendition.final.version != number(request.GET.get("film")):
        return load_anew()
    return render(request, "projects/_refine_changes.html", live_context(project, rendition) | {"oob": True})


@require_GET
def refine_preview(request: HttpRequest, code: UUID) -> HttpResponse:
    """A picture of the film in a look: `grade` and `intensity` as in the form, `width` 320 or 960."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.GET.get("shape"))
    width = number(request.GET.get("width"))
    table = _table(request, request.GET.get("grade", ""))
    file, worn = _still(project, rendition)
    if not file or width not in WIDTHS:
        raise Http404
    try:
        with default_storage.open(file, "rb") as source, Pillow.open(source, formats=("JPEG", "PNG", "WEBP")) as opened:
            picture = opened.convert("RGB")
    except FileNotFoundError as error:
        raise Http404 from error
    picture.thumbnail((width, width), Pillow.Resampling.LANCZOS)
    if worn is not None:
        picture = in_look(picture, worn.table())
    if table is not None:
        strength = min(100, number(request.GET.get("intensity", "100")))
        picture = in_look(picture, faded(table, strength * 10))
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85)
    response = HttpResponse(data.getvalue(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _table(request: HttpRequest, grade: str) -> Table | None:
    """The look that the form names; None for none. Http404 for one that there is not."""
    if not grade:
        return None
    kind, _colon, code = grade.rpartition(":")
    try:
        if not kind:
            return shipped_look(grade)
        look = Look.objects.get(owner=request.user.pk, code=UUID(code))
        with default_storage.open(look.file, "rb") as source:
            return read_cube(source.read())
    except (KeyError, ValueError, Look.DoesNotExist, FileNotFoundError, MediaError) as error:
        raise Http404 from error


def _still(project: Project, rendition: Rendition) -> tuple[str, Grade | None]:
    """(file, the look that the film wears over it) of the picture from the middle of the film.

    A film whose scenes are gone is seen by its own frame, which wears its look already; ("", None) without a film.
    """
    picks = Pick.objects.filter(content__scene__project=project, aspect=rendition.aspect, image__isnull=False)
    rows = list(picks.select_related("image", "content").order_by("content__scene__start_frame"))
    pick = rows[len(rows) // 2] if rows else None
    if pick is not None and pick.image is not None:
        ad = project.kind == Project.Kind.AD
        return pick.image.file, project.ad.grade_of(pick.content.imagery) if ad else None
    return (refinements.root_of(rendition.final).poster_file, None) if rendition.final is not None else ("", None)


@require_POST
def refine_cancel(request: HttpRequest, code: UUID) -> HttpResponse:
    """End the work, or put its failure aside."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    if rendition.final is not None:
        by: Any = request.user
        actions.cancel_refinement(rendition.final, by=by)
    return redirect(_url(project, rendition))


@require_POST
def look_add(request: HttpRequest, code: UUID) -> HttpResponse:
    """Take in a .cube file."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    upload, by = request.FILES.get("cube"), request.user
    if upload is None:
        return _page(request, project, rendition, status=422, refusal=_("Choose a .cube file first."))
    try:
        look = actions.add_look(upload, upload.name or "", by=by)  # type: ignore[arg-type]
    except MediaError as error:
        return _page(request, project, rendition, status=422, refusal=str(error))
    messages.success(request, _("%(name)s is among your looks now.") % {"name": look.name})
    return redirect(_url(project, rendition))


@require_POST
def look_delete(request: HttpRequest, code: UUID) -> HttpResponse:
    """Delete a look of one's own."""
    project = owned_project(request.user, code)
    rendition = shown_rendition(project, request.POST.get("shape"))
    try:
        look = get_object_or_404(Look, owner=request.user.pk, code=UUID(request.POST.get("look", "")))
    except ValueError as error:
        raise Http404 from error
    actions.delete_look(look)
    messages.success(request, _("Deleted. Films that have this look keep it."))
    return redirect(_url(project, rendition))
