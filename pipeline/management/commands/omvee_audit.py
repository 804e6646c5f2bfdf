"""Whether everything adds up: `manage.py omvee_audit`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline import audit
from pipeline.audit import written_off


class Command(BaseCommand):
    help = (
        "Check that nothing was paid twice, that ledger, limits and files agree with the work that was done, and that "
        "everything that waits says why. Prints what is wrong, and ends with 1 if anything is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hashes", action="store_true", help="Read every file and compare it with its hash.")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in written_off():
            self.stdout.write(f"Written off: {line}")
        found = audit.findings(hashes=options["hashes"])
        for finding in found:
            self.stderr.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} things are wrong.")
        self.stdout.write("Everything adds up.")
