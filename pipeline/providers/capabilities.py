"""What may be asked of each capability, and what is answered: the same for every vendor."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.ads.values import Brief, FilledBeat, Template
from pipeline.media.audio.values import SongAnalysis
from pipeline.media.lyrics.values import Lyrics, Word
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
    language: str = ""
    """ISO 639-1, where the creator named one."""
    start_ms: int = 0
    end_ms: int = 0
    """A long song is asked for in parts; 0 means its end."""


class HeardSegment(Value):
    """A phrase as the model heard it, with the model's own doubts. Times are milliseconds of the song."""

    text: str
    start_ms: int
    end_ms: int
    log_probability_centi: int = 0
    """Mean log-probability of its tokens times 100."""
    compression_percent: int = 100
    no_speech_percent: int = 0


class Heard(Value):
    """What a transcription model heard between `start_ms` and `end_ms` of the song; words may be empty."""

    start_ms: int
    end_ms: int
    language: str = ""
    segments: tuple[HeardSegment, ...] = ()
    words: tuple[Word, ...] = ()


class TranscriptionReply(Reply):
    """`heard` is kept where a model listened, so that parts of a song can be joined."""

    lyrics: Lyrics
    heard: Heard | None = None


class TextReply(Reply):
    """An answer of a text model. One that cannot be used is paid for all the same: `problem` says what is wrong with it
    and `raw` keeps it, so that the model can be asked once to repair it.
    """

    problem: str = ""
    problem_kind: Literal["", "bad_answer", "truncated", "moderation"] = ""
    raw: str = how("")


class LyricReading(Value):
    """What a text model made of the lyric: shown to the creator, and the thread that runs through the scenes."""

    theme: str = ""
    story: str = ""
    images: tuple[str, ...] = ()


class PlanReply(TextReply):
    """The scenes of a film; they tile it."""

    scenes: tuple[PlannedScene, ...] = ()
    reading: LyricReading | None = None


class PromptAsk(Value):
    """What one scene's prompt is written from. `content` says which scene it is for, `palette` the colors that somebody
    decided (a template); without any the words and the style choose.
    """

    description: str
    mood: str = ""
    camera: str = ""
    style: str = ""
    content: str = how("")
    palette: str = how("")


class PromptsRequest(Value):
    asks: tuple[PromptAsk, ...]


class PromptsReply(TextReply):
    """One prompt per ask, in the same order."""

    prompts: tuple[PromptText, ...] = ()


class BriefRequest(Value):
    """A template's beats, to be filled from what an advertiser says."""

    template: Template
    seconds: int
    brief: Brief


class BriefReply(TextReply):
    """The template's beats of that length, in order."""

    beats: tuple[FilledBeat, ...] = ()


class RewriteRequest(Value):
    """A prompt that a moderator refused, to be said in a milder way. `reason` is what the vendor gave."""

    text: str
    reason: str = ""


class RewriteReply(TextReply):
    text: str = ""


class RepairRequest(Value):
    """The same question again, with the answer that could not be used and what was wrong with it."""

    question: PlanRequest | PromptsRequest | RewriteRequest | BriefRequest
    answer: str
    problem: str


Role = Literal["composition", "style", "product", "reference"]
"""What a picture is handed in for: to be painted over, as the look, as the thing to be shown, or to go by at large."""


class PictureInput(Value):
    """A picture that a model is given beside the words."""

    role: Role
    file: Stored


class ImageRequest(Value):
    """A picture. `palette` names the style's colors for a provider that knows them. A model that takes no `pictures`
    is given the words alone. `bare`: a product will stand in front of it, so nobody and nothing is added to the words.
    """

    prompt: str
    negative: str = ""
    width: int = Field(ge=16, le=4096)
    height: int = Field(ge=16, le=4096)
    seed: int
    palette: str = ""
    pictures: tuple[PictureInput, ...] = ()
    bare: bool = False


class ImageReply(Reply):
    """A picture in storage, its preview, and what a provider that knows its own layers can add. `pictures` names the
    roles of those that the model was given.
    """

    image: Stored
    thumb: Stored
    depth: Stored | None = None
    particles: str = ""
    focus_x: int = 500
    focus_y: int = 500
    width: int
    height: int
    pictures: tuple[Role, ...] = ()


class VideoRequest(Value):
    """Motion from a picture. `seconds` 0 means that any length is asked for later, which only parameters can answer."""

    image: Stored
    camera: str
    strength: int | None = Field(default=None, ge=0, le=100)
    """How far the camera goes, in percent; None follows the mood."""
    motion: str = ""
    mood: str = ""
    particles: str = ""
    has_depth: bool = False
    focus_x: int = 500
    focus_y: int = 500
    seconds: int = 0
    prompt: str = ""
    """What the picture shows, for a model that wants to be told."""
    negative: str = ""
    last_image: Stored | None = None
    """The picture to arrive at, where the model can."""
    seed: int


class VideoReply(Reply):
    """A vendor's file, or for local motion its parameters alone."""

    motion: Motion | None = None
    file: Stored | None = None
    width: int = 0
    height: int = 0
    duration_ms: int = 0


class MusicRequest(Value):
    """Music without words of about so many seconds; `mood`, `frames` and `cuts` (frames that should fall on beats) are
    for a composer that can keep to them.
    """

    prompt: str
    seconds: int = Field(default=30, ge=1, le=600)
    seed: int = 0
    mood: str = ""
    frames: int = 0
    cuts: tuple[int, ...] = ()
    fps: int = 30


class MusicReply(Reply):
    """`commercial` False: the license of the model forbids commercial use of what it makes. `analysis` comes from a
    composer that knows its own beats; the file is then exactly as long as was asked.
    """

    file: Stored
    duration_ms: int
    commercial: bool = True
    analysis: SongAnalysis | None = None


class UpscaleRequest(Value):
    """A picture or a clip, made larger so that its shorter side has at least `short_side` pixels."""

    file: Stored
    short_side: int = Field(default=1080, ge=144, le=2160)
    duration_ms: int = 0
    fps: int = 30


class UpscaleReply(Reply):
    file: Stored
    width: int
    height: int
    duration_ms: int = 0


__all__ = [
    "BriefReply",
    "BriefRequest",
    "Heard",
    "HeardSegment",
    "ImageReply",
    "ImageRequest",
    "LyricReading",
    "MusicReply",
    "MusicRequest",
    "PictureInput",
    "PlanReply",
    "PlanRequest",
    "PlannedScene",
    "PromptAsk",
    "PromptText",
    "PromptsReply",
    "PromptsRequest",
    "RepairRequest",
    "RewriteReply",
    "RewriteRequest",
    "Role",
    "TextReply",
    "TranscriptionReply",
    "TranscriptionRequest",
    "UpscaleReply",
    "UpscaleRequest",
    "VideoReply",
    "VideoRequest",
]
