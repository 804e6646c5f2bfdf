"""A prompt that was refused for its content: the creator sees why, edits it, or has it said in a milder way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pipeline import credentials
from pipeline.models import Attempt, Job
from pipeline.steps import STEPS, soften_prompt
from projects.actions import control, milder
from projects.actions.edit import edit_prompt
from projects.models import Consent, Pick, Project
from projects.states import IllegalMove, LostRace
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.reviewing import at_images, image_of, pick_of, scenes
from projects.tests.test_flow_spending import DEEPSEEK

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(project: Project) -> Project:
    """The picture of the first scene was refused for its content."""
    film = at_images(project)
    edit_prompt(scenes(film)[0].content, "a bloody harbor", by=film.owner, seen_take=1)
    job = Job.objects.get(step="generate_image", state="queued")
    Pick.objects.filter(pk=pick_of(film, 0).pk).update(image=None)
    words = {"error": "Replicate refused this prompt for its content.", "error_detail": "flagged as sensitive (E005)"}
    Job.objects.filter(pk=job.pk).update(state="failed", **words)
    common = {"project_code": film.code, "provider": "replicate", "request": {}, "request_digest": ""}
    Attempt.objects.create(
        **common, job=job, job_code=job.code, step=job.step, call="draw", state="failed", error_kind="moderation"
    )
    return film


def test_the_creator_sees_why_and_what_to_do(client: Client, refused: Project) -> None:
    client.force_login(refused.owner)
    board = text(client.get(f"/p/{refused.code}/images/"))
    assert "Replicate refused this prompt for its content." in board
    assert "See what to do" in board
    sheet = text(client.get(f"/p/{refused.code}/images/{scenes(refused)[0].code}/"))
    assert "What the vendor said: flagged as sensitive (E005)" in sheet
    assert "Say it in a milder way" in sheet
    assert "By this server." in sheet


def test_one_press_finds_milder_words_and_draws_them(client: Client, refused: Project) -> None:
    client.force_login(refused.owner)
    scene = scenes(refused)[0]
    response = client.post(f"/s/{scene.code}/milder/", {"kind": "image", "seen": ""})
    assert response["Location"].endswith(f"#card-{scene.code}")
    drain()
    prompt = scenes(refused)[0].content.prompt
    assert (prompt.text, prompt.edited) == ("a crimson harbor", True)
    assert image_of(refused, 0).content == scene.content
    assert not Job.objects.filter(state="failed", dismissed=False).exists()


def test_nothing_is_asked_for_a_film_that_was_canceled(client: Client, refused: Project) -> None:
    control.stop_project(refused, by=refused.owner)
    client.force_login(refused.owner)
    response = client.post(f"/s/{scenes(refused)[0].code}/milder/", {"kind": "image", "seen": ""})
    assert (response.status_code, "Go on with it first." in response.content.decode()) == (409, True)
    assert not Job.objects.filter(step="soften_prompt").exists()


def test_words_typed_meanwhile_win(refused: Project) -> None:
    content = scenes(refused)[0].content
    milder.soften(content, by=refused.owner)
    edit_prompt(content, "a quiet harbor", by=refused.owner, seen_take=content.prompt.take)
    drain()
    assert scenes(refused)[0].content.prompt.text == "a quiet harbor"


def test_editing_the_words_is_an_answer_too(refused: Project) -> None:
    content = scenes(refused)[0].content
    edit_prompt(content, "a quiet harbor", by=refused.owner, seen_take=content.prompt.take)
    assert not Job.objects.filter(state="failed", dismissed=False).exists()
    drain()
    assert image_of(refused, 0)


def test_where_no_rule_helps_it_is_told(refused: Project) -> None:
    content = scenes(refused)[0].content
    content.prompt.text = "a harbor"
    content.prompt.save()
    milder.soften(content, by=refused.owner)
    drain()
    told = Job.objects.get(step="soften_prompt")
    assert told.state == "failed"
    assert "choose a text model under Costs" in told.error


def test_a_model_is_asked_at_the_price_that_was_shown(
    client: Client, refused: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials.keep_key("openrouter", "x")
    Project.objects.filter(pk=refused.pk).update(providers={"write_prompts": DEEPSEEK})
    refused.refresh_from_db()
    content = scenes(refused)[0].content
    with pytest.raises(LostRace):
        milder.soften(content, by=refused.owner, seen="")
    client.force_login(refused.owner)
    sheet = text(client.get(f"/p/{refused.code}/images/{scenes(refused)[0].code}/"))
    assert "By DeepSeek V4 Flash." in sheet
    mark = re.search(r'name="seen" value="([0-9a-f]{16})"> ?<svg[^>]*><use href="[^"]*#wand', sheet)
    assert mark is not None
    client.post(f"/s/{scenes(refused)[0].code}/milder/", {"kind": "image", "seen": mark[1]})
    assert Consent.objects.get().steps == ["soften_prompt"]
    job = Job.objects.get(step="soften_prompt")
    assert (job.provider, job.input["reason"]) == ("openrouter", "flagged as sensitive (E005)")
    milder.soften(content, by=refused.owner, seen="")  # pressed twice
    assert Job.objects.filter(step="soften_prompt").count() == 1
    assert STEPS["soften_prompt"].input is soften_prompt.Input


def test_nothing_refused_is_nothing_to_soften(film: Project, client: Client, charlie: Any) -> None:
    with pytest.raises(IllegalMove):
        milder.soften(scenes(film)[0].content, by=film.owner)
    client.force_login(film.owner)
    assert client.post(f"/s/{scenes(film)[0].code}/milder/").status_code == 409
    client.force_login(charlie)
    assert client.post(f"/s/{scenes(film)[0].code}/milder/").status_code == 404


def test_words_that_wait_for_their_price_ask_for_it_on_the_page(client: Client, refused: Project) -> None:
    credentials.keep_key("openrouter", "x")
    Project.objects.filter(pk=refused.pk).update(providers={"write_prompts": DEEPSEEK})
    refused.refresh_from_db()
    content = scenes(refused)[0].content
    milder.soften(content, by=refused.owner, seen=milder.softening_estimate(refused, content).mark)
    Consent.objects.all().delete()  # or its price has changed since
    Job.objects.filter(step="soften_prompt").update(state="needs_consent", quote_microusd=900, quoted_price="x@1")
    client.force_login(refused.owner)
    page = text(client.get(f"/p/{refused.code}/images/"))
    assert "Milder words:" in page
    assert "Agree to $" in page
