"""The look of an ad: drawn here, or a picture of its owner's own."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.urls import reverse

from pipeline.media.probe import NO_IMAGE
from pipeline.models import Job
from pipeline.states import LIVE
from projects.actions import ads as acts
from projects.actions.style_guide import set_style_guide
from projects.flow import ads, gates, outlook
from projects.flow import board as boards
from projects.models import Asset, Event, Image, Project
from projects.states import IllegalMove
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh, picture
from projects.tests.test_flow_guides import KLEIN, draw, made_by
from projects.tests.test_view_ads import png, upload


@pytest.fixture
def deciding(quick: None, alice: Any) -> Project:
    project = begun(alice, autopilot=False, seconds=15)
    drain()
    return fresh(project)


def url(project: Project) -> str:
    return reverse("style-guide", args=[project.code])


def test_an_own_picture_is_the_look_and_has_to_be_approved(studio: Any, deciding: Project, alice: Any) -> None:
    drawn = deciding.ad.guide_sha256
    acts.pass_gate(deciding, "references", by=alice, seen=ads.mark_of(deciding, "references"))
    assert studio.post(url(deciding), {"picture": upload(png())}).url == reverse("references", args=[deciding.code])
    project = fresh(deciding)
    assert project.ad.style_asset is not None
    assert project.ad.style_asset.owner == alice
    assert not gates.gate_open(project, "references")
    assert ads.mark_of(project, "references") == ""
    page = studio.get(reverse("references", args=[project.code])).content.decode()
    assert "They are being made." in page
    drain()
    project = fresh(project)
    job = Job.objects.filter(project=project, step="draw_references").latest("pk")
    assert job.input["style"]["sha256"] == project.ad.style_asset.sha256
    assert project.ad.guide_sha256 != drawn
    page = studio.get(reverse("references", args=[project.code])).content.decode()
    assert "The look: your own picture." in page
    assert "Have it drawn instead" in page
    studio.post(url(project), {"drawn": "1"})
    drain()
    project = fresh(project)
    assert (project.ad.style_asset, project.ad.guide_sha256) == (None, drawn)
    assert [row.data["own"] for row in Event.objects.filter(verb="style_guide_set").order_by("pk")] == [True, False]


def test_the_same_picture_again_changes_nothing(deciding: Project, alice: Any) -> None:
    own = picture(alice, "e" * 64)
    set_style_guide(deciding, own, by=alice)
    drain()
    acts.pass_gate(deciding, "references", by=alice, seen=ads.mark_of(fresh(deciding), "references"))
    set_style_guide(fresh(deciding), own, by=alice)
    assert gates.gate_open(fresh(deciding), "references")
    assert not Job.objects.filter(project=deciding, step="draw_references", state__in=LIVE).exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose the picture first."),
        ({"picture": upload(b"<svg/>" * 40, "a.png")}, NO_IMAGE),
        ({"picture": upload(b"", "a.png")}, "This file is empty."),
    ],
)
def test_what_is_no_picture_is_refused_in_words(studio: Any, deciding: Project, given: Any, words: str) -> None:
    before = Asset.objects.count()
    answer = studio.post(url(deciding), given)
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert Asset.objects.count() == before
    assert fresh(deciding).ad.style_asset is None


def test_bought_pictures_that_went_by_the_other_look_are_said_to_be_out_of_date(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    draw(project)
    set_style_guide(fresh(project), picture(alice, "e" * 64), by=alice)
    drain()
    assert outlook.held(boards.load(fresh(project), None)).pictures == (1, 2, 3, 4, 5)
    assert set(Image.objects.values_list("take", flat=True)) == {1}, "nothing is bought again unasked"


def test_it_is_its_owners_and_an_ads_alone(client: Any, charlie: Any, deciding: Project, idea: Project) -> None:
    assert client.post(url(deciding))["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.post(url(deciding)).status_code == 404
    assert client.get(url(deciding)).status_code == 405
    client.force_login(idea.owner)
    assert client.post(url(idea)).status_code == 404
    with pytest.raises(IllegalMove):
        set_style_guide(idea, None, by=None)
    Project.objects.filter(pk=deciding.pk).update(stopped_at="2026-01-01T00:00Z")
    with pytest.raises(IllegalMove, match="canceled"):
        set_style_guide(deciding, None, by=None)
