"""Consent: a person's permission to spend on some steps of a project, up to a ceiling, at the prices they were shown.

A changed price, another model or a ceiling that is used up is never taken for consent: the job waits and asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Sum, When

from pipeline.models import Attempt, Job
from pipeline.states import OPEN, JobState


class NeedsConsent(Exception):
    """Nobody has agreed to this spending yet. The text is for the creator; `quote_microusd`, of all that the job may
    still cost, is None without a price; `next_microusd` is what its next request costs at worst.
    """

    def __init__(self, text: str, *, quote_microusd: int | None, price: str, next_microusd: int = 0) -> None:
        super().__init__(text)
        self.quote_microusd = quote_microusd
        self.price = price
        self.next_microusd = next_microusd


@dataclass(frozen=True)
class StepOutstanding:
    """Jobs of one step that wait for consent: what is left of them costs at worst. None: a price is not known."""

    step: str
    model: str
    jobs: int
    microusd: int | None


@dataclass(frozen=True)
class Outstanding:
    """All that waits for consent in a project. `prices`: model -> the version of its price, as it was quoted."""

    steps: tuple[StepOutstanding, ...] = ()
    prices: tuple[tuple[str, str], ...] = ()

    @property
    def microusd(self) -> int:
        """What is known of the sum."""
        return sum(part.microusd or 0 for part in self.steps)

    @property
    def is_priced(self) -> bool:
        """Whether every price is known; else an operator has to enter one first."""
        return all(part.microusd is not None for part in self.steps)

    @property
    def jobs(self) -> int:
        return sum(part.jobs for part in self.steps)

    @property
    def version(self) -> str:
        """What was shown, in short: a form posts it back, so that nobody agrees to what they have not seen."""
        facts: Any = [[part.step, part.model, part.jobs, part.microusd] for part in self.steps]
        return hashlib.sha256(json.dumps([facts, self.prices]).encode()).hexdigest()[:16]


def outstanding(project_id: int, steps: Collection[str] = ()) -> Outstanding:
    """What waits for consent, of these steps (none: of all)."""
    jobs = Job.objects.filter(project_id=project_id, state=JobState.NEEDS_CONSENT)
    if steps:
        jobs = jobs.filter(step__in=list(steps))
    quotes: dict[tuple[str, str], list[int | None]] = {}
    prices = {}
    for step, price, quote in jobs.order_by("pk").values_list("step", "quoted_price", "quote_microusd"):
        model, _, version = price.rpartition("@")
        quotes.setdefault((step, model), []).append(quote)
        if quote is not None:
            prices[model] = version
    parts = [
        StepOutstanding(step, model, len(found), None if None in found else sum(quote or 0 for quote in found))
        for (step, model), found in sorted(quotes.items())
    ]
    return Outstanding(tuple(parts), tuple(sorted(prices.items())))


def covering(job: Job, price: str, estimate_microusd: int, rest_microusd: int) -> int | None:
    """The consent (its primary key) that allows this request; None for what costs nothing. Raises NeedsConsent.

    `rest_microusd`: the job's whole rest at worst, this request in it. Nothing is begun whose end is not agreed to, and
    all of it is asked for at once. The caller holds the project's row lock, so that two jobs cannot both take the last
    of a ceiling.
    """
    if estimate_microusd == 0:
        return None
    model, _, version = price.rpartition("@")
    standing = _standing(job)
    fitting = [consent for consent in standing if consent.prices.get(model) == version]
    lefts = lefts_of(fitting)
    if sum(lefts.values()) >= rest_microusd:
        for consent_id, left in lefts.items():
            if left >= estimate_microusd:
                return consent_id
    known = any(model in consent.prices for consent in standing if consent not in fitting)
    if fitting:
        text = "This takes more than is left of the sum that you agreed to. It goes on when you agree to the rest."
    elif known:
        text = "The price has changed since you agreed to it. Confirm the new one, and the work goes on."
    else:
        text = "This step costs money. It goes on as soon as you agree to its price."
    raise NeedsConsent(text, quote_microusd=rest_microusd, price=price, next_microusd=estimate_microusd)


def given_meanwhile(job: Job, lacked: NeedsConsent) -> bool:
    """Whether somebody has agreed since this was missed. The caller holds the project's row lock."""
    if lacked.quote_microusd is None:
        return False
    try:
        covering(job, lacked.price, lacked.next_microusd, lacked.quote_microusd)
    except NeedsConsent:
        return False
    return True


def left_of(consent: Any) -> int:
    """Micro-USD of a consent's ceiling that no attempt has reserved or spent; below 0 where more was charged."""
    return int(consent.ceiling_microusd) - _used([consent.pk]).get(consent.pk, 0)


def lefts_of(consents: Collection[Any]) -> dict[int, int]:
    """Primary key -> what is left of each, at least 0, in the same order; one query however many they are."""
    used = _used([consent.pk for consent in consents])
    return {row.pk: max(0, int(row.ceiling_microusd) - used.get(row.pk, 0)) for row in consents}


def _used(consents: Collection[int]) -> dict[int, int]:
    taken = Case(When(state__in=OPEN, then=F("estimate_microusd")), default=F("cost_microusd"))
    rows = Attempt.objects.filter(consent__in=consents).values("consent").annotate(sum=Sum(taken)).order_by()
    return {consent: used for consent, used in rows.values_list("consent", "sum") if consent is not None}


def _standing(job: Job) -> list[Any]:
    """The project's consents for this step that nobody has withdrawn, oldest first: they are used up in turn."""
    if job.project is None:
        return []
    consents = job.project.consents.filter(withdrawn_at=None).order_by("pk")
    return [consent for consent in consents if job.step in consent.steps]
