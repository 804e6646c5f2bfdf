"""What the stand-in charges, by a price list of its own: the ledger under test must come to the same sum."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

PER_IMAGE = {
    "black-forest-labs/flux-schnell": 3000,
    "black-forest-labs/flux-dev": 25_000,
    "black-forest-labs/flux-1.1-pro": 40_000,
}
PER_GPU_SECOND = {"stability-ai/sdxl": 975, "meta/musicgen": 1400, "daanelson/real-esrgan-a100": 1400}
PER_TRACK = {"google/lyria-3": 40_000, "google/lyria-3-pro": 100_000}
PER_TOKEN_MILLION = {
    "deepseek/deepseek-v4-flash": (140_000, 280_000),
    "deepseek/deepseek-v4.1-flash": (300_000, 1_200_000),
    "gpt-6-luna": (100_000, 500_000),
    "gpt-5.6-luna": (200_000, 1_200_000),
    "gpt-image-1-mini": (2_500_000, 8_000_000),
    "gpt-image-1.5": (8_000_000, 32_000_000),
}
PER_HOUR = {"whisper-1": 360_000, "openai/whisper-large-v3": 111_000, "openai/whisper-large-v3-turbo": 40_000}
IMAGE_TOKENS = {
    ("low", "1024x1024"): 272,
    ("low", "1536x1024"): 400,
    ("low", "1024x1536"): 408,
    ("medium", "1024x1024"): 1056,
    ("medium", "1536x1024"): 1568,
    ("medium", "1024x1536"): 1584,
    ("high", "1024x1024"): 4160,
    ("high", "1536x1024"): 6208,
    ("high", "1024x1536"): 6240,
}


def prediction_price(model: str, inputs: dict[str, Any], run_ms: int) -> int:
    """What a run on Replicate costs, in micro-USD."""
    if model in PER_IMAGE:
        return PER_IMAGE[model] * int(inputs.get("num_outputs", 1))
    if model == "black-forest-labs/flux-2-klein-4b":
        return 1000 + 1000 * len(inputs.get("images", []))
    if model in PER_GPU_SECOND:
        return -(-PER_GPU_SECOND[model] * run_ms // 1000)
    if model in PER_TRACK:
        return PER_TRACK[model]
    seconds = int(inputs.get("duration", 5))
    if model == "prunaai/p-video":
        return seconds * (5000 if inputs.get("draft") else 20_000) * (2 if inputs.get("resolution") == "1080p" else 1)
    if model == "wan-video/wan-2.2-i2v-fast":
        return -(-(110_000 if inputs.get("resolution") == "720p" else 50_000) * int(inputs["num_frames"]) // 81)
    if model == "bytedance/seedance-1-lite":
        return seconds * {"480p": 18_000, "720p": 36_000, "1080p": 72_000}[inputs.get("resolution", "720p")]
    if model == "topazlabs/video-upscale":
        return 250_000
    if model == "kwaivgi/kling-v2.1":
        return seconds * (110_000 if inputs.get("mode") == "pro" else 50_000)
    if model == "google/veo-3.1-lite":
        return seconds * (80_000 if inputs.get("resolution") == "1080p" else 50_000)
    raise KeyError(model)


def tokens_price(model: str, taken: int, made: int) -> int:
    """What tokens cost, in micro-USD, rounded up."""
    per_input, per_output = PER_TOKEN_MILLION[model]
    return -(-(per_input * taken + per_output * made) // 1_000_000)


@dataclass(frozen=True)
class Charge:
    """One thing that was made and has to be paid. `mark` tells the attempt, where the request carried one."""

    vendor: str
    kind: str
    model: str
    external_id: str
    mark: str
    microusd: int


@dataclass
class Bill:
    """Everything charged so far."""

    charges: list[Charge] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, charge: Charge) -> None:
        with self._lock:
            self.charges.append(charge)

    @property
    def total_microusd(self) -> int:
        return sum(charge.microusd for charge in self.charges)

    def paid_twice(self) -> list[str]:
        """Marks for which more than one thing was made."""
        marks = [charge.mark for charge in self.charges if charge.mark]
        return sorted({mark for mark in marks if marks.count(mark) > 1})
