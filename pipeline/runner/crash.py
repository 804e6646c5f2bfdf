"""Named points at which a test may kill the process, as the kernel would: with no cleanup at all."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

POINTS = ("claimed", "after_intent", "after_send", "after_store", "after_attempt", "before_commit", "after_commit")
ORDER_POINTS = ("after_submit", "after_sent", "after_poll")
"""Only where a vendor works on while we wait."""


def crash_point(name: str, step: str) -> None:
    """Die here if OMVEE_CRASH is a pattern of "<point>:<step>"; once each, if OMVEE_CRASH_ONCE names marker files."""
    wanted = os.environ.get("OMVEE_CRASH", "")
    if not wanted or not fnmatchcase(f"{name}:{step}", wanted):
        return
    marker = os.environ.get("OMVEE_CRASH_ONCE", "")
    if marker:
        try:
            os.close(os.open(f"{marker}.{name}.{step}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os._exit(137)
