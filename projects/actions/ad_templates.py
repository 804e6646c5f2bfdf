"""The templates there are: those of this repository, and the newest enabled ones that operators handed in."""

from __future__ import annotations

import json

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from pipeline.ads.loading import read_template, shipped_templates
from pipeline.ads.previews import preview_jpeg
from pipeline.ads.values import Template
from projects.flow.numbers import last_number
from projects.models import AdTemplate


def templates() -> dict[str, Template]:
    """By name. An operator's template of the same name stands in for the shipped one."""
    found = dict(shipped_templates())
    for row in AdTemplate.objects.filter(enabled=True).order_by("version"):
        found[row.name] = Template.model_validate_json(_text(row))
    return found


def own_rows() -> dict[str, AdTemplate]:
    """The operators' rows that are offered, by name."""
    return {row.name: row for row in AdTemplate.objects.filter(enabled=True).order_by("version")}


def add_template(text: str | bytes, *, by: User | None) -> AdTemplate:
    """Keep a template as the next version of its name, with its preview. Raises TemplateError in words."""
    template = read_template(text)
    with transaction.atomic():
        last = last_number(AdTemplate.objects.filter(name=template.name), "version")
        if template.name in shipped_templates():
            last = max(last, shipped_templates()[template.name].version)
        template = template.model_copy(update={"version": last + 1})
        row = AdTemplate(
            name=template.name, version=template.version, definition=template.model_dump(mode="json"), by=by
        )
        row.save()
    key = f"ad-templates/{row.code}.jpg"
    row.preview_file = default_storage.save(key, ContentFile(preview_jpeg(template)))
    row.save(update_fields=["preview_file"])
    return row


def _text(row: AdTemplate) -> str:
    return json.dumps(row.definition)
