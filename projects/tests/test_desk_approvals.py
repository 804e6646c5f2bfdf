"""The desk's list of approvals: who decided what about which take."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.actions import review
from projects.models import Project
from projects.tests.reviewing import at_images, image_of


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "root-secret-1"))
    return client


def test_it_names_the_take_that_was_judged_and_links_to_it(desk: Client, project: Project) -> None:
    at_images(project)
    image = image_of(project, 0)
    review.reject_image(image, by=project.owner, seen="pending", reason="Too <dark>")
    page = desk.get(reverse("admin:projects_approval_changelist")).content.decode()
    assert project.transcript is not None
    words = reverse("admin:projects_transcript_change", args=[project.transcript.pk])
    assert f'<a href="{words}">Lyrics, take {project.transcript.take}</a>' in page
    assert f'<a href="{reverse("admin:projects_image_change", args=[image.pk])}">Picture, take 1</a>' in page
    assert "Too &lt;dark&gt;" in page


def test_the_list_costs_the_same_for_many_rows(desk: Client, project: Project) -> None:
    at_images(project)
    counts: list[Any] = []
    for _ in range(2):
        desk.get(reverse("admin:projects_approval_changelist"))
        with CaptureQueriesContext(connection) as captured:
            desk.get(reverse("admin:projects_approval_changelist"))
        counts.append(len(captured))
        if len(counts) == 1:
            review.approve_images(project, "16:9", by=project.owner)
    assert counts[0] == counts[1]
