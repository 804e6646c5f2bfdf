"""The only place that starts a process.

Every ffmpeg here runs in a private folder, in its own process group, without a shell, without our environment, with
limits and a deadline. One loop polls it, so that a stop, a deadline and a full pipe are all answered within a tenth of
a second, and it dies with the thread that started it: a worker that is killed leaves no encoder behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline.media.bad_ends import bad_end
from pipeline.media.child_limits import die_with, limit_child

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]
Buffer = bytes | bytearray | memoryview | NDArray[np.uint8]

MAX_PIXELS = 40_000_000
PROTOCOLS = "file"
AUDIO_FORMATS = "mp3,wav,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,matroska,webm"
FORMATS = f"{AUDIO_FORMATS},png_pipe,jpeg_pipe,webp_pipe,image2"
# Put before each -i. Without the format list a script named song.mp3 (ffconcat, HLS) makes ffmpeg open other files.
INPUT_GUARD = ["-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS, "-max_pixels", str(MAX_PIXELS)]

POLL_S = 0.1
MAX_FILE_BYTES = 8 << 30
STDERR_BYTES = 256 << 10
PIPE_BYTES = 1 << 20


class MediaError(Exception):
    """Something about a file or a rendering that a person can be told.

    `str(error)` is one clear sentence for the creator, `detail` is for the log.
    """

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


class Stopped(Exception):
    """Raised when `stop()` said true; nothing under a final name was written."""


def never() -> bool:
    """The harmless default of `stop`."""
    return False


@functools.cache
def FFMPEG() -> str:  # noqa: N802 - a constant that has to be looked up
    """Path of the ffmpeg program that imageio-ffmpeg's wheel carries."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def guarded_input(name: str | Path, *options: str) -> list[str]:
    """Arguments that read one file: `options`, the guard, `-i file:name`.

    `name` is ours (never the user's name for a file), relative to the folder of the call or absolute.
    """
    return [*options, *INPUT_GUARD, "-i", f"file:{name}"]


def run_ffmpeg(
    args: Sequence[str],
    *,
    folder: Path,
    deadline_s: int = 3600,
    stop: Stop = never,
    on_frame: Callable[[int], None] | None = None,
    env: Mapping[str, str] | None = None,
    loglevel: str = "warning",
    max_file_bytes: int = MAX_FILE_BYTES,
) -> str:
    """Run ffmpeg with `args` in `folder` and return what it said (its last 256 kB).

    `env` adds variables (FONTCONFIG_FILE) to an otherwise bare environment. `on_frame` hears the count of written
    frames about four times a second. Raises MediaError, or Stopped when `stop()` turns true.
    """
    child = _Child(
        args, folder=folder, deadline_s=deadline_s, stop=stop, on_frame=on_frame, env=env, loglevel=loglevel,
        max_file_bytes=max_file_bytes, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return child.finish()
    finally:
        child.kill()


class FramePipe:
    """ffmpeg fed with raw frames through its stdin.

    A context manager: `write()` hands over one frame (any C-contiguous buffer) and blocks while the encoder is behind,
    `__exit__` closes the pipe and waits for the file; an exception inside the block kills the encoder instead. Enter
    and leave it in one thread: the encoder dies with the thread that started it.
    """

    def __init__(
        self,
        args: Sequence[str],
        *,
        folder: Path,
        deadline_s: int = 3600,
        stop: Stop = never,
        on_frame: Callable[[int], None] | None = None,
        env: Mapping[str, str] | None = None,
        loglevel: str = "warning",
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        self.stderr = ""
        self._start = functools.partial(
            _Child, args, folder=folder, deadline_s=deadline_s, stop=stop, on_frame=on_frame, env=env,
            loglevel=loglevel, max_file_bytes=max_file_bytes, stdin=subprocess.PIPE,
        )  # fmt: skip
        self._child: _Child | None = None

    def __enter__(self) -> FramePipe:
        self._child = self._start()
        return self

    def write(self, buffer: Buffer) -> None:
        """Hand one frame over. Raises MediaError when ffmpeg has died, Stopped when `stop()` is true."""
        if self._child is None:
            raise ValueError("write() outside of the with block")
        self._child.write(buffer)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        try:
            if kind is None:
                self.stderr = child.finish()
        finally:
            child.kill()


class _Child:
    """One running ffmpeg and the single loop that writes to it, reads from it and watches the clock."""

    def __init__(
        self,
        args: Sequence[str],
        *,
        folder: Path,
        deadline_s: int,
        stop: Stop,
        on_frame: Callable[[int], None] | None,
        env: Mapping[str, str] | None,
        loglevel: str,
        max_file_bytes: int,
        stdin: int,
    ) -> None:
        _check_inputs(args)
        if stop():
            raise Stopped
        self._stop, self._on_frame = stop, on_frame
        self._deadline_s, self._ends = deadline_s, time.monotonic() + deadline_s
        self._asks_again = 0.0
        self._said, self._progress = bytearray(), bytearray()
        progress = ["-progress", "pipe:1", "-stats_period", "0.25"] if on_frame else []
        head = [FFMPEG(), "-hide_banner", "-nostdin", "-nostats", "-y", "-loglevel", loglevel, *progress]
        bare = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
        try:
            self._process = subprocess.Popen(
                [*head, *args], cwd=folder, env={**bare, **(env or {})}, stdin=stdin,
                stdout=subprocess.PIPE if on_frame else subprocess.DEVNULL, stderr=subprocess.PIPE,
                start_new_session=True, close_fds=True, bufsize=0, preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - see there
            )  # fmt: skip
        except OSError as error:
            raise MediaError("The video program could not be started.", detail=repr(error)) from error
        limit_child(self._process.pid, cpu_s=deadline_s, file_bytes=max_file_bytes)
        self._selector = selectors.DefaultSelector()
        for stream, hear in ((self._process.stdout, self._hear_progress), (self._process.stderr, self._hear_words)):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._selector.register(stream, selectors.EVENT_READ, hear)
        if self._process.stdin is not None:
            os.set_blocking(self._process.stdin.fileno(), False)
            with contextlib.suppress(OSError):  # a bigger pipe halves the switches; a machine may forbid it
                fcntl.fcntl(self._process.stdin.fileno(), getattr(fcntl, "F_SETPIPE_SZ", 1031), PIPE_BYTES)

    def write(self, buffer: Buffer) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise ValueError("this ffmpeg reads no frames")
        view = memoryview(cast("bytes", buffer)).cast("B")
        self._selector.register(stdin, selectors.EVENT_WRITE, None)
        try:
            while len(view):
                if self._turn():
                    view = view[os.write(stdin.fileno(), view) :]
        except BrokenPipeError:
            self._selector.unregister(stdin)
            self.finish()
            raise MediaError("The video program ended before all frames were written.", detail=self.words()) from None
        self._selector.unregister(stdin)

    def finish(self) -> str:
        """Wait for the end and return the words; raise what a bad end means."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        while self._selector.get_map():
            self._turn()
        while self._process.poll() is None:
            self._check()
            time.sleep(0.005)
        if self._process.returncode:
            raise MediaError(bad_end(self._process.returncode, self.words()), detail=self.words())
        return self.words()

    def words(self) -> str:
        return self._said.decode("utf-8", "replace").strip()

    def kill(self) -> None:
        """End the whole process group; harmless when it has ended."""
        if self._process.poll() is None:
            # SIGKILL: on SIGTERM x264 first drains its lookahead, which took seconds.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _turn(self) -> bool:
        """Wait up to POLL_S for one of the pipes, read what is there; true when stdin takes more."""
        self._check()
        writable = False
        for key, _ in self._selector.select(POLL_S):
            if key.data is None:
                writable = True
            elif data := os.read(key.fd, 1 << 16):
                key.data(data)
            else:
                self._selector.unregister(key.fileobj)
        return writable

    def _check(self) -> None:
        now = time.monotonic()
        if now < self._asks_again:
            return  # stop() may cost a query, and a pipe turns a thousand times a second
        self._asks_again = now + POLL_S
        if self._stop():
            self.kill()
            raise Stopped
        if now > self._ends:
            self.kill()
            raise MediaError(f"This took longer than {_span(self._deadline_s)} and was ended.", detail=self.words())

    def _hear_words(self, data: bytes) -> None:
        self._said += data
        del self._said[:-STDERR_BYTES]

    def _hear_progress(self, data: bytes) -> None:
        self._progress += data
        *lines, rest = bytes(self._progress).split(b"\n")
        self._progress[:] = rest
        for line in lines:
            key, _, value = line.partition(b"=")
            if key == b"frame" and self._on_frame is not None and value.strip().isdigit():
                self._on_frame(int(value))


def _check_inputs(args: Sequence[str]) -> None:
    """Refuse a command whose input is not guarded: a forgotten guard must fail in the first test, not in an attack."""
    since = 0
    for at, word in enumerate(args):
        if word != "-i":
            continue
        options, name = args[since:at], args[at + 1]
        ours = name == "pipe:0" or "lavfi" in options
        if not ours and not {"-protocol_whitelist", "-format_whitelist"} <= set(options):
            raise ValueError(f"input {name!r} stands without INPUT_GUARD")
        if not ours and ":" in name and not name.startswith("file:"):
            raise ValueError(f"input {name!r} is not a file")
        since = at + 2


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    return f"{seconds // 60} minutes"
