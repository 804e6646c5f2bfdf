"""One clock for all workers: the database's."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """The present time as the database sees it.

    Machines whose clocks differ must agree on when a lease ends: one that is ahead would take living work from others.
    SQLite's workers share one machine, and so one clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # not now(): that is when the transaction began
        return cursor.fetchone()[0]  # type: ignore[no-any-return]  # aware: the connection's zone is set by Django
