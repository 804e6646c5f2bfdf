"""Our answers to allauth's questions: who may sign up, and what a user is called inside."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_email, user_username
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from omvee.accounts.invites import invited_email

_SESSION_KEY = "omvee_invite"
_USERNAME_LENGTH = 150


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up by OMVEE_SIGNUP; the login name is the address, so that `changepassword EMAIL` works."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed: never. Invite: with a valid link, remembered between the page and its form. Open: always."""
        if settings.OMVEE_SIGNUP == "open":
            return True
        if settings.OMVEE_SIGNUP != "invite":
            return False
        given = request.GET.get("invite")
        if given and invited_email(given):
            request.session[_SESSION_KEY] = given
        return self._invited(request) is not None

    def clean_email(self, email: str) -> str:
        """An invitation is for one address; with it, another one is refused."""
        cleaned = str(super().clean_email(email))
        if self.request is not None and settings.OMVEE_SIGNUP == "invite" and not self.request.user.is_authenticated:
            invited = self._invited(self.request)
            if invited and cleaned.lower() != invited:
                raise ValidationError(_("Please use the address that the invitation was sent to."))
        return cleaned

    def populate_username(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """The address, where it fits; allauth's own short unique name for the rare longer one."""
        email = str(user_email(user) or "").lower()
        if email and len(email) <= _USERNAME_LENGTH:
            user_username(user, email)
        else:
            super().populate_username(request, user)

    def save_user(self, request: HttpRequest, user: AbstractBaseUser, form: Any, commit: bool = True) -> Any:
        """A used invitation is forgotten."""
        saved = super().save_user(request, user, form, commit=commit)
        request.session.pop(_SESSION_KEY, None)
        return saved

    def _invited(self, request: HttpRequest) -> str | None:
        return invited_email(str(request.session.get(_SESSION_KEY, "")))
