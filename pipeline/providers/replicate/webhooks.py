"""Whether a callback really comes from Replicate."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MAX_BODY_BYTES = 1 << 20


class InvalidWebhook(Exception):
    """Not signed by the vendor, too old, too new or no event: answered with a 4xx and otherwise ignored."""


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> dict[str, Any]:
    """The event in a callback whose signature is right and not older or newer than five minutes.

    Signed after the Standard Webhooks scheme (webhook-id, webhook-timestamp, webhook-signature over the raw body). The
    package raises several kinds of errors for headers that are not well formed; here all of them mean invalid. A hint,
    never a fact: ask the vendor how its prediction stands. Raises InvalidWebhook.
    """
    from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

    if len(body) > MAX_BODY_BYTES:
        raise InvalidWebhook("too large")
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
        event = json.loads(body)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError) as error:  # binascii.Error is a ValueError
        raise InvalidWebhook(str(error)) from error
    if not isinstance(event, dict) or not isinstance(event.get("id"), str) or not event["id"]:
        raise InvalidWebhook("no prediction in it")
    return event
