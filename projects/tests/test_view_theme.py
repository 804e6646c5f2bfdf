"""Dark or light, remembered by a cookie that nothing else can set; and the icon by its old name."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_remembers_the_theme_and_goes_back(client: Client, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme, "next": "/new/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/new/?a=1")
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (theme, True, "Lax")
    assert f'data-theme="{theme}"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("theme", ["", "blue", '"><script>'])
def test_it_ignores_themes_that_do_not_exist(client: Client, theme: str) -> None:
    assert "theme" not in client.post("/theme/", {"theme": theme}).cookies


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example", ""]
)
def test_it_leads_nowhere_else(client: Client, there: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": there})["Location"] == "/"


def test_it_takes_posts_only(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


def test_the_icon_is_found_under_its_old_name_too(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/logo.svg")
