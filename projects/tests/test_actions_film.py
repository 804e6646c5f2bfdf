"""A film from the command line is found again by its song and choices."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.tests.trials import at_once
from projects.actions.create import MusicWish
from projects.actions.film import find_or_create_film, find_or_create_idea_film
from projects.models import Asset, Project

IDEA = "A lighthouse keeper watches a storm roll in. At dawn the sea is calm."


@pytest.mark.postgres
def test_two_calls_at_the_same_moment_make_one_film(
    transactional_db: None, quick: None, alice: Any, asset: Asset
) -> None:
    def song() -> Project:
        return find_or_create_film(asset, by=alice, lyrics="", choices={"title": "Harbor"})

    def idea() -> Project:
        return find_or_create_idea_film(IDEA, by=alice, music=MusicWish(), references=(), choices={"seconds": 5})

    for call in (song, idea):
        found = at_once(*[call] * 4)
        assert len({project.code for project in found}) == 1
    assert Project.objects.count() == 2
