"""A film enlarged by a vendor's model on the way to a finer version: at a price that was seen, and bought once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline import audit, credentials, pricebook
from pipeline.models import Attempt, Job, ModelEntry
from pipeline.recipes import digest
from pipeline.runner import fallback, ordering
from pipeline.runner.context import JobContext
from pipeline.runner.work import run_next
from pipeline.states import LIVE
from pipeline.steps import STEPS, enlarge_film
from pipeline.tests.providing import KEY
from projects.actions import refine, review
from projects.flow import refinements, spending
from projects.flow.provenance import makers
from projects.flow.refinements import Choices
from projects.models import Consent, FinalVideo, Look, Pick, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.test_view_refine import GIVEN, cube
from tests.vendor import Vendor, media

pytestmark = pytest.mark.django_db
TOPAZ = "replicate:topazlabs/video-upscale"
SECOND = 25_000
PRICE = 24 * SECOND
LARGER = {**GIVEN, "upscale": "on"}


@pytest.fixture
def small(film: Project) -> Project:
    """A finished film of 24 s in 720p, a key, and a model that an operator has given a price."""
    credentials.keep_key("replicate", "x")
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="topazlabs/video-upscale").update(price_microusd=SECOND)
    final = standing(film)
    final.certificate |= {"width": 1280, "height": 720}
    final.save()
    return film


def standing(film: Project) -> FinalVideo:
    final = film.renditions.select_related("final__refined_from", "final__rendition__project").get().final
    assert final is not None
    return final


def url(film: Project, name: str = "refine") -> str:
    return reverse(name, args=[film.code])


def offer(page: str) -> str:
    """The value of the choice, as the page has it."""
    found = re.search(rf'<option value="({re.escape(TOPAZ)} [0-9a-f]{{16}})"', page)
    assert found is not None
    return found[1]


def press(client: Client, film: Project, **more: Any) -> Any:
    return client.post(url(film), {**LARGER, "upscale_by": offer(text(client.get(url(film)))), **more})


def bought() -> list[Job]:
    return list(Job.objects.filter(step="enlarge_film").order_by("pk"))


def changed(film: Project) -> None:
    """The film becomes another one: its first picture is drawn again."""
    pick = Pick.objects.filter(content__scene__project=film).order_by("content__scene__start_frame")[0]
    review.redraw_image(pick, by=None, seen_take=pick.image_take)
    drain()
    final = standing(film)
    FinalVideo.objects.filter(pk=final.pk).update(certificate=final.certificate | {"width": 1280, "height": 720})


def test_the_price_stands_beside_the_choice_before_it_is_pressed(studio: Client, small: Project) -> None:
    page = text(studio.get(url(small)))
    assert "This server (ffmpeg), free" in page
    assert re.search(rf'<option value="{re.escape(TOPAZ)} [^>]*data-price="\$0\.60 at most">Topaz[^<]*\$0\.60', page)
    assert "real-esrgan" not in page, "it enlarges pictures"


@pytest.mark.parametrize("lacks", ["key", "price", "size", "width"])
def test_without_key_price_or_need_nobody_is_offered(studio: Client, small: Project, lacks: str) -> None:
    seen = offer(text(studio.get(url(small)))).partition(" ")[2]
    if lacks == "key":
        credentials.Credential.objects.all().delete()
    elif lacks == "price":
        ModelEntry.objects.filter(name="topazlabs/video-upscale").update(price_microusd=None)
    else:
        large = {"width": 1920, "height": 1080}
        FinalVideo.objects.update(certificate=large if lacks == "size" else {"width": 720, "height": 1280})
    assert "Enlarged by" not in text(studio.get(url(small)))
    answer = studio.post(url(small), {**LARGER, "upscale_by": f"{TOPAZ} {seen}"})
    assert (answer.status_code, bought()) == (302 if lacks == "size" else 422, [])
    assert not Consent.objects.exists()


def test_one_press_agrees_and_the_refinement_goes_on_by_itself(studio: Client, small: Project) -> None:
    first = standing(small)
    assert press(studio, small).status_code == 302
    job, consent = bought()[0], Consent.objects.get()
    assert (job.provider, job.queue, consent.steps, consent.ceiling_microusd) == (
        "replicate",
        "io",
        ["enlarge_film"],
        PRICE,
    )
    page = text(studio.get(url(small)))
    assert "Having the film enlarged; the rest follows by itself" in page
    assert "To finish this film" not in page, "it is agreed to"
    drain()
    made, refined = standing(small), Job.objects.get(step="refine_video")
    assert (made.version, made.refined_from, refined.provider, refined.queue) == (2, first, "", "cpu")
    assert refined.input["enlarged"] == bought()[0].output["file"]
    assert (refined.input["film"]["sha256"], refined.input["spec"]["film_height"]) == (first.sha256, 1080)
    assert (made.refinement["upscale"], made.refinement["upscale_by"]) == (True, TOPAZ)
    assert "enlarged to 1920 × 1080 by Topaz" in text(studio.get(url(small)))
    assert "replicate: topazlabs/video-upscale" in refined.input["spec"]["comment"], "the file says so itself"
    assert makers(small).models == {"replicate: topazlabs/video-upscale": ("enlarging of the film",)}


@pytest.mark.postgres(long=True)
def test_what_was_bought_is_kept_for_another_look_and_beside_what_was_made_here(studio: Client, small: Project) -> None:
    here = LARGER | {"upscale_by": ""}
    studio.post(url(small), here)
    drain()
    assert (standing(small).version, bought(), Consent.objects.count()) == (2, [], 0)
    press(studio, small)
    drain()
    assert standing(small).version == 3, "the same choices, but another enlargement"
    page = text(studio.get(url(small)))
    assert "Topaz (clips) · paid for already" in page
    press(studio, small, grade="sepia")
    drain()
    assert (standing(small).version, len(bought()), Consent.objects.count()) == (4, 1, 1)
    press(studio, small)
    studio.post(url(small), here)
    assert drain() == 0 and standing(small).version == 2, "both are there already"


@pytest.mark.postgres(long=True)
def test_pressed_twice_it_is_bought_once_and_what_was_chosen_last_is_done(studio: Client, small: Project) -> None:
    value = offer(text(studio.get(url(small))))
    for grade in ("noir", "sepia"):
        assert studio.post(url(small), {**LARGER, "grade": grade, "upscale_by": value}).status_code == 302
    assert (len(bought()), Consent.objects.count()) == (1, 1)
    drain()
    assert standing(small).refinement["grade"] == "sepia"
    assert Job.objects.filter(step="refine_video").count() == 1


def test_a_price_that_was_not_seen_is_refused_and_shown(studio: Client, small: Project) -> None:
    value = offer(text(studio.get(url(small))))
    ModelEntry.objects.filter(name="topazlabs/video-upscale").update(price_microusd=2 * SECOND)
    answer = studio.post(url(small), {**LARGER, "upscale_by": value})
    page = text(answer)
    assert (answer.status_code, bought(), Consent.objects.count()) == (409, [], 0)
    assert "has changed meanwhile" in page
    assert re.search(r'data-price="\$1\.20 at most" selected', page), "the choice stays, with its price now"
    assert 'value="noir" checked' in page


def test_a_price_that_changes_after_the_press_asks_again(studio: Client, small: Project) -> None:
    press(studio, small)
    job = bought()[0]
    Job.objects.filter(pk=job.pk).update(state="needs_consent", quote_microusd=2 * PRICE, quoted_price=f"{TOPAZ}@2")
    page = text(studio.get(url(small)))
    assert "It waits until you agree to its price." in page
    page = text(studio.get(url(small, "costs")))
    assert "Enlarging the film:" in page and "Agree to $" in page
    assert spending.remaining(small).steps == ("enlarge_film",)
    press(studio, small)
    assert [row.state for row in bought()] == ["canceled", "queued"]


def test_only_the_ticked_box_buys(studio: Client, small: Project) -> None:
    value = offer(text(studio.get(url(small))))
    studio.post(url(small), {**GIVEN, "upscale_by": value})
    assert (bought(), Consent.objects.count()) == ([], 0)
    assert Job.objects.get(step="refine_video").provider == ""


def sent(job: Job) -> None:
    """The vendor is at work on it."""
    common = {"project_code": job.project.code if job.project else None, "step": job.step, "provider": job.provider}
    common |= {"request": {}, "request_digest": "", "estimate_microusd": PRICE, "call": "enlarge", "state": "sent"}
    Attempt.objects.create(job=job, job_code=job.code, **common)
    Job.objects.filter(pk=job.pk).update(state="waiting")


def test_what_a_vendor_is_at_work_on_is_never_thrown_away_by_another_choice(studio: Client, small: Project) -> None:
    press(studio, small)
    here = {**LARGER, "upscale_by": ""}
    assert studio.post(url(small), here).status_code == 302, "nobody was asked yet: it costs nothing to think again"
    assert bought()[0].state == "canceled"
    press(studio, small)
    sent(bought()[1])
    answer = studio.post(url(small), here)
    assert answer.status_code == 422 and "which is paid for" in text(answer)
    assert press(studio, small, grade="sepia").status_code == 302
    assert [row.state for row in bought()] == ["canceled", "waiting"]
    assert bought()[1].input["then"]["grade"] == "sepia"
    studio.post(url(small, "refine-cancel"))
    assert bought()[1].state == "canceled"


def test_what_was_paid_for_and_then_canceled_is_used_and_not_bought_again(
    studio: Client, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STEPS, "enlarge_film", replace(STEPS["enlarge_film"], run=enlarge_film.run))
    monkeypatch.setattr(enlarge_film, "check_enlarged", lambda *_, **__: None)
    press(studio, small)
    sent(bought()[0])
    studio.post(url(small, "refine-cancel"))
    reply = {"file": {"key": "p/x/upscaled/large.mp4", "sha256": "l" * 64}, "width": 1920, "height": 1080}
    given = enlarge_film.Input.model_validate(bought()[0].input)
    ((_call, request),) = enlarge_film.calls(given, None)  # type: ignore[arg-type]
    Attempt.objects.update(
        state="done", cost_microusd=PRICE, reply=reply, request_digest=digest(request), model=TOPAZ.partition(":")[2]
    )
    page = text(studio.get(url(small)))
    assert "Topaz (clips) · paid for already" in page
    press(studio, small)
    assert Consent.objects.count() == 1, "there is nothing to agree to"
    monkeypatch.setattr(JobContext, "fetch", lambda *_: None)
    drain()
    assert [job.state for job in bought()] == ["canceled", "done"]
    assert Attempt.objects.exclude(estimate_microusd=0).count() == 1
    assert standing(small).refinement["upscale_by"] == TOPAZ


def test_a_failed_enlargement_is_told_and_answered_by_another_choice(studio: Client, small: Project) -> None:
    press(studio, small)
    Job.objects.filter(step="enlarge_film").update(state="failed", error="The film that came back is no larger.")
    assert "The film that came back is no larger." in text(studio.get(url(small)))
    studio.post(url(small), {**LARGER, "upscale_by": ""})
    assert "no larger" not in text(studio.get(url(small)))
    drain()
    assert standing(small).version == 2


def test_what_was_chosen_and_is_gone_when_it_comes_is_left_out(studio: Client, small: Project) -> None:
    studio.post(url(small, "look-add"), cube())
    press(studio, small, grade=f"look:{Look.objects.get().code}")
    Look.objects.all().delete()
    drain()
    assert (standing(small).version, standing(small).refinement["look"]) == (2, "")
    with pytest.raises(IllegalMove, match="not there any more"):
        wish = Choices(look="00000000-0000-0000-0000-000000000000", upscale=True, upscale_by=TOPAZ)
        changed(small)
        refine.refine_film(standing(small), wish, by=None)


def test_repeating_it_for_a_changed_film_shows_its_price(studio: Client, small: Project) -> None:
    press(studio, small)
    drain()
    changed(small)
    page = text(studio.get(url(small)))
    found = re.search(r'name="again" value="(3 [0-9a-f]{16})">.*?Refine version 3 the same way · \$0\.60 at most', page)
    assert found is not None
    assert "selected" not in page.partition("upscale_by")[2].partition("</select>")[0], "nothing is bought unasked"
    rendition = small.renditions.get()
    with pytest.raises(LostRace, match="changed meanwhile"):
        refine.refine_again(rendition, by=None, seen=3, price="")
    assert studio.post(url(small, "refine-again"), {"again": found[1]}).status_code == 302
    assert len(bought()) == 2
    drain()
    assert (standing(small).version, standing(small).refinement["upscale_by"]) == (4, TOPAZ)


def test_repeating_it_without_the_model_enlarges_here_and_says_so(studio: Client, small: Project) -> None:
    press(studio, small)
    drain()
    changed(small)
    ModelEntry.objects.filter(name="topazlabs/video-upscale").update(enabled=False)
    page = text(studio.get(url(small)))
    assert "the model that enlarged it, so this server does" in page
    studio.post(url(small, "refine-again"), {"again": "3"})
    drain()
    assert (len(bought()), standing(small).refinement["upscale_by"]) == (1, "")


def test_a_stranger_finds_nothing(client: Client, charlie: Any, small: Project) -> None:
    client.force_login(charlie)
    assert client.post(url(small), {**LARGER, "upscale_by": f"{TOPAZ} x"}).status_code == 404
    assert client.post(url(small, "refine-again"), {"again": "1 x"}).status_code == 404
    assert bought() == []


def test_no_model_for_pictures_stands_in_for_one_for_films(studio: Client, small: Project) -> None:
    ModelEntry.objects.filter(name="daanelson/real-esrgan-a100").update(price_microusd=1)
    press(studio, small)
    assert fallback.next_in_line(bought()[0]) is None


def test_the_bill_names_it_and_the_vendor_is_paid_once(
    studio: Client, small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real step against the vendor's stand-in: a film of a second goes there, and comes back larger."""
    monkeypatch.setitem(STEPS, "enlarge_film", replace(STEPS["enlarge_film"], run=enlarge_film.run))
    monkeypatch.setattr(ordering, "FIRST_LOOK_S", 0)
    data = media.enlarged_film(media.clip(1, 320, 180), 180, 30)
    final = standing(small)
    final.sha256 = hashlib.sha256(data).hexdigest()
    final.file = default_storage.save(f"p/{small.code}/films/small.mp4", ContentFile(data))
    final.frames, final.certificate = 30, final.certificate | {"width": 320, "height": 180}
    final.save()
    with Vendor() as vendor:
        credentials.keep_key("replicate", KEY, vendor.url)
        vendor.replicate.work_s = 0.0
        press(studio, small)
        for _ in range(5):
            while run_next():
                pass
            Job.objects.filter(state="waiting").update(not_before=timezone.now())
        assert len(vendor.posts("/v1/predictions")) == 1
    assert not Job.objects.filter(state__in=LIVE).exists()
    made = standing(small)
    assert (made.version, made.refinement["upscale_by"]) == (2, TOPAZ)
    attempt = Attempt.objects.get()
    assert (attempt.step, attempt.state, attempt.cost_microusd) == ("enlarge_film", "done", SECOND)
    row = next(row for row in spending.report(small).rows if row.step == "enlarge_film")
    assert (row.requests, row.spent_microusd) == (1, SECOND)
    assert "Enlarging the film" in text(studio.get(url(small, "costs")))
    assert {found.invariant for found in audit.findings()} <= {"I5"}, "only files that tests leave out are missing"
    assert refinements.enlarged_before(standing(small).refined_from or made, TOPAZ) is not None
