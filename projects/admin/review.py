"""Verdicts and consents on the desk."""

from __future__ import annotations

from django.contrib import admin

from projects.admin.base import FollowAdmin
from projects.models import Approval, Consent


@admin.register(Approval)
class ApprovalAdmin(FollowAdmin):
    list_display = ("at", "project", "verdict", "reason", "by")
    list_filter = ("verdict", "at")
    search_fields = ("project__title", "reason")
    list_select_related = ("project", "by")


@admin.register(Consent)
class ConsentAdmin(FollowAdmin):
    list_display = ("at", "project", "steps", "ceiling_microusd", "by", "withdrawn_at")
    list_filter = ("at", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("project__title",)
    list_select_related = ("project", "by")
