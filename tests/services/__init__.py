"""Other servers that tests start for themselves: private, on loopback, gone afterwards."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

# Below those that the kernel gives to whoever asks for any, so that nobody gets one between our look and its use.
_PORTS = range(20_000, 30_000)
_taken: list[IO[str]] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that no other test process gets as long as this one lives."""
    folder = Path(tempfile.gettempdir()) / f"omvee-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        lock = (folder / str(port)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
            continue
        _taken.append(lock)
        return port
    raise RuntimeError("No port is free.")


def wait_until(is_up: Callable[[], bool], *, what: str, within_s: float = 120.0) -> None:
    """Return when `is_up()`; raises `TimeoutError` naming `what`."""
    deadline = time.monotonic() + within_s
    while not is_up():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not start within {within_s:.0f} s")
        time.sleep(0.05)


def listens(port: int) -> bool:
    """True if something accepts connections on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
