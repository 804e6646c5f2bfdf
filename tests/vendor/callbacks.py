"""The stand-in's webhooks: signed as Replicate signs them, and sent in all the wrong ways on demand."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_" + "c3RhbmQtaW4tZm9yLXRlc3RzLW9ubHktMTIz"
TELL_S = 60


def signed_headers(body: str, *, event_id: str = "", age_s: int = 0, secret: str = SECRET) -> dict[str, str]:
    """The three headers of a callback with this body."""
    event_id = event_id or f"msg_{uuid.uuid4().hex}"
    sent = datetime.fromtimestamp(int(time.time()) - age_s, UTC)
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, sent, body),
    }


def send_callback(url: str, told: dict[str, Any], way: str) -> list[int]:
    """Tell the studio how a prediction ended; the status of each answer (0: none)."""
    body = json.dumps(told)
    headers = signed_headers(body)
    if way == "never":
        return []
    if way == "tenfold":
        return [_post(url, body, headers) for _ in range(10)]
    if way == "forged":
        return [_post(url, body, headers | {"webhook-signature": "v1,Zm9yZ2Vk"})]
    if way == "stale":
        return [_post(url, body, signed_headers(body, age_s=3600))]
    if way == "disordered":
        earlier = json.dumps(told | {"status": "processing", "output": None})
        return [_post(url, body, headers), _post(url, earlier, signed_headers(earlier))]
    return [_post(url, body, headers)]


def _post(url: str, body: str, headers: dict[str, str]) -> int:
    try:
        return httpx.post(url, content=body, headers=headers, timeout=TELL_S).status_code
    except httpx.HTTPError:
        return 0


def when_over(over: Callable[[], bool], tell: Callable[[], None], closing: threading.Event) -> None:
    """Run `tell` in a thread of its own as soon as `over` says so."""

    def wait() -> None:
        while not closing.wait(0.02):
            if over():
                tell()
                return

    threading.Thread(target=wait, daemon=True).start()
