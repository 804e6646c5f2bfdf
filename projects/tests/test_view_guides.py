"""Beside each scene's words: the pictures that its picture goes by, and which of them its maker is given."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline import pricebook
from pipeline.models import Job
from pipeline.states import JobState
from projects.models import Drawing, Image, Pick, Project, Reference
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import fresh, picture
from projects.tests.test_flow_guides import DEV, KLEIN, SCHNELL, choose, draw, made_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    pricebook.load_catalogue()


@pytest.fixture
def ad(quick: None, alice: Any) -> Project:
    """An ad whose pictures were made by a model that takes several."""
    project = made_by(alice, KLEIN)
    draw(project)
    return fresh(project)


def text_of(client: Client, project: Project, page: str) -> str:
    response = client.get(reverse(page, args=[project.code]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("page", ["images", "scenes"])
def test_each_scene_shows_its_pictures_and_what_was_done_with_them(client: Client, ad: Project, page: str) -> None:
    client.force_login(ad.owner)
    text = text_of(client, ad, page)
    for drawing in Drawing.objects.filter(project=ad):
        assert reverse("media", args=["drawing", drawing.code]) in text
    assert text.count('alt="Composition: this scene as the animatic drew it"') == 5
    assert text.count('alt="Style guide: the look of the ad"') == 5
    assert text.count('alt="Product: cut out of its photo"') == 3
    assert text.count("FLUX.2 klein was given the composition, the style guide and the product.") == 3
    assert text.count("FLUX.2 klein was given the composition and the style guide.") == 2
    assert "(not used)" not in text


def test_a_model_that_takes_none_is_said_to_take_none(client: Client, ad: Project) -> None:
    client.force_login(ad.owner)
    Pick.objects.update(image=None)
    choose(ad, SCHNELL)
    text = text_of(client, ad, "scenes")
    assert text.count("FLUX schnell takes no pictures: it is given the words alone.") == 5
    assert text.count("The product is laid over its picture.") == 3
    assert text.count("(not used)") == 10  # compositions and style guides; the product is used
    choose(ad, "")
    assert text_of(client, ad, "scenes").count("The painter of this server is given the words alone.") == 5
    choose(ad, DEV)
    text = text_of(client, ad, "scenes")
    assert text.count("FLUX dev is given the composition.") == 5
    assert text.count("(not used)") == 5


def test_the_sheet_says_what_another_take_would_be_given(client: Client, ad: Project) -> None:
    client.force_login(ad.owner)
    scene = ad.scenes.get(content__imagery="call")

    def sheet() -> str:
        return " ".join(client.get(reverse("image", args=[ad.code, scene.code])).content.decode().split())

    assert "FLUX.2 klein was given the composition, the style guide and the product." in sheet()
    assert "Another take:" not in sheet()
    choose(ad, SCHNELL)
    assert "Another take: FLUX schnell takes no pictures: it is given the words alone. The product" in sheet()
    Image.objects.filter(content=scene.content).update(provider="upload")
    text = sheet()
    assert "was given" not in text
    assert text.count("(not used)") == 3


def test_a_drawing_that_is_still_to_be_made_is_told(client: Client, ad: Project) -> None:
    client.force_login(ad.owner)
    Pick.objects.update(image=None)
    Drawing.objects.all().delete()
    text = text_of(client, ad, "scenes")
    assert text.count("FLUX.2 klein is given the composition, the style guide and the product. The scene is drawn") == 3
    assert text.count("The scene is drawn first.") == 5
    Job.objects.create(project=ad, step="draw_animatic", state=JobState.FAILED, queue="cpu", input={})
    text = text_of(client, ad, "scenes")
    assert text.count("FLUX.2 klein is given the style guide and the product. The scene could not be drawn") == 3


def test_a_drawing_is_its_owners(client: Client, charlie: Any, ad: Project) -> None:
    client.force_login(charlie)
    drawing = Drawing.objects.first()
    assert drawing is not None
    assert client.get(reverse("media", args=["drawing", drawing.code])).status_code == 404


def test_a_guided_idea_shows_its_reference_and_others_show_nothing(client: Client, idea: Project, alice: Any) -> None:
    client.force_login(alice)
    drain()
    assert 'class="guides"' not in text_of(client, idea, "images")
    idea.idea.guided = True
    idea.idea.save()
    Reference.objects.create(project=idea, asset=picture(alice), width=9, height=16, thumb_file="t.jpg")
    text = text_of(client, idea, "images")
    assert text.count('alt="Reference: a picture that came with the idea"') == idea.scenes.count()
    assert "The painter of this server was given the words alone." in text


def test_what_scenes_share_is_read_once(client: Client, ad: Project) -> None:
    client.force_login(ad.owner)
    for page in ("images", "scenes"):
        text_of(client, ad, page)
        with CaptureQueriesContext(connection) as found:
            text_of(client, ad, page)
        drawings = [query["sql"] for query in found.captured_queries if "projects_drawing" in query["sql"]]
        references = [query["sql"] for query in found.captured_queries if "projects_reference" in query["sql"]]
        assert len(drawings) <= 2
        assert len(references) <= 4
