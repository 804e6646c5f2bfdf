"""Other servers that tests start for themselves: private, on loopback, gone afterwards."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_up: Callable[[], bool], *, what: str, within_s: float = 30.0) -> None:
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
