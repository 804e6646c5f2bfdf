"""What is known of the music before it is played, and when a brief is another one."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.recipes import digest
from pipeline.steps import compose_music
from projects.flow import ads
from projects.flow.beds import known_beats
from projects.models import Ad
from projects.tests.test_flow_ads import begun, fresh


@pytest.mark.parametrize(
    ("source", "provider", "known"),
    [
        ("compose", "local", {"beats_ms", "downbeats_ms", "sections"}),
        ("none", "local", set()),
    ],
)
def test_beats_of_our_own_music_are_known_and_silence_has_none(source: Any, provider: str, known: set[str]) -> None:
    found = known_beats(compose_music.Input(source=source, frames=300, mood="dream", provider=provider))
    assert found is not None
    assert set(found) == known


@pytest.mark.parametrize(("source", "provider"), [("compose", "replicate"), ("upload", "local")])
def test_one_has_to_listen_to_any_other(source: Any, provider: str) -> None:
    assert known_beats(compose_music.Input(source=source, frames=300, mood="dream", provider=provider)) is None


def test_a_brief_written_anew_is_another_one(quick: None, alice: Any) -> None:
    ad = begun(alice)
    before = digest(ads.brief_input(ad))
    Ad.objects.filter(project=ad).update(take=2)
    assert digest(ads.brief_input(fresh(ad))) != before
