"""Another shape of the film from the pictures there are: cropped, judged on the same board, kept when words change."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.actions import crops, edit, final, review
from projects.flow.status import project_status
from projects.models import Asset, Event, Image, Pick, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.reviewing import HTMX, at_images, image_of, pick_of, scenes, toast

pytestmark = pytest.mark.postgres(long=True)
TALL = "9:16"


def add_tall(project: Project, *, crop: bool = True) -> None:
    final.add_rendition(project, TALL, "480p", "none", by=project.owner, crop=crop)


def drawn(project: Project) -> int:
    return Job.objects.filter(project=project, step="generate_image").count()


def test_a_cropped_shape_draws_nothing_and_becomes_a_film(film: Project) -> None:
    before = drawn(film)
    wide = image_of(film, 2)
    review.set_focus(wide, 800, 200, by=film.owner, seen=(wide.focus_x, wide.focus_y))
    drain()
    add_tall(film)
    drain()
    assert drawn(film) == before
    tall = pick_of(film, 2, TALL)
    assert tall.image is not None
    assert tall.image.sha256 == wide.sha256
    assert (tall.image.provider, tall.image.focus_x, tall.image.focus_y) == ("crop", 800, 200)
    rendition = film.renditions.get(aspect=TALL)
    assert rendition.final is not None
    spec = Job.objects.filter(subject__endswith=str(rendition.code), step="render_shot")[2].input["spec"]
    assert (spec["profile"]["width"], spec["profile"]["height"]) == (480, 854)


def test_composing_anew_stays_the_default_but_uploads_are_cropped(film: Project, alice: Any) -> None:
    mine = Asset.objects.create(owner=alice, kind="picture", extension="png", sha256="b" * 64, size_bytes=1, file="u/m")
    review.replace_image(pick_of(film, 1), mine, by=alice, width=640, height=360)
    drain()
    before = drawn(film)
    add_tall(film, crop=False)
    drain()
    assert drawn(film) == before + 5
    image = pick_of(film, 1, TALL).image
    assert image is not None
    assert (image.provider, image.sha256) == ("upload", "b" * 64)


def test_cropped_pictures_are_judged_on_the_board_and_held_when_words_change(project: Project) -> None:
    at_images(project)
    review.approve_images(project, "16:9", by=project.owner)
    drain()
    add_tall(project)
    assert project_status(Project.objects.get(pk=project.pk)).message == "6 pictures wait for you."
    review.approve_images(project, TALL, by=project.owner)
    drain()
    cropped = pick_of(project, 0, TALL).image
    edit.edit_prompt(scenes(project)[0].content, "a lighthouse", by=None, seen_take=1)
    drain()
    assert pick_of(project, 0, TALL).image == cropped


def test_a_shape_that_comes_back_keeps_the_pictures_it_had(film: Project) -> None:
    add_tall(film, crop=False)
    drain()
    own = pick_of(film, 0, TALL).image_id
    final.remove_rendition(film.renditions.get(aspect=TALL), by=film.owner)
    add_tall(film)
    drain()
    assert pick_of(film, 0, TALL).image_id == own


def test_one_scene_is_cropped_and_taken_back(film: Project) -> None:
    add_tall(film, crop=False)
    drain()
    pick, own = pick_of(film, 0, TALL), pick_of(film, 0, TALL).image
    assert own is not None
    event = crops.crop_image(pick, image_of(film, 0), by=film.owner, seen_take=own.take)
    drain()
    now = pick_of(film, 0, TALL).image
    assert now is not None
    assert (now.take, now.provider, now.how["aspect"]) == (2, "crop", "16:9")
    review.take_back(film, event.data["token"], by=film.owner)
    assert pick_of(film, 0, TALL).image == own
    with pytest.raises(LostRace):
        crops.crop_image(pick, image_of(film, 0), by=film.owner, seen_take=1)
    with pytest.raises(IllegalMove):
        crops.crop_image(pick, image_of(film, 1), by=film.owner, seen_take=2)
    with pytest.raises(IllegalMove):
        crops.crop_image(pick, own, by=film.owner, seen_take=2)


def test_hundreds_are_cropped_in_one_go(film: Project, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        assert crops.crop_pictures(film, "16:9", TALL, every=True) == 6
    assert crops.crop_pictures(film, "16:9", TALL, every=True) == 0
    assert Image.objects.filter(aspect=TALL).count() == Pick.objects.filter(aspect=TALL, image_chosen=True).count() == 6


def test_the_sheet_and_the_form_offer_it(client: Client, film: Project) -> None:
    client.force_login(film.owner)
    shape = {"aspect": TALL, "resolution": "480p", "captions": "none", "pictures": "crop"}
    client.post(reverse("rendition-add", args=[film.code]), shape)
    drain()
    page = client.get(f"{reverse('images', args=[film.code])}?aspect={TALL}").content.decode()
    assert "Cropped from 16:9" in page
    scene = scenes(film)[0]
    sheet = client.get(f"{reverse('image', args=[film.code, scene.code])}?aspect={TALL}", headers=HTMX).content.decode()
    source = image_of(film, 0)
    assert f'name="from" value="{source.code}"' in sheet
    url = reverse("image-crop", args=[scene.code])
    data = {"aspect": TALL, "from": str(source.code), "seen_take": 1}
    assert toast(client.post(url, data, headers=HTMX))["undo"]["to"]
    assert Event.objects.filter(verb="image_picked").exists()
    assert client.post(url, data, headers=HTMX).status_code == 409
    assert client.post(url, data | {"from": "nothing"}, headers=HTMX).status_code == 404
