"""Asking for a file of the film, taking the wish back, keeping the file longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.media.exporting import FORMATS
from pipeline.models import Job
from pipeline.runner.submit import retract
from pipeline.states import LIVE, JobState
from projects import flow
from projects.actions.final import add_rendition
from projects.flow import exports
from projects.models import BUNDLE, Aspect, Event, Export, FinalVideo, Project, Rendition, Resolution
from projects.states import IllegalMove, LostRace

CAPTIONS = ("film", "clean", "burned")
TEASERS = (0, 15, 30)
MOST_OPEN = 20


@dataclass(frozen=True)
class Wish:
    """`captions`: as in the film that is shown, clean, or burned in. `teaser_s`: 0 for the whole film."""

    format: str
    quality: str
    aspect: str = ""
    captions: str = "film"
    teaser_s: int = 0


def ask_export(project: Project, wish: Wish, *, by: User | None, shown: Rendition | None = None) -> tuple[Export, bool]:
    """The export of this wish and whether it is a new one: what is there already, or on its way, is not made twice.

    It is made from the film in the aspect of `shown` (default: the project's first), with its captions or without. A
    shape that the project has not got yet is added to it, and the file follows once its film is there. Raises
    IllegalMove in words.
    """
    _check(wish)
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.stopped_at is not None:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        if not FinalVideo.objects.filter(rendition__project=project).exists():
            raise IllegalMove(_("There is no film yet. It can be exported as soon as it is finished."))
        rendition = _rendition(project, wish, shown, by)
        known = _known(rendition, wish)
        if known is not None:
            return known, False
        if (
            sum(exports.standing(row).state in ("waiting", "queued", "working") for row in exports.current(project))
            >= MOST_OPEN
        ):
            raise IllegalMove(
                _("There are %(count)s files on their way already. Let them finish first.") % {"count": MOST_OPEN}
            )
        return _asked(project, rendition, wish, by), True


def ask_bundle(project: Project, *, by: User | None, shown: Rendition | None = None) -> tuple[Export, bool]:
    """The hand-off bundle of a shape (default: the project's first) and whether it is a new one. Raises IllegalMove."""
    with transaction.atomic():
        project = flow.lock(project.pk)
        if project.stopped_at is not None:
            raise IllegalMove(_("The project is canceled. Go on with it first."))
        rows = list(project.renditions.select_related("final").order_by("pk"))
        rendition = shown if shown is not None and shown in rows else rows[0]
        if rendition.final_id is None:
            raise IllegalMove(_("There is no film yet. It can be bundled as soon as it is finished."))
        wish = Wish(BUNDLE, rendition.resolution)
        known = _known(rendition, wish)
        return (known, False) if known is not None else (_asked(project, rendition, wish, by), True)


def _asked(project: Project, rendition: Rendition, wish: Wish, by: User | None) -> Export:
    export = Export.objects.create(
        project=project, rendition=rendition, format=wish.format, quality=wish.quality, teaser_s=wish.teaser_s
    )
    data = {"format": wish.format, "quality": wish.quality, "teaser_s": wish.teaser_s}
    Event.objects.create(project=project, verb="export_asked", by=by, data=data)
    flow.touch(project)
    exports.advance(project)
    export.refresh_from_db()
    return export


def _check(wish: Wish) -> None:
    known = (
        wish.format in FORMATS
        and wish.quality in Resolution.values
        and wish.captions in CAPTIONS
        and wish.teaser_s in TEASERS
        and wish.aspect in ("", *Aspect.values)
    )
    if not known:
        raise IllegalMove(_("There is no such kind of file."))


def _rendition(project: Project, wish: Wish, shown: Rendition | None, by: User | None) -> Rendition:
    rows = list(project.renditions.select_related("final").order_by("pk"))
    main = shown if shown is not None and shown in rows else rows[0]
    aspect = wish.aspect or main.aspect
    if wish.captions == "burned" and not project.lyrics().lines:
        raise IllegalMove(_("This film has no words that could be shown in the picture."))
    kinds = exports.wanted_captions(wish.captions, main)
    found = exports.fitting(rows, aspect, kinds, wish.quality)
    if found is not None:
        return found
    size = max(
        (row.resolution for row in rows if row.aspect == aspect), key=exports.SIZES.index, default=main.resolution
    )
    return add_rendition(project, aspect, size, str(kinds[0]), by=by)


def _known(rendition: Rendition, wish: Wish) -> Export | None:
    """What was asked for earlier and still serves: ready or on its way from the film as it stands."""
    rows = Export.objects.filter(
        rendition=rendition, format=wish.format, quality=wish.quality, teaser_s=wish.teaser_s,
        canceled_at=None, purged_at=None,
    ).select_related("job", "final", "rendition__final")  # fmt: skip
    for row in rows.order_by("-pk"):
        now = exports.standing(row)
        if now.state in ("queued", "working", "waiting") or (now.state == "ready" and not now.stale):
            return row
    return None


def cancel_export(export: Export, *, by: User | None) -> None:
    """Take the wish back: its work ends within a second, its row leaves the page. A file that is ready is deleted."""
    with transaction.atomic():
        project = flow.lock(export.project_id)
        row = Export.objects.get(pk=export.pk)
        if row.canceled_at is not None:
            return
        jobs = Job.objects.filter(project=project, subject=exports.subject(row))
        retract(jobs.filter(state__in=LIVE))
        jobs.filter(state=JobState.FAILED).update(dismissed=True)
        row.canceled_at = timezone.now()
        # A file that is ready goes with the next tick, as if its days were over.
        row.expires_at = timezone.now() if row.file else None
        row.save(update_fields=["canceled_at", "expires_at"])
        Event.objects.create(project=project, verb="export_canceled", by=by, data={"export": row.code.hex})
        flow.touch(project)


def retry_export(export: Export, *, by: User | None) -> None:
    """Try again what failed."""
    with transaction.atomic():
        project = flow.lock(export.project_id)
        row = Export.objects.select_related("job").get(pk=export.pk)
        if not row.is_open or row.job is None or row.job.state != JobState.FAILED:
            raise LostRace(_("This file is on its way already."))
        Job.objects.filter(pk=row.job.pk).update(dismissed=True)
        row.job = None
        row.save(update_fields=["job"])
        Event.objects.create(project=project, verb="export_retried", by=by, data={"export": row.code.hex})
        flow.touch(project)
        exports.advance(project)


def keep_export(export: Export, *, by: User | None) -> None:
    """Keep the file for another full span of days from now."""
    with transaction.atomic():
        project = flow.lock(export.project_id)
        until = timezone.now() + timedelta(days=settings.OMVEE_KEEP_EXPORTS_DAYS)
        rows = Export.objects.filter(pk=export.pk, canceled_at=None, purged_at=None).exclude(file="")
        if not rows.update(expires_at=until):
            raise LostRace(_("This file has been deleted meanwhile. Ask for it again."))
        Event.objects.create(project=project, verb="export_kept", by=by, data={"export": export.code.hex})
        flow.touch(project)


def count_download(export: Export) -> None:
    """One more download; the page learns of it with its next change."""
    Export.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
