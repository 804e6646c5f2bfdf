"""Prices on the boards' buttons: what a press agrees to, and other models for one scene."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pipeline import credentials, pricebook
from pipeline.models import ModelEntry
from projects.actions.edit import edit_prompt
from projects.flow.rehearsal import rehearse
from projects.models import Consent, Project
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.reviewing import HTMX, at_clips, at_images, clip_of, image_of, pick_of, scenes, toast
from projects.tests.test_flow_spending import FLUX, PRO, VIDEO
from projects.views.rehearsals import rehearsal_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(db: None) -> None:
    credentials.keep_key("replicate", "x")


def hosted(project: Project, **providers: str) -> Project:
    Project.objects.filter(pk=project.pk).update(providers=providers)
    project.refresh_from_db()
    return project


def redo(page: str, project: Project, index: int, what: str) -> str:
    code = scenes(project)[index].code
    found = re.search(rf'formaction="(/s/{code}/{what}/[^"]*)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_what_is_made_here_is_free_on_every_button(client: Client, project: Project) -> None:
    film = at_images(project)
    client.force_login(film.owner)
    page = text(client.get(f"/p/{film.code}/images/"))
    assert "Redraw scene 1, free" in page
    assert "price=" not in page


def test_a_redraw_shows_its_price_and_a_press_agrees_to_it(client: Client, project: Project) -> None:
    film = hosted(at_images(project), generate_image=FLUX, generate_clip=VIDEO)
    client.force_login(film.owner)
    page = text(client.get(f"/p/{film.code}/images/"))
    assert "Redraw scene 1, $0.09 at most" in page  # 0.003 and its clip of four seconds, 0.08
    response = client.post(redo(page, film, 0, "image/redraw"), {"seen_take": 1, "aspect": "16:9"}, headers=HTMX)
    assert toast(response)["text"] == "Drawing another take."
    assert Consent.objects.get().ceiling_microusd == 83_000
    drain()
    assert (image_of(film, 0).take, image_of(film, 0).provider) == (2, "replicate")


def test_a_price_that_changed_is_refused_and_the_card_shows_the_new_one(client: Client, project: Project) -> None:
    film = hosted(at_images(project), generate_image=FLUX)
    client.force_login(film.owner)
    url = redo(text(client.get(f"/p/{film.code}/images/")), film, 0, "image/redraw")
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=50_000)
    response = client.post(url, {"seen_take": 1, "aspect": "16:9"}, headers=HTMX)
    assert response.status_code == 409
    assert "changed meanwhile" in toast(response)["text"]
    assert "Redraw scene 1, $0.05 at most" in text(response)
    assert not Consent.objects.exists()
    assert pick_of(film, 0).image_take == 1


def test_a_press_that_lost_its_race_agrees_to_nothing(client: Client, project: Project) -> None:
    film = hosted(at_images(project), generate_image=FLUX)
    client.force_login(film.owner)
    url = redo(text(client.get(f"/p/{film.code}/images/")), film, 0, "image/redraw")
    client.post(url, {"seen_take": 1, "aspect": "16:9"}, headers=HTMX)
    assert client.post(url, {"seen_take": 1, "aspect": "16:9"}, headers=HTMX).status_code == 409
    assert Consent.objects.count() == 1


def test_another_take_of_a_clip_shows_its_price(client: Client, project: Project) -> None:
    film = hosted(at_clips(project), generate_clip=VIDEO)
    client.force_login(film.owner)
    page = text(client.get(f"/p/{film.code}/clips/"))
    assert "Another take of scene 1, $0.08 at most" in page
    client.post(redo(page, film, 0, "clip/redo"), {"seen_take": 1, "aspect": "16:9"}, headers=HTMX)
    drain()
    assert clip_of(film, 0).provider == "replicate"


def test_saving_words_of_a_bought_picture_buys_nothing_unless_asked(client: Client, project: Project) -> None:
    hosted(project, generate_image=FLUX)
    film = at_images(project)
    client.force_login(film.owner)
    words = f"/s/{scenes(film)[0].code}/prompt/"
    client.post(words, {"aspect": "16:9", "seen_take": 1, "text": "a red boat"}, headers=HTMX)
    assert not Consent.objects.exists()
    refused = {"aspect": "16:9", "seen_take": 2, "text": "a blue boat", "redraw": "1"}
    assert client.post(words, refused, headers=HTMX).status_code == 409
    sheet = text(client.get(f"/p/{film.code}/images/{scenes(film)[0].code}/"))
    assert "Redrawing: $0.0030 at most." in sheet
    mark = re.search(r'name="price" value="([0-9a-f]+)"', sheet)
    assert mark is not None
    assert client.post(words, refused | {"price": mark[1]}, headers=HTMX).status_code == 200
    assert Consent.objects.get().ceiling_microusd == 3000


def test_one_scene_is_made_by_another_model_for_the_price_shown(client: Client, project: Project) -> None:
    film = at_images(project)
    client.force_login(film.owner)
    code = scenes(film)[1].code
    sheet = text(client.get(f"/p/{film.code}/images/{code}/"))
    assert "FLUX 1.1 pro, final" in sheet
    assert "$0.04 at most" in sheet
    choice = re.search(rf'value="({PRO} [0-9a-f]+)"', sheet)
    assert choice is not None
    given = {"kind": "image", "aspect": "16:9", "maker": choice[1]}
    assert client.post(f"/s/{code}/upgrade/", given)["Location"].endswith(f"#card-{code}")
    assert Consent.objects.get().ceiling_microusd == 40_000
    drain()
    assert image_of(film, 1).provider == "replicate"
    assert image_of(film, 0).provider == "local"
    assert client.post(f"/s/{code}/upgrade/", given | {"maker": f"{PRO} 0"}).status_code == 409


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kind": "film", "aspect": "16:9", "maker": "local 0"},
        {"kind": "image", "aspect": "3:2", "maker": "local 0"},
        {"kind": "image", "aspect": "16:9", "maker": ""},
    ],
)
def test_a_form_that_is_not_whole_is_refused(client: Client, film: Project, given: dict[str, str]) -> None:
    client.force_login(film.owner)
    assert client.post(f"/s/{scenes(film)[0].code}/upgrade/", given).status_code == 400


def test_strangers_upgrade_nothing(client: Client, film: Project, charlie: Any) -> None:
    client.force_login(charlie)
    assert client.post(f"/s/{scenes(film)[0].code}/upgrade/", {"kind": "image"}).status_code == 404


def test_what_edits_and_approvals_lead_to_is_priced(client: Client, project: Project) -> None:
    film = hosted(at_images(project), generate_image=FLUX, generate_clip=VIDEO)
    client.force_login(film.owner)
    page = text(client.get(f"/p/{film.code}/images/"))
    assert "What is approved is set in motion: $0.50 at most" in page  # 25 seconds
    found = rehearse(film, lambda: edit_prompt(scenes(film)[0].content, "a red boat", by=film.owner, seen_take=1))
    assert (found.images, found.cost_microusd) == ((1,), 3000)


def test_an_edit_whose_price_is_unknown_says_so(project: Project) -> None:
    film = hosted(at_images(project), generate_image="replicate:nobody/gone")
    found = rehearse(film, lambda: edit_prompt(scenes(film)[0].content, "a red boat", by=film.owner, seen_take=1))
    assert found.cost_microusd is None
    assert "Price unknown" in rehearsal_text(found)


WISH = {"aspect": "16:9", "back": "sheet", "seen": "::0:final", "camera": "orbit", "strength": "", "quality": "final"}


def test_other_settings_of_a_clip_show_their_price_before_they_are_saved(client: Client, project: Project) -> None:
    film = hosted(at_clips(project), generate_clip=VIDEO)
    client.force_login(film.owner)
    base = f"/s/{scenes(film)[0].code}/clip"
    sheet = text(client.get(f"/p/{film.code}/clips/{scenes(film)[0].code}/"))
    assert "Another camera or strength is a new take: $0.08 at most" in sheet
    later = text(client.get(f"{base}/price/", WISH | {"camera": "", "seconds": "2"}))
    assert "is a new take: $0.04 at most" in later
    draft = text(client.get(f"{base}/price/", WISH | {"seconds": "2", "quality": "draft"}))
    assert "Save, and make a take: $0.01 at most" in draft
    assert "4 seconds long at most" in text(client.get(f"{base}/price/", WISH | {"seconds": "9"}))
    asked = text(client.get(f"{base}/price/", WISH | {"seconds": "2"}))
    assert "Save, and make a take: $0.04 at most" in asked
    mark = re.search(r'name="price" value="([0-9a-f]{16})"', asked)
    assert mark is not None
    refused = client.post(f"{base}/set/", WISH | {"seconds": "3", "price": mark[1]}, headers=HTMX)
    assert refused.status_code == 409, "another sum than the one that was seen"
    assert (pick_of(film, 0).clip_camera, Consent.objects.count()) == ("", 0)
    assert client.post(f"{base}/set/", WISH | {"seconds": "2", "price": mark[1]}, headers=HTMX).status_code == 200
    assert (pick_of(film, 0).clip_camera, Consent.objects.get().ceiling_microusd) == ("orbit", 40_000)


def test_without_a_script_the_price_is_asked_on_a_page_of_its_own(client: Client, project: Project) -> None:
    film = hosted(at_clips(project), generate_clip=VIDEO)
    client.force_login(film.owner)
    url = f"/s/{scenes(film)[0].code}/clip/set/"
    asked = text(client.post(url, WISH | {"seconds": "2"}))
    assert "Make another take for $0.04 at most?" in asked
    assert (pick_of(film, 0).clip_camera, Consent.objects.count()) == ("", 0)
    fields = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', asked))
    assert client.post(url, fields | {"sure": "1"}).status_code == 302
    assert (pick_of(film, 0).clip_camera, Consent.objects.count()) == ("orbit", 1)


def test_what_is_set_for_later_costs_nothing_now(client: Client, project: Project) -> None:
    film = hosted(at_clips(project), generate_clip=VIDEO)
    client.force_login(film.owner)
    url = f"/s/{scenes(film)[0].code}/clip/set/"
    assert client.post(url, WISH | {"camera": "", "seconds": "2"}).status_code == 302
    assert (pick_of(film, 0).clip_seconds, Consent.objects.count()) == (2, 0)


def test_one_button_lets_a_scene_follow_its_film(client: Client, project: Project, charlie: Any) -> None:
    film = hosted(at_images(project), generate_image=FLUX)
    content = scenes(film)[1].content
    content.providers = {"generate_image": PRO}
    content.save(update_fields=["providers"])
    client.force_login(film.owner)
    sheet = f"/p/{film.code}/images/{scenes(film)[1].code}/"
    assert "As the film: FLUX schnell, draft" in text(client.get(sheet))
    url, given = f"/s/{scenes(film)[1].code}/follow/", {"kind": "image", "aspect": "16:9"}
    assert client.post(url, given)["Location"].endswith(f"?aspect=16:9#card-{scenes(film)[1].code}")
    assert "As the film" not in text(client.get(sheet))
    assert not Consent.objects.exists()
    client.force_login(charlie)
    assert client.post(url, given).status_code == 404
