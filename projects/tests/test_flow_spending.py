"""What hosted work costs before anybody agrees: by the requests that would be sent; an unknown price is never zero."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import credentials, pricebook
from pipeline.models import Attempt, Job, ModelEntry
from pipeline.recipes import digest
from pipeline.steps import STEPS
from projects import flow
from projects.actions import review
from projects.flow import inputs, spending
from projects.flow.estimates import Estimate
from projects.flow.makers import CAPABILITIES, Maker, maker, offered_for
from projects.models import Content, Pick, Project
from projects.tests.conftest import drain
from projects.tests.reviewing import at_clips, at_images, pick_of, scenes

pytestmark = pytest.mark.django_db
FLUX = "replicate:black-forest-labs/flux-schnell:draft"
PRO = "replicate:black-forest-labs/flux-1.1-pro:final"
VIDEO = "replicate:prunaai/p-video:final"
DEEPSEEK = "openrouter:deepseek/deepseek-v4-flash"
WHISPER = "openrouter:openai/whisper-large-v3"


def choose(project: Project, **providers: str) -> Project:
    project.providers = providers
    project.save(update_fields=["providers"])
    return project


def part(estimate: Estimate, step: str) -> Any:
    return next(part for part in estimate.parts if part.step == step)


def test_a_film_made_here_costs_nothing(project: Project) -> None:
    assert not spending.uses_vendors(project)
    assert spending.remaining(project) == Estimate()


def test_before_there_are_scenes_it_counts_those_that_would_be_planned(project: Project) -> None:
    choose(project, transcription=WHISPER, text=DEEPSEEK, image=FLUX, video=VIDEO)
    found = spending.remaining(project)
    assert found.steps == ("transcribe_song", "plan_scenes", "write_prompts", "generate_image", "generate_clip")
    pictures = part(found, "generate_image")
    assert pictures.microusd == 3000 * pictures.count
    clips = part(found, "generate_clip")
    assert clips.count == pictures.count
    assert clips.microusd >= 20_000  # at least a second
    assert found.total == found.microusd > 0
    assert found.seconds > 0


def test_a_whole_film_is_priced_by_the_seconds_of_its_slots(film: Project) -> None:
    choose(film, image=FLUX, video=VIDEO)
    assert spending.remaining(film) == Estimate()  # it is made already, and another choice makes nothing stale
    Pick.objects.update(image=None, clip=None)
    found = spending.remaining(film)
    assert part(found, "generate_image").microusd == 6 * 3000
    # six slots of four seconds; one has half a crossfade more, which takes a whole second
    assert part(found, "generate_clip").microusd == (5 * 4 + 5) * 20_000
    assert found.prices.keys() == {FLUX, VIDEO}


def test_another_choice_makes_nothing_stale(film: Project) -> None:
    before = {pick.pk: (pick.image_id, pick.clip_id) for pick in Pick.objects.all()}
    choose(film, image=FLUX, video=VIDEO, text=DEEPSEEK, transcription=WHISPER)
    flow.changed(film, None)
    drain()
    assert {pick.pk: (pick.image_id, pick.clip_id) for pick in Pick.objects.all()} == before
    assert not Job.objects.exclude(provider="").exists()


def test_an_unknown_price_is_never_zero(film: Project) -> None:
    pricebook.load_catalogue()
    ModelEntry.objects.filter(name="prunaai/p-video").update(price_microusd=None)
    Pick.objects.update(clip=None)
    found = spending.remaining(choose(film, video=VIDEO))
    assert (found.total, found.is_priced) == (None, False)
    gone = spending.remaining(choose(film, video="replicate:nobody/gone"))
    assert gone.total is None


def test_the_mark_changes_with_the_price_and_with_the_work(film: Project) -> None:
    pricebook.load_catalogue()
    Pick.objects.update(image=None)
    choose(film, image=FLUX)
    first = spending.remaining(film)
    ModelEntry.objects.filter(name="black-forest-labs/flux-schnell").update(price_microusd=4000)
    second = spending.remaining(film)
    assert first.mark != second.mark
    assert second.microusd == 6 * 4000
    Pick.objects.filter(pk=pick_of(film, 0).pk).update(image=pick_of(film, 0).content.images.get())
    assert spending.remaining(film).mark != second.mark


def test_words_with_times_need_no_model(project: Project) -> None:
    choose(project, transcription=WHISPER)
    assert spending.remaining(project).microusd > 0
    project.song.lyrics_text = "[00:01.00]one\n[00:03.00]two"
    project.song.lyrics_name = "words.lrc"
    project.song.save()
    assert part(spending.remaining(project), "transcribe_song").microusd == 0


def test_a_scene_may_differ_from_its_project_and_a_step_from_its_capability(film: Project) -> None:
    choose(film, image=FLUX, text=DEEPSEEK, write_prompts="local")
    scene = scenes(film)[2]
    scene.content.providers = {"image": PRO}
    assert maker(film, "generate_image", scene.content).key == PRO
    assert maker(film, "generate_image", scenes(film)[1].content).key == FLUX
    assert maker(film, "plan_scenes").key == DEEPSEEK
    assert maker(film, "write_prompts") == Maker()


def test_a_draft_is_made_in_the_draft_tier_where_there_is_one(film: Project) -> None:
    choose(film, video=VIDEO)
    pick = pick_of(film, 0)
    pick.clip_quality = "draft"
    assert maker(film, "generate_clip", pick.content, pick).key == "replicate:prunaai/p-video:draft"


def test_inputs_name_the_maker_and_keep_their_recipe(film: Project) -> None:
    pick = pick_of(film, 0)
    assert pick.image is not None
    here = inputs.clip_input(film, scenes(film)[0].content, pick.image, 1, pick)
    choose(film, video=VIDEO)
    hosted = inputs.clip_input(film, scenes(film)[0].content, pick.image, 1, pick)
    assert (hosted.provider, hosted.model, hosted.seconds) == ("replicate", "prunaai/p-video:final", 4)
    assert hosted.prompt
    assert digest(here) == digest(hosted)
    pick.clip_seconds = 2
    assert inputs.clip_input(film, scenes(film)[0].content, pick.image, 1, pick).seconds == 2


def test_what_was_bought_stays_until_somebody_asks(project: Project) -> None:
    choose(project, image=FLUX)
    film = at_images(project)
    pick = pick_of(film, 0)
    assert pick.image is not None
    assert pick.image.provider == "replicate"
    review.reword_image(pick, "a red boat", by=film.owner, seen_take=pick.content.prompt.take, redraw=False)
    drain()
    assert pick_of(film, 0).image == pick.image
    review.reword_image(pick_of(film, 0), "a blue boat", by=film.owner, seen_take=2, redraw=True)
    drain()
    assert pick_of(film, 0).image != pick.image


def test_the_bill_says_what_was_estimated_reserved_and_spent(film: Project, alice: Any) -> None:
    common = {"job_code": film.code, "project_code": film.code, "step": "generate_image", "provider": "replicate"}
    common |= {"model": FLUX.partition(":")[2], "request": {}, "request_digest": ""}
    made = [("done", 3000, 2500), ("sent", 3000, 0), ("failed", 3000, 0), ("written_off", 3000, 3000)]
    for number, (state, estimate, cost) in enumerate(made):
        Attempt.objects.create(**common, call=f"c{number}", state=state, estimate_microusd=estimate, cost_microusd=cost)
    bill = spending.report(film)
    row = bill.rows[0]
    assert (row.requests, row.estimated_microusd, row.reserved_microusd) == (3, 9000, 3000)
    assert (row.spent_microusd, row.written_off_microusd) == (5500, 3000)
    assert bill.spent_microusd == 5500


def test_only_what_has_a_price_and_a_key_is_offered(db: None) -> None:
    assert offered_for("generate_clip") == []
    credentials.keep_key("replicate", "x")
    assert offered_for("generate_clip")[0].name == "prunaai/p-video"
    assert not Content.objects.exists()


def test_music_for_an_idea_is_priced_and_its_scenes_are_counted_before_it_is_there(idea: Project) -> None:
    choose(idea, compose_music="replicate:google/lyria-3:draft", image=FLUX)
    found = spending.remaining(idea)
    assert part(found, "compose_music").microusd == 40_000
    assert part(found, "generate_image").count >= 3
    drain()
    choose(idea, compose_music="replicate:google/lyria-3:draft")
    assert spending.remaining(idea) == Estimate()  # another maker makes nothing stale


def under_way(project: Project, step: str, call: str, subject: str = "", state: str = "waiting") -> Job:
    """A hosted job whose request is on its way."""
    job, _ = Job.objects.get_or_create(
        project=project, step=step, subject=subject, take=9, defaults={"place": "p", "input": {}, "state": state}
    )
    common = {"project_code": project.code, "step": step, "provider": "x", "request": {}, "request_digest": ""}
    Attempt.objects.create(job=job, job_code=job.code, call=call, state="sent", estimate_microusd=1, **common)
    return job


def test_what_is_asked_already_is_not_asked_for_again(idea: Project) -> None:
    choose(idea, text=DEEPSEEK)
    before = spending.remaining(idea)
    under_way(idea, "plan_scenes", "plan")
    after = spending.remaining(idea)
    asked, repair = part(before, "plan_scenes").microusd, part(after, "plan_scenes").microusd
    assert 0 < repair < asked, "only that it may have to be repaired is still to come"
    assert after.microusd == before.microusd - asked + repair


def test_of_a_song_in_parts_the_rest_is_still_to_come(project: Project) -> None:
    project.song.asset.duration_ms = 25 * 60_000
    project.song.asset.save(update_fields=["duration_ms"])
    choose(project, transcription="openai:whisper-1")
    whole = part(spending.remaining(project), "transcribe_song").microusd
    under_way(project, "transcribe_song", "transcribe-1")
    left = part(spending.remaining(project), "transcribe_song").microusd
    assert whole // 2 < left < whole
    for number in (2, 3):
        under_way(project, "transcribe_song", f"transcribe-{number}")
    assert "transcribe_song" not in spending.remaining(project).steps


def test_the_second_clip_of_a_chain_waits_with_its_price_on_the_page(project: Project) -> None:
    film = at_clips(project)
    scene = scenes(film)[0]
    type(scene).objects.filter(pk=scene.pk).update(end_frame=scene.start_frame + 30 * 40)
    Pick.objects.filter(content=scene.content).update(clip=None)
    choose(film, video=VIDEO)
    whole = part(spending.remaining(film), "generate_clip").microusd
    under_way(film, "generate_clip", "move", f"content:{scene.content.code}:16:9", state="needs_consent")
    left = part(spending.remaining(film), "generate_clip").microusd
    assert 0 < left < whole


def test_every_step_that_asks_says_whom_and_what_for() -> None:
    asking = {name: step.capability for name, step in STEPS.items() if "provider" in step.input.model_fields}
    assert asking == CAPABILITIES
