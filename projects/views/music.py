"""The music of a film that no song leads: played, told, and changed after the film has begun.

A change is asked for twice: what it makes again is said first, with its time and price, and nothing is changed until
somebody says yes. A piece that was uploaded for the question is kept, so that the answer does not need it again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from pipeline.media.run import MediaError
from projects.actions import music as actions
from projects.actions.create import MusicWish
from projects.actions.upload import save_song
from projects.flow import beds
from projects.flow.makers import maker
from projects.flow.references import unshown
from projects.flow.rehearsal import rehearse
from projects.flow.status import project_status
from projects.forms import MUSIC_MOODS, SONG_ACCEPT
from projects.models import Asset, Project, Song, Soundtrack
from projects.states import IllegalMove, LostRace
from projects.views.answers import first_failure, number, project_context, pulse_answer
from projects.views.cards import media_url
from projects.views.finding import owned_project
from projects.views.rehearsals import rehearsal_text, sure_page, with_films_kept
from projects.views.songs import song_context
from projects.views.vendor_cards import model_words

COMPOSING = "composing"


def found_without_song(request: HttpRequest, code: UUID) -> Project:
    """The user's project, if its music is made for it; else Http404."""
    project = owned_project(request.user, code)
    if project.song_led:
        raise Http404
    return project


@require_safe
@never_cache
def music(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page of an ad's music; that of an idea stands beside its words."""
    project = found_without_song(request, code)
    return redirect("idea", code=code) if project.kind == Project.Kind.PROMPT_VIDEO else music_page(request, project)


def music_page(request: HttpRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page that its music stands on, with `more`: why something was refused, what was chosen then."""
    if project.kind == Project.Kind.PROMPT_VIDEO:
        idea = {
            "idea": project.idea,
            "references": project.references.select_related("asset"),
            "unshown": unshown(project),
        }
        template, context = "projects/idea.html", music_live(project, "idea-pulse") | idea
    else:
        template, context = "projects/music.html", music_live(project, "music-pulse")
    return render(request, template, context | music_context(project) | more, status=status)


def music_context(project: Project) -> dict[str, Any]:
    """The music as it is and as it can be wished for."""
    track = Soundtrack.objects.select_related("asset").get(project=project)
    song, by = beds.standing_song(project), maker(project, beds.STEP)
    return {
        "track": track,
        "mark": actions.mark_of(track),
        "wished": {"music": str(track.source), "mood": track.mood},
        "mood_label": MUSIC_MOODS.get(beds.bed_mood(project, track), ""),
        "moods": [(value, label) for value, label in MUSIC_MOODS.items() if value or project.kind != Project.Kind.AD],
        "composer": model_words(by.provider, by.model) if by.hosted else "",
        "accept": SONG_ACCEPT,
        "song": song_context(song),
        "cuts": _cuts_words(project, song, track),
        "audio_url": media_url("song", song.asset.code) if song is not None else "",
        "failed_job": first_failure(project),
    }


def _cuts_words(project: Project, song: Song | None, track: Soundtrack) -> str:
    """How the cuts lie on the music; "" where there is nothing to be said yet."""
    if song is None or track.source == Soundtrack.Source.NONE:
        return ""
    met, cuts = beds.cuts_on_beats(project, song)
    if not cuts:
        return ""
    if met == cuts:
        return _("Every cut lies on a beat.")
    text = ngettext("%(met)s of %(cuts)s cut lies on a beat.", "%(met)s of %(cuts)s cuts lie on a beat.", cuts)
    text = text % {"met": met, "cuts": cuts}
    if track.source != Soundtrack.Source.COMPOSE:
        return text
    return f"{text} {_('“Compose other music” makes music for the cuts as they are now.')}"


def music_live(project: Project, pulse: str) -> dict[str, Any]:
    """What the polled parts of a page with music are given."""
    context = project_context(project, project_status(project), film=0, scenes=project.scenes.count())
    context["pulse"]["url"] = reverse(pulse, args=[project.code, music_mark(project)])
    return context | {"here": "song"}


def music_mark(project: Project) -> str:
    """Which music the page shows."""
    song = beds.standing_song(project)
    return str(song.asset.code) if song is not None else COMPOSING


@require_GET
@never_cache
def music_pulse(request: HttpRequest, code: UUID, mark: str) -> HttpResponse:
    """204 while nothing changed; the page anew once the music that it waits for is there."""
    project = found_without_song(request, code)
    anew = mark == COMPOSING and music_mark(project) != COMPOSING
    return pulse_answer(request, music_live(project, "music-pulse"), project, anew)


@require_POST
def music_set(request: HttpRequest, code: UUID) -> HttpResponse:
    """Other music: composed again, in another mood, one's own, or none. Without `sure`, what it makes again is told."""
    project = found_without_song(request, code)
    by: Any = request.user
    try:
        fields, change = _change(request, project, by)
        if "sure" not in request.POST:
            return _asked(request, project, fields, rehearsal_text(rehearse(project, change)))
        change()
    except (IllegalMove, MediaError) as error:
        wished = {name: request.POST.get(name, "") for name in ("music", "mood")}
        return music_page(request, project, status=422, refusal=str(error), wished=wished)
    except LostRace as error:
        return music_page(request, owned_project(request.user, code), status=409, refusal=str(error))
    messages.success(request, _("The film is made on this music."))
    return redirect("music", code=code)


def _change(request: HttpRequest, project: Project, by: Any) -> tuple[dict[str, str], Any]:
    """The fields that say it once more, and what is to be done."""
    if "again" in request.POST:
        seen = number(request.POST.get("again"))
        return {"again": str(seen)}, lambda: actions.other_music(project, by=by, seen_take=seen)
    wish, shown = _wish(request, by), request.POST.get("seen", "")
    fields = {"music": str(wish.source), "mood": wish.mood, "piece": str(wish.asset.code) if wish.asset else ""}
    return fields | {"seen": shown}, lambda: actions.set_music(project, wish, by=by, seen=shown)


def _wish(request: HttpRequest, by: Any) -> MusicWish:
    upload, source = request.FILES.get("music_file"), request.POST.get("music", "")
    if upload is not None:
        asset, _probe = save_song(upload, upload.name or "", by=by)
        return MusicWish(Soundtrack.Source.UPLOAD, "", asset)
    if source == Soundtrack.Source.UPLOAD:
        return MusicWish(source, "", _piece(request.POST.get("piece", ""), by))
    return MusicWish(source, request.POST.get("mood", "") if source == Soundtrack.Source.COMPOSE else "")


def _piece(code: str, by: Any) -> Asset:
    """The piece that was uploaded when the question was asked."""
    try:
        return Asset.objects.get(owner=by, kind=Asset.Kind.SONG, code=UUID(code))
    except (ValueError, Asset.DoesNotExist) as error:
        raise IllegalMove(_("Choose the music that you want to use.")) from error


def _asked(request: HttpRequest, project: Project, fields: dict[str, str], text: str) -> HttpResponse:
    whole, back_url = with_films_kept(project, text), reverse("music", args=[project.code])
    return sure_page(request, project, _("Use other music?"), whole, fields.items(), back_url)
