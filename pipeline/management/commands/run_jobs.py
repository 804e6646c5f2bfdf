"""manage.py run_jobs: runs the jobs of one project in this process, and ends when none is left."""

from __future__ import annotations

import os
import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from pipeline.media.parents import end_with_parent
from pipeline.models import Job
from pipeline.runner.work import run_next
from pipeline.states import LIVE

IDLE_S = 0.1


class Command(BaseCommand):
    # Who starts us has passed them; they import every page, which costs a tenth of a second in each process.
    requires_system_checks: list[str] = []
    help = "Run the jobs of one project until none is left. make_video starts as many of these as there are cores."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", type=int, help="primary key of the project")

        parser.add_argument("--parent", type=int, help="the process with which this one ends, however that ends")

    def handle(self, *args: Any, project: int, parent: int | None, **options: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is answered by make_video, which ends us
        signal.signal(signal.SIGTERM, _leave)
        if parent:
            end_with_parent()
        while Job.objects.filter(project_id=project, state__in=LIVE).exists() and parent in (None, os.getppid()):
            if not run_next(project_id=project):
                time.sleep(IDLE_S)


def _leave(number: int, frame: FrameType | None) -> None:
    os._exit(143)  # the job is taken up again from what is durable
