"""Invitations without a table: a signed link for one address, good for a week and dead once the account exists."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

VALID_FOR_S = 7 * 24 * 3600
_SALT = "omvee.invite"


def invite_link(email: str) -> str:
    """The address to send to `email`; whoever opens it may sign up with that address only."""
    token = signing.dumps(email.strip().lower(), salt=_SALT, compress=True)
    return f"{settings.OMVEE_BASE_URL}{reverse('account_signup')}?{urlencode({'invite': token})}"


def invited_email(token: str) -> str | None:
    """The address that a link was made for; None if the link was altered or is too old."""
    try:
        email = signing.loads(token, salt=_SALT, max_age=VALID_FOR_S)
    except signing.BadSignature:
        return None
    return email if isinstance(email, str) else None
