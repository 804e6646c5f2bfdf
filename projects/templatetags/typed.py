"""What somebody had typed into a form that could not be taken: shown again, so that nothing typed is lost."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils.translation import gettext_lazy

register = template.Library()

# the fields that people write in; keys and prices are never shown again. A field of one of many, such as
# "caption-hook", goes by what stands before its hyphen.
TYPED = {
    "text": gettext_lazy("Words"),
    "description": gettext_lazy("What the scene shows"),
    "reason": gettext_lazy("Reason"),
    "pasted": gettext_lazy("Lyrics"),
    "lyrics": gettext_lazy("Lyrics"),
    "title": gettext_lazy("Title"),
    "artist": gettext_lazy("Artist"),
    "change": gettext_lazy("What should be different"),
    "caption": gettext_lazy("Caption"),
    "prompt": gettext_lazy("What is seen"),
    "product": gettext_lazy("Name of the product"),
    "what": gettext_lazy("What it is"),
    "audience": gettext_lazy("For whom"),
    "tone": gettext_lazy("Tone"),
    "points": gettext_lazy("Key points"),
    "call_to_action": gettext_lazy("Call to action"),
}
PLAIN_FORM = "application/x-www-form-urlencoded"
MOST_BYTES = 256 * 1024


def typed_words(request: HttpRequest) -> list[dict[str, Any]]:
    """The filled fields of a plain form as [{label, text}], in the form's order.

    A body with files or of any other kind stays unread; so does one that another site sent.
    """
    stated = str(request.META.get("CONTENT_LENGTH") or "0")
    small = stated.isascii() and stated.isdigit() and int(stated[:18]) <= MOST_BYTES
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if request.method != "POST" or request.content_type != PLAIN_FORM or not (small and ours):
        return []
    given = [(_label(name), text) for name, texts in request.POST.lists() for text in texts]
    return [{"label": label, "text": text} for label, text in given if label and text.strip()]


def _label(field: str) -> str:
    """What a field is called on the page, with the one that it belongs to; "" for one that is not shown again."""
    name, _hyphen, one = field.partition("-")
    if name not in TYPED:
        return ""
    return f"{TYPED[name]} ({one.replace('_', ' ')})" if one else str(TYPED[name])


@register.inclusion_tag("_typed.html", takes_context=True)
def typed(context: Context) -> dict[str, Any]:
    """What was typed into the form that this page answers; nothing where there is no request."""
    request = context.get("request")
    return {"words": typed_words(request) if request is not None else []}
