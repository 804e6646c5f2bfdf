"""What an edit would make again, in words, and the page that asks whether it is to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.flow.rehearsal import Rehearsal
from projects.models import FinalVideo, Project
from projects.templatetags.ui import at_most

MOST_NUMBERS = 6


def sure_page(
    request: HttpRequest,
    project: Project,
    question: Any,
    text: str,
    fields: Iterable[tuple[str, Any]],
    back_url: str = "",
) -> HttpResponse:
    """Asks before it is done: a yes sends `fields` to the same address, with `sure`. `back_url` "": to the scenes."""
    context = {"project": project, "question": question, "text": text, "fields": fields, "back_url": back_url}
    return render(request, "projects/scenes_sure.html", context | {"url": request.path})


def with_films_kept(project: Project, text: str) -> str:
    """What a change of the whole film makes again, and that finished versions are none of it, where there are any."""
    if not FinalVideo.objects.filter(rendition__project=project).exists():
        return text
    return f"{text} {_('Finished versions stay as they are, and so do their files and refinements.')}"


def rehearsal_text(found: Rehearsal) -> str:
    """For example "2 scenes are rendered again (3, 4); the film is joined anew. Free, about 20 s."."""
    if found.plans:
        return _("All scenes are planned anew; then their pictures, their motion and the film are made again.")
    kept = _kept_text(found)
    if found.nothing:
        return kept or _("Nothing that is made already has to be made again.")
    images, shots = len(found.images), len(found.shots)
    parts = []
    if images:
        said = ngettext(
            "a new picture is drawn for scene %(scenes)s",
            "%(count)s new pictures are drawn (scenes %(scenes)s)",
            images,
        )
        parts.append(said % {"count": images, "scenes": _numbers(found.images)})
    if shots:
        said = ngettext("scene %(scenes)s is rendered again", "%(count)s scenes are rendered again (%(scenes)s)", shots)
        parts.append(said % {"count": shots, "scenes": _numbers(found.shots)})
    if found.films:
        parts.append(_("the film is joined anew"))
    if found.waits:
        parts.append(_("what is new waits for your approval before it is rendered"))
    price = capfirst(at_most(found.cost_microusd))
    time = _("about %(seconds)s s") % {"seconds": max(1, found.seconds)}
    return " ".join(part for part in (f"{capfirst('; '.join(parts))}. {price}, {time}.", kept) if part)


def _kept_text(found: Rehearsal) -> str:
    """What somebody chose or approved, and who has to say that it is made again; "" for nothing."""
    parts = []
    if found.kept_images:
        said = ngettext(
            "Scene %(scenes)s keeps the picture that you chose, until you redraw it on Images.",
            "Scenes %(scenes)s keep the pictures that you chose, until you redraw them on Images.",
            len(found.kept_images),
        )
        parts.append(said % {"scenes": _numbers(found.kept_images)})
    if found.kept_clips:
        said = ngettext(
            "Scene %(scenes)s keeps the clip that you chose, until you make another take on Clips.",
            "Scenes %(scenes)s keep the clips that you chose, until you make other takes on Clips.",
            len(found.kept_clips),
        )
        parts.append(said % {"scenes": _numbers(found.kept_clips)})
    return " ".join(parts)


def _numbers(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:MOST_NUMBERS])
    return shown if len(numbers) <= MOST_NUMBERS else f"{shown} …"
