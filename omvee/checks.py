"""What can be wrong with an installation, told by name before it hurts (`manage.py check`, also with --deploy)."""

from __future__ import annotations

import ipaddress
import os
import subprocess
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution

from projects.models.project import LARGEST_SEED

_FFMPEG_ANSWERS_WITHIN_S = 20


def _ffmpeg_problem() -> str:
    """Why the ffmpeg program cannot run; empty if it can."""
    try:
        from imageio_ffmpeg import get_ffmpeg_exe

        subprocess.run(
            [get_ffmpeg_exe(), "-version"], check=True, capture_output=True, timeout=_FFMPEG_ANSWERS_WITHIN_S
        )
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as problem:
        return str(problem)
    return ""


@register("media", deploy=True)
def ffmpeg_runs(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """The program that encodes every film starts on this machine (only with --deploy: it costs a process)."""
    problem = _ffmpeg_problem()
    if not problem:
        return []
    return [
        Error(
            f"The ffmpeg program cannot be run: {problem}",
            hint="Install the requirements again, or name a program in IMAGEIO_FFMPEG_EXE.",
            id="omvee.E001",
        )
    ]


@register(Tags.files)
def data_folder_is_writable(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Secret key, database, uploads and media need it."""
    if os.access(settings.DATA_DIR, os.R_OK | os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"DATA_DIR ({settings.DATA_DIR}) cannot be written by this user.",
            hint="Give the folder to the user that runs Omvee, or name another one in DATA_DIR.",
            id="omvee.E002",
        )
    ]


@register(Tags.security, deploy=True)
def secret_key_is_shared(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Machines that share a database must share the key: it signs sessions and queue messages."""
    if os.environ.get("SECRET_KEY") or _is_sqlite():
        return []
    return [
        Error(
            "SECRET_KEY is not set, but the database can be shared by several machines.",
            hint="Set SECRET_KEY to one random text of at least 50 letters on all of them. With the key that each "
            "machine makes for itself, queue messages of the others are thrown away as forged.",
            id="omvee.E003",
        )
    ]


@register(Tags.database)
def bucket_has_credentials(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """A bucket needs keys; a shared database usually needs a bucket."""
    found: list[CheckMessage] = []
    if settings.BUCKET_NAME and not _has_bucket_keys():
        found.append(
            Caution(
                "BUCKET_NAME is set without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                hint="Fine where the machine itself has a role; otherwise set both.",
                id="omvee.W001",
            )
        )
    if settings.BUCKET_NAME and _is_sqlite():
        found.append(
            Caution(
                "Media goes to a bucket while the database is a file on this disk.",
                hint="Set DATABASE_URL to PostgreSQL before more than one machine takes part.",
                id="omvee.W002",
            )
        )
    return found


@register(Tags.database, deploy=True)
def media_is_shared(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL with media on a local disk is right only while all processes share that disk."""
    if settings.BUCKET_NAME or _is_sqlite():
        return []
    return [
        Caution(
            "The database is PostgreSQL, but media is kept on this machine's disk.",
            hint="Workers on other machines cannot see it: set BUCKET_NAME, or keep every process on this machine.",
            id="omvee.W003",
        )
    ]


@register(Tags.security)
def choices_are_known(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Variables with a few allowed values, and pairs that belong together."""
    found: list[CheckMessage] = []
    if settings.OMVEE_SIGNUP not in ("closed", "invite", "open"):
        found.append(Error("OMVEE_SIGNUP must be closed, invite or open.", id="omvee.E004"))
    if bool(settings.OMVEE_ADMIN_EMAIL) != bool(settings.OMVEE_ADMIN_PASSWORD):
        found.append(Error("Set OMVEE_ADMIN_EMAIL and OMVEE_ADMIN_PASSWORD together.", id="omvee.E005"))
    if settings.OMVEE_LOG not in ("human", "json"):
        found.append(Error("OMVEE_LOG must be human or json.", id="omvee.E006"))
    if not settings.OMVEE_BASE_URL.startswith(("http://", "https://")):
        found.append(Error("OMVEE_BASE_URL must start with http:// or https://.", id="omvee.E007"))
    if not 0 < settings.OMVEE_BEAT_S * 2 < settings.OMVEE_LEASE_S:
        found.append(Error("OMVEE_LEASE_S must be more than twice OMVEE_BEAT_S, and both above zero.", id="omvee.E008"))
    if settings.OMVEE_SEED and not (settings.OMVEE_SEED.isdecimal() and int(settings.OMVEE_SEED) <= LARGEST_SEED):
        found.append(Error(f"OMVEE_SEED must be a whole number from 0 to {LARGEST_SEED}.", id="omvee.E009"))
    return found


@register(Tags.security)
def vendors_may_be_asked(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """With room for none, or no time at all, work for a vendor would wait for ever and never say why."""
    numbers = {f"OMVEE_{name.upper()}_DEADLINE_S": least for name, least in settings.OMVEE_DEADLINES_S.items()}
    numbers |= {name: getattr(settings, name) for name in ("OMVEE_MODEL_CONCURRENCY", "OMVEE_VENDOR_CONCURRENCY")}
    return [Error(f"{name} must be at least 1.", id="omvee.E010") for name, least in numbers.items() if least < 1]


@register(Tags.security)
def plain_http_stays_at_home(app_configs: object, **kwargs: Any) -> list[CheckMessage]:
    """Passwords over plain HTTP are fine on this machine alone."""
    if settings.HTTPS or _is_loopback(urlsplit(settings.OMVEE_BASE_URL).hostname or ""):
        return []
    return [
        Caution(
            "OMVEE_BASE_URL is plain http, so passwords travel readably.",
            hint="Put a proxy with TLS in front and set OMVEE_BASE_URL to its https address.",
            id="omvee.W004",
        )
    ]


def _is_sqlite() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3")


def _has_bucket_keys() -> bool:
    return all(os.environ.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
