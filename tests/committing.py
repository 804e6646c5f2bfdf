"""A database that commits, for threads and processes, emptied by row: a flush of every table takes half a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase


@pytest.fixture
def quick_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for it before `transactional_db`."""
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: delete_rows())


@pytest.fixture
def committing_db(quick_flush: None, transactional_db: None) -> Iterator[None]:
    """The test's database, with real commits, seen by other threads and processes."""
    yield
    connection.close()


def delete_rows() -> None:
    """Empty the tables that a test of the engine writes; foreign keys are checked when all are empty."""
    models = [
        model for label in ("projects", "pipeline", "django_q") for model in apps.get_app_config(label).get_models()
    ]
    models.append(apps.get_model("auth", "User"))
    tables = dict.fromkeys(model._meta.db_table for model in models)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
