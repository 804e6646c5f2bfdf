"""Ideas, their pictures and the wish for their music on the desk: to look at, not to change."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from projects.admin.base import ReadOnlyAdmin, link
from projects.models import Idea, Reference, Soundtrack


class _OfProject(ReadOnlyAdmin):
    list_select_related = True

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: Idea | Reference | Soundtrack) -> SafeString | str:
        return link(row.project)


@admin.register(Idea)
class IdeaAdmin(_OfProject):
    list_display = ("project_link", "__str__", "narration", "title_card", "guided")
    search_fields = ("project__title", "text")
    fields = readonly_fields = ("project_link", "text", "narration", "title_card", "guided")


@admin.register(Reference)
class ReferenceAdmin(_OfProject):
    list_display = ("project_link", "asset", "position", "width", "height", "palette")
    search_fields = ("project__title", "asset__name")
    fields = readonly_fields = ("project_link", "asset", "position", "width", "height", "palette")


@admin.register(Soundtrack)
class SoundtrackAdmin(_OfProject):
    list_display = ("project_link", "source", "mood", "take", "asset")
    list_filter = ("source", "mood")
    search_fields = ("project__title", "asset__name")
    fields = readonly_fields = ("project_link", "source", "mood", "take", "asset")
