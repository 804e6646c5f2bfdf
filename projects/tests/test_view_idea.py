"""The page of an idea and its music."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from pipeline.states import LIVE
from projects.flow.facts import project_facts
from projects.models import Asset, FinalVideo, Project, Soundtrack
from projects.tests.conftest import drain


def live(project: Project) -> list[str]:
    return sorted(set(Job.objects.filter(project=project, state__in=LIVE).values_list("step", flat=True)))


def choose(client: Client, project: Project, **data: Any) -> Any:
    return client.post(reverse("music-set", args=[project.code]), {"sure": "1", **data})


def test_it_shows_the_words_and_plays_the_music(studio: Client, idea_film: Project) -> None:
    shown = studio.get(reverse("idea", args=[idea_film.code])).content.decode()
    assert "A small boat leaves the harbor at night." in shown
    assert reverse("media", args=["song", idea_film.song.asset.code]) in shown


@pytest.mark.parametrize("name", ["project", "scenes", "images", "clips", "final", "idea"])
def test_every_page_shows_a_project_without_a_song(studio: Client, idea: Project, name: str) -> None:
    assert studio.get(reverse(name, args=[idea.code])).status_code == 200
    drain()
    response = studio.get(reverse(name, args=[idea.code]))
    assert response.status_code == 200 and reverse("idea", args=[idea.code]) in response.content.decode()


def test_the_songs_page_leads_here(studio: Client, idea: Project) -> None:
    assert studio.get(reverse("song", args=[idea.code])).url == reverse("idea", args=[idea.code])


def test_a_film_of_a_song_has_no_such_page(studio: Client, film: Project) -> None:
    assert studio.get(reverse("idea", args=[film.code])).status_code == 404


def test_other_music_makes_the_film_anew(studio: Client, idea_film: Project) -> None:
    response = choose(studio, idea_film, again="1")
    assert response.status_code == 302
    assert live(idea_film) == ["compose_music"]
    assert choose(studio, idea_film, again="1").status_code == 409  # the second press of the same button
    drain()
    assert FinalVideo.objects.filter(rendition__project=idea_film).count() == 2


def test_no_music_is_silence(studio: Client, idea_film: Project) -> None:
    choose(studio, idea_film, music="none")
    assert Job.objects.get(project=idea_film, step="compose_music", state__in=LIVE).input["source"] == "none"


def test_music_that_is_none_is_refused_in_words(studio: Client, idea_film: Project) -> None:
    for data in ({"music": "compose", "mood": "angry"}, {"music": "upload"}, {}):
        response = choose(studio, idea_film, **data)
        assert response.status_code == 422 and response.context["refusal"]
    assert live(idea_film) == []


def test_the_page_that_waits_for_music_loads_when_it_is_there(studio: Client, idea: Project) -> None:
    url = reverse("idea-pulse", args=[idea.code, "composing"])
    assert "HX-Refresh" not in studio.get(f"{url}?since=0").headers
    drain()
    assert studio.get(f"{url}?since=0").headers["HX-Refresh"] == "true"


def test_nobody_else_sees_it(client: Client, charlie: Any, idea_film: Project) -> None:
    client.force_login(charlie)
    assert client.get(reverse("idea", args=[idea_film.code])).status_code == 404
    assert choose(client, idea_film, music="none").status_code == 404
    assert Soundtrack.objects.get(project=idea_film).source == "compose"
    assert Asset.objects.filter(owner=charlie).count() == 0


def test_facts_and_provenance_say_what_it_was_made_from(idea_film: Project) -> None:
    facts = project_facts(idea_film)
    assert facts["idea"] == "A small boat leaves the harbor at night."
    assert "music" in facts["made_by_rules"] and not facts["made_with_ai"]


def test_the_desk_shows_ideas_and_their_music(admin_client: Client, idea_film: Project) -> None:
    for name in ("idea", "soundtrack"):
        row = getattr(idea_film, name)
        for url in (
            reverse(f"admin:projects_{name}_changelist"),
            reverse(f"admin:projects_{name}_change", args=[row.pk]),
        ):
            assert admin_client.get(url).status_code == 200
    assert admin_client.get(reverse("admin:projects_reference_changelist")).status_code == 200
