"""What the ticker does with the rows: looks once more for what is due, and lets go what has had its time."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from projects.flow import cleaning, exports, trash
from projects.flow.due import advance
from projects.flow.revision import lock
from projects.models import Project

log = logging.getLogger(__name__)


def sweep() -> None:
    """One round; what fails in one part leaves the other its turn."""
    for part in (look_again, exports.purge, trash.purge, cleaning.clean):
        try:
            part()
        except Exception:
            log.exception("The sweep stumbled in %s", part.__qualname__)


def look_again(limit: int = 3, quiet_s: int = 30) -> None:
    """The safety net: look once more at everything due in projects that are quiet since their last change.

    Work that is alive looks for what follows it when it ends, and touches its project meanwhile.
    """
    now = timezone.now()
    quiet = Project.objects.filter(stopped_at=None, trashed_at=None, updated_at__lt=now - timedelta(seconds=quiet_s))
    changed = quiet.filter(swept_at__lt=F("updated_at")).order_by("swept_at")
    for pk, swept_at in list(changed.values_list("pk", "swept_at")[:limit]):
        # One of all tickers looks; one project that cannot be looked at must not keep the others from it.
        if Project.objects.filter(pk=pk, swept_at=swept_at).update(swept_at=now):
            try:
                with transaction.atomic():
                    advance(lock(pk))
            except Project.DoesNotExist:
                continue
            except Exception:
                log.exception("Project %s could not be swept", pk)
                Project.objects.filter(pk=pk).update(updated_at=timezone.now())  # again when it has been quiet
