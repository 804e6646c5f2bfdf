"""Pictures and films of other people's projects, for operators: through the desk's own guarded address."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse


def admin_media_url(kind: str, code: UUID) -> str:
    return reverse("admin:desk-media", args=[kind, code])
