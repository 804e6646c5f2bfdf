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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.services import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PASSWORD = "alice@example.org", "a-studio-of-ones-own"
SEED = 12  # of every project: the song of 16 s has 4 scenes then, the short one 2
STARTS_WITHIN_S, ENDS_WITHIN_S = 300.0, 120.0
_MINE = "(select id from projects_project where code = ?)"


@dataclass(frozen=True)
class Studio:
    """The site's address and the folder with its data."""

    url: str
    folder: Path

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database, or change it, beside the running site and worker."""
        with closing(sqlite3.connect(self.folder / "data" / "db.sqlite3", timeout=60)) as connection, connection:
            return list(connection.execute(query, values))

    def slots(self, code: str) -> list[tuple[int, int]]:
        """The first frame of every scene and the one after its last."""
        query = f"select start_frame, end_frame from projects_scene where project_id = {_MINE} order by start_frame"
        return [(start, end) for start, end in self.rows(query, uuid_hex(code))]

    def works_on(self, code: str) -> int:
        """How many of a project's jobs are still to be done."""
        query = f"select count(*) from pipeline_job where project_id = {_MINE}"
        return int(self.rows(f"{query} and state in ('queued', 'running', 'waiting')", uuid_hex(code))[0][0])

    def films(self, code: str) -> int:
        """How many finished films a project has, of all versions and shapes."""
        query = "select count(*) from projects_finalvideo f join projects_rendition r on r.id = f.rendition_id"
        return int(self.rows(f"{query} where r.project_id = {_MINE}", uuid_hex(code))[0][0])

    def hold(self, code: str, step: str) -> int:
        """Let the last job of a step be one that still waits, as for a vendor; its number, for `release`.

        While it is held the project is at work: its pages poll, and nothing is made.
        """
        waits = "state = 'waiting', not_before = '2999-01-01', wait_until = '2999-01-01', finished_at = null"
        job = self._last_job(code, step)
        self.rows(f"update pipeline_job set {waits} where id = ?", job)
        self.touch(code)
        return job

    def release(self, code: str, job: int) -> None:
        """The held job is done, and its project again as it was."""
        self.rows("update pipeline_job set state = 'done', wait_until = null where id = ?", job)
        self.touch(code)

    @contextmanager
    def paused(self, code: str, step: str) -> Iterator[None]:
        """Within, the jobs of a step that are asked for are not begun: its project stays at work, at that very step."""
        project = self.rows("select id from projects_project where code = ?", uuid_hex(code))[0][0]
        name, one = f"paused_{step}_{project}", f"new.step = '{step}' and new.project_id = {project}"
        later = "update pipeline_job set not_before = '2999-01-01' where id = new.id;"
        self.rows(f"create trigger {name} after insert on pipeline_job when {one} begin {later} end")
        try:
            yield
        finally:
            self.rows(f"drop trigger {name}")
            due = "update pipeline_job set not_before = created_at, rung_at = null"
            self.rows(f"{due} where project_id = ? and not_before = '2999-01-01' and state = 'queued'", project)

    def fail(self, code: str, step: str, error: str) -> int:
        """Let the last job of a step have failed, and nobody have answered it."""
        job = self._last_job(code, step)
        self.rows("update pipeline_job set state = 'failed', error = ?, dismissed = 0 where id = ?", error, job)
        self.touch(code)
        return job

    def _last_job(self, code: str, step: str) -> int:
        query = f"select max(id) from pipeline_job where step = ? and project_id = {_MINE}"
        found = self.rows(query, step, uuid_hex(code))[0][0]
        assert found, f"no job of {step}"
        return int(found)

    def stop(self, code: str) -> None:
        """Nothing more is made for a project whose test is over."""
        live = "('queued', 'running', 'waiting')"
        self.rows("update projects_project set stopped_at = created_at where code = ?", uuid_hex(code))
        self.rows(
            f"update pipeline_job set state = 'canceled' where state in {live} and project_id = {_MINE}", uuid_hex(code)
        )

    def touch(self, code: str) -> None:
        """Everything on the project's pages has changed: the next poll of each brings all of it."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        self.rows("update projects_project set rev = rev + 1, updated_at = ? where code = ?", now, uuid_hex(code))
        newest = f"(select rev from projects_project where id = {_MINE})"
        self.rows(
            f"update projects_scene set rev = {newest} where project_id = {_MINE}", uuid_hex(code), uuid_hex(code)
        )

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
        "OMVEE_SEED": str(SEED),
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
    # started by a test process that still runs and has not asked for its end: a zombie lives no more
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
