"""What the owner of the rows wants to be told; connected once, in `apps.ready()`.

Every hook is called inside a transaction that holds the project's row lock.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from pipeline.media.values import Value
from pipeline.models import Job

log = logging.getLogger(__name__)
Receiver = Callable[[Job, Any], None]


def _nothing(*_: object) -> None:
    """Before the owner has connected."""


receivers: dict[str, Receiver] = {}
failed: Callable[[Job], None] = _nothing
progressed: Callable[[Job], None] = _nothing
sweep: Callable[[], None] = _nothing
keep: Receiver = _nothing


def connect(
    by_step: Mapping[str, Receiver],
    *,
    failed: Callable[[Job], None],
    progressed: Callable[[Job], None],
    sweep: Callable[[], None],
    keep: Receiver,
) -> None:
    """Register one receiver per step, and who hears of failures, of progress, of the ticker, and of outputs that came
    when their job had ended.
    """
    receivers.clear()
    receivers.update(by_step)
    globals().update(failed=failed, progressed=progressed, sweep=sweep, keep=keep)


def receive(job: Job, output: Value) -> None:
    """Hand a finished job's output to its owner. Raises KeyError for a step nobody receives."""
    receivers[job.step](job, output)


def tell(hook: Callable[[Job], None], job: Job) -> None:
    """Call `failed` or `progressed`, in a savepoint: news that cannot be told must not undo what it is about."""
    try:
        with transaction.atomic():
            hook(job)
    except Exception:
        log.exception("The owner of job %s could not be told", job.pk)
