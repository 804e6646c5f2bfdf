"""The one boundary to everything that makes words, pictures, motion or music: vendors and the embedded default alike.

To add a provider:
1. write pipeline/providers/<vendor>.py with a class <Vendor><Capability>(Provider[Request, Reply]), or JobProvider for
   a vendor that works on while we wait;
2. add it to PROVIDERS in pipeline/providers/__init__.py, and its models to pipeline/providers/catalogue/.
What happens before the one request that may have to be paid stands in `preparing()`: it is never taken for paid.
It says only what is different: the request and reply types of a capability are shared, so that providers are
interchangeable.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import Field, JsonValue

from pipeline.media.run import MediaError
from pipeline.media.values import Value
from pipeline.recipes import Stored, how

Capability = Literal["transcription", "text", "image", "video", "music", "upscale"]

Tier = Literal["", "draft", "final"]

Unit = Literal["image", "second", "clip", "track", "minute", "hour", "gpu_second", "million_tokens"]

Kind = Literal[
    "auth",
    "no_credit",
    "rate_limited",
    "invalid_input",
    "moderation",
    "failed",
    "interrupted",
    "timeout",
    "ambiguous",
    "unavailable",
    "bad_answer",
]
"""Why a request did not succeed; docs/providers.md says what is done about each."""

_HELPED_BY_TIME: frozenset[Kind] = frozenset({"rate_limited", "failed", "interrupted", "timeout", "unavailable"})


class Access(Value):
    """How a vendor is reached. The key is never printed: neither by `repr` nor in a traceback's values."""

    api_key: str = Field(default="", repr=False)
    base_url: str = ""
    """Empty means the vendor's own address."""
    referer: str = ""
    """This site's public address, where a vendor asks for it."""
    connect_s: int = Field(default=10, ge=1)
    read_s: int = Field(default=60, ge=1)
    deadline_s: int = Field(default=0, ge=0)
    """The vendor is told to give up after so long, where it can be told; 0 leaves it to the vendor."""


class Limits(Value):
    """What a model accepts. Empty means that it is not limited, or has no such choice."""

    seconds: tuple[int, ...] = ()
    """The only lengths a clip can have; empty where any whole second from `min_seconds` to `max_seconds` will do."""
    min_seconds: int = 0
    max_seconds: int = 0
    resolutions: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    max_input_bytes: int = 0
    max_output_tokens: int = 0
    run_seconds: int = 0
    """For a price by time on the vendor's hardware: how long a run takes at worst."""


class Pictures(Value):
    """Which inputs of an image model take pictures beside the words; empty: it has none for that.

    Where both name the same input, what is handed in first goes in first, the composition before all.
    """

    composition: str = ""
    """Takes a rough picture of what is to be where, which the model paints over."""
    reference: str = ""
    """Takes a picture to go by: the look, or a thing that has to be seen."""
    most: int = Field(default=1, ge=1, le=16)
    """How many pictures each of these inputs takes."""


class ModelRow(Value):
    """One model of one vendor in one tier, and its price. Shipped by the catalogue, edited by operators."""

    provider: str
    name: str
    capability: Capability
    tier: Tier = ""
    label: str = ""
    version: str = ""
    """What the vendor is asked for where that is not the name alone, e.g. "owner/name:hash"."""
    price_microusd: int | None = None
    """Per `unit`; None is unknown, which is never zero."""
    unit: Unit = "image"
    prices: dict[str, int] = Field(default_factory=dict)
    """What differs from `price_microusd` under some setting, e.g. {"output": 280_000} for a million answered tokens."""
    limits: Limits = Limits()
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    """The vendor's own names for what this model takes: name -> {"type", "enum", "ge", "le", "default"}."""
    pictures: Pictures = Pictures()
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    """Inputs that this tier always sends, e.g. {"draft": true}."""
    price_as_of: str = ""
    price_source: str = ""
    inputs_source: str = ""
    licence_note: str = ""
    retires_on: str = ""
    commercial: bool = True

    @property
    def key(self) -> str:
        """What a project's choice names: "replicate:prunaai/p-video:draft"."""
        return ":".join(part for part in (self.provider, self.name, self.tier) if part)


class UnknownPrice(Exception):
    """The model has no price yet: an operator has to enter one before anything is bought."""

    def __init__(self, model: str) -> None:
        super().__init__(f"The price of {model} is not known yet. Ask the operator to enter it.")
        self.model = model


class Bill(Value):
    """What a vendor said about one paid answer: `reported_microusd` is -1 where it named no price."""

    external_id: str = ""
    model: str = ""
    reported_microusd: int = -1
    input_tokens: int = 0
    output_tokens: int = 0
    run_ms: int = 0
    """Time on the vendor's hardware."""
    units: int = -1
    """How many units of the price were made (images, tracks ...); milliseconds where the unit is a time."""
    downloads: int = 0
    """How often the finished output was asked for until it was here; asking again is free."""


class Reply(Value):
    """What a provider answered; kept on the attempt for ever."""

    bill: Bill = how(Bill())


class ProviderError(Exception):
    """The request did not succeed. The text is for the creator, in plain words; `detail` is for the log.

    `refused`: the provider certainly did no work and charges nothing. `transient`: asking again later may help.
    `cost_microusd`: what is charged in spite of the failure (a run that was canceled under way).
    `fields`: (our field, what is wrong with it) where the vendor named the input that it does not like.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: Kind = "failed",
        refused: bool = False,
        transient: bool | None = None,
        retry_after_s: int = 0,
        fields: tuple[tuple[str, str], ...] = (),
        detail: str = "",
        cost_microusd: int = 0,
    ) -> None:
        super().__init__(text)
        self.kind: Kind = kind
        self.refused = refused
        self.transient = kind in _HELPED_BY_TIME if transient is None else transient
        self.retry_after_s = retry_after_s
        self.fields = fields
        self.detail = detail
        self.cost_microusd = cost_microusd


class NotSent(Exception):
    """Nothing has left yet: what went wrong while a request was made ready (its cause) costs nothing."""


@contextmanager
def preparing() -> Iterator[None]:
    """Around all that a provider does before its one paid request: storage, files, addresses. Raises NotSent, or what
    says in words what is wrong (ProviderError, MediaError).
    """
    try:
        yield
    except (ProviderError, MediaError):
        raise
    except Exception as error:
        raise NotSent(repr(error)) from error


class Pending(Value):
    """The vendor is still at work: look again after so many seconds."""

    poll_after_s: int = 3


@dataclass(frozen=True)
class Mark:
    """What tells one attempt from all others at the vendor: its opaque code, echoed in the input and callback URL.

    `callback_url` is empty where this site has no public address; `since` is when the intent was committed; `taken`
    are the vendor's ids of other attempts' orders.
    """

    code: str
    callback_url: str
    since: datetime
    taken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Work:
    """What a provider may use while it works: a folder, storage, and the wish to stop."""

    folder: Path
    fetch: Callable[[Stored], Path]
    store: Callable[[Path, str], Stored]
    stop: Callable[[], bool]
    progress: Callable[[int, int], None]


RequestT = TypeVar("RequestT", bound=Value)
ReplyT = TypeVar("ReplyT", bound=Reply)


class Provider(ABC, Generic[RequestT, ReplyT]):
    """One capability of one vendor, answered while we hold the line."""

    name: ClassVar[str]
    label: ClassVar[str]
    capability: ClassVar[Capability]
    reply: ClassVar[type[Reply]]
    repeatable: ClassVar[bool] = False
    """Asking again costs nothing and yields the same: an answer that was lost is simply asked for again."""

    def __init__(self, access: Access | None = None, model: ModelRow | None = None) -> None:
        self.access = access or Access()
        self.model = model

    def reply_type(self, request: RequestT) -> type[Reply]:
        """The type in which a reply to this request is kept."""
        return self.reply

    @abstractmethod
    def send(self, request: RequestT, work: Work) -> ReplyT:
        """Do it, once. Raises ProviderError, MediaError or Stopped."""

    def estimate(self, request: RequestT) -> int:
        """Worst-case cost in micro-USD. Raises UnknownPrice."""
        return 0

    def cost(self, request: RequestT, reply: ReplyT) -> int:
        """What it cost, in micro-USD."""
        return 0


class JobProvider(Provider[RequestT, ReplyT]):
    """One capability of a vendor that works on while we wait: submitted once, then looked at until it is done.

    An output is fetched, decoded and stored by the very `poll` that finds it, since vendors delete theirs within the
    hour.
    """

    request: ClassVar[type[Value]]
    """What it is asked with, so that a stored request can be read back."""

    @abstractmethod
    def submit(self, request: RequestT, work: Work, mark: Mark) -> str:
        """Order it with exactly one paid request; the vendor's id. Raises ProviderError (`ambiguous`: nobody knows)."""

    @abstractmethod
    def poll(self, external_id: str, request: RequestT, work: Work) -> ReplyT | Pending:
        """How it stands; safe to repeat. Raises ProviderError when the vendor gave up or its output is unusable."""

    @abstractmethod
    def cancel(self, external_id: str) -> None:
        """Ask the vendor to stop; nothing happens if it is over already."""

    @abstractmethod
    def find(self, mark: Mark, request: RequestT | None = None) -> str | None:
        """The vendor's id of what was ordered under this mark, from the vendor's own list; None if it has none.

        Some models echo no mark: those are recognized by the request, so hand it in.
        """

    def send(self, request: RequestT, work: Work) -> ReplyT:
        """Never: work that goes on elsewhere is submitted."""
        raise TypeError(f"{type(self).__name__} is submitted and polled, not sent")
