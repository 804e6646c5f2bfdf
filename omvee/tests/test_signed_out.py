"""A session that ended while somebody typed: nothing typed is lost, and nobody lands on an address for forms alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

TYPED = "Rain & neon <b>on the bay</b>\nand a second line"


@pytest.fixture
def expired(client: Client, db: None) -> Client:
    """A browser that still carries the cookie of a session that is over."""
    client.force_login(User.objects.create_user("a@example.com", "a@example.com", "x"))
    client.session.flush()
    return client


def send(client: Client, path: str, data: dict[str, str], **headers: str) -> Any:
    plain = "&".join(f"{name}={text.replace('&', '%26')}" for name, text in data.items())
    return client.post(path, plain, content_type="application/x-www-form-urlencoded", headers=headers)


PROMPT = "/s/00000000-0000-4000-8000-000000000000/prompt/"


def test_what_was_typed_is_shown_with_the_way_to_the_login_and_back(expired: Client) -> None:
    page = "http://testserver/p/abc/images/?aspect=16:9"
    answer = send(expired, PROMPT, {"text": TYPED, "seen_take": "1"}, referer=page)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Rain &amp; neon &lt;b&gt;on the bay&lt;/b&gt;\nand a second line</textarea>" in html
    assert 'href="/accounts/login/?next=/p/abc/images/%3Faspect%3D16%3A9"' in html


def test_whoever_signed_out_in_another_tab_is_shown_what_was_typed_in_this_one(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("c@example.com", "c@example.com", "x"))
    form = strict.get(reverse("project-new"))
    token = form.context["csrf_token"]
    out = strict.post(reverse("account_logout"), {"csrfmiddlewaretoken": str(token)})
    assert out.status_code == 302 and settings.SESSION_COOKIE_NAME not in {
        name for name, cookie in strict.cookies.items() if cookie.value
    }
    answer = send(strict, PROMPT, {"text": TYPED, "csrfmiddlewaretoken": str(token)})
    assert answer.status_code == 403
    assert "on the bay&lt;/b&gt;" in answer.content.decode()


AD = {
    "caption-call_to_action": "Order yours, at noon",
    "prompt-hook": "A kettle at dawn",
    "points": "Warm for hours\nFits the hand",
    "change": "make it night, keep the boat",
    "mark": "abc123",
}


def test_the_beats_and_the_brief_of_an_ad_and_a_change_in_words_are_shown(expired: Client) -> None:
    html = send(expired, PROMPT, AD).content.decode()
    for label, name in (
        ("Caption (call to action)", "caption-call_to_action"),
        ("What is seen (hook)", "prompt-hook"),
        ("Key points", "points"),
        ("What should be different", "change"),
    ):
        assert f">{label}</label>" in html and f"{AD[name]}</textarea>" in html
    assert AD["mark"] not in html


def test_keys_are_never_shown_and_a_form_without_words_goes_to_the_login(expired: Client) -> None:
    answer = send(expired, PROMPT, {"api_key": "sk-secret", "seen": "pending"}, referer="http://testserver/p/abc/")
    assert answer["Location"] == "/accounts/login/?next=/p/abc/"


@pytest.mark.parametrize("before", ["", "https://elsewhere.example/p/abc/", "//elsewhere.example/"])
def test_the_login_leads_back_to_pages_of_ours_only(expired: Client, before: str) -> None:
    assert send(expired, PROMPT, {}, referer=before)["Location"] == "/accounts/login/?next=/"


def test_what_another_site_sent_is_not_shown(expired: Client) -> None:
    answer = send(expired, PROMPT, {"text": "attack"}, **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 302


def test_scripts_are_sent_to_the_login_as_ever(expired: Client) -> None:
    assert send(expired, PROMPT, {"text": TYPED}, **{"hx-request": "true"}).status_code == 302


def test_a_stranger_who_was_never_here_is_not_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the body of a stranger is read")

    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", refuse)
    assert send(client, PROMPT, {"text": TYPED}).status_code == 302


def test_a_form_whose_token_is_old_shows_what_was_typed(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.create_user("b@example.com", "b@example.com", "x"))
    answer = send(strict, reverse("project-new"), {"lyrics": TYPED})
    assert answer.status_code == 403
    assert "on the bay&lt;/b&gt;" in answer.content.decode()
