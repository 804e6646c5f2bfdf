"""A private Redis server in a temporary folder."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services import free_port, listens, wait_until


def found() -> bool:
    """True if a server can be started here."""
    return shutil.which("redis-server") is not None


@contextmanager
def server() -> Iterator[str]:
    """Start a server that keeps nothing, yield its URL, end it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="omvee-redis-") as folder:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: listens(port), what="Redis")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)
