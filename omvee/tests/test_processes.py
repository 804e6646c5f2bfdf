"""Processes that are started in their own sessions and never left behind."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from omvee.processes import Child, end_all, port_is_free, site_answers

ROOT = Path(__file__).resolve().parents[2]
# A process that ends on SIGTERM but leaves a child, in a session of its own, that will not.
LEAVES_A_CHILD = """
import signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(99)"
child = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(child.pid, flush=True)
time.sleep(99)
"""
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(999)"


def python(code: str) -> Child:
    return Child("test", [sys.executable, "-c", code])


def until(condition, within_s: float = 60.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_ends_children_and_what_they_left(capfd):
    child = python(LEAVES_A_CHILD)
    child.start()
    assert child.process
    main = psutil.Process(child.process.pid)
    assert until(main.children)
    grandchild = main.children()[0].pid
    assert until(lambda: capfd.readouterr().out.strip() == str(grandchild))
    end_all([child], grace_s=60)
    assert child.exit_code() == 0
    assert until(lambda: gone(grandchild))


def test_it_kills_what_does_not_end_in_time(capfd):
    child = python(STUBBORN)
    child.start()
    assert until(lambda: "deaf" in capfd.readouterr().out)
    end_all([child], grace_s=0.5)
    assert child.exit_code() == -signal.SIGKILL


def test_it_hurries_when_asked_to(capfd):
    child = python(STUBBORN)
    child.start()
    assert until(lambda: "deaf" in capfd.readouterr().out)
    started = time.monotonic()
    end_all([child], grace_s=600, hurry=lambda: True)
    assert time.monotonic() - started < 300
    assert child.exit_code() == -signal.SIGKILL


def test_it_runs_outside_the_terminals_group():
    child = python("import time; time.sleep(99)")
    child.start()
    assert child.process
    assert os.getsid(child.process.pid) == child.process.pid
    end_all([child], grace_s=60)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_it_leaves_nothing_when_the_parent_is_killed():
    code = (
        "import sys, time; from omvee.processes import Child\n"
        "c = Child('x', [sys.executable, '-c', 'import time; time.sleep(99)']); c.start()\n"
        "print(c.process.pid, flush=True); time.sleep(99)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.kill()
    parent.wait()
    assert until(lambda: gone(pid))


def test_it_knows_a_port_that_is_taken():
    host = "127.9.8.7"  # where nobody else listens or connects from, once it is free again
    with socket.socket() as listener:
        listener.bind((host, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not port_is_free(host, port)
    assert port_is_free(host, port)


@pytest.mark.parametrize(("status", "expected"), [(200, True), (503, False)])
def test_it_waits_for_an_answer_not_for_a_port(status, expected):
    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args):
            pass

    host = "127.9.8.7"
    with http.server.HTTPServer((host, 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert until(lambda: site_answers(host, server.server_port) is expected)
        server.shutdown()
    assert not site_answers(host, server.server_port)
