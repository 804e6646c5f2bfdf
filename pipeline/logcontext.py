"""What the present work is about, for every log line: project, job, step, attempt, request and user.

Here and not in `omvee.logs`, because jobs bind it too and imports go downwards only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

FIELDS = ("project", "job", "step", "attempt", "request_id", "user")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str]] = ContextVar("omvee_log_fields", default=_NOTHING)


def bound_fields() -> Mapping[str, str]:
    """The fields bound in this thread or task, names as in `FIELDS`."""
    return _bound.get()


@contextmanager
def bind(**fields: object) -> Iterator[None]:
    """Put fields on every log line inside the block; `None` leaves a field as it was.

    A thread starts with nothing bound: bind again in it, or run it in `contextvars.copy_context()`.
    Raises `ValueError` for a name that is not in `FIELDS`.
    """
    unknown = fields.keys() - set(FIELDS)
    if unknown:
        raise ValueError(f"not a log field: {', '.join(sorted(unknown))}")
    known = {name: str(value) for name, value in fields.items() if value is not None}
    token = _bound.set({**_bound.get(), **known})
    try:
        yield
    finally:
        _bound.reset(token)
