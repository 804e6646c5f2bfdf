"""`make run`'s command: the whole studio starts, answers, ends, and starts again without doing anything twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.services import free_port, wait_until

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.faults


@dataclass
class Studio:
    process: subprocess.Popen[str]
    port: int
    log: Path

    def says(self, words: str, *, within_s: float = 300.0) -> str:
        """The log, once it contains `words`."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            text = self.log.read_text()
            if words in text:
                return text
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(f"{words!r} not said in {within_s:.0f} s:\n{self.log.read_text()}")

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    started: list[Studio] = []
    port = free_port()

    def run(**environment: str) -> Studio:
        log = tmp_path / f"log-{len(started)}"
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        clean |= {"DATA_DIR": str(tmp_path / "data"), "OMVEE_ENV_FILE": os.devnull, "PORT": str(port)}
        clean |= {"OMVEE_SAMPLE": "0", "OMVEE_CPU_WORKERS": "1", "OMVEE_IO_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "run_studio"],
                cwd=ROOT,
                env=clean | environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        started.append(Studio(process, port, log))
        return started[-1]

    yield run
    for studio in started:
        if studio.process.poll() is None:
            family = studio.family()
            studio.process.kill()
            for process in family:
                if process.is_running():
                    process.kill()
            studio.process.wait()


def still_there(family: list[psutil.Process], *, within_s: float = 120.0) -> list[str]:
    """Command lines of those that have not ended in time."""
    deadline = time.monotonic() + within_s
    while (alive := [line for process in family if (line := command_of(process))]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive


def command_of(process: psutil.Process) -> str:
    """Its command line; empty if it has ended, also where nobody collected it."""
    try:
        return " ".join(process.cmdline()) if process.is_running() else ""
    except psutil.Error:
        return ""


def test_it_starts_answers_and_leaves_nothing(start):
    studio = start()
    text = studio.says("Press Ctrl-C")
    assert f"Omvee is at http://127.0.0.1:{studio.port}" in text
    link = re.search(r"http://\S+(/setup/\S+)", text)
    assert link
    assert studio.get("/healthz") == (200, "ok\n")
    assert studio.get("/readyz")[0] == 200
    status, page = studio.get(link[1])
    assert (status, "Welcome to Omvee" in page) == (200, True)
    for sheet in re.findall(r'href="(/static/[^"]+\.css)"', page):
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        assert studio.get(sheet)[0] == 200
    second = subprocess.run(
        [sys.executable, "manage.py", "run_studio"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(studio.port), "DJANGO_SETTINGS_MODULE": "omvee.settings"},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert f"Port {studio.port} is taken" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    wait_until(lambda: len(studio.family()) >= 4, what="gunicorn and its two, the worker and its own")
    family = studio.family()
    studio.process.send_signal(signal.SIGINT)
    assert studio.process.wait(120) == 0
    assert still_there(family) == []
    assert "Omvee has stopped." in studio.log.read_text()

    again = start(OMVEE_ADMIN_EMAIL="ada@example.com", OMVEE_ADMIN_PASSWORD="a-long-enough-phrase")
    text = again.says("Press Ctrl-C")
    assert "The administrator is ada@example.com" in text
    assert "/setup/" not in text
    assert again.get(link[1])[0] == 404
    family = again.family()
    again.process.terminate()
    assert again.process.wait(120) == 0
    assert still_there(family) == []


@pytest.mark.long
def test_it_starts_a_dead_worker_again_and_ends_when_killed(start):
    studio = start()
    studio.says("Press Ctrl-C")

    def workers() -> list[psutil.Process]:
        return [child for child in psutil.Process(studio.process.pid).children() if " worker" in command_of(child)]

    first = workers()[0]
    first.kill()
    studio.says("starting it again")
    wait_until(lambda: [worker.pid for worker in workers()] not in ([], [first.pid]), what="another worker")
    wait_until(lambda: bool(workers()[0].children()), what="what it starts")
    family = studio.family()
    studio.process.kill()
    studio.process.wait()
    assert still_there(family) == []


@pytest.mark.long
def test_it_refuses_a_weak_administrator_in_one_sentence(start):
    studio = start(OMVEE_ADMIN_EMAIL="ada@example.com", OMVEE_ADMIN_PASSWORD="password")
    assert studio.process.wait(300) == 1
    assert "OMVEE_ADMIN_PASSWORD is not strong enough" in studio.log.read_text()
    assert "Traceback" not in studio.log.read_text()
