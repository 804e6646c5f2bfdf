"""The hand-off bundle and the facts: complete, honest about who made what, their owner's alone."""

from __future__ import annotations

import json
from typing import Any

import opentimelineio as otio
import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.actions.exports import ask_bundle
from projects.actions.refine import refine_film
from projects.flow import exports
from projects.flow.bundles import bundle_input, provenance_note
from projects.flow.facts import project_facts
from projects.flow.refinements import Choices
from projects.models import Export, Image, Project
from projects.states import IllegalMove
from projects.tests.conftest import drain


def test_it_names_every_part_of_the_film(film: Project, tmp_path: Any) -> None:
    final = film.renditions.get().final
    assert final is not None
    given = bundle_input(final)
    names = [entry.name for entry in given.entries]
    for number in range(1, 7):
        assert f"clips/scene-{number:02d}.mp4" in names and f"pictures/scene-{number:02d}.png" in names
    assert {"film/film.mp4", "film/poster.jpg", "audio/song.wav"} <= set(names)
    texts = {text.name: text.text for text in given.texts}
    assert {f"captions/film.{kind}" for kind in ("srt", "vtt", "lrc", "ass", "txt")} <= set(texts)
    path = tmp_path / "timeline.otio"
    path.write_text(texts["timeline.otio"])
    cut = otio.adapters.read_from_file(str(path))
    assert cut.duration().value == final.frames
    assert len(list(cut.tracks[0].find_clips())) == 6
    assert any(isinstance(item, otio.schema.Transition) for item in cut.tracks[0])
    assert json.loads(texts["project.json"])["title"] == "Harbor"
    assert texts["costs.csv"].startswith("step,provider,model")


def test_a_refined_film_takes_along_the_parts_of_the_one_it_was_made_from(film: Project) -> None:
    first = film.renditions.get().final
    assert first is not None
    refine_film(first, Choices(grade="noir"), by=None)
    drain()
    refined = film.renditions.get().final
    assert refined is not None and refined.refined_from == first
    parts, texts = bundle_input(refined), {text.name: text.text for text in bundle_input(first).texts}
    names = {entry.name: entry.file.key for entry in parts.entries}
    assert names["film/film.mp4"] == refined.file
    assert {f"clips/scene-{number:02d}.mp4" for number in range(1, 7)} <= set(names)
    assert next(text.text for text in parts.texts if text.name == "timeline.otio") == texts["timeline.otio"]


def test_provenance_says_which_model_made_what(film: Project) -> None:
    assert "Made with AI: no" in provenance_note(film)
    Image.objects.update(provider="replicate", how={"model": "flux"})
    note = provenance_note(film)
    assert "Made with AI: yes" in note and "replicate: flux: pictures" in note and "without a model" in note


def test_a_text_model_counts_as_one_too(film: Project) -> None:
    Job.objects.filter(step="plan_scenes").update(provider="openai", model="gpt-5-mini")
    note = provenance_note(film)
    assert "Made with AI: yes" in note and "openai: gpt-5-mini: plan of the scenes" in note


def test_it_is_packed_once_and_again_for_another_film(film: Project) -> None:
    export, new = ask_bundle(film, by=None)
    assert new and not ask_bundle(film, by=None)[1]
    drain()
    row = Export.objects.select_related("job", "rendition__final").get()
    assert exports.standing(row).state == "ready" and row.expires_at is not None
    assert ask_bundle(film, by=None) == (export, False)


def test_there_is_nothing_to_pack_without_a_film(project: Project) -> None:
    with pytest.raises(IllegalMove, match="no film yet"):
        ask_bundle(project, by=None)


def test_facts_know_every_scene_version_and_file(film: Project) -> None:
    ask_bundle(film, by=None)
    drain()
    facts = project_facts(film)
    json.dumps(facts)
    assert [scene["number"] for scene in facts["scenes"]] == [1, 2, 3, 4, 5, 6]
    assert facts["scenes"][0]["picture"]["by"] == "local" and facts["scenes"][0]["prompt"]
    assert facts["renditions"][0]["versions"][0]["checked"] and facts["files"][0]["format"] == "bundle"
    assert facts["made_with_ai"] is False and facts["costs"]["spent_microusd"] == 0


@pytest.mark.parametrize("name", ["facts", "facts-json", "bundle-add"])
def test_they_are_their_owners_alone(client: Client, alice: Any, charlie: Any, film: Project, name: str) -> None:
    url = reverse(name, args=[film.code])
    ask = client.post if name == "bundle-add" else client.get
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert ask(url).status_code == 404
    client.force_login(alice)
    assert (client.get if ask == client.post else client.post)(url).status_code == 405
    assert ask(url).status_code in (200, 302)


def test_the_pages_show_them(studio: Client, film: Project) -> None:
    studio.post(reverse("bundle-add", args=[film.code]))
    assert "Hand-off bundle" in studio.get(reverse("exports", args=[film.code])).content.decode()
    html = studio.get(reverse("facts", args=[film.code])).content.decode()
    assert "Made with AI" in html and "pictures" in html and "Version 1" in html
    answer = studio.get(reverse("facts-json", args=[film.code]), {"download": ""})
    assert answer["Content-Disposition"] == 'attachment; filename="Harbor.json"'
    assert json.loads(answer.content)["title"] == "Harbor"
