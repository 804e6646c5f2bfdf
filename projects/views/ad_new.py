"""A new ad: the templates there are, and the form of one."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.ads.values import Template
from pipeline.media.run import MediaError
from projects.actions.ad_pictures import save_logo, save_shot
from projects.actions.ad_templates import own_rows, templates
from projects.actions.ads import AdWish, create_ad
from projects.actions.create import MusicWish
from projects.actions.upload import save_song
from projects.ad_forms import NewAdForm, look_words
from projects.models import Project, Soundtrack
from projects.states import IllegalMove
from projects.views.money import new_makers
from projects.views.new_films import begun

CHOICES = ("aspect", "resolution", "tier")


@require_safe
def ad_templates(request: HttpRequest) -> HttpResponse:
    """The gallery: each template with a picture that the product itself made of it."""
    return render(request, "projects/ad_templates.html", {"templates": _cards()})


def _cards() -> list[dict[str, Any]]:
    return [_card(template) for template in sorted(templates().values(), key=lambda one: (one.label, one.name))]


def _card(template: Template) -> dict[str, Any]:
    own = own_rows().get(template.name)
    picture = reverse("ad-preview", args=[own.name]) if own is not None else static(f"img/ads/{template.name}.jpg")
    return {
        "name": template.name,
        "label": template.label,
        "about": template.about,
        "seconds": template.seconds,
        "look": look_words(template.grade, template.grade_percent) if template.grade else "",
        "beats": len(template.timed(template.seconds[-1])),
        "picture_url": picture,
        "url": reverse("ad-new", args=[template.name]),
    }


@require_safe
def ad_preview(request: HttpRequest, name: str) -> HttpResponseBase:
    """The picture of a template that an operator handed in."""
    row = own_rows().get(name)
    if row is None or not row.preview_file:
        raise Http404
    try:
        return FileResponse(default_storage.open(row.preview_file, "rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error


@require_http_methods(["GET", "HEAD", "POST"])
def ad_new(request: HttpRequest, name: str) -> HttpResponse:
    """The form; sent, it begins the project and goes to its page, or to its brief where its owner decides."""
    template = templates().get(name)
    if template is None:
        raise Http404
    posted = request.method == "POST"
    form = NewAdForm(request.POST, request.FILES, template=template) if posted else NewAdForm(template=template)
    project = begun(request, form, lambda providers: _created(form, request.user, providers))
    if project is not None:
        return redirect("project" if project.autopilot else "brief", code=project.code)
    status = 422 if form.is_bound else 200
    context = {"form": form, "card": _card(template), "makers": new_makers(request.POST, Project.Kind.AD)}
    return render(request, "projects/ad_new.html", context, status=status)


def _created(form: NewAdForm, user: Any, providers: dict[str, str]) -> Project | None:
    """The new project, or None with the reason on the form."""
    given = form.cleaned_data
    wish = _wish(form, user)
    if wish is None:
        return None
    try:
        return create_ad(
            form.template,
            wish,
            by=user,
            seconds=given["length"],
            autopilot=given["way"] != "deciding",
            providers=providers,
            **{name: given[name] for name in CHOICES},
        )
    except IllegalMove as error:
        form.add_error("music_file" if given["music"] == Soundtrack.Source.UPLOAD else None, str(error))
        return None


def _wish(form: NewAdForm, user: Any) -> AdWish | None:
    """What was handed in, stored; None with the reasons on the form."""
    given = form.cleaned_data
    logo = _saved(form, "logo", given["logo"], save_logo, user) if given["logo"] else None
    shots = [_saved(form, "shots", upload, save_shot, user) for upload in given["shots"]]
    music = MusicWish(given["music"], given["mood"] if given["music"] == Soundtrack.Source.COMPOSE else "")
    if given["music"] == Soundtrack.Source.UPLOAD:
        found = _saved(form, "music_file", given["music_file"], save_song, user)
        music = MusicWish(Soundtrack.Source.UPLOAD, "", found[0] if found else None)
    if form.errors:
        return None
    return AdWish(given["brief"], [given["ground"], given["accent"]], logo, shots, music, given["grade"])


def _saved(form: NewAdForm, field: str, upload: Any, save: Any, user: Any) -> Any:
    try:
        return save(upload, upload.name or "", by=user)
    except MediaError as error:
        form.add_error(field, _("%(name)s: %(reason)s") % {"name": upload.name, "reason": error})
        return None
