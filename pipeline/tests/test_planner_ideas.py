"""Planning from an idea: scenes that are about its words, whatever they are."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from pipeline.media.audio.synth.beds import bed_beats
from pipeline.media.painting.compose import composed
from pipeline.media.timeline import frame_at
from pipeline.providers.local.idea_parts import captions_for, idea_parts, idea_reading, shared
from pipeline.providers.local.ideas import known_words
from pipeline.providers.local.plan_values import PlannedScene, PlanRequest
from pipeline.providers.local.planner import plan_scenes
from pipeline.providers.prompts.planning import planning_messages

STORM = (
    "A lighthouse keeper watches a storm roll in over the sea at night. At dawn the sea is calm and a small boat "
    "comes back."
)
# one short idea in each of 37 languages: night, rain, a boat ... as people would write them
LANGUAGES = {
    "ar": "قارب صغير يغادر الميناء ليلا", "bg": "Малка лодка напуска пристанището през нощта",
    "bn": "রাতে একটি ছোট নৌকা বন্দর ছেড়ে যায়", "ca": "Una barca petita surt del port de nit",
    "cs": "Malá loď opouští v noci přístav", "da": "En lille båd forlader havnen om natten",
    "de": "Ein kleines Boot verlässt nachts den Hafen", "el": "Μια μικρή βάρκα φεύγει από το λιμάνι τη νύχτα",
    "en": "A small boat leaves the harbor at night", "es": "Un pequeño barco deja el puerto por la noche",
    "et": "Väike paat lahkub öösel sadamast", "fa": "قایق کوچکی شبانه بندر را ترک می‌کند",
    "fi": "Pieni vene lähtee satamasta yöllä", "fr": "Un petit bateau quitte le port la nuit",
    "he": "סירה קטנה עוזבת את הנמל בלילה", "hi": "एक छोटी नाव रात में बंदरगाह छोड़ती है",
    "hr": "Mali brod noću napušta luku", "hu": "Egy kis hajó éjjel elhagyja a kikötőt",
    "id": "Perahu kecil meninggalkan pelabuhan di malam hari", "it": "Una piccola barca lascia il porto di notte",
    "ja": "小さな船が夜の港を出る。", "ko": "작은 배가 밤에 항구를 떠난다",
    "lt": "Maža valtis naktį palieka uostą", "lv": "Maza laiva naktī atstāj ostu",
    "ms": "Bot kecil meninggalkan pelabuhan pada waktu malam", "nl": "Een kleine boot verlaat 's nachts de haven",
    "no": "En liten båt forlater havnen om natten", "pl": "Mała łódka opuszcza nocą port",
    "pt": "Um pequeno barco deixa o porto à noite", "ro": "O barcă mică părăsește portul noaptea",
    "ru": "Маленькая лодка ночью покидает гавань", "sk": "Malá loď v noci opúšťa prístav",
    "sv": "En liten båt lämnar hamnen på natten", "th": "เรือลำเล็กออกจากท่าเรือในตอนกลางคืน",
    "tr": "Küçük bir tekne gece limandan ayrılır", "uk": "Маленький човен уночі покидає гавань",
    "zh": "一艘小船在夜里离开港口。",
}  # fmt: skip


def planned(idea: str, seconds: int = 30, **more: Any) -> tuple[PlannedScene, ...]:
    beats, downbeats, sections = bed_beats("dream", 3, seconds * 30, 30)
    fields = {"beats_ms": beats, "downbeats_ms": downbeats, "sections": sections, "style": "cinematic", "seed": 5}
    return plan_scenes(
        PlanRequest(duration_ms=seconds * 1000, frames=seconds * 30, idea=idea, scene_ms=5000, **(fields | more))
    )


def seen(scene: PlannedScene) -> Any:
    return composed(scene.description, scene.palette, np.random.default_rng(1))


@pytest.mark.parametrize(("seconds", "least", "most"), [(5, 1, 1), (15, 3, 3), (30, 5, 7), (120, 20, 26)])
def test_it_makes_about_one_scene_per_five_seconds(seconds: int, least: int, most: int) -> None:
    scenes = planned(STORM, seconds)
    assert least <= len(scenes) <= most
    assert scenes[0].start_frame == 0 and scenes[-1].end_frame == seconds * 30
    assert all(one.end_frame == other.start_frame for one, other in pairwise(scenes))


def test_it_cuts_on_the_beats_of_the_music() -> None:
    beats, *_ = bed_beats("dream", 3, 900, 30)
    frames = {frame_at(beat, 30) for beat in beats}
    assert all(scene.start_frame in frames for scene in planned(STORM)[1:])


def test_every_scene_shows_what_its_words_name() -> None:
    for scene in planned(STORM):
        brief = seen(scene)
        assert brief.kind in ("ocean", "harbor", "lake")
        if "lighthouse" in scene.description:
            assert (brief.time, brief.weather) == ("night", "storm")
            assert "lighthouse" in brief.foregrounds
        else:
            assert brief.time == "dawn" and "boat" in brief.foregrounds


def test_neighbors_differ() -> None:
    scenes = planned("A boat on the sea.")
    assert all(one.description != other.description and one.camera != other.camera for one, other in pairwise(scenes))


def test_where_snow_falls_it_is_winter() -> None:
    assert all("winter" in scene.description for scene in planned("Snow falls on a village.", 20))


def test_without_parts_in_the_music_at_most_every_other_cut_is_a_blend() -> None:
    idea = "Rain falls. A boat comes. The sea is calm. Morning comes. Birds fly. A child laughs. Stars shine."
    blends = [scene.transition.kind != "cut" for scene in planned(idea, 60, sections=())]
    assert any(blends)
    assert not any(here and after for here, after in pairwise(blends))


def test_a_storm_ends_where_it_grows_calm() -> None:
    assert "thunderstorm" not in planned(STORM)[-1].description


def test_the_users_words_stand_in_the_description_for_a_model_that_knows_them() -> None:
    scenes = planned("A robot barista makes latte art in a busy cafe")
    assert all("robot barista makes latte art" in scene.description for scene in scenes)
    assert all(seen(scene).kind == "window" for scene in scenes)


def test_it_says_where_it_knows_none_of_the_words() -> None:
    scenes = planned("Qwertz uiop asdfgh jklyx cvbnm")
    assert all("knows none of these words" in scene.reasoning for scene in scenes)
    assert not known_words("Qwertz uiop asdfgh jklyx cvbnm")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_idea_in_any_language_makes_a_film_and_keeps_its_words(language: str) -> None:
    idea = LANGUAGES[language]
    scenes = planned(idea, 15)
    assert scenes[-1].end_frame == 450
    assert scenes[0].caption and scenes[0].caption[-6:].casefold() in idea.casefold()
    assert idea.rstrip("。.")[-5:] in scenes[0].description


def test_there_are_languages_enough() -> None:
    assert len(LANGUAGES) == 37


def test_emoji_say_what_they_show_and_are_no_caption() -> None:
    assert idea_reading("🌊🌙").skies["crescent"]
    assert planned("🌊🌙 a boat at sea 🚢", 5)[0].caption == "A boat at sea"


def test_markup_is_not_shown() -> None:
    scene = planned("<b>Rain</b> on the <script>alert(1)</script> harbor https://example.org/x", 5)[0]
    assert "<" not in scene.caption + scene.description and "example.org" not in scene.description


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("Rain falls. Snow falls.", 2, ["Rain falls.", "Snow falls."]),
        ("Make me a 30 second video about a harbor at night", 1, ["a harbor at night"]),
        ("The sun rises over the sea, and a boat goes out", 2, ["The sun rises over the sea", "a boat goes out"]),
        ("red, green and blue lights over the city", 3, ["red, green and blue lights over the city"]),
    ],
)
def test_an_idea_has_parts(text: str, wanted: int, found: list[str]) -> None:
    assert idea_parts(text, wanted) == found


def test_parts_are_shared_among_scenes_in_order() -> None:
    assert shared(["a", "b", "c", "d"], 2) == [[0, 1], [2, 3]]
    assert shared(["a", "b"], 4) == [[0], [0], [1], [1]]


def test_a_long_part_goes_on_under_its_next_scene() -> None:
    words = " ".join(f"word{number}" for number in range(24))
    first, second, third = captions_for([words], [[0], [0], [0]], [5, 5, 5])
    assert f"{first} {second} {third}".split() == ["Word0", *words.split()[1:]]
    assert max(map(len, (first, second, third))) <= 84


def test_the_same_request_plans_the_same_film_and_another_seed_another_one() -> None:
    assert planned(STORM) == planned(STORM)
    assert planned(STORM) != planned(STORM, seed=6)


def test_a_hosted_planner_is_given_the_idea_and_its_slots() -> None:
    request = PlanRequest(duration_ms=10_000, frames=300, idea=STORM, scene_ms=5000, style="cinematic")
    slots = plan_scenes(request)
    question = planning_messages(request, slots)[1]["content"]
    data = json.loads(question.partition("\n")[2])
    assert (data["idea"], len(data["slots"])) == (STORM, len(slots))
    assert data["slots"][0]["caption"] == slots[0].caption and "lyric" not in data
