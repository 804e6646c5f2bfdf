"""A step that does what a test says, and calls at the same moment: what tests of the engine are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from pipeline import credentials, pricebook
from pipeline.media.values import Value
from pipeline.models import Job, ModelEntry
from pipeline.providers import PROVIDERS, fake
from pipeline.providers.keys import VendorFacts
from pipeline.recipes import how
from pipeline.runner import clock, lease
from pipeline.runner.submit import Order, submit
from pipeline.runner.work import run_next
from pipeline.states import CLAIMABLE
from pipeline.steps import STEPS
from pipeline.steps.base import Context, Step, Waiting


class TrialInput(Value):
    text: str = ""
    provider: str = how("fake")
    model: str = how("")


class TrialOutput(Value):
    text: str = ""


def done(input: TrialInput, ctx: Context) -> Value:
    return TrialOutput(text=input.text)


PRICE = 40_000


def asks(input: TrialInput, ctx: Context) -> Any:
    """Asks the provider once, for PRICE."""
    request = fake.FakeRequest(text=input.text, price_microusd=PRICE)
    reply = ctx.once("ask", ctx.provider("text", "fake"), request)
    return reply if isinstance(reply, Waiting) else TrialOutput(text=reply.text)


@dataclass
class Trial:
    """The step `trial` and what came of it."""

    project: Any
    monkeypatch: pytest.MonkeyPatch
    received: list[tuple[Job, Any]] = field(default_factory=list)
    failures: list[Job] = field(default_factory=list)

    def step(self, run: Callable[[Any, Any], Value] = done, **fields: Any) -> None:
        """Let the step do this."""
        step = Step("trial", TrialInput, TrialOutput, run, queue="io")
        self.monkeypatch.setitem(STEPS, "trial", replace(step, **fields))

    def provider(self, *lines: fake.Line, repeatable: bool = False) -> fake.Script:
        """Let the provider `fake` answer this."""
        cls = fake.with_script(lines, repeatable=repeatable)
        self.monkeypatch.setitem(PROVIDERS, ("text", "fake"), cls)
        return cls.script

    def hosted(self, **fields: Any) -> None:
        """Let `fake` count as a vendor with a key."""
        facts = VendorFacts(name="fake", label="Fake", key_env="FAKE_KEY", base_url_env="FAKE_URL", keys_at="")
        self.monkeypatch.setitem(credentials._FACTS, "fake", facts)
        ModelEntry.objects.create(provider="fake", name="wide", capability="text", price_microusd=1, **fields)
        key, _, version = pricebook.price_stamp("fake", ModelEntry.objects.get(provider="fake").as_row()).rpartition(
            "@"
        )
        self.consent(**{key: version})

    def slow_provider(self, *lines: fake.Line) -> type[fake.FakeJobProvider]:
        """Let the provider `fake` be a vendor that works on while we wait."""
        cls = fake.slow_with_script(lines or [fake.FakeReply(text="done")])
        self.monkeypatch.setitem(PROVIDERS, ("text", "fake"), cls)
        return cls

    def consent(self, microusd: int = 1_000_000_000, **prices: str) -> Any:
        """Allow the trial to spend; the fakes have no models, so their price has no version."""
        from projects.models import Consent

        fields = {"steps": ["trial"], "prices": prices or {"fake": ""}}
        return Consent.objects.create(project=self.project, ceiling_microusd=microusd, **fields)

    def submit(self, *texts: str, **fields: Any) -> Job:
        """Submit a job for each text; returns the first."""
        orders = [Order("trial", text, TrialInput(text=text)) for text in texts or ("a",)]
        job = submit(self.project.pk, "p/trial", orders)[0]
        if fields:
            Job.objects.filter(pk=job.pk).update(**fields)
        return self.fresh(job)

    def run(self) -> Job:
        """Run the most urgent job, whenever it is due, and return it as it is then."""
        job = Job.objects.filter(state__in=CLAIMABLE).order_by("pk").first()
        assert job is not None
        self.make_due()
        assert run_next()
        return self.fresh(job)

    def stop_the_clock(self) -> datetime:
        """From here on it is this very moment, however long the machine takes."""
        moment = clock.now()
        self.monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    def make_due(self) -> None:
        Job.objects.filter(state__in=CLAIMABLE).update(not_before=clock.now())

    def claimed(self) -> Job:
        """The most urgent job, claimed by this process and not yet begun."""
        job = lease.claim_next()
        assert job is not None
        return job

    def expire(self, job: Job) -> None:
        """Let its lease be over."""
        Job.objects.filter(pk=job.pk).update(lease_until=clock.now() - timedelta(seconds=1))

    @staticmethod
    def fresh(job: Job) -> Job:
        return Job.objects.get(pk=job.pk)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run these at the same moment, each in a thread and connection of its own; returns what they return or raise."""
    start = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            start.wait(120)
            results[index] = calls[index]()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not any(thread.is_alive() for thread in threads)
    return results
