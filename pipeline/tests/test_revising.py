"""Changing a scene by a few words: what they name, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.providers.local.revising import CannotRevise, SceneWords, facts_of, revised_words

BOAT = SceneWords(
    description="Facing the open sea at a summer dawn, a small boat in view, steady rain, in cinematic teal",
    mood="longing",
    camera="drift",
    palette="teal",
)
OWN = SceneWords(description="Grandma's red bicycle leans on the harbor wall at sunset in the rain", palette="teal")


def changed(scene: SceneWords, words: str) -> dict[str, Any]:
    """The facts that differ, and how."""
    after = revised_words(scene, words, style="cinematic")
    one, other = vars(facts_of(scene)), vars(facts_of(after))
    found = {name: other[name] for name in one if one[name] != other[name] and name not in ("key", "place", "mood")}
    found |= {name: getattr(after, name) for name in ("mood", "camera") if getattr(after, name) != getattr(scene, name)}
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("make it night, keep the boat", {"time": "night"}),
        ("Snow instead of rain!", {"weather": "snow", "season": "winter"}),
        ("no rain please", {"weather": ""}),
        ("without the boat", {"figures": ()}),
        ("add a lighthouse", {"figures": ("boat", "lighthouse")}),
        ("stars in the sky", {"sky": "stars", "time": "night"}),
        ("closer", {"camera": "push_in"}),
        ("from afar", {"camera": "pull_out"}),
        ("in warmer colors", {"palette": "sunset"}),
        ("black and white", {"palette": "noir"}),
        ("happier", {"mood": "joyful", "palette": "golden"}),
        ("a thunderstorm at night", {"time": "night", "weather": "storm"}),
        ("hazlo de noche", {"time": "night"}),
        ("пусть идёт снег", {"weather": "snow", "season": "winter"}),
    ],
)
def test_only_what_is_named_changes(words: str, expected: dict[str, Any]) -> None:
    found = changed(BOAT, words)
    assert {name: value for name, value in found.items() if name in expected} == expected
    assert set(found) <= {*expected, "sky"}


def test_another_place_keeps_the_hour_and_lets_go_what_does_not_fit() -> None:
    found = changed(BOAT, "in a forest")
    assert (found["kind"], found["figures"]) == ("forest", ())
    assert "time" not in found and "weather" not in found


@pytest.mark.parametrize("words", ["make it night", "snow instead of rain", "no rain", "warmer colors", "add a boat"])
def test_words_of_ones_own_stay(words: str) -> None:
    assert "Grandma's red bicycle leans on the harbor wall" in revised_words(OWN, words, style="cinematic").description


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "none of them was named"),
        ("translate it into French", "none of them was named"),
        ("give him a top hat", "none of them was named"),
        ("🙂", "none of them was named"),
        ("make it dawn", "is like that already"),
        ("remove the train", "is not in this scene"),
        ("a train passes by", "does not fit such a place"),
        ("in the city, keep the boat", "cannot be kept in such a place"),
        ("purple", "has no such colors"),
        ("x" * 3000, "none of them was named"),
    ],
)
def test_what_cannot_be_done_is_said(words: str, reason: str) -> None:
    with pytest.raises(CannotRevise, match=reason):
        revised_words(BOAT, words, style="cinematic")


def test_a_place_without_weather_says_so() -> None:
    space = SceneWords(description="Before a spiral galaxy, in cinematic teal", palette="teal")
    with pytest.raises(CannotRevise, match="no weather"):
        revised_words(space, "let it rain", style="cinematic")
    with pytest.raises(CannotRevise, match="no time of day"):
        revised_words(space, "make it morning", style="cinematic")


def test_a_change_can_be_changed_back() -> None:
    night = revised_words(BOAT, "make it night", style="cinematic")
    assert facts_of(revised_words(night, "make it dawn", style="cinematic")) == facts_of(BOAT)
