"""What a scene's picture goes by: drawings, look and product are given to models that take them, and to no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from pipeline import pricebook
from pipeline.media.run import MediaError
from pipeline.models import Job
from pipeline.providers.capabilities import PictureInput
from pipeline.recipes import digest
from pipeline.runner.work import run_next
from pipeline.states import JobState
from pipeline.steps import STEPS
from projects import flow
from projects.actions import review
from projects.actions.scenes import replan_scenes
from projects.flow import animatics, outlook, picture_inputs, spending
from projects.flow import board as boards
from projects.flow.guides import Guides
from projects.flow.makers import HERE
from projects.flow.rehearsal import rehearse
from projects.models import Ad, Content, Drawing, Image, Pick, Project, Reference
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh, picture

SCHNELL = "replicate:black-forest-labs/flux-schnell:draft"
DEV = "replicate:black-forest-labs/flux-dev:final"
KLEIN = "replicate:black-forest-labs/flux-2-klein-4b:draft"


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    pricebook.load_catalogue()


def made_by(owner: Any, key: str, **changes: Any) -> Project:
    """An ad of five scenes: morning, meet, together, point_one, call; the product is in all but the first and third."""
    return begun(owner, **{"seconds": 15, "providers": {"image": key} if key else {}, **changes})


def draw(project: Project) -> None:
    """Run until all pictures are there that are due; what follows them is of no matter here."""
    pictures = Job.objects.filter(project=project, step="generate_image")
    while run_next() and (not pictures.exists() or pictures.exclude(state=JobState.DONE).exists()):
        pass


def given(project: Project) -> dict[str, list[str]]:
    """Name of the beat and shape -> roles of the pictures that its job hands in."""
    found = {}
    for job in Job.objects.filter(project=project, step="generate_image"):
        _, code, aspect = job.subject.split(":", 2)
        name = project.contents.get(code=code).imagery
        found[f"{name} {aspect}"] = [item["role"] for item in job.input["pictures"]]
    return found


def choose(project: Project, key: str) -> Project:
    Project.objects.filter(pk=project.pk).update(providers={"image": key} if key else {})
    return fresh(project)


@pytest.mark.postgres(long=True)
def test_a_model_of_several_pictures_is_given_drawing_look_and_product(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    draw(project)
    roles = given(project)
    assert roles["morning 16:9"] == roles["together 16:9"] == ["composition", "style"]
    assert roles["meet 16:9"] == roles["point_one 16:9"] == roles["call 16:9"] == ["composition", "style", "product"]
    assert Drawing.objects.filter(project=project).count() == 5
    assert sorted(len(image.how["pictures"]) for image in Image.objects.all()) == [2, 2, 3, 3, 3]
    content = project.contents.get(imagery="call")
    job = Job.objects.get(step="generate_image", subject__contains=str(content.code))
    drawing = Drawing.objects.get(content=content)
    assert job.input["pictures"][0]["file"]["sha256"] == drawing.sha256
    assert job.input["pictures"][1]["file"]["sha256"] == fresh(project).ad.guide_sha256 != ""
    assert job.input["pictures"][2]["file"]["sha256"] == Reference.objects.get(project=project).cut_sha256


def test_a_model_of_one_picture_is_given_the_drawing_alone(quick: None, alice: Any) -> None:
    project = made_by(alice, DEV)
    draw(project)
    assert set(map(tuple, given(project).values())) == {("composition",)}


@pytest.mark.parametrize("key", ["", SCHNELL])
def test_who_takes_words_alone_is_given_none_and_waits_for_none(quick: None, alice: Any, key: str) -> None:
    project = made_by(alice, key)
    draw(project)
    assert set(map(tuple, given(project).values())) == {()}
    assert all("pictures" not in image.how for image in Image.objects.all())


def test_pictures_wait_for_their_drawings_and_not_for_ever(
    quick: None, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise MediaError("The music cannot be read.")

    monkeypatch.setitem(STEPS, "draw_animatic", replace(STEPS["draw_animatic"], run=refuse))
    project = made_by(alice, DEV)
    while run_next() and not Job.objects.filter(step="draw_animatic").exists():
        pass
    with locked(project) as row:
        flow.advance(row)
    assert given(project) == {}
    drain()
    assert Job.objects.get(step="draw_animatic").state == JobState.FAILED
    with locked(project) as row:
        flow.advance(row)
    assert set(map(tuple, given(project).values())) == {("style",)}


@contextmanager
def locked(project: Project) -> Iterator[Project]:
    """The project, locked, in a transaction."""
    with transaction.atomic():
        yield flow.lock(project.pk)


def test_every_shape_of_the_film_has_drawings_of_its_own(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    project.renditions.create(aspect="9:16", resolution="1080p")
    draw(project)
    assert sorted(Drawing.objects.values_list("aspect", flat=True)) == ["16:9"] * 5 + ["9:16"] * 5
    assert all(roles[0] == "composition" for roles in given(project).values())
    assert len(given(project)) == 10


def test_another_choice_of_model_makes_nothing_stale(quick: None, alice: Any) -> None:
    project = made_by(alice, "")
    drain()
    for key in (DEV, KLEIN, SCHNELL, ""):
        project = choose(project, key)
        assert spending.remaining(project).parts == ()
        assert not outlook.held(boards.load(project, None)).any
        with locked(project) as row:
            assert flow.advance(row) == []


def test_another_picture_makes_what_was_made_with_it_out_of_date(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    draw(project)
    assert not outlook.held(boards.load(fresh(project), None)).any
    Ad.objects.filter(project=project).update(guide_sha256="f" * 64)
    assert outlook.held(boards.load(fresh(project), None)).pictures == tuple(range(1, 6))
    project = made_by(alice, DEV, shots=[Reference(asset=picture(alice, "d" * 64), width=9, height=16)])
    draw(project)
    Ad.objects.filter(project=project).update(guide_sha256="f" * 64)
    assert not outlook.held(boards.load(fresh(project), None)).any  # it was not given the look


def pick_of(content: Content) -> Pick:
    return Pick.objects.select_related("content__prompt", "content__project", "image").get(content=content)


def reword(content: Content, by: Any) -> None:
    """Other words for a picture that stays."""
    review.reword_image(pick_of(content), "a lighthouse at night", by=by, seen_take=1, redraw=False)


@pytest.mark.postgres(long=True)
def test_other_words_are_drawn_before_another_picture_is_made(quick: None, alice: Any) -> None:
    project = made_by(alice, DEV)
    draw(project)
    project = fresh(project)
    assert not animatics.lacks_drawings(project)
    content = project.contents.get(imagery="call")
    first = Drawing.objects.get(content=content)
    reword(content, alice)
    drain()
    assert Image.objects.filter(content=content).count() == 1, "what was bought stays"
    assert Drawing.objects.filter(content=content).count() == 1
    roles = [
        guide.role for guide in picture_inputs.scene_guides(Guides(fresh(project)), pick_of(content).content, "16:9")
    ]
    assert roles == ["style", "product"]
    pick = pick_of(content)
    review.redraw_image(pick, by=alice, seen_take=1)
    drain()
    second = Drawing.objects.exclude(pk=first.pk).get(content=content)
    job = Job.objects.filter(step="generate_image", subject__contains=str(content.code)).latest("pk")
    assert [item["file"]["sha256"] for item in job.input["pictures"]] == [second.sha256]
    assert Image.objects.filter(content=content).count() == 2
    assert fresh(project).animatics.count() == 2


def test_a_rehearsal_sees_through_to_the_picture(quick: None, alice: Any) -> None:
    project = made_by(alice, DEV)
    draw(project)
    content = fresh(project).contents.get(imagery="call")
    reword(content, alice)
    pick = pick_of(content)
    found = rehearse(fresh(project), lambda: review.redraw_image(pick, by=alice, seen_take=1))
    assert (found.images, found.cost_microusd) == ((5,), 25_000)
    assert Drawing.objects.filter(content=content).count() == 1


def test_scenes_that_are_planned_anew_are_drawn_before_their_pictures(quick: None, alice: Any) -> None:
    project = made_by(alice, DEV)
    draw(project)
    replan_scenes(fresh(project), by=alice)
    draw(project)
    assert all(roles == ["composition"] for roles in given(fresh(project)).values())


def test_who_makes_it_in_the_end_decides_what_it_was_made_with(quick: None, alice: Any) -> None:
    """A vendor was out of order and the work was moved: the picture is as fresh as any."""
    project = made_by(alice, KLEIN)
    while run_next() and not Job.objects.filter(step="generate_image").exists():
        pass
    for job in Job.objects.filter(step="generate_image"):
        job.input |= {"provider": "local", "model": ""}
        job.provider = job.model = ""
        job.queue = "cpu"
        job.save()
    drain()
    assert set(Image.objects.values_list("provider", flat=True)) == {"local"}
    assert not Image.objects.exclude(take=1).exists()
    assert spending.remaining(fresh(project)).parts == ()


def test_the_price_counts_what_a_model_is_given(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    before = spending.remaining(project).microusd
    assert before == 5 * 4000  # at worst three pictures each
    draw(project)
    Pick.objects.update(image=None, clip=None)
    assert spending.remaining(fresh(project)).microusd == 3 * 4000 + 2 * 3000
    assert spending.remaining(choose(project, SCHNELL)).microusd == 5 * 3000


def test_a_style_that_is_tried_is_not_shown_the_other_look(quick: None, alice: Any) -> None:
    project = made_by(alice, KLEIN)
    draw(project)
    content = fresh(project).contents.get(imagery="call")
    tried = picture_inputs.image_input(Guides(fresh(project)), content, "16:9", (1280, 720), 2, "watercolor")
    assert [item.role for item in tried.pictures] == ["composition", "product"]


def test_an_idea_that_is_guided_hands_its_pictures_in(idea: Project, alice: Any) -> None:
    idea.idea.guided = True
    idea.idea.save()
    Reference.objects.create(project=idea, asset=picture(alice), width=9, height=16, palette="x")
    idea.providers = {"image": DEV}
    idea.save()
    draw(idea)
    assert {tuple(roles) for roles in given_to(idea)} == {("reference",)}
    assert spending.remaining(fresh(idea)).parts == ()


def test_pictures_of_an_idea_that_are_shown_are_not_handed_in(idea: Project, alice: Any) -> None:
    Reference.objects.create(project=idea, asset=picture(alice), width=9, height=16)
    idea.providers = {"image": DEV}
    idea.save()
    draw(idea)
    assert {tuple(roles) for roles in given_to(idea)} == {()}


def given_to(project: Project) -> list[list[str]]:
    jobs = Job.objects.filter(project=project, step="generate_image")
    return [[item["role"] for item in job.input["pictures"]] for job in jobs]


def test_the_recipe_of_a_picture_names_its_pictures(quick: None, alice: Any) -> None:
    project = made_by(alice, DEV)
    draw(project)
    content = fresh(project).contents.get(imagery="call")
    asked = picture_inputs.image_input(Guides(fresh(project)), content, "16:9", (1280, 720), 1)
    assert isinstance(asked.pictures[0], PictureInput)
    assert digest(asked) != digest(asked.model_copy(update={"pictures": ()}))
    guides = Guides(fresh(project))
    assert guides.taken(HERE, picture_inputs.scene_guides(guides, content, "16:9")) == ()
