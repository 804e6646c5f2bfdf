"""Headers and rules that hold for every page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
OPEN_VIEWS = {
    "setup",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_authenticate",
    "hook",  # vendors prove themselves by signature, and it only wakes
    "login",  # the admin's own, which leads to account_login
    "logout",
    "jsi18n",
    "favicon",
    "theme",  # a cookie that holds "light" or "dark"
}


@pytest.fixture
def policy(client: Client, db) -> dict[str, str]:
    header = client.get("/accounts/login/")["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.partition(" ") for part in header.split("; "))}


def test_it_sends_the_strict_policy(policy):
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


def test_it_sends_the_other_protecting_headers(client: Client, db):
    response = client.get("/accounts/login/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"] or "max-age=0" in response["Cache-Control"]


def named_views(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named_views(pattern.url_patterns, pattern.namespace or namespace)
        elif isinstance(pattern, URLPattern):
            yield namespace, pattern


def test_it_keeps_every_view_private_unless_it_is_listed_as_open():
    public = {
        pattern.name or str(pattern.pattern)
        for namespace, pattern in named_views(get_resolver().url_patterns)
        # The admin checks for itself, with staff rights on top.
        if not getattr(pattern.callback, "login_required", True) and namespace != "admin"
    }
    assert public <= OPEN_VIEWS, f"open to strangers, but not listed here: {sorted(public - OPEN_VIEWS)}"


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/auth/user/", "/accounts/email/", "/accounts/2fa/"]
)
def test_it_sends_strangers_to_the_one_login_page(client: Client, db, path):
    response = client.get(path, follow=True)
    assert response.redirect_chain
    assert response.request["PATH_INFO"] == "/accounts/login/"


def test_it_refuses_a_form_without_its_token(db):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("a@example.com", "a@example.com", "x"))
    assert strict.post("/accounts/logout/").status_code == 403


def settings_in(environment: dict[str, str], *names: str, folder: Path) -> dict[str, object]:
    """What `omvee.settings` says in a process with this environment alone."""
    values = f"{{n: getattr(s, n, None) for n in {names!r}}}"
    code = f"import json, omvee.settings as s; print(json.dumps({values}, default=str))"
    clean = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "OMVEE_ENV_FILE": os.devnull}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_it_demands_https_where_the_address_is_https(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "OMVEE_LOG")
    plain = settings_in({}, *names, folder=tmp_path)
    assert plain == dict(zip(names, (False, False, False, 0, "human"), strict=True))
    public = settings_in({"OMVEE_BASE_URL": "https://studio.example"}, *names, folder=tmp_path)
    assert public == dict(zip(names, (True, True, True, 3600, "json"), strict=True))


def test_it_makes_its_key_once_for_its_user_alone(tmp_path):
    first = settings_in({}, "SECRET_KEY", folder=tmp_path)
    second = settings_in({}, "SECRET_KEY", folder=tmp_path)
    assert first == second
    assert len(str(first["SECRET_KEY"])) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_it_allows_the_buckets_origin_and_nothing_wider(tmp_path):
    bucket = {"BUCKET_NAME": "films", "AWS_ENDPOINT_URL_S3": "https://storage.example"}
    said = settings_in(bucket, "CONTENT_SECURITY_POLICY", folder=tmp_path)
    directives = said["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    for name in ("img-src", "media-src", "connect-src"):
        assert directives[name][-2:] == ["https://storage.example", "https://films.storage.example"]
    assert directives["script-src"] == ["'self'"]


def test_it_passes_djangos_deployment_checks(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path),
        "OMVEE_ENV_FILE": os.devnull,
        "OMVEE_BASE_URL": "https://studio.example",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
