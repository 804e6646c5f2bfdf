"""The providers there are, by capability and name. A new one is one file and one line here."""

from __future__ import annotations

from typing import Any

from pipeline.providers.base import Provider
from pipeline.providers.local.composer import LocalMusic
from pipeline.providers.local.mover import LocalClip
from pipeline.providers.local.painter import LocalImage
from pipeline.providers.local.writer import LocalText, LocalTranscription
from pipeline.providers.openai.images import OpenAIImage
from pipeline.providers.openai.text import OpenAIText
from pipeline.providers.openai.transcription import OpenAITranscription
from pipeline.providers.openrouter import OpenRouterText, OpenRouterTranscription
from pipeline.providers.replicate.media import ReplicateImage, ReplicateMusic, ReplicateUpscale, ReplicateVideo

_ALL: tuple[type[Provider[Any, Any]], ...] = (
    LocalTranscription,
    LocalText,
    LocalImage,
    LocalClip,
    LocalMusic,
    OpenRouterTranscription,
    OpenRouterText,
    OpenAITranscription,
    OpenAIText,
    OpenAIImage,
    ReplicateImage,
    ReplicateVideo,
    ReplicateMusic,
    ReplicateUpscale,
)

PROVIDERS: dict[tuple[str, str], type[Provider[Any, Any]]] = {(cls.capability, cls.name): cls for cls in _ALL}
