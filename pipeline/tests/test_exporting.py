"""Exports: what is copied, what is encoded, and that the check finds what is wrong."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from pydantic import ValidationError

from pipeline.media.assembly import ChapterMark, assemble_film
from pipeline.media.certificate import Certificate, certify_film
from pipeline.media.exporting import FORMATS, ExportSpec, Tags, certify_export, export_arguments, write_export
from pipeline.media.exporting.checking import cues_first, read_packets
from pipeline.media.profile import color_filter
from pipeline.media.run import MediaError, Stopped, guarded_input, run_ffmpeg
from pipeline.recipes import Stored
from pipeline.steps import export_video
from pipeline.tests.films import decoded, decoded_code, shot_facts, small_film, tone, write_wav
from pipeline.tests.test_assemble_video import Desk

FRAMES = 120
TAGS = Tags(title="Harbor: -i; rm\nx", artist="Ålice می\u200cخواهم", comment="Made with AI: no.", made_with_ai=False)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Certificate]:
    folder = tmp_path_factory.mktemp("film")
    spec, shots = small_film(folder, [40, 80], FRAMES, [("cut", 0), ("crossfade", 10)])
    edges = ((0, 80, "Verse"), (80, 120, "Chorus"))
    parts = tuple(ChapterMark(start_frame=begin, end_frame=end, title=title) for begin, end, title in edges)
    spec = spec.model_copy(update={"chapters": parts})
    song = write_wav(folder / "song.wav", tone(FRAMES / 30))
    assemble_film(spec, shots, song=song, out=folder / "out.mp4", folder=folder)
    facts = [shot_facts(path, span, n) for n, (path, span) in enumerate(zip(shots, spec.shots, strict=True))]
    certified = certify_film(spec, folder / "out.mp4", shots=facts, folder=folder, song=song)
    assert certified.certificate.ok
    return folder / "out.mp4", certified.certificate


def wished(format: str, **changes: object) -> ExportSpec:
    given = {
        "width": 320,
        "height": 180,
        "film_width": 320,
        "film_height": 180,
        "film_frames": FRAMES,
        "frames": FRAMES,
    }
    return ExportSpec.model_validate({"format": format, "tags": TAGS, **given, **changes})


def made(spec: ExportSpec, film: tuple[Path, Certificate], folder: Path) -> tuple[Path, Certificate]:
    out = write_export(spec, film[0], folder=folder)
    return out, certify_export(spec, out, film[0], of_film=film[1], folder=folder)


@pytest.mark.parametrize("format", FORMATS)
def test_it_keeps_every_frame_and_the_sound_in_every_format(
    film: tuple[Path, Certificate], tmp_path: Path, format: str
) -> None:
    out, certificate = made(wished(format), film, tmp_path)
    assert certificate.ok, certificate.findings
    assert certificate.counted_frames == FRAMES
    assert abs(certificate.start_difference_us) < 25_000 and abs(certificate.end_difference_us) < 25_000
    codes = [decoded_code(frame)[1] for _, frame in decoded(out)]
    whole = [n for n in range(FRAMES) if not 75 <= n < 85]  # the crossfade shows two frames at once
    assert [codes[n] for n in whole] == whole
    with av.open(str(out)) as container:
        assert [chapter["metadata"].get("title") for chapter in container.chapters()] == ["Verse", "Chorus"]
        said = {name.lower(): text for name, text in container.metadata.items()}
    assert said["title"] == "Harbor: -i; rm x" and said["artist"] == TAGS.artist
    assert said["comment"] == "Made with AI: no."


@pytest.mark.parametrize("format", ["mp4", "mov"])
def test_it_copies_the_packets_where_only_the_container_changes(
    film: tuple[Path, Certificate], tmp_path: Path, format: str
) -> None:
    out, certificate = made(wished(format), film, tmp_path)
    one, other = read_packets(out), read_packets(film[0])
    assert (one.pictures, one.sound) == (other.pictures, other.sound)
    assert certificate.decoded_frames == 0
    assert certificate.sound == film[1].sound
    assert certificate.cuts == film[1].cuts


def test_it_scales(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    _, certificate = made(wished("mp4", width=160, height=90), film, tmp_path)
    assert certificate.ok, certificate.findings
    assert (certificate.width, certificate.height) == (160, 90)
    assert certificate.decoded_frames >= 2


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_a_part_begins_and_ends_on_its_frames_and_fades(
    film: tuple[Path, Certificate], tmp_path: Path, format: str
) -> None:
    out, certificate = made(wished(format, start_frame=30, frames=40, fade_frames=10), film, tmp_path)
    assert certificate.ok, certificate.findings
    frames = [frame for _, frame in decoded(out)]
    assert [decoded_code(frame)[1] for frame in frames[:30]] == list(range(30, 60))
    assert frames[-1][:180].mean() < 0.3 * frames[0][:180].mean()


def test_a_part_far_into_the_film_is_exact_too(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    out, certificate = made(wished("mp4", start_frame=100, frames=20), film, tmp_path)
    assert certificate.ok, certificate.findings
    assert [decoded_code(frame)[1] for _, frame in decoded(out)] == list(range(100, 120))


def test_a_part_lies_within_its_film() -> None:
    with pytest.raises(ValidationError):
        wished("mp4", start_frame=100, frames=21)


def test_the_check_finds_another_film(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    spec = wished("mp4", width=160, height=90)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    shots_spec, shots = small_film(tmp_path, [20], FRAMES)
    assemble_film(shots_spec, shots, song=None, out=tmp_path / "other.mp4", folder=tmp_path / "a")
    out = write_export(spec, tmp_path / "other.mp4", folder=tmp_path / "b")
    certificate = certify_export(spec, out, film[0], of_film=film[1], folder=tmp_path)
    said = " ".join(finding.text for finding in certificate.findings)
    assert "is not that of the film" in said and "no sound" in said


def test_the_check_finds_words_that_are_lacking(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    box = "drawbox=x=120:y=150:w=80:h=10:color=white:t=fill"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-c:a", "copy", "-force_key_frames", "source"]
    run_ffmpeg([*guarded_input(film[0]), "-vf", f"{box},{color_filter()}", *encode, "words.mp4"], folder=tmp_path)
    spec = wished("mp4", width=160, height=90)
    out = write_export(spec, film[0], folder=tmp_path)
    assert certify_export(spec, out, film[0], of_film=None, folder=tmp_path).ok
    certificate = certify_export(spec, out, tmp_path / "words.mp4", of_film=None, folder=tmp_path)
    assert any("words perhaps" in finding.text for finding in certificate.findings), certificate.findings


def test_the_check_finds_a_short_file(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    out = write_export(wished("webm", frames=60), film[0], folder=tmp_path)
    certificate = certify_export(wished("webm"), out, film[0], of_film=film[1], folder=tmp_path)
    assert any("60 frames instead of 120" in finding.text for finding in certificate.findings)


def test_a_webm_begins_with_its_index(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    out = write_export(wished("webm"), film[0], folder=tmp_path)
    assert cues_first(out)
    arguments = export_arguments(wished("webm"), film[0], "late.webm", has_sound=True)
    assert "-cues_to_front" in arguments


def test_it_stops(film: tuple[Path, Certificate], tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        write_export(wished("webm"), film[0], folder=tmp_path, stop=lambda: True)


def test_the_step_throws_away_what_does_not_pass(
    film: tuple[Path, Certificate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"film": film[0]}
    given = export_video.Input(film=Stored(key="film", sha256=""), spec=wished("mp4"), certificate=film[1])
    output = export_video.run(given, Desk(tmp_path / "one", files))
    assert output.certificate.ok and files["exports"].stat().st_size == output.file.size_bytes

    def short(spec: ExportSpec, film: Path, **rest: object) -> Path:
        return write_export(spec.model_copy(update={"frames": 60}), film, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(export_video, "write_export", short)
    with pytest.raises(MediaError, match="did not pass its check"):
        export_video.run(given, Desk(tmp_path / "two", dict(files)))
