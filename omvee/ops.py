"""What an operator's tools ask: is this process alive (`/healthz`), may it get traffic (`/readyz`)."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from functools import cache as remember

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

log = logging.getLogger(__name__)

STORAGE_ANSWER_LASTS_S = 60.0
_storage_seen_at = [float("-inf")]


def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer the two probes before host checks and HTTPS redirects: platforms ask by address, over plain HTTP."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path == "/readyz":
            return readiness()
        return get_response(request)

    return middleware


def readiness() -> JsonResponse:
    """200 when every part that a page needs answers, else 503; a dead worker never takes the site away.

    The reason stays in the log: the address is public.
    """
    parts = {name: _answers(name, check) for name, check in CHECKS.items()}
    ready = all(parts.values())
    body = {"ready": ready, **{name: "ok" if works else "failed" for name, works in parts.items()}}
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def _answers(name: str, check: Callable[[], bool]) -> bool:
    try:
        works = check()
    except Exception:  # whatever a driver raises, the part does not answer; the log has the traceback
        log.exception("not ready: %s", name)
        return False
    if not works:
        log.warning("not ready: %s", name)
    return works


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


@remember
def _migrations_applied() -> bool:
    """Asked of the database until the answer is yes; new migrations come with a new process."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are waiting: run manage.py migrate")
    return True


def _cache_answers() -> bool:
    probe = secrets.token_hex(4)
    cache.set("omvee.readyz", probe, 30)
    # Another process may have written in between: any probe proves the cache.
    return isinstance(cache.get("omvee.readyz"), str)


def _storage_answers() -> bool:
    now = time.monotonic()
    if now - _storage_seen_at[0] > STORAGE_ANSWER_LASTS_S:
        default_storage.exists("readyz")  # the answer may be no; only silence or a refusal is a failure
        _storage_seen_at[0] = now
    return True


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database_answers,
    "migrations": _migrations_applied,
    "cache": _cache_answers,
    "storage": _storage_answers,
}
