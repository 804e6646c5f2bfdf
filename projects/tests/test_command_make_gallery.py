"""manage.py make_gallery: the page says what make_video emits, is whole, and can be made again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.media.certificate import Certificate
from pipeline.media.products import cut_out
from pipeline.media.timeline import ShotSpan, Slot
from pipeline.tests.films import PROFILE, write_shot
from projects.management.commands.make_gallery import PRIVATE
from projects.management.gallery.page import page
from projects.management.gallery.props import bottle_photo, maker_mark
from projects.management.gallery.samples import IDEA, SAMPLES, write_sources
from projects.management.gallery.stills import STILLS, chosen_frames, write_sheet
from projects.management.rendering import film_facts
from projects.models import Project
from projects.tests.test_command_make_video import ROOT, Studio

FOLDER = ROOT / "docs" / "gallery"
NAMES = [sample.name for sample in SAMPLES]
MOST_BYTES = 1_500_000


def shown(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return facts


@pytest.mark.parametrize("name", NAMES)
def test_its_facts_are_those_that_make_video_emits(film: Project, name: str) -> None:
    emitted, facts = film_facts(film, Path("film.mp4")), shown(name)
    assert set(facts) == set(emitted) - set(PRIVATE)
    assert all(set(scene) == set(emitted["scenes"][0]) for scene in facts["scenes"])
    assert set(facts["certificate"]) == set(emitted["certificate"])
    certified = Certificate.model_validate(facts["certificate"])
    assert certified.ok and certified.counted_frames == facts["frames"]


@pytest.mark.parametrize("name", NAMES)
def test_what_it_shows_is_sound(name: str) -> None:
    facts = shown(name)
    assert facts["cost_microusd"] == 0 and facts["duration_ms"] > 25_000
    assert all(scene["prompt"] and scene["image_provider"] == "local" for scene in facts["scenes"])
    sound = facts["certificate"]["sound"]
    assert sound["true_peak_tenths_dbtp"] < -10
    assert abs(sound["loudness_tenths_lufs"] + 140) <= 5


def test_the_page_is_written_from_the_facts() -> None:
    facts = [(sample, shown(sample.name)) for sample in SAMPLES]
    text = page(facts, "720p")
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == text
    for sample, fact in facts:
        assert f"{sample.name}.webp" in text and str(fact["frames"]) in text
        assert all(scene["prompt"].replace("|", "\\|") in text for scene in fact["scenes"])
        assert all(sentence in text for sentence in Certificate.model_validate(fact["certificate"]).sentences())


def test_all_that_the_page_links_to_is_there_and_small() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([\w.]+)\)", text))
    assert linked == {f"{name}.{kind}" for name in NAMES for kind in ("webp", "json")}
    assert linked | {"README.md"} == {path.name for path in FOLDER.iterdir()}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES
    for name in NAMES:
        with Image.open(FOLDER / f"{name}.webp") as sheet:
            assert sheet.width > 1200 and sheet.height > 500


def test_readers_find_it() -> None:
    assert "docs/gallery/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make_gallery" in makefile and "-u OPENAI_API_KEY" in makefile


@pytest.mark.long
def test_its_sources_are_the_same_each_time(tmp_path: Path) -> None:
    first, second = write_sources(tmp_path / "a"), write_sources(tmp_path / "b")
    assert set(first) == {"song.m4a", "song.lrc", "brief.json", "bottle.jpg", "mark.png"}
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in first)
    for sample in SAMPLES:  # whatever looks like a file is one that is written
        assert all(word in first for word in sample.args if re.fullmatch(r"\w+\.\w{3,4}", word))
    assert any(IDEA in sample.args for sample in SAMPLES)


def test_its_bottle_can_be_cut_out_and_its_logo_has_no_ground() -> None:
    assert cut_out(bottle_photo()).method == "background"
    mark = maker_mark()
    assert mark[0, 0, 3] == 0 and mark[..., 3].max() == 255


@pytest.mark.parametrize("frames", [60, 450, 900])
@pytest.mark.parametrize("scenes", [1, 3, 5, 8])
def test_its_moments_are_spread_over_the_film(frames: int, scenes: int) -> None:
    edges = [frames * at // scenes for at in range(scenes + 1)]
    found = chosen_frames(frames, list(zip(edges, edges[1:], strict=False)))
    assert len(set(found)) == STILLS and found == sorted(found) and found[0] >= 0 and found[-1] < frames


def test_its_stills_are_those_frames(tmp_path: Path) -> None:
    film = write_shot(tmp_path / "film.mp4", ShotSpan(slot=Slot(start_frame=0, end_frame=12)), 1)
    write_sheet(film, [0, 2, 4, 6, 8, 10], tmp_path / "sheet.webp")
    with Image.open(tmp_path / "sheet.webp") as sheet:
        pixels = np.asarray(sheet.convert("RGB"), np.float32)
    assert sheet.width > sheet.height * PROFILE.width / PROFILE.height
    assert pixels.std() > 1


@pytest.mark.long
def test_one_of_its_films_can_be_made_again(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    folder, films = tmp_path / "page", tmp_path / "films"
    options = ("--only", "ad", "--resolution", "480p", "--page", str(folder), "--films", str(films))
    made = studio.manage("make_gallery", *options)
    assert made.returncode == 0, made.stderr
    assert {path.name for path in folder.iterdir()} == {"README.md", "ad.json", "ad.webp"}
    facts = json.loads((folder / "ad.json").read_text())
    assert [scene["prompt"] for scene in facts["scenes"]] == [scene["prompt"] for scene in shown("ad")["scenes"]]
    assert (films / "ad.mp4").stat().st_size > 100_000
