"""Refining: a new version beside the old one, looks tried and brought along, before and after."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from pipeline.media.grades import LOOKS, Grade, cube_text, graded_picture, shipped_look
from pipeline.models import Job
from projects.actions import review
from projects.actions.refine import refine_film
from projects.flow.refinements import Choices, estimates, seconds_for
from projects.forms import GRADE_LABELS
from projects.models import FinalVideo, Image, Look, Pick, Project
from projects.states import IllegalMove
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun
from projects.tests.uploads import song_file

GIVEN = {"grade": "noir", "intensity": "80", "loudness": "-140", "fade_in": "0", "fade_out": "1.5"}
CUBE = cube_text(shipped_look("sepia")).encode()
READ = ("refine", "refine-pulse", "refine-preview")
WRITE = ("refine-cancel", "look-add", "look-delete")


def address(name: str, project: Project) -> str:
    more = [project.renditions.get().code] if name == "refine-pulse" else []
    return reverse(name, args=[project.code, *more])


def standing(project: Project) -> FinalVideo:
    final = project.renditions.select_related("final__refined_from").get().final
    assert final is not None
    return final


def page(client: Client, project: Project) -> str:
    return client.get(address("refine", project)).content.decode()


def cube(data: bytes = CUBE, name: str = "My look.cube") -> dict[str, Any]:
    return {"cube": SimpleUploadedFile(name, data)}


def give_pictures(project: Project) -> None:
    data = io.BytesIO()
    Pillow.new("RGB", (640, 360), (180, 90, 40)).save(data, "JPEG")
    key = default_storage.save("p/x/images/a.jpg", ContentFile(data.getvalue()))
    Image.objects.filter(content__project=project).update(file=key)


@pytest.mark.parametrize("name", READ + WRITE)
def test_it_is_there_for_its_owner_alone(client: Client, alice: Any, charlie: Any, film: Project, name: str) -> None:
    url = address(name, film)
    ask = client.get if name in READ else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert ask(url).status_code == 404
    client.force_login(alice)
    if name != "refine":
        other = client.post if name in READ else client.get
        assert other(url).status_code == 405
    Project.objects.update(trashed_at="2026-01-01T00:00Z")
    assert ask(url).status_code == 404


@pytest.mark.parametrize("name", ["refine", *WRITE])
def test_it_needs_the_token_of_its_own_page(alice: Any, film: Project, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(name, film)).status_code == 403


@pytest.mark.postgres(long=True)
def test_the_result_is_a_new_version_that_keeps_the_old_one(film: Project) -> None:
    first = standing(film)
    refine_film(first, Choices(grade="noir", loudness_tenths=-140), by=None)
    drain()
    made = standing(film)
    assert (made.version, made.refined_from) == (2, first)
    assert made.refinement["grade"] == "noir"
    assert FinalVideo.objects.filter(pk=first.pk).exists()
    film.refresh_from_db()
    assert not film.renditions.get().final_chosen
    from projects import flow

    flow.advance(film)  # the film itself is as it should be: nothing is made, the finer version stands
    assert drain() == 0 and standing(film) == made


def test_the_same_again_is_there_at_once(film: Project) -> None:
    wish = Choices(loudness_tenths=-140)
    first = standing(film)
    refine_film(first, wish, by=None)
    drain()
    made = standing(film)
    refine_film(made, Choices(grade="noir"), by=None)
    drain()
    assert standing(film).version == 3 and standing(film).refined_from == first  # never refined twice
    assert refine_film(standing(film), wish, by=None) == made
    assert standing(film) == made


def test_a_changed_film_stands_again_by_itself(film: Project) -> None:
    refine_film(standing(film), Choices(grade="noir"), by=None)
    drain()
    pick = Pick.objects.filter(content__scene__project=film).order_by("content__scene__start_frame")[0]
    review.redraw_image(pick, by=None, seen_take=1)
    drain()
    assert standing(film).version == 3 and standing(film).refined_from is None


@pytest.mark.parametrize("choices", [Choices(), Choices(grade="x"), Choices(look=str(UUID(int=0)))])
def test_it_refuses_in_words(film: Project, choices: Choices) -> None:
    with pytest.raises(IllegalMove):
        refine_film(standing(film), choices, by=None)


def test_the_page_says_what_each_choice_takes_and_what_became_of_it(studio: Client, film: Project) -> None:
    html = page(studio, film)
    for label in GRADE_LABELS.values():
        assert str(label) in html
    assert "about" in html and "Enlarge" not in html
    assert studio.post(address("refine", film), GIVEN).status_code == 302
    assert "Refining the film" in page(studio, film)
    drain()
    html = page(studio, film)
    assert "Before and after" in html and html.count("<video") == 2
    assert "Version 1 refined: Noir at 80 %" in html
    assert 'value="noir" checked' in html and 'value="80"' in html
    shown = studio.get(reverse("final", args=[film.code])).content.decode()
    assert "Version 1 refined" in shown and shown.count("data-start-ms=") == 12  # the scenes of the film it came from


def test_before_stands_again_with_one_press(studio: Client, film: Project) -> None:
    first = standing(film)
    refine_film(first, Choices(grade="noir"), by=None)
    drain()
    studio.post(reverse("version-pick", args=[first.code]), {"seen": "2"})
    assert standing(film) == first


def test_it_can_be_canceled(studio: Client, film: Project) -> None:
    studio.post(address("refine", film), GIVEN)
    studio.post(address("refine-cancel", film))
    assert Job.objects.get(step="refine_video").state == "canceled"
    assert drain() == 0 and standing(film).version == 1


def test_what_is_wrong_is_told_and_nothing_is_lost(studio: Client, film: Project) -> None:
    answer = studio.post(address("refine", film), GIVEN | {"intensity": "500"})
    html = answer.content.decode()
    assert answer.status_code == 422 and 'value="noir" checked' in html
    answer = studio.post(address("refine", film), GIVEN | {"bed": SimpleUploadedFile("x.mp3", b"no song")})
    assert answer.status_code == 422 and "not a song" in answer.content.decode()


def test_there_is_nothing_to_refine_without_a_film(studio: Client, project: Project) -> None:
    assert "There is no film yet" in page(studio, project)
    assert studio.post(address("refine", project), GIVEN).status_code == 422


def test_a_look_can_be_brought_along_tried_and_deleted(studio: Client, film: Project, charlie: Any) -> None:
    give_pictures(film)
    for _ in range(2):
        studio.post(address("look-add", film), cube())
    look = Look.objects.get()
    assert look.name == "My look" and "My look" in page(studio, film)
    query = {"grade": f"look:{look.code}", "width": "320", "intensity": "100"}
    answer = studio.get(address("refine-preview", film), query)
    red, green, blue = Pillow.open(io.BytesIO(answer.content)).getpixel((100, 100))  # type: ignore[misc]
    assert answer["Content-Type"] == "image/jpeg" and red > green > blue
    assert studio.post(address("refine", film), GIVEN | {"grade": f"look:{look.code}"}).status_code == 302
    drain()
    assert "My look" in standing(film).refinement["look_name"]
    Look.objects.update(owner=charlie)
    assert studio.get(address("refine-preview", film), query).status_code == 404
    assert studio.post(address("look-delete", film), {"look": look.code}).status_code == 404
    Look.objects.update(owner=film.owner)
    studio.post(address("look-delete", film), {"look": look.code})
    assert not Look.objects.exists() and not default_storage.exists(look.file)


@pytest.mark.parametrize(
    "data", [b"", CUBE.replace(b"17", b"100"), CUBE[:-20], CUBE.replace(b"0.0", b"nan", 1), b"\xff\xd8"]
)
def test_a_bad_look_is_refused_in_words(studio: Client, film: Project, data: bytes) -> None:
    answer = studio.post(address("look-add", film), cube(data))
    assert answer.status_code == 422 and "look" in answer.content.decode().lower()
    assert not Look.objects.exists()


def test_the_still_shows_the_look_as_strong_as_chosen(studio: Client, film: Project) -> None:
    give_pictures(film)

    def colors(**query: str) -> Any:
        answer = studio.get(address("refine-preview", film), {"width": "320", "intensity": "100", **query})
        return Pillow.open(io.BytesIO(answer.content)).getpixel((50, 50))

    plain, half, full = colors(), colors(grade="noir", intensity="50"), colors(grade="noir")
    spread = [max(found) - min(found) for found in (plain, half, full)]
    assert spread[0] > spread[1] > spread[2] and spread[2] < 8
    for query in ({"grade": "x"}, {"grade": "look:x"}, {"width": "5"}):
        answer = studio.get(address("refine-preview", film), {"width": "320", **query})
        assert answer.status_code == 404


def test_a_film_whose_scenes_are_gone_is_tried_on_its_own_frame(studio: Client, film: Project) -> None:
    give_pictures(film)
    url = f"{address('refine-preview', film)}?width=320&grade=noir"
    final = FinalVideo.objects.get(rendition__project=film)
    film.scenes.all().delete()
    assert studio.get(url).status_code == 404  # the file of a film that is made in tests is not there
    data = io.BytesIO()
    Pillow.new("RGB", (480, 270), (200, 40, 40)).save(data, "JPEG")
    final.poster_file = default_storage.save(f"p/{film.code}/poster.jpg", ContentFile(data.getvalue()))
    final.save(update_fields=["poster_file"])
    picture = Pillow.open(io.BytesIO(studio.get(url).content))
    red, green, blue = picture.getpixel((50, 50))  # type: ignore[misc]
    assert picture.size == (320, 180) and max(red, green, blue) - min(red, green, blue) < 8


def test_every_shipped_look_has_words_in_the_readers_language() -> None:
    assert set(GRADE_LABELS) == set(LOOKS)


def test_one_encode_is_counted_once(film: Project) -> None:
    takes = estimates(standing(film))
    assert takes["grade"] < takes["encode"] + takes["upscale"]


def changed(film: Project) -> None:
    """The film becomes another one: its first picture is drawn again."""
    pick = Pick.objects.filter(content__scene__project=film).order_by("content__scene__start_frame")[0]
    review.redraw_image(pick, by=None, seen_take=pick.image_take)
    drain()


def again_url(film: Project) -> str:
    return reverse("refine-again", args=[film.code])


@pytest.mark.postgres(long=True)
def test_the_refinement_of_an_older_film_is_done_again_with_one_press(studio: Client, film: Project) -> None:
    wish = Choices(grade="noir", intensity_permille=700, loudness_tenths=-140, fade_out_ms=1500)
    refine_film(standing(film), wish, by=None)
    drain()
    assert "the same way" not in page(studio, film)  # the version that stands is refined
    changed(film)
    for url in (address("refine", film), reverse("final", args=[film.code])):
        shown = studio.get(url).content.decode()
        assert "Version 2 belongs to an older film: Version 1 refined: Noir at 70 %" in shown
        assert "Refine version 3 the same way" in shown and "about" in shown
    assert studio.post(again_url(film), {"again": "3"}).status_code == 302
    assert "the same way" not in page(studio, film)  # it is under way
    drain()
    made = standing(film)
    assert (made.version, made.refined_from.version if made.refined_from else 0) == (4, 3)
    spec = Job.objects.filter(project=film, step="refine_video").latest("pk").input
    assert (spec["grade"], spec["spec"]["intensity_permille"], spec["spec"]["fade_out_ms"]) == ("noir", 700, 1500)


def test_the_form_begins_with_what_the_older_film_had(studio: Client, film: Project) -> None:
    refine_film(standing(film), Choices(grade="sepia", loudness_tenths=-160), by=None)
    drain()
    changed(film)
    form = studio.get(address("refine", film)).context["form"]
    assert (form["grade"].value(), form["loudness"].value()) == ("sepia", "-160")


def test_a_press_on_another_version_than_the_one_that_stands_is_refused(studio: Client, film: Project) -> None:
    refine_film(standing(film), Choices(grade="noir"), by=None)
    drain()
    assert studio.post(again_url(film), {"again": "2"}).status_code == 409  # it is refined: nothing to repeat
    changed(film)
    assert studio.post(again_url(film), {"again": "1"}).status_code == 409
    assert not Job.objects.filter(project=film, step="refine_video", state="queued").exists()


def test_music_under_it_comes_along_and_a_look_that_is_gone_is_told(studio: Client, film: Project) -> None:
    studio.post(address("look-add", film), cube())
    look = Look.objects.get()
    data = {**GIVEN, "grade": f"look:{look.code}", "bed": song_file()}
    assert studio.post(address("refine", film), data).status_code == 302
    drain()
    look.delete()
    changed(film)
    assert "Not there any more: the look that it had" in page(studio, film)
    studio.post(again_url(film), {"again": "3"})
    first, second = Job.objects.filter(project=film, step="refine_video").order_by("pk")
    assert second.input["bed"] == first.input["bed"] and second.input["cube"] is None


def test_the_time_of_a_repetition_counts_the_encode_once(film: Project) -> None:
    each = estimates(standing(film))
    first = standing(film)
    assert seconds_for(first, Choices(loudness_tenths=-140)) == each["sound"]
    assert seconds_for(first, Choices(grade="noir")) == each["grade"] + each["sound"]
    both = seconds_for(first, Choices(grade="noir", smooth=True))
    assert both == each["grade"] + each["smooth"] - each["encode"] + each["sound"]


def test_the_repetition_is_for_the_owner_alone(client: Client, charlie: Any, film: Project) -> None:
    assert client.post(again_url(film))["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.post(again_url(film)).status_code == 404


def test_the_still_of_an_ad_wears_its_templates_look_already(quick: None, studio: Client, alice: Any) -> None:
    project = begun(alice, seconds=15)
    drain()
    give_pictures(project)
    url = reverse("refine-preview", args=[project.code])
    answer = studio.get(url, {"width": "320", "grade": ""})
    shown = np.asarray(Pillow.open(io.BytesIO(answer.content)).convert("RGB"))[50, 50].astype(int)
    template = project.ad.as_template()
    worn = Grade(name=template.grade, percent=template.grade_percent)
    wanted = graded_picture(np.full((4, 4, 3), (180, 90, 40), np.uint8), worn)[0, 0].astype(int)
    assert np.abs(shown - wanted).max() <= 6 and np.abs(wanted - (180, 90, 40)).max() > 8
