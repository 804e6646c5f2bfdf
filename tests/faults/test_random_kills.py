"""Kills at random moments, of anything: the film is whole, whatever the dice say. The seed is in the message."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.models import Job, WorkerHeartbeat
from projects.models import FinalVideo
from tests.committing import delete_rows
from tests.faults.studio import Worker, kill, wait_for
from tests.faults.test_kill_points import assert_exactly_once, film_states, wait_for_film

pytestmark = [pytest.mark.postgres(long=True), pytest.mark.faults]
SEEDS = 20
KILLS = 6


class Nemesis:
    """Kills what its dice choose, and starts a new worker for every main process that it killed."""

    def __init__(self, start: Callable[..., Worker], seed: int) -> None:
        self.dice = random.Random(seed)
        self.start = start
        self.done: list[str] = []

    def strike(self, workers: list[Worker]) -> None:
        worker = self.dice.choice(workers)
        what = self.dice.choices(["worker", "helper", "sentinel", "main", "term"], weights=[8, 1, 1, 2, 2])[0]
        self.done.append(what)
        if what == "main":
            worker.process.kill()
        elif what == "term":
            worker.process.terminate()
        else:
            find = {"worker": worker.workers, "helper": worker.helpers, "sentinel": worker.sentinels}[what]
            victims = find()
            if victims:
                kill(self.dice.choice(victims))
        if what in ("main", "term"):
            # how soon a worker ends is tested elsewhere; here its last write may wait for a database that others hold
            wait_for(lambda: worker.process.poll() is not None, what=worker.words)
            workers[workers.index(worker)] = self.start(wait=False)


def survive(start: Callable[..., Worker], new_film: Callable[[], Any], workers: list[Worker], seed: int) -> None:
    nemesis = Nemesis(start, seed)
    new_film()
    Job.objects.update(max_tries=50)
    for _ in range(KILLS):
        time.sleep(nemesis.dice.uniform(0.1, 1.0))
        if FinalVideo.objects.exists():
            break
        nemesis.strike(workers)
    try:
        wait_for_film()
        assert_exactly_once()
    except AssertionError as error:
        raise AssertionError(f"seed {seed}, {nemesis.done}: {error}\n{film_states()}") from error
    delete_rows()


def settings_for(start: Callable[..., Worker]) -> Callable[..., Worker]:
    def start_one(**extra: Any) -> Worker:
        quick = {"OMVEE_LEASE_S": 5, "OMVEE_TEST_TRIES": 50, "OMVEE_TEST_SECONDS": 0.1, "OMVEE_IO_WORKERS": 1}
        return start(grace=3, **quick, **extra)

    return start_one


@pytest.mark.long
def test_it_survives_twenty_seeds_of_kills(start: Callable[..., Worker], new_film: Callable[[], Any]) -> None:
    start_one = settings_for(start)
    workers = [start_one(), start_one()]
    for seed in range(SEEDS):
        survive(start_one, new_film, workers, seed)
    wait_for(lambda: WorkerHeartbeat.objects.count() >= 1)
