"""What a wrong installation is told."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from omvee import checks


def found_ids(*, deploy: bool = False) -> set[str]:
    return {message.id for message in run_checks(include_deployment_checks=deploy) if message.id.startswith("omvee.")}


def test_it_finds_nothing_wrong_with_the_defaults(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert found_ids(deploy=True) == set()


def test_it_says_why_ffmpeg_does_not_run(monkeypatch, tmp_path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: str(broken))
    assert [message.id for message in checks.ffmpeg_runs(None)] == ["omvee.E001"]


def test_it_notices_a_data_folder_that_is_gone(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "missing"
    assert "omvee.E002" in found_ids()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OMVEE_SIGNUP", "yes", "omvee.E004"),
        ("OMVEE_ADMIN_EMAIL", "a@example.com", "omvee.E005"),
        ("OMVEE_LOG", "xml", "omvee.E006"),
        ("OMVEE_BASE_URL", "studio.example", "omvee.E007"),
        ("OMVEE_BEAT_S", 15.0, "omvee.E008"),
        ("OMVEE_SEED", "-1", "omvee.E009"),
        ("OMVEE_SEED", "2147483648", "omvee.E009"),
        ("OMVEE_SEED", "two", "omvee.E009"),
        ("OMVEE_MODEL_CONCURRENCY", 0, "omvee.E010"),
        ("OMVEE_DEADLINES_S", {"text": 0}, "omvee.E010"),
        ("OMVEE_BASE_URL", "http://192.168.1.5:8000", "omvee.W004"),
        ("BUCKET_NAME", "films", "omvee.W001"),
    ],
)
def test_it_names_a_wrong_setting(settings, name, value, expected):
    setattr(settings, name, value)
    assert expected in found_ids()


def test_it_wants_one_key_and_one_storage_for_several_machines(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert {message.id for message in checks.secret_key_is_shared(None)} == {"omvee.E003"}
    assert {message.id for message in checks.media_is_shared(None)} == {"omvee.W003"}


def test_it_notices_a_bucket_beside_a_local_database(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    settings.BUCKET_NAME = "films"
    assert "omvee.W002" in {message.id for message in checks.bucket_has_credentials(None)}
