"""Choosing who makes what spends nothing; agreeing is to the sum that was seen; scenes are upgraded one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from pipeline import credentials, pricebook
from pipeline.models import Attempt, Job, ModelEntry
from pipeline.runner import charges, context, lease
from pipeline.steps import STEPS
from projects.actions import makers
from projects.actions.clip_settings import ClipSettings, set_clip
from projects.actions.consent import give_consent
from projects.flow import board as boards
from projects.flow import spending
from projects.flow.estimates import PriceList
from projects.flow.makers import Maker, maker
from projects.flow.upgrades import upgrade_estimate, worthwhile
from projects.models import Consent, Event, Pick, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.reviewing import at_clips, pick_of, scenes
from projects.tests.test_flow_spending import DEEPSEEK, FLUX, PRO, VIDEO

pytestmark = [pytest.mark.django_db, pytest.mark.postgres(long=True)]


@pytest.fixture(autouse=True)
def _keys(db: None) -> None:
    for vendor in ("replicate", "openrouter"):
        credentials.keep_key(vendor, "x")


def choose(project: Project, choices: dict[str, str], *, fallback: bool = False) -> Project:
    makers.choose_makers(project, choices, fallback=fallback, by=project.owner)
    project.refresh_from_db()
    return project


def mark(project: Project, index: int, choices: dict[str, str]) -> str:
    board = boards.load(project, None)
    return upgrade_estimate(board, [board.scenes[index]], choices, board.aspects, PriceList()).mark


def test_a_choice_is_kept_and_agrees_to_nothing(film: Project) -> None:
    choose(film, {"generate_image": FLUX, "generate_clip": VIDEO, "plan_scenes": "local"}, fallback=True)
    assert film.providers == {"generate_image": FLUX, "generate_clip": VIDEO}
    assert film.fallback
    drain()
    assert not Job.objects.exclude(provider="").exists()
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "choices",
    [
        {"generate_image": "replicate:nobody/gone"},
        {"generate_image": VIDEO},
        {"generate_clip": "replicate:topazlabs/video-upscale"},
        {"assemble_video": FLUX},
    ],
)
def test_what_is_not_offered_for_a_step_is_refused(film: Project, choices: dict[str, str]) -> None:
    with pytest.raises(IllegalMove):
        choose(film, choices)
    film.refresh_from_db()
    assert film.providers == {}


def test_a_choice_that_is_gone_meanwhile_may_stay(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(enabled=False)
    choose(film, {"generate_image": FLUX, "plan_scenes": DEEPSEEK})
    assert film.providers["generate_image"] == FLUX


def test_another_maker_is_asked_for_what_waits_and_for_what_failed(project: Project) -> None:
    choose(project, {"generate_image": FLUX})
    drain()
    Pick.objects.update(image=None)
    pick = pick_of(project, 0)
    recipe = Job.objects.filter(step="generate_image").first()
    assert recipe is not None
    Job.objects.filter(pk=recipe.pk).update(state="failed")
    waiting = Job.objects.filter(step="generate_image").last()
    assert waiting is not None
    Job.objects.filter(pk=waiting.pk).update(state="needs_consent", quote_microusd=3000)
    choose(project, {})
    assert set(Job.objects.filter(pk=waiting.pk).values_list("state", flat=True)) == {"canceled"}
    assert Job.objects.get(pk=recipe.pk).dismissed
    drain()
    assert Pick.objects.get(pk=pick.pk).image is not None


def test_agreeing_covers_what_the_film_still_needs_at_the_prices_seen(film: Project) -> None:
    choose(film, {"generate_image": FLUX, "generate_clip": VIDEO})
    Pick.objects.update(image=None, clip=None)
    estimate = spending.remaining(film)
    consent = makers.agree(film, by=film.owner, seen=estimate.mark)
    assert consent is not None
    assert (consent.ceiling_microusd, set(consent.steps)) == (estimate.microusd, {"generate_image", "generate_clip"})
    assert consent.prices == estimate.prices
    assert spending.is_agreed(film, estimate)
    Consent.objects.update(ceiling_microusd=estimate.microusd - 1)
    assert not spending.is_agreed(film, estimate)


def test_what_was_agreed_to_piece_by_piece_is_not_asked_for_again(film: Project) -> None:
    choose(film, {"generate_image": FLUX, "generate_clip": VIDEO})
    Pick.objects.update(image=None, clip=None)
    estimate = spending.remaining(film)
    for part in estimate.parts:
        give_consent(film, [part.step], part.microusd or 0, by=film.owner, prices=estimate.prices)
    assert spending.is_agreed(film, estimate)
    Consent.objects.filter(steps=["generate_clip"]).update(withdrawn_at=timezone.now())
    assert not spending.is_agreed(film, estimate)


def test_a_changed_price_is_to_be_confirmed(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    Pick.objects.update(image=None)
    seen = spending.remaining(film).mark
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=9000)
    with pytest.raises(LostRace, match="changed meanwhile"):
        makers.agree(film, by=film.owner, seen=seen)
    assert not Consent.objects.exists()


def test_an_unknown_price_cannot_be_agreed_to(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    Pick.objects.update(image=None)
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=None)
    with pytest.raises(IllegalMove, match="Ask the operator"):
        makers.agree(film, by=film.owner, seen=spending.remaining(film).mark)


def test_stand_ins_are_agreed_to_where_they_are_allowed(film: Project) -> None:
    choose(film, {"generate_image": FLUX}, fallback=True)
    Pick.objects.update(image=None)
    consent = makers.agree(film, by=film.owner, seen=spending.remaining(film).mark)
    assert consent is not None
    assert {FLUX, PRO} <= set(consent.prices)


def test_one_scene_is_upgraded_by_one_press_and_the_old_take_stays(film: Project) -> None:
    choices = {"generate_clip": VIDEO}
    before = pick_of(film, 2)
    found = makers.upgrade_scenes(film, [scenes(film)[2]], choices, by=film.owner, seen=mark(film, 2, choices))
    assert found.microusd == Consent.objects.get().ceiling_microusd == 5 * 20_000
    drain()
    after = pick_of(film, 2)
    assert after.clip is not None
    assert (after.clip.provider, after.clip.take, after.image) == ("replicate", 2, before.image)
    assert before.clip is not None
    assert before.clip.provider == "local"
    assert pick_of(film, 1).clip_take == 1
    assert Event.objects.filter(verb="scenes_upgraded").exists()


def test_a_new_picture_takes_a_new_clip_with_it(film: Project) -> None:
    choices = {"generate_image": FLUX, "generate_clip": VIDEO}
    makers.upgrade_scenes(film, [scenes(film)[0]], choices, by=film.owner, seen=mark(film, 0, choices))
    drain()
    pick = pick_of(film, 0)
    assert pick.image is not None
    assert pick.clip is not None
    assert (pick.image.provider, pick.clip.provider) == ("replicate", "replicate")
    assert pick.clip.image == pick.image


def test_a_judged_clip_is_made_again_when_somebody_pays_for_it(project: Project) -> None:
    film = at_clips(project)
    choices = {"generate_clip": VIDEO}
    Pick.objects.get(pk=pick_of(film, 1).pk)
    makers.upgrade_scenes(film, [scenes(film)[1]], choices, by=film.owner, seen=mark(film, 1, choices))
    drain()
    clip = pick_of(film, 1).clip
    assert clip is not None
    assert (clip.provider, clip.verdict) == ("replicate", "pending")


def test_a_price_that_nobody_saw_starts_nothing(film: Project) -> None:
    with pytest.raises(LostRace):
        makers.upgrade_scenes(film, [scenes(film)[0]], {"generate_clip": VIDEO}, by=film.owner, seen="")
    assert pick_of(film, 0).clip_take == 1
    assert scenes(film)[0].content.providers == {}


@pytest.mark.parametrize("choices", [{}, {"plan_scenes": DEEPSEEK}])
def test_an_upgrade_of_nothing_is_refused(film: Project, choices: dict[str, str]) -> None:
    with pytest.raises(IllegalMove):
        makers.upgrade_scenes(film, [scenes(film)[0]], choices, by=film.owner, seen="")


def test_a_sum_goes_to_the_opening_then_the_choruses_then_the_longest(film: Project) -> None:
    choices = {"generate_clip": VIDEO}
    found = worthwhile(film, choices, 450_000)  # five scenes of four seconds cost 80 000, one with a crossfade 100 000
    assert [item.number for item in found] == [1, 4, 5, 6, 2]
    assert [item.why for item in found] == ["opening", "chorus", "chorus", "chorus", "length"]
    assert sum(item.estimate.microusd for item in found) <= 450_000
    assert worthwhile(film, choices, 10_000) == []


def test_what_is_made_so_already_is_not_proposed_again(film: Project, alice: Any) -> None:
    choices = {"generate_clip": VIDEO}
    makers.upgrade_scenes(film, [scenes(film)[0]], choices, by=alice, seen=mark(film, 0, choices))
    assert 1 not in [item.number for item in worthwhile(film, choices, 10_000_000)]  # on its way
    drain()
    assert 1 not in [item.number for item in worthwhile(film, choices, 10_000_000)]
    assert Maker("replicate", "prunaai/p-video:final").key == VIDEO


def test_a_scene_follows_its_film_again(film: Project) -> None:
    choose(film, {"generate_clip": VIDEO})
    choices = {"generate_image": PRO, "generate_clip": "local"}
    makers.upgrade_scenes(film, [scenes(film)[0]], choices, by=film.owner, seen=mark(film, 0, choices))
    content = scenes(film)[0].content
    waiting = Job.objects.get(step="generate_image", state="queued")
    Job.objects.filter(pk=waiting.pk).update(state="needs_consent")
    assert maker(film, "generate_clip", content) == Maker()
    makers.follow_film(content, "generate_image", by=film.owner)
    content.refresh_from_db()
    assert content.providers == {"generate_clip": "local"}
    assert Job.objects.get(pk=waiting.pk).state == "canceled"
    drain()
    image = pick_of(film, 0).image
    assert image is not None
    assert (image.take, image.provider) == (2, "local"), "what was asked for is made as the film is"
    makers.follow_film(content, "generate_clip", by=film.owner)
    assert maker(film, "generate_clip", scenes(film)[0].content).key == VIDEO
    assert not Job.objects.filter(state="queued").exists(), "nothing is bought by it"


def test_another_maker_takes_back_nothing_that_is_paid_in_part(film: Project) -> None:
    choose(film, {"generate_clip": VIDEO})
    job = Job.objects.filter(step="generate_clip").first()
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="queued", take=7)
    common = {"project_code": film.code, "step": job.step, "provider": "x", "request": {}, "request_digest": ""}
    Attempt.objects.create(job=job, job_code=job.code, call="move", state="done", estimate_microusd=9, **common)
    choose(film, {})
    assert Job.objects.get(pk=job.pk).state == "queued"


def wanted(film: Project, step: str) -> Any:
    """The first job of a step, waiting for its turn; all that the film lacks is agreed to."""
    lacks = {"image": None, "clip": None} if step == "generate_image" else {"clip": None}
    Pick.objects.update(**lacks)
    makers.agree(film, by=film.owner, seen=spending.remaining(film).mark)
    return Job.objects.filter(step=step, state="queued").order_by("pk").first()


def intended(job: Job) -> Attempt:
    """What a worker writes down the moment before it sends the job's first request."""
    provider = context.reach(STEPS[job.step].capability, job.provider, job.model)
    call, request = next(iter(STEPS[job.step].calls(STEPS[job.step].input.model_validate(job.input), provider)))
    return charges.intend(job, call, provider, request)


def test_what_begins_at_the_moment_of_another_choice_buys_nothing_of_the_old_maker(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    wanted(film, "generate_image")
    job = lease.claim_next("io")
    assert job is not None and (job.step, job.state) == ("generate_image", "running")
    choose(film, {"generate_image": PRO})
    with pytest.raises(charges.LostLease):
        intended(job)
    assert not Attempt.objects.exclude(estimate_microusd=0).exists()
    instead = Job.objects.get(subject=job.subject, step=job.step, take=job.take, state="queued")
    assert f"replicate:{instead.model}" == PRO


def test_what_was_sent_before_another_choice_is_paid_and_goes_on(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    wanted(film, "generate_image")
    job = lease.claim_next("io")
    assert job is not None and intended(job).state == "intent"
    choose(film, {"generate_image": PRO})
    assert Job.objects.get(pk=job.pk).state == "running"


def test_a_clip_that_waits_is_asked_for_as_it_is_decided_now(film: Project) -> None:
    choose(film, {"generate_clip": VIDEO})
    job = wanted(film, "generate_clip")
    Job.objects.filter(pk=job.pk).update(state="needs_consent", quote_microusd=1, quoted_price=f"{VIDEO}@1")
    pick = pick_of(film, 0)
    draft = replace(ClipSettings.of(pick), quality="draft")
    set_clip(pick, draft, by=film.owner, seen=ClipSettings.of(pick).mark)
    assert Job.objects.get(pk=job.pk).state == "canceled"
    instead = Job.objects.get(subject=job.subject, step=job.step, take=job.take, state="queued")
    assert instead.model == "prunaai/p-video:draft"
    assert not spending.is_agreed(film, spending.remaining(film)), "another model is asked for anew"


def test_pages_hear_of_what_is_reserved(film: Project) -> None:
    choose(film, {"generate_image": FLUX})
    wanted(film, "generate_image")
    job = lease.claim_next("io")
    assert job is not None
    before = Project.objects.get(pk=film.pk).rev
    intended(job)
    assert Project.objects.get(pk=film.pk).rev > before
    assert spending.report(film).reserved_microusd == 3000
