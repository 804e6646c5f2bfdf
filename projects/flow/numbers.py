"""Takes and versions are numbered from 1 and never used again."""

from __future__ import annotations

from typing import Any

from django.db.models import Max


def last_number(rows: Any, field: str = "take") -> int:
    """The highest number among the rows (a manager or a query); 0 before the first. Under the project's lock the next
    one is free.
    """
    return int(rows.aggregate(last=Max(field))["last"] or 0)
