"""The pictures of the looks: one for every style, in the repository, and painted again by the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from PIL import Image

from pipeline.media.painting.words import KINDS
from pipeline.providers.local.styles import STYLES
from projects.management.commands import paint_styles

KEPT = Path(settings.BASE_DIR) / "static" / "img" / "styles"


def test_every_look_has_its_picture_and_no_other_is_kept() -> None:
    assert {path.name for path in KEPT.iterdir()} == {f"{name}.jpg" for name in STYLES}
    for path in KEPT.iterdir():
        assert path.stat().st_size < 60_000
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("JPEG", (paint_styles.WIDTH, paint_styles.HEIGHT))


def test_what_is_shown_is_one_of_the_styles_own_places() -> None:
    for name, (kind, _) in paint_styles.SHOWN.items():
        assert kind in STYLES[name].kinds
        assert kind in KINDS


def test_it_paints_a_picture_for_a_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one: dict[str, Any] = {"winter": STYLES["winter"]}
    monkeypatch.setattr(paint_styles, "STYLES", one)
    call_command("paint_styles", folder=tmp_path, verbosity=0)
    with Image.open(tmp_path / "winter.jpg") as picture:
        assert picture.size == (480, 360)
        assert len(picture.convert("L").getcolors(256) or []) > 50
