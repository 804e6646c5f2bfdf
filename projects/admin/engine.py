"""Jobs, attempts, money and workers on the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from pipeline.models import (
    Attempt,
    BudgetDay,
    BudgetMonth,
    BudgetProject,
    Job,
    LedgerEntry,
    SpendingLimits,
    WorkerHeartbeat,
)
from pipeline.states import JobState
from projects.actions import control
from projects.admin.base import FollowAdmin, ModelAdmin, ReadOnlyAdmin, link, seconds, shown_json

FRESH_S = 60


@admin.register(Job)
class JobAdmin(FollowAdmin):
    list_display = ("step", "project_link", "state", "progress", "tries", "took", "worker", "error", "created_at")
    list_filter = ("state", "step", "queue", "dismissed", "created_at")
    search_fields = ("code", "subject", "error", "project__title")
    date_hierarchy = "created_at"
    list_select_related = ("project",)
    actions = ("retry",)
    exclude = ("input", "output", "lease_token")
    readonly_fields = ("took", "input_text", "output_text")
    input_text = shown_json("input", gettext_lazy("Input"))
    output_text = shown_json("output", gettext_lazy("Output"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        rows: QuerySet[Job] = super().get_queryset(request)
        listed = request.resolver_match is not None and str(request.resolver_match.url_name).endswith("changelist")
        return rows.defer("input", "output") if listed else rows

    @admin.display(description=gettext_lazy("Project"))
    def project_link(self, row: Job) -> SafeString | str:
        return link(row.project)

    @admin.display(description=gettext_lazy("Progress"))
    def progress(self, row: Job) -> str:
        return f"{row.progress_done}/{row.progress_total}" if row.progress_total else "–"

    @admin.display(description=gettext_lazy("Took"))
    def took(self, row: Job) -> str:
        if row.started_at is None:
            return "–"
        return seconds((row.finished_at or timezone.now()) - row.started_at)

    @admin.action(description=gettext_lazy("Try again (failed ones)"), permissions=["view"])
    def retry(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        projects = {
            job.project
            for job in rows.filter(state=JobState.FAILED, dismissed=False).select_related("project")
            if job.project
        }
        count = sum(control.retry_failed(project, by=_user(request)) for project in projects)
        text = ngettext("%(count)s failure is tried again.", "%(count)s failures are tried again.", count)
        messages.success(request, text % {"count": count})


def _user(request: HttpRequest) -> Any:
    return request.user


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "step",
        "call",
        "number",
        "provider",
        "state",
        "estimate_microusd",
        "cost_microusd",
        "error",
    )
    list_filter = ("state", "provider", "step", "created_at")
    search_fields = ("code", "job_code", "project_code", "external_id")
    date_hierarchy = "created_at"
    exclude = ("request", "reply")
    readonly_fields = ("request_text", "reply_text")
    request_text = shown_json("request", gettext_lazy("Request"))
    reply_text = shown_json("reply", gettext_lazy("Reply"))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "amount_microusd", "day", "owner", "project_code")
    list_filter = ("kind", "day")
    search_fields = ("attempt_code", "project_code", "owner__email")
    list_select_related = ("owner",)


@admin.register(BudgetDay)
class BudgetDayAdmin(ModelAdmin):
    """Limits may be set; what was reserved and spent is counted by the engine alone."""

    list_display: tuple[str, ...] = ("day", "soft_microusd", "hard_microusd", "reserved_microusd", "spent_microusd")
    readonly_fields = ("reserved_microusd", "spent_microusd")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BudgetMonth)
class BudgetMonthAdmin(BudgetDayAdmin):
    """A person's month; an empty limit follows the studio's."""

    list_display = ("month", "owner", "hard_microusd", "reserved_microusd", "spent_microusd")
    list_filter = ("month",)
    search_fields = ("owner__email", "owner__username")
    raw_id_fields = ("owner",)
    exclude = ("soft_microusd",)


@admin.register(BudgetProject)
class BudgetProjectAdmin(BudgetDayAdmin):
    """A project's money; an empty limit follows the studio's."""

    list_display = ("project_code", "hard_microusd", "reserved_microusd", "spent_microusd")
    search_fields = ("project_code",)


@admin.register(SpendingLimits)
class SpendingLimitsAdmin(ModelAdmin):
    """One row. An empty limit follows the setting; work that pauses goes on within seconds when there is room."""

    list_display = ("__str__", "day_soft_microusd", "day_hard_microusd", "month_microusd", "project_microusd")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SpendingLimits.objects.exists()

    def save_model(self, request: HttpRequest, obj: SpendingLimits, form: Any, change: bool) -> None:
        obj.pk = 1
        obj.save()


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "is_alive", "io_workers", "cpu_workers", "started_at", "beat_at")
    search_fields = ("name",)

    @admin.display(description=gettext_lazy("Alive"), boolean=True)
    def is_alive(self, row: WorkerHeartbeat) -> bool:
        return (timezone.now() - row.beat_at).total_seconds() < FRESH_S
