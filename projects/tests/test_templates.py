"""What holds for every template, whatever page it belongs to; `manage.py check_templates` checks the content policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from projects.templatetags.ui import STATES, UNKNOWN_ICON

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([a-z0-9-]+)"', Path(settings.BASE_DIR, "static/img/icons.svg").read_text()))


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_names_only_icons_and_files_that_are_there(name: str) -> None:
    text = source(name)
    icons = re.findall(r'{% icon "([^"]+)"', text) + re.findall(r'icon_name=?\|?(?:default:)?"([^"]+)"', text)
    assert set(icons) <= SPRITE
    for path in re.findall(r"{% static '([^']+)' %}", text):
        assert finders.find(path), path


def test_it_has_an_icon_for_every_state() -> None:
    assert {icon for icon, _ in STATES.values()} | {UNKNOWN_ICON} <= SPRITE


@pytest.mark.parametrize("name", [name for name in TEMPLATES if Path(name).name.startswith("_")])
def test_its_fragments_stay_small(name: str) -> None:
    assert len(source(name).splitlines()) < 40


POLLED = (
    "_pulse",
    "_stepper",
    "_scene_live",
    "_scene_progress",
    "_scene_acts",
    "_review_card",
    "_review_acts",
    "_review_counts",
    "_review_pulse",
    "_review_dock",
    "_review_changes",
)


@pytest.mark.parametrize("name", POLLED)
def test_a_polled_region_holds_no_input_and_no_player(name: str) -> None:
    assert not re.search(r"<(input|textarea|select|video|audio|form)\b|csrf_token", source(f"projects/{name}.html"))


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(f"{name}.html")
    assert f">{name[:3]}<" in html
    assert "<h1>" in html


def test_a_refusal_gives_its_reason_safely() -> None:
    assert "too <b>" not in render_to_string("refused.html", {"message": "too <b>large"})


def test_a_field_ties_label_help_and_error_to_its_control() -> None:
    class Form(forms.Form):
        title = forms.CharField(help_text="What people see.")
        beat = forms.BooleanField(required=False)
        shape = forms.ChoiceField(choices=[("1:1", "Square")], widget=forms.RadioSelect)

    form = Form({"title": ""})
    form.full_clean()
    title = render_to_string("django/forms/field.html", {"field": form["title"]})
    assert 'id="field-title"' in title
    assert '<label for="id_title">' in title
    assert 'aria-describedby="id_title_helptext id_title_error"' in title
    assert 'id="id_title_helptext"' in title
    assert 'id="id_title_error"' in title
    assert 'aria-invalid="true"' in title
    beat = render_to_string("django/forms/field.html", {"field": form["beat"]})
    assert re.search(r'<label class="check" for="id_beat"><input[^>]+>', beat)
    shape = render_to_string("django/forms/field.html", {"field": form["shape"]})
    assert "<fieldset" in shape
    assert "<legend>Shape</legend>" in shape


def test_polling_stops_when_there_is_nothing_to_wait_for() -> None:
    pulse = {"since": 41, "every_s": 2, "url": "/pulse", "busy": True, "done": 3, "total": 9, "message": "3 of 9"}
    polling = render_to_string("projects/_pulse.html", {"pulse": pulse | {"eta_s": None}})
    assert 'hx-get="/pulse?since=41&amp;every=2' in polling
    assert 'hx-trigger="every 2s"' in polling
    ended = render_to_string("projects/_pulse.html", {"pulse": pulse | {"every_s": 0, "busy": False}, "oob": True})
    assert "hx-get" not in ended
    assert "hx-trigger" not in ended
    assert 'hx-swap-oob="true"' in ended


def test_a_scene_escapes_what_people_and_models_write() -> None:
    scene = {
        "code": "c1", "number": 1, "start_ms": 0, "end_ms": 8000, "section": "<i>", "lyrics": "<script>x</script>",
        "prompt": '"><img src=x>', "thumb_url": "", "state": "failed", "stage_label": "", "percent": None,
        "error": "<b>no</b>", "can_retry": False, "can_skip": False, "can_unskip": False, "provider_label": "",
    }  # fmt: skip
    html = render_to_string("projects/_scene_live.html", {"scene": scene})
    assert not re.search(r"<script|<i>|<b>|<img", html)
    assert 'id="scene-c1"' in html
    assert 'data-state="failed"' in html


def included(name: str) -> set[str]:
    """A template and those that it puts in, and so on."""
    found = set(re.findall(r'{% include "([^"]+)"', source(name)))
    return {name}.union(*map(included, found))


REPLACED = [name for name in TEMPLATES if name.endswith(("_changes.html", "/_projects.html", "/_provider.html"))]
PRESSED = re.compile(r"<(?:a|button|summary)\b(?:{%.*?%}|{{.*?}}|[^>{])*>")


@pytest.mark.parametrize("name", REPLACED)
def test_what_has_the_focus_has_a_name_by_which_it_has_it_again_once_an_answer_replaced_it(name: str) -> None:
    """htmx gives the focus back to the element of the same id; who goes by keys would begin at the top of the page."""
    tags = [(part, tag) for part in sorted(included(name)) for tag in PRESSED.findall(source(part))]
    assert tags
    assert [(part, tag) for part, tag in tags if " id=" not in tag] == []
