"""The lyrics workbench's requests. A script sends rows as JSON and is answered in JSON; without one, the same addresses
take plain forms and answer with the page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import Field, ValidationError

from pipeline.media.lyrics import write_lrc
from pipeline.media.lyrics.editing import EditedLine
from pipeline.media.lyrics.reading import MAX_BYTES
from pipeline.media.lyrics.values import Line
from pipeline.media.run import MediaError
from pipeline.media.values import Value
from projects.actions import lyrics as actions
from projects.flow.caption_files import WRITERS
from projects.models import Project
from projects.states import IllegalMove, LostRace
from projects.views.answers import number
from projects.views.finding import owned_project
from projects.views.media import file_name
from projects.views.song import gate_context, song_page, stale_words

JSON = "application/json"
View = Callable[..., HttpResponse]


class Body(Value):
    """What the script sends: the take that it saw, and its rows."""

    take: int = Field(ge=0)
    lines: tuple[EditedLine, ...] = Field(default=(), max_length=20_000)


def told(view: View) -> View:
    """POST only. What is impossible is told in words: as JSON to a script, in the page to a plain form."""

    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, code: UUID) -> HttpResponse:
        project = owned_project(request.user, code)
        try:
            return view(request, project)
        except ValidationError:
            return JsonResponse({"error": _("The page sent something that cannot be read. Reload it.")}, status=400)
        except LostRace as error:
            return _refused(request, project, str(error), 409)
        except (MediaError, IllegalMove) as error:
            return _refused(request, project, str(error), 422)

    return wrapped


def _refused(request: HttpRequest, project: Project, words: str, status: int) -> HttpResponse:
    """Nothing is lost: a script keeps its rows and is given what stands, a form gets its text back."""
    project.refresh_from_db()
    if _is_script(request):
        return JsonResponse({"error": words} | (_standing(project) if status == 409 else {}), status=status)
    more: dict[str, Any] = {"refusal": words}
    if "text" in request.POST:
        more["lyrics_text"] = request.POST["text"]
    if status == 409:
        more["standing_text"] = write_lrc(project.lyrics(), words=False)
    return song_page(request, project, status=status, **more)


@told
def lyrics_save(request: HttpRequest, project: Project) -> HttpResponse:
    """Save all lines as a new take, if the page saw the one that stands."""
    if not _is_script(request):
        new = actions.lyrics_from_text(project, request.POST.get("text", ""))
        actions.save_lyrics(project, new, by=_user(request), seen_take=number(request.POST.get("take")))
        messages.success(request, _("Saved."))
        for note in new.notes:
            messages.info(request, note)
        return redirect("song", code=project.code)
    body = Body.model_validate_json(request.body)
    new = actions.lyrics_from_rows(project, body.lines)
    actions.save_lyrics(project, new, by=_user(request), seen_take=body.take)
    project.refresh_from_db()
    return JsonResponse(_standing(project) | {"notes": new.notes})


@told
def lyrics_check(request: HttpRequest, project: Project) -> HttpResponse:
    """What saving these rows would repair and render again, or why it would be refused. Nothing is saved."""
    body = Body.model_validate_json(request.body)
    if project.transcript is None or project.transcript.take != body.take:
        raise LostRace(_("The lyrics have changed meanwhile. Look at them again."))
    try:
        new = actions.lyrics_from_rows(project, body.lines)
    except MediaError as error:  # lines that are not finished are no error of the page
        return JsonResponse({"error": str(error)})
    stale = actions.forecast_lyrics(project, new)
    words = stale_words(stale.numbers, stale.scenes)
    return JsonResponse({"scenes": stale.numbers, "of": stale.scenes, "words": words, "notes": new.notes})


@told
def lyrics_import(request: HttpRequest, project: Project) -> HttpResponse:
    """Read a file or a pasted text. Nothing is saved: its lines go into the workbench, or into the form's text."""
    upload = request.FILES.get("file")
    if upload is not None and (upload.size or 0) > MAX_BYTES:
        raise MediaError(_("A lyrics file is at most %(size)s kB large.") % {"size": MAX_BYTES // 1000})
    given = upload.read() if upload is not None else request.POST.get("pasted", "")
    new = actions.lyrics_from_text(project, given, name=(upload.name or "") if upload is not None else "")
    if not new.lines:
        raise MediaError(_("There are no words in this. Choose a file or paste the lyrics."))
    if _is_script(request):
        return JsonResponse({"lines": _dumped(new.lines), "notes": new.notes})
    read = _("Read, but not saved yet: look through the lines, then save.")
    return song_page(request, project, lyrics_text=write_lrc(new), imported=[read, *new.notes])


@told
def lyrics_approve(request: HttpRequest, project: Project) -> HttpResponse:
    """Pass the gate with the words that were seen."""
    actions.approve_lyrics(project, by=_user(request), seen_take=number(request.POST.get("take")))
    messages.success(request, _("Approved. The scenes are planned now; you can close this tab."))
    return redirect("project" if project.autopilot else "scenes", code=project.code)


@told
def lyrics_instrumental(request: HttpRequest, project: Project) -> HttpResponse:
    """There are no words, or there are some after all."""
    seen = number(request.POST.get("take"))
    if request.POST.get("instrumental") == "on":
        actions.mark_instrumental(project, by=_user(request), seen_take=seen)
        messages.success(request, _("Marked as an instrumental. The words that were here are kept."))
    else:
        actions.unmark_instrumental(project, by=_user(request), seen_take=seen)
        messages.success(request, _("No instrumental any more. Look through the words."))
    return redirect("song", code=project.code)


@require_safe
def lyrics_export(request: HttpRequest, code: UUID, kind: str) -> HttpResponse:
    """The saved words as a file of this kind."""
    project = owned_project(request.user, code)
    if kind not in WRITERS or project.transcript is None:
        raise Http404
    write, content_type = WRITERS[kind]
    response = HttpResponse(write(project.lyrics()), content_type=f"{content_type}; charset=utf-8")
    name = f"{file_name(project.title) or 'lyrics'}.{kind}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith(JSON)


def _standing(project: Project) -> dict[str, Any]:
    """What stands now, for a page that has seen something else."""
    return {
        "take": project.transcript.take if project.transcript else 0,
        "lines": _dumped(project.lyrics().lines),
        "passed": gate_context(project)["passed"],
    }


def _dumped(lines: tuple[Line, ...]) -> list[dict[str, Any]]:
    return [line.model_dump(mode="json") for line in lines]


def _user(request: HttpRequest) -> Any:
    return request.user
