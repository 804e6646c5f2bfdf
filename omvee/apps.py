"""The site as a Django app: its commands, its checks, and the cache table that comes with the other tables."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """No models: rows belong to `projects` and `pipeline`."""

    name = "omvee"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Register the system checks; let `migrate` make the cache table as well."""
        from django.apps import apps

        from omvee import checks  # noqa: F401  registers itself

        # An app without models sends no post_migrate of its own.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("pipeline"))


def make_cache_table(*, using: str, **_kwargs: Any) -> None:
    """Create the table of the database cache if it is missing."""
    from django.core.management import call_command

    call_command("createcachetable", database=using, verbosity=0)
