"""Two self-healing django-q2 clusters, io and cpu, in one process tree.

django-q2's shared pipes stay locked when a worker that holds them dies (its issue 23), and a signal to the whole process
group kills its sentinel and hangs its main process for ever (its issue 346). So the sentinel gets a process group of its own,
and a worker's unexpected death restarts the cluster; what its workers held is found by their dead pids.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from pipeline.models import WorkerHeartbeat
from pipeline.runner import lease, sweep

log = logging.getLogger(__name__)

HEARTBEAT_S = 10
HEAL_GRACE_S = 2
PR_SET_PDEATHSIG = 1


@dataclass
class _Signals:
    stop: bool = False
    heal: bool = False


@dataclass
class Clusters:
    """Runs until SIGTERM or SIGINT, then lets what is running finish for `grace_s` seconds."""

    grace_s: float
    tick_s: float = 1.0
    _signals: _Signals = field(default_factory=_Signals)
    _clusters: list[Any] = field(default_factory=list)

    def run(self) -> None:
        _preload()
        _die_with_parent()
        _watch_workers(os.getpid())
        self._start()
        beat_at = 0.0
        while not self._signals.stop:
            if self._signals.heal or not all(cluster.sentinel.is_alive() for cluster in self._clusters):
                self._heal()
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + HEARTBEAT_S
                _guarded(_beat)
            _guarded(sweep.tick)
            self._pause()
        self._shut(self.grace_s)
        _guarded(_leave)

    def _start(self) -> None:
        from django_q.brokers import get_broker
        from django_q.cluster import Cluster
        from django_q.conf import Conf

        connections.close_all()  # a forked child must not share a connection
        self._signals.heal = False
        self._clusters = []
        for name, workers in (("io", settings.OMVEE_IO_WORKERS), ("cpu", settings.OMVEE_CPU_WORKERS)):
            # Conf is read by the forked sentinel, which keeps what it finds now
            Conf.CLUSTER_NAME, Conf.WORKERS, Conf.QUEUE_LIMIT = name, workers, 1
            cluster = Cluster(get_broker(name))
            cluster.start()
            self._clusters.append(cluster)
        for number in (signal.SIGTERM, signal.SIGINT):  # every Cluster() has put its own handler there
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGUSR1, self._on_death)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._signals.stop = True

    def _on_death(self, number: int, frame: FrameType | None) -> None:
        self._signals.heal = True

    def _heal(self) -> None:
        log.error("A worker died unexpectedly: restarting the clusters")
        self._shut(HEAL_GRACE_S)
        self._start()

    def _shut(self, grace_s: float) -> None:
        for cluster in self._clusters:
            cluster.stop_event.set()
        ends = time.monotonic() + grace_s
        for cluster in self._clusters:
            while cluster.sentinel.is_alive() and time.monotonic() < ends:
                time.sleep(0.05)
            if cluster.sentinel.is_alive():
                log.warning("Grace is over: ending running work; it is done again from what is durable")
                cluster.sentinel.kill()
                cluster.sentinel.join()

    def _pause(self) -> None:
        ends = time.monotonic() + self.tick_s
        while time.monotonic() < ends and not self._signals.stop and not self._signals.heal:
            time.sleep(0.05)


def _preload() -> None:
    """Import what steps need before the fork: its memory is then shared by all workers, and no restart pays for it again."""
    import cv2

    import pipeline.steps  # noqa: F401

    cv2.setNumThreads(1)  # parallel jobs fill the cores; threads of OpenCV would also not survive the fork


def _die_with_parent() -> None:
    """Ask the kernel that no child outlives its parent: a killed main process must not leave workers that go on for ever."""
    if not sys.platform.startswith("linux"):
        return
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)

    os.register_at_fork(after_in_child=ask)


def _watch_workers(main: int) -> None:
    """Replace django-q2's sentinel by one with its own process group that reports a worker's unexpected death."""
    from django_q import cluster

    base = cluster.Sentinel
    if base.__name__ == "WatchedSentinel":
        return

    class WatchedSentinel(base):  # type: ignore[misc, valid-type]  # django-q2 is untyped
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            os.setpgid(0, 0)
            super().__init__(*args, **kwargs)

        def reincarnate(self, process: Any) -> None:
            # 0: ended by its timeout, -2: recycled; both are orderly
            died = process in self.pool and int(process.timer.value) not in (0, -2)
            super().reincarnate(process)
            if died:
                os.kill(main, signal.SIGUSR1)

    cluster.Sentinel = WatchedSentinel


def _guarded(work: Any) -> None:
    """The ticker survives whatever the database or a row does."""
    try:
        close_old_connections()
        work()
    except Exception:
        log.exception("The ticker stumbled")


def _beat() -> None:
    fields = {"beat_at": timezone.now(), "io_workers": settings.OMVEE_IO_WORKERS, "cpu_workers": settings.OMVEE_CPU_WORKERS}
    WorkerHeartbeat.objects.update_or_create(name=lease.worker_name(), defaults=fields)


def _leave() -> None:
    WorkerHeartbeat.objects.filter(name=lease.worker_name()).delete()
