"""Which process holds a job, and whether it still lives; the folders that killed processes leave behind."""

from __future__ import annotations

import functools
import os
import re
import shutil
import socket
import tempfile
from pathlib import Path

import psutil
from django.conf import settings


@functools.cache
def machine() -> str:
    """This host, its boot and its space of process ids: containers do not see each other's processes."""
    parts = [re.sub(r"[^A-Za-z0-9_.-]", "_", socket.gethostname())[:60]]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
        parts.append(str(Path("/proc/self/ns/pid").stat().st_ino))
    except OSError:  # not Linux: the host name has to do
        pass
    return "-".join(parts)


def worker_name() -> str:
    """machine:pid:start of this process; a pid that is used again has another start."""
    pid = os.getpid()
    return f"{machine()}:{pid}:{_started(pid)}"


def is_alive(worker: str) -> bool:
    """Whether the process of this name, which is of this machine, still runs."""
    _, pid, started = worker.rsplit(":", 2)
    try:
        return _started(int(pid)) == started
    except (OSError, ValueError, psutil.Error):
        return False


def _started(pid: int) -> str:
    """When a process began; raises OSError or psutil.Error if it is gone or a zombie."""
    try:
        # Ticks since boot: a start in wall time would move when the clock is set.
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if state in "ZX":
            raise ProcessLookupError(pid)
        return fields[18]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            raise
    return str(int(psutil.Process(pid).create_time() * 100))


def work_folder() -> tempfile.TemporaryDirectory[str]:
    """A private folder for one job of this process."""
    prefix = f"omvee-{worker_name().replace(':', '~')}~"
    return tempfile.TemporaryDirectory(prefix=prefix, dir=_folders(), ignore_cleanup_errors=True)


def remove_left_folders() -> int:
    """Remove the folders of processes of this machine that were killed; returns how many there were."""
    removed = 0
    for folder in _folders().glob(f"omvee-{machine()}~*"):
        worker = ":".join(folder.name.removeprefix("omvee-").split("~")[:3])
        if not is_alive(worker):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _folders() -> Path:
    return Path(settings.OMVEE_WORK_DIR or tempfile.gettempdir())
