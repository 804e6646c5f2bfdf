"""Two self-healing django-q2 clusters, io and cpu, in one process tree.

django-q2's shared pipes stay locked when an idle worker that holds them dies (its issue 23), and a signal to the whole
process group kills its sentinel and hangs its main process for ever (its issue 346). So the sentinel gets a process
group of its own, and what may have locked a pipe restarts the clusters. A worker that dies at work holds no pipe: it is
replaced, and what it held is found by its dead pid.
"""

from __future__ import annotations

import logging
import signal
import time
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings
from django.db import close_old_connections, connections
from django_q.brokers import get_broker
from django_q.conf import Conf

from pipeline.budget import alerts
from pipeline.models import WorkerHeartbeat
from pipeline.runner import clock, doorbell, machine, sentinel, sweep, work

log = logging.getLogger(__name__)

HEARTBEAT_S = 10
HEAL_GRACE_S = 2
SILENT_S = 20
SOON_S = 0.2


@dataclass
class _Signals:
    stop: bool = False
    heal: bool = False
    look: bool = False


@dataclass
class Clusters:
    """Runs until SIGTERM or SIGINT, then lets what is running finish for `grace_s` seconds."""

    grace_s: float
    tick_s: float = 1.0
    _signals: _Signals = field(default_factory=_Signals)
    _clusters: list[sentinel.QuietCluster] = field(default_factory=list)
    _silent: int = 0

    def run(self) -> None:
        self._listen()
        _preload()
        sentinel.install()
        self._start_or_heal()
        beat_at = 0.0
        while not self._signals.stop:
            if self._signals.heal or self._broken():
                self._heal()
            self._signals.look = False
            close_old_connections()
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + HEARTBEAT_S
                sweep.guarded(_beat)
            sweep.tick()
            self._pause()
        self._shut(self.grace_s)
        sweep.guarded(_leave)

    def _listen(self) -> None:
        """Before there is any child: one that dies at once tells at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(sentinel.HEAL, self._on_death)
        signal.signal(sentinel.LOOK, self._on_loss)

    def _start(self) -> None:
        sweep.guarded(doorbell.ring_again)
        work.draining = sentinel.Flag()
        self._signals.heal, self._silent = False, 0
        self._clusters = []
        for name, workers in (("io", settings.OMVEE_IO_WORKERS), ("cpu", settings.OMVEE_CPU_WORKERS)):
            # Conf is read by the forked sentinel, which keeps what it finds now
            Conf.CLUSTER_NAME, Conf.WORKERS, Conf.QUEUE_LIMIT = name, workers, 1
            cluster = sentinel.QuietCluster(get_broker(name))
            connections.close_all()  # a forked child must not share a connection
            self._clusters.append(cluster)
            cluster.start()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._signals.stop = True

    def _on_death(self, number: int, frame: FrameType | None) -> None:
        self._signals.heal = True

    def _on_loss(self, number: int, frame: FrameType | None) -> None:
        self._signals.look = True

    def _broken(self) -> bool:
        """Whether a sentinel is dead, or silent; one look is not enough, as after a pause all seem silent."""
        self._silent = self._silent + 1 if any(cluster.silent_s() > SILENT_S for cluster in self._clusters) else 0
        return self._silent >= 3 or not all(cluster.sentinel.is_alive() for cluster in self._clusters)

    def _heal(self) -> None:
        log.error("A cluster does not work any more: starting both again")
        self._shut(HEAL_GRACE_S)
        self._start_or_heal()

    def _start_or_heal(self) -> None:
        try:
            self._start()
        except RuntimeError:  # a sentinel was killed before it was up; what killed it may not be over
            log.exception("The clusters could not be started; trying again")
            self._signals.heal = True
            time.sleep(1)

    def _shut(self, grace_s: float) -> None:
        work.draining.set()  # bells that were taken in already must not begin more work
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
        pause_s = self.tick_s
        try:
            pause_s = max(SOON_S, doorbell.due_within_s(self.tick_s))
        except Exception:  # the ticker survives whatever the database does
            log.exception("What becomes due next cannot be read")
        ends = time.monotonic() + pause_s
        signals = self._signals
        while time.monotonic() < ends and not (signals.stop or signals.heal or signals.look):
            time.sleep(0.05)


def _preload() -> None:
    """Import what steps need before the fork: all workers then share its memory, and no restart pays for it again."""
    import cv2

    import pipeline.steps  # noqa: F401

    cv2.setNumThreads(1)  # parallel jobs fill the cores; threads of OpenCV would also not survive the fork


def _beat() -> None:
    """Every ten seconds: this worker lives; what dead ones left is cleared away."""
    fields = {
        "beat_at": clock.now(),
        "io_workers": settings.OMVEE_IO_WORKERS,
        "cpu_workers": settings.OMVEE_CPU_WORKERS,
    }
    WorkerHeartbeat.objects.update_or_create(name=machine.worker_name(), defaults=fields)
    sweep.forget_workers()
    doorbell.drop_heard()
    alerts.watch_day()
    machine.remove_left_folders()


def _leave() -> None:
    WorkerHeartbeat.objects.filter(name=machine.worker_name()).delete()
