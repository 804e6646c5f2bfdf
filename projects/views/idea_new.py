"""A new video from an idea."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.media.run import MediaError
from projects.actions.create import MusicWish, create_prompt_video
from projects.actions.references import save_reference
from projects.actions.upload import save_song
from projects.idea_forms import NewIdeaForm
from projects.models import Project, Reference, Soundtrack
from projects.states import IllegalMove
from projects.views.money import new_makers
from projects.views.new_films import begun, style_choices

CHOICES = ("seconds", "title", "style", "aspect", "resolution", "narration", "title_card")


@require_http_methods(["GET", "HEAD", "POST"])
def idea_new(request: HttpRequest) -> HttpResponse:
    """The form; sent, it begins the project and goes to its page, or to its scenes where its owner decides."""
    form = NewIdeaForm(request.POST, request.FILES) if request.method == "POST" else NewIdeaForm()
    project = begun(request, form, lambda providers: _created(form, request.user, providers))
    if project is not None:
        return redirect("project" if project.autopilot else "scenes", code=project.code)
    status = 422 if form.is_bound else 200
    context = {"form": form, "styles": style_choices(), "makers": new_makers(request.POST, Project.Kind.PROMPT_VIDEO)}
    return render(request, "projects/idea_new.html", context, status=status)


def _created(form: NewIdeaForm, user: Any, providers: dict[str, str]) -> Project | None:
    """The new project, or None with the reason on the form."""
    given = form.cleaned_data
    music = _music(form, user)
    references = _references(form, user)
    if form.errors:
        return None
    try:
        return create_prompt_video(
            given["idea"],
            by=user,
            music=music,
            references=references,
            guided=given["guided"] == "guide",
            autopilot=given["way"] != "deciding",
            providers=providers,
            **{name: given[name] for name in CHOICES},
        )
    except IllegalMove as error:
        form.add_error("music_file" if given["music"] == Soundtrack.Source.UPLOAD else None, str(error))
        return None


def _music(form: NewIdeaForm, user: Any) -> MusicWish:
    given = form.cleaned_data
    if given["music"] != Soundtrack.Source.UPLOAD:
        return MusicWish(given["music"], given["mood"])
    upload = given["music_file"]
    try:
        asset, _probe = save_song(upload, upload.name or "", by=user)
    except MediaError as error:
        form.add_error("music_file", str(error))
        return MusicWish()
    return MusicWish(Soundtrack.Source.UPLOAD, "", asset)


def _references(form: NewIdeaForm, user: Any) -> list[Reference]:
    found = []
    for upload in form.cleaned_data["references"]:
        try:
            found.append(save_reference(upload, upload.name or "", style=form.cleaned_data["style"], by=user))
        except MediaError as error:
            text = _("%(name)s: %(reason)s") % {"name": upload.name, "reason": error}
            form.add_error("references", text)
    return found
