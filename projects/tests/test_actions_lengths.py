"""Lengths of scenes and of the film where no song says them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.actions import scenes as acts
from projects.actions.places import places_of
from projects.actions.scene_history import last_edit, undo_edit
from projects.flow.rehearsal import rehearse
from projects.models import Project, Scene, Soundtrack
from projects.states import IllegalMove, LostRace


def scenes(project: Project) -> list[Scene]:
    return list(project.scenes.select_related("content").order_by("start_frame"))


def lengths(project: Project) -> list[int]:
    return [scene.frames for scene in scenes(project)]


def last(project: Project, index: int, frames: int, *, keep: bool, seen: str = "") -> Any:
    return acts.set_length(scenes(project)[index], frames, keep_total=keep, by=project.owner, seen=seen)


@pytest.mark.parametrize(
    ("index", "frames", "keep", "expected"),
    [
        (0, 150, True, [150, 90, 120, 120, 120, 120]),
        (5, 90, True, [120, 120, 120, 120, 150, 90]),
        (2, 60, False, [120, 120, 60, 120, 120, 120]),
        (2, 240, False, [120, 120, 240, 120, 120, 120]),
    ],
)
def test_a_scene_lasts_longer_or_shorter(
    idea_film: Project, index: int, frames: int, keep: bool, expected: list[int]
) -> None:
    last(idea_film, index, frames, keep=keep)
    assert lengths(idea_film) == expected
    idea_film.refresh_from_db()
    assert idea_film.length_frames == sum(expected)


def test_nothing_new_is_nothing(idea_film: Project) -> None:
    assert last(idea_film, 1, 120, keep=False) is None


@pytest.mark.parametrize(
    ("index", "frames", "keep", "words"),
    [
        (1, 14, False, "half a second"),
        (1, 230, True, "too short"),
        (1, 3600, False, "5 to 120 seconds"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    idea_film: Project, index: int, frames: int, keep: bool, words: str
) -> None:
    with pytest.raises(IllegalMove, match=words):
        last(idea_film, index, frames, keep=keep)
    assert lengths(idea_film) == [120] * 6


def test_a_film_never_falls_under_five_seconds(idea_film: Project) -> None:
    for index in range(4):
        last(idea_film, index, 15, keep=False)
    with pytest.raises(IllegalMove, match="5 to 120"):
        for index in (4, 5):
            last(idea_film, index, 15, keep=False)


def test_music_of_ones_own_bounds_the_film(idea_film: Project, asset: Any) -> None:
    asset.duration_ms = 25_000
    asset.save(update_fields=["duration_ms"])
    Soundtrack.objects.filter(project=idea_film).update(source="upload", asset=asset)
    with pytest.raises(IllegalMove, match="never looped"):
        last(idea_film, 1, 240, keep=False)


def test_two_people_do_not_overwrite_each_other(idea_film: Project) -> None:
    seen = places_of(idea_film)[1].mark
    last(idea_film, 1, 130, keep=True)
    with pytest.raises(LostRace):
        last(idea_film, 1, 140, keep=True, seen=seen)


def test_a_song_keeps_its_time(film: Project) -> None:
    with pytest.raises(IllegalMove, match="as long as its song"):
        last(film, 1, 130, keep=False)


def test_a_scene_that_moves_takes_its_length_and_words_along(idea_film: Project) -> None:
    last(idea_film, 0, 150, keep=False)
    acts.move_scene(scenes(idea_film)[0], 3, by=idea_film.owner)
    assert lengths(idea_film) == [120, 120, 150, 120, 120, 120]
    assert [line.text for line in Project.objects.get().lyrics().lines][:3] == ["part 1", "part 2", "part 0"]
    undo_edit(idea_film, last_edit(idea_film).data["undo"], by=idea_film.owner)
    assert lengths(idea_film) == [150, 120, 120, 120, 120, 120]


def test_a_length_is_typed_in_seconds(client: Client, alice: Any, idea_film: Project) -> None:
    client.force_login(alice)
    url = reverse("scene-length", args=[scenes(idea_film)[0].code])
    asked = client.post(url, {"seconds": "4,5", "total": "change"})
    assert asked.status_code == 200 and "Change the length" in asked.content.decode()
    assert lengths(idea_film) == [120] * 6
    assert client.post(url, {"seconds": "4,5", "total": "change", "sure": "1"}).status_code == 302
    assert lengths(idea_film)[0] == 135
    for typed in ("", "abc", "NaN", "-3", "1e9", "0"):
        assert client.post(url, {"seconds": typed, "sure": "1"}).status_code == 422


def test_a_caption_is_typed_in_the_editor(client: Client, alice: Any, idea_film: Project) -> None:
    client.force_login(alice)
    scene = scenes(idea_film)[1]
    url = reverse("scene-edit", args=[scene.code])
    shown = client.get(url).content.decode()
    assert 'value="part 1"' in shown and "stays as long as it is" in shown
    assert client.post(url, {"caption": "Home <b>at</b> last", "sure": "1"}).status_code == 302
    assert Project.objects.get().lyrics().lines[1].text == "Home <b>at</b> last"
    assert client.post(url, {"caption": "x" * 201, "sure": "1"}).status_code == 422


def test_a_songs_editor_has_neither(client: Client, alice: Any, film: Project) -> None:
    client.force_login(alice)
    shown = client.get(reverse("scene-edit", args=[scenes(film)[1].code])).content.decode()
    assert "stays as long as it is" not in shown and 'name="caption"' not in shown


def test_it_says_first_what_a_longer_film_makes_again(idea_film: Project) -> None:
    found = rehearse(idea_film, lambda: last(idea_film, 5, 150, keep=False))
    assert 6 in found.shots and found.films == 1 and not found.images
    assert lengths(idea_film) == [120] * 6 and not Job.objects.exclude(state="done").exists()
