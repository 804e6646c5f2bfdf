"""The cuts of an ad and the beats of its music: each is fitted to the other, whoever made the music."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from pipeline.recipes import digest
from projects import flow
from projects.actions import music as acts
from projects.actions.create import MusicWish
from projects.actions.scenes import set_length
from projects.flow import ads, beds
from projects.models import FPS, Asset, Project, Song, Soundtrack
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh


def cuts(project: Project) -> list[int]:
    return list(project.scenes.order_by("start_frame").values_list("start_frame", flat=True))[1:]


def off_beat(project: Project) -> list[int]:
    """Cuts that lie more than a frame beside a beat of the music that stands."""
    beats = Song.objects.get(project=project).heard().beats_ms
    return [cut for cut in cuts(project) if min(abs(beat - cut * 1000 / FPS) for beat in beats) > 1000 / FPS]


def test_music_is_composed_for_the_cuts_of_the_template(ad_15: Project) -> None:
    assert len(cuts(ad_15)) == 4 and off_beat(ad_15) == []
    assert all(cut % FPS == 0 for cut in cuts(ad_15))  # as the template says, to the second


def test_a_model_that_is_told_in_words_is_told_the_tempo(quick: None, alice: Any) -> None:
    assert "a steady 120 bpm" in beds.bed_input(begun(alice)).prompt


@pytest.fixture
def own(quick: None, alice: Any) -> Project:
    """An ad of 15 seconds on a piece of its owner's own, whose beats lie between the template's cuts."""
    piece = Asset.objects.create(
        owner=alice, kind="song", extension="wav", file="u/piece.wav", sha256="d" * 64, size_bytes=4, duration_ms=40_000
    )
    return begun(alice, seconds=15, music=MusicWish(Soundtrack.Source.UPLOAD, "", piece))


def test_cuts_move_to_the_beats_of_ones_own_music(own: Project) -> None:
    drain()
    assert len(cuts(own)) == 4 and off_beat(fresh(own)) == []
    assert any(cut % FPS for cut in cuts(own))
    assert own.scenes.order_by("start_frame").last().end_frame == own.length_frames == 15 * FPS


def test_scenes_wait_until_ones_own_music_was_heard(own: Project) -> None:
    assert ads.likely_request(own).beats  # prices are told meanwhile
    assert ads.beats_request(own) is None


def test_other_music_is_composed_for_the_cuts_as_they_are(ad_15: Project, client: Client) -> None:
    client.force_login(ad_15.owner)
    for at, frames in enumerate((54, 90, 90, 90)):
        set_length(ad_15.scenes.order_by("start_frame")[at], frames, keep_total=True, by=ad_15.owner)
    drain()
    assert cuts(ad_15) == off_beat(fresh(ad_15)) == [54, 144, 234, 324]
    assert "0 of 4 cuts lie on a beat." in client.get(reverse("music", args=[ad_15.code])).content.decode()
    told = client.post(reverse("music-set", args=[ad_15.code]), {"again": "1"}).context["text"]
    assert "rendered again" in told and Soundtrack.objects.get(project=ad_15).take == 1
    acts.other_music(fresh(ad_15), by=ad_15.owner, seen_take=1)
    drain()
    assert off_beat(fresh(ad_15)) == []
    assert "Every cut lies on a beat." in client.get(reverse("music", args=[ad_15.code])).content.decode()


def test_music_from_before_it_was_fitted_stays(ad_15: Project) -> None:
    Soundtrack.objects.filter(project=ad_15).update(cuts=[])  # as it stood before there was the column
    Song.objects.filter(project=ad_15).update(bed_recipe=digest(beds.bed_input(fresh(ad_15))))
    known = Job.objects.count()
    flow.advance(fresh(ad_15))
    assert Job.objects.count() == known
    assert "bpm" not in beds.bed_input(fresh(ad_15)).prompt


@pytest.fixture
def ad_15(quick: None, alice: Any) -> Project:
    project = begun(alice, seconds=15)
    drain()
    return fresh(project)
