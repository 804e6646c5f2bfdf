"""What the page of exported files is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import ValidationError

from pipeline.media.certificate import Certificate
from projects.flow import exports as flow
from projects.flow.exports import Standing
from projects.forms import ExportForm
from projects.models import BUNDLE, Export, Project, Rendition
from projects.views.versions import rendition_about

WARN_DAYS = 5
SHORT = {
    "mp4": "MP4",
    "mov": "MOV",
    "prores": "MOV ProRes 422",
    "webm": "WebM VP9",
    "av1": "WebM AV1",
    BUNDLE: gettext_lazy("Hand-off bundle"),
}
WORDS = {
    "waiting": gettext_lazy("Waits for the film, which is being made"),
    "queued": gettext_lazy("Waits for its turn"),
    "working": gettext_lazy("Being made"),
    "gone": gettext_lazy("Deleted after its time. Ask for it again, and it is made again."),
}
# state -> the state that badges know
BADGES = {"waiting": "queued", "queued": "queued", "working": "running", "ready": "done", "failed": "failed"}


def rows(project: Project, found: Sequence[Export]) -> list[dict[str, Any]]:
    """One per file, the newest first."""
    return [_row(project, export, flow.standing(export)) for export in found]


def _row(project: Project, export: Export, now: Standing) -> dict[str, Any]:
    ready = now.state == "ready"
    return {
        "code": export.code,
        "name": file_label(export),
        "about": rendition_about(export.rendition).replace(f" · {export.rendition.resolution}", ""),
        "state": now.state,
        "badge": BADGES.get(now.state, "canceled"),
        "percent": now.percent,
        "error": now.error,
        "stale": now.stale,
        "words": str(WORDS.get(now.state, "")),
        "version": export.final.version if export.final else None,
        "size_bytes": export.size_bytes if ready else None,
        "estimate_bytes": None if ready or now.state == "gone" else flow.estimate(project, export) or None,
        "downloads": ngettext("%(count)s download", "%(count)s downloads", export.downloads)
        % {"count": export.downloads},
        "url": reverse("export-download", args=[export.code]) + "?download",
        "remarks": _remarks(export) if ready else [],
        "checked": ready and bool(export.certificate.get("ok", export.format == BUNDLE)),
        "goes": _goes(export) if ready else None,
        "again": {
            "format": export.format,
            "quality": export.quality,
            "teaser_s": export.teaser_s,
            "captions": "film",
            "shape": export.rendition.code,
        },
    }


def file_label(export: Export) -> str:
    """ "MP4 · 720p", "WebM VP9 · 1080p · best 15 s"."""
    parts = [str(SHORT[export.format])]
    if export.format != BUNDLE:
        parts.append(export.quality)
    if export.teaser_s:
        parts.append(_("best %(seconds)s s") % {"seconds": export.teaser_s})
    return " · ".join(parts)


def _remarks(export: Export) -> list[str]:
    try:
        return [finding.text for finding in Certificate.model_validate(export.certificate).findings]
    except ValidationError:
        return []


def _goes(export: Export) -> dict[str, Any] | None:
    """When the file is deleted, and whether that is soon."""
    if export.expires_at is None:
        return None
    left = export.expires_at - timezone.now()
    days = max(0, round(left / timedelta(days=1)))
    return {
        "at": export.expires_at,
        "soon": left < timedelta(days=WARN_DAYS),
        "words": ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days} if days else _("today"),
    }


def soon_gone(project: Project) -> int:
    """How many of its files go within the next days."""
    until = timezone.now() + timedelta(days=WARN_DAYS)
    return Export.objects.filter(project=project, canceled_at=None, expires_at__lt=until).exclude(file="").count()


def format_cards(form: ExportForm) -> list[dict[str, Any]]:
    """The kinds of file to choose from: what each is called, what it is for, and which one is chosen."""
    chosen = form["format"].value()
    cards = []
    for value, label in form.fields["format"].choices:  # type: ignore[attr-defined]  # a choice field
        name, _colon, about = str(label).partition(": ")
        cards.append({"value": value, "name": name, "about": about[:1].upper() + about[1:], "checked": value == chosen})
    return cards


def page_context(project: Project, rendition: Rendition) -> dict[str, Any]:
    """What is not polled: the shapes to choose from, the files with the words."""
    final = rendition.final
    return {
        "shapes": [
            {
                "code": row.code,
                "about": rendition_about(row),
                "current": row.pk == rendition.pk,
                "has_film": row.final_id,
            }
            for row in project.renditions.order_by("pk")
        ],
        "film": final,
        "keep_days": settings.OMVEE_KEEP_EXPORTS_DAYS,
        "words": _word_files(project, rendition),
    }


def _word_files(project: Project, rendition: Rendition) -> list[dict[str, str]]:
    final = rendition.final
    if final is None or not project.lyrics().lines:
        return []
    kinds = ("srt", "vtt", "lrc", "ass", "txt")
    return [{"label": kind.upper(), "url": reverse("final-captions", args=[final.code, kind])} for kind in kinds]
