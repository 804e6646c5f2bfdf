"""manage.py make_video: a real song, real steps, real processes, at the smallest size."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from django.core.management import CommandError, call_command

from pipeline.media.audio.synth.songs import test_song as short_song
from pipeline.media.audio.synth.songs import write_wav
from projects.management import rendering

ROOT = Path(__file__).resolve().parents[2]
LYRICS = "[00:00.60]Rain on the harbor\n[00:03.10]Neon on the bay\n[05:00.00]Long after the end\n"
Run = subprocess.CompletedProcess[str]


class Studio:
    """A studio of its own that was never started: its folder, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
            "DJANGO_SETTINGS_MODULE": "omvee.settings",
            "DATA_DIR": str(folder / "data"),
            "OMVEE_ENV_FILE": os.devnull,
            "DATABASE_URL": f"sqlite:///{folder / 'studio.sqlite3'}",
        }

    def manage(self, *args: str) -> Run:
        command = [sys.executable, str(ROOT / "manage.py"), *args]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=900, check=False)

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(ROOT / "manage.py"), *args]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    yield Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="module")
def song(studio: Studio) -> Path:
    path = studio.folder / "song.wav"
    write_wav(short_song(120, 6.0, seed=3), path)
    (studio.folder / "song.lrc").write_text(LYRICS)
    return path


@pytest.fixture(scope="module")
def options(studio: Studio, song: Path) -> list[str]:
    lyrics, out = song.with_suffix(".lrc"), studio.folder / "film.mp4"
    return [str(song), "--lyrics", str(lyrics), "--resolution", "480p", "--style", "neon-noir", "--out", str(out)]


@pytest.fixture(scope="module")
def made(studio: Studio, options: list[str]) -> Run:
    return studio.manage("make_video", *options, "--json")


def test_it_prints_one_json_object_and_nothing_else(made: Run) -> None:
    facts = json.loads(made.stdout)
    assert set(facts) == {
        "project", "file", "width", "height", "fps", "frames", "duration_ms", "scenes", "certificate", "cost_microusd",
    }  # fmt: skip
    assert (facts["width"], facts["height"], facts["fps"], facts["cost_microusd"]) == (854, 480, 30, 0)
    assert set(facts["scenes"][0]) == {
        "start_ms", "end_ms", "start_frame", "section", "lyrics", "prompt", "image_provider", "clip_provider",
    }  # fmt: skip
    assert facts["scenes"][0]["image_provider"] == "local"


def test_it_says_beside_the_object_which_words_were_left_out(made: Run) -> None:
    assert "1 line begins after the song has ended" in made.stderr


def test_it_makes_a_film_of_exactly_the_songs_length(made: Run, song: Path) -> None:
    facts = json.loads(made.stdout)
    with av.open(str(song)) as container:
        seconds = float(container.duration or 0) / av.time_base
    with av.open(facts["file"]) as film:
        counted = sum(1 for _ in film.decode(video=0))
    assert counted == facts["frames"] == round(seconds * 30)
    assert facts["certificate"]["ok"], facts["certificate"]["findings"]
    assert facts["scenes"][0]["start_ms"] == 0
    assert any("harbor" in scene["lyrics"] for scene in facts["scenes"])


def test_it_does_nothing_twice_for_the_same_song_and_choices(studio: Studio, options: list[str], made: Run) -> None:
    before = Path(options[-1]).read_bytes()
    again = studio.manage("make_video", *options, "--json")
    assert json.loads(again.stdout) == json.loads(made.stdout)
    assert Path(options[-1]).read_bytes() == before


@pytest.mark.long
def test_it_goes_on_after_a_kill(studio: Studio, song: Path) -> None:
    options = [str(song), "--resolution", "480p", "--style", "cosmic", "--out", str(studio.folder / "killed.mp4")]
    for seconds in (3, 5):
        running = studio.start("make_video", *options)
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        running.wait()
    done = studio.manage("make_video", *options, "--json")
    assert json.loads(done.stdout)["certificate"]["ok"]
    jobs = studio.manage("shell", "-v", "0", "-c", _JOBS)
    doubled = [row for row in json.loads(jobs.stdout) if row[2] > 1]
    assert doubled == []


@pytest.mark.long
def test_a_first_database_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    """Its making is cut off after the tables, and nothing of it is left to stumble over."""
    studio = Studio(tmp_path)
    cut_off = studio.manage("shell", "-v", "0", "-c", _CUT_OFF)
    assert (cut_off.returncode, cut_off.stderr) == (9, "")
    with sqlite3.connect(tmp_path / "studio.sqlite3") as database:
        assert database.execute("select count(*) from sqlite_master").fetchone() == (0,)
    again = studio.manage("prepare_site", "-v", "0")
    assert (again.returncode, again.stderr) == (0, "")


_CUT_OFF = """
import os
from unittest import mock
from django.core.management import call_command
with mock.patch("pipeline.management.commands.load_models.Command.handle", lambda *args, **options: os._exit(9)):
    call_command("prepare_site")
"""
_JOBS = """
import json
from django.db.models import Count
from pipeline.models import Job
rows = Job.objects.filter(state="done").values_list("project", "step", "subject", "recipe", "take")
print(json.dumps([[str(p), s, n] for p, s, *_, n in rows.annotate(n=Count("pk"))]))
"""


def bad(name: str, data: bytes) -> Callable[[Path], list[str]]:
    def write(folder: Path) -> list[str]:
        (folder / name).write_bytes(data)
        return [str(folder / name)]

    return write


def _with_lyrics(folder: Path, words: str) -> list[str]:
    song, lyrics = folder / "song.wav", folder / "song.lrc"
    write_wav(short_song(120, 6.0, seed=1), song)
    lyrics.write_text(words)
    return [str(song), "--lyrics", str(lyrics)]


BAD: dict[str, tuple[Callable[[Path], list[str]], str]] = {
    "not there": (lambda folder: [str(folder / "nothing.mp3")], "There is no file"),
    "empty": (bad("empty.mp3", b""), "empty"),
    "text": (bad("text.mp3", b"this is no song at all" * 99), "not"),
    "no words": (lambda folder: _with_lyrics(folder, ""), "There are no words in"),
    "no such words": (
        lambda folder: [*_with_lyrics(folder, "x"), "--lyrics", str(folder / "y.lrc")],
        "could not be read",
    ),
    "playlist": (bad("list.mp3", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"), "not"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_it_says_in_one_sentence_what_is_wrong_with_a_file(case: str, tmp_path: Path) -> None:
    arguments, words = BAD[case]
    with pytest.raises(CommandError, match=words) as told:
        call_command("make_video", *arguments(tmp_path))
    assert len(str(told.value).splitlines()) == 1


def test_it_refuses_a_user_nobody_has(db: Any, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    write_wav(short_song(120, 3.0, seed=1), path)
    with pytest.raises(CommandError, match=r"There is no user nobody@example\.org"):
        call_command("make_video", str(path), "--user", "nobody@example.org")


OUT: dict[str, tuple[str, str]] = {
    "the song": ("song.wav", "is what the film is made from"),
    "the words": ("song.lrc", "is what the film is made from"),
    "a folder": (".", "is a folder"),
    "below a file": ("song.lrc/film.mp4", "Nothing can be written to"),
}


@pytest.mark.parametrize("case", OUT)
def test_it_refuses_before_the_work_what_cannot_be_written(case: str, tmp_path: Path) -> None:
    name, words = OUT[case]
    arguments = _with_lyrics(tmp_path, LYRICS)
    before = [(tmp_path / name).read_bytes() for name in ("song.wav", "song.lrc")]
    with pytest.raises(CommandError, match=words):  # without a database: nothing was begun
        call_command("make_video", *arguments, "--out", str(tmp_path / name))
    assert [(tmp_path / name).read_bytes() for name in ("song.wav", "song.lrc")] == before


@pytest.mark.parametrize(("free", "words"), [(0, "The disk is full"), (1 << 40, "The workers ended unexpectedly")])
def test_it_says_why_nobody_works_any_more(monkeypatch: pytest.MonkeyPatch, free: int, words: str) -> None:
    monkeypatch.setattr(rendering.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    assert rendering.why_it_stands().startswith(words)


class NoWorkers:
    """Who is always busy and never makes anything."""

    def __init__(self, project: Any) -> None:
        self.looked = 0

    def __enter__(self) -> NoWorkers:
        return self

    def __exit__(self, *error: object) -> None:
        """Nobody has to be ended."""

    def tend(self) -> bool:
        self.looked += 1
        return self.looked < 3

    def wait(self, seconds: float) -> None:
        """Time passes."""


@pytest.mark.parametrize(("free", "looks"), [(0, 1), (1 << 40, 3)])
def test_it_does_not_go_on_where_nothing_can_be_written(
    project: Any, monkeypatch: pytest.MonkeyPatch, free: int, looks: int
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(rendering, "OwnWorkers", NoWorkers)
    monkeypatch.setattr(rendering.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    assert rendering.render(project, lambda *news: told.append(news)).busy
    assert len(told) == looks
