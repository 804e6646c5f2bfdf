"""What the ticker does with the rows: looks once more for what is due, and lets go what has had its time."""

from __future__ import annotations

import logging

from projects.flow import due, exports

log = logging.getLogger(__name__)


def sweep() -> None:
    """One round; what fails in one part leaves the other its turn."""
    for part in (due.sweep, exports.purge):
        try:
            part()
        except Exception:
            log.exception("The sweep stumbled in %s", part.__name__)
