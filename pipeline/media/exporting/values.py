"""What an export is, before anything is run."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, model_validator

from pipeline.media.values import Value

Format = Literal["mp4", "mov", "prores", "webm", "av1"]
FORMATS: Final[tuple[Format, ...]] = ("mp4", "mov", "prores", "webm", "av1")


class Facts(Value):
    """What a format is made of. `codec` and `pixels` are as ffmpeg names them in the finished file."""

    extension: str
    muxer: str
    codec: str
    pixels: str
    copies: bool = False
    """Whether the film's own streams (H.264 and AAC) may go into it as they are."""


FORMAT_FACTS: Final[dict[Format, Facts]] = {
    "mp4": Facts(extension="mp4", muxer="mp4", codec="h264", pixels="yuv420p", copies=True),
    "mov": Facts(extension="mov", muxer="mov", codec="h264", pixels="yuv420p", copies=True),
    "prores": Facts(extension="mov", muxer="mov", codec="prores", pixels="yuv422p10le"),
    "webm": Facts(extension="webm", muxer="webm", codec="vp9", pixels="yuv420p"),
    "av1": Facts(extension="webm", muxer="webm", codec="av1", pixels="yuv420p"),
}


class Tags(Value):
    """What the file says of itself."""

    title: str = ""
    artist: str = ""
    comment: str = ""
    """In words, whether models made it: players show it."""
    made_with_ai: bool = False


class ExportSpec(Value):
    """One file of a film: how it is packed, its size in pixels, which of its frames.

    `film_frames` and `film_width` are those of the film it is made from; `start_frame` and `frames` choose a part of
    it, and `fade_frames` let that part end in black and silence.
    """

    format: Format
    width: int = Field(ge=16, le=4096, multiple_of=2)
    height: int = Field(ge=16, le=4096, multiple_of=2)
    fps: int = Field(default=30, ge=1, le=60)
    film_width: int
    film_height: int
    film_frames: int = Field(ge=1)
    start_frame: int = Field(default=0, ge=0)
    frames: int = Field(ge=1)
    fade_frames: int = Field(default=0, ge=0)
    tags: Tags = Tags()

    @model_validator(mode="after")
    def _lies_within(self) -> ExportSpec:
        if self.start_frame + self.frames > self.film_frames:
            raise ValueError("a part lies within its film")
        return self

    @property
    def facts(self) -> Facts:
        return FORMAT_FACTS[self.format]

    @property
    def is_whole(self) -> bool:
        return self.frames == self.film_frames

    @property
    def is_copy(self) -> bool:
        """Whether nothing but the container and its tags changes."""
        same_size = (self.width, self.height) == (self.film_width, self.film_height)
        return self.facts.copies and self.is_whole and same_size and not self.fade_frames
