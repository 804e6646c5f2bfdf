"""`manage.py prepare_site`: what a release does once, before site and workers of the new version start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from omvee.accounts.first_run import administrator_from_environment, setup_link


class Command(BaseCommand):
    """Safe to repeat; one machine at a time, as releases do."""

    help = "Migrate the database and make sure that there is an administrator, or a link to become it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, make the administrator of the environment, or print the set-up link."""
        with _a_new_file_at_once():
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


@contextmanager
def _a_new_file_at_once() -> Iterator[None]:
    """A new SQLite database is made in one transaction: one whose making was cut off would be neither empty nor whole,
    and a migration that was done but not noted could not be done again.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or connection.introspection.table_names():
        yield
        return
    connection.disable_constraint_checking()  # tables are made anew on the way, which SQLite allows only without
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()
