"""The song and its words: what was heard, its corrections, the lyrics workbench and the gate behind it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe
from pydantic import ValidationError

from pipeline.media.audio.corrections import MAX_SHIFT_MS, possible_percent
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics import write_lrc, write_txt
from projects.actions.song import forecast_beats, set_autopilot, set_beats
from projects.flow.gates import lyrics_approval, lyrics_passed
from projects.flow.status import project_status
from projects.models import Project, Song
from projects.states import IllegalMove
from projects.views.acts import act
from projects.views.answers import acted, first_failure, load_anew, number, project_context
from projects.views.cards import SECTION_LABELS, STAGE_PAGES
from projects.views.finding import owned_project
from projects.views.listening import again_context, newest_version, versions_context
from projects.views.reviews import verdict_rows
from projects.views.songs import song_context

NUDGE_MS = 10
AS_HEARD = (100, 0)


@require_safe
@never_cache
def song(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page, whole. Its live parts are a line, the steps and a note; a poll never touches the workbench."""
    project = owned_project(request.user, code)
    if not project.song_led:
        return redirect("brief" if project.kind == Project.Kind.AD else "idea", code=code)
    return song_page(request, project)


def song_page(request: HttpRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page with `more` in its context: what a form without a script was told."""
    return render(request, "projects/song.html", song_page_context(project) | more, status=status)


def song_page_context(project: Project) -> dict[str, Any]:
    """All of the page; without the workbench (`ready` is false) until the song is heard and has words."""
    now = project_status(project)
    context = project_context(project, now, film=0, scenes=project.scenes.count()) | {
        "here": "song",
        "failed_job": first_failure(project),
    }
    take = project.transcript.take if project.transcript else 0
    context["pulse"]["url"] = reverse("song-pulse", args=[project.code, take])
    row = project.song
    heard = _heard(row)
    if heard is None or not take:
        return context | {"ready": False}
    words = project.lyrics()
    return context | {
        "ready": True,
        "take": take,
        "words": words,
        "lyrics_text": write_lrc(words, words=False) if words.timed else write_txt(words),
        "lyrics_rows": min(24, max(8, len(words.lines) + 2)),
        "song": song_context(row),
        "sections": _section_rows(heard),
        "beats": beats_context(project, row, heard),
        "gate": gate_context(project),
        "again": again_context(project, row) if row.analysis is not None else {},
        "versions": versions_context(project),
        "history": verdict_rows("transcript", project.approvals.filter(transcript__isnull=False)),
    }


def _heard(row: Song) -> SongAnalysis | None:
    try:
        return row.heard()
    except ValidationError:
        return None


def _section_rows(heard: SongAnalysis) -> list[dict[str, Any]]:
    return [
        {
            "label": SECTION_LABELS[section.label],
            "name": section.label,
            "start_ms": section.start_ms,
            "end_ms": section.end_ms,
            "bars": sum(section.start_ms <= bar < section.end_ms for bar in heard.downbeats_ms),
            "energy": section.energy // 10,
        }
        for section in heard.sections
    ]


def beats_context(project: Project, row: Song, heard: SongAnalysis) -> dict[str, Any]:
    """The tempo, what may be done to it, and what that would render again."""
    percent, shift_ms = row.tempo_percent, row.beat_shift_ms
    raw = SongAnalysis.model_validate(row.analysis)
    try:
        probe = shift_ms + (NUDGE_MS if shift_ms < MAX_SHIFT_MS else -NUDGE_MS)
        stale = forecast_beats(project, (percent, probe))
    except IllegalMove:
        stale = None
    return {
        "bpm": round(heard.tempo_mbpm / 1000),
        "percent": percent,
        "shift_ms": shift_ms,
        "half": percent // 2 if possible_percent(raw, percent // 2) else 0,
        "double": percent * 2 if possible_percent(raw, percent * 2) else 0,
        "earlier": shift_ms - NUDGE_MS,
        "later": shift_ms + NUDGE_MS,
        "corrected": (percent, shift_ms) != AS_HEARD,
        "silent": heard.silent,
        "stale": len(stale.numbers) if stale else 0,
        "scenes": stale.scenes if stale else 0,
    }


def gate_context(project: Project) -> dict[str, Any]:
    """Whether the words passed, who let them, and whether anybody has to. `waits`: nothing goes on before."""
    passed = lyrics_passed(project)
    planned = project.scenes.exists()
    return {
        "approval": lyrics_approval(project) if passed else None,
        "passed": passed,
        "planned": planned,
        "waits": not (passed or planned or project.autopilot),
        "instrumental": project.song.instrumental,
    }


@require_GET
@never_cache
def song_data(request: HttpRequest, code: UUID) -> JsonResponse:
    """What the scripts of the page draw: peaks, sections, beats, and the lines with their words."""
    project = owned_project(request.user, code)
    heard = _heard(project.song)
    if heard is None:
        return JsonResponse({"error": _("The song is still being listened to. Wait a moment.")}, status=409)
    return JsonResponse(
        {
            "duration_ms": heard.duration_ms,
            "peaks": heard.peaks,
            "beats_ms": heard.beats_ms,
            "downbeats_ms": heard.downbeats_ms,
            "sections": [
                {"name": row["name"], "label": str(row["label"]), "start_ms": row["start_ms"], "end_ms": row["end_ms"]}
                for row in _section_rows(heard)
            ],
            "take": project.transcript.take if project.transcript else 0,
            "lines": [line.model_dump(mode="json") for line in project.lyrics().lines],
        }
    )


@require_GET
@never_cache
def song_pulse(request: HttpRequest, code: UUID, take: int) -> HttpResponse:
    """204 while nothing changed. `take` is the words' take in the page that asks, 0 for a page that waits for them."""
    project = owned_project(request.user, code)
    since = number(request.GET.get("since"))
    now = project_status(project)
    context = project_context(project, now, film=0, scenes=project.scenes.count())
    if project.rev == since and context["pulse"]["every_s"] == number(request.GET.get("every")):
        return HttpResponse(status=204)
    standing = project.transcript.take if project.transcript else 0
    if not take and (standing or not now.busy):  # nothing has been typed into a page that only waits
        return load_anew()
    context["pulse"]["url"] = reverse("song-pulse", args=[project.code, take])
    more = {
        "here": "song",
        "oob": True,
        "newer": standing != take,
        "heard": newest_version(project),
        "failed_job": first_failure(project),
    }
    return render(request, "projects/_song_changes.html", context | more)


@act
def song_beats(request: HttpRequest, code: UUID) -> HttpResponse:
    """Set tempo and beats to what the pressed button says, if the page saw what stands."""
    project = owned_project(request.user, code)
    wanted, seen = _beats(request, "beats"), _beats(request, "seen")
    row = set_beats(project, wanted, by=_user(request), seen=seen)
    if not request.htmx:  # type: ignore[attr-defined]  # django-htmx
        return redirect(f"{reverse('song', args=[project.code])}#beats")
    project.refresh_from_db()
    heard = row.heard()
    context = {"project": project, "beats": beats_context(project, row, heard), "song": song_context(row), "oob": True}
    response = render(request, "projects/_beats.html", context)
    response["HX-Trigger"] = "omvee:beats"
    return response


def _beats(request: HttpRequest, name: str) -> tuple[int, int]:
    """(percent, milliseconds) from a field such as "200:-10"."""
    percent, _colon, shift = request.POST.get(name, "").partition(":")
    sign = -1 if shift.startswith("-") else 1
    return number(percent), sign * min(10**6, number(shift.removeprefix("-")))


@act
def project_autopilot(request: HttpRequest, code: UUID) -> HttpResponse:
    """Switch between a project that makes itself and one whose owner decides at each step."""
    project = owned_project(request.user, code)
    on = request.POST.get("autopilot") == "on"
    set_autopilot(project, on, by=_user(request))
    said = _("It makes itself from here on.") if on else _("From here on it waits for you at each step.")
    back = request.POST.get("back", "")
    if back in (*STAGE_PAGES, "idea", "brief", "references"):
        return redirect(back, code=project.code)
    return acted(request, project, said)


def stale_words(numbers: tuple[int, ...], scenes: int) -> str:
    """What will be rendered again, in words: by number where they are few."""
    if not scenes:
        return ""
    if not numbers:
        return _("No scene is rendered again.")
    if len(numbers) == scenes > 1:
        return _("All %(count)s scenes are rendered again.") % {"count": scenes}
    if len(numbers) > 6:
        words = _("%(count)s of %(scenes)s scenes are rendered again.")
        return words % {"count": len(numbers), "scenes": scenes}
    words = ngettext("Scene %(list)s is rendered again.", "Scenes %(list)s are rendered again.", len(numbers))
    return words % {"list": ", ".join(map(str, numbers))}


def _user(request: HttpRequest) -> Any:
    return request.user
