"""The one way in which our processes end with the process that started them: Linux tells them (prctl(2))."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
Ask = Callable[[signal.Signals], object]


@functools.cache
def parents_end() -> Ask | None:
    """Asks the kernel to send this process a signal when its parent (thread) ends. None elsewhere than on Linux.

    Looked up before a fork it is one system call in the child and takes no lock: PyDLL keeps the interpreter's.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.PyDLL(None).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    prctl.restype = ctypes.c_int
    return lambda number: prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def end_with_parent() -> None:
    """Get SIGTERM when the parent ends, also by a kill. Elsewhere than on Linux its id has to be looked at."""
    if ask := parents_end():
        ask(signal.SIGTERM)


def die_unless_child_of(parent: int, ask: Ask) -> None:
    """Be killed when the parent dies; at once where it has died before we could ask."""
    ask(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
