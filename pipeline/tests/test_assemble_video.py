"""The step: a film, its certificate, and what its next version can take from it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.media import assembly
from pipeline.media.lyrics.values import Line, Lyrics
from pipeline.media.timeline import CUT
from pipeline.recipes import Stored
from pipeline.steps import assemble_video
from pipeline.tests.films import PROFILE, shot_facts, small_film, tone, write_shot, write_wav
from pipeline.tests.test_audio_track import payloads


class Desk:
    """A context of local files; what is stored can be fetched again."""

    def __init__(self, folder: Path, files: dict[str, Path]) -> None:
        folder.mkdir()
        self.folder, self.files = folder, files

    def stop(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        assert 0 <= done <= total

    def fetch(self, stored: Stored) -> Path:
        return self.files[stored.key]

    def store(self, path: Path, kind: str) -> Stored:
        self.files[kind] = path
        return Stored(key=kind, sha256=kind, size_bytes=path.stat().st_size)


def made(folder: Path, files: dict[str, Path], looks: list[int], known: str = "") -> assemble_video.Output:
    """A film of three shots with a crossfade; `looks` say what each shot shows."""
    spec, _ = small_film(folder, [40, 80], 120, [("cut", 0), ("crossfade", 10)])
    shots = []
    for number, (span, look) in enumerate(zip(spec.shots, looks, strict=True)):
        path = folder / f"shot-{number}-{look}.mp4"
        if not path.exists():
            write_shot(path, span, look)
        files[path.name] = path
        shots.append(
            assemble_video.FilmShot(
                file=Stored(key=path.name, sha256=path.name),
                start_frame=span.slot.start_frame,
                end_frame=span.slot.end_frame,
                transition=(*spec.transitions, CUT)[number],
                section=("verse", "verse", "chorus")[number],
                facts=shot_facts(path, span, look),
            )
        )
    given = assemble_video.Input(
        profile=PROFILE,
        frames=spec.frames,
        shots=tuple(shots),
        song=Stored(key="song", sha256="song"),
        beats_ms=tuple(range(0, 4000, 500)),
        lyrics=Lyrics(lines=(Line(text="Rain on the harbor", start_ms=500, end_ms=1500),), timed=True),
        title="Harbor",
        known=Stored(key=known, sha256="") if known else None,
    )
    desk = Desk(folder / f"desk-{'-'.join(map(str, looks))}-{bool(known)}", files)
    return assemble_video.run(given, desk)


def test_it_leaves_a_certified_film_with_poster_and_captions(tmp_path: Path) -> None:
    files = {"song": write_wav(tmp_path / "song.wav", tone(4.0))}
    output = made(tmp_path, files, [1, 2, 3])
    assert output.certificate.ok, output.certificate.findings
    assert output.certificate.counted_frames == output.frames == 120
    assert files["posters"].read_bytes()[:2] == b"\xff\xd8"
    assert "Rain on the harbor" in files["captions"].read_text()
    assert files["films"].stat().st_size == output.file.size_bytes


def test_it_decodes_only_what_is_new_in_the_next_version(tmp_path: Path) -> None:
    files = {"song": write_wav(tmp_path / "song.wav", tone(4.0))}
    first = made(tmp_path, files, [1, 2, 3])
    files["before"] = files["facts"]
    second = made(tmp_path, files, [4, 2, 3], known="before")
    assert first.certificate.reused_frames == 0
    assert second.certificate.ok
    # the second and third shot and the crossfade between them are as before
    assert second.certificate.decoded_frames <= 40
    assert second.certificate.reused_frames >= 80


def test_it_hands_on_nothing_that_the_film_no_longer_uses(tmp_path: Path) -> None:
    files = {"song": write_wav(tmp_path / "song.wav", tone(4.0))}
    made(tmp_path, files, [1, 2, 3])
    files["before"] = files["facts"]
    with zipfile.ZipFile(files["before"]) as packed:
        old = set(packed.namelist())
    made(tmp_path, files, [1, 2, 5], known="before")
    with zipfile.ZipFile(files["facts"]) as packed:
        new = set(packed.namelist())
    assert len(old) == len(new) == 3
    assert sorted(name.split("-")[0] for name in old & new) == ["facts.json", "sound"]


def test_it_encodes_the_sound_once_for_all_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"song": write_wav(tmp_path / "song.wav", tone(4.0))}
    made(tmp_path, files, [1, 2, 3])
    files["before"], first = files["facts"], payloads(files["films"])
    with monkeypatch.context() as patched:
        patched.setattr(assembly, "write_audio_track", None)
        assert made(tmp_path, files, [4, 2, 3], known="before").certificate.ok
    assert payloads(files["films"]) == first
    files["song"] = write_wav(tmp_path / "other.wav", tone(4.0) * 0.5)
    made(tmp_path, files, [5, 2, 3], known="before")
    assert payloads(files["films"]) != first


def test_it_survives_damaged_leftovers(tmp_path: Path) -> None:
    files = {"song": write_wav(tmp_path / "song.wav", tone(4.0))}
    files["broken"] = tmp_path / "broken.zip"
    files["broken"].write_bytes(b"no archive")
    assert made(tmp_path, files, [1, 2, 3], known="broken").certificate.ok
