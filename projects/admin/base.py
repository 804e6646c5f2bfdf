"""What all lists and forms of the desk share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:  # generic for the type checker only
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """What only the engine writes: to be looked at, never edited by hand."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FollowAdmin(ReadOnlyAdmin):
    """As ReadOnlyAdmin, for rows that go with the project that they belong to."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # deleting a project asks for the permission of all that goes with it, not of single rows
        return (
            obj is None and request.resolver_match is not None and "project" in (request.resolver_match.url_name or "")
        )


def link(row: Model | None, text: object = None) -> SafeString | str:
    """A link to a row's page on the desk."""
    if row is None:
        return "–"
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', url, text or row)


def thumbnail(url: str) -> SafeString | str:
    return format_html('<img src="{}" alt="" width="160" loading="lazy" class="mod-thumb">', url) if url else "–"


def pretty(value: Any) -> SafeString:
    """JSON to be read, indented; long ones are cut."""
    text = json.dumps(value, indent=1, ensure_ascii=False, default=str)
    return format_html("<pre>{}</pre>", text if len(text) < 20_000 else text[:20_000] + "\n…")


def shown_json(field: str, label: Any) -> Callable[[Any, Any], SafeString]:
    """A desk's method that shows a row's JSON field to be read, under this label."""

    @admin.display(description=label)
    def shown(_desk: Any, row: Any) -> SafeString:
        return pretty(getattr(row, field))

    return shown


def short(code: UUID | str) -> str:
    return str(code)[:8]


def seconds(value: Any) -> str:
    return f"{value.total_seconds():.1f} s" if value is not None else "–"
