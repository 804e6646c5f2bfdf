"""Worker processes of a command's own, which run the jobs of one project while the command waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from types import TracebackType
from typing import Self

from django.conf import settings

from pipeline.runner import sweep
from projects.models import Project

MAX_RESTARTS = 6
POLL_S = 0.1


class OwnWorkers:
    """As many processes as the cores that films may have; they end with the `with` block.

    One that dies is replaced, and what it held is taken back at once; after MAX_RESTARTS for each the jobs' own limit
    decides.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._children: list[subprocess.Popen[bytes]] = []
        self._restarts = 0

    def __enter__(self) -> Self:
        self._children = [self._child() for _ in range(settings.OMVEE_CPU_WORKERS)]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait()

    def tend(self) -> bool:
        """Replace who has died or run out of work; returns whether anybody is left to work."""
        sweep.reap()
        for index, child in enumerate(self._children):
            if child.poll() is not None and self._restarts < MAX_RESTARTS * len(self._children):
                self._restarts += bool(child.returncode)
                self._children[index] = self._child()
        return any(child.poll() is None for child in self._children)

    def wait(self, seconds: float) -> None:
        """Sleep, but not on when one of them ends: the work may be done."""
        until = time.monotonic() + seconds
        alive = [child for child in self._children if child.poll() is None]
        while time.monotonic() < until and all(child.poll() is None for child in alive):
            time.sleep(POLL_S)

    def _child(self) -> subprocess.Popen[bytes]:
        """A process that runs jobs of the project until none is left."""
        env = {**os.environ, "OMVEE_DOORBELL": "0"}
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs", str(self._project.pk)]
        command.append(f"--parent={os.getpid()}")
        return subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
