"""Named points at which a test may kill the process, as the kernel would: with no cleanup at all."""

from __future__ import annotations

import os

POINTS = ("claimed", "after_intent", "after_send", "after_store", "after_attempt", "before_commit", "after_commit")


def crash_point(name: str, step: str) -> None:
    """Die here if OMVEE_CRASH says "<point>:<step>" or "<point>:*"; once, if OMVEE_CRASH_ONCE names a marker file."""
    wanted = os.environ.get("OMVEE_CRASH", "")
    if not wanted or wanted not in (f"{name}:{step}", f"{name}:*"):
        return
    marker = os.environ.get("OMVEE_CRASH_ONCE", "")
    if marker:
        try:
            os.close(os.open(f"{marker}.{name}.{step}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
    os._exit(137)
