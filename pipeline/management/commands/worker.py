"""manage.py worker: runs jobs until it is told to stop."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pipeline.runner.cluster import Clusters


class Command(BaseCommand):
    help = "Run jobs of both queues (io, cpu), heal what dies, ring for what is due. SIGTERM lets running jobs finish."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace", type=float, default=30, help="seconds that running jobs get after SIGTERM (default 30)"
        )
        parser.add_argument(
            "--tick", type=float, default=1.0, help="seconds between two rounds of the ticker (default 1)"
        )

    def handle(self, *args: Any, grace: float, tick: float, **options: Any) -> None:
        Clusters(grace_s=grace, tick_s=tick).run()
        # django-q2 leaves feeder threads behind that would hold the interpreter
        self.stdout.flush()
        os._exit(0)
