"""A picture that is smaller than its film shows, made larger: at the price that was seen, once, as one more take."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline import credentials, pricebook
from pipeline.models import Attempt, Job, ModelEntry
from pipeline.runner import fallback
from pipeline.steps import STEPS
from projects.actions import control, review
from projects.actions.edit import edit_prompt
from projects.actions.enlarging import enlarge_image
from projects.flow import outlook
from projects.flow.enlarging import enlarging_estimate
from projects.flow.estimates import PriceList
from projects.flow.facts import project_facts
from projects.flow.guides import Guides
from projects.flow.makers import maker_named, offered_for
from projects.flow.provenance import makers
from projects.flow.receive import came_late, job_failed
from projects.flow.spending import remaining
from projects.flow.status import project_status
from projects.models import Consent, Image, Pick, Project, Verdict
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.reviewing import at_clips, at_images, image_of, pick_of, scenes

pytestmark = pytest.mark.django_db
ESRGAN = "replicate:daanelson/real-esrgan-a100"


def shrink(project: Project, index: int = 0) -> Image:
    """Let the picture be one that a vendor drew smaller than the film."""
    how = {"provider": "replicate", "model": "black-forest-labs/flux-schnell:draft", "seed": 7}
    image = image_of(project, index)
    Image.objects.filter(pk=image.pk).update(width=1344, height=768, provider="replicate", how=how)
    image.refresh_from_db()
    return image


@pytest.fixture
def small(project: Project) -> Project:
    """The first picture is smaller than the film shows, and there is a key for who can enlarge it."""
    film = at_images(project)
    shrink(film)
    credentials.keep_key("replicate", "x")
    return film


@pytest.fixture
def owner(client: Client, small: Project) -> Client:
    client.force_login(small.owner)
    return client


def sheet(client: Client, project: Project, index: int = 0) -> str:
    return text(client.get(f"/p/{project.code}/images/{scenes(project)[index].code}/"))


def url(project: Project, index: int = 0) -> str:
    return reverse("image-enlarge", args=[scenes(project)[index].code])


def form(page: str) -> dict[str, str]:
    """What the form in a sheet posts."""
    maker = re.search(rf'name="maker" value="({re.escape(ESRGAN)} [0-9a-f]{{16}})"', page)
    part = page[page.index('id="enlarge"') :]
    seen = re.search(r'name="seen" value="([0-9a-f-]{36})"', part)
    assert maker is not None
    assert seen is not None
    return {"maker": maker[1], "seen": seen[1], "aspect": "16:9"}


def mark(project: Project, index: int = 0) -> str:
    pick = Pick.objects.select_related("image", "clip", "content__prompt", "content__scene").get(
        pk=pick_of(project, index).pk
    )
    renditions = list(project.renditions.all())
    return enlarging_estimate(project, pick, renditions, maker_named(ESRGAN), PriceList()).mark


def posted(project: Project) -> dict[str, str]:
    return {"maker": f"{ESRGAN} {mark(project)}", "seen": str(image_of(project, 0).code), "aspect": "16:9"}


def enlarge(project: Project, index: int = 0) -> None:
    seen = str(image_of(project, index).code)
    price = mark(project, index)
    enlarge_image(pick_of(project, index), ESRGAN, by=project.owner, seen=seen, price=price)


def test_the_sheet_offers_it_with_its_price(owner: Client, small: Project) -> None:
    page = sheet(owner, small)
    assert "Enlarge this picture" in page
    assert "It has 1344 × 768 pixels, and the film shows 1920 × 1080." in page
    assert re.search(r"Enlarge it · \$0\.03 at most", page)
    assert "Real-ESRGAN (pictures)" in page
    assert "Topaz" not in page, "that enlarges clips"


def test_it_is_offered_only_where_it_helps_and_somebody_can(owner: Client, small: Project) -> None:
    assert "Enlarge this picture" not in sheet(owner, small, 1), "as large as the film"
    Image.objects.filter(pk=image_of(small, 0).pk).update(verdict=Verdict.REJECTED)
    assert "Enlarge this picture" not in sheet(owner, small), "rejected"
    Image.objects.filter(pk=image_of(small, 0).pk).update(verdict=Verdict.PENDING)
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="daanelson/real-esrgan-a100").update(price_microusd=None)
    assert "Enlarge this picture" not in sheet(owner, small), "without a price nobody is offered"


def test_without_a_key_nothing_is_shown_and_nothing_is_bought(client: Client, project: Project) -> None:
    film = at_images(project)
    image = shrink(film)
    client.force_login(film.owner)
    assert "Enlarge this picture" not in sheet(client, film)
    response = client.post(url(film), {"maker": f"{ESRGAN} x", "seen": str(image.code), "aspect": "16:9"})
    assert (response.status_code, "not offered any more" in response.content.decode()) == (409, True)
    assert not Job.objects.filter(step="enlarge_image").exists()


def test_models_that_enlarge_films_are_not_offered_for_pictures(small: Project) -> None:
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="topazlabs/video-upscale").update(price_microusd=1000)
    assert [row.key for row in offered_for("enlarge_image")] == [ESRGAN]
    enlarge(small)
    assert fallback.next_in_line(Job.objects.get(step="enlarge_image")) is None, "nor do they stand in"


def test_one_press_buys_it_once_and_the_larger_take_stands_for_review(owner: Client, small: Project) -> None:
    old = image_of(small, 0)
    given = form(sheet(owner, small))
    for _ in range(2):
        response = owner.post(url(small), given)
        assert response["Location"].endswith(f"?aspect=16:9#card-{scenes(small)[0].code}")
    job = Job.objects.get(step="enlarge_image")
    assert (job.provider, job.model, job.take) == ("replicate", "daanelson/real-esrgan-a100", old.take)
    wanted = STEPS["enlarge_image"].input.model_validate(job.input)
    assert wanted.model_dump(include={"width", "height", "short_side"}) == {
        "width": 1344,
        "height": 768,
        "short_side": 1273,  # 1920 across, and as far as the camera goes in
    }
    consent = Consent.objects.get()
    assert (consent.steps, consent.ceiling_microusd) == (["enlarge_image"], 28_000)
    assert remaining(small).microusd == 28_000, "it counts as what is still to come"
    board = text(owner.get(f"/p/{small.code}/images/"))
    assert "It is being made larger" in board
    assert "takes its place as soon as it is there" in sheet(owner, small)
    assert "Enlarge it ·" not in sheet(owner, small)
    drain()
    new = image_of(small, 0)
    assert (new.take, new.width, new.height, new.verdict) == (old.take + 1, 2688, 1536, Verdict.PENDING)
    for name in ("focus_x", "focus_y", "recipe", "provider", "depth_file", "particles"):
        assert getattr(new, name) == getattr(old, name)
    assert new.how == old.how | {"enlarged": {"provider": "replicate", "model": "daanelson/real-esrgan-a100"}}
    assert Image.objects.filter(pk=old.pk).exists()
    assert "enlarged by Real-ESRGAN (pictures)" in text(owner.get(f"/p/{small.code}/images/"))
    page = sheet(owner, small)
    assert "Enlarge this picture" not in page
    assert "Its words have changed since it was drawn" not in page


def test_who_drew_it_and_who_enlarged_it_are_both_told(small: Project) -> None:
    enlarge(small)
    drain()
    made = makers(small)
    assert made.models["replicate: black-forest-labs/flux-schnell:draft"] == ("pictures",)
    assert made.models["replicate: daanelson/real-esrgan-a100"] == ("enlarging of pictures",)
    picture = project_facts(small)["scenes"][0]["picture"]
    assert (picture["model"], picture["seed"]) == ("black-forest-labs/flux-schnell:draft", 7)
    assert picture["enlarged_model"] == "daanelson/real-esrgan-a100"
    assert "enlarged_model" not in project_facts(small)["scenes"][1]["picture"]


def test_it_is_never_drawn_again_unasked_and_is_out_of_date_with_its_words(small: Project) -> None:
    """Even one that was drawn here, for nothing, counts as bought from then on."""
    old = image_of(small, 0)
    Image.objects.filter(pk=old.pk).update(provider="local", how={"seed": 3}, verdict=Verdict.APPROVED)
    enlarge(small)
    drain()
    new = image_of(small, 0)
    guides, renditions = Guides(small), list(small.renditions.all())
    assert outlook.other_picture(guides, renditions, pick_of(small, 0)) == ""
    edit_prompt(scenes(small)[0].content, "a quiet harbor", by=small.owner, seen_take=1)
    drain()
    assert image_of(small, 0) == new
    assert outlook.other_picture(Guides(small), renditions, pick_of(small, 0)) != ""


def test_a_take_that_was_not_seen_and_another_price_are_refused(owner: Client, small: Project) -> None:
    given = form(sheet(owner, small))
    stale = owner.post(url(small), given | {"seen": str(image_of(small, 1).code)})
    assert (stale.status_code, "Another take stands now" in stale.content.decode()) == (409, True)
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="daanelson/real-esrgan-a100").update(price_microusd=9000)
    dearer = owner.post(url(small), given)
    assert (dearer.status_code, "has changed meanwhile" in dearer.content.decode()) == (409, True)
    assert owner.post(url(small), {"aspect": "16:9"}).status_code == 400
    assert (Job.objects.filter(step="enlarge_image").count(), Consent.objects.count()) == (0, 0)


def test_only_a_form_asks_and_only_for_a_shape_of_the_film(owner: Client, small: Project) -> None:
    assert owner.get(url(small)).status_code == 405
    assert owner.post(url(small), form(sheet(owner, small)) | {"aspect": "9:16"}).status_code == 404


def test_a_stranger_cannot_enlarge(client: Client, small: Project, charlie: Any) -> None:
    client.force_login(charlie)
    assert client.post(url(small), posted(small)).status_code == 404


def test_nothing_is_bought_for_a_canceled_film(owner: Client, small: Project) -> None:
    given = form(sheet(owner, small))
    control.stop_project(small, by=small.owner)
    response = owner.post(url(small), given)
    assert (response.status_code, "Go on with it first." in response.content.decode()) == (409, True)
    assert "Enlarge this picture" not in sheet(owner, small)


def test_a_picture_that_is_large_enough_or_about_to_be_another_is_refused(small: Project) -> None:
    with pytest.raises(IllegalMove, match="as large as the film"):
        enlarge(small, 1)
    seen, price = str(image_of(small, 0).code), mark(small)
    review.redraw_image(pick_of(small, 0), by=small.owner, seen_take=1)
    with pytest.raises(IllegalMove, match="being drawn"):
        enlarge_image(pick_of(small, 0), ESRGAN, by=small.owner, seen=seen, price=price)
    with pytest.raises(LostRace):
        enlarge_image(pick_of(small, 0), ESRGAN, by=small.owner, seen="", price=price)


def test_a_take_that_is_wanted_meanwhile_stands(small: Project) -> None:
    """The larger one is kept as a further take: it is paid for."""
    enlarge(small)
    review.redraw_image(pick_of(small, 0), by=small.owner, seen_take=1)
    drain()
    assert image_of(small, 0).take == 2
    assert "enlarged" not in image_of(small, 0).how
    larger = Image.objects.get(how__has_key="enlarged")
    assert (larger.take, larger.content) == (3, scenes(small)[0].content)


def test_another_take_that_is_chosen_takes_it_back(small: Project) -> None:
    review.redraw_image(pick_of(small, 0), by=small.owner, seen_take=1)
    drain()
    first, second = Image.objects.filter(content=scenes(small)[0].content).order_by("take")
    Image.objects.filter(pk=second.pk).update(width=1344, height=768)
    enlarge(small)
    review.pick_image(pick_of(small, 0), first, by=small.owner)
    assert Job.objects.get(step="enlarge_image").state == "canceled"


def test_what_comes_when_the_film_was_canceled_is_kept(small: Project) -> None:
    enlarge(small)
    job = Job.objects.get(step="enlarge_image")
    output = STEPS["enlarge_image"].run(STEPS["enlarge_image"].input.model_validate(job.input), None)  # type: ignore[arg-type]
    control.stop_project(small, by=small.owner)
    for _ in range(2):
        came_late(job, output)
    assert Image.objects.filter(how__has_key="enlarged").count() == 1
    assert image_of(small, 0).width == 2688


def test_a_failure_is_told_beside_the_picture_and_the_film_lacks_nothing(owner: Client, small: Project) -> None:
    enlarge(small)
    Job.objects.filter(step="enlarge_image").update(state="failed", error="The vendor is gone.")
    said = "It could not be made larger. The vendor is gone."
    assert said in text(owner.get(f"/p/{small.code}/images/"))
    page = sheet(owner, small)
    assert said in page
    assert project_status(small).failures == 0
    owner.post(url(small), form(page))
    assert Job.objects.get(step="enlarge_image", state="failed").dismissed
    assert Job.objects.filter(step="enlarge_image", state="queued").count() == 1
    drain()
    assert said not in sheet(owner, small)


def test_the_clip_waits_for_the_larger_picture_and_is_made_once(project: Project) -> None:
    film = at_images(project)
    shrink(film)
    credentials.keep_key("replicate", "x")
    enlarge(film)
    review.approve_image(image_of(film, 0), by=film.owner, seen=Verdict.PENDING)
    assert not Job.objects.filter(step="generate_clip").exists()
    drain()
    review.approve_image(image_of(film, 0), by=film.owner, seen=Verdict.PENDING)
    drain()
    assert pick_of(film, 0).clip.image.width == 2688  # type: ignore[union-attr]
    assert Job.objects.filter(step="generate_clip").count() == 1


def test_the_clip_is_made_of_the_picture_there_is_where_it_cannot_be_enlarged(small: Project) -> None:
    enlarge(small)
    review.approve_image(image_of(small, 0), by=small.owner, seen=Verdict.PENDING)
    assert not Job.objects.filter(step="generate_clip").exists()
    job = Job.objects.get(step="enlarge_image")
    Job.objects.filter(pk=job.pk).update(state="failed")
    job_failed(job)
    assert Job.objects.filter(step="generate_clip", state="queued").exists()


def test_a_clip_that_was_bought_is_in_the_price(client: Client, project: Project) -> None:
    film = at_clips(project)
    shrink(film)
    credentials.keep_key("replicate", "x")
    film.providers = {"generate_clip": "replicate:prunaai/p-video:draft"}
    film.save(update_fields=["providers"])
    client.force_login(film.owner)
    page = sheet(client, film)
    assert "Its clip is made again of it; that is in the price." in page
    client.post(url(film), form(page))
    assert set(Consent.objects.get().steps) == {"enlarge_image", "generate_clip"}


def test_what_waits_for_its_price_asks_for_it_on_the_page(owner: Client, small: Project) -> None:
    enlarge(small)
    Consent.objects.all().delete()
    Job.objects.filter(step="enlarge_image").update(state="needs_consent", quote_microusd=900, quoted_price="x@1")
    page = text(owner.get(f"/p/{small.code}/images/"))
    assert "Larger pictures:" in page
    assert "Agree to $" in page
    assert "To be made larger it waits until you confirm the price." in sheet(owner, small)
    owner.post(url(small), posted(small))
    assert set(Job.objects.filter(step="enlarge_image").values_list("state", flat=True)) == {"canceled", "queued"}
    assert Attempt.objects.count() == 0
