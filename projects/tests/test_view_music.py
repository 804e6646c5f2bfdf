"""Music changed after a film was begun: said first, done then, and only what hangs on it is made again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from pipeline.states import LIVE
from projects import flow
from projects.models import Asset, FinalVideo, Project, Rendition, Soundtrack
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import begun, fresh
from projects.tests.uploads import song_file, wav


@pytest.fixture
def ad(quick: None, alice: Any) -> Project:
    """A finished ad of 15 seconds, with music in its template's mood."""
    project = begun(alice, seconds=15)
    drain()
    return fresh(project)


def choose(client: Client, project: Project, **data: Any) -> Any:
    return client.post(reverse("music-set", args=[project.code]), data)


def asked(response: Any) -> dict[str, str]:
    """The fields of the question, as a press on its button sends them."""
    assert response.status_code == 200
    return {**dict(response.context["fields"]), "sure": "1"}


def made_by(project: Project, mark: int) -> list[str]:
    return sorted(Job.objects.filter(project=project, pk__gt=mark).values_list("step", flat=True))


def newest(project: Project) -> int:
    return Job.objects.filter(project=project).order_by("-pk")[0].pk


def test_the_page_of_an_ad_plays_its_music_and_names_its_mood(studio: Client, ad: Project) -> None:
    page = studio.get(reverse("music", args=[ad.code])).content.decode()
    assert reverse("media", args=["song", ad.song.asset.code]) in page
    assert "in the mood" in page
    for name in ("brief", "references"):
        assert reverse("music", args=[ad.code]) in studio.get(reverse(name, args=[ad.code])).content.decode()


def test_an_idea_keeps_its_music_beside_its_words_and_a_song_has_no_such_page(
    studio: Client, idea: Project, film: Project
) -> None:
    assert studio.get(reverse("music", args=[idea.code])).url == reverse("idea", args=[idea.code])
    assert studio.get(reverse("music", args=[film.code])).status_code == 404
    assert choose(studio, film, music="none").status_code == 404


def test_two_tabs_never_choose_music_over_each_other_unseen(studio: Client, ad: Project) -> None:
    seen = studio.get(reverse("music", args=[ad.code])).context["mark"]
    said = asked(choose(studio, ad, music="none", seen=seen))
    assert choose(studio, ad, music="compose", mood="night", seen=seen, sure="1").status_code == 302
    for late in (choose(studio, ad, **said), choose(studio, ad, music="none", seen=seen)):
        assert late.status_code == 409 and "chosen meanwhile" in late.content.decode()
    assert Soundtrack.objects.get(project=ad).mood == "night"
    assert choose(studio, ad, music="compose", mood="night", seen=seen, sure="1").status_code == 302  # it is so already


def test_it_says_what_a_change_makes_again_and_changes_nothing(studio: Client, ad: Project) -> None:
    mark = newest(ad)
    response = choose(studio, ad, music="upload", music_file=song_file(wav(20)))
    text = response.context["text"]
    for words in ("scenes are rendered again", "joined anew", "Free", "Finished versions"):
        assert words in text
    assert Soundtrack.objects.get(project=ad).source == "compose"
    assert made_by(ad, mark) == []


@pytest.mark.postgres(long=True)
def test_what_was_said_is_what_is_made(studio: Client, ad: Project) -> None:
    scenes, mark = ad.scenes.count(), newest(ad)
    said = choose(studio, ad, music="upload", music_file=song_file(wav(20)))
    assert f"{scenes} scenes are rendered again" in said.context["text"]
    assert choose(studio, ad, **asked(said)).url == reverse("music", args=[ad.code])
    drain()
    made = made_by(ad, mark)
    assert (made.count("render_shot"), made.count("assemble_video")) == (scenes, 1)
    assert not {"generate_image", "generate_clip", "draw_references"} & set(made)
    assert FinalVideo.objects.filter(rendition__project=ad).count() == 2
    track = Soundtrack.objects.get(project=ad)
    assert track.source == "upload" and track.asset is not None
    assert Asset.objects.filter(owner=ad.owner, kind="song").count() == 1  # sent once, for the question


def test_music_anew_in_the_same_mood_joins_the_film_and_renders_nothing(studio: Client, ad: Project) -> None:
    mark = newest(ad)
    said = choose(studio, ad, again="1")
    assert "rendered again" not in said.context["text"] and "joined anew" in said.context["text"]
    choose(studio, ad, **asked(said))
    drain()
    assert made_by(ad, mark) == ["assemble_video", "compose_music"]


def test_pictures_that_do_not_pulse_do_not_care_for_music(studio: Client, ad: Project) -> None:
    Rendition.objects.filter(project=ad).update(pulse=0)
    flow.advance(fresh(ad))
    drain()
    mark = newest(ad)
    choose(studio, ad, music="none", sure="1")
    drain()
    assert made_by(ad, mark) == ["assemble_video", "compose_music"]


def test_a_mood_left_open_is_the_templates(studio: Client, ad: Project) -> None:
    mood = ad.ad.as_template().music_mood
    choose(studio, ad, music="none", sure="1")
    choose(studio, ad, music="compose", mood="", sure="1")
    assert Soundtrack.objects.get(project=ad).mood == mood


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"music": "upload"}, "Choose the music"),
        ({"music": "upload", "piece": "no-code"}, "Choose the music"),
        ({"music": "compose", "mood": "angry"}, "no such music"),
        ({}, "no such music"),
    ],
)
def test_what_is_no_music_is_refused_in_words(studio: Client, ad: Project, data: dict[str, str], says: str) -> None:
    response = choose(studio, ad, **data)
    assert response.status_code == 422 and says in response.context["refusal"]
    assert not Job.objects.filter(project=ad, state__in=LIVE).exists()


def test_music_shorter_than_the_ad_is_refused_with_both_lengths(studio: Client, ad: Project) -> None:
    response = choose(studio, ad, music="upload", music_file=song_file(wav(9)))
    assert response.status_code == 422
    assert "9" in response.context["refusal"] and "15" in response.context["refusal"]
    assert Soundtrack.objects.get(project=ad).source == "compose"


def test_what_was_chosen_is_still_chosen_after_a_refusal(studio: Client, ad: Project) -> None:
    response = choose(studio, ad, music="none", mood="ballad", music_file=song_file(b"no music"))
    page = response.content.decode()
    assert response.status_code == 422 and '<details class="fold" open>' in page
    assert '<option value="none" selected>' in page and '<option value="ballad" selected>' in page


def test_somebody_elses_piece_is_nobodys(client: Client, charlie: Any, ad: Project, asset: Asset) -> None:
    client.force_login(charlie)
    assert client.get(reverse("music", args=[ad.code])).status_code == 404
    assert choose(client, ad, music="none", sure="1").status_code == 404
    theirs = begun(charlie, seconds=15)
    response = choose(client, theirs, music="upload", piece=str(asset.code), sure="1")
    assert response.status_code == 422 and Soundtrack.objects.get(project=theirs).asset is None


def test_an_animatic_on_other_music_is_told_and_made_anew_on_the_page_of_the_references(
    studio: Client, quick: None, alice: Any
) -> None:
    project = begun(alice, seconds=15, autopilot=False)
    drain()
    studio.post(reverse("gate-pass", args=[project.code, "brief"]), {"mark": _mark(studio, project)})
    drain()
    choose(studio, project, again="1", sure="1")
    drain()
    page = studio.get(reverse("references", args=[project.code])).content.decode()
    assert "changed since this animatic" in page
    studio.post(reverse("animatic-make", args=[project.code]), {"page": "references"})
    drain()
    assert "changed since this animatic" not in studio.get(reverse("references", args=[project.code])).content.decode()
    assert project.animatics.count() == 2


def _mark(client: Client, project: Project) -> str:
    return str(client.get(reverse("brief", args=[project.code])).context["gate"]["mark"])
