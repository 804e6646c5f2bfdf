"""How soon an idea is a storyboard, and how soon a film, next to the film's length and a bare transcode of it.

Run with `python -m bench.idea [--seconds 30]`. `make_video --idea` makes the film at 1080p30 in a fresh studio with as
many workers as cores; a bare ffmpeg transcode of the result follows. The storyboard is there when the last scene has
its picture. Seconds count from the first job that a worker took: a running studio's workers wait for it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

from bench.film import Cost, Studio, timed, transcode
from pipeline.media.profile import Profile

LIMITS = {
    "wall/length": 1.0,
    "cpu/transcode": 1.9,
    "scenes planned (s)": 6.0,
    "storyboard (s)": 6.0,
    "animatic (s)": 6.0,
}
IDEA = (
    "A lighthouse keeper watches a storm roll in over the sea at night. Lightning strikes far out. At dawn the sea is "
    "calm, and a small boat comes back to the harbor."
)
TIMES = """
import json
from django.db.models import Max, Min
from pipeline.models import Job
began = Job.objects.aggregate(at=Min("started_at"))["at"]
ended = dict(Job.objects.values_list("step").annotate(at=Max("finished_at")))
print(json.dumps({step: (at - began).total_seconds() for step, at in ended.items() if at}))
"""
ANIMATIC = """
import time
from projects.actions.animatic import make_animatic
from projects.models import Project
from pipeline.runner.work import run_next
make_animatic(Project.objects.get(), "16:9", by=None)
began = time.perf_counter()
while run_next(): pass
print(time.perf_counter() - began)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="length of the film")
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), given.seconds)


def measure(folder: Path, seconds: int) -> None:
    """Print the ratios of one film."""
    studio = Studio(folder)
    film = folder / "film.mp4"
    command = ["make_video", "--idea", IDEA, "--seconds", str(seconds), "--json", "--out", str(film)]
    full, printed = timed(studio.manage, *command)
    facts = json.loads(str(printed))
    times = json.loads(studio.manage("shell", "-v", "0", "-c", TIMES))
    animatic = float(studio.manage("shell", "-v", "0", "-c", ANIMATIC))
    bare: Cost
    bare, _ = timed(transcode, film, folder, Profile(width=facts["width"], height=facts["height"]))
    print(f"{seconds} s, {len(facts['scenes'])} scenes, certificate ok: {facts['certificate']['ok']}")
    print(f"full      wall {full.wall_s:6.1f} s  cpu {full.cpu_s:6.1f} s")
    print(f"transcode wall {bare.wall_s:6.1f} s  cpu {bare.cpu_s:6.1f} s")
    ratios = {
        "wall/length": full.wall_s / seconds,
        "cpu/transcode": full.cpu_s / bare.cpu_s,
        "scenes planned (s)": times["plan_scenes"],
        "storyboard (s)": times["generate_image"],
        "animatic (s)": animatic,
    }
    for what, ratio in ratios.items():
        print(f"{what:20} {ratio:5.2f}  (at most {LIMITS[what]})")


if __name__ == "__main__":
    main()
