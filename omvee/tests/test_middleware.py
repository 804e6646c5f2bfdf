"""Requests before any view: sizes, ids, log lines."""

from __future__ import annotations

import errno
import json
import logging
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
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


FULL = {
    "a file": OSError(errno.ENOSPC, "No space left on device"),
    "SQLite": OperationalError("database or disk is full"),
    "PostgreSQL": OperationalError('could not extend file "base/1": No space left on device'),
}


@pytest.mark.parametrize("where", FULL)
def test_a_full_disk_is_told_where_the_person_is_and_what_was_typed_stays(admin_client: Client, monkeypatch, where):
    def write(*args, **kwargs):
        raise FULL[where]

    monkeypatch.setattr("projects.views.brief.owned_project", write)
    url, typed = f"/p/{uuid.uuid4()}/brief/save/", "caption-hook=Tea+at+noon"
    page = admin_client.post(url, typed, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 507
    assert "disk of this server is full" in page.content.decode() and "Tea at noon</textarea>" in page.content.decode()
    toast = json.loads(admin_client.post(url, headers={"HX-Request": "true"})["HX-Trigger"])["toast"]
    assert "disk of this server is full" in toast["text"] and toast["level"] == "bad"
    answer = admin_client.post(url, headers={"Accept": "application/json"})
    assert (answer.status_code, "disk" in answer.json()["error"]) == (507, True)


def test_any_other_error_stays_what_it_is(admin_client: Client, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("no such table")

    monkeypatch.setattr("projects.views.brief.owned_project", fail)
    with pytest.raises(OperationalError, match="no such table"):
        admin_client.post(f"/p/{uuid.uuid4()}/brief/save/")
