"""Listening to a song again: at a price that was seen, and never in the place of words that somebody has."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pipeline import credentials
from pipeline.media.lyrics.values import Lyrics
from pipeline.models import Attempt, Job
from pipeline.runner import context
from pipeline.runner.work import run_next
from pipeline.steps import STEPS, transcribe_song
from projects.actions import listening
from projects.actions import lyrics as words
from projects.flow import spending
from projects.flow.status import project_status
from projects.models import Consent, Project
from projects.states import IllegalMove, LostRace
from projects.tests import quick_steps
from projects.tests.conftest import drain
from projects.tests.pages import text
from projects.tests.test_flow_spending import WHISPER

pytestmark = pytest.mark.django_db
LINES = ("the harbor nights are low", "rain upon the window")


@pytest.fixture
def edited(film: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A film whose words somebody has edited, and a model that hears other ones."""
    credentials.keep_key("openrouter", "x")
    mine = film.lyrics()
    first = mine.lines[0].model_copy(update={"text": "my own first line", "words": ()})
    changed = mine.model_copy(update={"lines": (first, *mine.lines[1:])})
    words.save_lyrics(film, changed, by=film.owner, seen_take=1)
    drain()

    def heard(input: transcribe_song.Input, ctx: Any) -> transcribe_song.Output:
        lines = [
            line.model_copy(update={"text": text, "words": ()})
            for line, text in zip(quick_steps.lyrics().lines, LINES, strict=False)
        ]
        return transcribe_song.Output(lyrics=Lyrics(lines=tuple(lines), source="transcript", timed=True))

    monkeypatch.setitem(STEPS, "transcribe_song", replace(STEPS["transcribe_song"], run=heard))
    film.refresh_from_db()
    return film


@pytest.fixture
def owner(client: Client, edited: Project) -> Client:
    client.force_login(edited.owner)
    return client


def url(project: Project, name: str = "song") -> str:
    return reverse(name, args=[project.code])


def offer(page: str) -> str:
    found = re.search(rf'name="maker" value="({re.escape(WHISPER)} [0-9a-f]{{16}})"', page)
    assert found is not None
    return found[1]


def test_each_model_that_may_listen_shows_its_price(owner: Client, edited: Project) -> None:
    page = text(owner.get(url(edited)))
    assert "Listen again" in page
    assert re.search(r"Whisper[^<]*<span class=\"small muted num\">\$0\.0\d+ at most", page)


def test_without_a_model_nobody_is_offered(client: Client, film: Project) -> None:
    client.force_login(film.owner)
    assert "Listen again" not in text(client.get(url(film)))


def test_one_press_agrees_and_what_is_heard_waits_beside_the_words_that_stand(owner: Client, edited: Project) -> None:
    standing = edited.transcript
    response = owner.post(url(edited, "song-again"), {"maker": offer(text(owner.get(url(edited))))})
    assert response["Location"] == url(edited)
    job = Job.objects.get(subject="again")
    assert (job.provider, Consent.objects.get().steps) == ("openrouter", ["transcribe_song"])
    assert Consent.objects.get().ceiling_microusd == spending.remaining(edited).microusd
    assert "To finish this film" not in text(owner.get(reverse("project", args=[edited.code]))), "it is agreed to"
    drain()
    edited.refresh_from_db()
    assert edited.transcript == standing
    page = text(owner.get(url(edited)))
    assert "Version 3" in page
    assert "2 lines · 1 differs from yours" in page
    assert LINES[0] in page
    assert project_status(edited).state == "done"


def test_the_model_is_told_the_language_that_somebody_names(owner: Client, edited: Project) -> None:
    page = text(owner.get(url(edited)))
    assert '<option value="pt">Portuguese</option>' in page
    maker = offer(page)
    refused = owner.post(url(edited, "song-again"), {"maker": maker, "language": "xx"})
    assert "There is no such language" in refused.content.decode()
    owner.post(url(edited, "song-again"), {"maker": maker, "language": "pt"})
    job = Job.objects.get(subject="again")
    wanted = transcribe_song.Input.model_validate(job.input)
    model = context.reach("transcription", job.provider, job.model)
    assert {request.language for _call, request in transcribe_song.calls(wanted, model)} == {"pt"}


def test_the_poll_of_a_page_in_which_somebody_types_only_tells(owner: Client, edited: Project) -> None:
    listening.listen_again(edited, WHISPER, by=edited.owner, seen=offer(text(owner.get(url(edited)))).split()[1])
    drain()
    answer = text(owner.get(reverse("song-pulse", args=[edited.code, 2]), {"since": 0}))
    assert "version 3 of the words is here" in answer
    assert "<input" not in answer
    assert "changed somewhere else" not in answer


def test_another_version_is_used_by_one_press_and_the_one_before_is_kept(owner: Client, edited: Project) -> None:
    listening.listen_again(edited, WHISPER, by=edited.owner, seen=offer(text(owner.get(url(edited)))).split()[1])
    drain()
    assert owner.post(url(edited, "song-words"), {"take": 3, "seen": 1}).status_code == 409
    owner.post(url(edited, "song-words"), {"take": 3, "seen": 2})
    edited.refresh_from_db()
    assert edited.lyrics().lines[0].text == LINES[0]
    assert Job.objects.filter(step="render_shot", state="queued").exists(), "its scenes look different"
    drain()
    assert not Job.objects.filter(step="transcribe_song", state="queued").exists()
    edited.refresh_from_db()
    listening.use_words(edited, 2, by=edited.owner, seen_take=3)
    edited.refresh_from_db()
    assert edited.lyrics().lines[0].text == "my own first line"


def test_a_price_that_was_not_seen_and_a_second_press_are_refused(owner: Client, edited: Project) -> None:
    with pytest.raises(LostRace, match="changed meanwhile"):
        listening.listen_again(edited, WHISPER, by=edited.owner, seen="other")
    with pytest.raises(IllegalMove, match="not offered"):
        listening.listen_again(edited, "openrouter:nobody/gone", by=edited.owner, seen="")
    assert (Job.objects.filter(subject="again").count(), Consent.objects.count()) == (0, 0)
    mark = offer(text(owner.get(url(edited)))).split()[1]
    listening.listen_again(edited, WHISPER, by=edited.owner, seen=mark)
    job = Job.objects.get(subject="again")
    common = {"project_code": edited.code, "step": job.step, "provider": "x", "request": {}, "request_digest": ""}
    common |= {"estimate_microusd": 800}
    Attempt.objects.create(job=job, job_code=job.code, call="transcribe", state="sent", **common)
    with pytest.raises(IllegalMove, match="listened to already"):
        listening.listen_again(edited, WHISPER, by=edited.owner, seen=mark)
    assert Consent.objects.count() == 1


def test_a_failure_is_said_in_its_place_and_the_film_stays_finished(
    owner: Client, edited: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(input: Any, ctx: Any) -> Any:
        raise ValueError("no")

    monkeypatch.setitem(STEPS, "transcribe_song", replace(STEPS["transcribe_song"], run=fails, max_tries=1))
    listening.listen_again(edited, WHISPER, by=edited.owner, seen=offer(text(owner.get(url(edited)))).split()[1])
    Job.objects.filter(subject="again").update(max_tries=1)
    assert run_next()
    page = text(owner.get(url(edited)))
    assert "Your words are as they were." in page
    assert "One step did not work" not in page
    assert project_status(edited).state == "done"


def test_it_is_the_owners_alone(client: Client, edited: Project, charlie: Any) -> None:
    client.force_login(charlie)
    for name in ("song-again", "song-words"):
        assert client.post(url(edited, name), {}).status_code == 404
