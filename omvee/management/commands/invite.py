"""`manage.py invite EMAIL`: print a sign-up link for one person."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from omvee.accounts.invites import invite_link


class Command(BaseCommand):
    """The link works for a week, for that address, until the account exists."""

    help = "Print a sign-up link for one person (needs OMVEE_SIGNUP=invite or open)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link alone, for scripts."""
        email = str(options["email"]).strip().lower()
        if settings.OMVEE_SIGNUP == "closed":
            raise CommandError("Sign-up is closed. Set OMVEE_SIGNUP=invite and restart Omvee first.")
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is not an email address.") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email} has an account already.")
        self.stdout.write(invite_link(email))
