from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from pipeline.media import run
from pipeline.media.run import FramePipe, MediaError, Stopped, guarded_input, run_ffmpeg

ENDLESS = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30", "-f", "rawvideo"]
AS_IT_PLAYS = ["-re", *ENDLESS]
RAW = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", "64x64", "-framerate", "30", "-i", "pipe:0"]


def running(mark: str) -> list[int]:
    """Ids of the processes whose command line holds `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_it_writes_into_its_folder_and_tells_frames(tmp_path: Path) -> None:
    heard: list[int] = []
    args = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=30", "-frames:v", "40", "-f", "rawvideo", "-pix_fmt", "gray", "o"]
    run_ffmpeg(args, folder=tmp_path, on_frame=heard.append)
    assert (tmp_path / "o").stat().st_size == 40 * 64 * 64
    assert heard[-1] == 40


def test_it_kills_at_once_when_told_to_stop(tmp_path: Path) -> None:
    name = f"stop-{os.getpid()}.raw"
    answers: list[bool] = []

    def stop() -> bool:
        answers.append(bool(running(name)) and (tmp_path / name).exists())
        return answers[-1]

    with pytest.raises(Stopped):
        run_ffmpeg([*AS_IT_PLAYS, name], folder=tmp_path, stop=stop, deadline_s=600)
    assert answers.count(True) == 1
    assert not running(name)


def test_it_ends_at_the_deadline(tmp_path: Path) -> None:
    name = f"deadline-{os.getpid()}.raw"
    with pytest.raises(MediaError, match="longer than 1 seconds"):
        run_ffmpeg([*AS_IT_PLAYS, name], folder=tmp_path, deadline_s=1, max_file_bytes=1 << 40)
    assert not running(name)


def test_it_leaves_no_process_when_its_parent_is_killed(tmp_path: Path) -> None:
    name = f"orphan-{os.getpid()}.raw"
    code = (
        "import sys; from pathlib import Path; from pipeline.media.run import run_ffmpeg; "
        f"run_ffmpeg([*{AS_IT_PLAYS!r}, {name!r}], folder=Path(sys.argv[1]), on_frame=lambda n: print(n, flush=True))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline()
        [child] = [pid for pid in running(name) if pid != parent.pid]
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        ends = time.monotonic() + 60
        while running(name) and time.monotonic() < ends:
            time.sleep(0.02)
        assert not running(name), f"ffmpeg {child} outlived its parent"
    finally:
        parent.kill()
        parent.stdout.close() if parent.stdout else None


def test_it_refuses_an_input_without_a_guard(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="INPUT_GUARD"):
        run_ffmpeg(["-i", "a.mp3", "o.wav"], folder=tmp_path)
    with pytest.raises(ValueError, match="not a file"):
        run_ffmpeg([*run.INPUT_GUARD, "-i", "http://127.0.0.1/a.mp3", "o.wav"], folder=tmp_path)


def test_it_does_not_open_the_neighbor_of_a_playlist(tmp_path: Path) -> None:
    tone = ["-f", "lavfi", "-i", "sine=d=1", "victim.wav"]
    run_ffmpeg(tone, folder=tmp_path)
    (tmp_path / "song.mp3").write_text("ffconcat version 1.0\nfile victim.wav\n")
    plain = subprocess.run([run.FFMPEG(), "-v", "error", "-i", "song.mp3", "out.wav"], cwd=tmp_path, check=False)
    assert plain.returncode == 0, "the attack itself must work, or this test shows nothing"
    with pytest.raises(MediaError):
        run_ffmpeg([*guarded_input("song.mp3"), "safe.wav"], folder=tmp_path)
    assert not (tmp_path / "safe.wav").exists()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["-f", "lavfi", "-i", "testsrc2=s=320x180", "-t", "5", "-f", "rawvideo", "/dev/full"], "disk is full"),
        ([*guarded_input("nothing.mp3"), "o.wav"], "damaged, or is not"),
        ([*guarded_input("page.mp3"), "o.wav"], "damaged, or is not"),
        (["-f", "lavfi", "-i", "testsrc2=s=64x64", "-vf", "nonsense", "o.mp4"], "could not finish"),
    ],
)
def test_it_says_what_went_wrong_in_one_sentence(tmp_path: Path, args: list[str], sentence: str) -> None:
    (tmp_path / "page.mp3").write_text("<html>no song</html>" * 99)
    with pytest.raises(MediaError, match=sentence) as caught:
        run_ffmpeg(args, folder=tmp_path)
    assert caught.value.detail
    assert str(caught.value).endswith(".")


def test_it_limits_the_size_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="limit for one file"):
        run_ffmpeg([*ENDLESS, "big.raw"], folder=tmp_path, deadline_s=600, max_file_bytes=1 << 20)
    assert (tmp_path / "big.raw").stat().st_size <= 1 << 20


def test_it_says_when_the_system_killed_it(tmp_path: Path) -> None:
    name = f"killed-{os.getpid()}.raw"

    def kill(_: int) -> None:
        for pid in running(name):
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(MediaError, match="memory ran out"):
        run_ffmpeg([*AS_IT_PLAYS, name], folder=tmp_path, on_frame=kill, deadline_s=600)


def test_it_gives_no_secret_to_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    seen: dict[str, str] = {}
    real = subprocess.Popen

    def spy(*args: object, **options: object) -> object:
        seen.update(options["env"])  # type: ignore[call-overload]
        return real(*args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(run.subprocess, "Popen", spy)
    args = ["-f", "lavfi", "-i", "sine=d=0.1", "o.wav"]
    run_ffmpeg(args, folder=tmp_path, env={"FONTCONFIG_FILE": "fonts.conf"})
    assert seen["FONTCONFIG_FILE"] == "fonts.conf"
    assert "OPENAI_API_KEY" not in seen


def test_it_encodes_what_is_written_to_the_pipe(tmp_path: Path) -> None:
    frames = np.random.default_rng(1).integers(0, 255, (50, 64, 64), np.uint8)
    with FramePipe([*RAW, "-f", "rawvideo", "o.raw"], folder=tmp_path) as pipe:
        for frame in frames:
            pipe.write(frame)
    assert np.array_equal(np.fromfile(tmp_path / "o.raw", np.uint8).reshape(frames.shape), frames)


def test_it_stops_a_pipe_whose_encoder_is_behind(tmp_path: Path) -> None:
    frame = np.zeros((64, 64), np.uint8)
    slow, asked = [*RAW, "-vf", "realtime=speed=0.01", "-f", "null", "-"], iter([False] * 4)
    with pytest.raises(Stopped), FramePipe(slow, folder=tmp_path, stop=lambda: next(asked, True)) as pipe:
        while True:
            pipe.write(frame)


def test_it_asks_about_ten_times_a_second(tmp_path: Path) -> None:
    frame, began = np.zeros((64, 64), np.uint8), time.monotonic()
    asked: list[float] = []

    def stop() -> bool:
        asked.append(time.monotonic())
        return False

    written = 0
    with FramePipe([*RAW, "-f", "null", "-"], folder=tmp_path, stop=stop) as pipe:
        while len(asked) < 5 or written < 50:
            pipe.write(frame)
            written += 1
    assert len(asked) <= 3 + (time.monotonic() - began) / run.POLL_S


def test_it_kills_the_encoder_when_the_block_raises(tmp_path: Path) -> None:
    name = f"raised-{os.getpid()}.raw"
    with pytest.raises(KeyError), FramePipe([*RAW, "-f", "rawvideo", name], folder=tmp_path) as pipe:
        pipe.write(np.zeros((64, 64), np.uint8))
        assert running(name)
        raise KeyError
    assert not running(name)


def test_it_says_why_the_encoder_died_under_the_pipe(tmp_path: Path) -> None:
    with (
        pytest.raises(MediaError, match="disk is full"),
        FramePipe([*RAW, "-f", "rawvideo", "/dev/full"], folder=tmp_path) as pipe,
    ):
        for _ in range(5000):
            pipe.write(np.zeros((64, 64), np.uint8))
