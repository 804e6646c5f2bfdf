"""Exporting, refining and bundling from the terminal; the jobs run here instead of in processes of their own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from pipeline.media.lyrics.values import Lyrics
from pipeline.recipes import Stored
from pipeline.steps import STEPS, export_video, refine_video
from projects import flow
from projects.management import deliveries, first_use
from projects.models import Export, FinalVideo, Project, Transcript
from projects.tests import quick_steps
from projects.tests.conftest import drain


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs run in this process, and leave real files."""

    def run_until(project: Project, done: Callable[[], bool], tell: Callable[[], None]) -> None:
        drain()
        tell()

    for command in ("export_video", "refine_video", "bundle"):
        monkeypatch.setattr(f"projects.management.commands.{command}.run_until", run_until)


def real_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def keep(name: str) -> Stored:
        key = default_storage.save(f"p/x/{name}", ContentFile(name.encode()))
        return Stored(key=key, sha256=quick_steps.sha(name), size_bytes=len(name))

    def export(input: export_video.Input, ctx: Any) -> export_video.Output:
        return export_video.Output(
            file=keep(f"export.{input.spec.facts.extension}"), certificate=quick_steps.certificate(input.spec.frames)
        )

    def refine(input: refine_video.Input, ctx: Any) -> refine_video.Output:
        made = quick_steps.runs()["refine_video"](input, ctx)
        return made.model_copy(update={"file": keep("refined.mp4")})

    for name, run in (("export_video", export), ("refine_video", refine)):
        monkeypatch.setitem(STEPS, name, type(STEPS[name])(**{**vars(STEPS[name]), "run": run}))


def said(*words: Any) -> str:
    out = io.StringIO()
    call_command(*[str(word) for word in words], stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_an_export_lands_where_it_was_wanted(film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_files(monkeypatch)
    out = tmp_path / "new" / "film.webm"
    told = said("export_video", "Harbor", "--format", "webm", "--quality", "480p", "--out", out, "--json")
    facts = json.loads(told)
    assert out.read_bytes() == b"export.webm" and facts["files"] == [str(out)]
    assert facts["certificate"]["ok"] and facts["version"] == 1
    said("export_video", str(film.code)[:8], "--format", "webm", "--quality", "480p", "--out", out)
    assert Export.objects.count() == 1


@pytest.mark.parametrize("kind", ["srt", "vtt", "lrc", "ass"])
def test_words_land_beside_a_clean_film(
    film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    real_files(monkeypatch)
    out = tmp_path / "film.mp4"
    told = said("export_video", "harbor", "--captions", kind, "--out", out)
    assert told.splitlines() == [str(out), str(out.with_suffix(f".{kind}"))]
    assert "harbor" in out.with_suffix(f".{kind}").read_text().lower()
    assert Export.objects.get().rendition.captions == "none"


def test_another_aspect_is_made_first(film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_files(monkeypatch)
    said("export_video", "Harbor", "--aspect", "9:16", "--out", tmp_path / "tall.mp4")
    assert Export.objects.get().rendition.aspect == "9:16"


def test_a_refined_film_is_a_new_version(film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_files(monkeypatch)
    out = tmp_path / "fine.mp4"
    assert said("refine_video", "Harbor", "--grade", "noir", "--loudness", "-14", "--out", out) == str(out)
    assert out.read_bytes() == b"refined.mp4"
    assert FinalVideo.objects.get(version=2).refinement["grade"] == "noir"


def test_a_changed_film_is_refined_as_the_older_one_was(
    film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_files(monkeypatch)
    out = tmp_path / "fine.mp4"
    with pytest.raises(CommandError, match="no refinement to repeat"):
        said("refine_video", "Harbor", "--again", "--out", out)
    said("refine_video", "Harbor", "--grade", "noir", "--out", out)
    Project.objects.update(title="Another harbor")  # its title card: another film
    flow.advance(Project.objects.get())
    drain()
    said("refine_video", "Another harbor", "--again", "--out", out)
    newest = FinalVideo.objects.get(version=4)
    assert newest.refinement["grade"] == "noir" and newest.refined_from == FinalVideo.objects.get(version=3)


def test_a_bundle_is_a_zip(film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("README.txt", "x")
    Export.objects.all().delete()
    monkeypatch.setattr(deliveries.default_storage, "open", lambda *_: ContentFile(data.getvalue()), raising=False)
    out = tmp_path / "film.zip"
    assert said("bundle", "Harbor", "--out", out) == str(out)
    assert zipfile.is_zipfile(out) and Export.objects.get().format == "bundle"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["export_video", "Nobody"], "no project Nobody"),
        (["refine_video", "Harbor"], "Choose something"),
        (["refine_video", "Harbor", "--grade", "x"], "no such look"),
        (["refine_video", "Harbor", "--grade", "missing.cube"], "could not be read"),
        (["refine_video", "Harbor", "--loudness", "0"], "-30 to -8"),
        (["refine_video", "Harbor", "--fade-in", "99"], "0 to 10"),
        (["bundle", "Nobody"], "no project"),
    ],
)
def test_what_is_wrong_is_told_in_words(film: Project, tmp_path: Path, words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        said(*words, "--out", tmp_path / "x")


@pytest.mark.parametrize("command", ["export_video", "refine_video", "bundle"])
def test_what_cannot_be_written_is_told_before_the_work(film: Project, tmp_path: Path, command: str) -> None:
    with pytest.raises(CommandError, match="is a folder"):
        said(command, "Harbor", "--out", tmp_path)
    assert not Export.objects.exists()


@pytest.mark.parametrize("option", ["--bed", "--grade"])
def test_what_a_film_is_refined_with_is_not_overwritten(film: Project, tmp_path: Path, option: str) -> None:
    source = tmp_path / "mine.cube"
    source.write_bytes(b"mine")
    with pytest.raises(CommandError, match="would be overwritten"):
        said("refine_video", "Harbor", option, source, "--out", source)
    assert source.read_bytes() == b"mine"


def test_words_that_there_are_not_are_told_before_the_work(film: Project, tmp_path: Path) -> None:
    Transcript.objects.update(lyrics=Lyrics().model_dump(mode="json"))
    with pytest.raises(CommandError, match="no words"):
        said("export_video", "Harbor", "--captions", "srt", "--out", tmp_path / "x.mp4")
    assert not Export.objects.exists()


def test_ctrl_c_is_answered_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed() -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(deliveries, "OwnWorkers", lambda project: nullcontext())
    with pytest.raises(CommandError, match="go on where it was") as told:
        deliveries.run_until(Project(), pressed, lambda: None)
    assert told.value.returncode == 130


@pytest.mark.parametrize("command", ["export_video", "refine_video", "bundle"])
def test_without_a_film_there_is_nothing(project: Project, tmp_path: Path, command: str) -> None:
    with pytest.raises(CommandError, match="no film yet"):
        said(command, "Harbor", "--out", tmp_path / "x")


def test_two_projects_of_one_name_are_told_apart(film: Project, tmp_path: Path) -> None:
    Project.objects.create(owner=film.owner, title="Harbor", style="cinematic")
    with pytest.raises(CommandError, match="Several projects"):
        said("bundle", "Harbor", "--out", tmp_path / "x")


def test_a_film_without_a_name_overwrites_nothing_that_is_there(tmp_path: Path) -> None:
    key = default_storage.save("p/x/new.mp4", ContentFile(b"the new film"))
    wanted = tmp_path / "song.mp4"
    assert deliveries.free_target(wanted, key) == wanted
    wanted.write_bytes(b"somebody's own")
    assert deliveries.free_target(wanted, key) == tmp_path / "song-2.mp4"
    (tmp_path / "song-2.mp4").write_bytes(b"the new film")
    assert deliveries.free_target(wanted, key) == tmp_path / "song-2.mp4"


def test_a_database_of_another_version_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_use, "_waiting", lambda: "some")
    with pytest.raises(CommandError, match="another version of Omvee"):
        deliveries.found_project("Harbor")
