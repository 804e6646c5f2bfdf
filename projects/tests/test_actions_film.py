"""A film from the command line is found again by its song and choices."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.tests.trials import at_once
from projects.actions import control
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


@pytest.fixture
def made(quick: None, asset: Asset, alice: Any) -> Project:
    return find_or_create_film(asset, by=alice, lyrics="", choices={"title": "Harbor", "style": "neon-noir"})


def test_the_same_song_and_choices_are_the_same_film_and_it_goes_on(made: Project, asset: Asset) -> None:
    control.stop_project(made, by=made.owner)
    again = find_or_create_film(asset, by=made.owner, lyrics="", choices={"title": "Harbor", "style": "neon-noir"})
    assert (again.pk, again.stopped_at) == (made.pk, None)


@pytest.mark.parametrize("other", [{"lyrics": "la la la"}, {"choices": {"title": "Harbor", "style": "winter"}}])
def test_other_words_or_choices_are_another_film(made: Project, asset: Asset, other: dict[str, Any]) -> None:
    given: dict[str, Any] = {"lyrics": "", "choices": {"title": "Harbor", "style": "neon-noir"}, **other}
    assert find_or_create_film(asset, by=made.owner, **given).pk != made.pk


def test_one_in_the_trash_stays_there(made: Project, asset: Asset) -> None:
    control.trash_project(made, by=made.owner)
    again = find_or_create_film(asset, by=made.owner, lyrics="", choices={"title": "Harbor", "style": "neon-noir"})
    assert again.pk != made.pk
    assert again.trashed_at is None


def test_anothers_film_is_not_found(made: Project, asset: Asset, charlie: Any) -> None:
    again = find_or_create_film(asset, by=charlie, lyrics="", choices={"title": "Harbor", "style": "neon-noir"})
    assert (again.owner, again.pk != made.pk) == (charlie, True)
