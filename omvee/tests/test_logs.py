"""Log lines: their context, their form, and what never appears in them."""

from __future__ import annotations

import json
import logging
import sys
import threading

import pytest

from omvee.logs import HumanFormatter, JsonFormatter, scrubbed, scrubbed_text
from pipeline.logcontext import bind, bound_fields

SECRETS = [
    ("r8_" + "a" * 30, "Replicate said r8_{} is unknown"),
    ("sk-proj-abcdefgh12345678", "key {}"),
    ("hunter2hunter2", "postgres://omvee:{}@db.example/omvee"),
    ("eyJhbGciOi.abc.def123", "Authorization: Bearer {}"),
    ("0123456789abcdef", "https://bucket.example/f.mp4?X-Amz-Signature={}&x=1"),
    ("hunter3hunter3", "password={} user=a"),
    ("hunter4hunter4", '{{"api_key": "{}"}}'),
    ("AbCdEf:1x:ZyXw98", "GET /setup/{}/ 200"),
    ("AbCdEf-1x-ZyXw99", "GET /accounts/password/reset/key/{}/ 200"),
]


def record(message: str, *, exc_info=None, **extra) -> logging.LogRecord:
    made = logging.LogRecord("omvee.test", logging.INFO, __file__, 1, message, (), exc_info)
    vars(made).update(extra)
    return made


@pytest.mark.parametrize(("secret", "text"), SECRETS)
@pytest.mark.parametrize("formatter", [JsonFormatter(), HumanFormatter()])
def test_it_hides_secrets_in_messages(formatter, secret, text):
    line = formatter.format(record(text.format(secret.removeprefix("r8_"))))
    assert secret.removeprefix("r8_") not in line
    assert "[hidden]" in line


@pytest.mark.parametrize("formatter", [JsonFormatter(), HumanFormatter()])
def test_it_hides_secrets_in_tracebacks(formatter):
    try:
        raise ValueError("token=abcdef123456")
    except ValueError:
        line = formatter.format(record("it failed", exc_info=sys.exc_info()))
    assert "ValueError" in line
    assert "abcdef123456" not in line


def test_it_hides_secrets_by_name_however_deep():
    value = {"request": {"headers": [{"X-Api-Key": "abc"}, {"Accept": "text/html"}], "Password": "x"}, "cost": 5}
    assert scrubbed(value) == {
        "request": {"headers": [{"X-Api-Key": "[hidden]"}, {"Accept": "text/html"}], "Password": "[hidden]"},
        "cost": 5,
    }


def test_it_leaves_ordinary_words_alone():
    text = "Scene 7 of the song 'Secret garden' took 12 s; the token ring sang: sk-y"
    assert scrubbed_text(text) == text


def test_it_puts_the_context_on_every_json_line():
    with bind(project="p1", job=7), bind(step="generate_image", attempt=2):
        line = json.loads(JsonFormatter().format(record("painted", frames=30)))
    assert line | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "omvee.test",
        "message": "painted",
        "project": "p1",
        "job": "7",
        "step": "generate_image",
        "attempt": "2",
        "frames": 30,
    }
    assert line["time"].endswith("+00:00")


def test_it_ends_a_context_with_its_block():
    with bind(job=1):
        with pytest.raises(RuntimeError), bind(step="analyze_song"):
            raise RuntimeError
        assert dict(bound_fields()) == {"job": "1"}
    assert dict(bound_fields()) == {}


def test_it_keeps_the_contexts_of_threads_apart():
    seen: list[dict[str, str]] = []
    with bind(job=1):
        thread = threading.Thread(target=lambda: seen.append(dict(bound_fields())))
        thread.start()
        thread.join()
    assert seen == [{}]


def test_it_refuses_a_field_that_nobody_reads():
    with pytest.raises(ValueError, match="colour"), bind(colour="red"):
        pass


def test_it_survives_arguments_that_are_not_json():
    line = JsonFormatter().format(record("odd", values=[object(), {1: b"x"}]))
    assert json.loads(line)["message"] == "odd"


def test_no_line_tells_the_address_of_what_a_vendor_made(settings):
    """httpx writes one for every request, and such an address needs no key."""
    assert settings.LOGGING["loggers"]["httpx"] == settings.LOGGING["loggers"]["httpx2"] == {"level": "WARNING"}
