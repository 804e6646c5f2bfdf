"""Scenes that are longer than a model's longest clip: how many clips, and how long each is."""

from __future__ import annotations

from pipeline.providers.base import Limits, Provider
from pipeline.providers.capabilities import VideoReply, VideoRequest
from pipeline.providers.replicate.inputs import clip_seconds

STRETCH_PERCENT = 125
"""Up to so much longer than the clip a scene is filled by playing it slower, which costs nothing and is hardly seen."""


def shot_seconds(limits: Limits, wanted: int) -> tuple[int, ...]:
    """The lengths in seconds to order for a scene of `wanted` seconds, in order; (0,) where any length will do.

    Of a chain, each clip begins with the last picture of the one before.
    """
    longest = max(limits.seconds, default=limits.max_seconds)
    if wanted <= 0 or longest <= 0 or wanted * 100 <= longest * STRETCH_PERCENT:
        return (wanted,)
    count = -(-wanted // longest)
    even = tuple(wanted // count + (1 if at < wanted % count else 0) for at in range(count))
    greedy = (*[longest] * (count - 1), wanted - longest * (count - 1))
    return min(even, greedy, key=lambda lengths: sum(clip_seconds(limits, length) for length in lengths))


def chain_of(provider: Provider[VideoRequest, VideoReply], request: VideoRequest) -> tuple[VideoRequest, ...]:
    """The requests that make up one scene's clip. All but the first have still to be given their picture."""
    limits = provider.model.limits if provider.model is not None else Limits()
    lengths = shot_seconds(limits, request.seconds)
    last = len(lengths) - 1
    return tuple(
        request.model_copy(update={"seconds": length, "last_image": request.last_image if at == last else None})
        for at, length in enumerate(lengths)
    )
