"""Requests before any view: sizes, ids, log lines."""

from __future__ import annotations

import json
import logging

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def refuse_reading(*args, **kwargs):
    raise AssertionError("the body was read")


@pytest.mark.parametrize(("path", "size"), [("/p/new", 51 * MEGABYTE + 1), ("/accounts/login/", 256 * 1024 + 1)])
def test_it_refuses_a_body_that_is_too_large_before_reading_it(client: Client, monkeypatch, path, size):
    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", refuse_reading)
    response = client.generic("POST", path, b"x", content_type="multipart/form-data; boundary=a", CONTENT_LENGTH=size)
    assert response.status_code == 413
    assert "50 MB" in response.content.decode()


def test_it_lets_the_largest_allowed_file_through_to_the_login_page(client: Client):
    response = client.generic("POST", "/admin/auth/", b"x", content_type="audio/mpeg", CONTENT_LENGTH=50 * MEGABYTE)
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_it_does_not_read_a_strangers_upload(client: Client, monkeypatch):
    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", refuse_reading)
    response = Client(enforce_csrf_checks=True).post(
        "/admin/auth/user/add/", {"song": SimpleUploadedFile("a", b"1" * 99)}
    )
    assert response.status_code == 302


def test_it_refuses_a_body_of_unknown_length(client: Client):
    response = client.generic("POST", "/", b"x", HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 411


@pytest.mark.parametrize("stated", ["-1", "1e9", "٣", "9" * 30, "abc"])
def test_it_refuses_a_length_that_is_no_number(client: Client, stated):
    response = client.generic("POST", "/", b"", CONTENT_LENGTH=stated)
    assert response.status_code == 400


@pytest.mark.parametrize("headers", [{"HTTP_ACCEPT": "application/json"}, {"HTTP_HX_REQUEST": "true"}])
def test_it_answers_programs_in_json(client: Client, headers):
    response = client.generic("POST", "/", b"x", CONTENT_LENGTH=60 * MEGABYTE, **headers)
    assert response.status_code == 413
    assert "too large" in json.loads(response.content)["error"]


def test_it_gives_every_answer_an_id_and_keeps_a_proxys_own(client: Client):
    assert len(client.get("/healthz")["X-Request-ID"]) == 32
    assert client.get("/healthz", HTTP_X_REQUEST_ID="abcd-1234")["X-Request-ID"] == "abcd-1234"
    assert client.get("/healthz", HTTP_X_REQUEST_ID="bad\u0020id!")["X-Request-ID"] != "bad id!"


def test_it_writes_one_line_per_request_without_the_query(client: Client, caplog):
    with caplog.at_level(logging.INFO, "omvee.request"):
        client.get("/accounts/login/?next=/secret-signed-link")
    lines = [record.getMessage() for record in caplog.records if record.name == "omvee.request"]
    assert len(lines) == 1
    assert lines[0].startswith("GET /accounts/login/ 200 ")
    assert "secret-signed-link" not in lines[0]
