"""A private PostgreSQL cluster in a temporary folder.

As a program it runs a command with DATABASE_URL set: `python -m tests.services.postgres pytest -m postgres`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import free_port

NOTHING_COLLECTED = 5  # pytest's exit code when no test has the marker
_ACCOUNT = "postgres"  # PostgreSQL refuses to run as root; its package makes this account


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the PATH, or where Debian keeps the newest version."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def found() -> bool:
    """True if a cluster can be started here."""
    if _programs() is None:
        return False
    return os.geteuid() != 0 or _account() is not None


def _account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        return None


def _run(command: list[str]) -> None:
    account = _account() if os.geteuid() == 0 else None
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=120, **who)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


@contextmanager
def cluster(database: str = "omvee") -> Iterator[str]:
    """Start a cluster, make `database`, yield its URL; stop it and remove its folder afterwards."""
    programs = _programs()
    if programs is None:
        raise RuntimeError("PostgreSQL was not found")
    folder = Path(tempfile.mkdtemp(prefix="omvee-pg-"))
    account = _account() if os.geteuid() == 0 else None
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    port, data = free_port(), folder / "data"
    try:
        _run([f"{programs}/initdb", "-D", str(data), "-U", "omvee", "-A", "trust", "-E", "UTF8", "--no-sync"])
        # Durability of a database that lives for minutes is not worth its disk writes.
        options = (
            f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
            " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c log_min_messages=warning"
        )
        _run([f"{programs}/pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"])
        try:
            _run([f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "omvee", database])
            yield f"postgres://omvee:omvee@127.0.0.1:{port}/{database}"
        finally:
            _run([f"{programs}/pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` against a private cluster; without PostgreSQL, say so and succeed unless it is required."""
    if not found():
        required = os.environ.get("OMVEE_REQUIRE_SERVICES") == "1"
        sys.stdout.write("PostgreSQL was not found: the tests that run on it as well are left out.\n")
        return 1 if required else 0
    with cluster() as url:
        status = subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    return 0 if status == NOTHING_COLLECTED else status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
