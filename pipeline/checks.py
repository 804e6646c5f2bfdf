"""System checks: a step without its receiver would do its work for nobody."""

from __future__ import annotations

from typing import Any

from django.core import checks


@checks.register()
def every_step_has_a_receiver(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    from pipeline.runner import hooks
    from pipeline.steps import STEPS

    missing = sorted(STEPS.keys() - hooks.receivers.keys())
    unknown = sorted(hooks.receivers.keys() - STEPS.keys())
    errors: list[checks.CheckMessage] = [
        checks.Error(f"Nobody receives the output of the step {name}.", id="pipeline.E001") for name in missing
    ]
    return errors + [
        checks.Error(f"A receiver waits for the unknown step {name}.", id="pipeline.E002") for name in unknown
    ]
