"""The third way in: what is due for an ad, and where it waits for a person."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from pipeline.ads.loading import shipped_templates
from pipeline.media.grades import LOOKS
from pipeline.models import Job
from pipeline.recipes import digest
from pipeline.states import LIVE, JobState
from pipeline.tests.briefs import BRIEF
from projects import flow
from projects.actions import ads as acts
from projects.actions.ads import AdWish, BriefIncomplete, create_ad
from projects.flow import ads, animatics, inputs
from projects.flow.facts import project_facts
from projects.flow.kinds import KINDS
from projects.flow.status import project_status
from projects.forms import GRADE_LABELS
from projects.models import Animatic, Asset, Content, FinalVideo, GatePass, Project, Reference, Shot
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain


def picture(owner: Any, sha256: str = "b" * 64) -> Asset:
    return Asset.objects.create(
        owner=owner,
        kind="picture",
        extension="png",
        content_type="image/png",
        file=f"u/{sha256[:4]}.png",
        sha256=sha256,
        size_bytes=4,
    )


def begun(owner: Any, **changes: Any) -> Project:
    wish = AdWish(
        brief=changes.pop("brief", BRIEF),
        colors=("#1b3a4b", "FF8A3D"),
        logo=picture(owner, "c" * 64),
        grade=changes.pop("grade", ""),
        music=changes.pop("music", None),
        shots=changes.pop("shots", [Reference(asset=picture(owner), width=9, height=16)]),
    )
    template = shipped_templates()[changes.pop("template", "lifestyle_ad")]
    return create_ad(template, wish, by=owner, **{"seconds": 30, **changes})


def steps(project: Project, **only: Any) -> list[str]:
    return sorted(Job.objects.filter(project=project, **only).values_list("step", flat=True))


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


@pytest.fixture
def ad(quick: None, alice: Any) -> Project:
    """An ad of 30 seconds that makes itself and has only been begun."""
    return begun(alice)


@pytest.fixture
def deciding(quick: None, alice: Any) -> Project:
    """An ad whose owner decides at each gate, as far as it goes by itself."""
    project = begun(alice, autopilot=False)
    drain()
    return fresh(project)


def test_music_brief_and_references_are_due_at_once(ad: Project) -> None:
    assert steps(ad, state__in=LIVE) == ["compose_music", "draw_references", "write_brief"]


def test_an_ad_becomes_a_film_as_its_template_says(ad: Project) -> None:
    drain()
    assert not Job.objects.filter(project=ad).exclude(state=JobState.DONE).exists()
    assert set(steps(ad)) <= set(KINDS["ad"].steps)
    final = FinalVideo.objects.get(rendition__project=ad)
    assert final.frames == 900
    template = shipped_templates()["lifestyle_ad"]
    beats = [(beat.name, seconds * 30) for beat, seconds in template.timed(30)]
    assert [(scene.content.imagery, scene.frames) for scene in ad.scenes.all()] == beats
    assert ad.animatics.count() == 1


def test_the_product_is_in_reveal_proof_and_call_to_action(ad: Project) -> None:
    drain()
    shown = {}
    for job in Job.objects.filter(project=ad, step="generate_image"):
        content = ad.contents.get(code=job.subject.split(":")[1])
        shown[content.imagery] = job.input.get("product")
    assert {name for name, product in shown.items() if product} == {"meet", "point_one", "point_two", "call"}
    reference = Reference.objects.get(project=ad)
    assert shown["call"]["sha256"] == reference.cut_sha256 != ""


def test_shots_wear_logo_and_end_card_in_the_brands_colors(ad: Project) -> None:
    drain()
    jobs = Job.objects.filter(project=ad, step="render_shot").order_by("pk")
    brands = [(job.input["spec"]["brand"], job.input.get("logo"), job.input.get("product")) for job in jobs]
    brands.sort(key=lambda row: row[0]["end"] is not None)
    assert all(logo["sha256"] == "c" * 64 for _brand, logo, _product in brands)
    assert [brand["end"] is not None for brand, _logo, _product in brands] == [False] * 7 + [True]
    end, product = brands[-1][0]["end"], brands[-1][2]
    assert (end["title"], end["call"]) == ("Nordo Mug", "Order at nordo.example")
    assert (end["ground"], end["accent"], end["show_ms"]) == ("1B3A4B", "FF8A3D", 27_000)
    assert product is not None


def test_captions_end_where_the_end_card_begins(ad: Project) -> None:
    drain()
    lines = fresh(ad).lyrics().lines
    assert lines[0].text == "Some days begin like this"
    assert 26_000 < lines[-1].end_ms < 27_000


def test_nothing_is_planned_before_the_brief_has_passed(deciding: Project) -> None:
    assert not deciding.scenes.exists()
    assert not Job.objects.filter(project=deciding, state__in=LIVE).exists()
    assert len(deciding.ad.filled()) == 8


def test_it_waits_at_each_gate_and_goes_on_behind_it(deciding: Project, alice: Any) -> None:
    def let_pass(gate: str) -> Project:
        project = fresh(deciding)
        acts.pass_gate(project, gate, by=alice, seen=ads.mark_of(project, gate))
        drain()
        return fresh(project)

    project = let_pass("brief")
    assert project.scenes.count() == 8
    assert Animatic.objects.filter(project=project).exists()
    assert "generate_image" not in steps(project)
    project = let_pass("animatic")
    assert "generate_image" not in steps(project)
    project = let_pass("references")
    assert project.scenes.filter(content__picks__image__isnull=False).count() == 8
    assert "generate_clip" not in steps(project)


def test_composing_music_at_the_beginning_is_no_sign_of_clips(ad: Project) -> None:
    assert project_status(ad).stage == "song"


def test_the_steps_stand_at_the_gate_that_waits(deciding: Project, alice: Any) -> None:
    status = project_status(fresh(deciding))
    assert (status.state, status.stage, status.page) == ("waiting", "song", "brief")
    project = fresh(deciding)
    acts.pass_gate(project, "brief", by=alice, seen=ads.mark_of(project, "brief"))
    drain()
    status = project_status(fresh(deciding))
    assert (status.state, status.stage, status.page) == ("waiting", "scenes", "references")


def test_a_gate_is_passed_by_who_saw_what_stands(deciding: Project, alice: Any) -> None:
    with pytest.raises(LostRace):
        acts.pass_gate(deciding, "brief", by=alice, seen="something else")
    with pytest.raises(IllegalMove):
        acts.pass_gate(deciding, "animatic", by=alice, seen="")
    with pytest.raises(IllegalMove):
        acts.pass_gate(deciding, "door", by=alice, seen="")
    assert not GatePass.objects.exists()


def test_edited_beats_are_checked_and_stay(deciding: Project, alice: Any) -> None:
    ad = acts.edit_beats(deciding, {"meet": "The best mug"}, {"meet": "A mug by the sea"}, by=alice)
    assert [(finding.kind, finding.place) for finding in ad.found()] == [("claim", "meet")]
    drain()
    beat = next(beat for beat in fresh(deciding).ad.filled() if beat.name == "meet")
    assert (beat.caption, beat.prompt) == ("The best mug", "A mug by the sea")
    with pytest.raises(IllegalMove, match="too long"):
        acts.edit_beats(deciding, {"morning": "x" * 84}, {}, by=alice)


def test_an_edit_closes_the_gate_again(deciding: Project, alice: Any) -> None:
    GatePass.objects.create(project=deciding, gate="brief", mark="old")
    acts.edit_beats(deciding, {"meet": "A mug"}, {}, by=alice)
    assert GatePass.objects.get(project=deciding).undone_at is not None


def test_another_brief_fills_the_beats_anew(deciding: Project, alice: Any) -> None:
    acts.edit_beats(deciding, {"meet": "Mine"}, {}, by=alice)
    acts.rewrite_brief(deciding, BRIEF.model_copy(update={"product": "Cup"}), by=alice)
    drain()
    ad = fresh(deciding).ad
    assert not ad.edited
    assert next(beat for beat in ad.filled() if beat.name == "meet").caption.startswith("Cup:")


def test_planned_beats_are_edited_on_the_scenes_page(ad: Project, alice: Any) -> None:
    drain()
    with pytest.raises(IllegalMove, match="Scenes page"):
        acts.edit_beats(fresh(ad), {"meet": "A mug"}, {}, by=alice)
    with pytest.raises(IllegalMove, match="Scenes page"):
        acts.rewrite_brief(fresh(ad), BRIEF, by=alice)


def test_what_cannot_be_begun_is_said(quick: None, alice: Any) -> None:
    with pytest.raises(IllegalMove, match="15, 30, 60 seconds"):
        begun(alice, seconds=20)
    with pytest.raises(IllegalMove, match="at least one photo"):
        begun(alice, shots=[])
    with pytest.raises(BriefIncomplete) as missing:
        begun(alice, brief=BRIEF.model_copy(update={"points": (), "call_to_action": ""}))
    assert {place for place, _text in missing.value.wrong} == {"points", "call_to_action"}
    assert not Project.objects.exists()


def test_the_animatic_has_a_drawing_per_two_seconds(deciding: Project, alice: Any) -> None:
    acts.pass_gate(deciding, "brief", by=alice, seen=ads.mark_of(deciding, "brief"))
    drain()
    job = Job.objects.get(project=deciding, step="draw_animatic")
    lengths = [scene["end_frame"] - scene["start_frame"] for scene in job.input["scenes"]]
    assert sum(lengths) == 900
    assert len(lengths) == 15
    assert not any(scene.get("image") for scene in job.input["scenes"])
    assert any(scene.get("product") for scene in job.input["scenes"])


@pytest.mark.parametrize(("autopilot", "drawn"), [(True, 1), (False, 2)])
def test_an_animatic_that_nobody_judges_is_not_drawn_twice_while_pictures_come(
    ad: Project, autopilot: bool, drawn: int
) -> None:
    drain()
    Animatic.objects.filter(project=ad).delete()
    jobs = Job.objects.filter(project=ad, step="draw_animatic")
    jobs.update(state=JobState.RUNNING, recipe="of the scenes without their pictures")
    Project.objects.filter(pk=ad.pk).update(autopilot=autopilot)
    flow.advance(fresh(ad))
    assert jobs.count() == drawn


def test_the_animatic_wears_the_look_and_the_drawings_for_models_do_not(deciding: Project, alice: Any) -> None:
    acts.pass_gate(deciding, "brief", by=alice, seen=ads.mark_of(deciding, "brief"))
    drain()
    job = Job.objects.get(project=deciding, step="draw_animatic")
    look = {"name": "golden_hour", "percent": 70}
    assert [scene["grade"] for scene in job.input["scenes"]] == [look] * 15
    assert job.input["stills"] and not any("grade" in still for still in job.input["stills"])
    acts.set_grade(deciding, "noir", by=alice)
    assert animatics.is_outdated(fresh(deciding).animatics.get())


def test_prompts_are_asked_for_in_the_colors_of_the_template(ad: Project) -> None:
    drain()
    asks = [ask for job in Job.objects.filter(project=ad, step="write_prompts") for ask in job.input["asks"]]
    palettes = [content.palette for content in Content.objects.filter(scene__project=ad).order_by("scene__start_frame")]
    assert sorted(ask["palette"] for ask in asks) == sorted(palettes) and all(palettes)
    plain = inputs.prompt_ask(ad, Content.objects.filter(scene__project=ad)[0])
    assert digest(plain) == digest(plain.model_copy(update={"palette": ""}))  # older prompts are not written anew


def test_every_shot_wears_the_look_of_the_template_and_facts_say_so(studio: Any, ad: Project) -> None:
    drain()
    jobs = Job.objects.filter(project=ad, step="render_shot")
    template = shipped_templates()["lifestyle_ad"]
    assert template.grade in LOOKS
    assert [job.input["spec"]["grade"] for job in jobs] == [
        {"name": template.grade, "percent": template.grade_percent} for _job in jobs
    ]
    facts = project_facts(fresh(ad))["ad"]
    assert (facts["template"], facts["grade"]) == ("lifestyle_ad", template.grade)
    words = f"{GRADE_LABELS[template.grade]}, {template.grade_percent}%"
    for page in (
        reverse("facts", args=[ad.code]),
        reverse("brief", args=[ad.code]),
        reverse("ad-templates"),
        reverse("ad-new", args=["lifestyle_ad"]),
    ):
        assert words in studio.get(page).content.decode()


def test_a_beat_may_wear_a_look_of_its_own(quick: None, alice: Any) -> None:
    project = begun(alice)
    row = project.ad
    row.template["beats"][1]["grade"] = "noir"
    row.save()
    drain()
    named = row.as_template().beats[1].name
    scene = fresh(project).scenes.get(content__imagery=named)
    job = Job.objects.filter(project=project, step="render_shot", subject__contains=str(scene.code)).latest("pk")
    assert job.input["spec"]["grade"]["name"] == "noir"


def test_ads_that_were_begun_before_there_were_looks_stay_as_they_are(quick: None, alice: Any) -> None:
    """What was called grade in their template were the painter's colors."""
    project = begun(alice)
    drain()
    row = fresh(project).ad
    colors = row.template["palette"]
    migration = importlib.import_module("projects.migrations.0010_ad_grades")
    migration.name_grades(apps, None)
    row.refresh_from_db()
    assert row.template["grade"] == colors and "palette" not in row.template and row.beats[0]["grade"]
    migration.name_palettes(apps, None)
    row.refresh_from_db()
    assert row.as_template().palette == colors and row.as_template().grade == ""
    assert row.filled()[0].palette


def test_the_certificate_is_told_where_an_ad_is_meant_to_stand_still(ad: Project) -> None:
    drain()
    card = shipped_templates()["lifestyle_ad"].end_card.milliseconds
    [first, last] = Job.objects.get(project=ad, step="assemble_video").input["still"][0]
    assert last == 900 and 0 < first - (900 - card * 30 // 1000) <= 30  # once it has come up


def graded(project: Project) -> set[str]:
    """The looks of the shots that the newest film was joined from; "" for none."""
    film = Job.objects.filter(project=project, step="assemble_video").latest("pk")
    wanted = {shot["file"]["sha256"] for shot in film.input["shots"]}
    jobs = Shot.objects.filter(sha256__in=wanted).values_list("job__input__spec__grade", flat=True)
    return {(grade or {}).get("name", "") for grade in jobs}


def test_an_ad_may_wear_another_look_or_none_from_the_start(quick: None, alice: Any) -> None:
    for grade, seen in (("none", ""), ("sepia", "sepia")):
        project = begun(alice, grade=grade, seconds=15)
        drain()
        assert graded(project) == {seen}
    with pytest.raises(IllegalMove, match="no color look called “pinkish”"):
        begun(alice, grade="pinkish")


def test_the_look_is_changed_after_it_was_said_what_that_makes_again(studio: Any, ad: Project) -> None:
    drain()
    url, scenes = reverse("brief-look", args=[ad.code]), ad.scenes.count()
    asked = studio.post(url, {"grade": "none"})
    assert f"{scenes} scenes are rendered again" in asked.context["text"] and fresh(ad).ad.grade == ""
    refused = studio.post(url, {"grade": "pinkish", "sure": "1"})
    assert refused.status_code == 422 and "no color look called" in refused.content.decode()
    mark = Job.objects.latest("pk").pk
    assert studio.post(url, {"grade": "none", "sure": "1"}).url == reverse("brief", args=[ad.code])
    drain()
    assert set(Job.objects.filter(pk__gt=mark).values_list("step", flat=True)) == {"render_shot", "assemble_video"}
    newest = studio.get(reverse("final", args=[ad.code])).content.decode()
    assert "No color look any more." in newest
    assert graded(ad) == {""} and project_facts(fresh(ad))["ad"]["grade"] == ""
    studio.post(url, {"grade": "", "sure": "1"})  # as the template says: the first film stands again
    drain()
    assert FinalVideo.objects.filter(rendition__project=ad).count() == 2
    assert ad.renditions.get().final.version == 1
