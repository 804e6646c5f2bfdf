"""What a whole film costs, and what one changed scene costs, next to a bare transcode of the same film.

Run with `python -m bench.film [--seconds 60]`. A song is composed, `make_video` makes its film at 1080p30 in a fresh
studio with as many workers as cores, a bare ffmpeg transcode of the result follows, then one scene is redrawn and the
film made again. CPU is user and system time of all processes; wall time on a shared machine is shown, never judged.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline.media.audio.synth.songs import compose_song, write_wav
from pipeline.media.profile import Profile, color_filter, encoder_args
from pipeline.media.run import guarded_input, run_ffmpeg

LIMITS = {"wall/length": 0.80, "cpu/transcode": 1.9, "rebuild/full": 0.08, "busy": 0.85}
ROOT = Path(__file__).resolve().parents[1]
WORDS = """Rain on the harbor, neon on the bay
Ships carry lanterns out and far away
Somebody is waiting at the window tonight

Oh, the sea remembers, mountains know my name
Stars above the city calling me again
Run along the river until the morning light"""

REDRAW = """
from projects.actions import review
from projects.models import Pick, Project
project = Project.objects.get()
pick = Pick.objects.filter(content__scene__project=project).order_by("content__scene__start_frame")[{scene}]
review.redraw_image(pick, by=None, seen_take=pick.image.take)
"""


@dataclass(frozen=True)
class Cost:
    wall_s: float
    cpu_s: float


class Studio:
    """A fresh studio in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.env = {**os.environ, "DATA_DIR": str(folder / "data"), "OMVEE_ENV_FILE": os.devnull}
        self.env.pop("DATABASE_URL", None)
        self.manage("migrate", "--verbosity", "0")

    def manage(self, *args: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *args]
        return subprocess.run(command, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout


def timed(work: object, *args: object) -> tuple[Cost, object]:
    """What a call cost, its ended child processes included."""
    began, before = time.perf_counter(), _cpu()
    result = work(*args)  # type: ignore[operator]
    return Cost(time.perf_counter() - began, _cpu() - before), result


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def transcode(film: Path, folder: Path, profile: Profile) -> None:
    """Decode and encode the same pictures with the same profile, and nothing else."""
    args = [*guarded_input(film), "-vf", color_filter(), *encoder_args(profile, threads=0), "bare.mp4"]
    run_ffmpeg(args, folder=folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="length of the song")
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        song = folder / "song.wav"
        write_wav(compose_song(seconds=given.seconds, seed=7, lyrics=WORDS, polish=False), song)
        (folder / "words.txt").write_text(WORDS)
        measure(folder, song)


def measure(folder: Path, song: Path) -> None:
    studio = Studio(folder)
    options = [str(song), "--lyrics", str(folder / "words.txt"), "--json", "--out", str(folder / "film.mp4")]
    full, printed = timed(studio.manage, "make_video", *options)
    facts = json.loads(str(printed))
    seconds = facts["duration_ms"] / 1000
    profile = Profile(width=facts["width"], height=facts["height"])
    bare, _ = timed(transcode, folder / "film.mp4", folder, profile)
    studio.manage("shell", "-v", "0", "-c", REDRAW.format(scene=len(facts["scenes"]) // 2))
    rebuild, printed = timed(studio.manage, "make_video", *options)
    again = json.loads(str(printed))
    assert again["certificate"]["ok"] and again["frames"] == facts["frames"]
    busy = full.cpu_s / full.wall_s / (os.cpu_count() or 1)
    scenes = len(facts["scenes"])
    certificate = facts["certificate"]
    print(f"{seconds:.0f} s, {scenes} scenes, {len(certificate['cuts'])} cuts, certificate ok: {certificate['ok']}")
    print(f"full      wall {full.wall_s:6.1f} s  cpu {full.cpu_s:6.1f} s")
    print(f"transcode wall {bare.wall_s:6.1f} s  cpu {bare.cpu_s:6.1f} s")
    print(f"rebuild   wall {rebuild.wall_s:6.1f} s  cpu {rebuild.cpu_s:6.1f} s  (1 of {scenes} scenes)")
    ratios = {
        "wall/length": full.wall_s / seconds,
        "cpu/transcode": full.cpu_s / bare.cpu_s,
        "rebuild/full": rebuild.cpu_s / full.cpu_s,
        "busy": busy,
    }
    for what, ratio in ratios.items():
        bound = "at least" if what == "busy" else "at most"
        print(f"{what:14} {ratio:5.2f}  ({bound} {LIMITS[what]})")


if __name__ == "__main__":
    main()
