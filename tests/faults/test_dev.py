"""`manage.py dev`: site and worker, restarted by a change of code, ended by one Ctrl-C."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline.models import WorkerHeartbeat
from tests.faults.studio import ROOT, WITHIN_S, clean_env, lives, wait_for
from tests.services import free_port

pytestmark = [pytest.mark.long, pytest.mark.faults, pytest.mark.usefixtures("committing_db")]


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def worker_pids() -> set[int]:
    return {int(name.split(":")[1]) for name in WorkerHeartbeat.objects.values_list("name", flat=True)}


def test_it_restarts_the_worker_when_code_changes_and_ends_at_one_ctrl_c(
    studio_env: dict[str, str], tmp_path: Path
) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "steps.py").write_text("a = 1\n")
    port = free_port()
    env = clean_env(studio_env, tmp_path, OMVEE_DEBUG=1)
    command = [
        sys.executable,
        str(ROOT / "manage.py"),
        "dev",
        f"127.0.0.1:{port}",
        "--grace",
        "60",
        "--watch",
        str(code),
    ]
    with (tmp_path / "dev.log").open("wb") as log:
        dev = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    everybody: set[psutil.Process] = set()
    try:
        words = (tmp_path / "dev.log").read_text
        first = wait_for(worker_pids, what=words)
        wait_for(lambda: answers(port), what=words)
        changed = tmp_path / "changed"
        changed.write_text("a = 2\n")
        os.utime(changed, (1, 1))
        changed.replace(code / "steps.py")  # at once: two changes might be seen one after the other
        second = wait_for(lambda: worker_pids() - first, what=words)
        assert worker_pids() == second, "the first one has left in order"
        everybody = {psutil.Process(dev.pid), *psutil.Process(dev.pid).children(recursive=True)}
        assert {process.pid for process in everybody} > second
        os.kill(dev.pid, signal.SIGINT)
        dev.wait(WITHIN_S)
        wait_for(lambda: not [process for process in everybody if lives(process)])
        assert not answers(port)
        assert worker_pids() == set()
    finally:
        for process in everybody or psutil.Process(dev.pid).children(recursive=True):
            if lives(process):
                process.kill()
        if dev.poll() is None:
            dev.kill()
