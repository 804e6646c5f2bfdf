"""Log lines for people (development) or for machines (production), with their context and without secrets."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.logcontext import bind, bound_fields

__all__ = ["HumanFormatter", "JsonFormatter", "bind", "logging_config", "scrubbed", "scrubbed_text"]

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"passw|secret|token|api[_-]?key|authorization|cookie|credential|signature|private[_-]?key|session_?(id|key)|csrf",
    re.IGNORECASE,
)
_SECRET_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    # keys of vendors by their published prefixes, and our own
    (re.compile(r"\b(?:r8_|sk-|sk_|pk_live_|rk_live_|omv_|whsec_|hf_|ghp_|xai-|AKIA|ASIA)[A-Za-z0-9_\-]{8,}"), HIDDEN),
    (re.compile(r"\b(Bearer|Basic|Token)\s+[A-Za-z0-9._~+/=\-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # user:password@host in an address
    (re.compile(r"(://[^/\s:@]*:)[^@\s/]+@"), rf"\1{HIDDEN}@"),
    # name=value and "name": "value"
    (
        re.compile(
            r"((?:X-Amz-(?:Signature|Credential|Security-Token)|password|secret|token|api[_-]?key|access[_-]?key"
            r"|signature|sessionid|csrftoken|invite)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(/(?:setup|password/reset/key|confirm-email)/)[^\s/\"']{8,}"), rf"\1{HIDDEN}"),
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def scrubbed_text(text: str) -> str:
    """`text` with everything that looks like a key, password, signed address or set-up link replaced."""
    for pattern, instead in _SECRET_TEXT:
        text = pattern.sub(instead, text)
    return text


def scrubbed(value: object, *, depth: int = 6) -> Any:
    """`value` as JSON-able data without secrets: by name inside mappings, by pattern inside text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        return "..."
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if _SECRET_NAME.search(str(name)) else scrubbed(item, depth=depth - 1)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(item, depth=depth - 1) for item in value]
    return scrubbed_text(str(value))


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller passed as `extra=...`, cleaned; frameworks' live objects are left out."""
    plain = {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD and isinstance(value, str | int | float | bool | Mapping | list | tuple)
    }
    cleaned: dict[str, Any] = scrubbed(plain)
    return cleaned


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, the bound context, extras and any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; never raises for an argument that is not JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrubbed_text(record.getMessage()),
            **_extras(record),
            **bound_fields(),
        }
        if record.exc_info:
            line["traceback"] = scrubbed_text(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class HumanFormatter(logging.Formatter):
    """`12:30:01 INFO  pipeline.runner  message  job=... step=...`, and the traceback below."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, cleaned of secrets."""
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        context = "".join(f"  {name}={_short(value)}" for name, value in bound_fields().items() if name != "request_id")
        line = f"{clock} {record.levelname:<7} {record.name}  {record.getMessage()}{context}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return scrubbed_text(line)


def _short(value: str) -> str:
    return value if len(value) <= 12 else value[:8]


def logging_config(kind: str, *, level: str = "INFO", quiet: Iterable[str] = ()) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error in one format, `kind` "human" or "json"."""
    formatter = {"json": "omvee.logs.JsonFormatter", "human": "omvee.logs.HumanFormatter"}[kind]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django attaches its own handlers to these two; one format and one place are enough.
            "django": {"handlers": [], "level": level, "propagate": True},
            # every refused request has its line already (omvee.request)
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            **{name: {"level": "WARNING"} for name in quiet},
        },
    }
