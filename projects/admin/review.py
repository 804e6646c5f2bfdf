"""Verdicts and consents on the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.admin.base import FollowAdmin, link
from projects.models import Approval, Consent


@admin.register(Approval)
class ApprovalAdmin(FollowAdmin):
    list_display = ("at", "project", "about", "verdict", "reason", "by")
    list_filter = ("verdict", "at")
    search_fields = ("project__title", "reason")
    list_select_related = ("project", "by", "transcript", "image", "clip")

    @admin.display(description=gettext_lazy("about"))
    def about(self, row: Approval) -> SafeString | str:
        """Which take was judged, as a link to it."""
        if row.transcript is not None:
            return link(row.transcript, _("Lyrics, take %(take)s") % {"take": row.transcript.take})
        if row.image is not None:
            return link(row.image, _("Picture, take %(take)s") % {"take": row.image.take})
        return link(row.clip, _("Clip, take %(take)s") % {"take": row.clip.take}) if row.clip is not None else "–"


@admin.register(Consent)
class ConsentAdmin(FollowAdmin):
    list_display = ("at", "project", "steps", "ceiling_microusd", "by", "withdrawn_at")
    list_filter = ("at", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("project__title",)
    list_select_related = ("project", "by")
