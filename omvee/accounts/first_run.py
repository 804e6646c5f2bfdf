"""The first administrator: from the environment, or by a link that works only while nobody has an account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.urls import reverse

from projects.actions.film import LOCAL_EMAIL

VALID_FOR_S = 7 * 24 * 3600
_SALT = "omvee.setup"


class AlreadySetUp(Exception):
    """Somebody has an account already."""


def anybody_has_an_account() -> bool:
    """Whether somebody can sign in. The studio's own account, which holds the sample until then, is nobody's."""
    return User.objects.exclude(username=LOCAL_EMAIL).exists()


def setup_token() -> str:
    """A signed token that needs no table and no file; a restart makes a fresh one."""
    return signing.dumps("setup", salt=_SALT)


def token_is_valid(token: str) -> bool:
    """True if this site's key signed the token less than a week ago and nobody has an account yet."""
    try:
        signing.loads(token, salt=_SALT, max_age=VALID_FOR_S)
    except signing.BadSignature:
        return False
    return not anybody_has_an_account()


def setup_link() -> str | None:
    """Where the first administrator chooses a password; None once anybody has an account."""
    if anybody_has_an_account():
        return None
    return f"{settings.OMVEE_BASE_URL}{reverse('setup', args=[setup_token()])}"


def create_administrator(email: str, password: str) -> User:
    """Make the first user, a superuser with a confirmed address.

    Raises `AlreadySetUp` if anybody has an account, also when two ask in the same instant, and
    `ValidationError` for a weak password.
    """
    email = email.strip().lower()
    validate_password(password, User(username=email, email=email))
    with transaction.atomic():
        # One row that migrations always make, locked, lets one of two simultaneous set-ups look before the other
        # writes. SQLite needs no row lock: its transactions begin with the write lock.
        ContentType.objects.select_for_update().get(app_label="auth", model="user")
        if anybody_has_an_account():
            raise AlreadySetUp
        user = User.objects.create_superuser(username=email[:150], email=email, password=password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def administrator_from_environment() -> User | None:
    """The administrator of OMVEE_ADMIN_EMAIL and OMVEE_ADMIN_PASSWORD, made if nobody has an account yet."""
    email, password = settings.OMVEE_ADMIN_EMAIL, settings.OMVEE_ADMIN_PASSWORD
    if not (email and password) or anybody_has_an_account():
        return None
    try:
        return create_administrator(email, password)
    except AlreadySetUp:
        return None  # another machine was first
