"""manage.py make_video --idea: a few words, real steps, real processes, at the smallest size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.management import CommandError, call_command

from projects.actions.create import MusicWish
from projects.actions.film import find_or_create_idea_film
from projects.tests.test_command_make_video import Studio

IDEA = "A small boat on the sea at night, under the moon."


@pytest.mark.long
def test_an_idea_becomes_a_film_with_its_own_music(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    out = tmp_path / "film.mp4"
    command = ["make_video", "--idea", IDEA, "--seconds", "5", "--resolution", "480p", "--json", "--out", str(out)]
    result = studio.manage(*command)
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert (facts["frames"], facts["duration_ms"], facts["cost_microusd"]) == (150, 5000, 0)
    assert facts["certificate"]["ok"] and facts["scenes"][0]["lyrics"] == IDEA
    assert set(facts) >= {"project", "file", "width", "height", "fps", "scenes"}
    with av.open(str(out)) as film:
        heard = sum(frame.samples for frame in film.decode(audio=0)) / film.streams.audio[0].rate
    assert abs(heard - 5) < 0.05
    sound = facts["certificate"]["sound"]
    assert -160 <= sound["loudness_tenths_lufs"] <= -120 and not sound["silent"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "one of them"),
        (["song.wav", "--idea", IDEA], "one of them"),
        (["--idea", "sea"], "too short"),
        (["--idea", IDEA, "--seconds", "3"], "5 to 120"),
        (["--idea", IDEA, "--music", "no-such.mp3"], "There is no file"),
        (["--idea", IDEA, "--reference", "no-such.png"], "There is no file"),
        (["--idea", IDEA, "--artist", "Alice"], "--artist belongs to a song, not to an idea"),
        (["--idea", IDEA, "--lyrics", "song.lrc"], "--lyrics belongs to a song, not to an idea"),
        (["--idea", IDEA, "--brief", "brief.json"], "--brief belongs to an ad, not to an idea"),
        (["song.wav", "--seconds", "30"], "--seconds belongs to an idea or an ad, not to a song"),
        (["song.wav", "--music", "none"], "--music belongs to an idea or an ad, not to a song"),
        (["song.wav", "--title-card"], "--title-card belongs to an idea, not to a song"),
        (["song.wav", "--tier", "draft"], "--tier belongs to an ad, not to a song"),
        (["--ad", "announcement", "--reference", "a.png"], "--reference belongs to an idea, not to an ad"),
        (["--idea", IDEA, "--seed", "-1"], "A seed is a number from 0"),
    ],
)
def test_what_cannot_be_is_said_in_words(db: None, args: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("make_video", *args)


def test_the_same_idea_and_choices_are_the_same_film(quick: None, alice: Any) -> None:
    def film(text: str = IDEA, mood: str = "", **choices: Any) -> Any:
        wish = MusicWish(mood=mood)
        return find_or_create_idea_film(text, by=alice, music=wish, references=(), choices={"seconds": 5} | choices)

    first = film()
    assert film(f"  {IDEA}\n") == first
    assert film(seed=7).seed == 7 and film(seed=7) == film(seed=7) != first
    assert len({first, film(mood="dance"), film(seconds=6), film(f"{IDEA} Rain.")}) == 4
