"""What may be asked of each capability, and what is answered: the same for every vendor."""

from __future__ import annotations

from pydantic import Field

from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Lyrics
from pipeline.media.motion import Motion
from pipeline.media.values import Value
from pipeline.providers.base import Reply
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest, PromptText
from pipeline.recipes import Stored, how


class TranscriptionRequest(Value):
    """The words of a song and their times. `text` is what the creator gave (plain, LRC, SRT, VTT), if anything."""

    song: Stored
    analysis: SongAnalysis
    text: str = ""
    name: str = ""


class TranscriptionReply(Reply):
    lyrics: Lyrics


class PlanReply(Reply):
    """The scenes of a film; they tile it."""

    scenes: tuple[PlannedScene, ...]


class PromptAsk(Value):
    """What one scene's prompt is written from. `content` says which scene it is for."""

    description: str
    mood: str = ""
    camera: str = ""
    style: str = ""
    content: str = how("")


class PromptsRequest(Value):
    asks: tuple[PromptAsk, ...]


class PromptsReply(Reply):
    """One prompt per ask, in the same order."""

    prompts: tuple[PromptText, ...]


class ImageRequest(Value):
    """A picture. `palette` names the style's colors for a provider that knows them."""

    prompt: str
    negative: str = ""
    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    seed: int
    palette: str = ""


class ImageReply(Reply):
    """A picture in storage, its preview, and what a provider that knows its own layers can add."""

    image: Stored
    thumb: Stored
    depth: Stored | None = None
    particles: str = ""
    focus_x: int = 500
    focus_y: int = 500
    width: int
    height: int


class VideoRequest(Value):
    """Motion from a picture. `seconds` 0 means that any length is asked for later, which only parameters can answer."""

    image: Stored
    camera: str
    motion: str = ""
    mood: str = ""
    particles: str = ""
    has_depth: bool = False
    focus_x: int = 500
    focus_y: int = 500
    seconds: int = 0
    seed: int


class VideoReply(Reply):
    """A vendor's file, or for local motion its parameters alone."""

    motion: Motion | None = None
    file: Stored | None = None


__all__ = [
    "ImageReply",
    "ImageRequest",
    "PlanReply",
    "PlanRequest",
    "PlannedScene",
    "PromptAsk",
    "PromptText",
    "PromptsReply",
    "PromptsRequest",
    "TranscriptionReply",
    "TranscriptionRequest",
    "VideoReply",
    "VideoRequest",
]
