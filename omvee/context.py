"""What every template may know about the site itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """`sends_mail`: a reset link can arrive; `signup`: closed, invite or open."""
    return {"sends_mail": settings.SENDS_MAIL, "signup": settings.OMVEE_SIGNUP}
