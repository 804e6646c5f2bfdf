"""A whole studio on loopback, as `make run` starts it, for tests that look at it with a browser.

Parallel test processes share one, and the one film in it: whoever comes first starts it, whoever leaves last ends it.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PASSWORD = "alice@example.org", "a-studio-of-ones-own"
STARTS_WITHIN_S, ENDS_WITHIN_S = 120.0, 40.0


@dataclass(frozen=True)
class Studio:
    """The site's address and the folder with its data."""

    url: str
    folder: Path

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database, or change it, beside the running site and worker."""
        with closing(sqlite3.connect(self.folder / "data" / "db.sqlite3", timeout=20)) as connection, connection:
            return list(connection.execute(query, values))

    @contextmanager
    def alone(self) -> Iterator[dict[str, Any]]:
        """What test processes share, for one of them at a time."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            notes = self.folder / "notes.json"
            shared: dict[str, Any] = json.loads(notes.read_text()) if notes.exists() else {}
            try:
                yield shared
            finally:
                notes.write_text(json.dumps(shared))


def uuid_hex(code: str) -> str:
    """A code as SQLite keeps it."""
    return code.replace("-", "")


@contextmanager
def shared_studio(folder: Path) -> Iterator[Studio]:
    """The studio of all test processes of this run, which share `folder`."""
    folder.mkdir(exist_ok=True)
    with Studio("", folder).alone() as shared:
        if not shared.get("users"):
            shared.clear()
            shared.update(users=0, **start(folder))
        shared["users"] += 1
        url = str(shared["url"])
    try:
        yield Studio(url, folder)
    finally:
        with Studio("", folder).alone() as shared:
            shared["users"] -= 1
            if not shared["users"]:
                end(int(shared["pid"]))


def start(folder: Path, **environment: str) -> dict[str, Any]:
    """Start a studio with its data below `folder`; its process id and address. End it with `end`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    clean |= {
        "DATA_DIR": str(folder / "data"),
        "OMVEE_ENV_FILE": os.devnull,
        "OMVEE_BASE_URL": url,
        "PORT": str(port),
        "OMVEE_SAMPLE": "0",
        "OMVEE_WEB_PROCESSES": "1",
        "OMVEE_IO_WORKERS": "1",
        "OMVEE_ADMIN_EMAIL": EMAIL,
        "OMVEE_ADMIN_PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_studio"],
            cwd=ROOT,
            env=clean | environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def is_up() -> bool:
        assert process.poll() is None, log.read_text()
        return "Omvee is at" in log.read_text()

    wait_until(is_up, what="the studio", within_s=STARTS_WITHIN_S)
    return {"pid": process.pid, "url": url}


def end(pid: int) -> None:
    """End it and wait: the process that ends it need not be the one that started it."""
    try:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < deadline and _lives(pid):
            time.sleep(0.1)
        if _lives(pid):
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _lives(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
