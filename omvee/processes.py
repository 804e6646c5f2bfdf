"""The processes that `run_studio` starts: each in a session of its own, ended by its main process, never left behind.

A signal to a whole group would kill django-q2's children while its main process waits for them for ever
(github.com/django-q2/django-q2/issues/346), so a terminal's Ctrl-C must not reach them directly.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psutil

from pipeline.media.parents import end_with_parent

_KILLED_WITHIN_S = 5.0


@dataclass
class Child:
    """One process and the command that starts it (again)."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, outside the terminal's process group."""
        self.process = subprocess.Popen(
            list(self.command),
            env={**os.environ, **self.environment},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            preexec_fn=end_with_parent,  # noqa: PLW1509  this process has one thread
        )

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def ask_to_end(self) -> None:
        """SIGTERM to the main process alone; it ends its own children."""
        if self.process and self.process.poll() is None:
            self.process.terminate()


def end_all(children: Sequence[Child], *, grace_s: float, hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask all to end, wait up to `grace_s` (or until `hurry()`), then kill whatever any of them left."""
    everybody = _descendants(children)
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + grace_s
    while any(child.exit_code() is None for child in children if child.process):
        if time.monotonic() > deadline or hurry():
            break
        everybody |= _descendants(children)
        time.sleep(0.1)
    leftovers = [process for process in everybody if _lives(process)]
    for process in leftovers:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    mains = {child.process.pid for child in children if child.process}
    for child in children:
        if child.process:
            child.process.wait(_KILLED_WITHIN_S)  # not by psutil: it would take the exit code away
    others = [process for process in leftovers if process.pid not in mains]
    deadline = time.monotonic() + _KILLED_WITHIN_S
    while any(map(_lives, others)) and time.monotonic() < deadline:
        time.sleep(0.05)


def _lives(process: psutil.Process) -> bool:
    """False for a zombie too: in a container nobody may be there to collect it."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _descendants(children: Sequence[Child]) -> set[psutil.Process]:
    """Every live process under `children`, themselves included; a process knows its start, so no id is mistaken."""
    found: set[psutil.Process] = set()
    for child in children:
        if child.process is None or child.process.poll() is not None:
            continue
        try:
            main = psutil.Process(child.process.pid)
            found |= {main, *main.children(recursive=True)}
        except psutil.NoSuchProcess:
            continue
    return found


def port_is_free(host: str, port: int) -> bool:
    """True if a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does: a closed server's port is free
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def site_answers(host: str, port: int) -> bool:
    """True if the site says there that it is alive; a port that only listens is not enough."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
