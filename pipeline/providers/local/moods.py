"""Moods: what a passage feels like, and the colors, places and moves that go with it."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.media.values import Value
from pipeline.providers.local.lexicon import Reading, Votes


class Mood(Value):
    """What a mood prefers, the dearest first: names of the painter's tables and of `Motion.camera`."""

    palettes: tuple[str, ...]
    kinds: tuple[str, ...]
    cameras: tuple[str, ...]


MOODS: Mapping[str, Mood] = {
    "joyful": Mood(
        palettes=("candy", "azure", "golden"),
        kinds=("meadow", "garden", "lights", "geometric"),
        cameras=("pan_right", "push_in", "orbit"),
    ),
    "tender": Mood(
        palettes=("rose", "dawn", "dream", "ember"),
        kinds=("garden", "lake", "window", "lights"),
        cameras=("push_in", "drift", "orbit"),
    ),
    "longing": Mood(
        palettes=("teal", "sunset", "night"),
        kinds=("rails", "road", "harbor", "window"),
        cameras=("pull_out", "pan_left", "drift"),
    ),
    "melancholy": Mood(
        palettes=("storm", "teal", "noir", "night"),
        kinds=("window", "street", "lake", "harbor"),
        cameras=("drift", "pull_out", "tilt_down"),
    ),
    "dark": Mood(
        palettes=("noir", "night", "storm", "cyber"),
        kinds=("forest", "street", "rails", "ocean"),
        cameras=("push_in", "tilt_down", "drift"),
    ),
    "furious": Mood(
        palettes=("fire", "storm", "neon", "noir"),
        kinds=("mountains", "stage", "ocean", "ink"),
        cameras=("push_in", "orbit", "pan_left"),
    ),
    "hopeful": Mood(
        palettes=("dawn", "golden", "azure", "verdant"),
        kinds=("mountains", "meadow", "road", "clouds"),
        cameras=("tilt_up", "push_in", "pan_right"),
    ),
    "dreamy": Mood(
        palettes=("dream", "royal", "night"),
        kinds=("clouds", "underwater", "silk", "space"),
        cameras=("drift", "orbit", "tilt_up"),
    ),
    "calm": Mood(
        palettes=("dawn", "teal", "verdant", "azure"),
        kinds=("lake", "meadow", "forest", "harbor"),
        cameras=("drift", "pan_right", "hold"),
    ),
    "nostalgic": Mood(
        palettes=("golden", "autumn", "ember", "sunset"),
        kinds=("village", "meadow", "rails", "rooftops"),
        cameras=("pull_out", "pan_left", "drift"),
    ),
    "free": Mood(
        palettes=("azure", "sunset", "golden", "dune"),
        kinds=("road", "ocean", "clouds", "desert"),
        cameras=("pan_right", "pull_out", "tilt_up"),
    ),
    "euphoric": Mood(
        palettes=("neon", "candy", "royal", "fire"),
        kinds=("stage", "lights", "skyline", "rooftops"),
        cameras=("push_in", "orbit", "pan_right", "tilt_up"),
    ),
    "mysterious": Mood(
        palettes=("royal", "noir", "cyber", "night"),
        kinds=("forest", "underwater", "street", "space"),
        cameras=("drift", "push_in", "tilt_down"),
    ),
}

_BY_LABEL: Mapping[str, tuple[str, ...]] = {
    "intro": ("mysterious", "calm"),
    "verse": ("longing", "nostalgic", "calm"),
    "chorus": ("euphoric", "free", "hopeful"),
    "bridge": ("dreamy", "longing"),
    "instrumental": ("free", "dreamy"),
    "outro": ("nostalgic", "calm"),
}


def mood_of(near: Reading, around: Reading, whole: Reading, *, label: str, energy: int, turn: int) -> str:
    """The mood of a scene: its own words first, then its part's, then the song's; the arc of a song where words say
    nothing.

    `turn` (any number, by the seed) chooses among equals.
    """
    votes = Votes()
    for reading, weight in ((near, 1.0), (around, 0.35), (whole, 0.08)):
        for mood, count in reading.moods.items():
            votes[mood] += weight * min(3, count)
    arc = _BY_LABEL.get(label, _BY_LABEL["verse"])
    votes[arc[turn % len(arc)]] += 0.6
    lift = (energy - 500) / 500
    for mood in ("euphoric", "furious", "joyful", "free"):
        votes[mood] += 0.4 * lift if mood in votes else 0
    for mood in ("calm", "dreamy", "melancholy", "tender"):
        votes[mood] -= 0.4 * lift if mood in votes else 0
    return max(sorted(votes), key=lambda mood: votes[mood])
