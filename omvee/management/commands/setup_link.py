"""`manage.py setup_link`: print the link with which the first administrator sets Omvee up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from omvee.accounts.first_run import setup_link


class Command(BaseCommand):
    """Refuses once anybody has an account."""

    help = "Print the one-time link with which the first administrator sets Omvee up."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link alone, for scripts."""
        link = setup_link()
        if link is None:
            raise CommandError("Omvee is set up already. A forgotten password: manage.py changepassword EMAIL")
        self.stdout.write(link)
