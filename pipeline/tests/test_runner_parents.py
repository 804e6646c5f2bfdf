"""Processes of a command end with it, however it ends."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys

import pytest

CHILD = """
import os, time
from pipeline.media.parents import end_with_parent
end_with_parent()
os.write(1, b"ready")
time.sleep(600)
"""
PARENT = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", {CHILD!r}])
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells a child")
def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True)
    assert parent.stdout is not None
    try:
        assert os.read(parent.stdout.fileno(), 5) == b"ready"
        parent.kill()
        parent.wait()
        # The end of the pipe: nobody holds its other side any more.
        assert select.select([parent.stdout], [], [], 60)[0] and os.read(parent.stdout.fileno(), 5) == b""
    finally:
        parent.stdout.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)
