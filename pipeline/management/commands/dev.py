"""manage.py dev: site and worker for development, restarted when code changes, ended by one Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

WATCHED = ("omvee", "projects", "pipeline")
RETRY_S = 5
Child = subprocess.Popen[bytes]


class Command(BaseCommand):
    help = "Run the site (with Django's reloader) and a worker (restarted on code changes). One Ctrl-C ends both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("addrport", nargs="?", default=f"127.0.0.1:{os.environ.get('PORT', '8000')}")
        parser.add_argument("--grace", type=float, default=8, help="seconds that running jobs get (default 8)")
        folders = [settings.BASE_DIR / name for name in WATCHED]
        parser.add_argument("--watch", type=Path, nargs="*", default=folders, help="folders of Python code")

    def handle(self, *args: Any, addrport: str, grace: float, watch: list[Path], **options: Any) -> None:
        self._stop = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        site = self._child("runserver", addrport)
        worker, started = self._child("worker", "--grace", str(grace)), time.monotonic()
        seen = _snapshot(watch)
        try:
            while not self._stop and site.poll() is None:
                time.sleep(0.5)
                now = _snapshot(watch)
                # Half-written code cannot start: it is tried again at the next change, and now and then.
                ended = worker.poll() is not None and time.monotonic() > started + RETRY_S
                if now != seen or ended:
                    self.stderr.write(f"{'The worker ended' if now == seen else 'Code changed'}: restarting the worker")
                    seen = now
                    _end(worker, grace + 2)
                    worker, started = self._child("worker", "--grace", str(grace)), time.monotonic()
        finally:
            _end(worker, grace + 2)
            _end(site, 3, group=True)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop = True

    def _child(self, *args: str) -> Child:
        # A session of its own: a Ctrl-C in the terminal reaches only this command, which ends its children in order.
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *args]
        return subprocess.Popen(command, start_new_session=True)


def _snapshot(folders: list[Path]) -> dict[Path, float]:
    files = (path for folder in folders for path in folder.rglob("*.py"))
    found = {}
    for path in files:
        try:
            found[path] = path.stat().st_mtime
        except OSError:  # deleted between listing and looking
            continue
    return found


def _end(child: Child, timeout_s: float, *, group: bool = False) -> None:
    if child.poll() is not None:
        return
    (os.killpg if group else os.kill)(child.pid, signal.SIGTERM)
    try:
        child.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
