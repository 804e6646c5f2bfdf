"""`manage.py load_models`: bring the list of hosted models and their prices up to this release."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pipeline.pricebook import load_catalogue


class Command(BaseCommand):
    """Safe to repeat; what operators changed stays."""

    help = "Load the models that Omvee ships; prices and limits that an operator changed stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Merge and say how many rows changed."""
        changed = load_catalogue()
        if options["verbosity"]:
            self.stdout.write(f"{changed} models were added or renewed.")
