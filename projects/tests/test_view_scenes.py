"""The Scenes page and its edits: for the owner alone, rehearsed before saved, never over what nobody has seen."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline.models import Job
from pipeline.runner.work import run_next
from projects import flow
from projects.actions import scenes as acts
from projects.actions.places import marks, order_mark, places_of
from projects.models import Animatic, Event, Image, Project, Scene
from projects.tests.boards import board
from projects.tests.conftest import drain
from projects.tests.pages import text

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def long(asset: Any, alice: Any, quick: None) -> Project:
    """Six scenes as rows alone."""
    return board(asset, alice, 6)


def scene(project: Project, at: int = 0) -> Scene:
    return project.scenes.select_related("content").order_by("start_frame")[at]


def form(project: Project, at: int = 0, **changes: Any) -> dict[str, Any]:
    row = scene(project, at)
    now = {name: getattr(row.content, name) for name in ("description", "mood", "camera")}
    return {**now, "transition": "cut", "seen": places_of(project)[at].mark, **changes}


# ---- the page


def test_it_shows_scenes_timeline_and_what_can_be_done(studio: Client, long: Project) -> None:
    shown = text(studio.get(reverse("scenes", args=[long.code])))
    assert "6 scenes" in shown
    assert shown.count('<li class="srow"') == 6
    assert 'aria-label="Move scene 6"' in shown
    assert shown.count("Merge with the next") == 5
    assert 'data-beats="0,500,1000' in shown
    assert "Verse" in shown
    assert "<audio" in shown
    assert "Make the animatic" in shown
    assert "hold on to the night" in shown


def test_it_waits_where_there_are_no_scenes(studio: Client, project: Project) -> None:
    shown = text(studio.get(reverse("scenes", args=[project.code])))
    assert "The scenes are being planned" in shown
    assert "<audio" not in shown


@pytest.mark.long
def test_300_scenes_cost_as_many_queries_as_30(studio: Client, alice: Any, asset: Any) -> None:
    counts = {}
    for count in (30, 300):
        project = board(asset, alice, count)
        with CaptureQueriesContext(connection) as queries:
            response = studio.get(reverse("scenes", args=[project.code]))
        assert response.content.count(b'<li class="srow"') == count
        counts[count] = len(queries)
    assert counts[30] == counts[300] <= 40, counts


def test_markup_in_a_description_is_text(studio: Client, long: Project) -> None:
    content = scene(long).content
    content.description = "<script>alert(1)</script>"
    content.save(update_fields=["description"])
    shown = studio.get(reverse("scenes", args=[long.code])).content
    assert b"<script>alert" not in shown
    assert b"&lt;script&gt;alert" in shown


@pytest.mark.parametrize("name", ["scenes", "scenes-preview", "scenes-replan", "scenes-undo", "animatic-make"])
def test_a_project_of_somebody_else_does_not_exist(client: Client, charlie: Any, long: Project, name: str) -> None:
    url = reverse(name, args=[long.code])
    ask = client.get if name == "scenes" else client.post
    assert ask(url)["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert ask(url).status_code == 404


@pytest.mark.parametrize("name", ["edit", "boundary", "split", "merge", "add", "delete", "reorder", "swap"])
def test_a_scene_of_somebody_else_does_not_exist(client: Client, charlie: Any, long: Project, name: str) -> None:
    url = reverse(f"scene-{name}", args=[scene(long).code])
    before = places_of(long)
    assert client.post(url, {"sure": "1"})["Location"].startswith("/accounts/login/")
    client.force_login(charlie)
    assert client.post(url, {"sure": "1"}).status_code == 404
    preview = reverse("scenes-preview", args=[long.code])
    assert client.post(preview, {"edit": name, "scene": scene(long).code}).status_code == 404
    assert places_of(long) == before


@pytest.mark.parametrize("name", ["boundary", "split", "merge", "add", "delete", "reorder", "swap"])
def test_edits_are_posted(studio: Client, long: Project, name: str) -> None:
    assert studio.get(reverse(f"scene-{name}", args=[scene(long).code])).status_code == 405
    assert studio.get(reverse("scenes-replan", args=[long.code])).status_code == 405
    assert studio.post(reverse("scenes", args=[long.code])).status_code == 405


# ---- with a script


@pytest.mark.parametrize(
    ("name", "given", "count", "said"),
    [
        ("boundary", {"frame": 130}, 6, "Cut moved."),
        ("split", {}, 7, "Scene split in two."),
        ("split", {"frame": 30}, 7, "Scene split in two."),
        ("merge", {}, 5, "Scenes merged."),
        ("add", {}, 7, "Scene added."),
        ("add", {"description": "two foxes"}, 7, "Scene added."),
        ("delete", {}, 5, "Scene deleted; its neighbor takes its time."),
        ("reorder", {"position": 3}, 6, "Scene moved."),
        ("reorder", {"position": 1}, 6, "Nothing was changed."),
        ("swap", {"position": 3}, 6, "Scenes exchanged."),
        ("swap", {"position": 1}, 6, "Nothing was changed."),
    ],
)
def test_an_edit_answers_with_the_list_and_undo(
    studio: Client, long: Project, name: str, given: dict[str, Any], count: int, said: str
) -> None:
    before = places_of(long)
    response = studio.post(reverse(f"scene-{name}", args=[scene(long).code]), given, headers=SCRIPT)
    assert response.status_code == 200
    assert response.content.count(b'<li class="srow"') == count == long.scenes.count()
    told = json.loads(response["HX-Trigger"])["toast"]
    assert told["text"] == said
    if said == "Nothing was changed.":
        assert "undo" not in told
        return
    answer = studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=SCRIPT)
    assert answer.status_code == 200
    assert places_of(long) == before
    again = studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=SCRIPT)
    assert (again.status_code, again.content) == (409, b"This has been taken back already.")


def test_a_form_is_fetched_saved_and_refused(studio: Client, long: Project) -> None:
    url = reverse("scene-edit", args=[scene(long, 1).code])
    shown = text(studio.get(url, headers=SCRIPT))
    assert shown.lstrip().startswith("<form")
    assert f'value="{places_of(long)[1].mark}"' in shown
    saved = studio.post(url, form(long, 1, description="two foxes", camera="orbit"), headers=SCRIPT)
    assert saved.status_code == 200
    assert "two foxes" in saved.content.decode()
    refused = studio.post(url, form(long, 1, description="", camera="tilt_up"), headers=SCRIPT)
    assert refused.status_code == 422
    assert "Say what the scene shows." in text(refused)
    assert '<option value="tilt_up" selected>' in text(refused)
    assert scene(long, 1).content.description == "two foxes"


def test_a_conflict_shows_what_stands_and_what_was_typed(studio: Client, long: Project) -> None:
    url = reverse("scene-edit", args=[scene(long).code])
    mine, theirs = form(long, description="a moth"), form(long, description="a whale")
    assert studio.post(url, theirs, headers=SCRIPT).status_code == 200
    response = studio.post(url, mine, headers=SCRIPT)
    shown = text(response)
    assert response.status_code == 409
    assert '<p class="stands">a whale</p>' in shown
    assert ">a moth</textarea>" in shown
    assert f'name="seen" value="{places_of(long)[0].mark}"' in shown
    assert scene(long).content.description == "a whale"


@pytest.mark.parametrize("name", ["boundary", "split", "merge", "add", "delete", "reorder", "swap"])
def test_what_nobody_has_seen_is_not_overwritten(studio: Client, long: Project, name: str) -> None:
    places = places_of(long)
    seen = {"boundary": marks(places[:2]), "merge": marks(places[:2]), "reorder": order_mark(places)}
    seen["swap"] = seen["reorder"]
    fields = {"seen": seen.get(name, places[0].mark), "frame": 60, "position": 2}
    acts.swap_scenes(scene(long), 2, by=long.owner)
    before = places_of(long)
    answer = studio.post(reverse(f"scene-{name}", args=[scene(long).code]), fields, headers=SCRIPT)
    assert answer.status_code == 409
    assert b"meanwhile" in answer.content
    rehearsed = studio.post(
        reverse("scenes-preview", args=[long.code]), {**fields, "edit": name, "scene": scene(long).code}
    )
    assert rehearsed.status_code == 409
    assert "meanwhile" in rehearsed.json()["text"]
    assert places_of(long) == before


def test_the_impossible_is_a_422_in_words(studio: Client, long: Project) -> None:
    answer = studio.post(reverse("scene-boundary", args=[scene(long).code]), {"frame": "5"}, headers=SCRIPT)
    assert (answer.status_code, answer.content) == (422, b"A scene is at least half a second long.")


@pytest.mark.parametrize("junk", ["", "x", "-1", "9" * 30, "1.5", "１", "\x00"])
def test_junk_in_a_field_is_no_error(studio: Client, long: Project, junk: str) -> None:
    for name in ("boundary", "reorder", "swap", "split"):
        url = reverse(f"scene-{name}", args=[scene(long).code])
        status = studio.post(url, {"frame": junk, "position": junk, "seen": ""}, headers=SCRIPT).status_code
        assert status in (200, 422)
    preview = reverse("scenes-preview", args=[long.code])
    assert studio.post(preview, {"edit": "merge", "scene": junk}).status_code == 404
    assert studio.post(preview, {"edit": junk, "scene": scene(long).code}).status_code == 404
    undo = studio.post(reverse("scenes-undo", args=[long.code]), {"to": junk}, headers=SCRIPT)
    assert undo.status_code == 409


# ---- what becomes stale


def test_a_rehearsal_says_what_is_made_again_and_changes_nothing(studio: Client, film: Project) -> None:
    before, events = places_of(film), Event.objects.count()
    url, code = reverse("scenes-preview", args=[film.code]), scene(film, 2).code

    def said(**fields: Any) -> str:
        return str(studio.post(url, {"scene": code, **fields}).json()["text"])

    moved = said(edit="boundary", frame=350)
    assert re.fullmatch(r"2 scenes are rendered again \(3, 4\); the film is joined anew\. Free, about \d+ s\.", moved)
    assert said(edit="merge").startswith("Scene 3 is rendered again; the film is joined anew. Free")
    assert said(edit="split").startswith("A new picture is drawn for scene 4; 2 scenes are rendered again (3, 4);")
    assert said(edit="reorder", position=1).startswith("3 scenes are rendered again (1, 2, 3);")
    assert said(edit="swap", position=1).startswith("2 scenes are rendered again (1, 3);")
    now = form(film, 2) | {"transition": "crossfade", "transition_frames": 12}
    assert said(edit="edit", **now) == "Nothing that is made already has to be made again."
    assert said(edit="edit", **now | {"description": "foxes"}).startswith("A new picture is drawn for scene 3; scene 3")
    assert "planned anew" in said(edit="replan")
    assert (places_of(film), Event.objects.count()) == (before, events)
    assert not Job.objects.exclude(state="done").exists()


def test_a_judge_is_waited_for_where_the_project_does_not_make_itself(studio: Client, film: Project) -> None:
    Project.objects.update(autopilot=False)
    url = reverse("scenes-preview", args=[film.code])
    text = studio.post(url, {"edit": "split", "scene": scene(film, 2).code}).json()["text"]
    assert "waits for your approval" in text


def test_what_somebody_chose_stays_and_is_said_once(studio: Client, film: Project) -> None:
    Image.objects.filter(content=scene(film, 2).content).update(verdict="approved")
    url, kept = reverse("scenes-preview", args=[film.code]), "Scene 3 keeps the picture that you chose"
    now = form(film, 2, description="foxes", transition="crossfade", transition_frames=12)
    said = studio.post(url, {"scene": scene(film, 2).code, "edit": "edit", **now}).json()["text"]
    assert said.endswith(f"{kept}, until you redraw it on Images.")
    assert "new picture" not in said
    studio.post(reverse("scene-edit", args=[scene(film, 2).code]), {**now, "sure": "1"})
    drain()
    moved = studio.post(url, {"scene": scene(film, 2).code, "edit": "boundary", "frame": 350}).json()["text"]
    assert moved.startswith("2 scenes are rendered again (3, 4)")
    assert kept not in moved


# ---- without a script


def test_an_edit_without_a_script_is_shown_then_saved(studio: Client, film: Project) -> None:
    page = text(studio.get(reverse("scenes", args=[film.code])))
    found = re.search(r'formaction="([^"]*/merge/[^"]*)"', page)
    assert found is not None
    url = found[1].replace("&amp;", "&")
    asked = studio.post(url)
    assert "Scene 1 is rendered again" in text(asked)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.content.decode()))
    assert film.scenes.count() == 6
    done = studio.post(url.split("?")[0], {"seen": fields["seen"], "sure": "1"}, follow=True)
    assert film.scenes.count() == 5
    assert "Scenes merged." in text(done)
    undo = re.search(r'name="to" value="([^"]+)"', done.content.decode())
    assert undo is not None
    back = studio.post(reverse("scenes-undo", args=[film.code]), {"to": undo[1]}, follow=True)
    assert "Taken back." in text(back)
    assert film.scenes.count() == 6


def test_a_form_without_a_script_says_first_what_it_changes(studio: Client, film: Project) -> None:
    url = reverse("scene-edit", args=[scene(film, 1).code])
    assert 'data-scene-form="' in text(studio.get(url))
    shown = studio.post(url, form(film, 1, description="two foxes"))
    assert "If you save: A new picture is drawn for scene 2" in text(shown)
    assert ">two foxes</textarea>" in text(shown)
    assert scene(film, 1).content.description != "two foxes"
    saved = studio.post(url, form(film, 1, description="two foxes", sure="1"))
    assert saved["Location"] == f"{reverse('scenes', args=[film.code])}#row-{scene(film, 1).code}"
    assert scene(film, 1).content.description == "two foxes"


def test_a_conflict_without_a_script_keeps_what_was_typed(studio: Client, film: Project) -> None:
    url = reverse("scene-edit", args=[scene(film).code])
    mine = form(film, description="a moth", sure="1")
    studio.post(url, form(film, description="a whale", sure="1"))
    response = studio.post(url, mine)
    assert response.status_code == 409
    assert ">a moth</textarea>" in text(response)
    assert '<p class="stands">a whale</p>' in text(response)
    stale = studio.post(reverse("scene-delete", args=[scene(film).code]), {"seen": mine["seen"], "sure": "1"})
    assert stale.status_code == 409
    assert "This has changed meanwhile." in text(stale)


# ---- the poll


def poll(client: Client, project: Project, mark: str, since: int = 1) -> Any:
    url = reverse("scenes-pulse", args=[project.code, mark])
    return client.get(url, {"since": since, "every": 5}, headers=SCRIPT)


def page_mark(client: Client, project: Project) -> str:
    found = re.search(
        r'id="work"[^>]*data-mark="([^"]+)"', client.get(reverse("scenes", args=[project.code])).content.decode()
    )
    assert found is not None
    return found[1]


def test_an_idle_poll_is_a_204(studio: Client, film: Project, django_assert_max_num_queries: Any) -> None:
    mark = page_mark(studio, film)
    film.refresh_from_db()
    with django_assert_max_num_queries(3):
        assert poll(studio, film, mark, film.rev).status_code == 204


def test_a_poll_brings_pictures_and_neither_inputs_nor_players(studio: Client, film: Project) -> None:
    mark = page_mark(studio, film)
    film.refresh_from_db()
    since = film.rev
    flow.touch(film, [scene(film, 3).pk])
    response = poll(studio, film, mark, since)
    shown = response.content.decode()
    assert re.findall(r'id="look-([^"]+)"', shown) == [str(scene(film, 3).code)]
    for tag in ("<input", "<textarea", "<select", "<form", "<video", "<audio"):
        assert tag not in shown
    assert "HX-Trigger" not in response


def test_a_poll_tells_of_edits_in_another_tab(studio: Client, film: Project) -> None:
    mark = page_mark(studio, film)
    acts.move_boundary(scene(film), 130, by=film.owner)
    response = poll(studio, film, mark)
    assert "scenes-changed" in json.loads(response["HX-Trigger"])
    listed = studio.get(reverse("scenes", args=[film.code]), headers=SCRIPT)
    assert listed.content.lstrip().startswith(b"<section")
    assert 'data-end="130"' in listed.content.decode()


def test_the_first_scenes_load_the_page_anew(studio: Client, project: Project) -> None:
    assert "HX-Refresh" not in poll(studio, project, "none", 0)
    while not project.scenes.exists():
        assert run_next()
    assert poll(studio, project, "none", 0)["HX-Refresh"] == "true"


# ---- all anew


def test_all_scenes_are_planned_anew_and_come_back(studio: Client, film: Project) -> None:
    before = places_of(film)
    url = reverse("scenes-replan", args=[film.code])
    assert studio.post(url, {"seen": "other"}, headers=SCRIPT).status_code == 409
    response = studio.post(url, {"seen": order_mark(before)}, headers=SCRIPT)
    told = json.loads(response["HX-Trigger"])["toast"]
    waiting = text(studio.get(reverse("scenes", args=[film.code])))
    assert "The scenes are being planned" in waiting
    assert "Undo the last edit" in waiting
    assert studio.post(url, headers=SCRIPT).status_code == 422
    drain()
    assert film.scenes.count() == 6
    studio.post(told["undo"]["url"], {"to": told["undo"]["to"]}, headers=SCRIPT)
    assert places_of(film) == before


# ---- the animatic


def test_the_animatic_is_made_on_demand_once_and_told_when_out_of_date(studio: Client, film: Project) -> None:
    url = reverse("animatic-make", args=[film.code])
    asked = studio.post(url, headers=SCRIPT)
    assert "Making the animatic" in text(asked)
    assert 'hx-trigger="every 2s"' in text(asked)
    job = Job.objects.get(step="draw_animatic")
    assert [sketch["image"] is not None for sketch in job.input["scenes"]] == [True] * 6
    assert studio.post(url, headers=SCRIPT).status_code == 200
    drain()
    assert Job.objects.filter(step="draw_animatic").count() == 1
    made = Animatic.objects.get()
    page = text(studio.get(reverse("scenes", args=[film.code])))
    assert f'src="{reverse("media", args=["animatic", made.code])}"' in page
    assert "have changed since" not in page
    again = studio.post(url, headers=SCRIPT)
    assert json.loads(again["HX-Trigger"])["toast"]["text"] == "It is up to date already."
    acts.move_boundary(scene(film), 130, by=film.owner)
    assert "The scenes have changed since this animatic was made." in text(
        studio.get(reverse("scenes", args=[film.code]))
    )


def test_a_failed_animatic_is_told_beside_it_and_not_as_a_failure_of_the_film(studio: Client, film: Project) -> None:
    studio.post(reverse("animatic-make", args=[film.code]), headers=SCRIPT)
    Job.objects.filter(step="draw_animatic").update(state="failed", error="The disk is full.")
    page = text(studio.get(reverse("scenes", args=[film.code])))
    assert "The disk is full." in page
    assert "One step did not work" not in page
    assert "Making the animatic" in text(studio.post(reverse("animatic-make", args=[film.code]), headers=SCRIPT))


def test_an_animatic_is_refused_without_scenes_or_in_another_shape(studio: Client, project: Project) -> None:
    url = reverse("animatic-make", args=[project.code])
    assert b"no scenes yet" in studio.post(url, headers=SCRIPT).content
    assert studio.post(url, {"aspect": "9:16"}, headers=SCRIPT).status_code == 409
