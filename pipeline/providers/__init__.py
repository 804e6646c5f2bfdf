"""The providers there are, by capability and name. A new one is one file and one line here."""

from __future__ import annotations

from typing import Any

from pipeline.providers.base import Provider
from pipeline.providers.local.mover import LocalClip
from pipeline.providers.local.painter import LocalImage
from pipeline.providers.local.writer import LocalText, LocalTranscription

_ALL: tuple[type[Provider[Any, Any]], ...] = (LocalTranscription, LocalText, LocalImage, LocalClip)

PROVIDERS: dict[tuple[str, str], type[Provider[Any, Any]]] = {(cls.capability, cls.name): cls for cls in _ALL}
