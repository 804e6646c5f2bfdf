"""Every setting of the site, in one file; each has a default with which one machine runs with no environment at all.

`.env.example` explains each variable; a test fails when one is missing there.
"""

from __future__ import annotations

import os
import secrets
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp import constants as csp
from django.utils.translation import gettext_lazy as _

from omvee.logs import logging_config

# Jobs fill the cores; idle threads of a matrix library spin: 1.6 times the CPU, measured. Set before numpy comes in.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("OMVEE_ENV_FILE", str(BASE_DIR / ".env")))
_env = environ.Env()


def _text(name: str, default: str = "") -> str:
    return str(_env.str(name, default=default)).strip()


def _flag(name: str, *, default: bool) -> bool:
    return bool(_env.bool(name, default=default))


def _number(name: str, default: int) -> int:
    return int(_env.int(name, default=default))


def _seconds(name: str, default: float) -> float:
    return float(_env.float(name, default=default))


def _microusd(name: str, default: str) -> int | None:
    """A sum in dollars, in millionths; None (no limit) for 0."""
    return int(Decimal(_text(name, default)) * 1_000_000) or None


def _names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


def _usable_cores() -> int:
    """Cores that this process may use: fewer than the machine has in a container or under taskset."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _private_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


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


# -- Where things live -------------------------------------------------------------------------------------------------
DATA_DIR = _private_folder(Path(_text("DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve())
SECRET_KEY = _text("SECRET_KEY") or _secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = _names("SECRET_KEY_FALLBACKS")
PORT = _number("PORT", 8000)
OMVEE_BASE_URL = _text("OMVEE_BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
OMVEE_BIND = _text("OMVEE_BIND", "127.0.0.1")
OMVEE_WEB_PROCESSES = _number("OMVEE_WEB_PROCESSES", 2)
OMVEE_WEB_THREADS = _number("OMVEE_WEB_THREADS", 8)
OMVEE_SAMPLE = _flag("OMVEE_SAMPLE", default=True)
HTTPS = OMVEE_BASE_URL.startswith("https://")
DEBUG = _flag("OMVEE_DEBUG", default=False)
ALLOWED_HOSTS = [
    urlsplit(OMVEE_BASE_URL).hostname or "127.0.0.1",
    *("127.0.0.1", "localhost", "[::1]"),
    *_names("OMVEE_ALLOWED_HOSTS"),
]

# -- The application ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "omvee.apps.SiteConfig",
    "projects.apps.ProjectsConfig",  # before the admin: its templates and variables brand the stock admin
    "pipeline.apps.PipelineConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # django_htmx is used as middleware only: its copies of htmx are not served, ours is in static/vendor
    "django_q",
    "csp",
]
MIDDLEWARE = [
    "omvee.middleware.request_log",
    "omvee.ops.probes",  # before host checks and redirects: platforms ask by address
    "omvee.middleware.body_gate",  # before anything can read the body
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "omvee.middleware.SignInFirst",
    "django.middleware.csrf.CsrfViewMiddleware",  # after the login check: it reads the body, a stranger's stays unread
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "omvee.middleware.FullDisk",
]
ROOT_URLCONF = "omvee.urls"
WSGI_APPLICATION = "omvee.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # the forms' markup is ours
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
DATABASES: dict[str, dict[str, Any]] = {
    "default": _env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
}
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

# -- Queue: a doorbell only; retries, deadlines and attempts belong to Job ---------------------------------------------
OMVEE_LEASE_S = _seconds("OMVEE_LEASE_S", 20.0)
OMVEE_BEAT_S = _seconds("OMVEE_BEAT_S", 4.0)
OMVEE_DOORBELL = _flag("OMVEE_DOORBELL", default=True)  # off: jobs are claimed by whoever looks, nobody is rung
OMVEE_WORK_DIR = _text("OMVEE_WORK_DIR")  # where jobs keep their private folders; empty: the system's temporary folder
OMVEE_IO_WORKERS = _number("OMVEE_IO_WORKERS", 2)
OMVEE_CPU_WORKERS = _number("OMVEE_CPU_WORKERS", _usable_cores())
OMVEE_MAX_SONG_SECONDS = _number("OMVEE_MAX_SONG_SECONDS", 1200)
OMVEE_MAX_UPLOAD_BYTES = _number("OMVEE_MAX_UPLOAD_BYTES", 50 * 1024 * 1024)
OMVEE_REVISIONS = _number("OMVEE_REVISIONS", 5)
OMVEE_MAX_PROJECTS_RENDERING = _number("OMVEE_MAX_PROJECTS_RENDERING", 3)
OMVEE_KEEP_EXPORTS_DAYS = _number("OMVEE_KEEP_EXPORTS_DAYS", 30)
OMVEE_KEEP_PARTS_DAYS = _number("OMVEE_KEEP_PARTS_DAYS", 14)
OMVEE_KEEP_TRASH_DAYS = _number("OMVEE_KEEP_TRASH_DAYS", 30)
OMVEE_SEED = _text("OMVEE_SEED")  # of every new project, for tests and demonstrations; empty: each has one of its own
_HOUR_S = 3600
Q_CLUSTER: dict[str, Any] = {
    "name": "omvee",  # the salt of every message: the same in every process
    "cluster_name": "io",  # the queue of a process that does not name another one in Q_CLUSTER_NAME
    "orm": "default",  # a Redis broker pops without acknowledging: a killed worker would lose the message
    "workers": OMVEE_IO_WORKERS,
    "queue_limit": 1,  # a prefetched message waits behind a long job and dies with its process
    "bulk": 1,
    "poll": 0.2,
    "guard_cycle": 0.5,  # with anything but 0.25, 0.5 or 1 the hard timeout never fires
    "timeout": 2 * _HOUR_S,  # the last resort; Job deadlines come first
    "retry": 1000 * _HOUR_S,  # never: our own ticker repairs lost messages
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 200,
    "scheduler": False,
    "ALT_CLUSTERS": {"cpu": {"workers": OMVEE_CPU_WORKERS, "recycle": 50}},
}

# -- Vendors and money: everything works without any of these ----------------------------------------------------------
REPLICATE_API_TOKEN = _text("REPLICATE_API_TOKEN")
REPLICATE_BASE_URL = _text("REPLICATE_BASE_URL")
REPLICATE_WEBHOOK_SECRET = _text("REPLICATE_WEBHOOK_SECRET")
OPENAI_API_KEY = _text("OPENAI_API_KEY")
OPENAI_BASE_URL = _text("OPENAI_BASE_URL")
OPENROUTER_API_KEY = _text("OPENROUTER_API_KEY")
OPENROUTER_BASE_URL = _text("OPENROUTER_BASE_URL")
OMVEE_CREDENTIAL_KEY = _text("OMVEE_CREDENTIAL_KEY")  # encrypts keys entered in Settings; empty: SECRET_KEY does
# How much may be under way at a vendor at once: of each model (the catalogue may say otherwise) and in all.
OMVEE_MODEL_CONCURRENCY = _number("OMVEE_MODEL_CONCURRENCY", 4)
OMVEE_VENDOR_CONCURRENCY = _number("OMVEE_VENDOR_CONCURRENCY", 8)
# What the studio may spend: a row on the desk (Spending limits, or a day's, person's or project's own) goes before.
OMVEE_LIMITS_MICROUSD = {
    "day_soft": _microusd("OMVEE_DAY_SOFT_USD", "100"),
    "day_hard": _microusd("OMVEE_DAY_HARD_USD", "150"),
    "month": _microusd("OMVEE_USER_MONTH_USD", "200"),
    "project": _microusd("OMVEE_PROJECT_USD", "50"),
}
OMVEE_FIND_WINDOW_S = _number("OMVEE_FIND_WINDOW_S", 120)
OMVEE_DEADLINES_S = {
    "text": _number("OMVEE_TEXT_DEADLINE_S", 30),
    "transcription": _number("OMVEE_TRANSCRIPTION_DEADLINE_S", 120),
    "image": _number("OMVEE_IMAGE_DEADLINE_S", 120),
    "video": _number("OMVEE_VIDEO_DEADLINE_S", 600),
    "upscale": _number("OMVEE_UPSCALE_DEADLINE_S", 1800),
}

# -- Accounts ----------------------------------------------------------------------------------------------------------
EMAIL_URL = _env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_URL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_URL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_URL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_URL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_URL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL_URL.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(EMAIL_URL.get("EMAIL_USE_SSL", False))
EMAIL_TIMEOUT = 20
del EMAIL_URL  # it holds a password, and Django's debug page lists settings by name
SENDS_MAIL = not EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))
DEFAULT_FROM_EMAIL = _text("OMVEE_EMAIL_FROM", f"Omvee <omvee@{urlsplit(OMVEE_BASE_URL).hostname or 'localhost'}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

OMVEE_SIGNUP = _text("OMVEE_SIGNUP", "closed").lower()
OMVEE_ADMIN_EMAIL = _text("OMVEE_ADMIN_EMAIL")
OMVEE_ADMIN_PASSWORD = _text("OMVEE_ADMIN_PASSWORD")
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "omvee.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if SENDS_MAIL else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_MAIL
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Omvee"

# -- Security ----------------------------------------------------------------------------------------------------------
# TLS ends at a proxy, so HTTPS means that there is at least one; its last hop alone is believed.
OMVEE_TRUSTED_PROXIES = _number("OMVEE_TRUSTED_PROXIES", 1 if HTTPS else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = OMVEE_TRUSTED_PROXIES
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = _text("OMVEE_CLIENT_IP_HEADER") or None
if OMVEE_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [OMVEE_BASE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = _number("OMVEE_HSTS_SECONDS", _HOUR_S) if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_TEMP_DIR = str(_private_folder(DATA_DIR / "uploads"))
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains and
    "security.W021",  # preload lists are for the owner of the domain to decide, not for one program on it
]

# -- Files: this disk, or a private bucket -----------------------------------------------------------------------------
BUCKET_NAME = _text("BUCKET_NAME")
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MAX_AGE = 600  # of files without a hash in their name; hashed ones are kept for ever
_PLAIN_STATIC = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "omvee.storage.DurableFileStorage"},
    "staticfiles": {"BACKEND": _PLAIN_STATIC if DEBUG else "omvee.storage.StaticStorage"},
}
_bucket_origins: list[str] = []
if BUCKET_NAME:
    from omvee.buckets import bucket_origins, bucket_storage  # boto3 takes long to import: only where it is used

    _endpoint = _text("AWS_ENDPOINT_URL_S3")
    _region = _text("AWS_REGION", "auto" if _endpoint else "us-east-1")
    STORAGES["default"] = bucket_storage(BUCKET_NAME, endpoint=_endpoint, region=_region)
    _bucket_origins = bucket_origins(BUCKET_NAME, endpoint=_endpoint, region=_region)

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF, csp.NONCE],  # the nonce appears only on a page that uses it: the waveform
        "img-src": [csp.SELF, "data:", "blob:", *_bucket_origins],
        "media-src": [csp.SELF, "blob:", *_bucket_origins],
        "font-src": [csp.SELF],
        "connect-src": [csp.SELF, *_bucket_origins],
        "manifest-src": [csp.SELF],
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
        "base-uri": [csp.NONE],
        "object-src": [csp.NONE],
    }
}

# -- Cache: shared between processes, since login limits are counted in it ---------------------------------------------
_redis = _text("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}
    if _redis
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "omvee_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# -- Words and time ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "omvee" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# -- Logs --------------------------------------------------------------------------------------------------------------
OMVEE_LOG = _text("OMVEE_LOG", "json" if HTTPS else "human").lower()
LOGGING = logging_config(
    OMVEE_LOG if OMVEE_LOG in ("human", "json") else "human",  # omvee.E006 tells
    level="DEBUG" if _flag("OMVEE_VERBOSE", default=False) else "INFO",
    quiet=(
        "django-q",
        "asyncio",
        "boto3",
        "botocore",
        "s3transfer",
        "urllib3",
        "PIL",
        "django.db.backends",
        "fontTools",
        "httpx",  # a line for each look at a vendor, with the address of what it made, which needs no key
        "httpx2",
    ),
)
LOGGING_CONFIG = "logging.config.dictConfig"
