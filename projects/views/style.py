"""The style of the whole film, changed after it was begun: what that makes again is said first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pipeline.providers.local.styles import STYLES
from projects.actions.edit import set_style
from projects.flow.rehearsal import rehearse
from projects.states import IllegalMove, LostRace
from projects.views import reviews
from projects.views.finding import owned_project
from projects.views.images import images_page
from projects.views.rehearsals import rehearsal_text, sure_page, with_films_kept
from projects.views.review_cards import IMAGE


@require_POST
def style_set(request: HttpRequest, code: UUID) -> HttpResponse:
    """Draw the film in `style`; `seen` is the one that the form showed. Without `sure`, what it makes again is told."""
    project = owned_project(request.user, code)
    by: Any = request.user
    style, seen = request.POST.get("style", ""), request.POST.get("seen", "")
    back_url = reviews.board_url(project, IMAGE)
    try:
        if "sure" in request.POST:
            set_style(project, style, by=by, seen=seen)
            messages.success(request, _("The film is drawn in “%(style)s”.") % {"style": STYLES[style].label})
            return redirect(back_url)
        text = rehearsal_text(rehearse(project, lambda: set_style(project, style, by=by, seen=seen)))
    except (IllegalMove, LostRace) as error:
        status = 409 if isinstance(error, LostRace) else 422
        return images_page(request, owned_project(request.user, code), status=status, refusal=str(error))
    question = _("Draw the whole film in “%(style)s”?") % {"style": STYLES[style].label}
    return sure_page(
        request, project, question, with_films_kept(project, text), (("style", style), ("seen", seen)), back_url
    )
