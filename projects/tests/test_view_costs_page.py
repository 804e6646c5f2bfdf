"""The Costs page: owners only, prices before anything, one press to agree, and a bill that adds up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline import credentials, pricebook
from pipeline.models import Attempt, Job, ModelEntry
from projects import flow
from projects.actions import control
from projects.models import Consent, Event, Pick, Project
from projects.tests.big_films import finished_film
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.reviewing import pick_of, scenes
from projects.tests.test_flow_spending import FLUX, VIDEO

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _keys(db: None) -> None:
    credentials.keep_key("replicate", "x")


@pytest.fixture
def owner(client: Client, film: Project) -> Client:
    client.force_login(film.owner)
    return client


def url(project: Project, part: str = "") -> str:
    return f"/p/{project.code}/costs/{part}"


def hosted(project: Project) -> Project:
    """All pictures and clips are still to be made, by a vendor."""
    Project.objects.filter(pk=project.pk).update(providers={"generate_image": FLUX, "generate_clip": VIDEO})
    Pick.objects.update(image=None, clip=None)
    project.refresh_from_db()
    return project


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{16})"', page)
    assert found is not None, "no sum is asked for"
    return found[1]


@pytest.mark.parametrize("part", ["", "pulse/", "makers/", "agree/", "withdraw/", "upgrade/"])
def test_it_is_the_owners_alone(client: Client, film: Project, charlie: Any, part: str) -> None:
    assert client.get(url(film, part)).status_code in (302, 405)
    client.force_login(charlie)
    read = part in ("", "pulse/")
    assert (client.get(url(film, part)) if read else client.post(url(film, part))).status_code == 404


def test_a_film_made_here_says_so_and_offers_the_models_there_are(owner: Client, film: Project) -> None:
    page = text(owner.get(url(film)))
    assert "all of this film is made on this server" in page
    assert "FLUX schnell, draft · $0.003 a picture" in page
    assert "To finish this film" not in page
    assert "To finish this film" not in text(owner.get(f"/p/{film.code}/"))
    assert "Costs" in text(owner.get(f"/p/{film.code}/"))


def test_makers_are_chosen_without_spending(owner: Client, film: Project) -> None:
    chosen = {"maker-generate_image": FLUX, "maker-generate_clip": "local", "fallback": "on"}
    assert owner.post(url(film, "makers/"), chosen)["Location"] == url(film)
    film.refresh_from_db()
    assert (film.providers, film.fallback) == ({"generate_image": FLUX}, True)
    page = text(owner.get(url(film)))
    assert "Nothing is spent before you agree" in page
    assert f'<option value="{FLUX}" selected>' in page
    assert not Consent.objects.exists()


def test_a_model_that_is_gone_is_told_and_what_was_chosen_is_kept(owner: Client, film: Project) -> None:
    chosen = {"maker-generate_image": FLUX, "maker-generate_clip": "replicate:nobody/gone"}
    response = owner.post(url(film, "makers/"), chosen)
    assert response.status_code == 409
    assert "not offered any more" in text(response)
    assert f'<option value="{FLUX}" selected>' in text(response)


def test_every_page_asks_with_the_sum_and_the_time_before_anything_is_sent(owner: Client, film: Project) -> None:
    hosted(film)
    for page in (url(film), f"/p/{film.code}/", f"/p/{film.code}/images/", f"/p/{film.code}/clips/"):
        found = text(owner.get(page))
        assert "To finish this film: $0.52 at most" in found, page  # 6 x 0.003 + 25 s x 0.02
        assert "Agree to $0.52" in found
        assert "about" in found


def test_one_press_agrees_to_the_sum_that_was_shown(owner: Client, film: Project) -> None:
    hosted(film)
    mark = seen(text(owner.get(url(film))))
    response = owner.post(url(film, "agree/"), {"seen": mark}, headers=HTMX)
    assert (response.status_code, response["HX-Refresh"]) == (200, "true")
    assert Consent.objects.get().ceiling_microusd == 518_000
    page = text(owner.get(url(film)))
    assert "To finish this film" not in page
    assert "up to $0.52" in page


def test_who_is_asked_again_reads_why_and_nothing_more_is_bought(owner: Client, film: Project) -> None:
    hosted(film)
    page = text(owner.get(url(film)))
    assert "asked again" not in page and "Nobody has listened" not in page
    owner.post(url(film, "agree/"), {"seen": seen(page)})
    bought = Attempt.objects.count()
    Consent.objects.update(ceiling_microusd=10)
    Event.objects.filter(verb="consented").update(data={"scenes": 4})
    page = text(owner.get(url(film)))
    assert "more scenes than expected: 6 instead of 4. Nothing beyond what you agreed to is bought." in page
    assert Attempt.objects.count() == bought
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=30_000)
    assert "its price is another one than you agreed to" in text(owner.get(url(film)))


def test_before_the_song_is_heard_the_sum_says_for_how_many_scenes_it_is(client: Client, project: Project) -> None:
    client.force_login(project.owner)
    hosted(project)
    assert "Nobody has listened to the song yet" in text(client.get(url(project)))


def test_a_sum_that_changed_is_refused_in_words_and_shown_anew(owner: Client, film: Project) -> None:
    hosted(film)
    mark = seen(text(owner.get(url(film))))
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=30_000)
    response = owner.post(url(film, "agree/"), {"seen": mark})
    assert response.status_code == 409
    page = text(response)
    assert "changed meanwhile" in page
    assert "To finish this film: $0.68 at most" in page
    assert not Consent.objects.exists()
    assert owner.post(url(film, "agree/"), {"seen": seen(page)}).status_code == 302


def test_an_unknown_price_is_said_and_nothing_can_be_agreed_to(owner: Client, film: Project) -> None:
    hosted(film)
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="prunaai/p-video").update(price_microusd=None)
    page = text(owner.get(url(film)))
    assert "The price of Pruna P-Video, final is not known" in page
    assert "Agree to" not in page
    assert "price unknown" in page


def test_what_is_paused_or_out_of_order_says_why(owner: Client, film: Project) -> None:
    hosted(film)
    job = Job.objects.filter(step="generate_image").first()
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="paused_budget", error="Today's spending limit does not allow this.")
    page = text(owner.get(f"/p/{film.code}/"))
    assert "Today&#x27;s spending limit does not allow this." in page


def test_the_bill_adds_up(owner: Client, film: Project) -> None:
    common = {"job_code": film.code, "project_code": film.code, "provider": "replicate"}
    common |= {"request": {}, "request_digest": ""}
    for number, (step, key, cost) in enumerate(
        [("generate_image", FLUX, 3000), ("generate_image", FLUX, 3000), ("generate_clip", VIDEO, 80_000)]
    ):
        model = key.partition(":")[2]
        Attempt.objects.create(
            **common,
            step=step,
            model=model,
            call=f"c{number}",
            state="done",
            estimate_microusd=100_000,
            cost_microusd=cost,
        )
    page = text(owner.get(url(film)))
    assert "FLUX schnell, draft" in page
    assert "<strong>$0.09</strong>" in page  # 0.086 in all
    assert "$0.30" in page


def test_a_consent_can_be_taken_back(owner: Client, film: Project) -> None:
    hosted(film)
    owner.post(url(film, "agree/"), {"seen": seen(text(owner.get(url(film))))})
    owner.post(url(film, "withdraw/"))
    assert Consent.objects.get().withdrawn_at is not None
    assert "Agree to $0.52" in text(owner.get(url(film)))


def test_a_sum_is_proposed_to_scenes_and_one_press_starts_it(owner: Client, film: Project) -> None:
    page = text(owner.get(url(film), {"sum": "0.20", "maker-generate_clip": VIDEO, "maker-generate_image": "keep"}))
    assert "the opening: it decides whether people stay" in page
    assert "a chorus: people remember it" in page
    assert "Make 2 scenes again · $0.16 at most" in page
    codes = re.findall(r'name="scene" value="([0-9a-f-]{36})"', page)
    given = {"scene": codes, "maker-generate_clip": VIDEO, "seen": seen(page[page.index("Make 2 scenes") - 900 :])}
    assert owner.post(url(film, "upgrade/"), given)["Location"] == url(film)
    assert Consent.objects.get().ceiling_microusd == 160_000
    drain()
    clip = pick_of(film, 0).clip
    assert clip is not None
    assert clip.provider == "replicate"
    assert pick_of(film, 1).clip_take == 1


@pytest.mark.parametrize("sum_of", ["", "much", "-1", "0", "nan", "1e9"])
def test_a_sum_that_is_none_is_told(owner: Client, film: Project, sum_of: str) -> None:
    assert "Enter a sum in dollars" in text(owner.get(url(film), {"sum": sum_of, "maker-generate_clip": VIDEO}))


def test_what_nobody_can_buy_is_refused(owner: Client, film: Project, alice: Any) -> None:
    given = {"scene": [str(scenes(film)[0].code), "x"], "maker-generate_clip": VIDEO, "seen": "0" * 16}
    assert owner.post(url(film, "upgrade/"), given).status_code == 409
    control.stop_project(film, by=alice)
    assert "To finish this film" not in text(owner.get(url(hosted(film))))


def test_what_a_vendor_holds_up_is_told_on_every_page(owner: Client, film: Project) -> None:
    hosted(film)
    job = Job.objects.filter(step="generate_image").first()
    assert job is not None
    told = "Replicate does not accept the studio's key. The operator was told."
    Job.objects.filter(pk=job.pk).update(state="queued", held=True, error=told)
    for page in (f"/p/{film.code}/", f"/p/{film.code}/images/", url(film)):
        assert "does not accept the studio&#x27;s key" in text(owner.get(page)), page


@pytest.mark.long
@pytest.mark.parametrize("name", ["project", "images", "clips", "costs"])
def test_hosted_films_cost_as_many_queries_however_long(client: Client, name: str) -> None:
    counts = []
    for scenes_of in (3, 12):
        project = finished_film(scenes_of)
        Project.objects.filter(pk=project.pk).update(providers={"generate_image": FLUX, "generate_clip": VIDEO})
        Pick.objects.filter(content__project=project).update(clip=None)
        client.force_login(project.owner)
        address = reverse(name, args=[project.code])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1]


def pulse(page: str) -> tuple[str, dict[str, str]] | None:
    """The address and the query of the page's one poll; None where it has ended."""
    found = re.findall(r'hx-get="([^"]+)\?([^"]+)" hx-trigger="every', page)
    assert len(found) <= 1
    return (found[0][0], dict(part.split("=") for part in found[0][1].split("&amp;"))) if found else None


def test_it_polls_once_and_only_what_changed_comes(owner: Client, film: Project) -> None:
    Job.objects.filter(pk=Job.objects.filter(step="generate_clip")[0].pk).update(state="running")
    asked = pulse(text(owner.get(url(film))))
    assert asked is not None
    address, query = asked
    assert address == url(film, "pulse/")
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(address, query).status_code == 204
    assert len(captured.captured_queries) <= 3
    common = {"job_code": film.code, "project_code": film.code, "step": "generate_image", "provider": "replicate"}
    common |= {"model": FLUX.partition(":")[2], "request": {}, "request_digest": "", "state": "done"}
    Attempt.objects.create(**common, call="draw", estimate_microusd=3000, cost_microusd=3000)
    flow.touch(film)
    answer = text(owner.get(address, query))
    assert "FLUX schnell, draft" in answer
    assert "$0.003" in answer
    assert "<select" not in answer
    assert "<input" not in answer
    assert f'id="bill-{film.code}" class="stack" hx-swap-oob="true"' in answer


def test_its_polling_ends_with_the_work(owner: Client, film: Project) -> None:
    assert pulse(text(owner.get(url(film)))) is None
    Job.objects.filter(pk=Job.objects.filter(step="generate_clip")[0].pk).update(state="running")
    asked = pulse(text(owner.get(url(film))))
    assert asked is not None
    Job.objects.update(state="done")
    flow.touch(film)
    assert pulse(text(owner.get(*asked))) is None


def test_many_consents_cost_a_page_as_many_queries_as_one(owner: Client, film: Project) -> None:
    hosted(film)
    counts = []
    for more in (1, 20):
        for _ in range(more):
            Consent.objects.create(project=film, steps=["generate_clip"], ceiling_microusd=1, prices={})
        owner.get(f"/p/{film.code}/")
        with CaptureQueriesContext(connection) as captured:
            owner.get(f"/p/{film.code}/")
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1]
