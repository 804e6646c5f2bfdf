"""Where a project waits for a person: it says what for, in words, and every page leads there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.actions import lyrics, review
from projects.flow.status import project_status
from projects.models import Project
from projects.tests.conftest import drain
from projects.tests.reviewing import at_clips, at_images, clip_of, image_of

PAGES = ("project", "song", "scenes", "images", "clips", "final")


def at_lyrics(project: Project) -> Project:
    Project.objects.filter(pk=project.pk).update(autopilot=False)
    drain()
    project.refresh_from_db()
    return project


def links(client: Client, project: Project, page: str, wanted: str) -> bool:
    """Whether the line that says how far the project is leads to the wanted page."""
    html = client.get(reverse(page, args=[project.code])).content.decode()
    pulse = html.partition('id="pulse"')[2].partition("</div>")[0]
    return f'href="{reverse(wanted, args=[project.code])}"' in pulse


def told(project: Project) -> tuple[str, str, str]:
    status = project_status(Project.objects.get(pk=project.pk))
    return status.state, status.page, status.message


def test_it_says_that_the_lyrics_wait_and_links_there(studio: Client, project: Project) -> None:
    at_lyrics(project)
    assert told(project) == ("waiting", "song", "Waiting for you: check the lyrics.")
    for page in PAGES:
        assert links(studio, project, page, "song") is (page != "song")
    card = studio.get(reverse("projects")).content.decode()
    assert "Waiting for you: check the lyrics." in card


def test_words_that_are_approved_wait_no_more(project: Project) -> None:
    at_lyrics(project)
    assert project.transcript is not None
    lyrics.approve_lyrics(project, by=project.owner, seen_take=project.transcript.take)
    assert told(project)[0] == "working"


def test_it_leads_to_the_pictures_and_then_to_the_clips(studio: Client, project: Project) -> None:
    at_images(project)
    assert told(project)[1:] == ("images", "6 pictures wait for you.")
    for page in PAGES:
        assert links(studio, project, page, "images") is (page != "images")
    review.approve_images(project, "16:9", by=project.owner)
    drain()
    assert told(project)[1:] == ("clips", "6 clips wait for you.")
    for page in PAGES:
        assert links(studio, project, page, "clips") is (page != "clips")


def test_what_is_only_rejected_says_what_it_takes(project: Project) -> None:
    at_clips(project)
    review.reject_image(image_of(project, 0), by=None, seen="approved")
    drain()
    words = "1 rejected picture waits. Let another take be made, or approve it after all."
    assert told(project) == ("waiting", "images", words)
    review.approve_image(image_of(project, 0), by=None, seen="rejected")
    review.reject_clip(clip_of(project, 1), by=None, seen="pending")
    drain()
    assert told(project)[1:] == ("clips", "5 clips wait for you.")
    review.approve_clips(project, "16:9", by=None)
    drain()
    assert told(project)[2].startswith("1 rejected clip waits.")


@pytest.mark.parametrize(
    ("state", "expected", "badge"),
    [
        ("needs_consent", ("waiting", "Waiting for you: confirm what it costs."), "Price to confirm"),
        ("paused_budget", ("working", "Paused: the spending limit is reached."), "Limit reached"),
    ],
)
def test_work_that_stands_for_money_says_so_on_every_page(
    studio: Client, project: Project, state: str, expected: tuple[str, str], badge: str
) -> None:
    while not Job.objects.filter(step="generate_image").exists():
        drain(1)
    Job.objects.filter(state="queued").update(state=state)
    found = told(project)
    assert (found[0], found[2]) == expected
    for page in ("project", "scenes", "images"):
        assert badge in studio.get(reverse(page, args=[project.code])).content.decode()


def test_work_that_waits_for_a_vendor_says_so_on_every_page(studio: Client, project: Project) -> None:
    while not Job.objects.filter(step="generate_image").exists():
        drain(1)
    sentence = "Replicate is out of order at the moment."
    Job.objects.filter(state="queued").update(held=True, error=sentence)
    assert told(project)[0::2] == (
        "working",
        "A vendor is out of order. Its work goes on by itself when it works again.",
    )
    for page in ("project", "scenes", "images"):
        assert sentence in studio.get(reverse(page, args=[project.code])).content.decode(), page


def test_scenes_that_wait_at_a_gate_are_not_called_unbegun(studio: Client, project: Project) -> None:
    at_images(project)
    review.reject_image(image_of(project, 0), by=None, seen="pending")
    for page in ("project", "scenes"):
        html = studio.get(reverse(page, args=[project.code])).content.decode()
        assert "Your turn" in html
        assert "Rejected" in html
