"""Is it alive, is it ready."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from omvee import ops


@pytest.fixture(autouse=True)
def _nothing_remembered():
    ops._migrations_applied.cache_clear()
    ops._storage_seen_at[0] = float("-inf")
    yield
    ops._migrations_applied.cache_clear()


def test_it_is_alive_without_a_database_and_under_any_name(client: Client):
    # no database fixture here: a query would fail the test
    response = client.get("/healthz", HTTP_HOST="172.19.0.2:8080")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_every_part_answers(client: Client, db):
    response = client.get("/readyz", HTTP_HOST="172.19.0.2:8080")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "migrations": "ok", "cache": "ok", "storage": "ok"}


def test_it_is_alive_and_ready_where_pages_demand_https(client: Client, db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/accounts/login/").status_code == 301


def test_it_says_which_part_fails_but_not_why(client: Client, db, monkeypatch, caplog):
    def refuse(name: str) -> bool:
        raise PermissionError("AWS_SECRET_ACCESS_KEY=topsecretvalue is wrong")

    monkeypatch.setattr("omvee.ops.default_storage.exists", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["storage"] == "failed"
    assert response.json()["database"] == "ok"
    assert "topsecret" not in response.content.decode()
    assert "not ready: storage" in caplog.text


def test_it_is_not_ready_while_migrations_wait(client: Client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'account'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "failed"


def test_it_asks_the_storage_once_a_minute_at_most(client: Client, db, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("omvee.ops.default_storage.exists", asked.append)
    client.get("/readyz")
    client.get("/readyz")
    assert len(asked) == 1
