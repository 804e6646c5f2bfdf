"""The one boundary to everything that makes words, pictures, motion or music: vendors and the embedded default alike.

To add a provider:
1. write pipeline/providers/<vendor>.py with a class <Vendor><Capability>(Provider[Request, Reply]);
2. add it to PROVIDERS in pipeline/providers/__init__.py.
It says only what is different: the request and reply types of a capability are shared, so that providers are
interchangeable.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, Literal, TypeVar

from pipeline.media.values import Value
from pipeline.recipes import Stored

Capability = Literal["transcription", "text", "image", "video", "music", "upscale"]


class Reply(Value):
    """What a provider answered; kept on the attempt for ever."""


class ProviderError(Exception):
    """The request did not succeed. The text is for the creator.

    `refused`: the provider certainly did no work and charges nothing. `transient`: asking again later may help.
    """

    def __init__(self, text: str, *, refused: bool = False, transient: bool = True, detail: str = "") -> None:
        super().__init__(text)
        self.refused = refused
        self.transient = transient
        self.detail = detail


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
    """One capability of one vendor."""

    name: ClassVar[str]
    label: ClassVar[str]
    capability: ClassVar[Capability]
    reply: ClassVar[type[Reply]]
    repeatable: ClassVar[bool] = False
    """Asking again costs nothing and yields the same: an answer that was lost is simply asked for again."""

    def reply_type(self, request: RequestT) -> type[Reply]:
        """The type in which a reply to this request is kept."""
        return self.reply

    @abstractmethod
    def send(self, request: RequestT, work: Work) -> ReplyT:
        """Do it, once. Raises ProviderError, MediaError or Stopped."""

    def estimate(self, request: RequestT) -> int:
        """Worst-case cost in micro-USD."""
        return 0

    def cost(self, request: RequestT, reply: ReplyT) -> int:
        """What it cost, in micro-USD."""
        return 0
