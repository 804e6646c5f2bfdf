"""Hosted models and their prices, how vendors are, and what the studio wants its operator to know."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as NotARow

from pipeline import health
from pipeline.models import Alert, ModelEntry, ProviderHealth, WebhookDelivery
from projects.admin.base import ModelAdmin, ReadOnlyAdmin


class ModelEntryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    def clean(self) -> dict[str, object]:
        """What providers could not read is told here, not in the middle of a film."""
        cleaned = super().clean() or {}
        if cleaned.get("concurrency") == 0:
            self.add_error("concurrency", _("With 0 its work would wait for ever. Take it off the list instead."))
        for name, value in cleaned.items():
            setattr(self.instance, name, value)
        try:
            self.instance.as_row()
        except NotARow as wrong:
            first = wrong.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ValidationError(_("%(place)s: %(why)s") % {"place": place, "why": first["msg"]}) from wrong
        return cleaned


@admin.register(ModelEntry)
class ModelEntryAdmin(ModelAdmin):
    """An empty price is unknown: nothing is bought before one is entered. What is changed here stays."""

    form = ModelEntryForm
    list_display = ("provider", "name", "tier", "capability", "priced", "unit", "price_as_of", "enabled", "retires_on")
    list_filter = ("provider", "capability", "tier", "enabled", "commercial")
    search_fields = ("name", "label")

    @admin.display(description=gettext_lazy("Price"))
    def priced(self, row: ModelEntry) -> str:
        return _("unknown") if row.price_microusd is None else f"${row.price_microusd / 1_000_000:g}"


@admin.register(ProviderHealth)
class ProviderHealthAdmin(ReadOnlyAdmin):
    list_display = ("provider", "model", "failures", "open_until", "kind", "reason", "changed_at")
    list_filter = ("provider",)
    actions = ("reset",)

    @admin.action(description=gettext_lazy("It works again: let its work go on"), permissions=["view"])
    def reset(self, request: HttpRequest, rows: QuerySet[ProviderHealth]) -> None:
        for provider in set(rows.values_list("provider", flat=True)):
            health.reset(provider, timezone.now())


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("day", "kind", "text", "created_at", "tell_at")
    list_filter = ("day",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "provider", "webhook_id", "attempt_code")
    search_fields = ("webhook_id", "attempt_code")
