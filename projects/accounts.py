"""What happens to projects when accounts come."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_save

from projects.actions.sample import adopt_local_projects


def connect() -> None:
    """The first administrator, however made (set-up page, environment, createsuperuser), takes over what was there
    before.
    """
    post_save.connect(_adopt, sender=get_user_model(), dispatch_uid="adopt_local_projects")


def _adopt(sender: Any, instance: Any, *, created: bool, raw: bool = False, **_: Any) -> None:
    if created and not raw and instance.is_superuser:
        adopt_local_projects(instance)
