"""`manage.py prepare_site`: what a release does once, before site and workers of the new version start."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from omvee.accounts.first_run import administrator_from_environment, setup_link


class Command(BaseCommand):
    """Safe to repeat; one machine at a time, as releases do."""

    help = "Migrate the database and make sure that there is an administrator, or a link to become it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, make the administrator of the environment, or print the set-up link."""
        call_command("migrate", interactive=False, verbosity=int(options["verbosity"]))
        call_command("load_models", verbosity=0)
        try:
            user = administrator_from_environment()
        except ValidationError as weak:
            raise CommandError("OMVEE_ADMIN_PASSWORD is not strong enough: " + " ".join(weak.messages)) from weak
        if user:
            self.stdout.write(f"The administrator is {user.email}.")
        link = setup_link()
        if link and options["verbosity"]:
            self.stdout.write(f"Set up your administrator account here (the link works once):\n  {link}")
