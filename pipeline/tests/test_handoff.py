"""The cut as OpenTimelineIO, read back by the package itself, and the bundle around it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import opentimelineio as otio
import pytest

from pipeline.media.handoff import HandoffMark, HandoffShot, timeline_otio
from pipeline.media.run import Stopped
from pipeline.media.timeline import CUT, Transition
from pipeline.recipes import Stored
from pipeline.steps import bundle_project
from pipeline.steps.bundle_project import Entry, Text
from pipeline.tests.test_assemble_video import Desk

FADE = Transition(kind="crossfade", frames=13)
WIPE = Transition(kind="fade_black", frames=8)


def shot(number: int, frames: int, transition: Transition, first: int = 0, tail: int = 0) -> HandoffShot:
    return HandoffShot(
        name=f"Scene {number}",
        path=f"clips/scene-{number}.mp4",
        first=first,
        frames=frames,
        file_frames=first + frames + tail,
        transition=transition,
        words="rain “upon” {x}",
    )


def timeline(folder: Path) -> otio.schema.Timeline:
    shots = (shot(1, 50, FADE, tail=7), shot(2, 40, WIPE, first=6, tail=4), shot(3, 30, CUT, first=4))
    marks = (HandoffMark(name="chorus", first=50, frames=70),)
    text = timeline_otio(
        'Håfen "1"', shots, fps=30, audio_path="audio/song.wav", audio_frames=121, marks=marks, metadata={"omvee": {}}
    )
    path = folder / "timeline.otio"
    path.write_text(text, encoding="utf-8")
    return otio.adapters.read_from_file(str(path))


def test_it_reads_back_frame_by_frame(tmp_path: Path) -> None:
    found = timeline(tmp_path)
    assert found.name == 'Håfen "1"'
    picture, sound = found.tracks
    assert (picture.kind, sound.kind) == ("Video", "Audio")
    assert found.duration() == otio.opentime.RationalTime(120, 30)
    clips = list(found.find_clips())
    assert [clip.source_range.duration.value for clip in clips] == [50, 40, 30, 120]
    assert [clip.source_range.start_time.value for clip in clips] == [0, 6, 4, 0]
    assert clips[1].media_reference.target_url == "clips/scene-2.mp4"
    assert clips[1].metadata["omvee"]["words"] == "rain “upon” {x}"
    assert found.tracks.markers[0].marked_range.start_time.value == 50


def test_its_transitions_have_the_frames_that_they_blend(tmp_path: Path) -> None:
    found = timeline(tmp_path)
    first, second = (item for item in found.tracks[0] if isinstance(item, otio.schema.Transition))
    assert (first.in_offset.value, first.out_offset.value) == (6, 7)
    assert first.transition_type == "SMPTE_Dissolve" and second.transition_type == "Custom_Transition"
    for clip in found.tracks[0].find_clips():
        ranges = clip.trimmed_range_in_parent()
        assert ranges is not None
        media = clip.media_reference.available_range
        assert media.start_time.value <= clip.source_range.start_time.value
        assert media.duration.value >= clip.source_range.start_time.value + clip.source_range.duration.value


def test_the_last_picture_goes_into_nothing() -> None:
    text = timeline_otio("Harbor", (shot(1, 50, FADE, tail=7), shot(2, 40, FADE, first=6)), fps=30)
    picture = otio.adapters.read_from_string(text, "otio_json").tracks[0]
    assert [type(item).__name__ for item in picture] == ["Clip", "Transition", "Clip"]


def packed(folder: Path, **given: object) -> bundle_project.Input:
    files = {}
    for name in ("film", "song"):
        (folder / name).write_bytes(name.encode() * 1000)
        files[name] = folder / name
    entries = [
        Entry(name="film/film.mp4", file=Stored(key="film", sha256="", size_bytes=4000)),
        Entry(name="audio/song.wav", file=Stored(key="song", sha256="")),
        Entry(name="audio/again.wav", file=Stored(key="song", sha256="")),
    ]
    texts = [Text(name="README.txt", text="Håfen")]
    return bundle_project.Input.model_validate({"entries": entries, "texts": texts, **given})


def test_a_bundle_holds_everything_under_its_name(tmp_path: Path) -> None:
    given = packed(tmp_path)
    files = {"film": tmp_path / "film", "song": tmp_path / "song"}
    output = bundle_project.run(given, Desk(tmp_path / "desk", files))
    with zipfile.ZipFile(files["bundles"]) as found:
        assert found.read("film/film.mp4") == b"film" * 1000
        assert found.read("audio/again.wav") == b"song" * 1000
        assert found.read("README.txt").decode() == "Håfen"
    assert output.files == 4


@pytest.mark.parametrize("name", ["film/film.mp4", "../x", "/etc/passwd"])
def test_a_name_is_used_once_and_stays_inside(tmp_path: Path, name: str) -> None:
    given = packed(tmp_path, texts=[Text(name=name, text="")])
    with pytest.raises(ValueError, match="names"):
        bundle_project.run(given, Desk(tmp_path / "desk", {}))


def test_packing_stops(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", {"film": tmp_path / "film"})
    desk.stop = lambda: True  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        bundle_project.run(packed(tmp_path), desk)
