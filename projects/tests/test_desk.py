"""The operators' desk shows every row of a real project: each model's list and a row's own page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from pipeline.models import Credential, Job, ModelEntry
from pipeline.pricebook import load_catalogue
from projects.actions import control
from projects.models import Ad, Animatic, Drawing, GatePass, Project, Soundtrack
from projects.tests.conftest import drain
from projects.tests.test_flow_ads import ad

__all__ = ["ad"]
OURS = [model for label in ("projects", "pipeline") for model in apps.get_app_config(label).get_models()]
ELSEWHERE = {Credential}
"""Keys are entered under Settings > Providers and shown nowhere."""


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "root-secret-1"))
    return client


def test_it_has_every_model_but_the_keys() -> None:
    assert {model for model in OURS if not admin.site.is_registered(model)} == ELSEWHERE


def seen(desk: Client, models: Iterable[Any]) -> set[str]:
    """Look at each model's list, sorted by every column and searched, and at one row's page; those that had a row."""
    found = set()
    for model in models:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        columns = range(1, len(admin.site._registry[model].list_display) + 1)
        asked = {"q": "7f\x00%", "o": ".".join(map(str, columns))}
        assert desk.get(reverse(f"{name}_changelist"), asked).status_code == 200, model
        row = model._default_manager.first()
        if row is not None:
            assert desk.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200, model
            found.add(model._meta.model_name)
    return found


def test_every_row_of_a_song_can_be_looked_at(desk: Client, film: Project) -> None:
    control.skip_scene(film.scenes.all()[0], by=film.owner)
    shown = seen(desk, [model for model in OURS if model not in ELSEWHERE])
    assert shown >= {"project", "song", "scene", "content", "prompt", "image", "clip", "shot", "finalvideo", "job"}


@pytest.mark.parametrize("name", ["scene", "image", "clip", "finalvideo", "rendition"])
def test_what_can_be_seen_has_its_picture_in_the_list(desk: Client, film: Project, name: str) -> None:
    page = desk.get(reverse(f"admin:projects_{name}_changelist")).content.decode()
    assert 'class="mod-thumb"' in page


def test_every_list_of_a_project_s_rows_can_be_searched() -> None:
    rows = [model for model in OURS if model._meta.app_label == "projects"]
    assert [model for model in rows if not admin.site._registry[model].search_fields] == []


def test_values_that_machines_wrote_can_be_read_and_are_not_markup(desk: Client, film: Project) -> None:
    job = Job.objects.filter(project=film).order_by("pk")[0]
    Job.objects.filter(pk=job.pk).update(input={"words": "<b>море</b>"}, output={"heard": [1]})
    page = desk.get(reverse("admin:pipeline_job_change", args=[job.pk])).content.decode()
    assert "<pre>{\n &quot;words&quot;: &quot;&lt;b&gt;море&lt;/b&gt;&quot;\n}</pre>" in page
    assert "&quot;heard&quot;" in page
    assert "Input:" in page and "Output:" in page


def test_every_row_of_an_ad_can_be_looked_at(desk: Client, ad: Project) -> None:
    drain()
    assert seen(desk, [Ad, Animatic, Drawing, GatePass, Soundtrack]) >= {"ad", "animatic", "soundtrack"}


def test_a_model_with_room_for_nothing_is_refused_in_words(desk: Client) -> None:
    load_catalogue()
    row = ModelEntry.objects.get(name="prunaai/p-video", tier="draft")
    url = reverse("admin:pipeline_modelentry_change", args=[row.pk])
    form = desk.get(url).context["adminform"].form
    posted = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    posted = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in posted.items()}
    assert "would wait for ever" in desk.post(url, posted | {"concurrency": 0}).content.decode()
    assert desk.post(url, posted | {"concurrency": 2}).status_code == 302
    assert ModelEntry.objects.get(pk=row.pk).concurrency == 2


def test_what_is_in_the_trash_can_be_deleted_for_good_there_and_nothing_else(desk: Client, film: Project) -> None:
    asked = {"action": "purge", "_selected_action": film.pk}
    url = reverse("admin:projects_project_changelist")
    assert "Only what is in the trash can be deleted for good." in desk.post(url, asked, follow=True).content.decode()
    control.trash_project(film, by=None)
    assert "1 project changed." in desk.post(url, asked, follow=True).content.decode()
    assert "Being deleted" in desk.get(url).content.decode()
    film.refresh_from_db()
    assert film.purged_at is not None
    restored = desk.post(url, {**asked, "action": "restore"}, follow=True).content.decode()
    assert "it cannot come back" in restored
