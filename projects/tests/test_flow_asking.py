"""What is asked for before a song was heard is enough for whatever is heard; who is asked again is told why."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.providers.capabilities import PlannedScene, PlanRequest
from pipeline.providers.local.planner import plan_scenes
from pipeline.steps import generate_image
from projects.actions.consent import give_consent, withdraw_consent
from projects.actions.makers import agree
from projects.flow import spending
from projects.flow.asking import why_asked_again
from projects.flow.estimates import PriceList, Wish
from projects.models import Asset, Consent, Project
from projects.tests.conftest import drain
from projects.tests.test_flow_spending import FLUX, VIDEO, choose, part

pytestmark = pytest.mark.django_db


def test_before_a_song_was_heard_it_counts_the_most_scenes_that_it_can_have(project: Project) -> None:
    choose(project, image=FLUX, video=VIDEO)
    Asset.objects.filter(pk=project.song.asset_id).update(duration_ms=24_000)
    before = spending.remaining(project)
    assert part(before, "generate_image").count == 12
    agree(project, by=project.owner, seen=before.mark)
    drain(4)  # heard, read, planned and written
    now = spending.remaining(project)
    assert project.scenes.count() == 6
    assert part(now, "generate_clip").count == 6
    assert spending.is_agreed(project, now)
    assert why_asked_again(project, now)[0] == "sum"  # were it asked


@pytest.mark.parametrize("seed", range(4))
def test_no_song_is_cut_into_more_scenes_than_are_counted_before(seed: int) -> None:
    length = 30_000 + 777 * seed
    beats = tuple(range(0, length, (340, 420, 500, 640)[seed]))
    wild = PlanRequest(
        duration_ms=length, frames=length * 30 // 1000, beats_ms=beats, downbeats_ms=beats[::4], energy=(1000,) * 300
    )
    most = spending.most_scenes(wild)
    assert len(plan_scenes(wild)) <= len(most) == length // 2000
    assert (most[0].start_frame, most[-1].end_frame) == (0, wild.frames)
    assert all(left.end_frame == right.start_frame for left, right in pairwise(most))
    assert sum(seconds(scene) for scene in plan_scenes(wild)) <= sum(seconds(scene) for scene in most)


def seconds(scene: PlannedScene) -> int:
    return -(-(scene.end_frame - scene.start_frame + scene.transition.frames) // 30)


def test_it_is_told_why_somebody_is_asked_again(film: Project) -> None:
    maker = {"provider": "replicate", "model": FLUX.partition(":")[2]}
    wish = Wish("generate_image", generate_image.Input(prompt="a boat", width=64, height=64, **maker))
    wanted = PriceList().estimate([wish] * 8)
    assert why_asked_again(film, wanted)[0] == ""
    consent = give_consent(film, wanted.steps, 3000, by=film.owner, prices=wanted.prices, scenes=4)
    assert why_asked_again(film, wanted) == ("scenes", 4, 6)
    other = give_consent(film, wanted.steps, 3000, by=film.owner, prices=wanted.prices, scenes=6)
    assert why_asked_again(film, wanted)[0] == "sum"
    Consent.objects.update(prices=dict.fromkeys(wanted.prices, "old"))
    assert why_asked_again(film, wanted)[0] == "price"
    for row in (consent, other):
        withdraw_consent(row, by=film.owner)
    assert why_asked_again(film, wanted)[0] == ""
