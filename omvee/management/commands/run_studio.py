"""`manage.py run_studio`: the whole studio on one machine, which `make run` calls.

The first start makes the database, the static files, the administrator or a link to become it, and a sample
project; every later start finds that done within seconds. Then site and workers run until Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from omvee.accounts.first_run import setup_link
from omvee.processes import Child, end_all, port_is_free, site_answers
from omvee.static_files import collect_static_files

GRACE_S = 20.0
SITE_STARTS_WITHIN_S = 60.0
RESTART_AFTER_S = 2.0


class Command(BaseCommand):
    """Needs no other server; `Procfile` names the same processes one by one."""

    help = "Run the whole studio on this machine: site and workers. Ctrl-C ends everything."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, watch, end."""
        self.host = str(settings.OMVEE_BIND)
        self.port = int(settings.PORT)
        self.signals = 0
        if not port_is_free(self.host, self.port):
            raise CommandError(
                f"Port {self.port} is taken by another program. Stop it, or choose another port: "
                f"PORT={self.port + 1} make run"
            )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count_signal)
        call_command("prepare_site", verbosity=0, stdout=self.stdout)
        collect_static_files()
        connections.close_all()
        if self.signals:
            return
        manage = [sys.executable, sys.argv[0]]
        site = Child(
            "site",
            [sys.executable, "-m", "gunicorn", "-c", str(settings.BASE_DIR / "deploy" / "gunicorn.conf.py")],
            {"OMVEE_GRACEFUL_S": "5"},
        )
        worker = Child("worker", [*manage, "worker"])
        sample = Child("sample project", [*manage, "create_sample"])
        children = [site, worker]
        if settings.OMVEE_SAMPLE and "create_sample" in get_commands():
            children.append(sample)
        try:
            for child in children:
                child.start()
            self._announce(site)
            self._watch(site, worker, sample)
        finally:
            end_all(children, grace_s=GRACE_S, hurry=lambda: self.signals > 1)
        self.stdout.write("Omvee has stopped.")

    def _count_signal(self, number: int, frame: object) -> None:
        self.signals += 1
        if self.signals == 1:
            self.stdout.write("\nStopping. Work in progress goes on at the next start; press Ctrl-C again to hurry.")

    def _announce(self, site: Child) -> None:
        """Print where Omvee is as soon as it answers there."""
        # 0.0.0.0 means every address; this machine's own is one of them
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        deadline = time.monotonic() + SITE_STARTS_WITHIN_S
        while not self.signals and not site_answers(host, self.port):
            if site.exit_code() is not None or time.monotonic() > deadline:
                raise CommandError("The site did not start; the lines above say why.")
            time.sleep(0.1)
        if self.signals:
            return
        self.stdout.write(f"Omvee is at {settings.OMVEE_BASE_URL}")
        link = setup_link()
        connections.close_all()
        if link:
            self.stdout.write(f"Set up your administrator account here (the link works once):\n  {link}")
        self.stdout.write("Press Ctrl-C to stop.")
        self.stdout.flush()

    def _watch(self, site: Child, worker: Child, sample: Child) -> None:
        """Until a signal: a dead site ends the studio, a dead worker is started again."""
        restart_at: float | None = None
        while not self.signals:
            if site.exit_code() is not None:
                raise CommandError("The site ended unexpectedly; the lines above say why.")
            if worker.exit_code() is not None and restart_at is None:
                self.stderr.write(f"The worker ended (code {worker.exit_code()}); starting it again.")
                restart_at = time.monotonic() + RESTART_AFTER_S
            if restart_at is not None and time.monotonic() >= restart_at:
                worker.start()
                restart_at = None
            if sample.process and sample.exit_code() is not None:
                if sample.exit_code():
                    self.stderr.write("The sample project could not be made; everything else works.")
                sample.process = None
            time.sleep(0.2)
