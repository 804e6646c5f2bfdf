"""OpenRouter: many vendors' text and transcription models behind one key, in OpenAI's language."""

from __future__ import annotations

from typing import Any

from pipeline.providers.openai.client import OPENROUTER
from pipeline.providers.openai.text import ChatText
from pipeline.providers.openai.transcription import VerboseTranscription

TITLE = "Omvee"


class OpenRouterText(ChatText):
    """DeepSeek by default. Only endpoints that honor the schema are asked."""

    name = "openrouter"
    label = "OpenRouter"
    vendor = OPENROUTER
    tokens_name = "max_tokens"  # with require_parameters the newer name finds no endpoint

    def headers(self) -> dict[str, str]:
        named = {"X-OpenRouter-Title": TITLE}
        return named | ({"HTTP-Referer": self.access.referer} if self.access.referer else {})

    def extra_body(self) -> dict[str, Any]:
        return {"provider": {"require_parameters": True}}


class OpenRouterTranscription(VerboseTranscription):
    """Whisper large v3. It cuts off after a minute of its own work, so songs are sent in short parts."""

    name = "openrouter"
    label = "OpenRouter"
    vendor = OPENROUTER
