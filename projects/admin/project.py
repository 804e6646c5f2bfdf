"""Projects, uploads and songs on the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pipeline.states import LIVE
from projects.actions import control
from projects.admin.base import FollowAdmin, ModelAdmin, ReadOnlyAdmin, TabularInline, link, pretty, thumbnail
from projects.admin.pictures import admin_media_url
from projects.flow.status import project_status
from projects.models import Asset, Event, Project, Rendition, Song, Transcript
from projects.states import IllegalMove


class RenditionInline(TabularInline):
    model = Rendition
    extra = 0
    fields = readonly_fields = ("aspect", "resolution", "captions", "pulse", "final")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    list_display = ("title", "owner", "style", "state", "scene_count", "live_jobs", "failed_jobs", "created_at")
    list_filter = (
        "kind",
        "style",
        "autopilot",
        ("trashed_at", admin.EmptyFieldListFilter),
        ("purged_at", admin.EmptyFieldListFilter),
        ("stopped_at", admin.EmptyFieldListFilter),
        "created_at",
    )
    search_fields = ("title", "artist", "code", "owner__email", "owner__username")
    date_hierarchy = "created_at"
    list_select_related = ("owner",)
    show_full_result_count = False
    fields = (
        "title",
        "artist",
        "owner",
        "code",
        "kind",
        "style",
        "autopilot",
        "state",
        "progress",
        "rev",
        "stopped_at",
        "trashed_at",
        "created_at",
        "history",
    )
    readonly_fields = (
        "code",
        "owner",
        "kind",
        "style",
        "autopilot",
        "state",
        "progress",
        "rev",
        "stopped_at",
        "trashed_at",
        "created_at",
        "history",
    )
    inlines = (RenditionInline,)
    actions = ("stop", "go_on", "retry", "trash", "restore", "purge")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        live = Count("jobs", filter=Q(jobs__state__in=LIVE), distinct=True)
        failed = Count("jobs", filter=Q(jobs__state="failed", jobs__dismissed=False), distinct=True)
        scenes = Count("scenes", distinct=True)
        rows: QuerySet[Project] = super().get_queryset(request)
        return rows.annotate(live=live, failed=failed, scene_total=scenes)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("State"))
    def state(self, row: Project) -> str:
        if row.purged_at:
            return _("Being deleted")
        return _("In the trash") if row.trashed_at else project_status(row).state

    @admin.display(description=gettext_lazy("Progress"))
    def progress(self, row: Project) -> str:
        status = project_status(row)
        return f"{status.message} {status.done}/{status.total}"

    @admin.display(description=gettext_lazy("Scenes"), ordering="scene_total")
    def scene_count(self, row: Any) -> int:
        return int(row.scene_total)

    @admin.display(description=gettext_lazy("Live jobs"), ordering="live")
    def live_jobs(self, row: Any) -> int:
        return int(row.live)

    @admin.display(description=gettext_lazy("Failures"), ordering="failed")
    def failed_jobs(self, row: Any) -> int:
        return int(row.failed)

    @admin.display(description=gettext_lazy("History"))
    def history(self, row: Project) -> SafeString:
        rows = ((event.at.strftime("%Y-%m-%d %H:%M:%S"), event.verb, event.text) for event in row.events.all()[:50])
        return format_html_join("", "<div>{} <b>{}</b> {}</div>", rows)

    @admin.action(description=gettext_lazy("Cancel the work"))
    def stop(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.stop_project)

    @admin.action(description=gettext_lazy("Go on"))
    def go_on(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.resume_project)

    @admin.action(description=gettext_lazy("Try failed steps again"))
    def retry(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.retry_failed)

    @admin.action(description=gettext_lazy("Move to the trash"))
    def trash(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.trash_project)

    @admin.action(description=gettext_lazy("Take out of the trash"))
    def restore(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.restore_project)

    @admin.action(description=gettext_lazy("Delete for good what is in the trash"))
    def purge(self, request: HttpRequest, rows: QuerySet[Project]) -> None:
        self._each(request, rows, control.purge_project)

    def _each(self, request: HttpRequest, rows: QuerySet[Project], action: Any) -> None:
        done = 0
        for row in rows:
            try:
                action(row, by=request.user)
            except IllegalMove as error:
                messages.warning(request, f"{row}: {error}")
                continue
            self.log_change(request, row, action.__name__)
            done += 1
        messages.success(
            request, ngettext("%(count)s project changed.", "%(count)s projects changed.", done) % {"count": done}
        )


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "owner", "size_bytes", "duration_ms", "created_at")
    list_filter = ("kind", "created_at")
    search_fields = ("name", "sha256", "code", "owner__email")
    list_select_related = ("owner",)


@admin.register(Song)
class SongAdmin(FollowAdmin):
    list_display = ("project_link", "asset", "instrumental", "is_analyzed", "tempo")
    list_filter = ("instrumental",)
    search_fields = ("project__title", "asset__name")
    list_select_related = ("project", "asset")
    fields = ("project_link", "asset", "instrumental", "lyrics_name", "lyrics_text", "heard_facts")
    readonly_fields = ("project_link", "heard_facts")

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: Song) -> SafeString | str:
        return link(row.project)

    @admin.display(description=gettext_lazy("Analyzed"), boolean=True)
    def is_analyzed(self, row: Song) -> bool:
        return row.analysis is not None

    @admin.display(description=gettext_lazy("Tempo"))
    def tempo(self, row: Song) -> str:
        return f"{row.heard().tempo_mbpm / 1000:.1f}" if row.analysis else "–"

    @admin.display(description=gettext_lazy("Heard"))
    def heard_facts(self, row: Song) -> SafeString | str:
        if row.analysis is None:
            return "–"
        heard = row.heard()
        return pretty(
            {"key": heard.key, "beats": len(heard.beats_ms), "sections": [s.model_dump() for s in heard.sections]}
        )


@admin.register(Transcript)
class TranscriptAdmin(FollowAdmin):
    list_display = ("project", "take", "provider", "edited", "line_count", "created_at")
    list_filter = ("provider", "edited", "created_at")
    search_fields = ("project__title",)
    list_select_related = ("project",)

    @admin.display(description=gettext_lazy("Lines"))
    def line_count(self, row: Transcript) -> int:
        return len(row.lyrics.get("lines", []))


@admin.register(Rendition)
class RenditionAdmin(FollowAdmin):
    list_display = ("project", "aspect", "resolution", "captions", "poster")
    list_filter = ("aspect", "resolution", "captions")
    search_fields = ("project__title", "code")
    list_select_related = ("project", "final")

    @admin.display(description=gettext_lazy("Poster"))
    def poster(self, row: Rendition) -> SafeString | str:
        return thumbnail(admin_media_url("poster", row.final.code)) if row.final else "–"


@admin.register(Event)
class EventAdmin(FollowAdmin):
    list_display = ("at", "project", "verb", "text", "by")
    list_filter = ("verb", "at")
    search_fields = ("project__title", "text")
    list_select_related = ("project", "by")
