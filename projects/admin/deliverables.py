"""Exported files and uploaded looks, on the desk."""

from __future__ import annotations

from django.contrib import admin

from projects.admin.base import FollowAdmin
from projects.models import Export, Look


@admin.register(Export)
class ExportAdmin(FollowAdmin):
    list_display = ("project", "format", "quality", "rendition", "size_bytes", "downloads", "created_at", "expires_at")
    list_filter = ("format", "quality", "created_at")
    search_fields = ("code", "project__title")
    list_select_related = ("project", "rendition")


@admin.register(Look)
class LookAdmin(FollowAdmin):
    list_display = ("name", "owner", "created_at")
    search_fields = ("code", "name", "owner__email")
    list_select_related = ("owner",)
