"""Pictures of an ad in its color look, where people judge them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from projects.actions import ads as acts
from projects.models import Image, Project
from projects.models.ad import NO_GRADE
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh


@pytest.fixture
def ad(quick: None, alice: Any) -> Project:
    project = begun(alice, seconds=15)
    drain()
    return fresh(project)


def colors(client: Client, url: str, size: tuple[int, int]) -> tuple[int, ...]:
    answer = client.get(url)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    picture = Pillow.open(io.BytesIO(answer.content))
    assert picture.size == size
    return picture.getpixel((20, 20))  # type: ignore[return-value]  # an RGB picture


@pytest.fixture
def image(ad: Project, client: Client) -> Image:
    """The first picture of the ad, as a file that can be looked at."""
    client.force_login(ad.owner)
    row = Image.objects.filter(content__scene__project=ad).order_by("pk")[0]
    data = io.BytesIO()
    Pillow.new("RGB", (1920, 1080), (90, 120, 160)).save(data, "JPEG", quality=95)
    name = default_storage.save(f"p/{ad.code}/images/plain.jpg", ContentFile(data.getvalue()))
    Image.objects.filter(pk=row.pk).update(file=name, thumb_file="")
    return Image.objects.get(pk=row.pk)


def test_boards_and_sheet_show_pictures_in_the_look_of_the_ad(ad: Project, image: Image, client: Client) -> None:
    look = ad.ad.grade_of("")
    assert look is not None
    scene = image.content.scene
    pages = [reverse(name, args=[ad.code]) for name in ("images", "clips", "project")]
    for page in pages:
        assert reverse("worn", args=["thumb", image.code, look.name, look.percent]) in client.get(page).content.decode()
    sheet = client.get(reverse("image", args=[ad.code, scene.code])).content.decode()
    assert reverse("worn", args=["image", image.code, look.name, look.percent]) in sheet
    acts.set_grade(ad, NO_GRADE, by=ad.owner)
    assert "/in/" not in client.get(pages[0]).content.decode()


def test_a_picture_is_answered_in_the_look_no_larger_than_it_is_shown(image: Image, client: Client) -> None:
    shown = {
        percent: colors(client, reverse("worn", args=["thumb", image.code, "noir", percent]), (640, 360))
        for percent in (1, 50, 100)
    }
    spread = [max(found) - min(found) for found in shown.values()]
    assert spread[0] > spread[1] > spread[2]
    assert colors(client, reverse("worn", args=["image", image.code, "noir", 100]), (1600, 900)) == shown[100]


def test_others_unknown_looks_and_lost_files_are_not_there(image: Image, client: Client, charlie: Any) -> None:
    url = reverse("worn", args=["thumb", image.code, "noir", 60])
    for kind, look, percent in (("thumb", "x", 60), ("film", "noir", 60), ("thumb", "noir", 0), ("thumb", "noir", 101)):
        assert client.get(reverse("worn", args=[kind, image.code, look, percent])).status_code == 404
    assert client.post(url).status_code == 405
    default_storage.delete(image.file)
    assert client.get(url).status_code == 404
    client.force_login(charlie)
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302
