from __future__ import annotations

import os

from django.apps import AppConfig


class QuickStepsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from tests.faults import paid, steps

        paid.install() if os.environ.get("OMVEE_TEST_PAID") else steps.install()
        steps.note_workers()
