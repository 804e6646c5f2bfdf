"""Three workers that buy, killed at random while their vendor misbehaves: paid once, nothing lost. Seeds are told."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from pipeline.models import Attempt, Job
from tests.committing import delete_rows
from tests.faults.paid import Shop
from tests.faults.studio import Worker
from tests.faults.test_random_kills import Nemesis
from tests.vendor import MISCHIEF

pytestmark = [pytest.mark.postgres, pytest.mark.faults, pytest.mark.siege]
SEEDS = 20
KILLS = 6
WORKERS = 3
ORDERS = {"generate_image": 10, "generate_clip": 3, "compose_music": 1, "write_prompts": 3, "call_image": 2}
# What the vendor loses or delays; what it refuses for good would only tell that it was refused.
TROUBLE = ("lost_answer", "dropped_before", "rate_limited", "server_error_after", "half_body", "interrupted", "expired")
NOBODY_KNOWS = "It is not known whether"


def survive(shop: Shop, nemesis: Nemesis, workers: list[Worker]) -> None:
    for kind, count in ORDERS.items():
        shop.order(kind, count)
    Job.objects.update(max_tries=50)
    for _ in range(KILLS):
        time.sleep(nemesis.dice.uniform(0.1, 1.2))
        nemesis.strike(workers)
    shop.wait()
    failed = Job.objects.filter(state="failed")
    assert not failed.exclude(error__startswith=NOBODY_KNOWS).exists(), "only what was lost twice is left to a person"
    twice = {row.job_code for row in Attempt.objects.filter(state="written_off")}
    assert {job.code for job in failed} <= twice
    shop.assert_adds_up()


def test_it_survives_twenty_seeds_of_kills_with_three_workers(start_buying: Callable[..., Worker], shop: Shop) -> None:
    def start_one(**extra: bool) -> Worker:
        return start_buying(grace=3, OMVEE_LEASE_S=5, OMVEE_IO_WORKERS=2, OMVEE_TEST_TRIES=50, **extra)

    workers = [start_one() for _ in range(WORKERS)]
    for place in ("create", "run", "get", "output", "chat", "image"):
        shop.vendor.mischief.by_chance(8, on=[place], names=[name for name in MISCHIEF[place] if name in TROUBLE])
    for seed in range(SEEDS):
        nemesis = Nemesis(start_one, seed)
        try:
            survive(shop, nemesis, workers)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {nemesis.done}: {error}\n{shop.states()}") from error
        delete_rows()
        shop.vendor.forget()
        shop = Shop(shop.vendor)
