"""What hosted work costs at worst and how long it takes, before anybody agrees to it: from the very requests that the
steps would send, and the price book. An unknown price is never zero.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.db.models import Avg, F

from pipeline import pricebook
from pipeline.media.values import Value
from pipeline.models import Attempt
from pipeline.providers import PROVIDERS
from pipeline.providers.base import Access, ModelRow, Provider, UnknownPrice
from pipeline.runner.inheriting import kept_calls
from pipeline.states import AttemptState
from pipeline.steps import STEPS
from projects.flow.makers import CAPABILITIES, Maker

USUAL_S: Final = {"transcription": 20.0, "text": 15.0, "image": 6.0, "video": 60.0, "music": 40.0, "upscale": 20.0}
"""Seconds that a vendor takes for one request, where this studio has not measured it yet."""
LONGER_S: Final = {"enlarge_film": 120.0}
"""Of steps that ask for more than others of their capability."""


@dataclass(frozen=True)
class Part:
    """What one model is asked for in one step. `microusd` None: its price is not known. `price`: "key@version"."""

    step: str
    provider: str
    model: str
    price: str
    count: int
    microusd: int | None
    seconds: int


@dataclass(frozen=True)
class Estimate:
    """The worst case, by step and model. Work on this server is free and not in it."""

    parts: tuple[Part, ...] = ()

    @property
    def microusd(self) -> int:
        """What is known of the sum; look at `is_priced` before it is shown as all."""
        return sum(part.microusd or 0 for part in self.parts)

    @property
    def is_priced(self) -> bool:
        return all(part.microusd is not None for part in self.parts)

    @property
    def total(self) -> int | None:
        """The sum in micro-USD; None where a price is not known."""
        return self.microusd if self.is_priced else None

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def seconds(self) -> int:
        return sum(part.seconds for part in self.parts)

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.step for part in self.parts))

    @property
    def prices(self) -> dict[str, str]:
        """Model -> version of its price: what a consent is given to."""
        return dict(part.price.rpartition("@")[::2] for part in self.parts)

    @property
    def mark(self) -> str:
        """What was shown, in short; a form posts it back, so that nobody agrees to a sum that they have not seen."""
        facts: Any = [[part.step, part.price, part.count, part.microusd] for part in self.parts]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Wish:
    """One output that a hosted model is to make."""

    step: str
    input: Value
    bought: frozenset[str] = frozenset()
    """Those of its requests that its job has bought or that are under way."""
    left: Mapping[str, Attempt] = field(default_factory=dict)
    """call -> what an earlier job paid for on the way to this very output, and which is used where it fits."""

    @property
    def maker(self) -> Maker:
        return Maker(getattr(self.input, "provider", ""), getattr(self.input, "model", ""))


class PriceList:
    """Prices wishes. Reads each model's row and usual time once."""

    def __init__(self) -> None:
        self._providers: dict[tuple[str, Maker], tuple[Provider[Any, Any], str] | None] = {}
        self._took: dict[tuple[str, str], float] | None = None

    def estimate(self, wishes: Iterable[Wish]) -> Estimate:
        """The worst case of all that is hosted among these."""
        costs: dict[tuple[str, str, str], list[int | None]] = {}
        for wish in wishes:
            if wish.maker.hosted:
                reached = self._reached(wish.step, wish.maker)
                price = reached[1] if reached else f"{wish.maker.key}@"
                cost = self._cost(wish, reached)
                if cost != 0 or not (wish.bought or wish.left):  # what is left of it costs nothing more
                    costs.setdefault((wish.step, wish.maker.provider, price), []).append(cost)
        order = list(CAPABILITIES)
        keys = sorted(costs, key=lambda key: (order.index(key[0]), key))
        return Estimate(tuple(self._part(*key, costs[key]) for key in keys))

    def cost(self, step: str, input: Value) -> int | None:
        """The worst case of one output in micro-USD; 0 on this server, None where a price is not known."""
        return self.estimate([Wish(step, input)]).total

    def _cost(self, wish: Wish, reached: tuple[Provider[Any, Any], str] | None) -> int | None:
        if reached is None:
            return None
        try:
            planned = list(STEPS[wish.step].calls(wish.input, reached[0]))
            bought = wish.bought | kept_calls(wish.left, reached[0], planned, wish.bought)
            return sum(reached[0].estimate(request) for call, request in planned if call not in bought)
        except UnknownPrice:
            return None

    def _part(self, step: str, provider: str, price: str, costs: list[int | None]) -> Part:
        model = price.rpartition("@")[0].removeprefix(f"{provider}:")
        at_once = max(1, settings.OMVEE_MODEL_CONCURRENCY)
        each = self._seconds(provider, model, LONGER_S.get(step) or USUAL_S[CAPABILITIES[step]])
        total = None if None in costs else sum(cost or 0 for cost in costs)
        return Part(step, provider, model, price, len(costs), total, int(-(-len(costs) // at_once) * each + 0.5))

    def _reached(self, step: str, maker: Maker) -> tuple[Provider[Any, Any], str] | None:
        """The provider that would be asked and its price; None for a model that is not offered."""
        key = (CAPABILITIES[step], maker)
        if key not in self._providers:
            self._providers[key] = _provider(CAPABILITIES[step], maker)
        return self._providers[key]

    def _seconds(self, provider: str, model: str, usual: float) -> float:
        """How long one request takes: the mean of this studio's own, else what is usual."""
        if self._took is None:
            done = Attempt.objects.filter(state=AttemptState.DONE, finished_at__isnull=False)
            rows = done.exclude(provider="local").values_list("provider", "model")
            means = rows.annotate(mean=Avg(F("finished_at") - F("created_at")))
            self._took = {(row[0], row[1]): row[2].total_seconds() for row in means if row[2]}
        return self._took.get((provider, model), usual)


def _provider(capability: str, maker: Maker) -> tuple[Provider[Any, Any], str] | None:
    cls = PROVIDERS.get((capability, maker.provider))
    row: ModelRow | None = pricebook.model_row(capability, maker.provider, maker.model)
    if cls is None or row is None:
        return None
    return cls(Access(), row), pricebook.price_stamp(maker.provider, row)
