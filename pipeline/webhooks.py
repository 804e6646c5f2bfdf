"""Callbacks of vendors: verified, de-duplicated, and handed to the runner as a hint to look."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from pipeline import credentials, logcontext
from pipeline.models import Attempt, WebhookDelivery
from pipeline.providers.base import ProviderError
from pipeline.providers.replicate.api import ReplicateApi
from pipeline.providers.replicate.webhooks import MAX_BODY_BYTES, InvalidWebhook, verify
from pipeline.runner import waking

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)
_SECRET_KEY, _SECRET_S = "replicate-webhook-secret", 24 * 3600
_ASKED_ANEW, _ASK_ANEW_S = "replicate-webhook-secret-anew", 60
_IN_VAIN = "replicate-webhook-secret-in-vain"


@csrf_exempt  # the vendor has no cookie of ours; its signature is what counts
@login_not_required
@require_POST
def hook(request: HttpRequest, provider: str, code: UUID) -> HttpResponse:
    """POST /hooks/replicate/<attempt>/: 200 also for what is known already, 400 for what the vendor did not sign."""
    if provider != "replicate":
        return HttpResponse(status=404)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    try:
        event = _verified(request)
    except (ProviderError, credentials.LostKey) as error:
        log.warning("A callback cannot be verified now: %s", error)
        return HttpResponse(status=503)  # the vendor tries again, and the poller looks anyway
    except InvalidWebhook as error:
        log.warning("A callback was refused: %s", error)
        return HttpResponse(status=400)
    attempt = Attempt.objects.filter(code=code, provider=provider).first()
    if attempt is not None:
        with logcontext.bind(attempt=attempt.code):
            _take_in(attempt, request.headers["webhook-id"], event["id"])
    return HttpResponse(status=200)


def _take_in(attempt: Attempt, webhook_id: str, external_id: str) -> None:
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(
                provider=attempt.provider, webhook_id=webhook_id[:120], attempt_code=attempt.code
            )
            waking.hear(attempt, external_id[:120])
    except IntegrityError:
        log.debug("Callback %s came again", webhook_id)
        return
    WebhookDelivery.objects.filter(received_at__lt=timezone.now() - KEPT).delete()


def _verified(request: HttpRequest) -> dict[str, Any]:
    """The event, if it is the vendor's. What signs callbacks is named by the operator, else asked for once a day; where
    it does not fit, it may be another one now (a new key, a new secret): it is asked for again, once in a while.
    """
    named = str(settings.REPLICATE_WEBHOOK_SECRET or "")
    known = named or str(cache.get(_SECRET_KEY) or "")
    try:
        return verify(request.headers, request.body, known or _asked_secret())
    except InvalidWebhook:
        if named or not known or not cache.add(_ASKED_ANEW, 1, _ASK_ANEW_S):
            raise
    return verify(request.headers, request.body, _asked_secret())


def _asked_secret() -> str:
    """What signs this account's callbacks. Raises ProviderError, LostKey.

    Asked in vain, it is not asked again for a minute: whoever posts here has not shown yet who they are.
    """
    if cache.get(_IN_VAIN):
        raise ProviderError("Replicate was asked in vain just now.", kind="unavailable", refused=True)
    cache.set(_IN_VAIN, 1, _ASK_ANEW_S)
    api = ReplicateApi(credentials.access_to("replicate"))
    try:
        asked = api.webhook_secret()
    finally:
        api.close()
    cache.set(_SECRET_KEY, asked, _SECRET_S)
    cache.delete(_IN_VAIN)
    return asked
