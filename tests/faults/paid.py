"""Paid steps under fault tests: the real steps and adapters, a vendor on loopback, and what must be true afterwards."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from pipeline import audit, health, pricebook
from pipeline.media.audio.values import SongAnalysis
from pipeline.models import Attempt, Job
from pipeline.providers.capabilities import PlanRequest, PromptAsk
from pipeline.providers.replicate import jobs
from pipeline.providers.replicate.jobs import mark_seed
from pipeline.recipes import Stored
from pipeline.runner import hooks, lease, leftovers, ordering
from pipeline.runner.submit import Order, submit
from pipeline.states import LIVE, OPEN
from pipeline.steps import (
    STEPS,
    compose_music,
    generate_clip,
    generate_image,
    plan_scenes,
    transcribe_song,
    write_prompts,
)
from projects.models import Consent, Event, Project
from tests.faults.studio import WITHIN_S, wait_for
from tests.vendor import media

MADE = "made"
ORDERED = ("generate_image", "generate_clip", "compose_music")
"""At a vendor that works on while we wait."""
CALLED = ("transcribe_song", "plan_scenes", "write_prompts", "call_image")
"""At vendors that answer while we hold the line; `call_image` is a picture by such a one."""
PAID = ("generate_image", "generate_clip", "compose_music", "transcribe_song", "plan_scenes", "write_prompts")


def install() -> None:
    """In a worker under test: pauses of a second instead of minutes, and receivers that note what was made."""
    tries = int(os.environ.get("OMVEE_TEST_TRIES", "0"))
    for name in PAID:
        STEPS[name] = replace(STEPS[name], max_tries=tries or STEPS[name].max_tries, backoff_s=(1,))
        hooks.receivers[name] = _made
    health.FIRST_S, health.OPERATOR_S, health.PROBE_S = 1, 2, 5
    ordering.FIRST_LOOK_S, ordering.FIND_AGAIN_S, ordering.GRACE_S = 1, 1, 3
    leftovers.LOOK_S, leftovers.CANCEL_LOOK_S = 2, 1
    lease.END_GRACE_S = 0.5
    jobs.BUSY_POLL_S = 1


def _made(job: Job, output: Any) -> None:
    """One event per result: the effect that must not happen twice."""
    Event.objects.create(project_id=job.project_id, verb=MADE, text=f"{job.step} {job.subject}")


class Shop:
    """A project that buys: what it orders, and whether everything adds up in the end."""

    def __init__(self, vendor: Any) -> None:
        self.vendor = vendor
        owner, _ = get_user_model().objects.get_or_create(username="buyer")
        self.project = Project.objects.create(owner=owner, title="Bought", style="film")
        self.place = f"p/{self.project.code}"
        self.jobs: list[Job] = []
        self._agree()
        self._make: dict[str, Callable[[int], Any]] = {
            "generate_image": self._image,
            "call_image": self._called_image,
            "generate_clip": self._clip,
            "compose_music": self._music,
            "transcribe_song": self._song,
            "plan_scenes": self._plan,
            "write_prompts": self._prompts,
        }

    def _agree(self) -> None:
        stamps = [pricebook.price_stamp(row.provider, row) for row in pricebook.offered()]
        prices = {model: version for model, _, version in (stamp.rpartition("@") for stamp in stamps)}
        Consent.objects.create(project=self.project, steps=list(PAID), ceiling_microusd=10**12, prices=prices)

    def order(self, kind: str, count: int = 1) -> list[Job]:
        """Submit so many jobs of a kind of step."""

        step = "generate_image" if kind == "call_image" else kind
        first = len(self.jobs)
        orders = [Order(step, f"{kind}-{first + n}", self._make[kind](first + n)) for n in range(count)]
        jobs = submit(self.project.pk, self.place, orders)
        self.jobs += jobs
        return jobs

    def _kept(self, name: str, data: bytes) -> Any:
        key = f"{self.place}/{name}"
        if not default_storage.exists(key):
            default_storage.save(key, ContentFile(data))
        return Stored(key=key, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))

    def _image(self, number: int) -> Any:
        words = f"a boat, view {number}"
        return generate_image.Input(prompt=words, width=1280, height=720, seed=number, provider="replicate")

    def _called_image(self, number: int) -> Any:
        return self._image(number).model_copy(update={"provider": "openai"})

    def _clip(self, number: int) -> Any:
        return generate_clip.Input(
            image=self._kept("picture.jpg", media.picture(16, 9, 1)),
            camera="push_in",
            motion=f"the boat drifts {number}",
            seconds=2,
            prompt="a boat",
            seed=number,
            provider="replicate",
            model="prunaai/p-video:draft",
        )

    def _music(self, number: int) -> Any:
        fields = {"provider": "replicate", "model": "meta/musicgen", "take": number + 1}
        return compose_music.Input(frames=150, mood="calm", prompt=f"a quiet song {number}", **fields)

    def _song(self, number: int) -> Any:
        song = self._kept("song.wav", media.music(5))
        grid = SongAnalysis(
            duration_ms=5000,
            tempo_mbpm=120_000,
            beats_ms=tuple(range(0, 5000, 500)),
            downbeats_ms=(0, 2000, 4000),
            sections=(),
            energy=(600,) * 50,
            vocal_activity=(800,) * 50,
        )
        return transcribe_song.Input(song=song, name=f"song-{number}", analysis=grid, provider="openai")

    def _plan(self, number: int) -> Any:
        beats = {"beats_ms": tuple(range(0, 40_000, 500)), "downbeats_ms": tuple(range(0, 40_000, 2000))}
        plan = PlanRequest(duration_ms=40_000, frames=1200, style="film", title=f"Silver Road {number}", **beats)
        return plan_scenes.Input(plan=plan, provider="openrouter")

    def _prompts(self, number: int) -> Any:
        ask = PromptAsk(description=f"A woman at pier {number}", mood="hopeful", camera="push_in", style="film")
        return write_prompts.Input(asks=(ask,), provider="openrouter")

    def wait(self, within_s: float = 2 * WITHIN_S) -> None:
        """Until every job has ended and nothing is open at the vendor."""

        wait_for(lambda: not Job.objects.filter(state__in=LIVE).exists(), within_s=within_s, what=self.states)
        wait_for(lambda: not Attempt.objects.filter(state__in=OPEN).exists(), what=self.states)

    def states(self) -> Any:
        jobs = Job.objects.values_list("step", "state", "tries", "error", "error_detail")
        return Counter(jobs), Counter(Attempt.objects.values_list("step", "state", "error_kind", "error"))

    def completion(self) -> float:
        states = Counter(Job.objects.values_list("state", flat=True))
        return states["done"] / sum(states.values())

    def assert_adds_up(self) -> None:
        """Nothing was made or paid twice, the vendor's bill is our ledger, no file is lost, the audit is content."""
        assert audit.findings(hashes=True) == [], self.states()
        made = Counter(Event.objects.filter(verb=MADE).values_list("text", flat=True))
        done = Job.objects.filter(state="done")
        assert made == Counter(f"{job.step} {job.subject}" for job in done)
        assert_bill(self.vendor)


def assert_bill(vendor: Any) -> None:
    """Each charge of the vendor is booked on one attempt at the same sum; the rest was written off, and listed."""
    assert vendor.bill.paid_twice() == []
    attempts = list(Attempt.objects.all())
    by_order = {row.external_id: row for row in attempts if row.external_id}
    by_mark = {str(mark_seed(str(row.code))): row for row in attempts}
    accepted = Counter(made.mark for made in vendor.replicate.predictions.values() if made.mark)
    assert [mark for mark, count in accepted.items() if count > 1] == [], "an attempt was ordered twice"
    assert set(accepted) <= set(by_mark), "an order without an attempt"
    settled = sum(row.cost_microusd for row in attempts if row.state != "written_off")
    off = {row.pk for row in attempts if row.state == "written_off"}
    lost = 0
    for charge in vendor.bill.charges:
        row = by_order.get(charge.external_id) or by_mark.get(charge.mark)
        if charge.vendor == "replicate":
            assert row is not None, charge
            if row.pk not in off:
                assert row.cost_microusd == charge.microusd, (charge, row.state, row.error)
                continue
            assert row.cost_microusd >= charge.microusd, charge
            lost += charge.microusd
    called = sum(charge.microusd for charge in vendor.bill.charges if charge.vendor != "replicate")
    booked = sum(row.cost_microusd for row in attempts if row.provider != "replicate" and row.pk not in off)
    spare = sum(row.cost_microusd for row in attempts if row.provider != "replicate" and row.pk in off)
    assert booked <= called <= booked + spare, "what is not booked on an attempt has been written off"
    assert settled + lost + (called - booked) == vendor.bill.total_microusd
    made = Counter(charge.vendor for charge in vendor.bill.charges)
    asked = Counter(row.provider for row in attempts)
    assert all(made[name] <= asked[name] for name in made), "more was made than was intended"
