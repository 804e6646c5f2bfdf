"""What the pages share on which a film begins."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest
from django.templatetags.static import static

from pipeline.media.run import MediaError
from pipeline.providers.local.styles import STYLES
from projects.actions.makers import checked_choices
from projects.models import Project
from projects.states import IllegalMove
from projects.views.money import posted_makers


def begun(request: HttpRequest, form: Form, create: Callable[[dict[str, str]], Project | None]) -> Project | None:
    """The project that a sent form begins, with the makers chosen beside it; None with the reasons on the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return create(checked_choices(posted_makers(request.POST)))
    except (MediaError, IllegalMove) as error:
        form.add_error(None, str(error))
        return None


def style_choices() -> list[dict[str, str]]:
    """The looks with their pictures, which the painter itself made."""
    return [
        {
            "value": style.name,
            "label": style.label,
            "note": style.description,
            "picture_url": static(f"img/styles/{style.name}.jpg"),
        }
        for style in STYLES.values()
    ]
