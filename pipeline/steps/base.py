"""What a step is: a function from a typed input to a typed output, that asks providers only through its context.

To add a step:
1. write pipeline/steps/<step>.py with `Input`, `Output`, `run(input, ctx)` and `STEP`, with its `calls` if it asks
   for what may cost money;
2. add STEP to pipeline/steps/__init__.py;
3. give it its place in projects/flow: an input from rows, when it is due, and a receiver (a check fails without one);
4. test it in pipeline/tests/test_<step>.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipeline.media.values import Value
from pipeline.providers.base import Provider, Reply
from pipeline.recipes import Stored

ReplyT = TypeVar("ReplyT", bound=Reply)


class Waiting(Value):
    """A provider is at work: come back after `poll_after_s`, give up after `deadline_s`. Holds no worker meanwhile."""

    call: str
    poll_after_s: int
    deadline_s: int


class Context(Protocol):
    """All that a step may use of the world. The runner hands it in."""

    folder: Path
    """A private, empty folder, deleted after the step."""

    def stop(self) -> bool:
        """Whether the work is no longer wanted, its lease is lost or its deadline is over; ask it every 0.2 s."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; cheap, may be called for every frame."""

    def fetch(self, stored: Stored) -> Path:
        """The stored file as a local file in the folder. Raises MediaError if it is gone or damaged."""

    def store(self, path: Path, kind: str) -> Stored:
        """Put a file into storage under this job's own name in the folder `kind`; durable when it returns."""

    def provider(self, capability: str, name: str, model: str = "") -> Provider[Any, Any]:
        """The provider of this name with its credentials, for a model ("name" or "name:tier"; empty: its default)."""

    def once(self, call: str, provider: Provider[Any, ReplyT], request: Value) -> ReplyT | Waiting:
        """Ask the provider, at most once for this call of this job; asked again, returns the stored reply.

        Waiting while a vendor is at work: the step returns it and is run again when there is news.
        """


@dataclass(frozen=True)
class Step:
    """A step and how it is run. `deadline_s` is hard: work that is over it is ended and the creator is told."""

    name: str
    input: type[Value]
    output: type[Value]
    run: Callable[[Any, Context], Value]
    queue: str = "cpu"
    capability: str = ""
    """What the input's `provider` is asked for; empty for steps that ask nobody."""
    deadline_s: int = 600
    max_tries: int = 3
    backoff_s: tuple[int, ...] = (5, 15, 45)
    priority: int = 100
    calls: Callable[[Any, Provider[Any, Any]], Iterable[tuple[str, Value]]] = lambda input, provider: ()
    """(call, request) of all that this input may ask its provider for, at worst: what a person agrees to before the
    first of them leaves. What is made of an earlier reply is stood in for at its usual size.
    """
