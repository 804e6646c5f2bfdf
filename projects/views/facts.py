"""All that is known of a project and its files, as a page and as JSON."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from projects.ad_forms import look_words
from projects.flow.facts import project_facts
from projects.flow.provenance import makers
from projects.flow.status import project_status
from projects.models import Project
from projects.templatetags.ui import clock, filesize, money
from projects.views.answers import project_context
from projects.views.finding import owned_project
from projects.views.media import file_name
from projects.views.versions import CAPTION_WORDS


@require_safe
@never_cache
def facts(request: HttpRequest, code: UUID) -> HttpResponse:
    """The page."""
    project = owned_project(request.user, code)
    known = project_facts(project)
    context = project_context(project, project_status(project), film=0, scenes=0)
    context["pulse"]["every_s"] = 0
    context |= {"here": "final", "known": known, "groups": _groups(project, known), "made": makers(project)}
    return render(request, "projects/facts.html", context)


@require_safe
@never_cache
def facts_json(request: HttpRequest, code: UUID) -> HttpResponse:
    """The same for programs."""
    project = owned_project(request.user, code)
    text = json.dumps(project_facts(project), ensure_ascii=False, indent=1, default=str)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = f"{file_name(project.title) or 'film'}.json"
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, name) or ""
    return response


def _groups(project: Project, known: dict[str, Any]) -> list[dict[str, Any]]:
    """Headings, each with (label, value) pairs."""
    song = known["song"] or {}
    film = [
        (_("Title"), known["title"]),
        (_("Artist"), known["artist"] or "–"),
        (_("Length"), clock(song.get("duration_ms"))),
        (_("Style"), known["style"]),
        (_("Scenes"), str(len(known["scenes"]))),
        (_("Made with AI"), _("yes") if known["made_with_ai"] else _("no")),
        (_("Spent"), money(known["costs"]["spent_microusd"])),
    ]
    groups = [{"title": _("The film"), "rows": film}, *_ad_groups(known["ad"])]
    for row in known["renditions"]:
        rows = [
            (
                _("Version %(version)s") % {"version": version["version"]},
                f"{clock(version['duration_ms'])}, {filesize(version['size_bytes'])}, {version['sha256'][:16]}…",
            )
            for version in row["versions"]
        ]
        words = str(CAPTION_WORDS.get(row["captions"], row["captions"]))
        captions = _("captions: %(new)s") % {"new": words}
        title = f"{row['aspect']} · {row['width']} × {row['height']} · {row['fps']} fps · {captions}"
        groups.append({"title": title, "rows": rows or [(_("Film"), _("not finished yet"))]})
    files = [
        (f"{row['format']} {row['quality']} {row['aspect']}", f"{filesize(row['size_bytes'])}, {row['sha256'][:16]}…")
        for row in known["files"]
    ]
    return [*groups, *([{"title": _("Files"), "rows": files}] if files else [])]


def _ad_groups(ad: dict[str, Any] | None) -> list[dict[str, Any]]:
    if ad is None:
        return []
    template = _("%(name)s, version %(version)s, %(seconds)s s")
    about = {"name": ad["template"], "version": ad["template_version"], "seconds": ad["seconds"]}
    rows = [
        (_("Template"), template % about),
        (_("Color look"), look_words(ad["grade"], ad["grade_percent"])),
        (_("Brand colors"), ", ".join(f"#{color}" for color in ad["colors"]) or "–"),
    ]
    return [{"title": _("The ad"), "rows": rows}]
