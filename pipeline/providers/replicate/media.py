"""Replicate's capabilities: pictures, clips from pictures, music, enlarging."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from pipeline.providers.base import Bill, ProviderError, Work
from pipeline.providers.capabilities import (
    ImageReply,
    ImageRequest,
    MusicReply,
    MusicRequest,
    PictureInput,
    UpscaleReply,
    UpscaleRequest,
    VideoReply,
    VideoRequest,
)
from pipeline.providers.local.painter import JPEG, write_picture
from pipeline.providers.outputs import (
    MAX_CLIP_BYTES,
    MAX_MUSIC_BYTES,
    MAX_PICTURE_BYTES,
    clip_facts,
    music_ms,
    picture_pixels,
    picture_size,
    shrunk_jpeg,
    stored_picture,
)
from pipeline.providers.pictures import roles_of, shaped_picture, taken_pictures
from pipeline.providers.replicate.api import ReplicateApi
from pipeline.providers.replicate.inputs import (
    IMAGES,
    MUSIC,
    PICTURES,
    UPSCALES,
    VIDEOS,
    WAN_LEAST,
    Files,
    Inputs,
    checked_inputs,
    clip_seconds,
    motion_prompt,
    wan_frames,
)
from pipeline.providers.replicate.jobs import INPUT_SIDE, ReplicateJob, jpeg_input, picture_input

BuilderT = TypeVar("BuilderT")


class ReplicateImage(ReplicateJob[ImageRequest, ImageReply]):
    """Pictures from words, and from pictures where the model takes some. They come in the model's nearest shape; the
    shot's encode covers the frame with them.
    """

    label = "Replicate"
    capability = "image"
    request = ImageRequest
    reply = ImageReply
    max_output_bytes = MAX_PICTURE_BYTES
    made = "a picture"

    def inputs(self, request: ImageRequest, seed: int, work: Work, api: ReplicateApi) -> Inputs:
        inputs = _builder(IMAGES.get(self.row.name), self.row.name)(request, self.row, seed)
        given = self._given(request)
        if given:
            shaped = [shaped_picture(item, request, number, work) for number, item in enumerate(given, 1)]
            addresses = [picture_input(path, f"input-{at}", work, api) for at, path in enumerate(shaped, 1)]
            inputs |= _builder(PICTURES.get(self.row.name), self.row.name)(request, given, addresses)
        return checked_inputs(inputs, self.row)

    def _given(self, request: ImageRequest) -> tuple[PictureInput, ...]:
        return taken_pictures(self.row, request.pictures)

    def taken(self, path: Path, request: ImageRequest, work: Work, bill: Bill) -> ImageReply:
        made = stored_picture(path, work, bill)
        return made.model_copy(update={"pictures": roles_of(self._given(request))})

    def estimate(self, request: ImageRequest) -> int:
        """Some models charge for what they are given, too: by the megapixel, and none is given more than one."""
        return super().estimate(request) + self.row.prices.get("input", 0) * len(self._given(request))

    def says(self, request: ImageRequest) -> str:
        return request.prompt


class ReplicateVideo(ReplicateJob[VideoRequest, VideoReply]):
    """A clip that begins with a picture. `max_seconds` is the longest one; a longer scene is made of several."""

    label = "Replicate"
    capability = "video"
    request = VideoRequest
    reply = VideoReply
    poll_s = 5
    max_output_bytes = MAX_CLIP_BYTES
    made = "a clip"

    @property
    def max_seconds(self) -> int:
        return self.row.limits.max_seconds

    def seconds(self, request: VideoRequest) -> int:
        """How long the clip will be that is ordered for this request."""
        return clip_seconds(self.row.limits, request.seconds)

    def inputs(self, request: VideoRequest, seed: int, work: Work, api: ReplicateApi) -> Inputs:
        build = _builder(VIDEOS.get(self.row.name), self.row.name)
        first = work.fetch(request.image)
        width, height = picture_size(first)
        last = picture_input(work.fetch(request.last_image), "last", work, api) if request.last_image else ""
        files = Files(picture_input(first, "first", work, api), last, width, height)
        return checked_inputs(build(request, self.row, seed, files), self.row)

    def taken(self, path: Path, request: VideoRequest, work: Work, bill: Bill) -> VideoReply:
        facts = clip_facts(path)
        stored = work.store(path, "clips")
        return VideoReply(file=stored, width=facts.width, height=facts.height, duration_ms=facts.duration_ms, bill=bill)

    def units(self, request: VideoRequest) -> Fraction:
        if self.row.unit == "clip":  # priced for 81 frames; longer ones are taken to cost more in proportion
            return Fraction(wan_frames(self.row.limits, request.seconds), WAN_LEAST)
        return Fraction(self.seconds(request))

    def says(self, request: VideoRequest) -> str:
        return motion_prompt(request)


class ReplicateMusic(ReplicateJob[MusicRequest, MusicReply]):
    """Music from words."""

    label = "Replicate"
    capability = "music"
    request = MusicRequest
    reply = MusicReply
    poll_s = 5
    max_output_bytes = MAX_MUSIC_BYTES
    made = "music"

    def inputs(self, request: MusicRequest, seed: int, work: Work, api: ReplicateApi) -> Inputs:
        build = _builder(MUSIC.get(self.row.name), self.row.name)
        longest = self.row.limits.max_seconds
        if longest and request.seconds > longest:
            raise ProviderError(
                f"{self.row.label or self.row.name} makes at most {longest} seconds of music, and the film lasts "
                f"{request.seconds}. Choose another model for the music.",
                kind="invalid_input",
                refused=True,
                transient=False,
            )
        return checked_inputs(build(request, self.row, seed), self.row)

    def taken(self, path: Path, request: MusicRequest, work: Work, bill: Bill) -> MusicReply:
        length = music_ms(path)
        stored = work.store(path, "music")
        return MusicReply(file=stored, duration_ms=length, commercial=self.row.commercial, bill=bill)

    def says(self, request: MusicRequest) -> str:
        build = _builder(MUSIC.get(self.row.name), self.row.name)
        return str(build(request, self.row, 1)["prompt"])


class ReplicateUpscale(ReplicateJob[UpscaleRequest, UpscaleReply]):
    """A picture or clip made larger; which of them, the model says."""

    label = "Replicate"
    capability = "upscale"
    request = UpscaleRequest
    reply = UpscaleReply
    poll_s = 5
    max_output_bytes = MAX_CLIP_BYTES
    made = "an enlarged picture or clip"

    def inputs(self, request: UpscaleRequest, seed: int, work: Work, api: ReplicateApi) -> Inputs:
        build = _builder(UPSCALES.get(self.row.name), self.row.name)
        path = work.fetch(request.file)
        if "video" in self.row.inputs:
            return checked_inputs(build(request, self.row, Files(api.upload(path, "video/mp4"))), self.row)
        # in its best quality, whatever its size: what a JPEG loses would be made larger, too
        jpeg = shrunk_jpeg(path, work.folder / "whole.jpg", max_side=INPUT_SIDE, max_bytes=MAX_PICTURE_BYTES)
        files = Files(jpeg_input(jpeg, api), "", *picture_size(jpeg))
        return checked_inputs(build(request, self.row, files), self.row)

    def taken(self, path: Path, request: UpscaleRequest, work: Work, bill: Bill) -> UpscaleReply:
        if "video" in self.row.inputs:
            facts = clip_facts(path)
            stored = work.store(path, "upscaled")
            return UpscaleReply(
                file=stored, width=facts.width, height=facts.height, duration_ms=facts.duration_ms, bill=bill
            )
        pixels = picture_pixels(path)
        stored = work.store(write_picture(work.folder / "upscaled.jpg", pixels, JPEG), "upscaled")
        return UpscaleReply(file=stored, width=pixels.shape[1], height=pixels.shape[0], bill=bill)

    def units(self, request: UpscaleRequest) -> Fraction:
        if self.row.unit == "gpu_second":
            return super().units(request)
        return Fraction(max(1000, request.duration_ms), 1000)


def _builder(found: BuilderT | None, name: str) -> BuilderT:
    if found is None:
        raise ProviderError(
            f"Omvee does not know what {name} wants to be sent.", kind="invalid_input", refused=True, transient=False
        )
    return found
