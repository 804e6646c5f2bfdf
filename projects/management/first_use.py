"""The database of a studio that nobody has started yet: a command makes it as `make run` would."""

from __future__ import annotations

import fcntl
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor


def ready_database() -> None:
    """Make the tables where there are none. CommandError where they are out of date: a command must not change the
    database under a studio that runs.
    """
    if not _waiting():
        return
    with (settings.DATA_DIR / "first_use.lock").open("w") as lock:  # two commands may be the first
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = _waiting()
        if waiting == "all":
            call_command("prepare_site", verbosity=0, stdout=sys.stderr)
        elif waiting:
            raise CommandError("The database belongs to another version of Omvee. Run `manage.py prepare_site` first.")


def _waiting() -> str:
    """How many migrations wait: "all", "some" or "" for none."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ""
    return "some" if executor.loader.applied_migrations else "all"
