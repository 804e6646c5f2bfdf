"""The pages of accounts, which a library words in title case, speak like all others."""

from __future__ import annotations

import gettext
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from omvee.accounts import first_run
from omvee.accounts.invites import invite_link

PASSWORD = "a-long-enough-phrase"
MESSAGES = settings.BASE_DIR / "omvee" / "locale" / "en" / "LC_MESSAGES"
TITLE_CASE = re.compile(r"^[A-Z][a-z]+(?:[ -](?:[a-z]{1,3} )?[A-Z][a-z]+)+\b")
OPEN = (
    "login",
    "inactive",
    "signup",
    "confirm-email",
    "password/reset",
    "password/reset/done",
)
OWN = ("logout", "email", "password/change", "2fa", "2fa/totp/activate", "reauthenticate")
WITH_CODES = ("2fa", "2fa/totp/deactivate", "2fa/recovery-codes", "2fa/recovery-codes/generate")


class Texts(HTMLParser):
    """Every piece of text of a page outside its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.found.append(" ".join(data.split()))


def title_case(client: Client, path: str) -> list[str]:
    """What a page says in title case; it must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    texts = (text.replace("Omvee", "it") for text in Texts(answer.content.decode()).found)
    return [text for text in texts if TITLE_CASE.match(text)]


@pytest.fixture
def person(db: None) -> User:
    cache.clear()
    return first_run.create_administrator("ada@example.com", PASSWORD)


@pytest.fixture
def signed_in(client: Client, person: User) -> Client:
    """Just signed in with the password, so that nothing asks for it again."""
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("name", OPEN)
def test_pages_before_the_login_are_in_sentence_case(client: Client, person: User, name: str) -> None:
    assert title_case(client, f"/accounts/{name}/") == []


def test_the_sign_up_of_somebody_invited_is_in_sentence_case(client: Client, person: User) -> None:
    assert title_case(client, f"/accounts/signup/?{urlsplit(invite_link('bo@example.com')).query}") == []


@pytest.mark.parametrize("name", OWN)
def test_pages_of_an_account_are_in_sentence_case(signed_in: Client, name: str) -> None:
    assert title_case(signed_in, f"/accounts/{name}/") == []


@pytest.mark.parametrize("name", WITH_CODES)
def test_pages_of_a_second_factor_are_in_sentence_case(signed_in: Client, person: User, name: str) -> None:
    totp.TOTP.activate(person, totp.generate_totp_secret())
    RecoveryCodes.activate(person)
    assert title_case(signed_in, f"/accounts/{name}/") == []


def test_what_is_read_is_what_was_written() -> None:
    written = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (MESSAGES / "django.po").read_text(), re.MULTILINE))
    with (MESSAGES / "django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert {text: read.gettext(text) for text in written} == written
    assert all(not TITLE_CASE.match(text) for text in written.values())
