"""The sample project's own tour: one line per page, without a window over it, put away for good by a cookie."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.template.context import Context
from django.utils.translation import gettext_lazy

from projects.actions.sample import SAMPLE

register = template.Library()
COOKIE: Final = "hints"

HINTS: Final[dict[str, Any]] = {
    "project": gettext_lazy(
        "This is the sample song. It makes itself while you watch; the steps above lead to what you can decide."
    ),
    "song": gettext_lazy(
        "This is the sample song. Click a line to hear it from there; corrected words are rendered again by themselves."
    ),
    "scenes": gettext_lazy(
        "This is the sample song. Click a scene to see what it shows; drag a cut, and it settles on a beat."
    ),
    "images": gettext_lazy(
        "This is the sample song. Draw a picture again: the old take is kept, and you can pick either."
    ),
    "clips": gettext_lazy("This is the sample song. Point at a clip to play it; every change costs nothing here."),
    "final": gettext_lazy(
        "This is the sample song. Press a picture under the film to jump there; make it in another shape below."
    ),
}


@register.inclusion_tag("projects/_hint.html", takes_context=True)
def hint(context: Context, name: str) -> dict[str, Any]:
    """The page's hint; nothing for other projects than the sample, and once it was put away."""
    request, project = context.get("request"), context.get("project")
    if request is None or project is None or project.fingerprint != SAMPLE or name in put_away(request):
        return {}
    return {
        "hint_name": name,
        "hint_text": HINTS[name],
        "hint_next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
    }


def put_away(request: Any) -> list[str]:
    """The names of hints that this browser has put away."""
    return [name for name in request.COOKIES.get(COOKIE, "").split(".") if name in HINTS]
