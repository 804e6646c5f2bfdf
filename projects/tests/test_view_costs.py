"""What a page costs does not depend on how many scenes the film has: as many queries for three as for 300."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Project
from projects.tests import big_films
from projects.tests.big_films import finished_film
from projects.views.answers import main_rendition
from projects.views.scene_rows import work_context

pytestmark = pytest.mark.usefixtures("quick", "db")
PAGES = ("project", "song", "scenes", "images", "clips", "final", "final-versions")


def address(project: Project, name: str) -> str:
    """A page, or the poll of one, which asks for everything since the beginning."""
    code = project.code
    polls = {
        "project-pulse": [code],
        "song-pulse": [code, project.transcript.take if project.transcript else 0],
        "scenes-pulse": [code, work_context(project, main_rendition(project))["work_mark"]],
        "images-changes": [code],
        "clips-changes": [code],
        "final-pulse": [code, main_rendition(project).code],
    }
    if name not in polls:
        return reverse(name, args=[code])
    return f"{reverse(name, args=polls[name])}?since=0&every=1&film=1&scenes={project.scenes.count()}"


def queries(client: Client, project: Project, name: str) -> list[str]:
    url = address(project, name)
    client.force_login(project.owner)
    client.get(url)  # what is asked once per process
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, headers={"HX-Request": "true"} if "since" in url else {})
    assert response.status_code == 200
    return [query["sql"].split(" WHERE ")[0][:120] for query in captured.captured_queries]


POLLS = ("project-pulse", "song-pulse", "scenes-pulse", "images-changes", "clips-changes", "final-pulse")


@pytest.mark.parametrize("scenes", [12, pytest.param(300, marks=pytest.mark.long)])
def test_pages_and_polls_cost_as_many_queries_in_a_long_film(
    client: Client, monkeypatch: pytest.MonkeyPatch, scenes: int
) -> None:
    monkeypatch.setattr(big_films, "SONG_S", 2 * scenes)  # a song of the usual kind: two seconds for each scene
    monkeypatch.setattr(big_films, "LINES", scenes // 2)
    short, long = finished_film(3), finished_film(scenes)
    for name in (*PAGES, *POLLS):
        few, many = queries(client, short, name), queries(client, long, name)
        assert len(many) == len(few), f"{name}: {[query for query in many if query not in few][:5]}"
        assert len(many) < 60, name
