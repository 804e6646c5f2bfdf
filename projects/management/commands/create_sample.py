"""manage.py create_sample: the sample project, made once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from projects.actions.sample import create_sample


class Command(BaseCommand):
    help = "Make the sample project, if this studio never had one. Its film is rendered by the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        project = create_sample()
        if project is not None:
            self.stdout.write(f"The sample project “{project.title}” is on its way.")
