"""A progress line for the terminal: redrawn in place where a person watches, one line every few seconds elsewhere."""

from __future__ import annotations

import time
from typing import Any

from projects.flow.status import Status

WIDTH = 28
QUIET_S = 5.0


class ProgressLine:
    """Shows a Status and the frames rendered on a stream (standard error)."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._live = bool(stream.isatty())
        self._shown_at, self._said = 0.0, ""

    def show(self, status: Status, frames: tuple[int, int]) -> None:
        text = line(status, frames)
        if text == self._said:
            return
        if self._live:
            self._stream.write(f"\r{text}\x1b[K", ending="")
        elif time.monotonic() - self._shown_at >= QUIET_S:
            self._stream.write(text)
        else:
            return
        self._stream.flush()
        self._shown_at, self._said = time.monotonic(), text

    def end(self) -> None:
        if self._live and self._said:
            self._stream.write("")


def line(status: Status, frames: tuple[int, int]) -> str:
    """One line: bar, share, frames, what is being done, time left."""
    done, total = frames
    share = done / total if total else status.percent / 100
    bar = "█" * round(share * WIDTH)
    parts = [f"{bar:░<{WIDTH}} {share:4.0%}", f"frame {done} of {total}" if total else "", status.message]
    if status.eta_s is not None:
        parts.append(f"about {_span(status.eta_s)} left")
    return "  ".join(part for part in parts if part)


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"
