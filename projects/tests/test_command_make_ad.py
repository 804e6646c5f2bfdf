"""manage.py make_video --ad: what a brief may say, and a whole ad at the smallest size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.management import CommandError, call_command

from projects.models import Project
from projects.tests.test_command_make_video import Studio
from projects.tests.test_view_ads import logo, png

BRIEF = {
    "product": "Nordo Mug",
    "what": "a mug that keeps coffee warm",
    "points": ["Warm for hours"],
    "call_to_action": "Order at nordo.example",
    "colors": ["#1b3a4b", "#ff8a3d"],
    "logo": "logo.png",
    "shots": ["mug.png"],
    "music": "none",
}


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    (tmp_path / "mug.png").write_bytes(png())
    (tmp_path / "logo.png").write_bytes(logo())
    return written(tmp_path / "brief.json", **BRIEF)


def written(path: Path, **data: Any) -> Path:
    path.write_text(json.dumps(data))
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": []}, "one key point"),
        ({"product": ""}, "what the product is called"),
        ({"shots": []}, "at least one photo"),
        ({"shots": ["no.png"]}, "could not be read"),
        ({"logo": "mug.png"}, "no transparent ground"),
        ({"colors": ["blue"]}, "is no color"),
        ({"points": "one"}, "points is a list"),
        ({"grade": "pinkish"}, "no color look called"),
        ({"slogan": "x"}, "slogan, which nobody reads"),
        ({"music": "none.mp3"}, "There is no file"),
    ],
)
def test_a_brief_that_cannot_be_used_is_refused_in_words(brief: Path, changes: dict[str, Any], words: str) -> None:
    written(brief, **{**BRIEF, **changes})
    with pytest.raises(CommandError, match=words):
        call_command("make_video", ad="product_showcase", brief=brief, seconds=15)
    assert not Project.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ad": "jingle"}, "There are: announcement, lifestyle_ad, product_showcase"),
        ({"brief": None}, "needs its brief"),
        ({"seconds": 20}, "15, 30, 60 seconds"),
        ({"idea": "A boat"}, "one of them"),
    ],
)
def test_options_that_do_not_fit_are_refused(brief: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("make_video", **{"ad": "product_showcase", "brief": brief, "seconds": 15, **options})


@pytest.mark.long
def test_it_makes_an_ad_that_ends_in_the_brands_color(tmp_path: Path, brief: Path) -> None:
    studio = Studio(tmp_path)
    out = tmp_path / "ad.mp4"
    options = ("--seconds", "15", "--resolution", "480p", "--aspect", "9:16", "--out", str(out), "--json")
    made = studio.manage("make_video", "--ad", "product_showcase", "--brief", str(brief), *options)
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout)
    assert (facts["frames"], facts["width"], facts["height"]) == (450, 480, 854)
    assert facts["certificate"]["ok"]
    assert [scene["section"] for scene in facts["scenes"]][0::4] == ["Hook", "Call to action"]
    with av.open(str(out)) as film:
        last = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)][-1]
    assert np.abs(last[-20:, :20].mean(axis=(0, 1)) - (0x1B, 0x3A, 0x4B)).max() < 40
