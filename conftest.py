"""Fixtures for every test: other servers where they are found, and the environment of real worker processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.services import postgres, redis, s3

ROOT = Path(__file__).resolve().parent


def unavailable(reason: str) -> NoReturn:
    """Skip with the reason; fail instead where everything must be there (OMVEE_REQUIRE_SERVICES=1)."""
    if os.environ.get("OMVEE_REQUIRE_SERVICES") == "1":
        pytest.fail(f"required here, but {reason}")
    pytest.skip(reason)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, rather than skip, what is for the other database: it runs in the other run of `make test`.

    What is `postgres(long=True)` belongs to the long run there.
    """
    from django.conf import settings

    on_sqlite = not settings.configured or settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    kept, left_out = [], []
    for item in items:
        marker = item.get_closest_marker("postgres")
        only_there = marker is not None and marker.kwargs.get("only", False)
        if marker is not None and marker.kwargs.get("long", False) and not on_sqlite:
            item.add_marker("long")
        (left_out if on_sqlite and only_there else kept).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


@pytest.fixture(autouse=True)
def _private_data(request: pytest.FixtureRequest) -> None:
    """Every test that touches the database has its own data folder, media included; media tests need no Django."""
    if request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & set(request.fixturenames):
        settings, folder = request.getfixturevalue("settings"), request.getfixturevalue("tmp_path")
        settings.DATA_DIR = folder / "data"
        settings.MEDIA_ROOT = folder / "data" / "media"


@pytest.fixture(autouse=True)
def _steady_jobs(request: pytest.FixtureRequest) -> None:
    """No heartbeat looks after jobs that a test runs inside its own transaction: its connection does not see them, so
    it would stop any that takes longer than a moment on a busy machine.
    """
    marker, names = request.node.get_closest_marker("django_db"), set(request.fixturenames)
    alone = "transactional_db" in names or (marker is not None and marker.kwargs.get("transaction", False))
    if not alone and (marker is not None or "db" in names):
        request.getfixturevalue("monkeypatch").setattr("pipeline.runner.lease.CHECK_S", 3600.0)


@pytest.fixture
def studio_env(settings, transactional_db) -> dict[str, str]:
    """The environment in which `manage.py ...` started by a test sees the test's database and media.

    Add OMVEE_LEASE_S and the like as the test needs them.
    """
    from django.db import connection

    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return keep | {
        "DJANGO_SETTINGS_MODULE": "omvee.settings",
        "DATABASE_URL": database_url(connection.settings_dict),
        "DATA_DIR": str(settings.DATA_DIR),
        "OMVEE_ENV_FILE": os.devnull,
        "SECRET_KEY": settings.SECRET_KEY,
    }


def database_url(parts: dict[str, object]) -> str:
    """`DATABASE_URL` for a connection's settings."""
    if str(parts["ENGINE"]).endswith("sqlite3"):
        return f"sqlite:///{parts['NAME']}"
    return f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of a private PostgreSQL cluster, for tests that need it whatever the suite runs on."""
    if not postgres.found():
        unavailable("PostgreSQL's initdb and pg_ctl were not found")
    with postgres.cluster() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A private Redis server."""
    if not redis.found():
        unavailable("redis-server was not found")
    with redis.server() as url:
        yield url


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A private S3 server (moto) on loopback: its address. Every key is accepted; make your own bucket."""
    if not s3.found():
        unavailable("moto's server was not found")
    with s3.server() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome program."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    unavailable("no Chromium was found")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object], chromium: str) -> dict[str, object]:
    """Playwright drives the installed browser; nothing is downloaded. As root it has no sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}
