"""Every setting of the site, in one file; each has a default with which one machine runs with no environment at all.

`.env.example` explains each variable; a test fails when one is missing there.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("OMVEE_ENV_FILE", str(BASE_DIR / ".env")))
_env = environ.Env()


def _text(name: str, default: str = "") -> str:
    return str(_env.str(name, default=default)).strip()


def _flag(name: str, *, default: bool) -> bool:
    return bool(_env.bool(name, default=default))


def _number(name: str, default: int) -> int:
    return int(_env.int(name, default=default))


def _names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


def _secret_key(folder: Path) -> str:
    """The key in `folder/secret_key`; the first process to start makes it, once, readable by its user alone."""
    file = folder / "secret_key"
    if not file.exists():
        draft = folder / f".secret_key.{secrets.token_hex(6)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(64))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text().strip()


# -- Where things live ------------------------------------------------------------------------------------------------
DATA_DIR = Path(_text("DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = _text("SECRET_KEY") or _secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = _names("SECRET_KEY_FALLBACKS")
PORT = _number("PORT", 8000)
OMVEE_BASE_URL = _text("OMVEE_BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = OMVEE_BASE_URL.startswith("https://")
DEBUG = _flag("OMVEE_DEBUG", default=False)
ALLOWED_HOSTS = _names("OMVEE_ALLOWED_HOSTS") or [urlsplit(OMVEE_BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]

# -- The application ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "projects.apps.ProjectsConfig",  # before the admin: its templates and variables brand the stock admin
    "pipeline.apps.PipelineConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_q",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "omvee.urls"
WSGI_APPLICATION = "omvee.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

# -- Database ----------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": _env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
_database.update(CONN_MAX_AGE=300, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads first and then writes would otherwise fail at once when another one wrote
    # in between. FULL: a committed payment survives a power cut.
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

# -- Queue: a doorbell only, every retry and deadline belongs to Job ----------------------------------------------------
OMVEE_LEASE_S = _env.float("OMVEE_LEASE_S", default=20.0)
OMVEE_BEAT_S = _env.float("OMVEE_BEAT_S", default=4.0)
OMVEE_IO_WORKERS = _number("OMVEE_IO_WORKERS", 2)
OMVEE_CPU_WORKERS = _number("OMVEE_CPU_WORKERS", os.cpu_count() or 1)
OMVEE_MAX_SONG_SECONDS = _number("OMVEE_MAX_SONG_SECONDS", 1200)
OMVEE_MAX_UPLOAD_BYTES = _number("OMVEE_MAX_UPLOAD_BYTES", 50 * 1024 * 1024)
OMVEE_MAX_PROJECTS_RENDERING = _number("OMVEE_MAX_PROJECTS_RENDERING", 3)
_HOUR_S = 3600
Q_CLUSTER: dict[str, Any] = {
    "name": "omvee",  # the salt of every message: the same in every process
    "cluster_name": "io",
    "orm": "default",
    "workers": OMVEE_IO_WORKERS,
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.2,
    "guard_cycle": 0.5,  # only 0.25, 0.5 and 1 ever fire the hard timeout
    "timeout": 2 * _HOUR_S,
    "retry": 1000 * _HOUR_S,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 200,
    "scheduler": False,
    "ALT_CLUSTERS": {"cpu": {"workers": OMVEE_CPU_WORKERS, "recycle": 50}},
}

# -- Accounts ----------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# -- Words, time, files ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
