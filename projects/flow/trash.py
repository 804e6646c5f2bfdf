"""The trash: what has lain in it for its days, or was thrown out of it by hand, goes for good.

First the mark, after which nothing comes back; then, in small portions, its files; its rows last, so that whoever is
killed meanwhile goes on from there. What was paid stays in the books.
"""

from __future__ import annotations

import contextlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from pipeline.models import Attempt, Job
from pipeline.states import LIVE, OPEN
from projects import paths
from projects.flow.revision import lock
from projects.models import Asset, FinalVideo, Image, Project, Scene

log = logging.getLogger(__name__)
PORTION = 100
"""Files that are deleted in one round of the ticker, which has other things to do."""


def purge() -> None:
    """One portion of what is to go. The ticker calls it."""
    over = timezone.now() - timedelta(days=settings.OMVEE_KEEP_TRASH_DAYS)
    trash = Project.objects.filter(trashed_at__isnull=False)
    goes = trash.filter(Q(purged_at__isnull=False) | Q(trashed_at__lt=over))
    for project in goes.order_by("purged_at", "trashed_at"):
        # An update that finds nothing would lock SQLite every second, so it comes second. Who restores may be quicker.
        marked = project.purged_at or trash.filter(pk=project.pk, purged_at=None).update(purged_at=timezone.now())
        if not marked or _at_work(project):
            continue
        if _delete_files(paths.project_place(project), PORTION) > 0:
            with contextlib.suppress(Project.DoesNotExist):  # another ticker was quicker
                _delete_rows(project)
        return


def _at_work(project: Project) -> bool:
    """Whether somebody may still write into its folder: a job that is being stopped, or what a vendor has begun."""
    jobs = Job.objects.filter(project=project, state__in=LIVE)
    return jobs.exists() or Attempt.objects.filter(project_code=project.code, state__in=OPEN).exists()


def _delete_files(folder: str, most: int) -> int:
    """Delete up to `most` files in and below a folder of the storage; returns how many more it might have been."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # of all storages only folders on a disk can be missing
        return most
    for name in files[:most]:
        default_storage.delete(f"{folder}/{name}")
    most -= len(files)
    for name in folders:
        if most <= 0:
            return 0
        most = _delete_files(f"{folder}/{name}", most)
    if most > 0:
        default_storage.delete(folder)
    return max(0, most)


def _delete_rows(project: Project) -> None:
    with transaction.atomic():
        project = lock(project.pk)
        uploads = [asset.pk for asset in _uploads(project)]
        made = Asset.objects.filter(file__startswith=f"{paths.project_place(project)}/")
        uploads += made.values_list("pk", flat=True)
        Scene.objects.filter(project=project).delete()  # they protect what they show
        project.delete()
        gone = [asset for asset in Asset.objects.filter(pk__in=uploads) if not _is_used(asset)]
        Asset.objects.filter(pk__in=[asset.pk for asset in gone]).delete()
    for asset in gone:
        for key in (str(asset.file.name), paths.asset_key(asset.owner_id, asset.code, "thumb.jpg")):
            default_storage.delete(key)
    log.info("A deleted project is gone for good: %s", project.code)


def _uploads(project: Project) -> list[Asset]:
    """The files of its owner that this project uses."""
    pictures = Image.objects.filter(content__project=project, file__startswith="u/").values_list("file", flat=True)
    used = Q(songs__project=project) | Q(references__project=project) | Q(soundtracks__project=project)
    used |= Q(pk__in=[ad.logo_id for ad in [getattr(project, "ad", None)] if ad is not None and ad.logo_id])
    used |= Q(file__in=list(pictures))
    return list(Asset.objects.filter(used, owner_id=project.owner_id).distinct())


def _is_used(asset: Asset) -> bool:
    """Whether another project uses this file as well."""
    rows = asset.songs.exists() or asset.references.exists() or asset.soundtracks.exists()
    beds = FinalVideo.objects.filter(rendition__project__owner=asset.owner_id, refinement__bed=str(asset.code))
    logos = Project.objects.filter(ad__logo=asset)
    return rows or Image.objects.filter(file=asset.file.name).exists() or beds.exists() or logos.exists()
