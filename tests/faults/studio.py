"""Real `manage.py worker` processes for tests, and what a test sees of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from pipeline.models import Job, WorkerHeartbeat
from pipeline.runner.submit import Order, submit
from tests.faults.steps import NapInput, gate

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 120.0


class Worker:
    """One `manage.py worker` and its process tree, in a session of its own."""

    def __init__(self, env: dict[str, str], log: Path, *, grace: float = 10) -> None:
        self.log = log
        command = [sys.executable, str(ROOT / "manage.py"), "worker", "--grace", str(grace), "--tick", "0.2"]
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        self._main = psutil.Process(self.process.pid)
        self.known: set[psutil.Process] = {self._main}

    @property
    def pid(self) -> int:
        return self.process.pid

    def tree(self) -> set[psutil.Process]:
        """The processes that live now."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self.known |= set(self._main.children(recursive=True))
        return {process for process in self.known if lives(process)}

    def sentinels(self) -> list[psutil.Process]:
        try:
            return self._main.children()
        except psutil.NoSuchProcess:
            return []

    def pool(self, queue: str = "io") -> list[psutil.Process]:
        """The workers of a queue that live."""
        notes = (line.split() for line in (self.log.parent / "steps.log").read_text().splitlines())
        pids = {int(words[2]) for words in notes if words[:2] == ["worker", queue]}
        return [process for process in self.tree() if process.pid in pids]

    def workers(self) -> list[psutil.Process]:
        """The workers of both queues that live."""
        return [*self.pool("io"), *self.pool("cpu")]

    def helpers(self) -> list[psutil.Process]:
        """The pushers and monitors: what sentinels have started that is no worker."""
        workers = set(self.workers())
        found = {process for process in self.tree() if process not in workers and process != self._main}
        return sorted(found - set(self.sentinels()), key=lambda process: process.pid)

    def heals(self) -> int:
        """How often it has started its clusters again."""
        return self.words().count("starting both again")

    def wait_until_ready(self) -> Worker:
        name = f":{self.pid}:"
        up = WorkerHeartbeat.objects.filter(name__contains=name)
        wait_for(lambda: up.exists() or self.process.poll() is not None, what=self.words)
        assert self.process.poll() is None, self.words()
        return self

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def begun(self, name: str) -> int:
        """The process that runs a nap, once the nap has begun."""
        log = self.log.parent / "steps.log"

        def last() -> list[str]:
            lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
            return next((words for words in reversed(lines) if words[:2] == ["begin", name]), [])

        return int(wait_for(last, what=f"{name} has not begun")[2])

    def let_go(self, *names: str) -> None:
        """End the naps, or the steps, that are held under these names."""
        for name in names:
            gate(self.log.parent, name).touch()

    def kill_tree(self) -> None:
        """As a power cut would, as far as processes can see."""
        for process in self.tree():
            kill(process)
        self.process.wait(60)


def kill(process: psutil.Process) -> None:
    """With no word; one that has ended by itself meanwhile is as dead."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition: Callable[[], Any], *, within_s: float = WITHIN_S, what: str | Callable[[], Any] = "") -> Any:
    """The first true value of `condition`, or an assertion that says `what` was there instead.

    How long it takes is never the point: `within_s` is when a test gives up, on the slowest machine.
    """
    ends = time.monotonic() + within_s
    while not (found := condition()):
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within_s} s: {what() if callable(what) else what}")
        time.sleep(0.05)
    return found


def order_nap(project: Any, *names: str, seconds: int = 0, mode: str = "sleep", step: str = "long_nap") -> list[Job]:
    """Submit and ring for a nap of each name."""
    orders = [Order(step, name, NapInput(name=name, seconds=seconds, mode=mode)) for name in names]
    return submit(project.pk, "p/naps", orders)


def state_of(job: Job) -> str:
    return str(Job.objects.values_list("state", flat=True).get(pk=job.pk))


def wait_done(*jobs: Job) -> list[Job]:
    """The jobs once all are done."""
    pks = [job.pk for job in jobs]
    rows = Job.objects.filter(pk__in=pks).order_by("pk")
    wait_for(
        lambda: rows.filter(state="done").count() == len(pks),
        what=lambda: list(rows.values_list("step", "state", "tries", "error", "error_detail")),
    )
    return list(rows)


def running_pid(job: Job) -> int:
    """The process that runs a job, once one does."""
    row = Job.objects.filter(pk=job.pk, state="running")
    wait_for(row.exists, what=lambda: list(Job.objects.values_list("step", "state", "tries")))
    return int(row.get().worker.split(":")[1])


def clean_env(env: dict[str, str], tmp_path: Path, **extra: object) -> dict[str, str]:
    """The environment of a worker under test: short leases, a folder of its own, steps of `tests.faults.steps`."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return {
        **env,
        "DJANGO_SETTINGS_MODULE": "tests.faults.worker_settings",
        "OMVEE_WORK_DIR": str(work),
        "OMVEE_TEST_LOG": str(tmp_path / "steps.log"),
        "OMVEE_LEASE_S": "60",
        "OMVEE_BEAT_S": "0.5",
        "OMVEE_IO_WORKERS": "2",
        "OMVEE_CPU_WORKERS": "2",
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)])),
        **{name: str(value) for name, value in extra.items()},
    }
