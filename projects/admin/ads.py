"""Ads on the desk; and their templates and the claims that need proof, which operators keep for everybody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError as NotATopic

from pipeline.ads.loading import TemplateError, read_template
from projects.actions.ad_templates import add_template
from projects.admin.base import FollowAdmin, ModelAdmin, shown_json
from projects.models import Ad, AdTemplate, ClaimTopic, GatePass


class NewTemplateForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    file = forms.FileField(
        label=gettext_lazy("Template (JSON)"),
        help_text=gettext_lazy("As in pipeline/ads/templates. The same name again becomes its next version."),
    )

    class Meta:
        model = AdTemplate
        fields = ("enabled",)

    def clean_file(self) -> bytes:
        data: bytes = self.cleaned_data["file"].read(300 * 1024)
        try:
            read_template(data)
        except TemplateError as error:
            raise ValidationError(str(error)) from error
        return data

    def save(self, commit: bool = True) -> AdTemplate:
        by = getattr(self, "by", None)
        row = add_template(self.cleaned_data["file"], by=by)
        row.enabled = self.cleaned_data["enabled"]
        row.save(update_fields=["enabled"])
        self.instance = row
        return row

    def save_m2m(self) -> None:
        """There is nothing beside the row."""


@admin.register(AdTemplate)
class AdTemplateAdmin(ModelAdmin):
    """A template is checked when it is handed in, and never changed afterwards: a change is its next version."""

    list_display = ("name", "version", "enabled", "by", "created_at")
    list_filter = ("enabled",)
    search_fields = ("name",)
    definition_shown = shown_json("definition", gettext_lazy("Definition"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)

        class Form(NewTemplateForm):
            by = request.user

        return Form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("file", "enabled") if obj is None else ("name", "version", "enabled", "definition_shown")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("name", "version", "definition_shown")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["enabled"])


class ClaimTopicForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    def clean(self) -> dict[str, Any]:
        """A row that could not be used is told here, not in the middle of an ad."""
        cleaned = super().clean() or {}
        for name, value in cleaned.items():
            setattr(self.instance, name, value)
        try:
            self.instance.as_topic()
        except (NotATopic, TypeError) as wrong:
            raise ValidationError(_("Phrases are a list of words, sources a list of {title, url}.")) from wrong
        return cleaned


@admin.register(ClaimTopic)
class ClaimTopicAdmin(ModelAdmin):
    """The first rows come from the list in the repository, with its public sources; what is changed here stays."""

    form = ClaimTopicForm
    list_display = ("label", "name", "why", "enabled")
    list_filter = ("enabled",)
    search_fields = ("name", "label", "why")


@admin.register(Ad)
class AdAdmin(FollowAdmin):
    list_display = ("project", "product", "seconds", "tier", "take", "edited")
    list_filter = ("tier", "seconds", "edited")
    search_fields = ("code", "project__title", "project__owner__email")
    list_select_related = ("project",)
    exclude = ("template", "brief", "beats", "findings")
    readonly_fields = ("brief_shown", "beats_shown", "findings_shown", "template_shown")
    brief_shown = shown_json("brief", gettext_lazy("Brief"))
    beats_shown = shown_json("beats", gettext_lazy("Beats"))
    findings_shown = shown_json("findings", gettext_lazy("Findings"))
    template_shown = shown_json("template", gettext_lazy("Template"))

    @admin.display(description=gettext_lazy("Product"))
    def product(self, row: Ad) -> str:
        return str(row)


@admin.register(GatePass)
class GatePassAdmin(FollowAdmin):
    list_display = ("project", "gate", "by", "at", "undone_at")
    list_filter = ("gate", "at")
    search_fields = ("project__title", "project__code")
    list_select_related = ("project", "by")
