"""What a process that we start may use, and that it ends with the one that started it."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import resource
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> Callable[[], None] | None:
    """What the child does before exec: ask the kernel to be killed when its parent (thread) dies.

    preexec_fn may deadlock when it takes locks that another thread held at the fork. This one takes none: the function
    is looked up beforehand and PyDLL keeps the interpreter lock, so it is one system call, and one more to notice a
    parent that died in between.
    """
    prctl = _prctl()
    if prctl is None:
        return None

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


@functools.cache
def _prctl() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    function = ctypes.PyDLL(None).prctl
    function.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    function.restype = ctypes.c_int
    found: Callable[..., int] = function
    return found


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
