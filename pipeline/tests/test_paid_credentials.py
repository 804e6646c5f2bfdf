"""Keys: unreadable in the database, and the environment wins."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import credentials
from pipeline.models import Credential

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_key_is_encrypted_at_rest() -> None:
    credentials.keep_key("replicate", "r8_secret")
    row = Credential.objects.get()
    assert "r8_secret" not in row.secret
    access = credentials.access_to("replicate", "image")
    assert (access.api_key, access.deadline_s) == ("r8_secret", 120)
    assert "r8_secret" not in repr(access)


def test_the_environment_wins(settings: Any) -> None:
    credentials.keep_key("openai", "stored", "http://127.0.0.1:1/v1")
    settings.OPENAI_API_KEY = "named"
    access = credentials.access_to("openai", "text")
    assert (access.api_key, access.base_url, access.read_s) == ("named", "http://127.0.0.1:1/v1", 30)


def test_an_empty_key_keeps_the_one_that_is_there() -> None:
    credentials.keep_key("openai", "stored")
    credentials.keep_key("openai", "", "http://127.0.0.1:1/v1")
    access = credentials.access_to("openai", "text")
    assert (access.api_key, access.base_url) == ("stored", "http://127.0.0.1:1/v1")


def test_it_survives_a_change_of_the_secret_that_is_announced(settings: Any) -> None:
    credentials.keep_key("replicate", "r8_secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert credentials.access_to("replicate").api_key == "r8_secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(credentials.LostKey, match="Enter it again"):
        credentials.access_to("replicate")


def test_without_any_key_there_is_no_access() -> None:
    assert not credentials.has_access("replicate")
    assert credentials.has_access("local")
    credentials.keep_key("replicate", "x")
    assert credentials.has_access("replicate")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://studio.example.com", True),
        ("http://studio.example.com", False),
        ("https://localhost", False),
        ("https://studio.local", False),
    ],
)
def test_only_a_public_site_can_be_called(settings: Any, url: str, public: bool) -> None:
    settings.OMVEE_BASE_URL = url
    assert credentials.site_is_public() == public
