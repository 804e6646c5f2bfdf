"""The first administrator, invitations, sign-up, and login limits."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import StringIO
from urllib.parse import unquote, urlsplit

import pytest
import redis
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from omvee.accounts import first_run
from omvee.accounts.invites import invite_link, invited_email
from projects.actions import control
from projects.flow import trash
from projects.models import Project

PASSWORD = "a-long-enough-phrase"


@pytest.fixture(autouse=True)
def _fresh_limits(db):
    cache.clear()


def path_of(link: str | None) -> str:
    assert link
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


# -- the first administrator


def test_it_sets_up_the_first_administrator_once(client: Client):
    path = path_of(first_run.setup_link())
    assert client.get(path).status_code == 200
    response = client.post(path, {"email": "Ada@Example.com", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff) == ("ada@example.com", True, True)
    assert EmailAddress.objects.get(user=user).verified
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Client().get(path).status_code == 404
    assert first_run.setup_link() is None


def test_the_sample_project_waits_for_the_first_administrator(client: Client, settings):
    """As `make run` goes: the sample is made before anybody has an account, and must not use up the set-up link."""
    settings.OMVEE_DOORBELL = False
    call_command("create_sample", stdout=StringIO())
    link = first_run.setup_link()
    assert link is not None
    client.post(urlsplit(link).path, {"email": "ada@example.org", "password": PASSWORD})
    ada = User.objects.get(email="ada@example.org")
    assert list(ada.projects.values_list("title", flat=True)) == ["Salt and Neon"]
    assert first_run.setup_link() is None


def test_a_sample_project_that_was_deleted_for_good_does_not_come_back(client: Client, settings):
    settings.OMVEE_DOORBELL = False
    call_command("create_sample", stdout=StringIO())
    client.post(urlsplit(first_run.setup_link()).path, {"email": "ada@example.org", "password": PASSWORD})
    sample = Project.objects.get()
    control.trash_project(sample, by=None)
    control.purge_project(sample, by=None)
    trash.purge()
    assert not Project.objects.exists()
    User.objects.update(last_login=timezone.now() - timedelta(hours=1))
    call_command("create_sample", stdout=StringIO())
    assert not Project.objects.exists()


def test_it_lets_the_new_administrator_log_in_by_email(client: Client):
    first_run.create_administrator("ada@example.com", PASSWORD)
    response = client.post("/accounts/login/", {"login": "ADA@example.com", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("salt", ["another", "omvee.invite"])
def test_it_answers_a_forged_setup_link_like_any_unknown_page(client: Client, salt):
    token = signing.dumps("setup", salt=salt)
    assert client.get(f"/setup/{token}/").status_code == 404
    assert client.post(f"/setup/{token}/", {"email": "a@example.com", "password": PASSWORD}).status_code == 404
    assert not User.objects.exists()


def test_it_lets_a_setup_link_expire(client: Client, monkeypatch):
    path = path_of(first_run.setup_link())
    monkeypatch.setattr(first_run, "VALID_FOR_S", -1)
    assert client.get(path).status_code == 404


def test_it_explains_a_weak_password_and_makes_nobody(client: Client):
    response = client.post(path_of(first_run.setup_link()), {"email": "a@example.com", "password": "12345"})
    assert response.status_code == 422
    assert "too short" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_it_makes_one_administrator_of_eight_that_try_at_once():
    from django.core.management.sql import emit_post_migrate_signal

    # an earlier transactional test may have emptied the table that the lock is on
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    gate, made, late, other = threading.Barrier(8), [], [], []

    def attempt(number: int) -> None:
        try:
            gate.wait()
            made.append(first_run.create_administrator(f"person{number}@example.com", PASSWORD).email)
        except first_run.AlreadySetUp:
            late.append(number)
        except Exception as error:
            other.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(late), other) == (1, 7, [])
    assert User.objects.count() == 1


def test_it_takes_the_administrator_from_the_environment_once(settings):
    settings.OMVEE_ADMIN_EMAIL, settings.OMVEE_ADMIN_PASSWORD = "ada@example.com", PASSWORD
    made = first_run.administrator_from_environment()
    assert made is not None
    assert made.check_password(PASSWORD)
    settings.OMVEE_ADMIN_PASSWORD = "another-long-phrase"
    assert first_run.administrator_from_environment() is None
    assert User.objects.get().check_password(PASSWORD)


def test_it_refuses_a_weak_password_from_the_environment(settings):
    settings.OMVEE_ADMIN_EMAIL, settings.OMVEE_ADMIN_PASSWORD = "ada@example.com", "password"
    with pytest.raises(ValidationError):
        first_run.administrator_from_environment()


def test_it_prints_the_setup_link_until_somebody_has_an_account(client: Client):
    out = StringIO()
    call_command("setup_link", stdout=out)
    assert client.get(path_of(out.getvalue().strip())).status_code == 200
    first_run.create_administrator("ada@example.com", PASSWORD)
    with pytest.raises(CommandError, match="set up already"):
        call_command("setup_link")


# -- sign-up


def sign_up(client: Client, email: str, query: str = ""):
    return client.post(f"/accounts/signup/{query}", {"email": email, "password1": PASSWORD, "password2": PASSWORD})


def test_it_is_closed_by_default(client: Client):
    assert "Sign-up is closed" in client.get("/accounts/signup/").content.decode()
    sign_up(client, "bob@example.com")
    assert not User.objects.exists()


def test_it_lets_everybody_in_where_it_is_open(client: Client, settings):
    settings.OMVEE_SIGNUP = "open"
    assert sign_up(client, "Bob@example.com").status_code == 302
    user = User.objects.get()
    assert (user.username, user.is_staff) == ("bob@example.com", False)


def test_it_lets_an_invited_person_in_with_their_own_address_only(client: Client, settings):
    settings.OMVEE_SIGNUP = "invite"
    sign_up(client, "bob@example.com")
    assert not User.objects.exists()
    link = path_of(invite_link("Bob@Example.com"))
    assert "Sign-up is closed" not in client.get(link).content.decode()
    response = sign_up(client, "mallory@example.com")
    assert "the address that the invitation was sent to" in response.content.decode()
    assert not User.objects.exists()
    assert sign_up(client, "bob@example.com").status_code == 302
    assert User.objects.get().email == "bob@example.com"
    second = Client()
    second.get(link)
    sign_up(second, "bob@example.com")
    assert User.objects.count() == 1


def test_it_refuses_an_altered_or_old_invitation(client: Client, settings, monkeypatch):
    settings.OMVEE_SIGNUP = "invite"
    link = path_of(invite_link("bob@example.com"))
    assert "Sign-up is closed" in client.get(link[:-3] + "abc").content.decode()
    token = unquote(link.partition("invite=")[2])
    assert invited_email(token) == "bob@example.com"
    monkeypatch.setattr("omvee.accounts.invites.VALID_FOR_S", -1)
    assert invited_email(token) is None


def test_it_prints_an_invitation(client: Client, settings):
    settings.OMVEE_SIGNUP = "invite"
    out = StringIO()
    call_command("invite", "bob@example.com", stdout=out)
    assert "Sign-up is closed" not in client.get(path_of(out.getvalue().strip())).content.decode()
    with pytest.raises(CommandError, match="not an email address"):
        call_command("invite", "bob")
    User.objects.create_user("bob@example.com", "bob@example.com", PASSWORD)
    with pytest.raises(CommandError, match="account already"):
        call_command("invite", "BOB@example.com")
    settings.OMVEE_SIGNUP = "closed"
    with pytest.raises(CommandError, match="closed"):
        call_command("invite", "eve@example.com")


# -- login


def test_it_stops_checking_passwords_after_five_failures(client: Client):
    first_run.create_administrator("ada@example.com", PASSWORD)
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert response.status_code != 302
    assert "_auth_user_id" not in client.session


def test_it_counts_failures_in_redis_where_there_is_one(redis_url: str, client: Client, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}}
    test_it_stops_checking_passwords_after_five_failures(client)
    assert redis.Redis.from_url(redis_url).dbsize() > 0


def test_it_does_not_believe_forged_addresses_when_it_counts_failures(client: Client):
    first_run.create_administrator("ada@example.com", PASSWORD)
    for number in range(12):
        client.post(
            "/accounts/login/",
            {"login": f"person{number}@example.com", "password": "wrong"},
            HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        )
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session, response.content.decode()[:300]


def test_it_answers_unknown_and_known_addresses_alike(client: Client):
    first_run.create_administrator("ada@example.com", PASSWORD)
    known = client.post("/accounts/login/", {"login": "ada@example.com", "password": "wrong"})
    unknown = client.post("/accounts/login/", {"login": "eve@example.com", "password": "wrong"})

    def said(response) -> str:
        return str(response.context["form"].errors)

    assert said(known) == said(unknown)


def test_it_gives_a_new_session_at_login(client: Client):
    first_run.create_administrator("ada@example.com", PASSWORD)
    session = client.session
    session["before"] = 1
    session.save()
    before = client.cookies["sessionid"].value
    client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_it_leads_nowhere_else_after_login(client: Client, target):
    first_run.create_administrator("ada@example.com", PASSWORD)
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD, "next": target})
    assert response.status_code == 302
    assert response["Location"] == "/"


def test_it_asks_for_the_second_factor_also_on_the_way_to_the_admin(client: Client):
    user = first_run.create_administrator("ada@example.com", PASSWORD)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    response = client.post("/accounts/login/?next=/admin/", {"login": "ada@example.com", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/authenticate/")
    assert client.get("/admin/").status_code == 302
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    response = client.post("/accounts/2fa/authenticate/", {"code": code})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
