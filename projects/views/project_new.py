"""A new video from a song."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from pipeline.media.run import MediaError
from projects.actions.create import create_music_video
from projects.actions.upload import save_song, title_from
from projects.forms import NewVideoForm
from projects.models import Project
from projects.views.money import new_makers
from projects.views.new_films import begun, style_choices

CHOICES = ("style", "aspect", "captions", "resolution", "instrumental")


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """The form; sent, it stores the song, begins the project and goes to its page, or to the first one that decides."""
    form = NewVideoForm(request.POST, request.FILES) if request.method == "POST" else NewVideoForm()
    project = begun(request, form, lambda providers: _created(form, request.user, providers))
    if project is not None:
        return redirect("project" if project.autopilot else "song", code=project.code)
    status = 422 if form.is_bound else 200
    context = {"form": form, "styles": style_choices(), "makers": new_makers(request.POST, Project.Kind.MUSIC_VIDEO)}
    return render(request, "projects/project_new.html", context, status=status)


def _created(form: NewVideoForm, user: Any, providers: dict[str, str]) -> Project | None:
    """The new project, or None with the reason on the song. Raises MediaError and IllegalMove."""
    given = form.cleaned_data
    try:
        asset, probe = save_song(given["song"], given["song"].name or "", by=user)
    except MediaError as error:
        form.add_error("song", str(error))
        return None
    text, name = form.given_lyrics()
    title = given["title"].strip() or probe.title or title_from(given["song"].name or "") or "Untitled"
    choices = {key: given[key] for key in CHOICES}
    return create_music_video(
        asset,
        by=user,
        title=title,
        artist=given["artist"] or probe.artist,
        lyrics=text,
        lyrics_name=name,
        autopilot=given["way"] != "deciding",
        providers=providers,
        **choices,
    )
