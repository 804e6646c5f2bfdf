"""What a process that we start may use, and that it ends with the one that started it."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Callable

from pipeline.media.parents import die_unless_child_of, parents_end


def die_with(parent: int) -> Callable[[], None] | None:
    """What the child does before exec: ask the kernel to be killed when its parent (thread) dies.

    preexec_fn may deadlock when it takes locks that another thread held at the fork. This one takes none.
    """
    ask = parents_end()
    return None if ask is None else lambda: die_unless_child_of(parent, ask)


def limit_child(pid: int, *, cpu_s: int, file_bytes: int) -> None:
    """Set the child's limits from outside. Address space grows with cores: every thread reserves a malloc arena."""
    if not hasattr(resource, "prlimit"):
        return
    cores = os.cpu_count() or 1
    limits = {
        resource.RLIMIT_CPU: cpu_s * cores + 60,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_AS: (4 << 30) + cores * (192 << 20),
        resource.RLIMIT_CORE: 0,
    }
    for name, value in limits.items():
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            hard = resource.prlimit(pid, name)[1]
            capped = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.prlimit(pid, name, (capped, capped))
