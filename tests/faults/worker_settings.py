"""Settings of the worker processes that fault tests start: the site's own, with quick steps and a quick poll."""

from __future__ import annotations

from omvee.settings import *  # noqa: F403
from omvee.settings import DATABASES, INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS += ["tests.faults.apps.QuickStepsConfig"]
Q_CLUSTER.update(poll=0.05, guard_cycle=0.25)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A killed process loses nothing of what it has handed to the kernel; only a power cut would.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
