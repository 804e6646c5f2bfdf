"""A provider whose answers are written down beforehand: for tests of the engine, and to try a flow without a vendor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from pipeline.media.values import Value
from pipeline.providers.base import JobProvider, Mark, Pending, Provider, ProviderError, Reply, Work


class FakeRequest(Value):
    """Anything; `price_microusd` is what it is estimated at and costs, unless the reply says something else."""

    text: str = ""
    price_microusd: int = 0


class FakeReply(Reply):
    """`external_id` names work that goes on elsewhere, as a vendor's prediction does."""

    text: str = ""
    external_id: str = ""
    cost_microusd: int = -1


Line = Reply | Exception | Callable[[Value, Work], Reply]


@dataclass
class Script:
    """What will be answered, in order; the last line is repeated. `sent` are the requests that arrived."""

    lines: list[Line] = field(default_factory=lambda: [FakeReply(text="done")])
    sent: list[Value] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)

    def answer(self, request: Value, work: Work) -> Reply:
        """The next line, spoken: returned, raised or called."""
        self.sent.append(request)
        line = self.lines[min(len(self.sent), len(self.lines)) - 1]
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, Reply) else line(request, work)


def refusal(text: str = "The provider refused this request.", *, transient: bool = True) -> ProviderError:
    """The provider certainly did nothing: a 429, a 401, a rejected prompt."""
    return ProviderError(text, refused=True, transient=transient)


def failure(text: str = "The provider could not do this.") -> ProviderError:
    """It is known to have failed: the vendor says so."""
    return ProviderError(text)


def lost_answer() -> Exception:
    """The connection broke after the request had left: nobody knows what the provider did."""
    return ConnectionResetError("connection reset by peer")


class _AsSaid(Provider[Value, Reply]):
    """Costs what the request and the reply say."""

    def estimate(self, request: Value) -> int:
        """The request's own price."""
        return request.price_microusd if isinstance(request, FakeRequest) else 0

    def cost(self, request: Value, reply: Reply) -> int:
        """What the reply says, else what was estimated."""
        if isinstance(reply, FakeReply) and reply.cost_microusd >= 0:
            return reply.cost_microusd
        return self.estimate(request)


class FakeProvider(_AsSaid):
    """Speaks its script. `script` belongs to the class, so that a process has one whichever step asks."""

    name = "fake"
    label = "Written down beforehand"
    capability = "text"
    reply = FakeReply
    script: ClassVar[Script] = Script()

    def send(self, request: Value, work: Work) -> Reply:
        """The script's next line."""
        return self.script.answer(request, work)

    def finished(self, external_id: str) -> bool:
        """Whether the work of this name is done: what a vendor's status address would say."""
        return external_id in self.script.finished


class RepeatableFakeProvider(FakeProvider):
    """As the embedded providers are: asking again costs nothing and yields the same."""

    repeatable = True


def with_script(lines: Iterable[Line], *, repeatable: bool = False) -> type[FakeProvider]:
    """A fresh fake with these answers and a count of its own."""
    base = RepeatableFakeProvider if repeatable else FakeProvider
    return type("FakeProvider", (base,), {"script": Script(lines=list(lines))})


class FakeJobProvider(_AsSaid, JobProvider[Value, Reply]):
    """A vendor that works on while we wait, and that misbehaves as its script says.

    `script` answers orders: a line that is a Reply is what will be made, one that is raised is raised by `submit`.
    What was ordered is known by its mark; `hidden` marks are missing in the vendor's own list.
    """

    name = "fake"
    label = "Written down beforehand, slowly"
    capability = "text"
    request = FakeRequest
    reply = FakeReply
    script: ClassVar[Script] = Script()
    orders: ClassVar[dict[str, Reply | Exception]] = {}
    marks: ClassVar[dict[str, str]] = {}
    working: ClassVar[set[str]] = set()
    canceled: ClassVar[list[str]] = []
    lists: ClassVar[bool] = True

    def submit(self, request: Value, work: Work, mark: Mark) -> str:
        """Take the order; the id is ordered-<n>."""
        self.script.sent.append(request)
        line = self.script.lines[min(len(self.script.sent), len(self.script.lines)) - 1]
        external_id = f"ordered-{len(self.script.sent)}"
        if isinstance(line, ProviderError) and line.refused:
            raise line
        self.marks[mark.code] = external_id
        self.working.add(external_id)
        made = line(request, work) if callable(line) else line
        self.orders[external_id] = made
        if isinstance(made, ProviderError) and made.kind == "ambiguous":
            self.orders[external_id] = FakeReply(text="found")
            raise made
        return external_id

    def poll(self, external_id: str, request: Value, work: Work) -> Reply | Pending:
        """Pending as long as it is among `working`."""
        if external_id in self.working:
            return Pending(poll_after_s=3)
        made = self.orders[external_id]
        if isinstance(made, Exception):
            raise made
        return made

    def cancel(self, external_id: str) -> None:
        """Noted."""
        self.canceled.append(external_id)

    def find(self, mark: Mark, request: Value | None = None) -> str | None:
        """By the mark alone, unless the vendor keeps no list."""
        return self.marks.get(mark.code) if self.lists else None


def slow_with_script(lines: Iterable[Line]) -> type[FakeJobProvider]:
    """A fresh fake vendor with these answers and books of its own."""
    books = {"script": Script(lines=list(lines)), "orders": {}, "marks": {}, "working": set(), "canceled": []}
    return type("FakeJobProvider", (FakeJobProvider,), books)
