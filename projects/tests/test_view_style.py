"""Another style for the whole film: said first, done then, and what somebody made or chose stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline.models import Job
from projects.models import FinalVideo, Project, Prompt
from projects.tests.conftest import drain
from projects.tests.reviewing import image_of, picture_file, scenes
from projects.tests.test_flow_ads import fresh


def choose(client: Client, project: Project, style: str, seen: str = "cinematic", **data: Any) -> Any:
    return client.post(reverse("style-set", args=[project.code]), {"style": style, "seen": seen, **data})


def test_the_board_names_the_style_and_offers_the_others(studio: Client, film: Project) -> None:
    page = studio.get(reverse("images", args=[film.code])).content.decode()
    assert "The film is in “Cinematic”." in page
    assert 'value="neon-noir"' in page
    assert reverse("style-set", args=[film.code]) in page
    assert 'id="film-style"' not in studio.get(reverse("clips", args=[film.code])).content.decode()


def test_it_says_what_is_made_again_and_changes_nothing(studio: Client, film: Project) -> None:
    jobs = Job.objects.count()
    text = choose(studio, film, "neon-noir").context["text"]
    count = film.scenes.count()
    assert f"{count} new pictures are drawn" in text
    assert f"{count} scenes are rendered again" in text
    assert "Finished versions stay" in text
    assert (fresh(film).style, Job.objects.count()) == ("cinematic", jobs)


@pytest.mark.postgres(long=True)
def test_what_was_said_is_what_is_made(studio: Client, film: Project) -> None:
    said = choose(studio, film, "neon-noir")
    mark = Job.objects.order_by("-pk")[0].pk
    answer = choose(studio, film, **dict(said.context["fields"]), sure="1")
    assert answer.url == reverse("images", args=[film.code])
    drain()
    made = list(Job.objects.filter(project=film, pk__gt=mark).values_list("step", flat=True))
    count = film.scenes.count()
    assert (made.count("generate_image"), made.count("render_shot"), made.count("assemble_video")) == (count, count, 1)
    assert FinalVideo.objects.filter(rendition__project=film).count() == 2
    newest = Prompt.objects.filter(content__project=film).order_by("-pk")[:count]
    assert all("neon" in prompt.text.lower() for prompt in newest)


def test_a_picture_of_ones_own_stays(studio: Client, film: Project) -> None:
    first = scenes(film)[0]
    replaced = studio.post(
        reverse("image-replace", args=[first.code]),
        {"aspect": "16:9", "seen_take": "1", "picture": picture_file()},
    )
    assert replaced.status_code == 302
    drain()
    assert f"{film.scenes.count() - 1} new pictures are drawn" in choose(studio, film, "neon-noir").context["text"]
    choose(studio, film, "neon-noir", sure="1")
    drain()
    assert first.content.picks.get().image.provider == "upload"


def test_an_approved_picture_stays_until_somebody_redraws_it(studio: Client, film: Project) -> None:
    standing = image_of(film, 0)
    studio.post(reverse("image-approve", args=[standing.code]), {"aspect": "16:9", "seen": "pending"})
    text = choose(studio, film, "neon-noir").context["text"]
    assert f"{film.scenes.count() - 1} new pictures are drawn" in text
    assert "Scene 1 keeps the picture that you chose" in text
    choose(studio, film, "neon-noir", sure="1")
    drain()
    assert image_of(film, 0) == standing


@pytest.mark.parametrize(
    ("style", "seen", "status", "says"),
    [
        ("crayon", "cinematic", 422, "no style called “crayon”"),
        ("", "cinematic", 422, "no style called"),
        ("cinematic", "cinematic", 422, "in this style already"),
        ("neon-noir", "winter", 409, "another style meanwhile"),
        ("neon-noir", "", 409, "another style meanwhile"),
    ],
)
def test_what_cannot_be_is_refused_on_the_board_with_the_wish_kept(
    studio: Client, film: Project, style: str, seen: str, status: int, says: str
) -> None:
    for sure in ({}, {"sure": "1"}):
        answer = choose(studio, film, style, seen, **sure)
        assert answer.status_code == status
        assert says in answer.content.decode()
        assert answer.context["film_style"]["wished"] == style
    assert fresh(film).style == "cinematic"


def test_it_is_posted_by_the_owner_alone(client: Client, charlie: Any, film: Project) -> None:
    assert choose(client, film, "neon-noir", sure="1")["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert choose(client, film, "neon-noir", sure="1").status_code == 404
    assert client.get(reverse("style-set", args=[film.code])).status_code == 405
    assert fresh(film).style == "cinematic"
