from __future__ import annotations

from django.apps import AppConfig


class QuickStepsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from tests.faults import steps

        steps.install()
