"""django-q2's cluster and sentinel, with the few changes that let them be killed, watched and ended in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from typing import Any, ClassVar

from django_q import cluster, status

from pipeline.media.parents import die_unless_child_of, parents_end

HEAL, LOOK = signal.SIGUSR1, signal.SIGUSR2
_IDLE, _TIMED_OUT, _RECYCLED = -1, 0, -2  # django-q2's values of a worker's timer; above 0 it is at work


def shared(kind: str, value: float) -> Any:
    """A value that forked processes share, without a lock: a killed process could not free one."""
    return multiprocessing.get_context("fork").RawValue(kind, value)


class Flag:
    """In the place of multiprocessing's Event, whose `set` waits for ever for a sleeper that was killed."""

    def __init__(self) -> None:
        self._value = shared("b", 0)

    def set(self) -> None:
        """Raise it, for all processes."""
        self._value.value = 1

    def is_set(self) -> bool:
        """Whether it is raised."""
        return bool(self._value.value)

    def wait(self, timeout: float) -> bool:
        """Until it is raised, or `timeout` seconds long."""
        ends = time.monotonic() + timeout
        while not self.is_set() and time.monotonic() < ends:
            time.sleep(min(0.1, timeout))
        return self.is_set()


class QuietCluster(cluster.Cluster):  # type: ignore[misc]  # django-q2 is untyped
    """A cluster that leaves signals to its owner: its own handler would wait for its end inside the handler."""

    def __init__(self, broker: Any) -> None:
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, handlers)
        super().__init__(broker)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self.pulse = shared("d", time.monotonic())

    def start(self) -> None:
        WatchedSentinel.pulse = self.pulse
        super().start()

    def silent_s(self) -> float:
        """For how long its sentinel has not been round: it waits for ever for a lock that a killed worker held."""
        return float(time.monotonic() - self.pulse.value)


class WatchedSentinel(cluster.Sentinel):  # type: ignore[misc]  # django-q2 is untyped
    """A sentinel in a process group of its own, which tells the main process what died and how."""

    main: ClassVar[int] = 0
    pulse: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        os.setpgid(0, 0)
        super().__init__(*args, **kwargs)

    def reincarnate(self, process: Any) -> None:
        news = self._news(process)
        super().reincarnate(process)
        if news is not None:
            os.kill(self.main, news)

    def _news(self, process: Any) -> signal.Signals | None:
        if process not in self.pool:  # the pusher or the monitor; the pusher leaves by itself when the database is away
            return None if process.exitcode == 0 else HEAL
        timer = int(process.timer.value)
        if timer == _RECYCLED:
            return None
        # While it was idle it waited for the queue's lock, or held it; at work it holds nothing.
        return HEAL if timer == _IDLE else LOOK


def install() -> None:
    """Use these in this process and its children."""
    WatchedSentinel.main = os.getpid()
    cluster.Sentinel = WatchedSentinel
    cluster.Event = Flag
    # Every half second each sentinel would write its state to the cache, which is our database. Nobody reads it there.
    status.Stat.save = _pulse
    _die_with_parent()


def _pulse(_: Any) -> None:
    WatchedSentinel.pulse.value = time.monotonic()


def _die_with_parent() -> None:
    """Ask the kernel that no child outlives its parent: else workers of a killed main process go on for ever."""
    ask = parents_end()
    if ask is None:
        return
    parent = [0]

    def remember() -> None:
        parent[0] = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: die_unless_child_of(parent[0], ask))
